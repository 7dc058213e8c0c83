//! What-if: the policies that apply, those that do not with the first reason, and the decision.

use entente::domain::policy::what_if::{Answer, Given, Scenario, ask};

use super::scenario::{NOW, Owned, set, told};

const POLICIES: [(&str, &str); 7] = [
    (
        "a-flow",
        "conditions.authentication_flows.transfer_methods = ['device_code_flow']; grant_controls.built_in_controls = ['block']",
    ),
    (
        "b-place",
        "conditions.locations = { include_locations = ['All'], exclude_locations = ['office'] }; grant_controls.built_in_controls = ['block']",
    ),
    (
        "c-app",
        "conditions.applications.include_applications = ['travel']; grant_controls.built_in_controls = ['block']",
    ),
    (
        "d-user",
        "conditions.users = { include_users = ['All'], exclude_groups = ['auditors'] }; grant_controls.built_in_controls = ['block']",
    ),
    ("e-expression", "conditions.expression = \"country != 'US'\"; grant_controls.built_in_controls = ['block']"),
    ("f-report", "state = 'enabled_for_reporting_but_not_enforced'; grant_controls.built_in_controls = ['block']"),
    ("g-mfa", "grant_controls.built_in_controls = ['mfa']"),
];

fn text(answer: &Answer<'_>) -> (Vec<String>, Vec<String>) {
    let applying =
        answer.applying.iter().map(|(policy, outcome)| format!("{} {}", policy.slug, outcome.as_str(policy.state)));
    let others = answer
        .others
        .iter()
        .map(|(policy, condition, why)| format!("{} {} {}", policy.slug, condition.as_str(), why.as_str()));
    (applying.collect(), others.collect())
}

#[test]
fn f76_what_is_not_given_does_not_apply_and_says_so() {
    let set = set(&POLICIES);
    Owned::parse("shown=here:fido2@10").with(|facts| {
        let scenario = Scenario { facts: *facts, ip: Given::NotGiven, country: Given::NotGiven, flow: Given::NotGiven };
        let answer = ask(&set, &scenario, NOW);
        let (applying, others) = text(&answer);
        assert_eq!(applying, ["f-report failure", "g-mfa success"]);
        assert_eq!(
            others,
            [
                "a-flow authentication_flows not_given",
                "b-place locations not_given",
                "c-app applications not_included",
                "d-user groups excluded",
                "e-expression expression not_given",
            ]
        );
        assert_eq!(told(&answer.decision, &set), "allow");
    });
}

#[test]
fn f76_what_is_unknown_is_judged_as_in_enforcement() {
    let set = set(&POLICIES);
    Owned::parse("").with(|facts| {
        let scenario = Scenario { facts: *facts, ip: Given::Unknown, country: Given::Unknown, flow: Given::Unknown };
        let answer = ask(&set, &scenario, NOW);
        let (applying, others) = text(&answer);
        assert_eq!(
            applying,
            ["a-flow failure", "b-place failure", "e-expression failure", "f-report failure", "g-mfa failure"]
        );
        assert_eq!(others, ["c-app applications not_included", "d-user groups excluded"]);
        assert_eq!(told(&answer.decision, &set), "refuse blocked_by_policy a-flow");
    });
}

#[test]
fn f76_what_is_given_is_taken() {
    let set = set(&POLICIES);
    Owned::parse("").with(|facts| {
        let ip = Given::Known("192.0.2.7".parse().unwrap());
        let scenario = Scenario { facts: *facts, ip, country: Given::NotGiven, flow: Given::NotGiven };
        let (_, others) = text(&ask(&set, &scenario, NOW));
        assert_eq!(others[1], "b-place locations excluded");
        assert_eq!(others[4], "e-expression expression not_given");
    });
}
