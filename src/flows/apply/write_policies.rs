//! Carries out what a plan does to policies and what only they name.

use uuid::Uuid;

use super::plan::Step;
use super::policies::PolicyPlan;
use super::write::{Author, OBJECT, is_removal};
use crate::domain::names::Slug;
use crate::domain::policy::app_groups::AppGroup;
use crate::domain::policy::named_locations::NamedLocation;
use crate::domain::policy::object::Policy;
use crate::domain::policy::strengths::Strength;
use crate::domain::store::objects::Provenance;
use crate::domain::store::{StoreError, UnitOfWork};

/// Lets go of what policies name that are to change or to go, so that it can go too.
pub(super) async fn release(unit: &mut dyn UnitOfWork, plan: &PolicyPlan) -> Result<(), StoreError> {
    for step in &plan.policies {
        match step {
            Step::Add(_) => {}
            Step::Change { value, .. } | Step::Remove(value) => unit.release_policy(value.id).await?,
        }
    }
    Ok(())
}

/// Writes everything: what goes goes first, policies before what they name; what is new or changed comes
/// the other way round. It is the last of an apply, since who decides takes the revision last too: so
/// neither waits for the other.
pub(super) async fn write(unit: &mut dyn UnitOfWork, plan: &PolicyPlan, author: &Author<'_>) -> Result<(), StoreError> {
    for step in plan.policies.iter().filter(|step| is_removal(step)) {
        policy(unit, step, plan, author).await?;
    }
    for goes in [true, false] {
        for step in plan.app_groups.iter().filter(|step| is_removal(step) == goes) {
            app_group(unit, step, author).await?;
        }
        for step in plan.locations.iter().filter(|step| is_removal(step) == goes) {
            location(unit, step, author).await?;
        }
        for step in plan.strengths.iter().filter(|step| is_removal(step) == goes) {
            strength(unit, step, author).await?;
        }
    }
    for step in plan.policies.iter().filter(|step| !is_removal(step)) {
        policy(unit, step, plan, author).await?;
    }
    match &plan.set {
        Some((version, canonical)) if !plan.is_empty() => unit.remember_policy_set(*version, canonical).await,
        _ => Ok(()),
    }
}

async fn policy(
    unit: &mut dyn UnitOfWork,
    step: &Step<Policy>,
    plan: &PolicyPlan,
    author: &Author<'_>,
) -> Result<(), StoreError> {
    let value = match step {
        Step::Add(value) => {
            unit.upsert_policy(value, Provenance::Applied).await?;
            value
        }
        Step::Change { value, provenance, .. } => {
            unit.upsert_policy(value, *provenance).await?;
            value
        }
        Step::Remove(value) => {
            unit.delete_policy(value.id).await?;
            value
        }
    };
    let mut more = vec![("state", value.state.as_str().to_owned())];
    more.extend(plan.set.as_ref().map(|(version, _)| ("policy_version", version.to_string())));
    audit(unit, step, author, value.id.as_bytes(), ("policy", &value.slug), more).await
}

macro_rules! writes {
    ($act:ident, $object:ty, $kind:literal, $upsert:ident, $delete:ident) => {
        async fn $act(unit: &mut dyn UnitOfWork, step: &Step<$object>, author: &Author<'_>) -> Result<(), StoreError> {
            let value = match step {
                Step::Add(value) => {
                    unit.$upsert(value, Provenance::Applied).await?;
                    value
                }
                Step::Change { value, provenance, .. } => {
                    unit.$upsert(value, *provenance).await?;
                    value
                }
                Step::Remove(value) => {
                    unit.$delete(value.id).await?;
                    value
                }
            };
            audit(unit, step, author, value.id.as_bytes(), ($kind, &value.slug), Vec::new()).await
        }
    };
}

writes!(location, NamedLocation, "named_location", upsert_named_location, delete_named_location);
writes!(strength, Strength, "authentication_strength", upsert_strength, delete_strength);
writes!(app_group, AppGroup, "app_group", upsert_app_group, delete_app_group);

async fn audit<T>(
    unit: &mut dyn UnitOfWork,
    step: &Step<T>,
    author: &Author<'_>,
    id: &[u8; 16],
    (kind, slug): (&str, &Slug),
    more: Vec<(&'static str, String)>,
) -> Result<(), StoreError> {
    let mut entry = author.entry(step, OBJECT);
    entry.target = Some(Uuid::from_bytes(*id));
    entry.details.push(("kind", kind.to_owned()));
    entry.details.push(("slug", slug.to_string()));
    entry.details.extend(more);
    unit.append_audit(&entry).await
}
