//! Accounts by the roles that they have.

use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};

/// Marks the policies by the roles of the account.
pub(crate) fn mark(index: &Keyed<String>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.roles {
        Fact::Known(roles) => roles.iter().for_each(|role| index.mark_by(*role, marks)),
        Fact::Unknown => index.mark_unknown(marks),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::conditions::Conditions;
    use crate::domain::policy::outcomes::{Condition, Why};
    use crate::domain::policy::samples::{facts, unmet};
    use crate::domain::policy::scope::Scope;

    const NOT_INCLUDED: Option<(Condition, Why)> = Some((Condition::Users, Why::NotIncluded));
    const EXCLUDED: Option<(Condition, Why)> = Some((Condition::Roles, Why::Excluded));

    fn check(scope: Scope<String>, roles: Fact<&[&str]>) -> Option<(Condition, Why)> {
        let users = if scope.includes_nothing() { Scope::EVERYTHING } else { Scope::NOTHING };
        unmet(Conditions { users, roles: scope, ..Conditions::EVERYTHING }, &Facts { roles, ..facts() })
    }

    fn reader() -> Vec<String> {
        vec!["reader".to_owned()]
    }

    #[test]
    fn roles_are_included_and_excluded() {
        assert_eq!(check(Scope::listed(reader()), Fact::Known(&["writer", "reader"])), None);
        assert_eq!(check(Scope::listed(reader()), Fact::Known(&["writer"])), NOT_INCLUDED);
        assert_eq!(check(Scope::NOTHING.except(reader()), Fact::Known(&["reader"])), EXCLUDED);
        assert_eq!(check(Scope::NOTHING.except(reader()), Fact::Known(&[])), None);
    }

    #[test]
    fn unknown_roles_are_included_and_never_excluded() {
        assert_eq!(check(Scope::listed(reader()), Fact::Unknown), None);
        assert_eq!(check(Scope::NOTHING.except(reader()), Fact::Unknown), None);
    }
}
