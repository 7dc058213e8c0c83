//! What must hold before any policy is asked: partner and app are on, the guest may sign in and is
//! assigned. Everything is read fresh in the transaction that issues.

use crate::domain::apps::Assignment;
use crate::domain::grants::{AppNow, Grant, PartnerNow, SessionReading, SignInReading};
use crate::domain::guests::{Guest, Standing};
use crate::domain::partners::{MAILED_CODE_PARTNER, Switch};
use crate::domain::refusal::{Code, Refusal};

/// The cause where an app names its partners and this is none of them.
pub const PARTNER_NOT_AMONG_THOSE_OF_APP: &str = "partner_not_among_those_of_app";

/// The cause where codes that sign in are switched off.
pub const MAILED_CODES_DISABLED: &str = "mailed_codes_disabled";

/// Whether an app takes the people of a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// It does.
    Accepted,
    /// It names its partners, and this is none of them.
    NotAccepted,
}

impl Acceptance {
    /// Whether `app` takes the people of `partner`. Where one of them is not there, nothing is said of it.
    #[must_use]
    pub fn of(partner: Option<&PartnerNow>, app: Option<&AppNow>) -> Self {
        match (partner, app) {
            (Some(partner), Some(app)) if !app.partners.has(partner.id) => Self::NotAccepted,
            _ => Self::Accepted,
        }
    }
}

/// Who vouches for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VouchedBy {
    /// An organisation.
    Organisation,
    /// Nobody: the person types a code that was mailed.
    MailedCode,
}

impl VouchedBy {
    fn of(partner: Option<&PartnerNow>) -> Self {
        let is_by_mail = partner.is_some_and(|partner| partner.id == MAILED_CODE_PARTNER);
        if is_by_mail { Self::MailedCode } else { Self::Organisation }
    }
}

/// How partner, app, guest and grant stand at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parties {
    /// The partner; absent where it has been removed.
    pub partner: Option<Switch>,
    /// Who vouches.
    pub by: VouchedBy,
    /// The app; absent where it has been removed.
    pub app: Option<(Switch, Assignment)>,
    /// Whether the app takes the partner's people.
    pub acceptance: Acceptance,
    /// The guest.
    pub guest: Standing,
    /// Whether the guest is assigned to the app.
    pub grant: Grant,
}

impl Parties {
    /// The parties before the person is looked at, as if nothing stood against them.
    #[must_use]
    pub fn of_request(reading: &SignInReading) -> Self {
        Self {
            partner: reading.partner.as_ref().map(|partner| partner.switch),
            by: VouchedBy::of(reading.partner.as_ref()),
            app: reading.app.as_ref().map(|app| (app.switch, app.assignment)),
            acceptance: Acceptance::of(reading.partner.as_ref(), reading.app.as_ref()),
            guest: Standing::Active,
            grant: Grant::Assigned,
        }
    }

    /// The parties of a sign-in of `guest`, who may be new.
    #[must_use]
    pub fn of_sign_in(reading: &SignInReading, guest: &Guest, grant: Grant) -> Self {
        Self::of(reading.partner.as_ref(), reading.app.as_ref(), guest, grant)
    }

    /// The parties of a use of a session.
    #[must_use]
    pub fn of_session(reading: &SessionReading) -> Self {
        Self::of(Some(&reading.partner), reading.app.as_ref(), &reading.guest, reading.grant)
    }

    fn of(partner: Option<&PartnerNow>, app: Option<&AppNow>, guest: &Guest, grant: Grant) -> Self {
        Self {
            partner: partner.map(|partner| partner.switch),
            by: VouchedBy::of(partner),
            app: app.map(|app| (app.switch, app.assignment)),
            acceptance: Acceptance::of(partner, app),
            guest: guest.standing,
            grant,
        }
    }

    /// What stands against issuing anything. Partner and app come first, since without them nothing
    /// else may be said.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        let denied = match self {
            Self { partner: None, .. } => (Code::PartnerDisabled, "partner_removed"),
            Self { partner: Some(Switch::Disabled), by: VouchedBy::MailedCode, .. } => {
                (Code::OtpDisabled, MAILED_CODES_DISABLED)
            }
            Self { partner: Some(Switch::Disabled), .. } => (Code::PartnerDisabled, "partner_disabled"),
            Self { app: None, .. } => (Code::AppDisabled, "app_removed"),
            Self { app: Some((Switch::Disabled, _)), .. } => (Code::AppDisabled, "app_disabled"),
            Self { acceptance: Acceptance::NotAccepted, .. } => {
                (Code::PartnerNotAccepted, PARTNER_NOT_AMONG_THOSE_OF_APP)
            }
            Self { guest: Standing::Blocked, .. } => (Code::GuestBlocked, "guest_blocked"),
            Self { guest: Standing::Deleted, .. } => (Code::IdpUserUnknown, "guest_deleted"),
            Self { app: Some((_, Assignment::Required)), grant: Grant::NotAssigned, .. } => {
                (Code::NotAssigned, "not_assigned")
            }
            _ => return None,
        };
        Some(Refusal::new(denied.0, denied.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Parties = Parties {
        partner: Some(Switch::Enabled),
        by: VouchedBy::Organisation,
        app: Some((Switch::Enabled, Assignment::Required)),
        acceptance: Acceptance::Accepted,
        guest: Standing::Active,
        grant: Grant::Assigned,
    };

    fn cause(parties: Parties) -> Option<&'static str> {
        parties.refusal().map(|refusal| refusal.cause)
    }

    #[test]
    fn each_party_alone_decides() {
        assert_eq!(cause(GOOD), None);
        assert_eq!(cause(Parties { partner: None, ..GOOD }), Some("partner_removed"));
        assert_eq!(cause(Parties { partner: Some(Switch::Disabled), ..GOOD }), Some("partner_disabled"));
        let by_mail = Parties { partner: Some(Switch::Disabled), by: VouchedBy::MailedCode, ..GOOD };
        assert_eq!(cause(by_mail), Some(MAILED_CODES_DISABLED));
        assert_eq!(cause(Parties { app: None, ..GOOD }), Some("app_removed"));
        let off = Parties { app: Some((Switch::Disabled, Assignment::Everyone)), ..GOOD };
        assert_eq!(cause(off), Some("app_disabled"));
        let other = Parties { acceptance: Acceptance::NotAccepted, ..GOOD };
        assert_eq!(cause(other), Some(PARTNER_NOT_AMONG_THOSE_OF_APP));
        assert_eq!(cause(Parties { guest: Standing::Blocked, ..GOOD }), Some("guest_blocked"));
        assert_eq!(cause(Parties { guest: Standing::Deleted, ..GOOD }), Some("guest_deleted"));
        assert_eq!(cause(Parties { grant: Grant::NotAssigned, ..GOOD }), Some("not_assigned"));
        let open = Parties { app: Some((Switch::Enabled, Assignment::Everyone)), grant: Grant::NotAssigned, ..GOOD };
        assert_eq!(cause(open), None);
    }
}
