//! Whether the mail address of a statement counts, and what it may bind.

use super::claims::{MailVerification, Profile};
use super::mail::MailAddress;
use super::partners::{Admission, MailAuthority, Partner, PartnerKind};
use super::refusal::{Code, Refusal};

/// The address that a statement proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProvenMail {
    /// An address within the partner's domains.
    Proven(MailAddress),
    /// None: nothing may be bound by mail.
    None,
}

/// Judges the address of a statement by the partner's domains. A partner without domains proves no
/// address; an address outside the partner's domains is refused, since it could be anyone's. Where only
/// verified addresses count, a statement that does not say so, as those of SAML, proves none. An address of
/// which the partner says that it is not verified is refused in any case.
///
/// # Errors
/// [`Code::MailMissing`] and [`Code::MailDomainRefused`].
pub fn prove_mail(profile: &Profile, partner: &Partner) -> Result<ProvenMail, Refusal> {
    match (&profile.mail, partner.admission) {
        (None, Admission::Invited) => Err(Refusal::new(Code::MailMissing, "mail_missing")),
        // A member is known by the address, so that one is needed.
        (None, Admission::Anyone) if partner.kind == PartnerKind::Home => {
            Err(Refusal::new(Code::MailMissing, "mail_missing"))
        }
        (None, Admission::Anyone) => Ok(ProvenMail::None),
        (Some(_), _) if profile.verification == MailVerification::Denied => {
            Err(Refusal::new(Code::MailUnverified, "mail_not_verified"))
        }
        (Some(_), _) if partner.domains.is_empty() => Ok(ProvenMail::None),
        (Some(mail), _) if partner.owns(mail) => Ok(match partner.mail_authority {
            MailAuthority::Domains => ProvenMail::Proven(mail.clone()),
            MailAuthority::VerifiedOnly if profile.verification == MailVerification::Stated => {
                ProvenMail::Proven(mail.clone())
            }
            MailAuthority::VerifiedOnly => ProvenMail::None,
        }),
        (Some(mail), _) => {
            Err(Refusal::new(Code::MailDomainRefused, "mail_outside_partner_domains").seen(mail.domain().as_str()))
        }
    }
}
