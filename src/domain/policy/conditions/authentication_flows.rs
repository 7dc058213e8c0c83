//! How a sign-in reaches the device on which it is used.

use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};
use crate::domain::policy::words::Flow;

/// Marks the policies by the flow.
pub(crate) fn mark(index: &Keyed<Flow>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.flow {
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

    const NOT_INCLUDED: Option<(Condition, Why)> = Some((Condition::AuthenticationFlows, Why::NotIncluded));
    const EXCLUDED: Option<(Condition, Why)> = Some((Condition::AuthenticationFlows, Why::Excluded));

    fn check(scope: Scope<Flow>, fact: Fact<Flow>) -> Option<(Condition, Why)> {
        unmet(Conditions { authentication_flows: scope, ..Conditions::EVERYTHING }, &Facts { flow: fact, ..facts() })
    }

    #[test]
    fn flows_are_included_and_excluded() {
        let known = Fact::Known(Flow::DeviceCodeFlow);
        assert_eq!(check(Scope::listed(vec![Flow::DeviceCodeFlow]), known), None);
        assert_eq!(check(Scope::listed(vec![Flow::Direct]), known), NOT_INCLUDED);
        assert_eq!(check(Scope::EVERYTHING.except(vec![Flow::DeviceCodeFlow]), known), EXCLUDED);
        assert_eq!(check(Scope::EVERYTHING.except(vec![Flow::Direct]), known), None);
    }

    #[test]
    fn an_unknown_fact_is_included_and_never_excluded() {
        assert_eq!(check(Scope::listed(vec![Flow::DeviceCodeFlow]), Fact::Unknown), None);
        assert_eq!(check(Scope::EVERYTHING.except(vec![Flow::DeviceCodeFlow]), Fact::Unknown), None);
    }
}
