//! The answer of a tree, with three values: an unknown fact makes the answer unknown only where it
//! matters. So a fact that becomes known may settle an answer and never turns a settled one.

use super::tree::{Part, Tree, Wanted};
use crate::base::clock::Timestamp;
use crate::domain::policy::facts::Fact::{self, Known, Unknown};
use crate::domain::policy::facts::Facts;

impl Tree {
    pub(super) fn evaluate(&self, facts: &Facts<'_>, now: Timestamp) -> Fact<bool> {
        match self {
            Self::Constant(answer) => Known(*answer),
            Self::Not(inner) => map(inner.evaluate(facts, now), |answer| !answer),
            Self::And(both) => all(both.iter().map(|tree| tree.evaluate(facts, now))),
            // By De Morgan: one of them holds where not both fail.
            Self::Or(both) => {
                let fail = |tree: &Self| map(tree.evaluate(facts, now), |answer| !answer);
                map(all(both.iter().map(fail)), |answer| !answer)
            }
            Self::If(parts) => {
                let [condition, yes, no] = &**parts;
                match condition.evaluate(facts, now) {
                    Known(true) => yes.evaluate(facts, now),
                    Known(false) => no.evaluate(facts, now),
                    Unknown => {
                        let (yes, no) = (yes.evaluate(facts, now), no.evaluate(facts, now));
                        if yes == no { yes } else { Unknown }
                    }
                }
            }
            Self::Is(wanted) => wanted.has(facts, now),
            Self::Mail(part, text) => map(facts.mail, |mail| match part {
                Part::Start => mail.starts_with(text.as_str()),
                Part::End => mail.ends_with(text.as_str()),
                Part::Anywhere => mail.contains(text.as_str()),
            }),
            Self::Age(comparison, seconds) => map(facts.authenticated_at, |at| {
                let age = i64::try_from(now.since(at).as_secs()).unwrap_or(i64::MAX);
                comparison.holds(age, *seconds)
            }),
        }
    }
}

impl Wanted {
    fn has(&self, facts: &Facts<'_>, now: Timestamp) -> Fact<bool> {
        match self {
            Self::Guests(ids) => map(facts.subject, |id| ids.contains(&id)),
            Self::Mails(mails) => map(facts.mail, |mail| mails.iter().any(|wanted| wanted == mail)),
            Self::Groups(ids) => map(facts.groups, |groups| groups.iter().any(|id| ids.contains(id))),
            Self::Roles(roles) => {
                map(facts.roles, |held| held.iter().any(|role| roles.iter().any(|wanted| wanted == role)))
            }
            Self::GuestTypes(types) => map(facts.guest_type, |found| found.is_some_and(|found| types.contains(&found))),
            Self::Partners(ids) => map(facts.partner, |id| ids.contains(&id)),
            Self::Apps(ids) => map(facts.app, |id| ids.contains(&id)),
            Self::AppGroups(ids) => map(facts.app_groups, |groups| groups.iter().any(|id| ids.contains(id))),
            Self::ClientAppTypes(types) => map(facts.client_app_type, |found| types.contains(&found)),
            Self::Platforms(platforms) => map(facts.platform, |found| platforms.contains(&found)),
            Self::Addresses(addresses) => map(facts.ip, |ip| addresses.contains(&ip.to_canonical())),
            Self::Countries(countries) => {
                map(facts.country, |found| found.is_some_and(|found| countries.contains(&found)))
            }
            Self::Flows(flows) => map(facts.flow, |found| flows.contains(&found)),
            Self::Methods(methods) => map(facts.counted(None, now), |counted| !methods.and(counted).is_empty()),
        }
    }
}

fn map<T, U>(fact: Fact<T>, read: impl FnOnce(T) -> U) -> Fact<U> {
    match fact {
        Known(value) => Known(read(value)),
        Unknown => Unknown,
    }
}

/// One that fails settles it, whatever is unknown of the others.
fn all(answers: impl Iterator<Item = Fact<bool>>) -> Fact<bool> {
    let mut result = Known(true);
    for answer in answers {
        match answer {
            Known(false) => return Known(false),
            Known(true) => {}
            Unknown => result = Unknown,
        }
    }
    result
}
