//! What is wrong with policies, named locations and strengths, before they are compiled.

use std::collections::HashSet;
use std::hash::Hash;

use uuid::Uuid;

use super::conditions::locations::LocationKey;
use super::faults::{FaultKind, Faulty, MAX_TERMS, PolicyFault};
use super::methods::MethodSet;
use super::named_locations::{LocationPlace, MAX_LOCATIONS, MAX_RANGES, NamedLocation, SHORTEST_PREFIX};
use super::object::{Control, Interval, MAX_DAYS, MAX_HOURS, Policy};
use super::scope::Scope;
use super::strengths::{BUILT_IN, MAX_COMBINATIONS, MAX_STRENGTHS, Strength, StrengthId};

/// Every fault of these.
pub(crate) fn check(policies: &[Policy], locations: &[NamedLocation], strengths: &[Strength]) -> Vec<PolicyFault> {
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    for (number, location) in locations.iter().enumerate() {
        let mut note =
            |key, kind| faults.push(PolicyFault { object: Faulty::Location(location.slug.clone()), key, kind });
        doubled(&mut seen, "location", location.slug.as_str(), *location.id.as_bytes(), &mut note);
        if number >= MAX_LOCATIONS {
            note("slug", FaultKind::TooManyLocations);
        }
        check_place(&location.place, &mut note);
    }
    for (number, strength) in strengths.iter().enumerate() {
        let mut note =
            |key, kind| faults.push(PolicyFault { object: Faulty::Strength(strength.slug.clone()), key, kind });
        doubled(&mut seen, "strength", strength.slug.as_str(), *strength.id.as_bytes(), &mut note);
        if BUILT_IN.iter().any(|(id, slug)| *id == strength.id || *slug == strength.slug.as_str()) {
            note("slug", FaultKind::Doubled);
        }
        if number + BUILT_IN.len() >= MAX_STRENGTHS {
            note("slug", FaultKind::TooManyStrengths);
        }
        let weak = strength.combinations.iter().any(|combination| combination.is_within(MethodSet::FIRST));
        if weak || !(1..=MAX_COMBINATIONS).contains(&strength.combinations.len()) {
            note("allowed_combinations", FaultKind::Combinations);
        }
    }
    let known = Known {
        locations: locations.iter().map(|location| LocationKey::Named(location.id)).collect(),
        strengths: BUILT_IN.iter().map(|(id, _)| *id).chain(strengths.iter().map(|strength| strength.id)).collect(),
    };
    for policy in policies {
        let mut note = |key, kind| faults.push(PolicyFault { object: Faulty::Policy(policy.slug.clone()), key, kind });
        doubled(&mut seen, "policy", policy.slug.as_str(), *policy.id.as_bytes(), &mut note);
        check_conditions(policy, &known, &mut note);
        check_controls(policy, &known, &mut note);
    }
    faults
}

struct Known {
    locations: HashSet<LocationKey>,
    strengths: HashSet<StrengthId>,
}

type Note<'n> = dyn FnMut(&'static str, FaultKind) + 'n;

fn doubled(
    seen: &mut HashSet<(&'static str, String)>,
    kind: &'static str,
    slug: &str,
    id: [u8; 16],
    note: &mut Note<'_>,
) {
    if !seen.insert((kind, slug.to_owned())) {
        note("slug", FaultKind::Doubled);
    }
    if !seen.insert(("id", Uuid::from_bytes(id).to_string())) {
        note("id", FaultKind::Doubled);
    }
}

fn check_place(place: &LocationPlace, note: &mut Note<'_>) {
    match place {
        LocationPlace::Networks { ranges, .. } => {
            if ranges.is_empty() {
                note("ip_ranges", FaultKind::EmptyPlace);
            }
            if ranges.len() > MAX_RANGES {
                note("ip_ranges", FaultKind::TooManyRanges);
            }
            for range in ranges.iter().filter(|range| range.prefix_len() <= SHORTEST_PREFIX || range.trunc() != **range)
            {
                note("ip_ranges", FaultKind::Range { found: range.to_string() });
            }
        }
        LocationPlace::Countries { countries, includes_unknown } => {
            if countries.is_empty() && !includes_unknown {
                note("countries_and_regions", FaultKind::EmptyPlace);
            }
        }
    }
}

fn check_conditions(policy: &Policy, known: &Known, note: &mut Note<'_>) {
    let conditions = &policy.conditions;
    let about_nobody = conditions.users.includes_nothing()
        && conditions.groups.includes_nothing()
        && conditions.roles.includes_nothing()
        && conditions.guest_types.includes_nothing();
    if about_nobody {
        note("users", FaultKind::IncludesNothing);
    }
    if conditions.applications.includes_nothing() && conditions.application_groups.includes_nothing() {
        note("applications", FaultKind::IncludesNothing);
    }
    check_scope(&conditions.users, "users", note);
    check_scope(&conditions.groups, "users", note);
    check_scope(&conditions.roles, "users", note);
    check_scope(&conditions.guest_types, "users", note);
    check_scope(&conditions.applications, "applications", note);
    check_scope(&conditions.application_groups, "applications", note);
    check_filter(&conditions.client_app_types, "client_app_types", note);
    check_filter(&conditions.platforms, "platforms", note);
    check_filter(&conditions.locations, "locations", note);
    check_filter(&conditions.authentication_flows, "authentication_flows", note);
    let named = conditions.locations.included().unwrap_or_default().iter().chain(&conditions.locations.exclude);
    for key in named {
        if let LocationKey::Named(id) = key
            && !known.locations.contains(key)
        {
            note("locations", FaultKind::Unknown { kind: "named location", found: id.to_string() });
        }
    }
    if conditions.terms() > MAX_TERMS {
        note("conditions", FaultKind::TooManyTerms { found: conditions.terms() });
    }
}

/// A condition that, where it is set at all, includes something by itself.
fn check_filter<K: Eq + Hash>(scope: &Scope<K>, key: &'static str, note: &mut Note<'_>) {
    if scope.includes_nothing() {
        note(key, FaultKind::IncludesNothing);
    }
    check_scope(scope, key, note);
}

fn check_scope<K: Eq + Hash>(scope: &Scope<K>, key: &'static str, note: &mut Note<'_>) {
    let listed = scope.included().unwrap_or_default();
    let included: HashSet<&K> = listed.iter().collect();
    let excluded: HashSet<&K> = scope.exclude.iter().collect();
    if included.len() < listed.len() || excluded.len() < scope.exclude.len() {
        note(key, FaultKind::Repeated);
    }
    if !included.is_disjoint(&excluded) {
        note(key, FaultKind::Contradiction);
    }
}

fn check_controls(policy: &Policy, known: &Known, note: &mut Note<'_>) {
    let session = policy.session;
    if policy.grant.is_none() && session.sign_in_frequency.is_none() && session.persistent_browser.is_none() {
        note("grant_controls", FaultKind::DoesNothing);
    }
    if let Some(grant) = &policy.grant {
        if grant.controls.is_empty() {
            note("grant_controls", FaultKind::NoControl);
        }
        if grant.controls.len() > 1 && grant.controls.contains(&Control::Block) {
            note("built_in_controls", FaultKind::BlockIsNotAlone);
        }
        let repeats = |(index, control): (usize, &Control)| grant.controls[..index].contains(control);
        if grant.controls.iter().enumerate().any(repeats) {
            note("grant_controls", FaultKind::Repeated);
        }
        for control in &grant.controls {
            if let Control::Strength(id) = control
                && !known.strengths.contains(id)
            {
                let kind = FaultKind::Unknown { kind: "authentication strength", found: id.to_string() };
                note("authentication_strength", kind);
            }
        }
    }
    let in_range = match session.sign_in_frequency.map(|frequency| frequency.interval) {
        None | Some(Interval::EveryTime) => true,
        Some(Interval::Hours(hours)) => (1..=MAX_HOURS).contains(&hours),
        Some(Interval::Days(days)) => (1..=MAX_DAYS).contains(&days),
    };
    if !in_range {
        note("sign_in_frequency", FaultKind::FrequencyOutOfRange);
    }
    let conditions = &policy.conditions;
    let all_apps = conditions.applications.is_everything() && conditions.application_groups.exclude.is_empty();
    if session.persistent_browser.is_some() && !all_apps {
        note("persistent_browser", FaultKind::NeedsAllApplications);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::groups::GroupId;
    use crate::domain::policy::named_locations::LocationId;
    use crate::domain::policy::object::{GrantControls, Operator};
    use crate::domain::policy::samples::{blocking, compiled, locations, uuid};
    use crate::domain::policy::words::State;

    fn of_groups(count: u128) -> Policy {
        let mut policy = blocking("p");
        policy.conditions.users = Scope::NOTHING;
        policy.conditions.groups = Scope::listed((0..count).map(|number| GroupId::from_uuid(uuid(number))).collect());
        policy
    }

    fn kinds(policies: &[Policy]) -> Vec<(&'static str, FaultKind)> {
        check(policies, &locations(), &[]).into_iter().map(|fault| (fault.key, fault.kind)).collect()
    }

    #[test]
    fn a_thousand_terms_are_accepted_and_one_more_is_not() {
        assert_eq!(kinds(&[of_groups(1000)]), vec![]);
        assert_eq!(kinds(&[of_groups(1001)]), vec![("conditions", FaultKind::TooManyTerms { found: 1001 })]);
    }

    #[test]
    fn what_no_file_can_say_is_refused_too() {
        let mut policy = blocking("p");
        policy.grant = Some(GrantControls {
            operator: Operator::And,
            controls: vec![Control::Mfa, Control::Mfa, Control::Strength(StrengthId::from_uuid(uuid(1)))],
        });
        policy.conditions.locations =
            Scope::listed(vec![LocationKey::Named(LocationId::from_uuid(uuid(2))), LocationKey::AllTrusted]);
        let found = kinds(&[policy.clone(), policy]);
        let keys: Vec<_> = found.iter().map(|(key, _)| *key).collect();
        let of_one = ["locations", "grant_controls", "authentication_strength"];
        assert_eq!(keys, [&of_one[..], &["slug", "id"], &of_one].concat());
    }

    #[test]
    fn a_policy_that_is_disabled_is_checked_and_kept_in_the_version() {
        let off = Policy { state: State::Disabled, ..blocking("p") };
        assert!(compiled(std::slice::from_ref(&off)).policies().is_empty());
        assert_ne!(compiled(&[off]).version(), compiled(&[]).version());
        let broken = Policy { state: State::Disabled, ..of_groups(0) };
        assert_eq!(kinds(&[broken]), vec![("users", FaultKind::IncludesNothing)]);
    }
}
