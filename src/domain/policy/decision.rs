//! The decision.

use super::facts::Facts;
use crate::domain::apps::Assignment;
use crate::domain::grants::Grant;
use crate::domain::guests::Standing;
use crate::domain::partners::Switch;
use crate::domain::refusal::{Code, Refusal};

/// What is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Issue.
    Allow,
    /// Issue nothing.
    Refuse(Refusal),
}

/// Decides. Partner and app come first, since without them nothing else may be said.
#[must_use]
pub fn decide(facts: &Facts) -> Decision {
    let denied = match facts {
        Facts { partner: None, .. } => Some((Code::PartnerDisabled, "partner_removed")),
        Facts { partner: Some(Switch::Disabled), .. } => Some((Code::PartnerDisabled, "partner_disabled")),
        Facts { app: None, .. } => Some((Code::AppDisabled, "app_removed")),
        Facts { app: Some((Switch::Disabled, _)), .. } => Some((Code::AppDisabled, "app_disabled")),
        Facts { guest: Standing::Blocked, .. } => Some((Code::GuestBlocked, "guest_blocked")),
        Facts { app: Some((_, Assignment::Required)), grant: Grant::NotAssigned, .. } => {
            Some((Code::NotAssigned, "not_assigned"))
        }
        _ => None,
    };
    denied.map_or(Decision::Allow, |(code, cause)| Decision::Refuse(Refusal::new(code, cause)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Facts = Facts {
        partner: Some(Switch::Enabled),
        app: Some((Switch::Enabled, Assignment::Required)),
        guest: Standing::Active,
        grant: Grant::Assigned,
    };

    fn cause(facts: Facts) -> Option<&'static str> {
        match decide(&facts) {
            Decision::Allow => None,
            Decision::Refuse(refusal) => Some(refusal.cause),
        }
    }

    #[test]
    fn each_fact_alone_decides() {
        assert_eq!(cause(GOOD), None);
        assert_eq!(cause(Facts { partner: None, ..GOOD }), Some("partner_removed"));
        assert_eq!(cause(Facts { partner: Some(Switch::Disabled), ..GOOD }), Some("partner_disabled"));
        assert_eq!(cause(Facts { app: None, ..GOOD }), Some("app_removed"));
        assert_eq!(cause(Facts { app: Some((Switch::Disabled, Assignment::Everyone)), ..GOOD }), Some("app_disabled"));
        assert_eq!(cause(Facts { guest: Standing::Blocked, ..GOOD }), Some("guest_blocked"));
        assert_eq!(cause(Facts { grant: Grant::NotAssigned, ..GOOD }), Some("not_assigned"));
        let open = Facts { app: Some((Switch::Enabled, Assignment::Everyone)), grant: Grant::NotAssigned, ..GOOD };
        assert_eq!(cause(open), None);
    }
}
