//! What a token endpoint answers to a code (OpenID Connect Core 3.1.3.3, RFC 6749 5).

use serde::Deserialize;

/// The tokens that were answered; no `Debug`, since they are secret.
#[derive(Clone)]
pub struct Tokens {
    /// The ID token, not verified.
    pub id_token: String,
    /// The access token, for UserInfo.
    pub access_token: String,
    /// The refresh token, where one was given that is short enough to be kept.
    pub refresh_token: Option<String>,
}

/// What was answered to a refresh token; no `Debug`, since it is secret.
#[derive(Clone)]
pub struct Refreshed {
    /// The ID token, not verified, where there is one.
    pub id_token: Option<String>,
    /// The access token.
    pub access_token: String,
    /// The refresh token that takes the place of the one that was shown, where there is one.
    pub refresh_token: Option<String>,
}

/// The longest refresh token that is kept. **Units**: bytes.
pub const MAX_REFRESH_TOKEN: usize = 16 * 1024;

#[derive(Deserialize)]
struct Reply {
    id_token: Option<String>,
    access_token: Option<String>,
    token_type: Option<String>,
    refresh_token: Option<String>,
}

impl Reply {
    fn kept(token: Option<String>) -> Option<String> {
        token.filter(|token| (1..=MAX_REFRESH_TOKEN).contains(&token.len()))
    }
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
    let refresh_token = Reply::kept(reply.refresh_token);
    match (reply.id_token, reply.access_token) {
        (Some(id_token), Some(access_token)) if !access_token.is_empty() => {
            Ok(Tokens { id_token, access_token, refresh_token })
        }
        (None, _) => Err(no("id_token_missing", "")),
        _ => Err(no("access_token_missing", "")),
    }
}

/// What is said to a refresh token that is good for nothing any more (RFC 6749 5.2).
const INVALID_GRANT: &str = "invalid_grant";

/// Reads what was answered to a refresh token (OpenID Connect Core 12.2).
///
/// # Errors
/// [`NoTokens`]: `refresh_token_refused` where the provider says that it is good for nothing any more, else that
/// nothing was said that could be read.
pub fn read_refreshed(status: u16, body: &[u8]) -> Result<Refreshed, NoTokens> {
    let no = |cause, saw: String| NoTokens { cause, saw };
    if (400..500).contains(&status)
        && let Ok(said) = serde_json::from_slice::<ErrorReply>(body)
        && said.error == INVALID_GRANT
    {
        let saw = crate::base::trace::shorten(said.error_description.unwrap_or_default());
        return Err(no("refresh_token_refused", saw));
    }
    if status != 200 {
        return Err(no("refresh_not_answered", format!("status {status}")));
    }
    let malformed = || no("refresh_not_answered", "no token reply".to_owned());
    let reply: Reply = serde_json::from_slice(body).map_err(|_| malformed())?;
    let access_token = reply.access_token.filter(|token| !token.is_empty()).ok_or_else(malformed)?;
    Ok(Refreshed { id_token: reply.id_token, access_token, refresh_token: Reply::kept(reply.refresh_token) })
}
