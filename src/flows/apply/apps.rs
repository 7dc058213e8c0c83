//! Plans apps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use uuid::Uuid;

use super::matching::{Match, ObjectKind, resolve, uuid};
use super::plan::{Draft, Step, by_id, change, differing, in_order};
use crate::domain::apps::{AllowedPartners, App, AppId, AppProtocol, Confidentiality, LogoutNames, OidcApp, SamlApp};
use crate::domain::claims::names::Protocol;
use crate::domain::claims::set::ClaimSet;
use crate::domain::definitions::{AppDefinition, Located, OidcDefinition, Origin, ProtocolDefinition};
use crate::domain::documents::{AppSource, MetadataSource};
use crate::domain::partners::{Network, PartnerId};
use crate::domain::store::objects::Kept;
use crate::flows::token::{app_secret_mac, has_app_secret_mac};
use crate::keys::certificates::Certificate;

pub(super) fn plan(draft: &mut Draft<'_>) {
    let (stored, definitions, judged) = (draft.stored, draft.definitions, draft.judged);
    let mut defined: BTreeSet<Uuid> = BTreeSet::new();
    let mut steps = Vec::new();
    let mut servers: BTreeMap<String, (&Origin, &str)> = BTreeMap::new();
    let mut names: BTreeMap<PublicName<'_>, (&Origin, &AppDefinition)> = BTreeMap::new();
    for (located, record) in definitions.apps.iter().zip(&judged.saml_apps) {
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
        let kept = by_id(&stored.apps, found.id(), |app| app.id.as_bytes());
        let protocol = match (&definition.protocol, record) {
            (ProtocolDefinition::Oidc(oidc), _) => AppProtocol::Oidc(relying_party(draft, oidc, kept)),
            (ProtocolDefinition::Saml(_), Some(record)) => AppProtocol::Saml(record.clone()),
            // Its faults have been told.
            (ProtocolDefinition::Saml(_), None) => continue,
        };
        let name = match (&definition.protocol, record) {
            (ProtocolDefinition::Oidc(oidc), _) => PublicName::ClientId(&oidc.client_id),
            (ProtocolDefinition::Saml(_), record) => {
                PublicName::EntityId(record.as_ref().map_or("", |record| &record.entity_id))
            }
        };
        if let (PublicName::EntityId(entity_id), Some((_, other))) =
            (name, names.insert(name, (&located.origin, definition)))
        {
            let (slug, other) = (&definition.slug, &other.slug);
            let message = format!("app `{slug}`: the entity ID `{entity_id}` is that of `{other}` too");
            draft.fault(&located.origin, message);
        }
        let partners = allowed(draft, located);
        let app = make(definition, protocol, partners, found, kept);
        for api in app.oidc().map_or(&[][..], |oidc| &oidc.tokens.serves) {
            let other = servers.insert(api.clone(), (&located.origin, definition.slug.as_str()));
            if let Some((_, other)) = other {
                let slug = &definition.slug;
                draft.fault(&located.origin, format!("app `{slug}`: the API `{api}` is that of `{other}` too"));
            }
        }
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
    let mut remaining = Vec::new();
    for kept in stored.apps.iter().filter(|kept| !defined.contains(&uuid(kept.value.id.as_bytes()))) {
        if draft.is_pruned(kept.provenance) {
            removed.push(Step::Remove(kept.value.clone()));
            continue;
        }
        draft.app_names.insert(kept.value.slug.as_str(), uuid(kept.value.id.as_bytes()));
        remaining.push(&kept.value);
        for api in kept.value.oidc().map_or(&[][..], |oidc| &oidc.tokens.serves) {
            if let Some((origin, slug)) = servers.get(api) {
                let known = &kept.value.slug;
                draft.fault(origin, format!("app `{slug}`: the API `{api}` belongs to `{known}`"));
            }
        }
        let name = PublicName::of(&kept.value);
        if let Some((origin, app)) = names.get(&name) {
            let (slug, known) = (&app.slug, &kept.value.slug);
            let what = match name {
                PublicName::ClientId(client_id) => format!("client_id `{client_id}`"),
                PublicName::EntityId(entity_id) => format!("entity ID `{entity_id}`"),
            };
            draft.fault(origin, format!("app `{slug}`: the {what} belongs to `{known}`"));
        }
    }
    apps_are_no_apis(draft, &remaining);
    draft.plan.apps = in_order(removed, steps);
}

/// Holds that no app asks for tokens whose audience is another app, which could take them for tokens of its own.
fn apps_are_no_apis(draft: &mut Draft<'_>, remaining: &[&App]) {
    let definitions = draft.definitions;
    let defined = definitions.apps.iter().filter_map(|located| match &located.value.protocol {
        ProtocolDefinition::Oidc(oidc) => Some((located, oidc)),
        ProtocolDefinition::Saml(_) => None,
    });
    let defined: Vec<_> = defined.collect();
    let kept: Vec<_> = remaining.iter().filter_map(|app| Some((app.slug.as_str(), app.oidc()?))).collect();
    for (located, oidc) in &defined {
        let slug = &located.value.slug;
        let others = defined.iter().map(|(other, oidc)| (other.value.slug.as_str(), &oidc.client_id));
        let others = others.chain(kept.iter().map(|(slug, oidc)| (*slug, &oidc.client_id)));
        for (other, client_id) in others.filter(|(other, _)| *other != slug.as_str()) {
            if oidc.tokens.resources.contains(client_id) {
                let message = format!("app `{slug}`: `resources`, `{client_id}`: is the client_id of `{other}`");
                draft.fault(&located.origin, message);
            }
        }
        for (other, kept) in &kept {
            if kept.tokens.resources.contains(&oidc.client_id) {
                let client_id = &oidc.client_id;
                draft.fault(
                    &located.origin,
                    format!("app `{slug}`: the client_id `{client_id}` is an API of `{other}`"),
                );
            }
        }
    }
}

/// By what an app is known in its protocol; each belongs to one app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum PublicName<'a> {
    ClientId(&'a str),
    EntityId(&'a str),
}

impl<'a> PublicName<'a> {
    fn of(app: &'a App) -> Self {
        match &app.protocol {
            AppProtocol::Oidc(oidc) => Self::ClientId(&oidc.client_id),
            AppProtocol::Saml(saml) => Self::EntityId(&saml.entity_id),
        }
    }
}

/// The partners whose people the app is to take.
fn allowed(draft: &mut Draft<'_>, located: &Located<AppDefinition>) -> AllowedPartners {
    let Some(named) = &located.value.partners else { return AllowedPartners::All };
    let (found, lost) = resolve(&draft.partner_names, named);
    for slug in lost {
        draft.lost(&located.origin, format!("app `{}`: there is no partner `{slug}`", located.value.slug));
    }
    AllowedPartners::Only(found.into_iter().map(PartnerId::from_uuid).collect())
}

fn make(
    definition: &AppDefinition,
    protocol: AppProtocol,
    partners: AllowedPartners,
    found: Match,
    kept: Option<&Kept<App>>,
) -> App {
    let id = AppId::from_uuid(found.id());
    let stored_sector = kept.map(|kept| kept.value.sector.clone());
    App {
        id,
        version: kept.map_or(1, |kept| kept.value.version + 1),
        slug: definition.slug.clone(),
        name: definition.name.clone(),
        switch: definition.switch,
        assignment: definition.assignment,
        partners,
        owners: definition.owners.iter().map(|owner| owner.as_str().to_owned()).collect(),
        sector: definition.sector.clone().or(stored_sector).unwrap_or_else(|| id.to_string()),
        protocol,
        // What is asked for is put in once all names are known.
        claims: kept.map_or_else(|| Arc::new(ClaimSet::none(Protocol::Oidc)), |kept| Arc::clone(&kept.value.claims)),
    }
}

fn relying_party(draft: &Draft<'_>, oidc: &OidcDefinition, kept: Option<&Kept<App>>) -> OidcApp {
    OidcApp {
        client_id: oidc.client_id.clone(),
        confidentiality: confidentiality(draft, oidc, kept),
        redirect_uris: oidc.redirect_uris.clone(),
        application_type: oidc.application_type,
        id_token_algorithm: oidc.id_token_algorithm,
        pkce: oidc.pkce,
        post_logout_redirect_uris: oidc.post_logout_redirect_uris.clone(),
        grants: oidc.grants,
        requests: oidc.requests,
        initiate_login_uri: oidc.initiate_login_uri.clone(),
        tokens: oidc.tokens.clone(),
        backchannel_logout: oidc.backchannel_logout.clone(),
    }
}

/// The kept HMAC stays as it is while it is that of the secret asked for, also where a root secret
/// has taken the place of the one that made it.
fn confidentiality(draft: &Draft<'_>, oidc: &OidcDefinition, kept: Option<&Kept<App>>) -> Confidentiality {
    let known = kept.and_then(|kept| kept.value.oidc()).map(|kept| &kept.confidentiality);
    if let Some(keys) = &oidc.keys {
        // What was fetched from the same address stays until it is fetched again.
        return match known {
            Some(Confidentiality::Keys(kept)) if keys.source().is_some() && kept.source() == keys.source() => {
                Confidentiality::Keys(kept.clone())
            }
            _ => Confidentiality::Keys(keys.clone()),
        };
    }
    let Some(secret) = &oidc.client_secret else { return Confidentiality::Public };
    let sealer = draft.context.sealer;
    match known {
        Some(Confidentiality::Secret { mac }) if has_app_secret_mac(sealer, &oidc.client_id, secret, mac) => {
            Confidentiality::Secret { mac: mac.clone() }
        }
        _ => Confidentiality::Secret { mac: app_secret_mac(sealer, &oidc.client_id, secret).to_vec() },
    }
}

fn differences(stored: &App, wanted: &App) -> Vec<&'static str> {
    let mut fields = differing([
        ("slug", stored.slug != wanted.slug),
        ("name", stored.name != wanted.name),
        ("enabled", stored.switch != wanted.switch),
        ("owners", stored.owners != wanted.owners),
        ("assignment", stored.assignment != wanted.assignment),
        ("partners", stored.partners != wanted.partners),
        ("sector", stored.sector != wanted.sector),
    ]);
    fields.extend(match (&stored.protocol, &wanted.protocol) {
        (AppProtocol::Oidc(old), AppProtocol::Oidc(new)) => of_oidc(old, new),
        (AppProtocol::Saml(old), AppProtocol::Saml(new)) => of_saml(old, new),
        _ => vec!["protocol"],
    });
    fields
}

fn of_oidc(old: &OidcApp, new: &OidcApp) -> Vec<&'static str> {
    let is_public = |app: &OidcApp| app.confidentiality == Confidentiality::Public;
    let has_secret = |app: &OidcApp| matches!(app.confidentiality, Confidentiality::Secret { .. });
    let has_keys = |app: &OidcApp| matches!(app.confidentiality, Confidentiality::Keys(_));
    let source = |app: &OidcApp| match &app.confidentiality {
        Confidentiality::Keys(keys) => keys.source().cloned(),
        Confidentiality::Secret { .. } | Confidentiality::Public => None,
    };
    differing([
        ("client_id", old.client_id != new.client_id),
        ("public", is_public(old) != is_public(new)),
        ("client_secret", old.confidentiality != new.confidentiality && has_secret(new)),
        ("jwks", old.confidentiality != new.confidentiality && has_keys(new) && source(new).is_none()),
        ("jwks_uri", source(old).map(|from| from.url) != source(new).map(|from| from.url)),
        ("dangerous_allow_private_jwks", source(old).map(|from| from.network) != source(new).map(|from| from.network)),
        ("redirect_uris", old.redirect_uris != new.redirect_uris),
        ("application_type", old.application_type != new.application_type),
        ("id_token_signed_response_alg", old.id_token_algorithm != new.id_token_algorithm),
        ("require_pkce", old.pkce != new.pkce),
        ("post_logout_redirect_uris", old.post_logout_redirect_uris != new.post_logout_redirect_uris),
        ("grant_types", old.grants != new.grants),
        ("require_pushed_authorization_requests", old.requests != new.requests),
        ("initiate_login_uri", old.initiate_login_uri != new.initiate_login_uri),
        ("dpop_bound_access_tokens", old.tokens.binding != new.tokens.binding),
        ("profile", old.tokens.profile != new.tokens.profile),
        ("resources", old.tokens.resources != new.tokens.resources),
        ("access_token_format", old.tokens.form != new.tokens.form),
        ("serves_resources", old.tokens.serves != new.tokens.serves),
        ("permissions", old.tokens.permissions != new.tokens.permissions),
        ("delegated_permissions", old.tokens.delegated != new.tokens.delegated),
        ("backchannel_logout_uri", logout_uri(old) != logout_uri(new)),
        ("backchannel_logout_session_required", needs_session(old) != needs_session(new)),
        ("dangerous_allow_private", may_be_private(old) != may_be_private(new)),
    ])
}

fn logout_uri(app: &OidcApp) -> Option<&str> {
    app.backchannel_logout.as_ref().map(|logout| logout.uri.as_str())
}

fn needs_session(app: &OidcApp) -> bool {
    app.backchannel_logout.as_ref().is_some_and(|logout| logout.names == LogoutNames::SessionRequired)
}

fn may_be_private(app: &OidcApp) -> bool {
    app.backchannel_logout.as_ref().is_some_and(|logout| logout.network == Network::DangerousPrivate)
}

fn of_saml(old: &SamlApp, new: &SamlApp) -> Vec<&'static str> {
    let (old_source, new_source) = (old.source.as_ref(), new.source.as_ref());
    // What the object file asks for beside a document counts when the next one is read.
    let both = old_source.zip(new_source);
    let metadata = |source: Option<&AppSource>| source.map(|source| source.metadata.clone());
    let (was_at, is_at) = (metadata(old_source), metadata(new_source));
    let differs =
        |of: fn(&MetadataSource) -> Option<String>| was_at.as_ref().and_then(of) != is_at.as_ref().and_then(of);
    differing([
        ("entity_id", old.entity_id != new.entity_id),
        ("acs", old.acs != new.acs),
        ("certificate", old.certificates != new.certificates),
        (
            "require_signed_requests",
            old.requests != new.requests || both.is_some_and(|(old, new)| old.requests != new.requests),
        ),
        ("signed", old.answers != new.answers || both.is_some_and(|(old, new)| old.answers != new.answers)),
        (
            "encryption",
            old.encryption != new.encryption || both.is_some_and(|(old, new)| old.encryption != new.encryption),
        ),
        ("idp_initiated", old.idp_initiated != new.idp_initiated),
        ("metadata", old.metadata != new.metadata || old.valid_until != new.valid_until),
        ("metadata_url", differs(|source| Some(source.url.clone()))),
        ("metadata_certificate", differs(|source| source.certificate.as_ref().map(Certificate::fingerprint))),
        ("dangerous_allow_private", differs(|source| (source.network == Network::DangerousPrivate).then(String::new))),
    ])
}

fn warn_of_sector(draft: &mut Draft<'_>, stored: &App, wanted: &App) {
    if stored.sector != wanted.sector {
        let message = format!("app `{}`: its sector changes, and with it every `sub` that it knows", wanted.slug);
        draft.plan.warnings.push(message);
    }
}
