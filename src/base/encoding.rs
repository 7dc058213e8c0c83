//! Text forms of bytes: base64url without padding for what travels in URLs, strict and lenient
//! base64, and lower-case hex.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::RequireNone),
);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new());

/// base64url without padding (RFC 4648 5).
#[must_use]
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL.encode(bytes)
}

/// Reads base64url without padding, refusing everything else.
#[must_use]
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL.decode(text).ok()
}

/// Standard base64 with padding (RFC 4648 4).
#[must_use]
pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// Reads standard base64 with padding and no white space.
#[must_use]
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads standard base64 in which XML white space (space, tab, CR, LF) may stand anywhere, as
/// `xs:base64Binary` and POST bindings in the field have it.
#[must_use]
pub fn from_base64_lines(text: &str) -> Option<Vec<u8>> {
    if let Ok(bytes) = STANDARD.decode(text) {
        return Some(bytes);
    }
    let mut dense = String::with_capacity(text.len());
    text.split([' ', '\t', '\r', '\n']).for_each(|line| dense.push_str(line));
    STANDARD.decode(dense).ok()
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]));
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(bytes.iter().flat_map(digits));
    text
}

/// SHA-256 of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let mut out = [0; 32];
    out.copy_from_slice(digest.as_ref());
    out
}

/// A short fingerprint of personal text for traces and logs: the first 12 hex digits of SHA-256,
/// enough to see that two values are equal, too little to be the value.
#[must_use]
pub fn fingerprint(text: &str) -> String {
    hex(&sha256(text.as_bytes())[..6])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_broken_base64_is_read_and_garbage_is_not() {
        assert_eq!(from_base64_lines("aGVs\r\n bG8=\n").as_deref(), Some(&b"hello"[..]));
        assert_eq!(from_base64_lines("aGVsbG8"), None);
        assert_eq!(from_base64_lines("aGVs*G8="), None);
        assert_eq!(from_base64url("aGVsbG8").as_deref(), Some(&b"hello"[..]));
        assert_eq!(from_base64url("aGVsbG8="), None);
        assert_eq!(hex(&[0, 255]), "00ff");
    }
}
