//! What a person uses an app with.

use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};
use crate::domain::policy::words::ClientAppType;

/// Marks the policies by the type of client.
pub(crate) fn mark(index: &Keyed<ClientAppType>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.client_app_type {
        Fact::Known(known) => index.mark(&known, marks),
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

    const NOT_INCLUDED: Option<(Condition, Why)> = Some((Condition::ClientAppTypes, Why::NotIncluded));
    const EXCLUDED: Option<(Condition, Why)> = Some((Condition::ClientAppTypes, Why::Excluded));

    fn check(scope: Scope<ClientAppType>, fact: Fact<ClientAppType>) -> Option<(Condition, Why)> {
        unmet(
            Conditions { client_app_types: scope, ..Conditions::EVERYTHING },
            &Facts { client_app_type: fact, ..facts() },
        )
    }

    #[test]
    fn types_of_client_are_included_and_excluded() {
        let known = Fact::Known(ClientAppType::Browser);
        assert_eq!(check(Scope::listed(vec![ClientAppType::Browser]), known), None);
        assert_eq!(check(Scope::listed(vec![ClientAppType::Other]), known), NOT_INCLUDED);
        assert_eq!(check(Scope::EVERYTHING.except(vec![ClientAppType::Browser]), known), EXCLUDED);
        assert_eq!(check(Scope::EVERYTHING.except(vec![ClientAppType::Other]), known), None);
    }

    #[test]
    fn an_unknown_fact_is_included_and_never_excluded() {
        assert_eq!(check(Scope::listed(vec![ClientAppType::Browser]), Fact::Unknown), None);
        assert_eq!(check(Scope::EVERYTHING.except(vec![ClientAppType::Browser]), Fact::Unknown), None);
    }
}
