//! Policies and decisions in words.

use serde_json::{Value, json};

use crate::domain::policy::conditions::Conditions;
use crate::domain::policy::conditions::locations::LocationKey;
use crate::domain::policy::decision::{Clause, Decision, Need, SessionTerms};
use crate::domain::policy::facts::Place;
use crate::domain::policy::methods::Method;
use crate::domain::policy::object::{Control, FrequencyOf, Interval, Operator, Policy};
use crate::domain::policy::references::Named;
use crate::domain::policy::scope::Scope;
use crate::flows::policies::view::ObjectNames;
use crate::flows::policies::what_if::Answer;

/// What a policy demands; nothing where it only sets the session.
pub(super) fn grant(policy: &Policy, names: &ObjectNames) -> Option<String> {
    let grant = policy.grant.as_ref()?;
    let word = |control: &Control| match control {
        Control::Block => "block".to_owned(),
        Control::Mfa => "mfa".to_owned(),
        Control::Strength(id) => names.of_strength(*id),
    };
    let joined = match grant.operator {
        Operator::And => " AND ",
        Operator::Or => " OR ",
    };
    Some(grant.controls.iter().map(word).collect::<Vec<_>>().join(joined))
}

/// What a policy sets for the session.
pub(super) fn session(policy: &Policy) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(frequency) = policy.session.sign_in_frequency {
        let of = match frequency.of {
            FrequencyOf::PrimaryAndSecondary => "sign-in",
            FrequencyOf::Secondary => "second factor",
        };
        words.push(match frequency.interval {
            Interval::EveryTime => format!("{of} every time"),
            Interval::Hours(hours) => format!("{of} after {hours} h"),
            Interval::Days(days) => format!("{of} after {days} d"),
        });
    }
    words.extend(policy.session.persistent_browser.map(|mode| format!("persistent browser {}", mode.as_str())));
    words
}

/// When a policy applies, by the keys of object files; what restricts nothing is left out.
pub(super) fn conditions(conditions: &Conditions, names: &ObjectNames) -> Vec<(&'static str, Value)> {
    let mut fields = Vec::new();
    let of = |named: Named| names.of(named);
    scope(&mut fields, ["include_users", "exclude_users"], "All", &conditions.users, |id| of(Named::Guest(*id)));
    scope(&mut fields, ["include_groups", "exclude_groups"], "All", &conditions.groups, |id| of(Named::Group(*id)));
    scope(&mut fields, ["include_roles", "exclude_roles"], "All", &conditions.roles, Clone::clone);
    let guests = ["include_guests_or_external_users", "exclude_guests_or_external_users"];
    scope(&mut fields, guests, "All", &conditions.guest_types, |key| {
        let partner = key.partner.map_or_else(String::new, |id| format!(" of {}", of(Named::Partner(id))));
        format!("{}{partner}", key.guest_type.as_str())
    });
    let apps = ["include_applications", "exclude_applications"];
    scope(&mut fields, apps, "All", &conditions.applications, |id| of(Named::App(*id)));
    let app_groups = ["include_application_groups", "exclude_application_groups"];
    scope(&mut fields, app_groups, "All", &conditions.application_groups, |id| of(Named::AppGroup(*id)));
    let clients = ["client_app_types", "exclude_client_app_types"];
    filter(&mut fields, clients, "all", &conditions.client_app_types, |word| word.as_str().to_owned());
    let platforms = ["include_platforms", "exclude_platforms"];
    filter(&mut fields, platforms, "all", &conditions.platforms, |word| word.as_str().to_owned());
    let locations = ["include_locations", "exclude_locations"];
    filter(&mut fields, locations, "All", &conditions.locations, |key| match key {
        LocationKey::AllTrusted => "AllTrusted".to_owned(),
        LocationKey::Named(id) => of(Named::Location(*id)),
    });
    let flows = ["transfer_methods", "exclude_transfer_methods"];
    filter(&mut fields, flows, "all", &conditions.authentication_flows, |word| word.as_str().to_owned());
    fields.extend(conditions.expression.as_ref().map(|expression| ("expression", json!(expression.source()))));
    fields
}

type Fields = Vec<(&'static str, Value)>;

/// One of several conditions of which one that includes is enough.
fn scope<K>(
    fields: &mut Fields,
    [include, exclude]: [&'static str; 2],
    all: &str,
    scope: &Scope<K>,
    text: impl Fn(&K) -> String,
) {
    match scope.included() {
        None => fields.push((include, json!([all]))),
        Some([]) => {}
        Some(listed) => fields.push((include, json!(listed.iter().map(&text).collect::<Vec<_>>()))),
    }
    if !scope.exclude.is_empty() {
        fields.push((exclude, json!(scope.exclude.iter().map(&text).collect::<Vec<_>>())));
    }
}

/// A condition that must match by itself.
fn filter<K>(fields: &mut Fields, keys: [&'static str; 2], all: &str, filter: &Scope<K>, text: impl Fn(&K) -> String) {
    if !filter.is_everything() {
        scope(fields, keys, all, filter, text);
    }
}

/// A decision: the first text is what is decided, the others say more of it.
pub(super) fn decision(answer: &Answer) -> Vec<String> {
    match &answer.decision {
        Decision::Allow(terms) => std::iter::once("allow".to_owned()).chain(terms_of(terms)).collect(),
        Decision::StepUp(need) => std::iter::once("step_up".to_owned()).chain(need_of(need, answer)).collect(),
        Decision::Refuse(refused) => {
            let refusal = refused.refusal();
            let policies = answer.applying.iter().map(|(policy, _)| policy);
            let by = policies
                .filter(|policy| Some(policy.id) == refused.policy)
                .map(|policy| format!("by `{}`", policy.slug));
            ["refuse".to_owned(), format!("{} ({})", refusal.code.as_str(), refusal.cause)]
                .into_iter()
                .chain(by)
                .collect()
        }
    }
}

fn terms_of(terms: &SessionTerms) -> Vec<String> {
    let mut words = Vec::new();
    words.extend(terms.sign_in_within.map(|limit| format!("sign-in again after {} s", limit.as_secs())));
    words.extend(terms.second_factor_within.map(|limit| format!("second factor again after {} s", limit.as_secs())));
    words.extend(terms.persistent_browser.map(|mode| format!("persistent browser {}", mode.as_str())));
    words
}

fn need_of(need: &Need, answer: &Answer) -> Vec<String> {
    let place = match need.place {
        Place::Home => "at the partner",
        Place::Here => "here",
    };
    let clause = |clause: &Clause| {
        let strengths: Vec<_> = clause.strengths.iter().map(|id| answer.names.of_strength(*id)).collect();
        let gaps = clause.gaps.iter().map(|gap| gap.methods().map(Method::as_str).collect::<Vec<_>>().join(" and "));
        format!("{} {place}: {}", strengths.join(" or "), gaps.collect::<Vec<_>>().join(", or "))
    };
    let fresh = need.fresh_sign_in.then(|| "sign in again at the partner".to_owned());
    fresh.into_iter().chain(need.clauses.iter().map(clause)).collect()
}
