//! What `[app.oidc]` says.

use super::backchannel_logout;
use super::metadata::{address, document};
use super::secrets::secret;
use super::shape::{Key, Kind, Presence, Shape};
use super::table::{Absent, Table};
use super::tree::{Node, Value};
use crate::base::secret::SecretText;
use crate::domain::apps::grant_types::{GrantType, GrantTypes};
use crate::domain::apps::token_rules::{AccessTokenForm, MAX_APIS, Profile, TokenBinding, TokenRules};
use crate::domain::apps::{ApplicationType, ClientKeys, IdTokenAlgorithm, KeysSource, PkceRule, RequestRule};
use crate::domain::definitions::OidcDefinition;
use crate::domain::partners::Network;

/// The fewest characters of a client secret; a random one of 16 base64 characters holds 96 bits.
pub const MIN_CLIENT_SECRET: usize = 16;

/// The most characters of a client secret.
pub const MAX_CLIENT_SECRET: usize = 512;

/// The most characters of a client id.
pub const MAX_CLIENT_ID: usize = 255;

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
                  Kept as an HMAC only. One of this, `jwks`, `jwks_uri` and `public = true` is needed.",
        },
        Key {
            name: "jwks",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The path of a JWK Set with the app's public keys, from the folder of the object file: the app proves \
                  itself with tokens that it signs (`private_key_jwt`, RFC 7523), by RS256, PS256, ES256 or EdDSA, whose \
                  audience is `public_url` or the token endpoint. There is no secret then.",
        },
        Key {
            name: "jwks_uri",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The address of the JWK Set, in the place of a file: https, without user name and fragment. It is \
                  fetched by the running gateway when it has been applied, about once an hour, and at most once a \
                  minute where an assertion names a key that is not known. A set that cannot be used is kept out; the \
                  last good one stays.",
        },
        Key {
            name: "dangerous_allow_private_jwks",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "**Dangerous.** Whether `jwks_uri` may lead into a private network or to this machine. Whoever \
                  controls its name can then have anything there asked.",
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
            presence: Presence::Optional,
            doc: "Where codes may be sent, compared exactly. https, or what `application_type` allows. At least one is \
                  needed, except by an app whose `grant_types` has no `authorization_code`: that one has none.",
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
        Key {
            name: "initiate_login_uri",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "Where the app begins a sign-in when others ask it to (OpenID Connect Core 4). With it, \
                  `/sign-in/start?app=` and the slug leads there. https, or http on loopback while the gateway is there.",
        },
        Key {
            name: "require_pushed_authorization_requests",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "Whether a request that the app has not pushed beforehand (RFC 9126) is refused. A pushed request \
                  cannot be changed or read on its way through the browser, is good for 90 seconds and answered once.",
        },
        Key {
            name: "profile",
            kind: Kind::Word(&["plain", "fapi2"]),
            presence: Presence::Default("\"plain\""),
            doc: "`fapi2`: the app keeps the FAPI 2.0 Security Profile. It needs `jwks` or `jwks_uri`. Then \
                  `require_pushed_authorization_requests`, `require_pkce` and `dpop_bound_access_tokens` are `true`, \
                  and `id_token_signed_response_alg` is `ES256`, without being said; codes live at most 60 seconds, a \
                  refresh token stays the same, RS256 is refused, and what the app signs has `public_url` as its only \
                  audience.",
        },
        Key {
            name: "dpop_bound_access_tokens",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "Whether every access token of the app is bound to a key of its own (DPoP, RFC 9449): without a proof \
                  none is issued, and a token that was stolen without the key opens nothing. An app may bind its \
                  tokens without this too, by showing a proof.",
        },
        Key {
            name: "resources",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "The APIs for which the app may ask tokens by `resource` (RFC 8707), as absolute URIs without \
                  fragment, compared exactly; at most 64. A token for an API does not open userinfo.",
        },
        Key {
            name: "access_token_format",
            kind: Kind::Word(&["opaque", "jwt"]),
            presence: Presence::Default("\"opaque\""),
            doc: "The form of tokens for `resources`. `opaque`: an API asks us at each use whether one is active. \
                  `jwt`: an API reads it by itself (RFC 9068), so one that is revoked stays good there until it ends, \
                  which is 10 minutes after it was made. Tokens for no API are opaque.",
        },
        Key {
            name: "serves_resources",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "The APIs that the app is: it may ask at the introspection endpoint about tokens for them, whichever \
                  app they were issued to. Each API is of one app; not for a public app.",
        },
        Key {
            name: "grant_types",
            kind: Kind::Texts,
            presence: Presence::Default("[\"authorization_code\"]"),
            doc: "What the app may redeem at the token endpoint. `refresh_token`: it gets one beside its tokens, which \
                  is good for one use and ends with the session. `client_credentials`: a token for the app itself, \
                  which acts for nobody; not for a public app.",
        },
        backchannel_logout::URI,
        backchannel_logout::SESSION_REQUIRED,
        backchannel_logout::PRIVATE,
    ],
};

/// Why a credential text is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum CredentialError {
    /// No client id.
    #[error("must be 1 to {MAX_CLIENT_ID} printable ASCII characters without spaces")]
    ClientId,
}

/// Reads a relying party; every fault is noted, and `None` means that something essential is missing.
#[must_use]
pub fn read(table: &Table<'_>) -> Option<OidcDefinition> {
    let client_id = table.parsed("client_id", client_id);
    let is_public = table.is_set("public", Absent::IsFalse);
    let keys = keys(table, is_public);
    let client_secret = client_secret(table, is_public);
    let grants = grants(table, is_public);
    let redirect_uris = redirect_uris(table, grants);
    if is_public && table.node("require_pkce").is_some() && !table.is_set("require_pkce", Absent::IsTrue) {
        table.fault("require_pkce", "`require_pkce` cannot be `false` for a public app; leave it out");
    }
    let profile = profile(table, is_public);
    let is_strict = profile == Profile::Fapi2;
    let requires_pkce = is_public || is_strict || table.is_set("require_pkce", Absent::IsFalse);
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
            None if is_strict => IdTokenAlgorithm::Es256,
            _ => IdTokenAlgorithm::Rs256,
        },
        pkce: if requires_pkce { PkceRule::Required } else { PkceRule::Optional },
        post_logout_redirect_uris: uris(table, "post_logout_redirect_uris"),
        grants,
        requests: if is_strict || table.is_set("require_pushed_authorization_requests", Absent::IsFalse) {
            RequestRule::Pushed
        } else {
            RequestRule::Any
        },
        keys,
        initiate_login_uri: table.parsed("initiate_login_uri", |text| url::Url::parse(text).map(|_| text.to_owned())),
        tokens: token_rules(table, profile, is_public),
        backchannel_logout: backchannel_logout::read(table),
    })
}

fn profile(table: &Table<'_>, is_public: bool) -> Profile {
    if table.text("profile") != Some("fapi2") {
        return Profile::Plain;
    }
    let fault = |name: &str, remedy: &str| table.fault(name, format!("`profile = \"fapi2\"`: {remedy}"));
    for name in ["require_pushed_authorization_requests", "require_pkce", "dpop_bound_access_tokens"] {
        if table.node(name).is_some() && !table.is_set(name, Absent::IsTrue) {
            fault(name, &format!("`{name}` cannot be `false`; leave it out"));
        }
    }
    if is_public {
        fault("public", "the app must prove itself with its own keys; give `jwks` in the place of `public`");
    } else if table.node("client_secret").is_some() {
        fault("client_secret", "the app must prove itself with its own keys; give `jwks` in the place of the secret");
    }
    if table.text("id_token_signed_response_alg") == Some("RS256") {
        fault("id_token_signed_response_alg", "`RS256` is too weak; take `ES256`, or leave it out");
    }
    Profile::Fapi2
}

/// The APIs that stand under a key.
fn apis(table: &Table<'_>, name: &str) -> Vec<String> {
    let api = |text: &str| is_api(text).then(|| text.to_owned()).ok_or("must be an absolute URI without fragment");
    let apis = table.parsed_texts(name, api);
    if apis.len() > MAX_APIS {
        table.fault(name, format!("`{name}` has more than {MAX_APIS} entries"));
    }
    apis
}

/// As requests may name it (RFC 8707 2).
fn is_api(text: &str) -> bool {
    let is_plain = text.len() <= 2048 && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain && !text.contains('#') && url::Url::parse(text).is_ok()
}

fn token_rules(table: &Table<'_>, profile: Profile, is_public: bool) -> TokenRules {
    let (resources, serves) = (apis(table, "resources"), apis(table, "serves_resources"));
    if is_public && !serves.is_empty() {
        table.fault("serves_resources", "a public app cannot ask about tokens, since it proves nothing; leave it out");
    }
    let form = match table.text("access_token_format") {
        Some("jwt") => AccessTokenForm::Jwt,
        _ => AccessTokenForm::Opaque,
    };
    if form == AccessTokenForm::Jwt && resources.is_empty() {
        table
            .fault("access_token_format", "`access_token_format = \"jwt\"` is about tokens for `resources`; give some");
    }
    let is_bound = table.is_set("dpop_bound_access_tokens", Absent::IsFalse) || profile == Profile::Fapi2;
    let binding = if is_bound { TokenBinding::Required } else { TokenBinding::AsAsked };
    TokenRules { binding, profile, form, resources, serves, ..TokenRules::STANDARD }
}

/// What the app may redeem. A refresh token comes from a code, and only who can keep a secret may act for nobody
/// (RFC 6749 4.4).
fn grants(table: &Table<'_>, is_public: bool) -> GrantTypes {
    if table.node("grant_types").is_none() {
        return GrantTypes::STANDARD;
    }
    let grant = |name: &str| {
        GrantType::parse(name).ok_or("is none of `authorization_code`, `refresh_token` and `client_credentials`")
    };
    let grants: GrantTypes = table.parsed_texts("grant_types", grant).into_iter().collect();
    if table.texts("grant_types").is_empty() {
        table.fault("grant_types", "`grant_types` needs at least one grant type; or leave it out");
    } else if grants.has(GrantType::RefreshToken) && !grants.has(GrantType::AuthorizationCode) {
        table.fault("grant_types", "`grant_types`: a `refresh_token` comes from a code; add `authorization_code`");
    }
    if is_public && grants.has(GrantType::ClientCredentials) {
        table.fault(
            "grant_types",
            "`grant_types`: a public app cannot have `client_credentials`, since it proves nothing",
        );
    }
    grants
}

/// Where codes may be sent, which an app has exactly where it gets codes.
fn redirect_uris(table: &Table<'_>, grants: GrantTypes) -> Vec<String> {
    let is_empty_list = |node: &Node| matches!(&node.value, Value::List(list) if list.is_empty());
    let gets_codes = grants.has(GrantType::AuthorizationCode);
    match table.node("redirect_uris") {
        None if gets_codes => table.reader().fault(table.origin(), "`[app.oidc]` needs the key `redirect_uris`"),
        Some(node) if gets_codes && is_empty_list(node) => {
            table.fault("redirect_uris", "`redirect_uris` needs at least one URI");
        }
        Some(node) if !gets_codes && grants != GrantTypes::NONE && !is_empty_list(node) => {
            table.fault(
                "redirect_uris",
                "an app without `authorization_code` in `grant_types` has no `redirect_uris`; leave one of both out",
            );
        }
        None | Some(_) => {}
    }
    uris(table, "redirect_uris")
}

fn client_id(text: &str) -> Result<String, CredentialError> {
    if (1..=MAX_CLIENT_ID).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err(CredentialError::ClientId)
    }
}

/// The keys, which an app has that neither has a secret nor is public.
fn keys(table: &Table<'_>, is_public: bool) -> Option<ClientKeys> {
    for name in ["jwks", "jwks_uri"].into_iter().filter(|name| is_public && table.node(name).is_some()) {
        table.fault(name, format!("a public app has no `{name}`; leave one of both out"));
    }
    if table.node("jwks_uri").is_none() && table.node("dangerous_allow_private_jwks").is_some() {
        let message = "`dangerous_allow_private_jwks` says where `jwks_uri` may lead, which is not there; leave it out";
        table.fault("dangerous_allow_private_jwks", message);
    }
    if table.node("jwks_uri").is_some() {
        if table.node("jwks").is_some() {
            table.fault("jwks_uri", "the keys come from one of `jwks` and `jwks_uri`; leave the other out");
            return None;
        }
        let url = table.parsed("jwks_uri", address)?;
        let is_private = table.is_set("dangerous_allow_private_jwks", Absent::IsFalse);
        let network = if is_private { Network::DangerousPrivate } else { Network::Public };
        return ClientKeys::fetched(String::new(), KeysSource { url, network }).ok();
    }
    let document = document(table, "jwks")?;
    let read = ClientKeys::register(document.content.ok()?);
    read.map_err(|error| table.fault("jwks", format!("`jwks`, `{}`: {error}", document.path))).ok()
}

/// The secret, which an app has exactly where it is not public (RFC 6749 2.1). Its characters are
/// those of RFC 6749 A.2.
fn client_secret(table: &Table<'_>, is_public: bool) -> Option<SecretText> {
    let is_given = table.node("client_secret").is_some();
    let has_keys = table.node("jwks").is_some() || table.node("jwks_uri").is_some();
    match (is_given, is_public) {
        (true, false) if has_keys => {
            table.fault("client_secret", "an app with keys of its own has no `client_secret`; leave one of both out");
        }
        (false, false) if has_keys => {}
        (true, true) => table.fault("client_secret", "a public app has no `client_secret`; leave one of both out"),
        (false, false) => table.reader().fault(
            table.origin(),
            "`[app.oidc]` needs `client_secret`, `jwks` or `jwks_uri`, or `public = true` for an app that cannot keep any",
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
