//! Plans what apps are told: their rules are compiled once all groups and partners are known.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::matching::uuid;
use super::plan::{Draft, Step, in_order};
use crate::domain::apps::{AllowedPartners, App, AppProtocol};
use crate::domain::claims::fault::ClaimFault;
use crate::domain::claims::names::Protocol;
use crate::domain::claims::set::{ClaimSet, Names};
use crate::domain::definitions::{Fault, Origin};
use crate::domain::groups::GroupId;
use crate::domain::partners::PartnerId;

/// Where names will lead.
struct Known<'k, 'd>(&'k Draft<'d>);

impl Names for Known<'_, '_> {
    fn group(&self, name: &str) -> Option<GroupId> {
        self.0.group_names.find(name).map(GroupId::from_uuid)
    }

    fn partner(&self, name: &str) -> Option<PartnerId> {
        self.0.partner_names.find(name).map(PartnerId::from_uuid)
    }
}

const fn speaks(app: &App) -> Protocol {
    match app.protocol {
        AppProtocol::Oidc(_) => Protocol::Oidc,
        AppProtocol::Saml(_) => Protocol::Saml,
    }
}

pub(super) fn plan(draft: &mut Draft<'_>) {
    let (stored, definitions) = (draft.stored, draft.definitions);
    for located in &definitions.apps {
        let slug = &located.value.slug;
        let Some(app) = draft.plan.apps.iter().position(|step| is_of(step, slug.as_str())) else {
            settle_unchanged(draft, located.value.slug.as_str(), &located.origin);
            continue;
        };
        let (protocol, kept) = match &draft.plan.apps[app] {
            Step::Add(app) => (speaks(app), None),
            Step::Change { value, .. } => {
                let kept = stored.apps.iter().find(|kept| kept.value.id == value.id);
                (speaks(value), kept.map(|kept| Arc::clone(&kept.value.claims)))
            }
            Step::Remove(_) => continue,
        };
        let Some(set) = compiled(draft, slug.as_str(), protocol, &located.origin) else { continue };
        match &mut draft.plan.apps[app] {
            Step::Add(app) => app.claims = set,
            Step::Change { value, fields, .. } => {
                if kept.as_ref().is_none_or(|kept| kept.terms() != set.terms() || kept.names() != set.names()) {
                    fields.push("claims");
                }
                value.claims = set;
            }
            Step::Remove(_) => {}
        }
    }
    keep_what_is_named(draft);
}

fn is_of(step: &Step<App>, slug: &str) -> bool {
    match step {
        Step::Add(app) | Step::Change { value: app, .. } => app.slug.as_str() == slug,
        Step::Remove(_) => false,
    }
}

/// An app that is as asked for but for its claims, perhaps.
fn settle_unchanged(draft: &mut Draft<'_>, slug: &str, origin: &Origin) {
    let stored = draft.stored;
    let Some(kept) = stored.apps.iter().find(|kept| kept.value.slug.as_str() == slug) else { return };
    let Some(set) = compiled(draft, slug, speaks(&kept.value), origin) else { return };
    if *set == *kept.value.claims {
        return;
    }
    let value = App { version: kept.value.version + 1, claims: set, ..kept.value.clone() };
    let step = Step::Change { value, fields: vec!["claims"], provenance: kept.provenance };
    draft.plan.unchanged = draft.plan.unchanged.saturating_sub(1);
    let mut steps = std::mem::take(&mut draft.plan.apps);
    let firsts = steps.iter().take_while(|step| matches!(step, Step::Remove(_))).count();
    let others = steps.split_off(firsts);
    draft.plan.apps = in_order(steps, others.into_iter().chain([step]).collect());
}

/// The rules of the definition of this name, where they are sound.
fn compiled(draft: &mut Draft<'_>, slug: &str, protocol: Protocol, origin: &Origin) -> Option<Arc<ClaimSet>> {
    let definitions = draft.definitions;
    let definition = definitions.apps.iter().find(|app| app.value.slug.as_str() == slug)?;
    let claims = &definition.value.claims;
    let faults = match ClaimSet::compile(claims.terms.clone(), protocol, &Known(draft)) {
        Ok(set) => return Some(Arc::new(set)),
        Err(faults) => faults,
    };
    for fault in faults {
        let ClaimFault { error, .. } = &fault;
        let Fault { origin, message } = claims.told(&fault, origin);
        let message = format!("app `{slug}`: {message}");
        if error.is_lost_name() { draft.lost(&origin, message) } else { draft.fault(&origin, message) }
    }
    None
}

/// What the claims of an app without a definition name must stay.
fn keep_what_is_named(draft: &mut Draft<'_>) {
    let removed_apps: BTreeSet<_> = draft.plan.apps.iter().filter_map(removed).map(|app| app.id).collect();
    let groups: BTreeSet<_> = draft.plan.groups.iter().filter_map(removed).map(|group| group.group.id).collect();
    let partners: BTreeSet<_> = draft.plan.partners.iter().filter_map(removed).map(|partner| partner.id).collect();
    if groups.is_empty() && partners.is_empty() {
        return;
    }
    let stored = draft.stored;
    let otherwise = Origin { file: "stored apps".to_owned(), line: 1 };
    for app in stored.apps.iter().map(|kept| &kept.value) {
        let is_defined = draft.app_names.find(app.slug.as_str()) == Some(uuid(app.id.as_bytes()))
            && draft.definitions.apps.iter().any(|definition| definition.value.slug == app.slug);
        if removed_apps.contains(&app.id) || is_defined {
            continue;
        }
        let names = app.claims.names();
        let lost_groups = names.groups.iter().filter(|(_, id)| groups.contains(id)).map(|(name, _)| ("group", name));
        let lost_partners =
            names.partners.iter().filter(|(_, id)| partners.contains(id)).map(|(name, _)| ("partner", name));
        for (kind, name) in lost_groups.chain(lost_partners) {
            let message = format!("app `{}`: its claims name the {kind} `{name}`, which would be removed", app.slug);
            draft.fault(&otherwise, message);
        }
        let AllowedPartners::Only(allowed) = &app.partners else { continue };
        for id in allowed.iter().filter(|id| partners.contains(id)) {
            let slug = stored.partners.iter().find(|kept| kept.value.id == *id).map(|kept| &kept.value.slug);
            let slug = slug.map_or_else(|| id.to_string(), ToString::to_string);
            let message = format!("app `{}`: its `partners` name `{slug}`, which would be removed", app.slug);
            draft.fault(&otherwise, message);
        }
    }
}

const fn removed<T>(step: &Step<T>) -> Option<&T> {
    match step {
        Step::Remove(value) => Some(value),
        Step::Add(_) | Step::Change { .. } => None,
    }
}
