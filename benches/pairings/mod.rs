//! A sign-in of each pairing of partner and app, for a bench that counts the gateway's CPU. The provider
//! and its connection are at this side; the gateway keeps its connections to it.

use std::sync::Arc;

use entente::base::clock::{Clock as _, SystemClock};
use entente::base::encoding::base64;
use entente::domain::apps::Assignment;
use entente::domain::partners::{AssertionEncryption, Partner as PartnerRecord, Trust};
use serde_json::{Value, json};

use crate::peer::{Peer, serve_prepared, told};
use crate::support::client::{Client, Page, query};
use crate::support::encryption::by_gcm;
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, PAYROLL_SECRET, address};
use crate::support::partner::Person;
use crate::support::provider::{Provider, add_provider};
use crate::support::saml_app::{Told, redirect_to};

/// A partner's protocol and an app's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pairing {
    SamlToOidc,
    OidcToOidc,
    SamlToSaml,
    OidcToSaml,
    /// The partner encrypts its assertions.
    EncryptedToOidc,
}

/// How often the gateway does what counts as raw cryptography in one sign-in.
#[derive(Debug, Clone, Copy)]
pub struct Raw {
    /// RSA-2048 with the private key: signatures, and decryptions, whose cost is that of a signature.
    pub private: f64,
    /// RSA-2048 with the public key.
    pub public: f64,
}

impl Pairing {
    pub const ALL: [Self; 5] =
        [Self::SamlToOidc, Self::OidcToOidc, Self::SamlToSaml, Self::OidcToSaml, Self::EncryptedToOidc];

    pub fn name(self) -> &'static str {
        match self {
            Self::SamlToOidc => "SAML partner, OIDC app",
            Self::OidcToOidc => "OIDC partner, OIDC app",
            Self::SamlToSaml => "SAML partner, SAML app",
            Self::OidcToSaml => "OIDC partner, SAML app",
            Self::EncryptedToOidc => "SAML partner that encrypts, OIDC app",
        }
    }

    /// Partners: our request is signed (SAML), their answer is verified. Apps: a signed request is verified
    /// (SAML), our answer is signed. Two keys decrypt, the present one and a retired one, so that failures
    /// cost what successes do.
    pub fn raw(self) -> Raw {
        let (private, public) = match self {
            Self::SamlToOidc => (2.0, 1.0),
            Self::OidcToOidc => (1.0, 1.0),
            Self::SamlToSaml => (2.0, 2.0),
            Self::OidcToSaml => (1.0, 2.0),
            Self::EncryptedToOidc => (4.0, 1.0),
        };
        Raw { private, public }
    }

    fn is_of_provider(self) -> bool {
        matches!(self, Self::OidcToOidc | Self::OidcToSaml)
    }

    fn is_of_saml_app(self) -> bool {
        matches!(self, Self::SamlToSaml | Self::OidcToSaml)
    }
}

/// Serves a gateway for all of them. Its word is the issuer of the provider.
pub async fn serve() {
    let encrypts = |partner: &mut PartnerRecord| {
        let Trust::Saml(trust) = &mut partner.trust else { panic!("not SAML") };
        trust.request.encryption = AssertionEncryption::Accepted;
    };
    let prepare = async |gateway: &Gateway| {
        add_provider(gateway, &told(), "woodgrove", |_| {}).await;
        let wiki = gateway.wiki().await;
        for app in [gateway.payroll, wiki.id] {
            gateway.alter_app(&gateway.services, app, |app| app.assignment = Assignment::Everyone).await;
        }
        gateway.services.directory.forget();
    };
    serve_prepared(encrypts, "", prepare).await;
}

/// The provider, for a gateway that proves itself by a secret.
pub async fn provider() -> Arc<Provider> {
    Arc::new(Provider::start_at(Arc::new(SystemClock), String::new()).await)
}

fn wen() -> Value {
    json!({"sub": "wen-1", "email": "wen@woodgrove.example", "email_verified": true, "name": "Wen Wood"})
}

/// One sign-in with a fresh browser, until the app has what it asked for.
pub async fn sign_in(pairing: Pairing, peer: &Peer, provider: &Provider, client: &mut Client) {
    client.cookies.clear();
    let hint = if pairing.is_of_provider() { "woodgrove" } else { "fabrikam" };
    let page = client.get(&asked(pairing, peer, hint)).await;
    let page = if pairing.is_of_provider() {
        let question = provider.question(&page);
        client.get(&provider.agree(&question, &wen())).await
    } else {
        answered(pairing, peer, client, &page).await
    };
    if pairing.is_of_saml_app() {
        let told = Told::of(&page);
        assert_eq!(told.status(), ["Success"], "{}", told.xml);
    } else {
        redeem(client, &page).await;
    }
}

/// The app's request. A SAML app signs it.
fn asked(pairing: Pairing, peer: &Peer, hint: &str) -> String {
    if pairing.is_of_saml_app() {
        let sso = format!("{}/saml/idp/sso", peer.url);
        let ask = peer.app.ask_at(&sso, SystemClock.now());
        return format!("{}&domain_hint={hint}", redirect_to(&sso, &ask, &peer.app.key));
    }
    let params = [
        ("client_id", "payroll"),
        ("redirect_uri", PAYROLL_CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("state", "s"),
        ("nonce", "n"),
        ("domain_hint", hint),
    ];
    address("/oidc/authorize", &params)
}

async fn answered(pairing: Pairing, peer: &Peer, client: &mut Client, page: &Page) -> Page {
    let request = Peer::asked(page);
    let answer = peer.answer(&request, &Person::ana());
    let xml = answer.sign(&peer.partner);
    let xml = if pairing == Pairing::EncryptedToOidc {
        let end = "</saml:Assertion>";
        let assertion = &xml[xml.find("<saml:Assertion").unwrap()..xml.find(end).unwrap() + end.len()];
        answer.around(&peer.partner, &by_gcm(assertion, peer.decrypts.as_ref().unwrap()))
    } else {
        xml
    };
    peer.post(client, &request, &base64(xml)).await
}

async fn redeem(client: &mut Client, page: &Page) {
    assert_eq!(page.status, 303, "{}", page.body);
    let code = query(page.location(), "code").unwrap_or_else(|| panic!("{}", page.location()));
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", PAYROLL_CALLBACK)];
    let request = client.request(reqwest::Method::POST, "/oidc/token");
    let token = client.send(request.basic_auth("payroll", Some(PAYROLL_SECRET)).form(&form)).await;
    assert_eq!(token.status, 200, "{}", token.body);
}
