//! Apps: what trusts us.

pub mod grant_types;
pub mod token_rules;

use std::sync::Arc;

use self::grant_types::{GrantType, GrantTypes};
use self::token_rules::{Profile, TokenRules};
use super::claims::set::ClaimSet;
use super::documents::AppSource;
use super::names::Slug;
use super::partners::{Network, PartnerId, Switch};
use crate::base::clock::Timestamp;
use crate::keys::certificates::Certificate;
use crate::keys::jwk_set::{KeySet, KeySetError};
use crate::keys::oaep::Oaep;

crate::id_type!(
    /// Names an app.
    AppId
);

impl AppId {
    /// Stands for the gateway itself, where a person comes to it and to no app. No app has it.
    pub const GATEWAY: Self = Self::from_uuid(uuid::Uuid::nil());
}

/// Who may use an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignment {
    /// Only who has been assigned, directly or through a group.
    Required,
    /// Every account that may sign in here.
    Everyone,
}

/// Whose people an app takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum AllowedPartners {
    /// Those of every partner.
    #[default]
    All,
    /// Those of these partners alone. One that has been removed is nobody's any more, so that a list may have
    /// become one of nobody; it never becomes one of everybody.
    Only(Vec<PartnerId>),
}

impl AllowedPartners {
    /// Whether people of this partner are taken.
    #[must_use]
    pub fn has(&self, partner: PartnerId) -> bool {
        match self {
            Self::All => true,
            Self::Only(partners) => partners.contains(&partner),
        }
    }

    /// The one partner whose people are taken, where it is a single one.
    #[must_use]
    pub const fn single(&self) -> Option<PartnerId> {
        match self {
            Self::Only(partners) => match partners.as_slice() {
                [single] => Some(*single),
                _ => None,
            },
            Self::All => None,
        }
    }
}

/// An app as it is stored.
#[derive(Debug, Clone)]
pub struct App {
    /// Its row.
    pub id: AppId,
    /// Grows with each change.
    pub version: i64,
    /// Its name in files and commands.
    pub slug: Slug,
    /// Its name on pages.
    pub name: String,
    /// Whether it is on.
    pub switch: Switch,
    /// Who may use it.
    pub assignment: Assignment,
    /// Whose people it takes.
    pub partners: AllowedPartners,
    /// Mail addresses of who answers for it.
    pub owners: Vec<String>,
    /// The sector of its pairwise subjects; never changes by itself.
    pub sector: String,
    /// What it speaks.
    pub protocol: AppProtocol,
    /// What it is told of a person.
    pub claims: Arc<ClaimSet>,
}

/// What an app speaks, one variant for each protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppProtocol {
    /// OpenID Connect: it is a relying party.
    Oidc(OidcApp),
    /// SAML 2.0: it is a service provider.
    Saml(SamlApp),
}

impl App {
    /// What it is as an OpenID Connect relying party, where it is one.
    #[must_use]
    pub const fn oidc(&self) -> Option<&OidcApp> {
        match &self.protocol {
            AppProtocol::Oidc(oidc) => Some(oidc),
            AppProtocol::Saml(_) => None,
        }
    }

    /// What it is as a SAML service provider, where it is one.
    #[must_use]
    pub const fn saml(&self) -> Option<&SamlApp> {
        match &self.protocol {
            AppProtocol::Oidc(_) => None,
            AppProtocol::Saml(saml) => Some(saml),
        }
    }

    /// Whether it may redeem this at the token endpoint; a service provider redeems nothing.
    #[must_use]
    pub fn may(&self, grant: GrantType) -> bool {
        self.oidc().is_some_and(|oidc| oidc.grants.has(grant))
    }

    /// Where its keys are fetched, where they are.
    #[must_use]
    pub fn keys_source(&self) -> Option<&KeysSource> {
        match self.oidc().map(|oidc| &oidc.confidentiality) {
            Some(Confidentiality::Keys(keys)) => keys.source(),
            _ => None,
        }
    }

    /// Whether it keeps the FAPI 2.0 Security Profile.
    #[must_use]
    pub fn keeps_fapi2(&self) -> bool {
        self.oidc().is_some_and(|oidc| oidc.tokens.profile == Profile::Fapi2)
    }

    /// What it runs on; a service provider is on the web.
    #[must_use]
    pub const fn application_type(&self) -> ApplicationType {
        match &self.protocol {
            AppProtocol::Oidc(oidc) => oidc.application_type,
            AppProtocol::Saml(_) => ApplicationType::Web,
        }
    }
}

/// Whether an app can keep a secret (RFC 6749 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confidentiality {
    /// It proves itself with a secret, kept as HMAC-SHA-256.
    Secret {
        /// HMAC of the secret.
        mac: Vec<u8>,
    },
    /// It proves itself with tokens that it signs with its own keys (`private_key_jwt`).
    Keys(ClientKeys),
    /// It cannot keep a secret; PKCE is required.
    Public,
}

/// The public keys of an app, parsed once.
#[derive(Debug, Clone)]
pub struct ClientKeys {
    document: String,
    set: KeySet,
    source: Option<KeysSource>,
}

/// Where the keys of an app are fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysSource {
    /// Their address.
    pub url: String,
    /// Where it may lead.
    pub network: Network,
}

impl ClientKeys {
    /// Reads a JWK Set (RFC 7517 5).
    ///
    /// # Errors
    /// [`KeySetError`], also where a private key stands in it.
    pub fn register(document: String) -> Result<Self, KeySetError> {
        KeySet::register(document.as_bytes()).map(|set| Self { document, set, source: None })
    }

    /// As [`register`](Self::register), of a document that was fetched there; an empty one where none has been yet, by
    /// which nobody proves anything.
    ///
    /// # Errors
    /// [`KeySetError`].
    pub fn fetched(document: String, source: KeysSource) -> Result<Self, KeySetError> {
        if document.is_empty() {
            return Ok(Self { document, set: KeySet::default(), source: Some(source) });
        }
        Ok(Self { source: Some(source), ..Self::register(document)? })
    }

    /// Where they come from; none where a file was applied.
    #[must_use]
    pub const fn source(&self) -> Option<&KeysSource> {
        self.source.as_ref()
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &str {
        &self.document
    }

    /// The keys.
    #[must_use]
    pub const fn set(&self) -> &KeySet {
        &self.set
    }
}

impl PartialEq for ClientKeys {
    fn eq(&self, other: &Self) -> bool {
        self.document == other.document && self.source == other.source
    }
}

impl Eq for ClientKeys {}

/// The kind of an app (OpenID Connect Dynamic Client Registration 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationType {
    /// Runs on a server or in a browser.
    Web,
    /// Runs on a person's device; RFC 8252 applies.
    Native,
}

/// The signature algorithm of ID tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdTokenAlgorithm {
    /// RS256.
    Rs256,
    /// ES256.
    Es256,
}

/// Whether an authorization request must carry a PKCE challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PkceRule {
    /// It must.
    Required,
    /// It may.
    Optional,
}

/// How the authorization requests of an app must come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestRule {
    /// By the browser, or pushed.
    Any,
    /// Pushed by the app itself beforehand (RFC 9126).
    Pushed,
}

/// An app as OpenID Connect relying party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcApp {
    /// Its public name.
    pub client_id: String,
    /// Whether it keeps a secret.
    pub confidentiality: Confidentiality,
    /// Where codes may be sent, compared exactly.
    pub redirect_uris: Vec<String>,
    /// Web or native.
    pub application_type: ApplicationType,
    /// How its ID tokens are signed.
    pub id_token_algorithm: IdTokenAlgorithm,
    /// Whether PKCE is required; always for public apps.
    pub pkce: PkceRule,
    /// Where a browser may be sent after logout, compared exactly.
    pub post_logout_redirect_uris: Vec<String>,
    /// What it may redeem at the token endpoint.
    pub grants: GrantTypes,
    /// How its requests must come.
    pub requests: RequestRule,
    /// Where others may have it begin a sign-in (OpenID Connect Core 4).
    pub initiate_login_uri: Option<String>,
    /// What holds for its tokens.
    pub tokens: TokenRules,
    /// Where it is told that a session has ended, where it wants to know.
    pub backchannel_logout: Option<BackchannelLogout>,
}

/// Where an app is told that a session has ended (OpenID Connect Back-Channel Logout 1.0 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackchannelLogout {
    /// Where notices are posted.
    pub uri: String,
    /// Whether the app goes by sessions or by people; a notice names both in any case.
    pub names: LogoutNames,
    /// Where the address may lead.
    pub network: Network,
}

/// By what an app finds what has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoutNames {
    /// It needs the session.
    SessionRequired,
    /// The person will do.
    Any,
}

/// An app as SAML service provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamlApp {
    /// Its name.
    pub entity_id: String,
    /// Where it takes answers, at least one; exactly one is the default.
    pub acs: Vec<AcsEndpoint>,
    /// The certificates of the keys with which it signs requests.
    pub certificates: Vec<Certificate>,
    /// Whether its requests must be signed.
    pub requests: SignedRequests,
    /// What of our answers is signed.
    pub answers: SignedAnswers,
    /// To which key its assertions are encrypted, where they are.
    pub encryption: Option<AnswerEncryption>,
    /// Whether a sign-in to it may begin here, and with what; it may not where absent.
    pub idp_initiated: Option<IdpInitiated>,
    /// Until when its metadata may be used.
    pub valid_until: Option<Timestamp>,
    /// The metadata document, where it has one.
    pub metadata: Option<String>,
    /// Where the document comes from; absent where a file or fields were applied.
    pub source: Option<AppSource>,
}

/// The most bytes of a RelayState that is not an app's own.
pub const MAX_RELAY_STATE: usize = 1024;

/// What goes with a sign-in that an app has not asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdpInitiated {
    /// The RelayState, where the link names none.
    pub relay_state: Option<String>,
    /// Whether a link may name another.
    pub links: RelayStateOfLinks,
}

/// Whether a link that begins a sign-in may name the RelayState, which apps often take for an address of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelayStateOfLinks {
    /// It may not.
    Refused,
    /// It may, whoever made the link.
    Taken,
}

/// Where a SAML app takes answers, by HTTP-POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcsEndpoint {
    /// Its number in the app's metadata.
    pub index: u16,
    /// Where, compared exactly.
    pub url: String,
    /// Whether it is taken where a request names none.
    pub standing: AcsStanding,
}

/// Whether an assertion consumer service is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcsStanding {
    /// It is.
    Default,
    /// Only where a request names it.
    ByName,
}

/// Whether a SAML app's requests must be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedRequests {
    /// They must.
    Required,
    /// They may; a signature that is there must hold all the same.
    Optional,
}

/// What of our answers to a SAML app is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedAnswers {
    /// The assertion.
    Assertion,
    /// The response around it.
    Response,
    /// Both.
    Both,
}

/// How assertions are encrypted for a SAML app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerEncryption {
    /// The certificate around the app's key.
    pub certificate: Certificate,
    /// The cipher of the content.
    pub cipher: AnswerCipher,
    /// How the content key is wrapped.
    pub oaep: Oaep,
}

/// The ciphers in which we write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerCipher {
    /// AES-256-GCM.
    Aes256Gcm,
    /// AES-128-GCM, for an app that names no better one.
    Aes128Gcm,
}

/// Whether assertions for a SAML app are to be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncryptedAnswers {
    /// Where it has a key that is meant for this.
    WhereOffered,
    /// They must; an app without a key is refused.
    Required,
    /// They are sent in the clear.
    Never,
}
