//! Apps: what trusts us.

use super::names::Slug;
use super::partners::Switch;

crate::id_type!(
    /// Names an app.
    AppId
);

/// Who may use an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignment {
    /// Only who has been assigned, directly or through a group.
    Required,
    /// Every account that may sign in here.
    Everyone,
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
    /// Mail addresses of who answers for it.
    pub owners: Vec<String>,
    /// The sector of its pairwise subjects; never changes by itself.
    pub sector: String,
    /// What it is as an OpenID Connect relying party.
    pub oidc: OidcApp,
}

/// Whether an app can keep a secret (RFC 6749 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confidentiality {
    /// It proves itself with a secret, kept as HMAC-SHA-256.
    Secret {
        /// HMAC of the secret.
        mac: Vec<u8>,
    },
    /// It cannot keep a secret; PKCE is required.
    Public,
}

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
}
