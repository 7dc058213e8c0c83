//! What is known of an account beside what a sign-in reads.

use super::claims::MAX_NAME;
use super::groups::GroupId;
use super::guests::GuestId;
use super::invitations::language::LanguageTag;
use super::mail::MailAddress;
use crate::base::clock::Timestamp;

/// The most sponsors of an account.
pub const MAX_SPONSORS: usize = 5;

/// The most further addresses of an account.
pub const MAX_OTHER_MAILS: usize = 20;

/// The longest name of a company. **Units**: characters.
pub const MAX_COMPANY_NAME: usize = 64;

/// The text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {max} characters, not blank, none of them a control character")]
pub struct NameError {
    /// The most characters.
    pub max: usize,
}

/// A name for pages and mails. **Shape**: 1 to [`MAX_NAME`] characters, not blank, no control characters.
///
/// # Errors
/// [`NameError`].
pub fn display_name(text: &str) -> Result<String, NameError> {
    name(text, MAX_NAME)
}

/// The name of a company. **Shape**: 1 to [`MAX_COMPANY_NAME`] characters, not blank, no control characters.
///
/// # Errors
/// [`NameError`].
pub fn company_name(text: &str) -> Result<String, NameError> {
    name(text, MAX_COMPANY_NAME)
}

fn name(text: &str, max: usize) -> Result<String, NameError> {
    let fits = text.chars().count() <= max && !text.trim().is_empty() && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(NameError { max }) }
}

/// How an account came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreationType {
    /// By an invitation.
    Invitation,
    /// By the person, signing up.
    SelfServiceSignUp,
    /// By the person, proving a mail address of ours.
    EmailVerified,
}

impl CreationType {
    /// The words.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("invitation", Self::Invitation),
        ("self_service_sign_up", Self::SelfServiceSignUp),
        ("email_verified", Self::EmailVerified),
    ];
}

/// Whether lists of addresses show an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// They do.
    Shown,
    /// They do not.
    Hidden,
}

/// What is known of an account. Of one without a row nothing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestDetails {
    /// How it came to be; absent for an ordinary account.
    pub creation_type: Option<CreationType>,
    /// When the state of its invitation last changed.
    pub state_changed_at: Option<Timestamp>,
    /// The company.
    pub company_name: Option<String>,
    /// The language of mails.
    pub preferred_language: Option<LanguageTag>,
    /// Further addresses, none twice. They sign nobody in.
    pub other_mails: Vec<MailAddress>,
    /// Whether lists of addresses show it.
    pub listing: Listing,
}

impl GuestDetails {
    /// Of an account of which nothing is known.
    pub const NONE: Self = Self {
        creation_type: None,
        state_changed_at: None,
        company_name: None,
        preferred_language: None,
        other_mails: Vec::new(),
        listing: Listing::Hidden,
    };
}

/// Who answers for an account. It gives no rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sponsor {
    /// A person.
    Guest(GuestId),
    /// A group.
    Group(GroupId),
}

/// An account that was removed and can still be restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedGuest {
    /// Which.
    pub guest: GuestId,
    /// Its `#EXT#` name.
    pub user_principal_name: String,
    /// Its address.
    pub mail: Option<MailAddress>,
    /// Its name.
    pub display_name: Option<String>,
    /// By whom, as the audit has it.
    pub deleted_by: String,
    /// When.
    pub deleted_at: Timestamp,
}

/// How long a removed account can be restored. **Units**: seconds in 30 days.
pub const RESTORABLE: std::time::Duration = std::time::Duration::from_secs(30 * 86_400);
