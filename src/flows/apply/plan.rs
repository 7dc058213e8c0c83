//! What is to be done, as a pure function of what is stored and what is asked for.

use std::collections::BTreeMap;

use super::matching::{MatchError, Matcher, Names, uuid};
use super::policies::{PolicyPlan, StoredPolicies};
use super::rules::Judged;
use super::{Pruning, apps, claims, collaboration, groups, guests, partners, policies, unsolicited};
use crate::base::clock::Timestamp;
use crate::base::random::Random;
use crate::base::sealing::Sealer;
use crate::domain::apps::App;
use crate::domain::collaboration::Collaboration;
use crate::domain::definitions::{Definitions, Fault, Origin};
use crate::domain::guests::GuestId;
use crate::domain::mail::MailDomain;
use crate::domain::partners::Partner;
use crate::domain::store::objects::{Kept, Provenance, WholeGroup, WholeGuest};

/// What is stored, as far as the definitions touch it.
#[derive(Debug, Default, Clone)]
pub struct Stored {
    /// All partners.
    pub partners: Vec<Kept<Partner>>,
    /// All apps.
    pub apps: Vec<Kept<App>>,
    /// All groups.
    pub groups: Vec<Kept<WholeGroup>>,
    /// All guests, or those that the definitions name.
    pub guests: Vec<Kept<WholeGuest>>,
    /// All policies and what only they name.
    pub policies: StoredPolicies,
    /// The settings of collaboration.
    pub collaboration: Option<Kept<Collaboration>>,
}

impl Stored {
    /// Adds a guest that is not there yet.
    pub(super) fn add_guest(&mut self, found: Option<Kept<WholeGuest>>) {
        let Some(kept) = found else { return };
        if !self.guests.iter().any(|known| known.value.guest.id == kept.value.guest.id) {
            self.guests.push(kept);
        }
    }
}

/// What a plan is made with.
pub struct Context<'a> {
    /// The present time.
    pub now: Timestamp,
    /// Chance, for ids and handles of new objects.
    pub random: &'a dyn Random,
    /// Knows whether a stored app secret is the one asked for.
    pub sealer: &'a Sealer,
    /// The organisation's domain, for `#EXT#` names.
    pub organization: &'a MailDomain,
    /// Whether objects without a definition go.
    pub pruning: Pruning,
    /// Faults found before.
    pub found: &'a [Fault],
    /// How many `#EXT#` names of an address (in lower case) have been found taken.
    pub clashes: &'a BTreeMap<String, u32>,
}

/// What becomes of one object.
#[derive(Debug, Clone)]
pub enum Step<T> {
    /// It is added.
    Add(T),
    /// It is changed.
    Change {
        /// As it is to be.
        value: T,
        /// The keys whose values differ.
        fields: Vec<&'static str>,
        /// Stays what it was.
        provenance: Provenance,
    },
    /// It is removed.
    Remove(T),
}

/// All that is to be done.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Partners, in an order in which a domain is given up before it is taken.
    pub partners: Vec<Step<Partner>>,
    /// Apps.
    pub apps: Vec<Step<App>>,
    /// Groups.
    pub groups: Vec<Step<WholeGroup>>,
    /// Guests.
    pub guests: Vec<Step<WholeGuest>>,
    /// Policies and what only they name.
    pub policies: PolicyPlan,
    /// The settings of collaboration.
    pub collaboration: Option<Step<Collaboration>>,
    /// How many objects are as asked for already.
    pub unchanged: usize,
    /// What deserves attention.
    pub warnings: Vec<String>,
}

impl Plan {
    /// Whether there is nothing to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.partners.is_empty()
            && self.apps.is_empty()
            && self.groups.is_empty()
            && self.guests.is_empty()
            && self.policies.is_empty()
            && self.collaboration.is_none()
    }
}

/// What the planning of all kinds shares.
pub(super) struct Draft<'a> {
    pub(super) stored: &'a Stored,
    pub(super) definitions: &'a Definitions,
    pub(super) judged: &'a Judged,
    pub(super) context: &'a Context<'a>,
    pub(super) matcher: Matcher<'a>,
    pub(super) partner_names: Names,
    pub(super) app_names: Names,
    pub(super) guest_names: Names,
    pub(super) group_names: Names,
    /// What partners will hold.
    pub(super) holdings: BTreeMap<uuid::Uuid, partners::Held>,
    pub(super) plan: Plan,
    faults: Vec<Fault>,
}

impl Draft<'_> {
    pub(super) fn fault(&mut self, origin: &Origin, message: String) {
        self.faults.push(Fault { origin: origin.clone(), message });
    }

    /// Notes a name that leads nowhere, unless it may lead to what could not be read.
    pub(super) fn lost(&mut self, origin: &Origin, message: String) {
        if self.context.found.is_empty() {
            self.fault(origin, message);
        }
    }

    pub(super) fn mismatch(&mut self, origin: &Origin, what: impl std::fmt::Display, error: &MatchError) {
        self.fault(origin, format!("{what} {error}"));
    }

    /// Whether a stored object without a definition goes.
    pub(super) fn is_pruned(&self, provenance: Provenance) -> bool {
        self.context.pruning == Pruning::Remove && provenance == Provenance::Applied
    }
}

/// Decides what is to be done.
///
/// # Errors
/// All faults, by file and line, with those found before.
pub fn plan(
    stored: &Stored,
    definitions: &Definitions,
    judged: &Judged,
    context: &Context<'_>,
) -> Result<Plan, Vec<Fault>> {
    let mut draft = Draft {
        stored,
        definitions,
        judged,
        context,
        matcher: Matcher::new(stored, definitions, context),
        partner_names: Names::default(),
        app_names: Names::default(),
        guest_names: Names::default(),
        group_names: Names::default(),
        holdings: BTreeMap::new(),
        plan: Plan { warnings: judged.warnings.clone(), ..Plan::default() },
        faults: context.found.iter().chain(&judged.faults).cloned().collect(),
    };
    partners::plan(&mut draft);
    apps::plan(&mut draft);
    unsolicited::judge(&mut draft);
    guests::plan(&mut draft);
    groups::plan(&mut draft);
    claims::plan(&mut draft);
    policies::plan(&mut draft);
    collaboration::plan(&mut draft);
    if draft.faults.is_empty() {
        return Ok(draft.plan);
    }
    draft.faults.sort();
    draft.faults.dedup();
    Err(draft.faults)
}

/// The stored object with this id.
pub(super) fn by_id<T>(kept: &[Kept<T>], id: uuid::Uuid, bytes: impl Fn(&T) -> &[u8; 16]) -> Option<&Kept<T>> {
    by_uuid(kept, id, |value| uuid(bytes(value)))
}

/// As [`by_id`], for objects that say their id as a UUID.
pub(super) fn by_uuid<T>(kept: &[Kept<T>], id: uuid::Uuid, own: impl Fn(&T) -> uuid::Uuid) -> Option<&Kept<T>> {
    kept.iter().find(|kept| own(&kept.value) == id)
}

/// Adds a step where anything differs, else counts the object as unchanged.
pub(super) fn change<T>(
    steps: &mut Vec<Step<T>>,
    unchanged: &mut usize,
    value: T,
    fields: Vec<&'static str>,
    provenance: Provenance,
) {
    if fields.is_empty() {
        *unchanged += 1;
    } else {
        steps.push(Step::Change { value, fields, provenance });
    }
}

/// Removals, then changes, then additions, so that a name is given up before another takes it.
pub(super) fn in_order<T>(mut removed: Vec<Step<T>>, mut steps: Vec<Step<T>>) -> Vec<Step<T>> {
    steps.sort_by_key(|step| matches!(step, Step::Add(_)));
    removed.append(&mut steps);
    removed
}

/// The names of the keys that differ.
pub(super) fn differing<const N: usize>(rows: [(&'static str, bool); N]) -> Vec<&'static str> {
    rows.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

/// A guest for a message: by address, or else by id.
pub(super) fn guest_label(guest: &WholeGuest) -> String {
    let id: GuestId = guest.guest.id;
    guest.guest.mail.as_ref().map_or_else(|| id.to_string(), |mail| mail.as_str().to_owned())
}

#[cfg(test)]
mod tests;
