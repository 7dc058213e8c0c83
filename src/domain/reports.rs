//! What reports ask of the audit and of the accounts.

use uuid::Uuid;

use super::apps::AppId;
use super::attempts::AttemptId;
use super::audit::{AuditId, AuditRecord};
use super::guests::{GuestId, UserType};
use crate::base::clock::Timestamp;

/// Which activities a report shows, by their stable names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Activities {
    /// These.
    Of(Vec<String>),
    /// All but these.
    But(Vec<String>),
}

/// Which entries a report shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFilter {
    /// With these activities.
    pub activities: Activities,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// By this actor, as the audit names it.
    pub actor: Option<String>,
    /// About this account, app, partner or other object.
    pub target: Option<Uuid>,
    /// Of this account.
    pub guest: Option<GuestId>,
    /// Of this app.
    pub app: Option<AppId>,
    /// From this network address.
    pub address: Option<String>,
    /// Of this attempt.
    pub attempt: Option<AttemptId>,
}

impl ReportFilter {
    /// Everything with these activities.
    #[must_use]
    pub const fn of(activities: Activities) -> Self {
        Self {
            activities,
            since: None,
            until: None,
            actor: None,
            target: None,
            guest: None,
            app: None,
            address: None,
            attempt: None,
        }
    }
}

/// The place of an entry in a report: newest first.
pub type Place = (Timestamp, AuditId);

/// An entry with what is known by now of the objects that it names; absent where they are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportEntry {
    /// The entry.
    pub record: AuditRecord,
    /// Its account.
    pub person: Option<PersonView>,
    /// Name of its app, and whether that speaks SAML.
    pub app: Option<AppView>,
    /// Name of its partner, and whether that is the organisation itself.
    pub partner: Option<PartnerView>,
}

/// An account in a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonView {
    /// Its `#EXT#` name.
    pub user_principal_name: String,
    /// Its display name.
    pub display_name: Option<String>,
    /// Guest or member.
    pub user_type: UserType,
}

/// An app in a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppView {
    /// Its name.
    pub name: String,
    /// Its protocol: `oidc` or `saml`.
    pub protocol: String,
}

/// A partner in a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerView {
    /// Its name.
    pub name: String,
    /// `partner` or `home`.
    pub kind: String,
}

/// An account in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLine {
    /// Its row.
    pub id: GuestId,
    /// Its `#EXT#` name.
    pub user_principal_name: String,
    /// Its address.
    pub mail: Option<String>,
    /// Its display name.
    pub display_name: Option<String>,
    /// `active` or `blocked`.
    pub standing: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How many accounts signed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Active {
    /// Guests.
    pub guests: u64,
    /// Accounts that were removed since: nothing says any more whether they were guests or members.
    pub removed: u64,
}
