//! The POST binding: the form value `SAMLResponse` or `SAMLRequest`, and what stands beside it.
//!
//! # Source
//! SAML Bindings 3.5.4.

use super::{MAX_MESSAGE, MAX_RELAY_STATE_RECEIVED};
use crate::base::encoding::{base64, from_base64_lines};
use crate::base::params::{ParamError, RawParams};

/// The most bytes of the form value: a message of the largest size in base64, broken into lines of
/// 64 characters with CR LF.
pub const MAX_ENCODED: usize = MAX_MESSAGE / 3 * 4 + MAX_MESSAGE / 24 + 8;

/// Why a form holds no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// A parameter is doubled.
    #[error(transparent)]
    Params(#[from] ParamError),
    /// No message, or an empty one.
    #[error("the form has no SAML message")]
    Absent,
    /// The value or what it decodes to is larger than allowed.
    #[error("message of {found} bytes, at most {limit} are allowed")]
    TooLarge {
        /// The size found.
        found: usize,
        /// The size allowed.
        limit: usize,
    },
    /// The value is not base64.
    #[error("the message is not base64")]
    NotBase64,
    /// `RelayState` is larger than allowed.
    #[error("`RelayState` of {found} bytes, at most {MAX_RELAY_STATE_RECEIVED} are allowed")]
    RelayState {
        /// The size found.
        found: usize,
    },
}

impl PostError {
    /// The stable, fine name.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Params(_) => "parameter_doubled",
            Self::Absent => "saml_response_absent",
            Self::TooLarge { .. } => "saml_response_too_large",
            Self::NotBase64 => "saml_response_not_base64",
            Self::RelayState { .. } => "relay_state_too_long",
        }
    }

    /// The same for a request, in the words of the Redirect binding.
    #[must_use]
    pub const fn request_cause(&self) -> &'static str {
        match self {
            Self::Params(_) => "parameter_doubled",
            Self::Absent => "message_absent",
            Self::TooLarge { .. } => "message_too_large",
            Self::NotBase64 => "message_not_base64",
            Self::RelayState { .. } => "relay_state_too_long",
        }
    }
}

/// What was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedMessage {
    /// The message.
    pub xml: Vec<u8>,
    /// The RelayState; nothing but a hint from the browser.
    pub relay_state: Option<String>,
}

/// Reads the form that a browser brought to the assertion consumer service.
///
/// # Errors
/// [`PostError`]. Sizes are judged before anything is decoded.
pub fn decode(form: &RawParams) -> Result<PostedMessage, PostError> {
    decode_message(form, form.one("SAMLResponse")?)
}

/// Reads the form that a browser brought to a single sign-on location.
///
/// # Errors
/// As [`decode`].
pub fn decode_request(form: &RawParams) -> Result<PostedMessage, PostError> {
    decode_message(form, form.one("SAMLRequest")?)
}

fn decode_message(form: &RawParams, value: Option<&str>) -> Result<PostedMessage, PostError> {
    let value = value.ok_or(PostError::Absent)?;
    let xml = decode_value(value)?;
    let relay_state = form.one("RelayState")?;
    if let Some(found) = relay_state.map(str::len).filter(|found| *found > MAX_RELAY_STATE_RECEIVED) {
        return Err(PostError::RelayState { found });
    }
    Ok(PostedMessage { xml, relay_state: relay_state.map(str::to_owned) })
}

/// Decodes one form value. A `+` that a form turned into a space stays lost and is refused as
/// base64 of the wrong length.
///
/// # Errors
/// [`PostError::TooLarge`] and [`PostError::NotBase64`].
pub fn decode_value(value: &str) -> Result<Vec<u8>, PostError> {
    if value.len() > MAX_ENCODED {
        return Err(PostError::TooLarge { found: value.len(), limit: MAX_ENCODED });
    }
    let xml = from_base64_lines(value).ok_or(PostError::NotBase64)?;
    if xml.len() > MAX_MESSAGE {
        return Err(PostError::TooLarge { found: xml.len(), limit: MAX_MESSAGE });
    }
    if xml.is_empty() {
        return Err(PostError::Absent);
    }
    Ok(xml)
}

/// The form value for a message.
#[must_use]
pub fn encode(xml: &str) -> String {
    base64(xml)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::params::encode as percent;

    fn check(form: &str, expected: Result<(&str, Option<&str>), PostError>) {
        let decoded = decode(&RawParams::parse(form).unwrap());
        let expected =
            expected.map(|(xml, state)| PostedMessage { xml: xml.into(), relay_state: state.map(str::to_owned) });
        assert_eq!(decoded, expected, "{}", &form[..form.len().min(80)]);
    }

    #[test]
    fn a_form_is_read_with_and_without_relay_state_and_line_breaks() {
        check("SAMLResponse=PGEvPg%3D%3D", Ok(("<a/>", None)));
        check("SAMLResponse=PGEvPg%3D%3D&RelayState=", Ok(("<a/>", None)));
        check("SAMLResponse=PGE%0D%0AvPg%3D%3D&RelayState=x", Ok(("<a/>", Some("x"))));
    }

    #[test]
    fn a_request_is_read_by_its_own_name_only() {
        let form = RawParams::parse("SAMLRequest=PGEvPg%3D%3D").unwrap();
        assert_eq!(decode_request(&form).map(|posted| posted.xml), Ok(b"<a/>".to_vec()));
        let form = RawParams::parse("SAMLResponse=PGEvPg%3D%3D").unwrap();
        assert_eq!(decode_request(&form), Err(PostError::Absent));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        check("", Err(PostError::Absent));
        check("SAMLRequest=PGEvPg%3D%3D", Err(PostError::Absent));
        check("SAMLResponse=", Err(PostError::Absent));
        check("SAMLResponse=%20", Err(PostError::Absent));
        check("SAMLResponse=PGE*", Err(PostError::NotBase64));
        check("SAMLResponse=PGEvPg", Err(PostError::NotBase64));
        for doubled in ["SAMLResponse", "RelayState"] {
            let form = format!("SAMLResponse=PGEvPg%3D%3D&RelayState=x&{doubled}=y");
            check(&form, Err(PostError::Params(ParamError::Doubled(doubled.to_owned()))));
        }
    }

    #[test]
    fn sizes_are_held_at_both_edges() {
        let largest = "x".repeat(MAX_MESSAGE);
        check(&format!("SAMLResponse={}", percent(&encode(&largest))), Ok((&largest, None)));
        let over = encode(&"x".repeat(MAX_MESSAGE + 1));
        let fault = PostError::TooLarge { found: MAX_MESSAGE + 1, limit: MAX_MESSAGE };
        check(&format!("SAMLResponse={}", percent(&over)), Err(fault));
        let found = MAX_ENCODED + 1;
        let far_over = "A".repeat(found);
        check(&format!("SAMLResponse={far_over}"), Err(PostError::TooLarge { found, limit: MAX_ENCODED }));
        let state = "s".repeat(MAX_RELAY_STATE_RECEIVED);
        check(&format!("SAMLResponse=PGEvPg%3D%3D&RelayState={state}"), Ok(("<a/>", Some(&state))));
        let fault = PostError::RelayState { found: MAX_RELAY_STATE_RECEIVED + 1 };
        check(&format!("SAMLResponse=PGEvPg%3D%3D&RelayState={state}s"), Err(fault));
    }

    #[test]
    fn the_largest_message_fits_when_broken_into_lines() {
        let value = encode(&"x".repeat(MAX_MESSAGE));
        let lines: Vec<&str> = value.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        assert_eq!(decode_value(&lines.join("\r\n")).map(|xml| xml.len()), Ok(MAX_MESSAGE));
    }

    proptest! {
        #[test]
        fn writing_then_reading_is_identity(text in ".{1,200}") {
            prop_assert_eq!(decode_value(&encode(&text)), Ok(text.into_bytes()));
        }
    }
}
