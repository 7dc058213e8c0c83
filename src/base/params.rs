//! Parameters of a query string or a form, as they came: in order, doubled ones kept, with the raw
//! octets beside the decoded text, because a signature of the Redirect binding covers the octets
//! (SAML Bindings 3.4.4.1) and a doubled parameter is an error (RFC 6749 3.1).

/// The most parameters that one request may carry.
pub const MAX_PARAMS: usize = 64;

/// What is wrong with a query string or a form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    /// More than [`MAX_PARAMS`] parameters.
    #[error("more than {MAX_PARAMS} parameters")]
    TooMany,
    /// A percent sign without two hex digits after it, or bytes that are not UTF-8.
    #[error("parameter `{0}` is not well encoded")]
    Encoding(String),
    /// A parameter stands twice.
    #[error("parameter `{0}` is given more than once")]
    Doubled(String),
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawParam {
    /// The decoded name.
    pub name: String,
    /// The decoded value.
    pub value: String,
    /// The value's octets as they came, still encoded.
    pub raw_value: String,
}

/// The parameters of one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawParams(Vec<RawParam>);

impl RawParams {
    /// Reads `application/x-www-form-urlencoded` text.
    ///
    /// # Errors
    /// [`ParamError::TooMany`] and [`ParamError::Encoding`]; doubling is told when a value is asked for.
    pub fn parse(text: &str) -> Result<Self, ParamError> {
        let mut params = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            if params.len() == MAX_PARAMS {
                return Err(ParamError::TooMany);
            }
            let (raw_name, raw_value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(raw_name).ok_or_else(|| ParamError::Encoding("?".to_owned()))?;
            let value = decode(raw_value).ok_or_else(|| ParamError::Encoding(super::trace::shorten(name.clone())))?;
            params.push(RawParam { name, value, raw_value: raw_value.to_owned() });
        }
        Ok(Self(params))
    }

    /// The value of `name` where it stands once. An empty value counts as absent, as RFC 6749 3.1
    /// has it.
    ///
    /// # Errors
    /// [`ParamError::Doubled`].
    pub fn one(&self, name: &str) -> Result<Option<&str>, ParamError> {
        Ok(self.one_raw(name)?.map(|param| param.value.as_str()))
    }

    /// As [`one`](Self::one), with the raw octets.
    ///
    /// # Errors
    /// [`ParamError::Doubled`].
    pub fn one_raw(&self, name: &str) -> Result<Option<&RawParam>, ParamError> {
        let mut found = self.0.iter().filter(|param| param.name == name);
        let first = found.next();
        if found.next().is_some() {
            return Err(ParamError::Doubled(name.to_owned()));
        }
        Ok(first.filter(|param| !param.value.is_empty()))
    }

    /// Whether `name` stands at all, empty or not.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|param| param.name == name)
    }

    /// All parameters in their order.
    pub fn iter(&self) -> impl Iterator<Item = &RawParam> {
        self.0.iter()
    }
}

/// Decodes one name or value: `+` is a space, `%XX` an octet; anything else malformed is `None`.
#[must_use]
pub fn decode(raw: &str) -> Option<String> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    // Messages are long, and few of their octets are encoded: the others go by the run.
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'%' | b'+')) {
        out.extend_from_slice(&rest[..at]);
        if rest[at] == b'+' {
            out.push(b' ');
            rest = &rest[at + 1..];
        } else {
            let [high, low] = rest.get(at + 1..at + 3)? else { return None };
            let digit = |byte: u8| char::from(byte).to_digit(16);
            out.push(u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?);
            rest = &rest[at + 3..];
        }
    }
    out.extend_from_slice(rest);
    String::from_utf8(out).ok()
}

/// Encodes a value for a query string: everything but unreserved characters (RFC 3986 2.3).
#[must_use]
pub fn encode(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let digits = [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            out.push('%');
            out.extend(digits);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn doubled_and_empty_parameters_are_told_apart() {
        let params = RawParams::parse("a=1&b=&a=2&c=%2B+").unwrap();
        assert_eq!(params.one("a"), Err(ParamError::Doubled("a".to_owned())));
        assert_eq!(params.one("b"), Ok(None));
        assert!(params.has("b"));
        assert_eq!(params.one("c"), Ok(Some("+ ")));
        assert_eq!(params.one_raw("c").unwrap().unwrap().raw_value, "%2B+");
    }

    #[test]
    fn bad_encoding_is_named() {
        assert_eq!(RawParams::parse("x=%zz"), Err(ParamError::Encoding("x".to_owned())));
        assert_eq!(RawParams::parse("x=%ff"), Err(ParamError::Encoding("x".to_owned())));
        assert_eq!(RawParams::parse(&"a=1&".repeat(65)), Err(ParamError::TooMany));
    }

    proptest! {
        #[test]
        fn encoding_then_decoding_is_identity(text in ".{0,60}") {
            prop_assert_eq!(decode(&encode(&text)), Some(text));
        }

        #[test]
        fn parsing_never_panics(text in ".{0,200}") {
            let _ = RawParams::parse(&text);
        }
    }
}
