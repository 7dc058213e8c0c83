//! Accounts.

use crate::domain::guests::GuestId;
use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};

/// Marks the policies by the account.
pub(crate) fn mark(index: &Keyed<GuestId>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.subject {
        Fact::Known(known) => index.mark(&known, marks),
        Fact::Unknown => index.mark_unknown(marks),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::conditions::Conditions;
    use crate::domain::policy::outcomes::{Condition, Why};
    use crate::domain::policy::samples::{ANA, BEN, facts, unmet};
    use crate::domain::policy::scope::Scope;

    const NOT_INCLUDED: Option<(Condition, Why)> = Some((Condition::Users, Why::NotIncluded));
    const EXCLUDED: Option<(Condition, Why)> = Some((Condition::Users, Why::Excluded));

    fn check(scope: Scope<GuestId>, fact: Fact<GuestId>) -> Option<(Condition, Why)> {
        unmet(Conditions { users: scope, ..Conditions::EVERYTHING }, &Facts { subject: fact, ..facts() })
    }

    #[test]
    fn users_are_included_and_excluded() {
        let known = Fact::Known(ANA);
        assert_eq!(check(Scope::listed(vec![ANA]), known), None);
        assert_eq!(check(Scope::listed(vec![BEN]), known), NOT_INCLUDED);
        assert_eq!(check(Scope::EVERYTHING.except(vec![ANA]), known), EXCLUDED);
        assert_eq!(check(Scope::EVERYTHING.except(vec![BEN]), known), None);
    }

    #[test]
    fn an_unknown_fact_is_included_and_never_excluded() {
        assert_eq!(check(Scope::listed(vec![ANA]), Fact::Unknown), None);
        assert_eq!(check(Scope::EVERYTHING.except(vec![ANA]), Fact::Unknown), None);
    }
}
