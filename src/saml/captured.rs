//! A captured response as people hand it in: XML, base64, or the body of the form.

use super::bindings::post::{self, PostError};
use crate::base::params::{ParamError, RawParams, decode};

/// Why a captured text holds no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CapturedError {
    /// Neither XML nor a form nor base64 in text.
    #[error("neither XML, nor base64, nor a form body with `SAMLResponse`")]
    Unknown,
    /// A form body that is badly encoded.
    #[error(transparent)]
    Params(#[from] ParamError),
    /// The value of the form or the base64 cannot be used.
    #[error(transparent)]
    Value(#[from] PostError),
}

/// The XML bytes of a captured text: XML itself, base64 (with line breaks or percent-encoded), or a
/// form body with `SAMLResponse`.
///
/// # Errors
/// [`CapturedError`].
pub fn captured_xml(text: &[u8]) -> Result<Vec<u8>, CapturedError> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii();
    if text.starts_with(b"<") {
        return Ok(text.to_vec());
    }
    let text = std::str::from_utf8(text).map_err(|_| CapturedError::Unknown)?;
    if text.contains("SAMLResponse=") {
        // Browsers' tools show a body broken into lines or behind a question mark.
        let form: String = text.trim_start_matches('?').split(['\r', '\n']).map(str::trim).collect();
        return Ok(post::decode(&RawParams::parse(&form)?)?.xml);
    }
    if text.is_empty() {
        return Err(CapturedError::Unknown);
    }
    // A plus sign belongs to base64 here: outside a form it stands for no space.
    let unescaped = text.contains('%').then(|| decode(&text.replace('+', "%2B")).ok_or(CapturedError::Unknown));
    match post::decode_value(unescaped.transpose()?.as_deref().unwrap_or(text)) {
        Err(PostError::NotBase64) => Err(CapturedError::Unknown),
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, CapturedError>) {
        assert_eq!(captured_xml(text.as_bytes()), expected.map(|xml| xml.as_bytes().to_vec()), "{text}");
    }

    #[test]
    fn each_captured_form_gives_the_same_xml() {
        for text in [
            "<a/>",
            "\u{feff}\n<a/>\n",
            "PGEvPg==",
            " PGE\r\nvPg==\n",
            "PGEvPg%3D%3D",
            "SAMLResponse=PGEvPg%3D%3D",
            "?RelayState=x&SAMLResponse=PGEv\nPg%3D%3D\n",
        ] {
            check(text, Ok("<a/>"));
        }
    }

    #[test]
    fn a_plus_sign_of_base64_survives() {
        check("PGE+Pg%3D%3D", Ok("<a>>"));
        check("PGE%2BPg%3D%3D", Ok("<a>>"));
        check("PGE+Pg==", Ok("<a>>"));
    }

    #[test]
    fn what_is_none_of_them_is_refused() {
        check("", Err(CapturedError::Unknown));
        check("hello there", Err(CapturedError::Unknown));
        check("%zz", Err(CapturedError::Unknown));
        check("SAMLResponse=%zz", Err(CapturedError::Params(ParamError::Encoding("SAMLResponse".to_owned()))));
        check("SAMLResponse=***", Err(CapturedError::Value(PostError::NotBase64)));
        assert_eq!(captured_xml(b"\xff\xfe"), Err(CapturedError::Unknown));
    }
}
