//! The demo's partner and its four apps.

use std::sync::Arc;

use jsonwebtoken::Algorithm;

use super::app::{AppConfig, DemoApp, Pkce};
use super::partner::answer::Signs;
use super::partner::fault::PartnerFault;
use super::partner::person::Person;
use super::partner::service_provider::ServiceProviderSource;
use super::partner::{DemoPartner, PartnerConfig};
use super::provider::{DemoProvider, ProviderConfig, ProviderFault};
use super::saml_app::fault::SamlAppFault;
use super::saml_app::{DemoSamlApp, SamlAppConfig};
use crate::base::clock::Clock;
use crate::base::random::{Random, new_handle};
use crate::base::secret::SecretText;
use crate::downstream::metadata::IDP_METADATA_PATH;
use crate::keys::signing::SigningKey;
use crate::outbound::client::HttpClient;
use crate::saml::names::EntityId;
use crate::upstream::CALLBACK_PATH;
use crate::upstream::metadata::SP_METADATA_PATH;

/// The entity ID of Fabrikam.
pub const FABRIKAM: &str = "https://idp.fabrikam.example/saml";

/// What the parties take from outside.
#[derive(Clone)]
pub struct Outside {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
    /// The network.
    pub http: HttpClient,
}

/// Fabrikam, which fetches the metadata of the gateway at `gateway_url` when it is first asked.
///
/// # Errors
/// [`PartnerFault::Sign`] where no key can be made.
pub fn fabrikam(base_url: &str, gateway_url: &str, outside: &Outside) -> Result<DemoPartner, PartnerFault> {
    DemoPartner::new(PartnerConfig {
        name: "Fabrikam".to_owned(),
        entity_id: EntityId::parse(FABRIKAM).map_err(|_| PartnerFault::MetadataLacks("entityID"))?,
        base_url: base_url.to_owned(),
        people: Person::of_fabrikam(),
        key: SigningKey::generate_rsa()?,
        signs: Signs::Assertion,
        service_provider: ServiceProviderSource::Fetched(format!("{gateway_url}{SP_METADATA_PATH}")),
        http: outside.http.clone(),
        clock: outside.clock.clone(),
        random: outside.random.clone(),
    })
}

/// Woodgrove, whose one client is the gateway at `gateway_url`; the secret between them is fresh.
///
/// # Errors
/// [`ProviderFault`].
pub fn woodgrove(base_url: &str, gateway_url: &str, outside: &Outside) -> Result<DemoProvider, ProviderFault> {
    provider(("Woodgrove", Person::of_woodgrove()), base_url, gateway_url, outside)
}

/// The provider of Contoso's own people, in the same way.
///
/// # Errors
/// [`ProviderFault`].
pub fn contoso(base_url: &str, gateway_url: &str, outside: &Outside) -> Result<DemoProvider, ProviderFault> {
    provider(("Contoso", Person::of_contoso()), base_url, gateway_url, outside)
}

fn provider(
    (name, people): (&str, Vec<Person>),
    base_url: &str,
    gateway_url: &str,
    outside: &Outside,
) -> Result<DemoProvider, ProviderFault> {
    DemoProvider::new(ProviderConfig {
        name: name.to_owned(),
        base_url: base_url.to_owned(),
        people,
        client_id: "entente".to_owned(),
        client_secret: SecretText::new(new_handle(&*outside.random)),
        callbacks: format!("{gateway_url}{CALLBACK_PATH}"),
        clock: outside.clock.clone(),
        random: outside.random.clone(),
    })
}

/// Whether an app can keep a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    /// It can.
    Confidential,
    /// It cannot.
    Public,
}

/// One of the demo's apps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppKind {
    /// Its slug and `client_id`.
    pub slug: &'static str,
    /// Its name on pages.
    pub name: &'static str,
    /// The colour of its pages.
    pub look: &'static str,
    /// How its ID tokens must be signed.
    pub algorithm: Algorithm,
    /// Whether it can keep a secret.
    pub secrecy: Secrecy,
}

/// An app on a server.
pub const PAYROLL: AppKind = AppKind {
    slug: "payroll",
    name: "Payroll",
    look: "green",
    algorithm: Algorithm::RS256,
    secrecy: Secrecy::Confidential,
};

/// An app in a browser or on a device.
pub const TRAVEL: AppKind =
    AppKind { slug: "travel", name: "Travel", look: "amber", algorithm: Algorithm::ES256, secrecy: Secrecy::Public };

/// An app that a policy guards: whoever opens it passes a second factor first.
pub const APPROVALS: AppKind = AppKind {
    slug: "approvals",
    name: "Approvals",
    look: "blue",
    algorithm: Algorithm::RS256,
    secrecy: Secrecy::Confidential,
};

/// The slug of the app that speaks SAML.
pub const WIKI: &str = "wiki";
/// Its entity ID.
pub const WIKI_ENTITY_ID: &str = "https://wiki.contoso.example/saml";

/// The app that speaks SAML, which signs in at the gateway at `gateway_url`.
///
/// # Errors
/// [`SamlAppFault::Sign`] where no key can be made.
pub fn wiki(base_url: &str, gateway_url: &str, outside: &Outside) -> Result<DemoSamlApp, SamlAppFault> {
    DemoSamlApp::new(SamlAppConfig {
        name: "Wiki".to_owned(),
        look: "plum",
        entity_id: EntityId::parse(WIKI_ENTITY_ID).map_err(|_| SamlAppFault::NoRedirect)?,
        key: SigningKey::generate_rsa()?,
        base_url: base_url.to_owned(),
        idp_metadata_url: format!("{gateway_url}{IDP_METADATA_PATH}"),
        http: outside.http.clone(),
        clock: outside.clock.clone(),
        random: outside.random.clone(),
    })
}

/// An app of this kind that signs in at the gateway at `gateway_url`; its secret, where it keeps one,
/// is fresh.
#[must_use]
pub fn app(kind: &AppKind, base_url: &str, gateway_url: &str, outside: &Outside) -> DemoApp {
    let secret = || SecretText::new(new_handle(&*outside.random));
    DemoApp::new(AppConfig {
        name: kind.name.to_owned(),
        look: kind.look,
        client_id: kind.slug.to_owned(),
        client_secret: (kind.secrecy == Secrecy::Confidential).then(secret),
        algorithm: kind.algorithm,
        pkce: Pkce::Sent,
        scope: "openid profile email groups".to_owned(),
        base_url: base_url.to_owned(),
        issuer: gateway_url.to_owned(),
        http: outside.http.clone(),
        clock: outside.clock.clone(),
        random: outside.random.clone(),
    })
}
