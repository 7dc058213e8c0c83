//! What is read fresh, in one joined statement inside the transaction that issues something.

use super::apps::{AllowedPartners, AppId, ApplicationType, Assignment};
use super::assurance::AssuranceContract;
use super::guests::{Binding, Guest};
use super::partners::{PartnerId, PartnerProtocol, Switch};
use super::sessions::{AccessToken, Session};

/// The present state of a partner: enough to decide, and to see whether its record has moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerNow {
    /// Which.
    pub id: PartnerId,
    /// Its present version.
    pub version: i64,
    /// On or off.
    pub switch: Switch,
    /// What it speaks.
    pub protocol: PartnerProtocol,
    /// What it may assert of the strength of a sign-in.
    pub assurance: AssuranceContract,
}

/// The present state of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppNow {
    /// Which.
    pub id: AppId,
    /// Its present version.
    pub version: i64,
    /// On or off.
    pub switch: Switch,
    /// Who may use it.
    pub assignment: Assignment,
    /// What it runs on.
    pub application_type: ApplicationType,
    /// Whose people it takes.
    pub partners: AllowedPartners,
}

impl AppNow {
    /// The gateway itself, where a person comes to it and to no app: open to everybody who may sign in. Policies for all
    /// apps hold for it, those for chosen ones do not.
    #[must_use]
    pub const fn gateway() -> Self {
        Self {
            id: AppId::GATEWAY,
            version: 0,
            switch: Switch::Enabled,
            assignment: Assignment::Everyone,
            application_type: ApplicationType::Web,
            partners: AllowedPartners::All,
        }
    }

    /// The app `id` as it was read; the gateway itself stands in no row.
    #[must_use]
    pub fn or_gateway(id: AppId, read: Option<Self>) -> Option<Self> {
        if id == AppId::GATEWAY { Some(Self::gateway()) } else { read }
    }
}

/// Whether a guest has been assigned to an app, directly or through a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// It has.
    Assigned,
    /// It has not.
    NotAssigned,
}

/// What is true of a sign-in that a partner vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInReading {
    /// The partner; absent where it has been removed.
    pub partner: Option<PartnerNow>,
    /// The app; absent where it has been removed.
    pub app: Option<AppNow>,
    /// The guest bound to the identity.
    pub guest: Option<Guest>,
    /// Whether that guest is assigned to the app.
    pub grant: Grant,
}

/// What is true of a use of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionReading {
    /// The session.
    pub session: Session,
    /// Its guest.
    pub guest: Guest,
    /// The partner that vouched.
    pub partner: PartnerNow,
    /// The app that asks; absent where it has been removed.
    pub app: Option<AppNow>,
    /// Whether the guest is assigned to the app.
    pub grant: Grant,
    /// The `sub` that the guest had in another product before, in the sector of the app.
    pub imported_subject: Option<String>,
}

impl SessionReading {
    /// What the partner speaks that the guest is bound to; none where that is not the one that vouched.
    #[must_use]
    pub fn account_protocol(&self) -> Option<PartnerProtocol> {
        match &self.guest.binding {
            Binding::Accepted { partner, .. } if *partner == self.partner.id => Some(self.partner.protocol),
            Binding::Accepted { .. } | Binding::PendingAcceptance => None,
        }
    }
}

/// What is true of an access token that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BearerReading {
    /// The token, alive or not.
    pub token: AccessToken,
    /// What is true of its session and app.
    pub session: SessionReading,
    /// The revision of the policies.
    pub policy_revision: i64,
}
