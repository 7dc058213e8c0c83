//! What a decision is made of. Everything is read fresh in the transaction that issues.

use crate::domain::apps::Assignment;
use crate::domain::grants::{AppNow, Grant, PartnerNow, SessionReading, SignInReading};
use crate::domain::guests::{Guest, Standing};
use crate::domain::partners::Switch;

/// The facts of one decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The partner; absent where it has been removed.
    pub partner: Option<Switch>,
    /// The app; absent where it has been removed.
    pub app: Option<(Switch, Assignment)>,
    /// The guest.
    pub guest: Standing,
    /// Whether the guest is assigned to the app.
    pub grant: Grant,
}

impl Facts {
    /// The facts before the person is looked at, as if nothing stood against them.
    #[must_use]
    pub fn of_parties(reading: &SignInReading) -> Self {
        Self {
            partner: reading.partner.as_ref().map(|partner| partner.switch),
            app: reading.app.as_ref().map(|app| (app.switch, app.assignment)),
            guest: Standing::Active,
            grant: Grant::Assigned,
        }
    }

    /// The facts of a sign-in of `guest`, who may be new.
    #[must_use]
    pub fn of_sign_in(reading: &SignInReading, guest: &Guest, grant: Grant) -> Self {
        Self::of(reading.partner.as_ref(), reading.app.as_ref(), guest, grant)
    }

    /// The facts of a use of a session.
    #[must_use]
    pub fn of_session(reading: &SessionReading) -> Self {
        Self::of(Some(&reading.partner), reading.app.as_ref(), &reading.guest, reading.grant)
    }

    fn of(partner: Option<&PartnerNow>, app: Option<&AppNow>, guest: &Guest, grant: Grant) -> Self {
        Self {
            partner: partner.map(|partner| partner.switch),
            app: app.map(|app| (app.switch, app.assignment)),
            guest: guest.standing,
            grant,
        }
    }
}
