//! What `[partner.oidc]` says.

use std::time::Duration;

use super::secrets::secret;
use super::shape::{Key, Kind, Presence, Shape};
use super::table::{Absent, Table};
use super::texts;
use crate::domain::definitions::{CredentialDefinition, TrustDefinition};
use crate::domain::partners::{AskedAgain, Network, OidcTerms, PartnerAlgorithm, PassiveRequests};

/// How long a silent partner's last word counts where nothing is said. **Units**: minutes.
const USUAL_GRACE: u64 = 60;
/// The scopes that are asked for where nothing is said.
const USUAL_SCOPES: [&str; 2] = ["profile", "email"];

/// `[partner.oidc]`.
pub static OIDC: Shape = Shape {
    name: "[partner.oidc]",
    doc: "How an OpenID Connect provider is trusted. Its endpoints and keys come from its discovery document. \
          Register `{public_url}/oidc/rp/callback/{handle}` there as the redirect URI; `entente partner show` prints it.",
    keys: &[
        Key {
            name: "issuer",
            kind: Kind::Text,
            presence: Presence::Required,
            doc: "The issuer, exactly as the provider writes it, of one tenant. Two partners never share one.",
        },
        Key {
            name: "client_id",
            kind: Kind::Text,
            presence: Presence::Required,
            doc: "What this gateway is called there. At most 1024 bytes.",
        },
        Key {
            name: "client_secret",
            kind: Kind::Secret,
            presence: Presence::Optional,
            doc: "The secret by which the gateway proves itself there. It is stored sealed. Needed except with \
                  `private_key_jwt`.",
        },
        Key {
            name: "token_endpoint_auth_method",
            kind: Kind::Word(&["client_secret_basic", "client_secret_post"]),
            presence: Presence::Default("\"client_secret_basic\""),
            doc: "How the secret is sent.",
        },
        Key {
            name: "private_key_jwt",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "`true`: the gateway proves itself with its own key (RFC 7523), which the provider finds in \
                  `{public_url}/oidc/jwks`; there is no secret then.",
        },
        Key {
            name: "id_token_signed_response_alg",
            kind: Kind::Word(&["RS256", "PS256", "ES256"]),
            presence: Presence::Default("\"RS256\""),
            doc: "The one algorithm of its ID tokens; every other is refused.",
        },
        Key {
            name: "scopes",
            kind: Kind::Texts,
            presence: Presence::Default("[\"profile\", \"email\"]"),
            doc: "Scopes that are asked for beside `openid`.",
        },
        Key {
            name: "acr_values",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "Classes that are asked for, for a partner that needs some.",
        },
        Key {
            name: "passive",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "Whether the partner may be asked without showing anything when an app sends `prompt=none`. Otherwise \
                  such a request without a session is answered with `login_required`.",
        },
        Key {
            name: "refresh",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "Whether the refresh token that the partner gives with a sign-in is kept, sealed, as long as the session, and \
                  the partner is asked by it whether the account still lives: when an app renews its tokens, at most every \
                  15 minutes. Several providers give one only for the scope `offline_access`; name it in `scopes` then.",
        },
        Key {
            name: "refresh_grace",
            kind: Kind::Integer(0, 1440),
            presence: Presence::Default("60"),
            doc: "How long after the partner's last word apps may renew while it gives no answer, in minutes. After that \
                  they are told to try again later, and the session stays. Needs `refresh = true`.",
        },
        Key {
            name: "dangerous_allow_private",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "**Dangerous.** Whether its services may be in a private network or on this machine. Whoever controls \
                  their names or documents can then have anything there asked.",
        },
    ],
};

pub(super) fn read(table: &Table<'_>) -> Option<TrustDefinition> {
    let issuer = table.parsed("issuer", texts::identifier);
    let client_id = table.parsed("client_id", texts::identifier);
    let credential = credential(table);
    let scopes = match table.node("scopes") {
        None => USUAL_SCOPES.map(str::to_owned).to_vec(),
        Some(_) => table.parsed_texts("scopes", scope).into_iter().filter(|scope| scope != "openid").collect(),
    };
    let passive = table.is_set("passive", Absent::IsFalse);
    let terms = OidcTerms {
        issuer: issuer?,
        client_id: client_id?,
        algorithm: table
            .text("id_token_signed_response_alg")
            .and_then(PartnerAlgorithm::parse)
            .unwrap_or(PartnerAlgorithm::Rs256),
        scopes,
        acr_values: table.parsed_texts("acr_values", scope),
        passive: if passive { PassiveRequests::Allowed } else { PassiveRequests::Never },
        network: if table.is_set("dangerous_allow_private", Absent::IsFalse) {
            Network::DangerousPrivate
        } else {
            Network::Public
        },
        asked_again: asked_again(table),
    };
    Some(TrustDefinition::Oidc { origin: table.origin().clone(), terms, credential: credential? })
}

/// Whether it is asked again, and how long it may be silent.
fn asked_again(table: &Table<'_>) -> Option<AskedAgain> {
    if !table.is_set("refresh", Absent::IsFalse) {
        if table.node("refresh_grace").is_some() {
            table.fault("refresh_grace", "`refresh_grace` says nothing without `refresh = true`; leave it out");
        }
        return None;
    }
    let minutes = table.integer("refresh_grace").unwrap_or(USUAL_GRACE);
    Some(AskedAgain { grace: Duration::from_secs(minutes * 60) })
}

/// A word of a list that is sent with spaces between (RFC 6749 3.3).
fn scope(text: &str) -> Result<String, String> {
    let is_word = !text.is_empty() && text.len() <= 1024 && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_word { Ok(text.to_owned()) } else { Err("is no word of printable ASCII without spaces".to_owned()) }
}

fn credential(table: &Table<'_>) -> Option<CredentialDefinition> {
    let has_secret = table.node("client_secret").is_some();
    match (table.is_set("private_key_jwt", Absent::IsFalse), has_secret) {
        (true, false) if table.node("token_endpoint_auth_method").is_none() => {
            return Some(CredentialDefinition::PrivateKeyJwt);
        }
        (true, _) => {
            let other = if has_secret { "client_secret" } else { "token_endpoint_auth_method" };
            table.fault(other, format!("`private_key_jwt = true` needs no `{other}`; leave one of both out"));
            return None;
        }
        (false, false) => {
            let message = "`[partner.oidc]` needs `client_secret`, or `private_key_jwt = true`";
            table.reader().fault(table.origin(), message);
            return None;
        }
        (false, true) => {}
    }
    let secret = secret(table, "client_secret")?;
    Some(match table.text("token_endpoint_auth_method") {
        Some("client_secret_post") => CredentialDefinition::SecretPost(secret),
        _ => CredentialDefinition::SecretBasic(secret),
    })
}
