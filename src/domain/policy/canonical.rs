//! The canonical form of a policy set: every object on lines of its own, ids in full, lists sorted, so
//! that the same content is the same text whatever the order of files and names of types here. Slugs
//! and display names are left in, since an explanation names policies by them.

use std::fmt::Write as _;

use super::conditions::Conditions;
use super::conditions::locations::LocationKey;
use super::methods::MethodSet;
use super::named_locations::{LocationPlace, NamedLocation};
use super::object::{Control, FrequencyOf, Interval, Operator, Policy};
use super::scope::Scope;
use super::strengths::Strength;

/// The form of these objects; its first line names the form itself.
pub(crate) fn of_set(policies: &[Policy], locations: &[NamedLocation], strengths: &[Strength]) -> String {
    let mut objects: Vec<String> = policies.iter().map(policy).collect();
    objects.extend(locations.iter().map(location));
    objects.extend(strengths.iter().map(strength));
    objects.sort_unstable();
    format!("policy set 1\n{}", objects.concat())
}

fn line(out: &mut String, key: &str, values: &[String]) {
    // Writing to a String cannot fail; `{:?}` escapes what could look like another line.
    let _ = writeln!(out, "  {key} {values:?}");
}

fn sorted<T>(values: &[T], write: impl Fn(&T) -> String) -> Vec<String> {
    let mut written: Vec<String> = values.iter().map(write).collect();
    written.sort_unstable();
    written
}

fn location(location: &NamedLocation) -> String {
    let mut out = format!("location {} {} {:?}\n", location.id, location.slug, location.display_name);
    match &location.place {
        LocationPlace::Networks { ranges, is_trusted } => {
            line(&mut out, if *is_trusted { "trusted" } else { "untrusted" }, &sorted(ranges, ToString::to_string));
        }
        LocationPlace::Countries { countries, includes_unknown } => {
            let key = if *includes_unknown { "countries and unknown" } else { "countries" };
            line(&mut out, key, &sorted(countries, |country| country.as_str().to_owned()));
        }
    }
    out
}

fn strength(strength: &Strength) -> String {
    let mut out = format!("strength {} {} {:?}\n", strength.id, strength.slug, strength.display_name);
    let combination = |methods: &MethodSet| {
        let words: Vec<&str> = methods.methods().map(|method| method.as_str()).collect();
        words.join(",")
    };
    line(&mut out, "combinations", &sorted(&strength.combinations, combination));
    out
}

fn policy(policy: &Policy) -> String {
    let state = policy.state.as_str();
    let mut out = format!("policy {} {} {state} {:?}\n", policy.id, policy.slug, policy.display_name);
    conditions(&mut out, &policy.conditions);
    if let Some(grant) = &policy.grant {
        let key = match grant.operator {
            Operator::And => "all of",
            Operator::Or => "one of",
        };
        let word = |control: &Control| match control {
            Control::Block => "block".to_owned(),
            Control::Mfa => "mfa".to_owned(),
            Control::Strength(id) => id.to_string(),
        };
        line(&mut out, key, &sorted(&grant.controls, word));
    }
    if let Some(frequency) = policy.session.sign_in_frequency {
        let of = match frequency.of {
            FrequencyOf::PrimaryAndSecondary => "primary and secondary",
            FrequencyOf::Secondary => "secondary",
        };
        let every = match frequency.interval {
            Interval::EveryTime => "every time".to_owned(),
            Interval::Hours(hours) => format!("{hours} hours"),
            Interval::Days(days) => format!("{days} days"),
        };
        line(&mut out, "sign-in frequency", &[of.to_owned(), every]);
    }
    if let Some(persistent) = policy.session.persistent_browser {
        line(&mut out, "persistent browser", &[persistent.as_str().to_owned()]);
    }
    out
}

fn conditions(out: &mut String, conditions: &Conditions) {
    scope(out, "users", &conditions.users, ToString::to_string);
    scope(out, "groups", &conditions.groups, ToString::to_string);
    scope(out, "roles", &conditions.roles, Clone::clone);
    scope(out, "guest types", &conditions.guest_types, |key| {
        let partner = key.partner.map_or_else(|| "any".to_owned(), |partner| partner.to_string());
        format!("{} of {partner}", key.guest_type.as_str())
    });
    scope(out, "applications", &conditions.applications, ToString::to_string);
    scope(out, "application groups", &conditions.application_groups, ToString::to_string);
    scope(out, "client app types", &conditions.client_app_types, |found| found.as_str().to_owned());
    scope(out, "platforms", &conditions.platforms, |found| found.as_str().to_owned());
    scope(out, "locations", &conditions.locations, |key| match key {
        LocationKey::AllTrusted => "trusted".to_owned(),
        LocationKey::Named(id) => id.to_string(),
    });
    scope(out, "authentication flows", &conditions.authentication_flows, |found| found.as_str().to_owned());
    if let Some(expression) = &conditions.expression {
        line(out, "expression", &[expression.canonical()]);
    }
}

fn scope<K>(out: &mut String, key: &str, scope: &Scope<K>, write: impl Fn(&K) -> String) {
    match scope.included() {
        None => line(out, &format!("{key} all"), &[]),
        Some([]) => {}
        Some(listed) => line(out, &format!("{key} in"), &sorted(listed, &write)),
    }
    if !scope.exclude.is_empty() {
        line(out, &format!("{key} not in"), &sorted(&scope.exclude, &write));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::conditions::expression::Expression;
    use crate::domain::policy::object::SignInFrequency;
    use crate::domain::policy::samples::{ANA, BEN, EUROPE, blocking, directory, locations};
    use crate::domain::policy::words::PersistentBrowser;

    /// The form is kept for years, so a change of it is a new form with a new first line.
    #[test]
    fn the_form_is_fixed() {
        let mut policy = blocking("p");
        policy.display_name = "Two\nlines".to_owned();
        policy.conditions.users = Scope::listed(vec![BEN, ANA]);
        policy.conditions.locations =
            Scope::EVERYTHING.except(vec![LocationKey::AllTrusted, LocationKey::Named(EUROPE)]);
        policy.conditions.expression = Expression::parse("country == 'DE'", &directory()).ok();
        policy.session.sign_in_frequency =
            Some(SignInFrequency { interval: Interval::Hours(4), of: FrequencyOf::Secondary });
        policy.session.persistent_browser = Some(PersistentBrowser::Never);
        assert_eq!(
            of_set(&[policy], &locations()[..1], &[]),
            "policy set 1
location 01890a5d-ac96-774b-bcce-000000000060 office \"office\"
  trusted [\"192.0.2.0/24\"]
policy 01890a5d-ac96-774b-bcce-000000000149 p enabled \"Two\\nlines\"
  users in [\"01890a5d-ac96-774b-bcce-000000000010\", \"01890a5d-ac96-774b-bcce-000000000011\"]
  applications all []
  client app types all []
  platforms all []
  locations all []
  locations not in [\"01890a5d-ac96-774b-bcce-000000000062\", \"trusted\"]
  authentication flows all []
  expression [\"(is country [\\\"DE\\\"])\"]
  all of [\"block\"]
  sign-in frequency [\"secondary\", \"4 hours\"]
  persistent browser [\"never\"]
"
        );
    }
}
