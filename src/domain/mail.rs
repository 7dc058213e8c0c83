//! Mail addresses and their domains. An address is a way to reach and to invite a person, never the
//! key of an account.

/// The longest address (RFC 5321 4.5.3.1.3 less the angle brackets). **Units**: bytes.
pub const MAX_ADDRESS: usize = 254;

/// What is wrong with an address or a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Not `local@domain` with one `@`, or longer than [`MAX_ADDRESS`].
    #[error("not a mail address of the form `ana@fabrikam.example`")]
    Shape,
    /// A character that the invitation rules do not allow, or a dot or hyphen at an end of the local part.
    #[error("the part before `@` has a character that is not allowed there")]
    LocalPart,
    /// Not a DNS name of at least two labels.
    #[error("not a mail domain of the form `fabrikam.example`")]
    Domain,
}

/// A mail domain, lower case. **Shape**: at least two DNS labels of letters, digits and hyphens, 253
/// bytes at most; internationalised names in their `xn--` form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailDomain(String);

impl MailDomain {
    /// Reads a domain and lowers its case.
    ///
    /// # Errors
    /// [`MailError::Domain`].
    pub fn parse(text: &str) -> Result<Self, MailError> {
        let labels_hold = text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        });
        if text.len() <= 253 && text.contains('.') && labels_hold {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(MailError::Domain)
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for MailDomain {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A mail address as written, compared without regard to case. **Shape**: `local@domain`, at most
/// [`MAX_ADDRESS`] bytes, ASCII, the local part without ``~!#$%^&*()+=[]{}\/|;:"<>?,` `` and spaces,
/// and with `.` and `-` neither first nor last.
#[derive(Clone, Debug)]
pub struct MailAddress {
    written: String,
    key: String,
    domain: MailDomain,
}

impl MailAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// [`MailError`].
    pub fn parse(text: &str) -> Result<Self, MailError> {
        if text.len() > MAX_ADDRESS || !text.is_ascii() {
            return Err(MailError::Shape);
        }
        let (local, domain) = text.split_once('@').ok_or(MailError::Shape)?;
        if local.is_empty() || local.len() > 64 || domain.contains('@') {
            return Err(MailError::Shape);
        }
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'\'');
        if !local.bytes().all(allowed) || local.starts_with(['.', '-']) || local.ends_with(['.', '-']) {
            return Err(MailError::LocalPart);
        }
        let domain = MailDomain::parse(domain)?;
        Ok(Self { written: text.to_owned(), key: text.to_ascii_lowercase(), domain })
    }

    /// Reads what a person has typed: the domain may be an international name (UTS 46).
    ///
    /// # Errors
    /// [`MailError`].
    pub fn parse_typed(text: &str) -> Result<Self, MailError> {
        if text.len() > MAX_ADDRESS || text.is_ascii() {
            return Self::parse(text);
        }
        let (local, domain) = text.split_once('@').ok_or(MailError::Shape)?;
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| MailError::Domain)?;
        Self::parse(&format!("{local}@{domain}"))
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The lower-case form under which it is compared and found.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The domain.
    #[must_use]
    pub const fn domain(&self) -> &MailDomain {
        &self.domain
    }
}

impl PartialEq for MailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for MailAddress {}

impl std::fmt::Display for MailAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_compare_without_case() {
        assert_eq!(MailAddress::parse("Ana@Fabrikam.example"), MailAddress::parse("ana@fabrikam.EXAMPLE"));
        assert_eq!(MailAddress::parse("a.b-c_@x.example").unwrap().domain().as_str(), "x.example");
    }

    #[test]
    fn what_is_typed_may_be_international() {
        assert_eq!(MailAddress::parse_typed("ana@Bücher.example"), MailAddress::parse("ana@xn--bcher-kva.example"));
        assert_eq!(MailAddress::parse_typed("ana@fabrikam.example"), MailAddress::parse("ana@fabrikam.example"));
        for text in ["é@fabrikam.example", "ana@é", "ana@b ücher.example", "ana@é@x.example", &"é".repeat(200)] {
            assert!(MailAddress::parse_typed(text).is_err(), "{text}");
        }
    }

    #[test]
    fn malformed_addresses_are_refused_by_cause() {
        for (text, error) in [
            ("", MailError::Shape),
            ("ana", MailError::Shape),
            ("@x.example", MailError::Shape),
            ("a@b@x.example", MailError::Shape),
            ("é@x.example", MailError::Shape),
            (".a@x.example", MailError::LocalPart),
            ("a.@x.example", MailError::LocalPart),
            ("a+b@x.example", MailError::LocalPart),
            ("a b@x.example", MailError::LocalPart),
            ("a@example", MailError::Domain),
            ("a@-x.example", MailError::Domain),
            ("a@x..example", MailError::Domain),
        ] {
            assert_eq!(MailAddress::parse(text).unwrap_err(), error, "{text}");
        }
        let long = format!("{}@{}.example", "a".repeat(64), "b".repeat(63));
        assert!(MailAddress::parse(&long).is_ok());
        assert!(MailAddress::parse(&format!("a{long}")).is_err());
    }
}
