//! Facts as text, for the audit: beside the version of the policy set they explain a decision when
//! everything else has changed.

use super::facts::{Asked, Fact, Facts, HomeTrust, Place};
use super::methods::{Method, MethodSet};
use crate::base::clock::Timestamp;

/// What stands for an unknown fact.
pub const UNKNOWN: &str = "?";

/// Every fact by name, in a fixed order; an unknown one is [`UNKNOWN`]. The mail address is personal and
/// is among them: who writes them down decides whether it stays.
#[must_use]
pub fn describe(facts: &Facts<'_>) -> Vec<(&'static str, String)> {
    let list = |texts: Vec<String>| texts.join(" ");
    let words = |methods: MethodSet| methods.methods().map(Method::as_str).collect::<Vec<_>>().join(" ");
    vec![
        ("user.id", text(facts.subject, |id| id.to_string())),
        ("user.mail", text(facts.mail, str::to_owned)),
        ("user.groups", text(facts.groups, |ids| list(ids.iter().map(ToString::to_string).collect()))),
        ("user.roles", text(facts.roles, |roles| roles.join(" "))),
        ("user.guest_type", text(facts.guest_type, |found| found.map_or("none", |found| found.as_str()).to_owned())),
        ("partner", text(facts.partner, |id| id.to_string())),
        ("app", text(facts.app, |id| id.to_string())),
        ("app_groups", text(facts.app_groups, |ids| list(ids.iter().map(ToString::to_string).collect()))),
        ("client_app_type", text(facts.client_app_type, |found| found.as_str().to_owned())),
        ("platform", text(facts.platform, |found| found.as_str().to_owned())),
        ("ip", text(facts.ip, |ip| ip.to_string())),
        ("country", text(facts.country, |found| found.map_or_else(|| "none".to_owned(), |c| c.as_str().to_owned()))),
        ("authentication_flow", text(facts.flow, |found| found.as_str().to_owned())),
        (
            "authentication.shown",
            text(facts.shown, |shown| {
                let each = shown.iter().map(|shown| {
                    let place = if shown.place == Place::Home { "home" } else { "here" };
                    format!("{}@{place}@{}", shown.method.as_str(), Timestamp::to_rfc3339(shown.at))
                });
                list(each.collect())
            }),
        ),
        ("authentication.at", text(facts.authenticated_at, Timestamp::to_rfc3339)),
        (
            "home.trust",
            match facts.home_trust {
                HomeTrust::NotTrusted => "not_trusted",
                HomeTrust::Trusted => "trusted",
                HomeTrust::Required => "required",
            }
            .to_owned(),
        ),
        ("home.asked", asked(facts.home_asked)),
        ("home.asked_afresh", asked(facts.asked_afresh)),
        ("here.offered", words(facts.offered_here)),
    ]
}

fn text<T>(fact: Fact<T>, write: impl FnOnce(T) -> String) -> String {
    fact.known().map_or_else(|| UNKNOWN.to_owned(), write)
}

fn asked(asked: Asked) -> String {
    match asked {
        Asked::AlreadyAsked => "already",
        Asked::NotYet => "not_yet",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::samples::facts;

    fn of(facts: &Facts<'_>, name: &str) -> String {
        describe(facts).into_iter().find(|(known, _)| *known == name).unwrap().1
    }

    #[test]
    fn facts_are_told_by_name_and_unknown_ones_as_such() {
        let facts = facts();
        assert_eq!(of(&facts, "user.groups"), "01890a5d-ac96-774b-bcce-000000000020");
        assert_eq!(of(&facts, "country"), "DE");
        assert_eq!(of(&facts, "authentication.shown"), "federated_single_factor@home@2026-09-21T14:12:20Z");
        assert_eq!(of(&Facts { country: Fact::Known(None), ..facts }, "country"), "none");
        let unknown = describe(&Facts::NOTHING).into_iter().filter(|(_, text)| text == UNKNOWN).count();
        assert_eq!(unknown, 15);
    }
}
