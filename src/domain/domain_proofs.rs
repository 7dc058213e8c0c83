//! By what it is known that a mail domain is a partner's.

use super::holders::DomainPattern;
use super::mail::MailDomain;
use super::partners::{OidcTrust, Partner, SamlTrust, Trust};
use crate::base::clock::Timestamp;
use crate::base::encoding::base64url;
use crate::base::sealing::{Purpose, Sealer};

/// Under which name of a domain its proof stands.
pub const CHALLENGE_LABEL: &str = "_entente-challenge";
/// How the record begins.
const RECORD: &str = "entente-domain-proof=";

/// What a domain of a partner needs before anybody is led by it and its mail is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemandedProof {
    /// The word of who applied the object file.
    Word,
    /// The partner's host lies within the domain, or a record in the DNS of it names this partner.
    DnsOrHost,
}

/// What is recorded of a domain of a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainProof {
    /// Which domain, without `*.`.
    pub domain: MailDomain,
    /// What shows it.
    pub kind: ProofKind,
    /// Since when.
    pub at: Timestamp,
    /// Who asked for it, by the system's name.
    pub by: String,
}

/// What shows that a domain is a partner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofKind {
    /// An administrator says so.
    Word,
    /// A record in its DNS.
    Dns,
}

impl Partner {
    /// Whether the partner's own host lies within `domain`. For an OpenID provider it is that of its issuer, from
    /// which its keys come; for a SAML partner those of its metadata and of its single sign-on service, since whoever
    /// publishes the metadata chooses keys and service. Metadata in a file shows nobody's host. Only https counts.
    #[must_use]
    pub fn has_host_within(&self, domain: &DomainPattern) -> bool {
        let is_within = |address: &str| is_within(address, domain.name());
        match &self.trust {
            Trust::Oidc(OidcTrust { terms, .. }) => is_within(&terms.issuer),
            Trust::Saml(SamlTrust { sso_redirect_url, source, .. }) => {
                is_within(sso_redirect_url) && source.as_ref().is_some_and(|source| is_within(&source.url))
            }
            Trust::MailedCode => false,
        }
    }

    /// Whether its longest domain that covers `domain` is as proven as `demanded`. A mailed code proves one address and
    /// no domain, so that none has to be shown.
    #[must_use]
    pub fn has_proven(&self, domain: &MailDomain, demanded: DemandedProof) -> bool {
        demanded == DemandedProof::Word
            || matches!(self.trust, Trust::MailedCode)
            || self.domain_of(domain).is_some_and(|domain| self.is_shown(domain))
    }

    /// Whether the DNS or the partner's host shows that `domain` is its own.
    #[must_use]
    pub fn is_shown(&self, domain: &DomainPattern) -> bool {
        self.dns_proven.iter().any(|proven| proven.as_str() == domain.name()) || self.has_host_within(domain)
    }
}

fn is_within(address: &str, domain: &str) -> bool {
    let Ok(url) = url::Url::parse(address) else { return false };
    let Some(url::Host::Domain(host)) = url.host() else { return false };
    let below = host.strip_suffix(domain);
    url.scheme() == "https" && below.is_some_and(|head| head.is_empty() || (head.len() > 1 && head.ends_with('.')))
}

/// The record that shows that `domain` is the partner's, for this organisation alone. Nothing of it is stored.
#[must_use]
pub fn record(sealer: &Sealer, organization: uuid::Uuid, partner: &Partner, domain: &str) -> String {
    let mac = sealer.mac(Purpose::DomainProof, &message(organization, partner, domain));
    format!("{RECORD}{}", base64url(mac))
}

/// Whether a record is that one, under the present secret or a previous one.
#[must_use]
pub fn is_record(sealer: &Sealer, organization: uuid::Uuid, partner: &Partner, domain: &str, found: &str) -> bool {
    let mac = found.trim().strip_prefix(RECORD).and_then(crate::base::encoding::from_base64url);
    mac.is_some_and(|mac| sealer.has_mac(Purpose::DomainProof, &message(organization, partner, domain), &mac))
}

fn message(organization: uuid::Uuid, partner: &Partner, domain: &str) -> Vec<u8> {
    [organization.as_bytes().as_slice(), partner.id.as_bytes(), domain.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_lies_within_its_domain_by_whole_labels_and_over_https() {
        for (address, within) in [
            ("https://fabrikam.example/sso", true),
            ("https://login.fabrikam.example/sso", true),
            ("https://LOGIN.Fabrikam.example:8443/sso?x=y", true),
            ("https://a.b.fabrikam.example", true),
            ("http://login.fabrikam.example/sso", false),
            ("https://notfabrikam.example/", false),
            ("https://fabrikam.example.org/", false),
            ("https://fabrikam.example@evil.example/", false),
            ("https://evil.example/fabrikam.example", false),
            ("https://evil.example#.fabrikam.example", false),
            ("https://192.0.2.1/", false),
            ("urn:fabrikam.example", false),
            ("", false),
        ] {
            assert_eq!(is_within(address, "fabrikam.example"), within, "{address}");
        }
    }
}
