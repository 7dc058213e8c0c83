//! Plans guests.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::matching::{Match, ObjectKind, resolve, uuid};
use super::plan::{Draft, Step, by_id, change, differing, in_order};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::definitions::{GuestDefinition, Located};
use crate::domain::guests::{
    Binding, Guest, GuestId, MailStanding, NameSource, Standing, UserType, free_external_name,
};
use crate::domain::mail::MailAddress;
use crate::domain::partners::{PartnerId, PartnerKind};
use crate::domain::store::objects::{Kept, WholeGuest};

pub(super) fn plan(draft: &mut Draft<'_>) {
    let (stored, definitions) = (draft.stored, draft.definitions);
    let mut defined: BTreeSet<Uuid> = BTreeSet::new();
    let mut steps = Vec::new();
    for located in &definitions.guests {
        let definition = &located.value;
        let is_there = |kept: &&Kept<WholeGuest>| kept.value.guest.standing != Standing::Deleted;
        let mut there = stored.guests.iter().filter(is_there);
        let named = there.find(|kept| kept.value.guest.mail.as_ref() == Some(&definition.email));
        let named = named.map(|kept| uuid(kept.value.guest.id.as_bytes()));
        let found = match draft.matcher.find(ObjectKind::Guest, definition.id, named) {
            Ok(found) => found,
            Err(error) => {
                defined.extend(named);
                // The name is known all the same, so that who refers to it is not faulted too.
                if let Some(id) = named.or(definition.id) {
                    draft.guest_names.insert(definition.email.key(), id);
                }
                draft.mismatch(&located.origin, format_args!("guest `{}`", definition.email.as_str()), &error);
                continue;
            }
        };
        defined.insert(found.id());
        draft.guest_names.insert(definition.email.key(), found.id());
        let pinned = pinned(draft, located);
        let apps = apps(draft, located);
        match by_id(&stored.guests, found.id(), |guest| guest.guest.id.as_bytes()) {
            None => {
                let roles = definition.roles.unwrap_or_default();
                steps.push(Step::Add(WholeGuest { guest: invited(draft, definition, pinned, found), apps, roles }));
            }
            Some(kept) if kept.value.guest.standing == Standing::Deleted => {
                let message = format!(
                    "guest `{}`: the account of this id was removed: restore it (`entente guest restore`), or leave \
                     the id out",
                    definition.email.as_str()
                );
                draft.fault(&located.origin, message);
            }
            // Whoever has an address that was set here need not be whoever the file means by it.
            Some(kept) if definition.id.is_none() && kept.value.guest.mail_standing == MailStanding::Unproven => {
                let message = format!(
                    "guest `{}`: the address of this account was set and nobody has proven it: name the account by its \
                     id, {}",
                    definition.email.as_str(),
                    kept.value.guest.id
                );
                draft.fault(&located.origin, message);
            }
            Some(kept) => {
                let roles = definition.roles.unwrap_or(kept.value.roles);
                if roles.iter().any(|role| !kept.value.roles.has(role)) {
                    warn_of_binding(draft, &kept.value.guest);
                }
                let guest = WholeGuest { guest: changed(&kept.value.guest, definition, pinned), apps, roles };
                let fields = differences(&kept.value, &guest);
                change(&mut steps, &mut draft.plan.unchanged, guest, fields, kept.provenance);
            }
        }
    }
    let mut removed = Vec::new();
    for kept in stored.guests.iter().filter(|kept| !defined.contains(&uuid(kept.value.guest.id.as_bytes()))) {
        if kept.value.guest.standing == Standing::Deleted {
            draft.guest_names.insert_id(uuid(kept.value.guest.id.as_bytes()));
            continue;
        }
        if draft.is_pruned(kept.provenance) {
            removed.push(Step::Remove(kept.value.clone()));
            continue;
        }
        let guest = &kept.value.guest;
        match guest.proven_mail() {
            Some(mail) => draft.guest_names.insert(mail.key(), uuid(guest.id.as_bytes())),
            None => draft.guest_names.insert_id(uuid(guest.id.as_bytes())),
        }
    }
    draft.plan.guests = in_order(removed, steps);
}

/// Whoever runs the partner that vouches for an administrator can sign in as them.
fn warn_of_binding(draft: &mut Draft<'_>, guest: &Guest) {
    let Binding::Accepted { partner, .. } = &guest.binding else { return };
    let found = draft.stored.partners.iter().map(|kept| &kept.value).find(|known| known.id == *partner);
    if found.is_some_and(|known| known.kind == PartnerKind::Home) {
        return;
    }
    let name = guest.mail.as_ref().map_or(guest.user_principal_name.as_str(), |mail| mail.as_str());
    let partner = found.map_or_else(|| partner.to_string(), |known| known.slug.to_string());
    draft.plan.warnings.push(format!(
        "guest `{name}`: has a role and is signed in to by the partner `{partner}`, which is not the home organisation: \
         whoever runs that partner can sign in as this administrator"
    ));
}

/// The partner that a guest is pinned to. Its mail must lie within that partner's domains, since it
/// could never be bound otherwise.
fn pinned(draft: &mut Draft<'_>, located: &Located<GuestDefinition>) -> Option<PartnerId> {
    let mail = &located.value.email;
    let Some(slug) = &located.value.partner else {
        if !draft.holdings.values().any(|held| held.covers(mail)) {
            let message = format!("guest `{}`: no partner has the domain `{}` yet", mail.as_str(), mail.domain());
            draft.plan.warnings.push(message);
        }
        return None;
    };
    let Some(id) = draft.partner_names.find(slug.as_str()) else {
        draft.lost(&located.origin, format!("guest `{}`: there is no partner `{slug}`", mail.as_str()));
        return None;
    };
    judge_domain(draft, located, slug.as_str(), id, mail);
    Some(PartnerId::from_uuid(id))
}

fn judge_domain(
    draft: &mut Draft<'_>,
    located: &Located<GuestDefinition>,
    slug: &str,
    partner: Uuid,
    mail: &MailAddress,
) {
    // A partner without an entry has a fault of its own.
    if draft.holdings.get(&partner).is_some_and(|held| !held.covers(mail)) {
        let message = format!(
            "guest `{}`: the domain `{}` is none of the partner `{slug}`, which therefore could never prove it",
            mail.as_str(),
            mail.domain()
        );
        draft.fault(&located.origin, message);
    }
}

fn apps(draft: &mut Draft<'_>, located: &Located<GuestDefinition>) -> Vec<AppId> {
    let (found, lost) = resolve(&draft.app_names, &located.value.apps);
    for slug in lost {
        let message = format!("guest `{}`: there is no app `{slug}`", located.value.email.as_str());
        draft.lost(&located.origin, message);
    }
    found.into_iter().map(AppId::from_uuid).collect()
}

fn invited(draft: &Draft<'_>, definition: &GuestDefinition, pinned: Option<PartnerId>, found: Match) -> Guest {
    let context = draft.context;
    let clash = context.clashes.get(definition.email.key()).copied().unwrap_or(0);
    let id = GuestId::from_uuid(found.id());
    Guest {
        id,
        user_principal_name: free_external_name(id, &definition.email, context.organization, clash),
        mail: Some(definition.email.clone()),
        mail_standing: MailStanding::Known,
        display_name: definition.name.clone(),
        name_source: name_source(definition),
        given_name: None,
        family_name: None,
        user_type: UserType::Guest,
        binding: Binding::PendingAcceptance,
        pinned_partner: pinned,
        standing: Standing::Active,
        // A new account has no sessions, and the clock of another node may be a little behind.
        sessions_valid_from: Timestamp::EPOCH,
        created_at: context.now,
    }
}

/// The stored guest with what the definition says; everything else stays, the `#EXT#` name too.
fn changed(stored: &Guest, definition: &GuestDefinition, pinned: Option<PartnerId>) -> Guest {
    let mut guest = stored.clone();
    guest.mail = Some(definition.email.clone());
    guest.pinned_partner = pinned;
    guest.name_source = name_source(definition);
    if definition.name.is_some() {
        guest.display_name.clone_from(&definition.name);
    }
    guest
}

const fn name_source(definition: &GuestDefinition) -> NameSource {
    if definition.name.is_some() { NameSource::Here } else { NameSource::Partner }
}

fn differences(stored: &WholeGuest, wanted: &WholeGuest) -> Vec<&'static str> {
    let (old, new) = (&stored.guest, &wanted.guest);
    let written = |guest: &Guest| guest.mail.as_ref().map(|mail| mail.as_str().to_owned());
    let of_old: BTreeSet<AppId> = stored.apps.iter().copied().collect();
    let of_new: BTreeSet<AppId> = wanted.apps.iter().copied().collect();
    differing([
        ("email", written(old) != written(new)),
        ("partner", old.pinned_partner != new.pinned_partner),
        ("name", old.display_name != new.display_name || old.name_source != new.name_source),
        ("apps", of_old != of_new),
        ("roles", stored.roles != wanted.roles),
    ])
}
