//! Plans apps.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::matching::{Match, ObjectKind, uuid};
use super::plan::{Draft, Step, by_id, change, differing, in_order};
use crate::domain::apps::{App, AppId, Confidentiality, OidcApp};
use crate::domain::definitions::{AppDefinition, OidcDefinition, Origin};
use crate::domain::store::objects::Kept;
use crate::flows::token::{app_secret_mac, has_app_secret_mac};

pub(super) fn plan(draft: &mut Draft<'_>) {
    let (stored, definitions) = (draft.stored, draft.definitions);
    let mut defined: BTreeSet<Uuid> = BTreeSet::new();
    let mut steps = Vec::new();
    let mut client_ids: BTreeMap<&str, (&Origin, &AppDefinition)> = BTreeMap::new();
    for located in &definitions.apps {
        let definition = &located.value;
        let named = stored.apps.iter().find(|kept| kept.value.slug == definition.slug);
        let named = named.map(|kept| uuid(kept.value.id.as_bytes()));
        let found = match draft.matcher.find(ObjectKind::App, definition.id, named) {
            Ok(found) => found,
            Err(error) => {
                defined.extend(named);
                // The name is known all the same, so that who refers to it is not faulted too.
                if let Some(id) = named.or(definition.id) {
                    draft.app_names.insert(definition.slug.as_str(), id);
                }
                draft.mismatch(&located.origin, format_args!("app `{}`", definition.slug), &error);
                continue;
            }
        };
        defined.insert(found.id());
        draft.app_names.insert(definition.slug.as_str(), found.id());
        client_ids.insert(&definition.oidc.client_id, (&located.origin, definition));
        let kept = by_id(&stored.apps, found.id(), |app| app.id.as_bytes());
        let app = make(draft, definition, found, kept);
        match kept {
            None => steps.push(Step::Add(app)),
            Some(kept) => {
                let fields = differences(&kept.value, &app);
                warn_of_sector(draft, &kept.value, &app);
                change(&mut steps, &mut draft.plan.unchanged, app, fields, kept.provenance);
            }
        }
    }
    let mut removed = Vec::new();
    for kept in stored.apps.iter().filter(|kept| !defined.contains(&uuid(kept.value.id.as_bytes()))) {
        if draft.is_pruned(kept.provenance) {
            removed.push(Step::Remove(kept.value.clone()));
            continue;
        }
        draft.app_names.insert(kept.value.slug.as_str(), uuid(kept.value.id.as_bytes()));
        if let Some((origin, app)) = client_ids.get(kept.value.oidc.client_id.as_str()) {
            let (slug, client_id, known) = (&app.slug, &app.oidc.client_id, &kept.value.slug);
            draft.fault(origin, format!("app `{slug}`: the client_id `{client_id}` belongs to `{known}`"));
        }
    }
    draft.plan.apps = in_order(removed, steps);
}

fn make(draft: &Draft<'_>, definition: &AppDefinition, found: Match, kept: Option<&Kept<App>>) -> App {
    let id = AppId::from_uuid(found.id());
    let stored_sector = kept.map(|kept| kept.value.sector.clone());
    let oidc = &definition.oidc;
    App {
        id,
        version: kept.map_or(1, |kept| kept.value.version + 1),
        slug: definition.slug.clone(),
        name: definition.name.clone(),
        switch: definition.switch,
        assignment: definition.assignment,
        owners: definition.owners.iter().map(|owner| owner.as_str().to_owned()).collect(),
        sector: definition.sector.clone().or(stored_sector).unwrap_or_else(|| id.to_string()),
        oidc: OidcApp {
            client_id: oidc.client_id.clone(),
            confidentiality: confidentiality(draft, oidc, kept),
            redirect_uris: oidc.redirect_uris.clone(),
            application_type: oidc.application_type,
            id_token_algorithm: oidc.id_token_algorithm,
            pkce: oidc.pkce,
            post_logout_redirect_uris: oidc.post_logout_redirect_uris.clone(),
        },
    }
}

/// The kept HMAC stays as it is while it is that of the secret asked for, also where a root secret
/// has taken the place of the one that made it.
fn confidentiality(draft: &Draft<'_>, oidc: &OidcDefinition, kept: Option<&Kept<App>>) -> Confidentiality {
    let Some(secret) = &oidc.client_secret else { return Confidentiality::Public };
    let sealer = draft.context.sealer;
    match kept.map(|kept| &kept.value.oidc.confidentiality) {
        Some(Confidentiality::Secret { mac }) if has_app_secret_mac(sealer, &oidc.client_id, secret, mac) => {
            Confidentiality::Secret { mac: mac.clone() }
        }
        _ => Confidentiality::Secret { mac: app_secret_mac(sealer, &oidc.client_id, secret).to_vec() },
    }
}

fn differences(stored: &App, wanted: &App) -> Vec<&'static str> {
    let (old, new) = (&stored.oidc, &wanted.oidc);
    let is_public = |app: &OidcApp| app.confidentiality == Confidentiality::Public;
    differing([
        ("slug", stored.slug != wanted.slug),
        ("name", stored.name != wanted.name),
        ("enabled", stored.switch != wanted.switch),
        ("owners", stored.owners != wanted.owners),
        ("assignment", stored.assignment != wanted.assignment),
        ("sector", stored.sector != wanted.sector),
        ("client_id", old.client_id != new.client_id),
        ("public", is_public(old) != is_public(new)),
        ("client_secret", old.confidentiality != new.confidentiality && !is_public(new)),
        ("redirect_uris", old.redirect_uris != new.redirect_uris),
        ("application_type", old.application_type != new.application_type),
        ("id_token_signed_response_alg", old.id_token_algorithm != new.id_token_algorithm),
        ("require_pkce", old.pkce != new.pkce),
        ("post_logout_redirect_uris", old.post_logout_redirect_uris != new.post_logout_redirect_uris),
    ])
}

fn warn_of_sector(draft: &mut Draft<'_>, stored: &App, wanted: &App) {
    if stored.sector != wanted.sector {
        let message = format!("app `{}`: its sector changes, and with it every `sub` that it knows", wanted.slug);
        draft.plan.warnings.push(message);
    }
}
