//! Accounts by the groups that they are in.

use crate::domain::groups::GroupId;
use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};

/// Marks the policies by the groups of the account.
pub(crate) fn mark(index: &Keyed<GroupId>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.groups {
        Fact::Known(known) => index.mark_each(known.iter(), marks),
        Fact::Unknown => index.mark_unknown(marks),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::conditions::Conditions;
    use crate::domain::policy::outcomes::{Condition, Why};
    use crate::domain::policy::samples::{AUDITORS, ENGINEERS, facts, unmet};
    use crate::domain::policy::scope::Scope;

    const NOT_INCLUDED: Option<(Condition, Why)> = Some((Condition::Users, Why::NotIncluded));
    const EXCLUDED: Option<(Condition, Why)> = Some((Condition::Groups, Why::Excluded));

    fn check(
        scope: Scope<GroupId>,
        users: Scope<crate::domain::guests::GuestId>,
        groups: Fact<&[GroupId]>,
    ) -> Option<(Condition, Why)> {
        let conditions = Conditions { users, groups: scope, ..Conditions::EVERYTHING };
        unmet(conditions, &Facts { groups, ..facts() })
    }

    #[test]
    fn groups_are_included_beside_users_and_excluded_before_them() {
        let both = Fact::Known(&[AUDITORS, ENGINEERS][..]);
        let (listed, none) = (|group| Scope::listed(vec![group]), Fact::Known(&[][..]));
        assert_eq!(check(listed(ENGINEERS), Scope::NOTHING, both), None);
        assert_eq!(check(listed(ENGINEERS), Scope::NOTHING, Fact::Known(&[AUDITORS])), NOT_INCLUDED);
        assert_eq!(check(listed(ENGINEERS), Scope::NOTHING, none), NOT_INCLUDED);
        assert_eq!(check(listed(ENGINEERS), Scope::EVERYTHING, none), None);
        assert_eq!(check(Scope::NOTHING.except(vec![ENGINEERS]), Scope::EVERYTHING, both), EXCLUDED);
        assert_eq!(check(listed(AUDITORS).except(vec![ENGINEERS]), Scope::NOTHING, both), EXCLUDED);
    }

    #[test]
    fn unknown_groups_are_included_and_never_excluded() {
        assert_eq!(check(Scope::listed(vec![ENGINEERS]), Scope::NOTHING, Fact::Unknown), None);
        assert_eq!(check(Scope::NOTHING.except(vec![AUDITORS]), Scope::EVERYTHING, Fact::Unknown), None);
    }
}
