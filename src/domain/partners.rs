//! Partners: the organisations whose identity providers we trust.

use std::sync::Arc;
use std::time::Duration;

use super::assurance::AssuranceContract;
use super::mail::{MailAddress, MailDomain};
use super::names::Slug;
use crate::base::clock::Timestamp;
use crate::keys::certificates::Certificate;
use crate::keys::public::PublicKey;

crate::id_type!(
    /// Names a partner.
    PartnerId
);

/// The largest clock skew that a partner may be granted.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(300);

/// Whether an account is made at the first sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Only who has been invited.
    Invited,
    /// Everyone whom the partner vouches for.
    Anyone,
}

/// When the mail address that a partner states counts as proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailAuthority {
    /// Within the partner's domains, unless the partner says that it is not verified.
    Domains,
    /// Within the partner's domains and only where the partner says that it is verified.
    VerifiedOnly,
}

/// Whether sign-in through a partner or to an app is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// Switched on.
    Enabled,
    /// Switched off: nothing is issued.
    Disabled,
}

impl Switch {
    /// From the word in files and rows.
    #[must_use]
    pub const fn from_enabled(enabled: bool) -> Self {
        if enabled { Self::Enabled } else { Self::Disabled }
    }

    /// Whether it is on.
    #[must_use]
    pub fn is_on(self) -> bool {
        self == Self::Enabled
    }
}

/// A partner as it is stored, keys parsed.
#[derive(Debug, Clone)]
pub struct Partner {
    /// Its row.
    pub id: PartnerId,
    /// Grows with each change; a statement is verified under one version.
    pub version: i64,
    /// Its name in files and commands.
    pub slug: Slug,
    /// Its name on pages.
    pub name: String,
    /// A random public handle that never changes, for addresses that are the partner's own.
    pub handle: String,
    /// Mail domains that belong to it; empty: its mail is unproven and binds nothing.
    pub domains: Vec<MailDomain>,
    /// Whom it may bring.
    pub admission: Admission,
    /// Whether it is on.
    pub switch: Switch,
    /// How far its clock may be off.
    pub clock_skew: Duration,
    /// When its mail counts as proven.
    pub mail_authority: MailAuthority,
    /// Other names of attributes than the usual ones.
    pub attributes: AttributeNames,
    /// What it may assert of the strength of a sign-in.
    pub assurance: AssuranceContract,
    /// How it is trusted.
    pub trust: Trust,
}

impl Partner {
    /// Whether `mail` lies within the partner's domains.
    #[must_use]
    pub fn owns(&self, mail: &MailAddress) -> bool {
        self.domains.contains(mail.domain())
    }
}

/// Per-partner names of attributes, which come before the usual ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttributeNames {
    /// For the mail address.
    pub email: Option<String>,
    /// For the display name.
    pub name: Option<String>,
    /// For the given name.
    pub given_name: Option<String>,
    /// For the family name.
    pub family_name: Option<String>,
}

/// How a partner is trusted; one variant for each protocol.
#[derive(Debug, Clone)]
pub enum Trust {
    /// SAML 2.0: the partner is the identity provider, we are the service provider.
    Saml(SamlTrust),
}

/// What a SAML partner's metadata and record say.
#[derive(Debug, Clone)]
pub struct SamlTrust {
    /// The partner's entity ID.
    pub entity_id: String,
    /// Where AuthnRequests go by the Redirect binding.
    pub sso_redirect_url: String,
    /// Certificates whose keys sign.
    pub certificates: Vec<Certificate>,
    /// The keys of `certificates`, ready for verification.
    pub keys: Vec<Arc<PublicKey>>,
    /// When the metadata document ends, where it says so.
    pub valid_until: Option<Timestamp>,
    /// The metadata document, for export and comparison.
    pub metadata: String,
    /// Which part of an assertion is the subject.
    pub subject: SubjectRule,
    /// What our requests ask beyond the defaults.
    pub request: SamlRequestRules,
}

/// Which part of an assertion names the person for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectRule {
    /// A persistent NameID.
    PersistentNameId,
    /// The single value of this attribute.
    Attribute(String),
    /// A NameID that is a mail address: dangerous, since addresses are given to other people later.
    DangerousEmailNameId,
}

/// Whether a partner may be asked without showing anything to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassiveRequests {
    /// Never asked passively.
    Never,
    /// Asked passively for `prompt=none`.
    Allowed,
}

/// What our AuthnRequests say beyond the defaults; several identity providers fail on more than
/// they know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamlRequestRules {
    /// NameIDPolicy Format, where the partner needs one.
    pub name_id_format: Option<String>,
    /// RequestedAuthnContext classes, where the partner needs some.
    pub requested_classes: Vec<String>,
    /// Whether `prompt=none` may be passed on.
    pub passive: PassiveRequests,
}
