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
