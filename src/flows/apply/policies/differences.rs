//! How an object differs from what is asked for, by the keys of object files. The order of a list means
//! nothing.

use crate::domain::policy::app_groups::AppGroup;
use crate::domain::policy::countries::Country;
use crate::domain::policy::named_locations::{LocationPlace, NamedLocation};
use crate::domain::policy::object::{GrantControls, Policy};
use crate::domain::policy::scope::Scope;
use crate::domain::policy::strengths::Strength;
use crate::flows::apply::plan::differing;

pub(super) fn of_policies(stored: &Policy, wanted: &Policy) -> Vec<&'static str> {
    let (old, new) = (&stored.conditions, &wanted.conditions);
    let same_users = same(&old.users, &new.users)
        && same(&old.groups, &new.groups)
        && same(&old.roles, &new.roles)
        && same(&old.guest_types, &new.guest_types);
    let same_apps =
        same(&old.applications, &new.applications) && same(&old.application_groups, &new.application_groups);
    differing([
        ("slug", stored.slug != wanted.slug),
        ("display_name", stored.display_name != wanted.display_name),
        ("state", stored.state != wanted.state),
        ("users", !same_users),
        ("applications", !same_apps),
        ("client_app_types", !same(&old.client_app_types, &new.client_app_types)),
        ("platforms", !same(&old.platforms, &new.platforms)),
        ("locations", !same(&old.locations, &new.locations)),
        ("authentication_flows", !same(&old.authentication_flows, &new.authentication_flows)),
        ("expression", old.expression != new.expression),
        ("grant_controls", !same_grant(stored.grant.as_ref(), wanted.grant.as_ref())),
        ("session_controls", stored.session != wanted.session),
    ])
}

fn same<K: Ord>(old: &Scope<K>, new: &Scope<K>) -> bool {
    let included = match (old.included(), new.included()) {
        (None, None) => true,
        (Some(old), Some(new)) => sorted(old) == sorted(new),
        _ => false,
    };
    included && sorted(&old.exclude) == sorted(&new.exclude)
}

fn sorted<K: Ord>(keys: &[K]) -> Vec<&K> {
    let mut keys: Vec<&K> = keys.iter().collect();
    keys.sort_unstable();
    keys
}

fn same_grant(old: Option<&GrantControls>, new: Option<&GrantControls>) -> bool {
    match (old, new) {
        (None, None) => true,
        (Some(old), Some(new)) => {
            old.operator == new.operator
                && old.controls.len() == new.controls.len()
                && old.controls.iter().all(|control| new.controls.contains(control))
        }
        _ => false,
    }
}

pub(super) fn of_locations(stored: &NamedLocation, wanted: &NamedLocation) -> Vec<&'static str> {
    let ranges = |location: &NamedLocation| match &location.place {
        LocationPlace::Networks { ranges, .. } => {
            let mut ranges = ranges.clone();
            ranges.sort_unstable();
            Some(ranges)
        }
        LocationPlace::Countries { .. } => None,
    };
    let is_trusted =
        |location: &NamedLocation| matches!(location.place, LocationPlace::Networks { is_trusted: true, .. });
    let countries = |location: &NamedLocation| match &location.place {
        LocationPlace::Networks { .. } => None,
        LocationPlace::Countries { countries, .. } => {
            let mut countries: Vec<Country> = countries.clone();
            countries.sort_unstable();
            Some(countries)
        }
    };
    let unknown =
        |location: &NamedLocation| matches!(location.place, LocationPlace::Countries { includes_unknown: true, .. });
    differing([
        ("slug", stored.slug != wanted.slug),
        ("display_name", stored.display_name != wanted.display_name),
        ("ip_ranges", ranges(stored) != ranges(wanted)),
        ("is_trusted", is_trusted(stored) != is_trusted(wanted)),
        ("countries_and_regions", countries(stored) != countries(wanted)),
        ("include_unknown_countries_and_regions", unknown(stored) != unknown(wanted)),
    ])
}

pub(super) fn of_strengths(stored: &Strength, wanted: &Strength) -> Vec<&'static str> {
    differing([
        ("slug", stored.slug != wanted.slug),
        ("display_name", stored.display_name != wanted.display_name),
        ("allowed_combinations", sorted(&stored.combinations) != sorted(&wanted.combinations)),
    ])
}

pub(super) fn of_app_groups(stored: &AppGroup, wanted: &AppGroup) -> Vec<&'static str> {
    differing([
        ("slug", stored.slug != wanted.slug),
        ("name", stored.name != wanted.name),
        ("apps", sorted(&stored.apps) != sorted(&wanted.apps)),
    ])
}
