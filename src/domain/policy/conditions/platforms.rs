//! What the device runs, by its user agent and therefore unverified.

use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};
use crate::domain::policy::words::Platform;

/// Marks the policies by the platform.
pub(crate) fn mark(index: &Keyed<Platform>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.platform {
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

    const NOT_INCLUDED: Option<(Condition, Why)> = Some((Condition::Platforms, Why::NotIncluded));
    const EXCLUDED: Option<(Condition, Why)> = Some((Condition::Platforms, Why::Excluded));

    fn check(scope: Scope<Platform>, fact: Fact<Platform>) -> Option<(Condition, Why)> {
        unmet(Conditions { platforms: scope, ..Conditions::EVERYTHING }, &Facts { platform: fact, ..facts() })
    }

    #[test]
    fn platforms_are_included_and_excluded() {
        let known = Fact::Known(Platform::Ios);
        assert_eq!(check(Scope::listed(vec![Platform::Ios]), known), None);
        assert_eq!(check(Scope::listed(vec![Platform::Windows]), known), NOT_INCLUDED);
        assert_eq!(check(Scope::EVERYTHING.except(vec![Platform::Ios]), known), EXCLUDED);
        assert_eq!(check(Scope::EVERYTHING.except(vec![Platform::Windows]), known), None);
    }

    #[test]
    fn an_unknown_fact_is_included_and_never_excluded() {
        assert_eq!(check(Scope::listed(vec![Platform::Ios]), Fact::Unknown), None);
        assert_eq!(check(Scope::EVERYTHING.except(vec![Platform::Ios]), Fact::Unknown), None);
    }
}
