//! What a token endpoint answers to a code (OpenID Connect Core 3.1.3.3, RFC 6749 5).

use serde::Deserialize;

/// The tokens that were answered; no `Debug`, since they are secret.
#[derive(Clone)]
pub struct Tokens {
    /// The ID token, not verified.
    pub id_token: String,
    /// The access token, for UserInfo.
    pub access_token: String,
}

#[derive(Deserialize)]
struct Reply {
    id_token: Option<String>,
    access_token: Option<String>,
    token_type: Option<String>,
}

#[derive(Deserialize)]
struct ErrorReply {
    error: String,
    error_description: Option<String>,
}

/// Why there are no tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoTokens {
    /// The stable cause.
    pub cause: &'static str,
    /// What was seen.
    pub saw: String,
}

/// Reads the body of an answer with this status.
///
/// # Errors
/// [`NoTokens`].
pub fn read(status: u16, body: &[u8]) -> Result<Tokens, NoTokens> {
    let no = |cause, saw: &str| NoTokens { cause, saw: saw.to_owned() };
    if status != 200 {
        let said = serde_json::from_slice::<ErrorReply>(body).map_or_else(
            |_| format!("status {status}"),
            |said| format!("status {status}: {} {}", said.error, said.error_description.unwrap_or_default()),
        );
        return Err(no("token_endpoint_refused", crate::base::trace::shorten(said).trim_end()));
    }
    let reply: Reply = serde_json::from_slice(body).map_err(|_| no("token_reply_malformed", ""))?;
    let token_type = reply.token_type.unwrap_or_default();
    if !token_type.eq_ignore_ascii_case("bearer") {
        return Err(no("token_type_refused", &crate::base::trace::shorten(token_type)));
    }
    match (reply.id_token, reply.access_token) {
        (Some(id_token), Some(access_token)) if !access_token.is_empty() => Ok(Tokens { id_token, access_token }),
        (None, _) => Err(no("id_token_missing", "")),
        _ => Err(no("access_token_missing", "")),
    }
}
