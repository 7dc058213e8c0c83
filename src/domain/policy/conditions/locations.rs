//! Where a request comes from.

use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::geography::Geography;
use crate::domain::policy::keyed::{Keyed, Marks};
use crate::domain::policy::named_locations::LocationId;

/// A location as a policy names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LocationKey {
    /// Every trusted location.
    AllTrusted,
    /// This one.
    Named(LocationId),
}

/// Which facts of the place were given; in enforcement both always are, known or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Given {
    /// The address.
    pub(crate) ip: bool,
    /// The country.
    pub(crate) country: bool,
}

/// Marks the policies by the address and its country.
pub(crate) fn mark(
    index: &Keyed<LocationKey>,
    geography: &Geography,
    facts: &Facts<'_>,
    given: Given,
    marks: &mut Marks<'_>,
) {
    index.mark_all(marks);
    match facts.ip {
        Fact::Known(ip) => {
            let within = geography.of_address(ip);
            if within.iter().any(|location| location.is_trusted) {
                index.mark(&LocationKey::AllTrusted, marks);
            }
            within.iter().for_each(|location| index.mark(&LocationKey::Named(location.id), marks));
        }
        Fact::Unknown if given.ip => index.mark_possible(
            |key| match key {
                LocationKey::AllTrusted => true,
                LocationKey::Named(id) => geography.is_of_addresses(*id),
            },
            marks,
        ),
        Fact::Unknown => {}
    }
    match facts.country {
        Fact::Known(country) => {
            geography.of_country(country).iter().for_each(|id| index.mark(&LocationKey::Named(*id), marks));
        }
        Fact::Unknown if given.country => {
            index.mark_possible(|key| matches!(key, LocationKey::Named(id) if geography.is_of_countries(*id)), marks)
        }
        Fact::Unknown => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::conditions::Conditions;
    use crate::domain::policy::countries::Country;
    use crate::domain::policy::outcomes::{Condition, Why};
    use crate::domain::policy::samples::{EUROPE, LAB, NOWHERE, OFFICE, country, facts, unmet};
    use crate::domain::policy::scope::Scope;

    const NOT_INCLUDED: Option<(Condition, Why)> = Some((Condition::Locations, Why::NotIncluded));
    const EXCLUDED: Option<(Condition, Why)> = Some((Condition::Locations, Why::Excluded));

    type Place<'p> = (Option<&'p str>, Fact<Option<Country>>);

    fn check(locations: Scope<LocationKey>, (ip, country): Place<'_>) -> Option<(Condition, Why)> {
        let ip = ip.map_or(Fact::Unknown, |ip| Fact::Known(ip.parse().unwrap()));
        unmet(Conditions { locations, ..Conditions::EVERYTHING }, &Facts { ip, country, ..facts() })
    }

    #[test]
    fn f67_places_are_included_and_excluded() {
        let german = Fact::Known(Some(country("DE")));
        let none = Fact::Known(None);
        let named = LocationKey::Named;
        // Where, by which place, and whether it lies there.
        let table: [(Place<'_>, LocationKey, bool); 12] = [
            ((Some("192.0.2.7"), german), named(OFFICE), true),
            ((Some("192.0.2.7"), german), named(LAB), false),
            ((Some("192.0.2.200"), german), named(OFFICE), true),
            ((Some("192.0.2.200"), german), named(LAB), true),
            ((Some("::ffff:192.0.2.7"), german), named(OFFICE), true),
            ((Some("198.51.100.1"), german), named(OFFICE), false),
            ((Some("192.0.2.7"), german), LocationKey::AllTrusted, true),
            ((Some("198.51.100.1"), german), LocationKey::AllTrusted, false),
            ((Some("198.51.100.1"), german), named(EUROPE), true),
            ((Some("198.51.100.1"), Fact::Known(Some(country("US")))), named(EUROPE), false),
            ((Some("198.51.100.1"), none), named(EUROPE), false),
            ((Some("198.51.100.1"), none), named(NOWHERE), true),
        ];
        for (place, key, is_within) in table {
            let included = check(Scope::listed(vec![key]), place);
            assert_eq!(included, if is_within { None } else { NOT_INCLUDED }, "{place:?} {key:?}");
            let excluded = check(Scope::EVERYTHING.except(vec![key]), place);
            assert_eq!(excluded, if is_within { EXCLUDED } else { None }, "{place:?} {key:?}");
        }
    }

    #[test]
    fn an_unknown_place_is_included_and_never_excluded() {
        let keys = [
            LocationKey::AllTrusted,
            LocationKey::Named(OFFICE),
            LocationKey::Named(EUROPE),
            LocationKey::Named(NOWHERE),
        ];
        for key in keys {
            assert_eq!(check(Scope::listed(vec![key]), (None, Fact::Unknown)), None, "{key:?}");
            assert_eq!(check(Scope::EVERYTHING.except(vec![key]), (None, Fact::Unknown)), None, "{key:?}");
        }
        let german = Fact::Known(Some(country("DE")));
        assert_eq!(check(Scope::listed(vec![LocationKey::Named(LAB)]), (None, german)), None, "the address is unknown");
        let outside = (Some("198.51.100.1"), Fact::Unknown);
        assert_eq!(check(Scope::listed(vec![LocationKey::Named(EUROPE)]), outside), None, "the country is unknown");
        assert_eq!(check(Scope::listed(vec![LocationKey::Named(LAB)]), outside), NOT_INCLUDED);
    }
}
