//! Plans policies and what only they name: references are looked up among the objects as they will be,
//! and all policies together, those of no file included, are compiled before anything is written.

mod differences;
mod names;

use std::collections::BTreeSet;

use uuid::Uuid;

use super::matching::{self, ObjectKind};
use super::plan::{Draft, Step, by_uuid, change, in_order};
use crate::domain::apps::AppId;
use crate::domain::definitions::{Located, Origin};
use crate::domain::names::Slug;
use crate::domain::policy::app_groups::AppGroup;
use crate::domain::policy::definitions::{
    AppGroupDefinition, LocationDefinition, PolicyDefinition, StrengthDefinition,
};
use crate::domain::policy::directory::Directory;
use crate::domain::policy::facts::AppGroupId;
use crate::domain::policy::faults::PolicyFault;
use crate::domain::policy::named_locations::{LocationId, NamedLocation};
use crate::domain::policy::object::{Policy, PolicyId};
use crate::domain::policy::resolve::{self, locate};
use crate::domain::policy::set::{PolicySet, PolicyVersion, reaches_everybody};
use crate::domain::policy::strengths::{Strength, StrengthId};
use crate::domain::store::objects::Kept;

/// What is stored of policies.
#[derive(Debug, Default, Clone)]
pub struct StoredPolicies {
    /// Policies.
    pub policies: Vec<Kept<Policy>>,
    /// Named locations.
    pub locations: Vec<Kept<NamedLocation>>,
    /// Authentication strengths.
    pub strengths: Vec<Kept<Strength>>,
    /// Groups of apps.
    pub app_groups: Vec<Kept<AppGroup>>,
}

/// What is to be done to policies.
#[derive(Debug, Clone, Default)]
pub struct PolicyPlan {
    /// Policies.
    pub policies: Vec<Step<Policy>>,
    /// Named locations.
    pub locations: Vec<Step<NamedLocation>>,
    /// Authentication strengths.
    pub strengths: Vec<Step<Strength>>,
    /// Groups of apps.
    pub app_groups: Vec<Step<AppGroup>>,
    /// The version and the text of the set that they will be.
    pub set: Option<(PolicyVersion, String)>,
}

impl PolicyPlan {
    /// Whether there is nothing to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.policies.is_empty() && self.locations.is_empty() && self.strengths.is_empty() && self.app_groups.is_empty()
    }
}

pub(super) fn plan(draft: &mut Draft<'_>) {
    let definitions = &draft.definitions.policies;
    let stored = &draft.stored.policies;
    let mut directory = names::directory(draft);

    let groups = match_all(draft, &definitions.app_groups, &stored.app_groups);
    groups.name(|name, id| directory.app_groups.add(Some(name), id, AppGroupId::from_uuid(id)));
    let wanted = groups.means.iter().map(|(located, id)| app_group(draft, located, *id)).collect();
    let app_groups = settle(draft, wanted, &groups, &stored.app_groups);

    let locations = match_all(draft, &definitions.locations, &stored.locations);
    locations.name(|name, id| directory.locations.add(Some(name), id, LocationId::from_uuid(id)));
    let wanted =
        locations.means.iter().map(|(located, id)| resolve::location(&located.value, LocationId::from_uuid(*id)));
    let locations = settle(draft, wanted.collect(), &locations, &stored.locations);

    let strengths = match_all(draft, &definitions.strengths, &stored.strengths);
    strengths.name(|name, id| directory.strengths.add(Some(name), id, StrengthId::from_uuid(id)));
    let wanted =
        strengths.means.iter().map(|(located, id)| resolve::strength(&located.value, StrengthId::from_uuid(*id)));
    let strengths = settle(draft, wanted.collect(), &strengths, &stored.strengths);

    let policies = match_all(draft, &definitions.policies, &stored.policies);
    let (wanted, faults) = resolved(draft, &policies.means, &directory);
    warn_of_reach(draft, &wanted);
    let policies = settle(draft, wanted, &policies, &stored.policies);

    let set = compile(draft, faults, &policies.whole, &locations.whole, &strengths.whole);
    let (policies, locations) = (policies.steps, locations.steps);
    draft.plan.policies =
        PolicyPlan { policies, locations, strengths: strengths.steps, app_groups: app_groups.steps, set };
}

/// A kind of object that only policies are about.
trait Object: Clone {
    type Definition;
    const KIND: ObjectKind;
    fn uuid(&self) -> Uuid;
    fn slug(&self) -> &Slug;
    /// The name and the given id of a definition.
    fn asked(definition: &Self::Definition) -> (&Slug, Option<Uuid>);
    /// The keys whose values differ.
    fn differences(&self, wanted: &Self) -> Vec<&'static str>;
}

/// What definitions of one kind mean.
struct Matched<'d, D> {
    means: Vec<(&'d Located<D>, Uuid)>,
    /// Stored objects that a definition means, or would.
    defined: BTreeSet<Uuid>,
    /// Where names will lead, those of no definition included.
    names: Vec<(String, Uuid)>,
}

impl<D> Matched<'_, D> {
    fn name(&self, mut add: impl FnMut(&str, Uuid)) {
        self.names.iter().for_each(|(name, id)| add(name, *id));
    }
}

fn match_all<'d, T: Object>(
    draft: &mut Draft<'_>,
    definitions: &'d [Located<T::Definition>],
    stored: &[Kept<T>],
) -> Matched<'d, T::Definition> {
    let mut matched = Matched { means: Vec::new(), defined: BTreeSet::new(), names: Vec::new() };
    let mut seen: BTreeSet<&Slug> = BTreeSet::new();
    for located in definitions {
        let (slug, given) = T::asked(&located.value);
        // A second one of a name has been told where files are read.
        if !seen.insert(slug) {
            draft.lost(&located.origin, format!("{} `{slug}` is there twice", T::KIND));
            continue;
        }
        let named = stored.iter().find(|kept| kept.value.slug() == slug).map(|kept| kept.value.uuid());
        match draft.matcher.find(T::KIND, given, named) {
            Ok(found) => {
                matched.defined.insert(found.id());
                matched.names.push((slug.to_string(), found.id()));
                matched.means.push((located, found.id()));
            }
            Err(error) => {
                matched.defined.extend(named);
                // The name is known all the same, so that who refers to it is not faulted too.
                matched.names.extend(named.or(given).map(|id| (slug.to_string(), id)));
                draft.mismatch(&located.origin, format_args!("{} `{slug}`", T::KIND), &error);
            }
        }
    }
    let stays = stored.iter().filter(|kept| !matched.defined.contains(&kept.value.uuid()));
    let stays = stays.filter(|kept| !draft.is_pruned(kept.provenance));
    let names: Vec<_> = stays.map(|kept| (kept.value.slug().to_string(), kept.value.uuid())).collect();
    matched.names.extend(names);
    matched
}

/// What is to be done to objects of one kind, and all of them as they will be.
struct Settled<T> {
    steps: Vec<Step<T>>,
    whole: Vec<T>,
}

fn settle<T: Object>(
    draft: &mut Draft<'_>,
    wanted: Vec<T>,
    matched: &Matched<'_, T::Definition>,
    stored: &[Kept<T>],
) -> Settled<T> {
    let mut whole = wanted.clone();
    let mut steps = Vec::new();
    for wanted in wanted {
        match by_uuid(stored, wanted.uuid(), T::uuid) {
            None => steps.push(Step::Add(wanted)),
            Some(kept) => {
                let fields = kept.value.differences(&wanted);
                change(&mut steps, &mut draft.plan.unchanged, wanted, fields, kept.provenance);
            }
        }
    }
    let mut removed = Vec::new();
    for kept in stored.iter().filter(|kept| !matched.defined.contains(&kept.value.uuid())) {
        if draft.is_pruned(kept.provenance) {
            removed.push(Step::Remove(kept.value.clone()));
        } else {
            whole.push(kept.value.clone());
        }
    }
    Settled { steps: in_order(removed, steps), whole }
}

fn app_group(draft: &mut Draft<'_>, located: &Located<AppGroupDefinition>, id: Uuid) -> AppGroup {
    let definition = &located.value;
    let (found, lost) = matching::resolve(&draft.app_names, &definition.apps);
    for slug in lost.iter().filter(|slug| !draft.definitions.may_define(slug)) {
        let message = format!("app_group `{}`: there is no app `{slug}`", definition.slug);
        draft.fault(&located.origin, message);
    }
    AppGroup {
        id: AppGroupId::from_uuid(id),
        slug: definition.slug.clone(),
        name: definition.name.clone(),
        apps: found.into_iter().map(AppId::from_uuid).collect(),
    }
}

fn resolved(
    draft: &Draft<'_>,
    means: &[(&Located<PolicyDefinition>, Uuid)],
    directory: &Directory,
) -> (Vec<Policy>, Vec<PolicyFault>) {
    let (mut wanted, mut faults) = (Vec::new(), Vec::new());
    for (located, id) in means {
        match resolve::policy(&located.value, PolicyId::from_uuid(*id), directory) {
            Ok(policy) => wanted.push(policy),
            Err(found) => {
                // A name that stands in the files belongs to an object with faults of its own.
                let explained = |fault: &PolicyFault| {
                    fault.kind.unknown_name().is_some_and(|name| draft.definitions.may_define(name))
                };
                faults.extend(found.into_iter().filter(|fault| !explained(fault)));
            }
        }
    }
    (wanted, faults)
}

fn warn_of_reach(draft: &mut Draft<'_>, policies: &[Policy]) {
    for policy in policies.iter().filter(|policy| reaches_everybody(policy)) {
        let message = format!(
            "policy `{}`: it is enforced for everybody at every app, without exception; a mistake in it shuts all of \
             you out, so exclude an account that can repair it",
            policy.slug
        );
        draft.plan.warnings.push(message);
    }
}

/// Compiles all policies as they will be; faults are told at their lines.
fn compile(
    draft: &mut Draft<'_>,
    mut faults: Vec<PolicyFault>,
    policies: &[Policy],
    locations: &[NamedLocation],
    strengths: &[Strength],
) -> Option<(PolicyVersion, String)> {
    let compiled = PolicySet::compile(policies, locations, strengths);
    let set = match compiled {
        Ok(set) => Some((set.version(), set.canonical().to_owned())),
        Err(found) => {
            faults.extend(found);
            None
        }
    };
    let otherwise = Origin { file: "stored policies".to_owned(), line: 1 };
    for fault in locate(faults, &draft.definitions.policies, &otherwise) {
        draft.fault(&fault.origin, fault.message);
    }
    set
}

macro_rules! object {
    ($object:ty, $definition:ty, $kind:ident, $differences:path) => {
        impl Object for $object {
            type Definition = $definition;
            const KIND: ObjectKind = ObjectKind::$kind;

            fn uuid(&self) -> Uuid {
                Uuid::from_bytes(*self.id.as_bytes())
            }

            fn slug(&self) -> &Slug {
                &self.slug
            }

            fn asked(definition: &$definition) -> (&Slug, Option<Uuid>) {
                (&definition.slug, definition.id)
            }

            fn differences(&self, wanted: &Self) -> Vec<&'static str> {
                $differences(self, wanted)
            }
        }
    };
}

object!(Policy, PolicyDefinition, Policy, differences::of_policies);
object!(NamedLocation, LocationDefinition, NamedLocation, differences::of_locations);
object!(Strength, StrengthDefinition, AuthenticationStrength, differences::of_strengths);
object!(AppGroup, AppGroupDefinition, AppGroup, differences::of_app_groups);
