//! Apps.

use crate::domain::apps::AppId;
use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};

/// Marks the policies by the app.
pub(crate) fn mark(index: &Keyed<AppId>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.app {
        Fact::Known(known) => index.mark(&known, marks),
        Fact::Unknown => index.mark_unknown(marks),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::conditions::Conditions;
    use crate::domain::policy::outcomes::{Condition, Why};
    use crate::domain::policy::samples::{PAYROLL, TRAVEL, facts, unmet};
    use crate::domain::policy::scope::Scope;

    const NOT_INCLUDED: Option<(Condition, Why)> = Some((Condition::Applications, Why::NotIncluded));
    const EXCLUDED: Option<(Condition, Why)> = Some((Condition::Applications, Why::Excluded));

    fn check(scope: Scope<AppId>, fact: Fact<AppId>) -> Option<(Condition, Why)> {
        unmet(Conditions { applications: scope, ..Conditions::EVERYTHING }, &Facts { app: fact, ..facts() })
    }

    #[test]
    fn apps_are_included_and_excluded() {
        let known = Fact::Known(PAYROLL);
        assert_eq!(check(Scope::listed(vec![PAYROLL]), known), None);
        assert_eq!(check(Scope::listed(vec![TRAVEL]), known), NOT_INCLUDED);
        assert_eq!(check(Scope::EVERYTHING.except(vec![PAYROLL]), known), EXCLUDED);
        assert_eq!(check(Scope::EVERYTHING.except(vec![TRAVEL]), known), None);
    }

    #[test]
    fn an_unknown_fact_is_included_and_never_excluded() {
        assert_eq!(check(Scope::listed(vec![PAYROLL]), Fact::Unknown), None);
        assert_eq!(check(Scope::EVERYTHING.except(vec![PAYROLL]), Fact::Unknown), None);
    }
}
