//! What object files ask for: the wished state of partners, apps, groups, guests and policies, each with the
//! place where it stands, so that a fault found later can still be told by its line.

use std::collections::BTreeSet;
use std::time::Duration;

use uuid::Uuid;

use super::apps::grant_types::GrantTypes;
use super::apps::token_rules::TokenRules;
use super::apps::{
    ApplicationType, Assignment, BackchannelLogout, ClientKeys, EncryptedAnswers, IdTokenAlgorithm, IdpInitiated,
    PkceRule, RequestRule, SignedAnswers, SignedRequests,
};
use super::assurance::AssuranceContract;
use super::claims::fault::ClaimFault;
use super::claims::set::ClaimTerms;
use super::collaboration::Collaboration;
use super::documents::MetadataSource;
use super::holders::DomainPattern;
use super::invitations::language::LanguageTag;
use super::mail::MailAddress;
use super::names::Slug;
use super::partners::{
    Admission, AttributeNames, MailAuthority, Network, OidcTerms, PartnerKind, SamlRequestRules, SubjectRule, Switch,
};
use super::policy::definitions::PolicyDefinitions;
use super::roles::Roles;
use crate::base::secret::SecretText;
use crate::base::trace::shorten;
use crate::keys::certificates::Certificate;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// A fault of a configuration or object file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where.
    pub origin: Origin,
    /// What is wrong and what to do.
    pub message: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}: {}", self.origin.file, self.origin.line, self.message)
    }
}

/// A definition and where it stands.
#[derive(Debug, Clone)]
pub struct Located<T> {
    /// Where its table starts.
    pub origin: Origin,
    /// The definition.
    pub value: T,
}

/// All that a set of object files asks for.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    /// Partners.
    pub partners: Vec<Located<PartnerDefinition>>,
    /// Apps.
    pub apps: Vec<Located<AppDefinition>>,
    /// Groups.
    pub groups: Vec<Located<GroupDefinition>>,
    /// Guests.
    pub guests: Vec<Located<GuestDefinition>>,
    /// The settings of collaboration, at most once where there is no fault.
    pub collaboration: Vec<Located<Collaboration>>,
    /// Policies and what only they name.
    pub policies: PolicyDefinitions,
    /// What could not be read, as far as it has a name.
    pub unread: Unread,
}

impl Definitions {
    /// Whether a name that leads nowhere may be that of an object which stands in the files and could not
    /// be read, so that it is no fault of its own.
    #[must_use]
    pub fn may_define(&self, name: &str) -> bool {
        self.unread.has_gaps || self.unread.names.contains(&name.to_ascii_lowercase())
    }
}

/// What stands in object files and could not be read.
#[derive(Debug, Clone, Default)]
pub struct Unread {
    /// Slugs and mail addresses of objects with faults, in lower case.
    pub names: BTreeSet<String>,
    /// Whether lines or whole files are missing, with whatever they name.
    pub has_gaps: bool,
}

/// A partner as asked for.
#[derive(Debug, Clone)]
pub struct PartnerDefinition {
    /// A given id.
    pub id: Option<Uuid>,
    /// Name in files.
    pub slug: Slug,
    /// Name on pages.
    pub name: String,
    /// What it is to us.
    pub kind: PartnerKind,
    /// Mail domains of its own.
    pub domains: Vec<DomainPattern>,
    /// Mail domains that it shares.
    pub shared_domains: Vec<DomainPattern>,
    /// Addresses within them of which it answers alone.
    pub addresses: Vec<MailAddress>,
    /// Whom it may bring.
    pub admission: Admission,
    /// On or off.
    pub switch: Switch,
    /// Granted clock skew.
    pub clock_skew: Duration,
    /// When its mail counts.
    pub mail_authority: MailAuthority,
    /// In which language its people are written to.
    pub language: Option<LanguageTag>,
    /// Its own attribute names.
    pub attributes: AttributeNames,
    /// What it may assert of the strength of a sign-in.
    pub assurance: AssuranceContract,
    /// How it is trusted.
    pub trust: TrustDefinition,
}

/// How a partner is to be trusted.
#[derive(Debug, Clone)]
pub enum TrustDefinition {
    /// SAML 2.0.
    Saml {
        /// The metadata document.
        metadata: MetadataDocument,
        /// Which part of an assertion is the subject.
        subject: SubjectRule,
        /// What our requests ask.
        request: SamlRequestRules,
    },
    /// OpenID Connect.
    Oidc {
        /// Where the table stands.
        origin: Origin,
        /// What is agreed.
        terms: OidcTerms,
        /// How we prove ourselves.
        credential: CredentialDefinition,
    },
}

impl TrustDefinition {
    /// Where it stands.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        match self {
            Self::Saml { metadata, .. } => &metadata.origin,
            Self::Oidc { origin, .. } => origin,
        }
    }
}

/// How we are to prove ourselves to an OIDC partner.
#[derive(Debug, Clone)]
pub enum CredentialDefinition {
    /// `client_secret_basic` with this secret.
    SecretBasic(SecretText),
    /// `client_secret_post` with this secret.
    SecretPost(SecretText),
    /// `private_key_jwt` with our own key.
    PrivateKeyJwt,
}

/// A metadata document beside an object file, or at an address.
#[derive(Debug, Clone)]
pub struct MetadataDocument {
    /// Its path as written, and the line that names it.
    pub origin: Origin,
    /// The path or address as written.
    pub path: String,
    /// The document, or why it is not there, in words.
    pub content: Result<String, String>,
    /// Where it is fetched; absent for a file.
    pub source: Option<SourceDefinition>,
}

impl MetadataDocument {
    /// The document.
    ///
    /// # Errors
    /// Why it is not there, with its address.
    pub fn text(&self) -> Result<&str, String> {
        self.content.as_deref().map_err(|why| format!("`{}`: {why}", self.path))
    }
}

/// Where a document is to be fetched.
#[derive(Debug, Clone)]
pub struct SourceDefinition {
    /// Its address, as written.
    pub url: String,
    /// The certificate of the key that must have signed it, as PEM.
    pub certificate: Option<String>,
    /// Where the address may lead.
    pub network: Network,
}

impl SourceDefinition {
    /// The source, its certificate parsed.
    ///
    /// # Errors
    /// What is wrong with the certificate, in words.
    pub fn source(&self) -> Result<MetadataSource, String> {
        let certificate = self.certificate.as_deref().map(Certificate::from_pem).transpose();
        let certificate = certificate.map_err(|fault| format!("`metadata_certificate`: {fault}"))?;
        Ok(MetadataSource { url: self.url.clone(), certificate, network: self.network })
    }
}

/// An app as asked for.
#[derive(Debug, Clone)]
pub struct AppDefinition {
    /// A given id.
    pub id: Option<Uuid>,
    /// Name in files.
    pub slug: Slug,
    /// Name on pages.
    pub name: String,
    /// On or off.
    pub switch: Switch,
    /// Who may use it.
    pub assignment: Assignment,
    /// The partners whose people it takes, by slug or id; everybody's where they are not named.
    pub partners: Option<Vec<Slug>>,
    /// Who answers for it.
    pub owners: Vec<MailAddress>,
    /// The sector of its subjects, where it is not its id.
    pub sector: Option<String>,
    /// What it speaks.
    pub protocol: ProtocolDefinition,
    /// What it is told of a person.
    pub claims: ClaimsDefinition,
}

/// What an app is told of a person, as asked for.
#[derive(Debug, Clone)]
pub struct ClaimsDefinition {
    /// The rules.
    pub terms: ClaimTerms,
    /// Where they stand, in their order.
    pub places: Vec<RulePlace>,
}

/// Where a rule stands.
#[derive(Debug, Clone)]
pub struct RulePlace {
    /// The rule.
    pub rule: Origin,
    /// Its conditions, in their order.
    pub conditions: Vec<Origin>,
}

impl ClaimsDefinition {
    /// Of an app of which nothing is said.
    pub const NONE: Self = Self { terms: ClaimTerms::NONE, places: Vec::new() };

    /// The fault at its line and in words; one of all rules stands at `otherwise`.
    #[must_use]
    pub fn told(&self, fault: &ClaimFault, otherwise: &Origin) -> Fault {
        let rule = fault.rule.and_then(|place| Some((self.terms.rules.get(place)?, self.places.get(place)?)));
        let Some((rule, place)) = rule else {
            return Fault { origin: otherwise.clone(), message: fault.error.to_string() };
        };
        let condition = fault.condition.and_then(|number| place.conditions.get(number));
        let number = fault.condition.map_or_else(String::new, |number| format!(", condition {}", number + 1));
        let message = format!("claim `{}`{number}: {}", shorten(rule.name.clone()), fault.error);
        Fault { origin: condition.unwrap_or(&place.rule).clone(), message }
    }
}

/// What an app speaks, as asked for.
#[derive(Debug, Clone)]
pub enum ProtocolDefinition {
    /// OpenID Connect.
    Oidc(OidcDefinition),
    /// SAML 2.0.
    Saml(SamlDefinition),
}

impl AppDefinition {
    /// What it is as a relying party, where it is one.
    #[must_use]
    pub const fn oidc(&self) -> Option<&OidcDefinition> {
        match &self.protocol {
            ProtocolDefinition::Oidc(oidc) => Some(oidc),
            ProtocolDefinition::Saml(_) => None,
        }
    }
}

/// An app as SAML service provider, as asked for.
#[derive(Debug, Clone)]
pub struct SamlDefinition {
    /// From where it is known.
    pub source: SamlSource,
    /// Whether its requests must be signed, also where its metadata does not say so.
    pub requests: SignedRequests,
    /// What of our answers is signed.
    pub answers: SignedAnswers,
    /// Whether assertions are to be encrypted.
    pub encryption: EncryptedAnswers,
    /// Whether a sign-in may begin here, and with what.
    pub idp_initiated: Option<IdpInitiated>,
}

/// From where a SAML app is known.
#[derive(Debug, Clone)]
pub enum SamlSource {
    /// Its metadata document.
    Metadata(MetadataDocument),
    /// Fields of the object file, for an app without metadata.
    Fields {
        /// Its name, as written; judged when applied.
        entity_id: String,
        /// Where it takes answers, the default first, as written; judged when applied.
        acs: Vec<String>,
        /// The certificate of the key with which it signs requests, as PEM.
        certificate: Option<MetadataDocument>,
        /// The certificate to which assertions are encrypted, as PEM.
        encryption_certificate: Option<MetadataDocument>,
    },
}

/// An app as relying party, as asked for.
#[derive(Debug, Clone)]
pub struct OidcDefinition {
    /// Public name.
    pub client_id: String,
    /// The secret; absent for a public app.
    pub client_secret: Option<SecretText>,
    /// Where codes may be sent, as written; judged when applied.
    pub redirect_uris: Vec<String>,
    /// Web or native.
    pub application_type: ApplicationType,
    /// How ID tokens are signed.
    pub id_token_algorithm: IdTokenAlgorithm,
    /// Whether PKCE is required.
    pub pkce: PkceRule,
    /// Where a browser may be sent after logout, as written; judged when applied.
    pub post_logout_redirect_uris: Vec<String>,
    /// Its keys, where it proves itself with them.
    pub keys: Option<ClientKeys>,
    /// What it may redeem at the token endpoint.
    pub grants: GrantTypes,
    /// How its requests must come.
    pub requests: RequestRule,
    /// Where others may have it begin a sign-in, as written; judged when applied.
    pub initiate_login_uri: Option<String>,
    /// What holds for its tokens.
    pub tokens: TokenRules,
    /// Where it is told that a session has ended, as written; judged when applied.
    pub backchannel_logout: Option<BackchannelLogout>,
}

/// A group as asked for.
#[derive(Debug, Clone)]
pub struct GroupDefinition {
    /// A given id.
    pub id: Option<Uuid>,
    /// Name in files.
    pub slug: Slug,
    /// Name on pages.
    pub name: String,
    /// Guests by address or id.
    pub members: Vec<GuestReference>,
    /// Who may manage the members, by address or id; none leaves them as they are.
    pub owners: Option<Vec<GuestReference>>,
    /// Apps by slug; a slug that is the id of an app names it too.
    pub apps: Vec<Slug>,
}

/// A guest as a group names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuestReference {
    /// By its address.
    Mail(MailAddress),
    /// By its `oid`; the only way to name an account without an address.
    Id(Uuid),
}

/// A guest as asked for.
#[derive(Debug, Clone)]
pub struct GuestDefinition {
    /// A given id: the `oid`.
    pub id: Option<Uuid>,
    /// The invited address.
    pub email: MailAddress,
    /// The only partner that may bind it, by slug or id as with apps.
    pub partner: Option<Slug>,
    /// Display name.
    pub name: Option<String>,
    /// Apps by slug; a slug that is the id of an app names it too.
    pub apps: Vec<Slug>,
    /// Exactly these roles; as they are where nothing is said.
    pub roles: Option<Roles>,
}
