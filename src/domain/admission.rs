//! Whether the mail address of a statement counts, and what it may bind.

use super::claims::{MailVerification, Profile};
use super::holders::Holder;
use super::mail::MailAddress;
use super::partners::{Admission, MailAuthority, Partner, PartnerKind, Trust};
use super::refusal::{Code, Refusal};

/// The address that a statement proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProvenMail {
    /// An address of which the partner answers alone.
    Proven(MailAddress),
    /// An address within a domain that several partners share: which of them is the person's, only an invitation
    /// that is pinned to it says.
    Shared(MailAddress),
    /// None: nothing may be bound by mail.
    None,
}

/// Judges the address of a statement by who answers for it. A partner without domains proves no
/// address; an address that is not the partner's is refused, since it could be anyone's. Where only
/// verified addresses count, a statement that does not say so, as those of SAML, proves none. An address of
/// which the partner says that it is not verified is refused in any case. A mailed code proves the address to which it
/// went, and binds it where no partner answers for it.
///
/// # Errors
/// [`Code::MailMissing`] and [`Code::MailDomainRefused`].
pub fn prove_mail(profile: &Profile, partner: &Partner, holder: &Holder) -> Result<ProvenMail, Refusal> {
    if let (Trust::MailedCode, Some(mail)) = (&partner.trust, &profile.mail) {
        let is_free = *holder == Holder::Nobody;
        return Ok(if is_free { ProvenMail::Proven(mail.clone()) } else { ProvenMail::None });
    }
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
        (Some(_), _) if partner.is_without_domains() => Ok(ProvenMail::None),
        (Some(mail), _) if holder.partners().contains(&partner.id) => Ok(match (partner.mail_authority, holder) {
            (MailAuthority::VerifiedOnly, _) if profile.verification != MailVerification::Stated => ProvenMail::None,
            (_, Holder::One(_)) => ProvenMail::Proven(mail.clone()),
            (_, Holder::Nobody | Holder::Shared(_)) => ProvenMail::Shared(mail.clone()),
        }),
        (Some(mail), _) => {
            Err(Refusal::new(Code::MailDomainRefused, "mail_outside_partner_domains").seen(mail.domain().as_str()))
        }
    }
}
