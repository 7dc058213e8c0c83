//! Apps by the groups that they are in.

use crate::domain::policy::facts::{AppGroupId, Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};

/// Marks the policies by the groups of the app.
pub(crate) fn mark(index: &Keyed<AppGroupId>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.app_groups {
        Fact::Known(known) => index.mark_each(known.iter(), marks),
        Fact::Unknown => index.mark_unknown(marks),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::conditions::Conditions;
    use crate::domain::policy::outcomes::{Condition, Why};
    use crate::domain::policy::samples::{FINANCE, PUBLIC, facts, unmet};
    use crate::domain::policy::scope::Scope;

    const NOT_INCLUDED: Option<(Condition, Why)> = Some((Condition::Applications, Why::NotIncluded));
    const EXCLUDED: Option<(Condition, Why)> = Some((Condition::ApplicationGroups, Why::Excluded));

    fn check(scope: Scope<AppGroupId>, app_groups: Fact<&[AppGroupId]>) -> Option<(Condition, Why)> {
        let applications = if scope.includes_nothing() { Scope::EVERYTHING } else { Scope::NOTHING };
        let conditions = Conditions { applications, application_groups: scope, ..Conditions::EVERYTHING };
        unmet(conditions, &Facts { app_groups, ..facts() })
    }

    #[test]
    fn groups_of_apps_are_included_and_excluded() {
        assert_eq!(check(Scope::listed(vec![FINANCE]), Fact::Known(&[PUBLIC, FINANCE])), None);
        assert_eq!(check(Scope::listed(vec![FINANCE]), Fact::Known(&[PUBLIC])), NOT_INCLUDED);
        assert_eq!(check(Scope::NOTHING.except(vec![FINANCE]), Fact::Known(&[FINANCE])), EXCLUDED);
        assert_eq!(check(Scope::NOTHING.except(vec![FINANCE]), Fact::Known(&[PUBLIC])), None);
    }

    #[test]
    fn unknown_groups_of_apps_are_included_and_never_excluded() {
        assert_eq!(check(Scope::listed(vec![FINANCE]), Fact::Unknown), None);
        assert_eq!(check(Scope::NOTHING.except(vec![FINANCE]), Fact::Unknown), None);
    }
}
