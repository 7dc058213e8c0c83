//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a request that comes again is answered as before.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::dispatch::{Ask, Reply};
use super::fault::Fault;
use super::table::{Handler, Method};
use crate::domain::repeats::{Fingerprint, RequestKey};
use crate::flows::repeats::{Repeat, RepeatError};

/// The name of the header, as HTTP libraries have it.
pub const HEADER: &str = "idempotency-key";

/// Reads the key of a request. The draft has it in quotes (RFC 8941 3.3.3); since many clients leave them out, a key of
/// letters, digits and `-._~:+/=` may stand without.
///
/// # Errors
/// [`Fault`].
pub fn key(values: &[&[u8]]) -> Result<Option<RequestKey>, Fault> {
    match values {
        [] => Ok(None),
        [one] => {
            let text = std::str::from_utf8(one).ok().map(str::trim).and_then(unquoted);
            let key = text.and_then(|text| RequestKey::parse(&text).ok());
            key.map(Some).ok_or_else(malformed)
        }
        _ => Err(malformed()),
    }
}

fn malformed() -> Fault {
    Fault::new(
        StatusCode::BAD_REQUEST,
        "IDEMPOTENCY_KEY_INVALID",
        "`Idempotency-Key` must stand once: a text of 1 to 255 characters of ASCII in double quotes, such as a UUID",
    )
}

fn unquoted(text: &str) -> Option<String> {
    let Some(rest) = text.strip_prefix('"') else {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:+/=".contains(&byte);
        return text.bytes().all(is_plain).then(|| text.to_owned());
    };
    let inner = rest.strip_suffix('"')?;
    let mut found = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return None,
            '\\' => found.push(characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            other => found.push(other),
        }
    }
    Some(found)
}

/// Whether a key says something beside this method: what the others ask may come again by itself (RFC 9110 9.2.2).
pub const fn is_read(method: Option<Method>) -> bool {
    matches!(method, Some(Method::Post | Method::Patch))
}

/// Holds that a request has a key only where one is honoured.
///
/// # Errors
/// [`Fault`] that names the header.
pub fn judge(ask: &Ask<'_>, handler: Handler) -> Result<(), Fault> {
    // A batch and the address that takes files say themselves where it belongs.
    if ask.key.is_none() || matches!(handler, Handler::Invite | Handler::Batch | Handler::HandIn) {
        return Ok(());
    }
    Err(Fault::bad("`Idempotency-Key` is not read at this address, but at `/v1.0/invitations`: leave it out"))
}

/// The key of a part of a batch.
///
/// # Errors
/// [`Fault`].
pub fn of_part(headers: Option<&Value>) -> Result<Option<RequestKey>, Fault> {
    let Some(Value::Object(headers)) = headers else { return Ok(None) };
    let named = |headers: &Map<String, Value>| -> Option<Vec<String>> {
        let found = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(HEADER));
        found.map(|(_, value)| value.as_str().map(str::to_owned)).collect()
    };
    let values = named(headers).ok_or_else(malformed)?;
    let values: Vec<&[u8]> = values.iter().map(String::as_bytes).collect();
    key(&values)
}

/// The request as one that may come again, where it has a key.
pub fn repeat(ask: &Ask<'_>) -> Option<Repeat> {
    let key = ask.key.as_ref()?;
    let method = ask.method.map_or("", Method::as_str);
    let body = ask.body.as_ref().map(Value::to_string).unwrap_or_default();
    let fingerprint = Fingerprint::of(&[method.as_bytes(), ask.path.as_bytes(), body.as_bytes()]);
    Some(Repeat::of(ask.caller(), key, fingerprint))
}

/// The key is being worked on.
pub fn in_work() -> Fault {
    let message = "the first request with this `Idempotency-Key` is still being worked on; ask again in a moment";
    let fault = Fault::new(StatusCode::CONFLICT, "IDEMPOTENCY_KEY_IN_WORK", message);
    Fault { wait: Some(std::time::Duration::from_secs(1)), ..fault }
}

impl From<RepeatError> for Fault {
    fn from(error: RepeatError) -> Self {
        let (status, code) = match &error {
            RepeatError::OtherRequest => (StatusCode::UNPROCESSABLE_ENTITY, "IDEMPOTENCY_KEY_REUSED"),
            RepeatError::Unreadable => (StatusCode::CONFLICT, "IDEMPOTENCY_KEY_UNREADABLE"),
            RepeatError::Store(error) => return crate::flows::directory::DirectoryError::Store(error.clone()).into(),
        };
        Self::new(status, code, format!("`Idempotency-Key`: {error}"))
    }
}

/// An answer as it is kept.
pub fn pack(reply: &Reply) -> Vec<u8> {
    let kept = json!({ "status": reply.status.as_u16(), "location": reply.location, "body": reply.body });
    kept.to_string().into_bytes()
}

/// An answer that was kept.
///
/// # Errors
/// [`Fault`] where [`pack`] has not written it.
pub fn unpack(bytes: &[u8]) -> Result<Reply, Fault> {
    let read = || {
        let kept: Value = serde_json::from_slice(bytes).ok()?;
        let status = u16::try_from(kept["status"].as_u64()?).ok().and_then(|code| StatusCode::from_u16(code).ok())?;
        let body = Some(kept["body"].clone()).filter(|body| !body.is_null());
        Some(Reply { status, body, location: kept["location"].as_str().map(str::to_owned), ..Reply::done() })
    };
    read().ok_or_else(|| Fault::from(RepeatError::Unreadable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_once_with_quotes_or_without() {
        let read = |values: &[&str]| {
            let values: Vec<&[u8]> = values.iter().map(|value| value.as_bytes()).collect();
            key(&values).map_err(|fault| fault.code)
        };
        let parsed = |text| Ok(Some(RequestKey::parse(text).unwrap()));
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["\"8e03978e-40d5\""]), parsed("8e03978e-40d5"));
        assert_eq!(read(&["8e03978e-40d5"]), parsed("8e03978e-40d5"));
        assert_eq!(read(&["\"a \\\"b\\\\\""]), parsed("a \"b\\"));
        let (long, longer) = (format!("\"{}\"", "x".repeat(255)), format!("\"{}\"", "x".repeat(256)));
        assert!(read(&[&long]).is_ok());
        for bad in [&[""][..], &["\"\""], &["\"a"], &["a b"], &["\"a\"b\""], &["\"a\\n\""], &["\"a\";x=1"], &["a", "a"]]
        {
            assert_eq!(read(bad), Err("IDEMPOTENCY_KEY_INVALID"), "{bad:?}");
        }
        assert_eq!(read(&[&longer]), Err("IDEMPOTENCY_KEY_INVALID"));
        assert_eq!(read(&["\"é\""]), Err("IDEMPOTENCY_KEY_INVALID"));
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        for reply in [Reply::done(), Reply::ok(json!({ "a": [1] })), Reply::made(json!({}), "/x".to_owned())] {
            assert_eq!(unpack(&pack(&reply)), Ok(reply));
        }
        assert!(unpack(b"{}").is_err());
    }
}
