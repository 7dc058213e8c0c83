//! What reports ask of the audit and of the accounts.

use uuid::Uuid;

use super::apps::AppId;
use super::attempts::AttemptId;
use super::audit::{Activity, AuditId, AuditRecord};
use super::guests::{GuestId, UserType};
use super::partners::PartnerId;
use super::people::Direction;
use crate::base::clock::Timestamp;

/// What sign-ins are made of.
pub const SIGN_INS: [Activity; 4] =
    [Activity::SignIn, Activity::SessionUse, Activity::StepAsked, Activity::SignInRefused];
/// What follows a sign-in and is no act on the directory: it stands in neither log.
pub const TOKENS: [Activity; 2] = [Activity::TokenIssued, Activity::TokenRefused];

/// Which log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The directory audit.
    Directory,
    /// The sign-in log.
    SignIns,
}

impl Kind {
    /// Both by their words.
    pub const WORDS: [&str; 2] = ["directory", "sign-ins"];

    /// Reads its word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "directory" => Some(Self::Directory),
            "sign-ins" => Some(Self::SignIns),
            _ => None,
        }
    }

    /// What stands in it.
    #[must_use]
    pub fn activities(self) -> Vec<Activity> {
        let is_in = |activity: &Activity| match self {
            Self::Directory => !SIGN_INS.contains(activity) && !TOKENS.contains(activity),
            Self::SignIns => SIGN_INS.contains(activity),
        };
        Activity::ALL.into_iter().filter(is_in).collect()
    }
}

/// Which entries of a log are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFilter {
    /// Of which log.
    pub kind: Kind,
    /// With these activities; all of the log where nothing is said.
    pub activities: Option<Vec<Activity>>,
    /// By this actor, as the audit names it.
    pub actor: Option<String>,
    /// Begun by this person, in the browser or as an administrator.
    pub initiator: Option<GuestId>,
    /// About this account, app, partner or other object. Entries that name it for another reason may be among those that
    /// are found.
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
    /// Everything of a log.
    #[must_use]
    pub const fn of(kind: Kind) -> Self {
        Self {
            kind,
            activities: None,
            actor: None,
            initiator: None,
            target: None,
            guest: None,
            app: None,
            address: None,
            attempt: None,
        }
    }
}

/// The place of an entry in a log.
pub type Place = (Timestamp, AuditId);

/// What is read of a log: all between two places, the end at which reading begins left out and the other one not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Descending: the newest first.
    pub direction: Direction,
    /// The oldest.
    pub low: Place,
    /// The newest.
    pub high: Place,
}

impl Stretch {
    /// Everything from `since` to before `until`, as far as they are said.
    #[must_use]
    pub fn within(direction: Direction, since: Option<Timestamp>, until: Option<Timestamp>) -> Self {
        let none = AuditId::from_uuid(Uuid::nil());
        let low = since.unwrap_or(Timestamp::from_micros(i64::MIN));
        let high = until.unwrap_or(Timestamp::from_micros(i64::MAX));
        Self { direction, low: (low, none), high: (high, none) }
    }

    /// What is left of it behind a place.
    #[must_use]
    pub fn behind(self, place: Place) -> Self {
        match self.direction {
            Direction::Descending => Self { high: self.high.min(place), ..self },
            Direction::Ascending => Self { low: self.low.max(place), ..self },
        }
    }

    /// As much of it as ends with a place.
    #[must_use]
    pub const fn up_to(self, place: Place) -> Self {
        match self.direction {
            Direction::Descending => Self { low: place, ..self },
            Direction::Ascending => Self { high: place, ..self },
        }
    }
}

/// An entry with what is known by now of the objects that it names; absent where they are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportEntry {
    /// The entry.
    pub record: AuditRecord,
    /// Its account.
    pub person: Option<PersonView>,
    /// Name and protocol of its app.
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
    /// Its client id or entity id.
    pub identifier: Option<String>,
}

/// A partner in a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerView {
    /// Its name.
    pub name: String,
    /// `partner` or `home`.
    pub kind: String,
}

/// How often people of one partner were let into one app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerLine {
    /// The partner and its name while it exists.
    pub partner: Option<(PartnerId, Option<String>)>,
    /// The app and its name while it exists; none for the gateway itself.
    pub app: Option<(AppId, Option<String>)>,
    /// How often somebody was let in.
    pub sign_ins: u64,
    /// How many they were.
    pub guests: u64,
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

/// An account that has redeemed, in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedeemedLine {
    /// It.
    pub account: AccountLine,
    /// Whether it has signed in with success of late.
    pub is_used: bool,
}

/// How many accounts signed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Active {
    /// Guests.
    pub guests: u64,
    /// Accounts that were removed since: nothing says any more whether they were guests or members.
    pub removed: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_activity_stands_in_one_log_or_belongs_to_tokens() {
        let (directory, sign_ins) = (Kind::Directory.activities(), Kind::SignIns.activities());
        assert_eq!(directory.len() + sign_ins.len() + TOKENS.len(), Activity::ALL.len());
        assert!(sign_ins.iter().all(|activity| !directory.contains(activity)));
    }

    #[test]
    fn a_stretch_goes_on_behind_a_place_and_ends_with_another() {
        let place = |at: i64| (Timestamp::from_micros(at), AuditId::from_uuid(Uuid::from_u128(7)));
        let time = |at: i64| Some(Timestamp::from_micros(at));
        let down = Stretch::within(Direction::Descending, time(1), time(9));
        assert_eq!((down.behind(place(5)).high, down.behind(place(5)).low), (place(5), down.low));
        assert_eq!(down.behind(place(12)).high, down.high, "a place beyond its end takes nothing in");
        assert_eq!(down.up_to(place(3)).low, place(3));
        let up = Stretch::within(Direction::Ascending, time(1), time(9));
        assert_eq!((up.behind(place(5)).low, up.up_to(place(6)).high), (place(5), place(6)));
        assert_eq!(up.behind(place(0)).low, up.low);
    }
}
