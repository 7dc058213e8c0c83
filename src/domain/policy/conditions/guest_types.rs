//! Accounts by kind of guest and partner.

use crate::domain::partners::PartnerId;
use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};
use crate::domain::policy::words::GuestType;

/// Guests of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GuestKey {
    /// Their kind.
    pub guest_type: GuestType,
    /// Their partner; none where it does not matter.
    pub partner: Option<PartnerId>,
}

/// Marks the policies by the kind of guest and the partner.
pub(crate) fn mark(index: &Keyed<GuestKey>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match (facts.guest_type, facts.partner) {
        (Fact::Known(None), _) => {}
        (Fact::Known(Some(guest_type)), Fact::Known(partner)) => {
            index.mark(&GuestKey { guest_type, partner: None }, marks);
            index.mark(&GuestKey { guest_type, partner: Some(partner) }, marks);
        }
        (Fact::Known(Some(guest_type)), Fact::Unknown) => {
            index.mark(&GuestKey { guest_type, partner: None }, marks);
            index.mark_possible(|key| key.guest_type == guest_type, marks);
        }
        (Fact::Unknown, Fact::Known(partner)) => {
            index.mark_possible(|key| key.partner.is_none_or(|wanted| wanted == partner), marks);
        }
        (Fact::Unknown, Fact::Unknown) => index.mark_unknown(marks),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::conditions::Conditions;
    use crate::domain::policy::outcomes::{Condition, Why};
    use crate::domain::policy::samples::{FABRIKAM, WOODGROVE, facts, unmet};
    use crate::domain::policy::scope::Scope;

    const NOT_INCLUDED: Option<(Condition, Why)> = Some((Condition::Users, Why::NotIncluded));
    const EXCLUDED: Option<(Condition, Why)> = Some((Condition::GuestTypes, Why::Excluded));

    type Kind = Fact<Option<GuestType>>;

    const GUEST: GuestType = GuestType::B2bCollaborationGuest;
    const OTHER: GuestType = GuestType::ServiceProvider;

    fn check(scope: Scope<GuestKey>, guest_type: Kind, partner: Fact<PartnerId>) -> Option<(Condition, Why)> {
        let users = if scope.includes_nothing() { Scope::EVERYTHING } else { Scope::NOTHING };
        let conditions = Conditions { users, guest_types: scope, ..Conditions::EVERYTHING };
        unmet(conditions, &Facts { guest_type, partner, ..facts() })
    }

    fn key(guest_type: GuestType, partner: Option<PartnerId>) -> Vec<GuestKey> {
        vec![GuestKey { guest_type, partner }]
    }

    #[test]
    fn f62_each_of_six_types_is_included_and_excluded_alone() {
        let partner = Fact::Known(FABRIKAM);
        for one in GuestType::ALL {
            for fact in GuestType::ALL {
                let (same, kind) = (one == fact, Fact::Known(Some(*fact)));
                let included = check(Scope::listed(key(*one, None)), kind, partner);
                assert_eq!(included, if same { None } else { NOT_INCLUDED }, "{one:?} {fact:?}");
                let excluded = check(Scope::NOTHING.except(key(*one, None)), kind, partner);
                assert_eq!(excluded, if same { EXCLUDED } else { None }, "{one:?} {fact:?}");
            }
            assert_eq!(check(Scope::listed(key(*one, None)), Fact::Known(None), partner), NOT_INCLUDED, "a member");
        }
    }

    #[test]
    fn f62_a_list_of_partners_narrows_a_type() {
        let (ours, theirs) = (Fact::Known(FABRIKAM), Fact::Known(WOODGROVE));
        let guest = Fact::Known(Some(GUEST));
        assert_eq!(check(Scope::listed(key(GUEST, Some(FABRIKAM))), guest, ours), None);
        assert_eq!(check(Scope::listed(key(GUEST, Some(FABRIKAM))), guest, theirs), NOT_INCLUDED);
        assert_eq!(check(Scope::listed(key(OTHER, Some(FABRIKAM))), guest, ours), NOT_INCLUDED);
        assert_eq!(check(Scope::NOTHING.except(key(GUEST, Some(FABRIKAM))), guest, ours), EXCLUDED);
        assert_eq!(check(Scope::NOTHING.except(key(GUEST, Some(FABRIKAM))), guest, theirs), None);
    }

    #[test]
    fn what_is_unknown_of_a_guest_is_included_and_never_excluded() {
        let (guest, ours) = (Fact::Known(Some(GUEST)), Fact::Known(FABRIKAM));
        let table = [
            (key(GUEST, Some(FABRIKAM)), guest, Fact::Unknown, None),
            (key(OTHER, Some(FABRIKAM)), guest, Fact::Unknown, NOT_INCLUDED),
            (key(GUEST, Some(FABRIKAM)), Fact::Unknown, ours, None),
            (key(GUEST, Some(WOODGROVE)), Fact::Unknown, ours, NOT_INCLUDED),
            (key(OTHER, None), Fact::Unknown, ours, None),
            (key(OTHER, Some(WOODGROVE)), Fact::Unknown, Fact::Unknown, None),
        ];
        for (keys, guest_type, partner, expected) in table {
            assert_eq!(check(Scope::listed(keys.clone()), guest_type, partner), expected, "{keys:?}");
            assert_eq!(check(Scope::NOTHING.except(keys.clone()), guest_type, partner), None, "{keys:?}");
        }
    }
}
