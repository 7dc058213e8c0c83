//! What `[[app]]` says.

use super::saml_app;
use super::secrets::secret;
use super::shape::{Key, Kind, Presence, Shape};
use super::table::{Absent, Table};
use super::texts;
use super::tree::{Node, Value};
use crate::base::secret::SecretText;
use crate::domain::apps::{ApplicationType, Assignment, IdTokenAlgorithm, PkceRule};
use crate::domain::definitions::{AppDefinition, Located, OidcDefinition, ProtocolDefinition};
use crate::domain::mail::MailAddress;
use crate::domain::names::Slug;
use crate::domain::partners::Switch;

/// The fewest characters of a client secret; a random one of 16 base64 characters holds 96 bits.
pub const MIN_CLIENT_SECRET: usize = 16;

/// The most characters of a client secret.
pub const MAX_CLIENT_SECRET: usize = 512;

/// The most characters of a client id.
pub const MAX_CLIENT_ID: usize = 255;

/// `[[app]]`.
pub static APP: Shape = Shape {
    name: "[[app]]",
    doc: "An application that signs people in here.",
    keys: &[
        texts::ID,
        texts::SLUG,
        texts::NAME,
        Key {
            name: "enabled",
            kind: Kind::Flag,
            presence: Presence::Default("true"),
            doc: "Whether anything is issued to the app.",
        },
        Key {
            name: "owners",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "Mail addresses of the people who answer for the app.",
        },
        Key {
            name: "assignment",
            kind: Kind::Word(&["required", "everyone"]),
            presence: Presence::Default("\"required\""),
            doc: "`required`: only accounts that are assigned, directly or through a group. `everyone`: every account \
                  that may sign in here.",
        },
        Key {
            name: "sector",
            kind: Kind::Text,
            presence: Presence::Default("the app's id"),
            doc: "Apps of one sector see the same `sub` or persistent NameID of a person. It never changes by itself: leaving the key out \
                  keeps what is stored. Changing it changes every `sub` and NameID of the app. At most 1024 bytes.",
        },
        Key {
            name: "oidc",
            kind: Kind::Table(&OIDC),
            presence: Presence::Optional,
            doc: "What the app is as an OpenID Connect relying party. One of this and `saml` is needed.",
        },
        Key {
            name: "saml",
            kind: Kind::Table(&saml_app::SAML),
            presence: Presence::Optional,
            doc: "What the app is as a SAML 2.0 service provider.",
        },
    ],
};

/// `[app.oidc]`.
pub static OIDC: Shape = Shape {
    name: "[app.oidc]",
    doc: "An OpenID Connect relying party; names and defaults are those of OpenID Connect Dynamic Client Registration.",
    keys: &[
        Key {
            name: "client_id",
            kind: Kind::Text,
            presence: Presence::Required,
            doc: "The public name of the app: 1 to 255 printable ASCII characters without spaces, unique.",
        },
        Key {
            name: "client_secret",
            kind: Kind::Secret,
            presence: Presence::Optional,
            doc: "The secret by which the app proves itself: 16 to 512 printable ASCII characters; make it random. \
                  Kept as an HMAC only. One of this and `public = true` is needed.",
        },
        Key {
            name: "public",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "`true` for an app that cannot keep a secret, such as one in a browser or on a phone. PKCE is always \
                  required of it.",
        },
        Key {
            name: "redirect_uris",
            kind: Kind::Texts,
            presence: Presence::Required,
            doc: "Where codes may be sent, at least one, compared exactly. https, or what `application_type` allows.",
        },
        Key {
            name: "application_type",
            kind: Kind::Word(&["web", "native"]),
            presence: Presence::Default("\"web\""),
            doc: "`native`: an app on a person's device, for which RFC 8252 holds: any port of a registered loopback \
                  address.",
        },
        Key {
            name: "id_token_signed_response_alg",
            kind: Kind::Word(&["RS256", "ES256"]),
            presence: Presence::Default("\"RS256\""),
            doc: "How ID tokens of the app are signed.",
        },
        Key {
            name: "require_pkce",
            kind: Kind::Flag,
            presence: Presence::Default("false, and true for public apps"),
            doc: "Whether a request without a PKCE challenge is refused. It cannot be `false` for a public app.",
        },
        Key {
            name: "post_logout_redirect_uris",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "Where a browser may be sent after logout, compared exactly.",
        },
    ],
};

/// Why a credential text is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum CredentialError {
    /// No client id.
    #[error("must be 1 to {MAX_CLIENT_ID} printable ASCII characters without spaces")]
    ClientId,
}

/// Reads an app; every fault is noted, and `None` means that something essential is missing.
#[must_use]
pub fn read(table: &Table<'_>) -> Option<Located<AppDefinition>> {
    let id = texts::id(table);
    let slug = table.parsed("slug", Slug::parse);
    let name = texts::name(table, slug.as_ref());
    let owners = table.parsed_texts("owners", MailAddress::parse);
    let sector = table.parsed("sector", texts::identifier);
    let protocol = protocol(table);
    let value = AppDefinition {
        id,
        slug: slug?,
        name: name?,
        switch: Switch::from_enabled(table.is_set("enabled", Absent::IsTrue)),
        assignment: match table.text("assignment") {
            Some("everyone") => Assignment::Everyone,
            _ => Assignment::Required,
        },
        owners,
        sector,
        protocol: protocol?,
    };
    Some(Located { origin: table.origin().clone(), value })
}

/// What the app speaks, of which there is one.
fn protocol(table: &Table<'_>) -> Option<ProtocolDefinition> {
    match (table.node("oidc").is_some(), table.node("saml").is_some()) {
        (true, false) => table.table("oidc").and_then(|table| relying_party(&table)).map(ProtocolDefinition::Oidc),
        (false, true) => table.table("saml").and_then(|table| saml_app::read(&table)).map(ProtocolDefinition::Saml),
        (false, false) => {
            table.reader().fault(table.origin(), "`[[app]]` needs one of `[app.oidc]` and `[app.saml]`");
            None
        }
        (true, true) => {
            table.fault("saml", "an app speaks one protocol; leave out one of `[app.oidc]` and `[app.saml]`");
            None
        }
    }
}

fn relying_party(table: &Table<'_>) -> Option<OidcDefinition> {
    let client_id = table.parsed("client_id", client_id);
    let is_public = table.is_set("public", Absent::IsFalse);
    let client_secret = client_secret(table, is_public);
    let redirect_uris = uris(table, "redirect_uris");
    let is_empty_list = |node: &Node| matches!(&node.value, Value::List(list) if list.is_empty());
    if table.node("redirect_uris").is_some_and(is_empty_list) {
        table.fault("redirect_uris", "`redirect_uris` needs at least one URI");
    }
    if is_public && table.node("require_pkce").is_some() && !table.is_set("require_pkce", Absent::IsTrue) {
        table.fault("require_pkce", "`require_pkce` cannot be `false` for a public app; leave it out");
    }
    let requires_pkce = is_public || table.is_set("require_pkce", Absent::IsFalse);
    Some(OidcDefinition {
        client_id: client_id?,
        client_secret,
        redirect_uris,
        application_type: match table.text("application_type") {
            Some("native") => ApplicationType::Native,
            _ => ApplicationType::Web,
        },
        id_token_algorithm: match table.text("id_token_signed_response_alg") {
            Some("ES256") => IdTokenAlgorithm::Es256,
            _ => IdTokenAlgorithm::Rs256,
        },
        pkce: if requires_pkce { PkceRule::Required } else { PkceRule::Optional },
        post_logout_redirect_uris: uris(table, "post_logout_redirect_uris"),
    })
}

fn client_id(text: &str) -> Result<String, CredentialError> {
    if (1..=MAX_CLIENT_ID).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err(CredentialError::ClientId)
    }
}

/// The secret, which an app has exactly where it is not public (RFC 6749 2.1). Its characters are
/// those of RFC 6749 A.2.
fn client_secret(table: &Table<'_>, is_public: bool) -> Option<SecretText> {
    let is_given = table.node("client_secret").is_some();
    match (is_given, is_public) {
        (true, true) => table.fault("client_secret", "a public app has no `client_secret`; leave one of both out"),
        (false, false) => table.reader().fault(
            table.origin(),
            "`[app.oidc]` needs `client_secret`, or `public = true` for an app that cannot keep one",
        ),
        _ => {}
    }
    let found = secret(table, "client_secret")?;
    let text = found.expose();
    let range = MIN_CLIENT_SECRET..=MAX_CLIENT_SECRET;
    if range.contains(&text.len()) && text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return Some(found);
    }
    let message = format!(
        "`client_secret` must be {MIN_CLIENT_SECRET} to {MAX_CLIENT_SECRET} printable ASCII characters; make it random"
    );
    table.fault("client_secret", message);
    None
}

/// URIs as written: whether the app may use them is judged when they are applied, since that depends
/// on the installation.
fn uris(table: &Table<'_>, name: &str) -> Vec<String> {
    table.parsed_texts(name, |text| url::Url::parse(text).map(|_| text.to_owned()))
}
