//! Plans groups.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::matching::{ObjectKind, resolve, uuid};
use super::plan::{Draft, Step, by_id, change, differing, in_order};
use crate::domain::apps::AppId;
use crate::domain::definitions::{GroupDefinition, GuestReference, Located};
use crate::domain::groups::{Group, GroupId};
use crate::domain::guests::GuestId;
use crate::domain::store::objects::WholeGroup;

pub(super) fn plan(draft: &mut Draft<'_>) {
    let (stored, definitions) = (draft.stored, draft.definitions);
    let mut defined: BTreeSet<Uuid> = BTreeSet::new();
    let mut steps = Vec::new();
    for located in &definitions.groups {
        let definition = &located.value;
        let named = stored.groups.iter().find(|kept| kept.value.group.slug == definition.slug);
        let named = named.map(|kept| uuid(kept.value.group.id.as_bytes()));
        let found = match draft.matcher.find(ObjectKind::Group, definition.id, named) {
            Ok(found) => found,
            Err(error) => {
                defined.extend(named);
                // The name is known all the same, so that who refers to it is not faulted too.
                if let Some(id) = named.or(definition.id) {
                    draft.group_names.insert(definition.slug.as_str(), id);
                }
                draft.mismatch(&located.origin, format_args!("group `{}`", definition.slug), &error);
                continue;
            }
        };
        defined.insert(found.id());
        draft.group_names.insert(definition.slug.as_str(), found.id());
        let group =
            Group { id: GroupId::from_uuid(found.id()), slug: definition.slug.clone(), name: definition.name.clone() };
        let kept = by_id(&stored.groups, found.id(), |group| group.group.id.as_bytes());
        let owners = match &definition.owners {
            Some(owners) => guests(draft, located, owners),
            None => kept.map(|kept| kept.value.owners.clone()).unwrap_or_default(),
        };
        let members = guests(draft, located, &definition.members);
        let wanted = WholeGroup { group, members, owners, apps: apps(draft, located) };
        match kept {
            None => steps.push(Step::Add(wanted)),
            Some(kept) => {
                let fields = differences(&kept.value, &wanted);
                change(&mut steps, &mut draft.plan.unchanged, wanted, fields, kept.provenance);
            }
        }
    }
    let mut removed = Vec::new();
    for kept in stored.groups.iter().filter(|kept| !defined.contains(&uuid(kept.value.group.id.as_bytes()))) {
        if draft.is_pruned(kept.provenance) {
            removed.push(Step::Remove(kept.value.clone()));
        } else {
            draft.group_names.insert(kept.value.group.slug.as_str(), uuid(kept.value.group.id.as_bytes()));
        }
    }
    draft.plan.groups = in_order(removed, steps);
}

fn guests(draft: &mut Draft<'_>, located: &Located<GroupDefinition>, named: &[GuestReference]) -> Vec<GuestId> {
    let mut found = BTreeSet::new();
    for member in named {
        let (id, name) = match member {
            GuestReference::Mail(mail) => (draft.guest_names.find(mail.key()), mail.as_str().to_owned()),
            GuestReference::Id(id) => (draft.guest_names.find(&id.to_string()), id.to_string()),
        };
        match id {
            Some(id) => {
                found.insert(GuestId::from_uuid(id));
            }
            None => {
                let message = format!("group `{}`: there is no guest `{name}`", located.value.slug);
                draft.lost(&located.origin, message);
            }
        }
    }
    found.into_iter().collect()
}

fn apps(draft: &mut Draft<'_>, located: &Located<GroupDefinition>) -> Vec<AppId> {
    let (found, lost) = resolve(&draft.app_names, &located.value.apps);
    for slug in lost {
        draft.lost(&located.origin, format!("group `{}`: there is no app `{slug}`", located.value.slug));
    }
    found.into_iter().map(AppId::from_uuid).collect()
}

fn differences(stored: &WholeGroup, wanted: &WholeGroup) -> Vec<&'static str> {
    let members = |group: &WholeGroup| group.members.iter().copied().collect::<BTreeSet<GuestId>>();
    let owners = |group: &WholeGroup| group.owners.iter().copied().collect::<BTreeSet<GuestId>>();
    let apps = |group: &WholeGroup| group.apps.iter().copied().collect::<BTreeSet<AppId>>();
    differing([
        ("slug", stored.group.slug != wanted.group.slug),
        ("name", stored.group.name != wanted.group.name),
        ("members", members(stored) != members(wanted)),
        ("owners", owners(stored) != owners(wanted)),
        ("apps", apps(stored) != apps(wanted)),
    ])
}
