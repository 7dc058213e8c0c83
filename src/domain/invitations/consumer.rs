//! Domains at which everybody can have an address.

use std::collections::BTreeSet;

use crate::domain::mail::MailDomain;

/// The longest list. **Units**: bytes.
pub const MAX_LIST: usize = 4 * 1024 * 1024;

/// A line of a list is no domain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: not a mail domain of the form `mail.example`")]
pub struct ConsumerListError {
    /// Which, from 1.
    pub line: usize,
}

/// The domains. One means itself and nothing below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerDomains(BTreeSet<MailDomain>);

impl ConsumerDomains {
    /// Reads a list: one domain a line, empty lines and what follows `#` left out.
    ///
    /// # Errors
    /// [`ConsumerListError`].
    pub fn parse(text: &str) -> Result<Self, ConsumerListError> {
        let mut domains = BTreeSet::new();
        for (at, line) in text.lines().enumerate() {
            let name = line.split('#').next().unwrap_or_default().trim();
            if !name.is_empty() {
                domains.insert(MailDomain::parse(name).map_err(|_| ConsumerListError { line: at + 1 })?);
            }
        }
        Ok(Self(domains))
    }

    /// The list that comes with the program.
    #[must_use]
    pub fn shipped() -> Self {
        // A test reads it; nothing can change it afterwards.
        Self::parse(include_str!("../../../metadata/consumer-domains.txt")).unwrap_or(Self(BTreeSet::new()))
    }

    /// Whether everybody can have an address at this domain.
    #[must_use]
    pub fn has(&self, domain: &MailDomain) -> bool {
        self.0.contains(domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(list: &ConsumerDomains, text: &str) -> bool {
        list.has(&MailDomain::parse(text).unwrap())
    }

    #[test]
    fn f25_the_shipped_list_has_the_known_ones_and_nobody_elses() {
        let list = ConsumerDomains::parse(include_str!("../../../metadata/consumer-domains.txt")).unwrap();
        assert_eq!(list, ConsumerDomains::shipped());
        for known in ["gmail.com", "Hotmail.com", "comcast.net", "outlook.com", "yahoo.co.jp", "web.de", "proton.me"] {
            assert!(has(&list, known), "{known}");
        }
        for other in ["contoso.com", "mail.gmail.com", "notgmail.com", "microsoft.com", "fabrikam.example"] {
            assert!(!has(&list, other), "{other}");
        }
    }

    #[test]
    fn a_list_is_one_domain_a_line() {
        let list = ConsumerDomains::parse("# ours\n\nMail.example # a word\r\n other.example\n").unwrap();
        assert!(has(&list, "mail.example") && has(&list, "other.example") && !has(&list, "ours.example"));
        assert_eq!(ConsumerDomains::parse("a.example\nb c.example\n"), Err(ConsumerListError { line: 2 }));
        assert_eq!(ConsumerDomains::parse("*.example.com\n"), Err(ConsumerListError { line: 1 }));
    }
}
