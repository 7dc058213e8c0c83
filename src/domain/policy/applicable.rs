//! Which policies apply: every condition of all of them, side by side.

use super::bits;
use super::conditions::expression::vocabulary::{Field, FieldSet};
use super::conditions::locations::Given;
use super::conditions::{
    application_groups, applications, authentication_flows, client_app_types, groups, guest_types, locations,
    platforms, roles, users,
};
use super::facts::{Fact, Facts};
use super::keyed::{Keyed, Marks};
use super::outcomes::{Condition, Outcomes, Why};
use super::set::PolicySet;
use crate::base::clock::Timestamp;

/// Facts that a what-if leaves open. In enforcement there are none: there a fact is known or unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct NotGiven {
    /// The address.
    pub(crate) ip: bool,
    /// The country.
    pub(crate) country: bool,
    /// The flow.
    pub(crate) flow: bool,
}

impl NotGiven {
    fn location(self) -> bool {
        self.ip && self.country
    }

    fn conditions(self) -> u16 {
        let location = u16::from(self.location()) << Condition::Locations as u8;
        location | u16::from(self.flow) << Condition::AuthenticationFlows as u8
    }

    fn fields(self) -> FieldSet {
        let open = [(self.ip, Field::Ip), (self.country, Field::Country), (self.flow, Field::AuthenticationFlow)];
        open.iter().filter(|(is_open, _)| *is_open).fold(FieldSet::EMPTY, |fields, (_, field)| fields.with(*field))
    }
}

/// Leaves in `outcomes.alive` the policies that apply, and notes for each other one by which condition
/// it fell first.
pub(crate) fn find(set: &PolicySet, facts: &Facts<'_>, now: Timestamp, open: NotGiven, outcomes: &mut Outcomes) {
    let index = &set.index;
    outcomes.reset(set, open.conditions());
    mark(outcomes, Condition::Users, |marks| users::mark(&index.users, facts, marks));
    mark(outcomes, Condition::Groups, |marks| groups::mark(&index.groups, facts, marks));
    mark(outcomes, Condition::Roles, |marks| roles::mark(&index.roles, facts, marks));
    mark(outcomes, Condition::GuestTypes, |marks| guest_types::mark(&index.guest_types, facts, marks));
    outcomes.settle(&[Condition::Users, Condition::Groups, Condition::Roles, Condition::GuestTypes]);
    mark(outcomes, Condition::Applications, |marks| applications::mark(&index.applications, facts, marks));
    mark(outcomes, Condition::ApplicationGroups, |marks| {
        application_groups::mark(&index.application_groups, facts, marks);
    });
    outcomes.settle(&[Condition::Applications, Condition::ApplicationGroups]);
    mark(outcomes, Condition::ClientAppTypes, |marks| client_app_types::mark(&index.client_app_types, facts, marks));
    outcomes.settle(&[Condition::ClientAppTypes]);
    mark(outcomes, Condition::Platforms, |marks| platforms::mark(&index.platforms, facts, marks));
    outcomes.settle(&[Condition::Platforms]);
    let given = Given { ip: !open.ip, country: !open.country };
    mark(outcomes, Condition::Locations, |marks| {
        if open.location() {
            mark_unrestricted(&index.locations, marks);
        } else {
            locations::mark(&index.locations, &index.geography, facts, given, marks);
        }
    });
    outcomes.settle(&[Condition::Locations]);
    mark(outcomes, Condition::AuthenticationFlows, |marks| {
        if open.flow {
            mark_unrestricted(&index.authentication_flows, marks);
        } else {
            authentication_flows::mark(&index.authentication_flows, facts, marks);
        }
    });
    outcomes.settle(&[Condition::AuthenticationFlows]);
    evaluate(set, facts, now, open.fields(), outcomes);
}

fn mark(outcomes: &mut Outcomes, condition: Condition, act: impl FnOnce(&mut Marks<'_>)) {
    let (include, exclude) = outcomes.sides_mut(condition);
    act(&mut Marks { include, exclude });
}

/// Where a what-if does not give the fact, only policies apply that do not ask for it.
fn mark_unrestricted<K: std::hash::Hash + Eq + Clone>(index: &Keyed<K>, marks: &mut Marks<'_>) {
    for (word, restricting) in marks.include.iter_mut().zip(index.restricting()) {
        *word |= !restricting;
    }
}

/// Expressions last, and only of policies that everything else lets apply. An unknown answer lets the
/// policy apply.
fn evaluate(set: &PolicySet, facts: &Facts<'_>, now: Timestamp, open: FieldSet, outcomes: &mut Outcomes) {
    for word in 0..outcomes.alive.len() {
        let asked = outcomes.alive[word] & set.with_expression[word];
        for policy in bits::each(&[asked]).map(|bit| word * 64 + bit) {
            let Some(expression) = &set.policies[policy].conditions.expression else { continue };
            let why = match () {
                () if expression.reads_any(open) => Why::NotGiven,
                () if expression.evaluate(facts, now) == Fact::Known(false) => Why::NotIncluded,
                () => continue,
            };
            bits::set(outcomes.fell_mut(Condition::Expression, why), policy);
            outcomes.alive[word] &= !(1 << (policy % 64));
        }
    }
}
