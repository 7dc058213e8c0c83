//! Plans partners.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::matching::{Match, ObjectKind, uuid};
use super::partner_addresses;
use super::plan::{Draft, Step, by_id, change, differing};
use super::rules::JudgedTrust;
use crate::base::random::new_handle;
use crate::base::sealing::{Purpose, SealError};
use crate::base::secret::{SecretText, same_bytes};
use crate::domain::definitions::{CredentialDefinition, Located, Origin, PartnerDefinition};
use crate::domain::documents::ProviderDocuments;
use crate::domain::holders::DomainPattern;
use crate::domain::mail::MailAddress;
use crate::domain::names::Slug;
use crate::domain::partners::{
    AttributeNames, Credential, MAILED_CODE_PARTNER, MAILED_CODE_SLUG, Network, OidcTerms, OidcTrust, Partner,
    PartnerId, PartnerKind, SamlTrust, Trust, secret_place,
};
use crate::domain::store::objects::Kept;
use crate::keys::certificates::Certificate;

pub(super) fn plan(draft: &mut Draft<'_>) {
    let (stored, definitions, judged) = (draft.stored, draft.definitions, draft.judged);
    let mut defined: BTreeSet<Uuid> = BTreeSet::new();
    let mut steps = Vec::new();
    let mut wanted: Vec<(Origin, Partner)> = Vec::new();
    for (located, trust) in definitions.partners.iter().zip(&judged.trusts) {
        let definition = &located.value;
        if is_built_in(definition) {
            draft.fault(&located.origin, format!("partner `{}`: {BUILT_IN}", definition.slug));
            continue;
        }
        let named = stored.partners.iter().find(|kept| kept.value.slug == definition.slug);
        let named = named.map(|kept| uuid(kept.value.id.as_bytes()));
        let found = match draft.matcher.find(ObjectKind::Partner, definition.id, named) {
            Ok(found) => found,
            Err(error) => {
                defined.extend(named);
                // The name is known all the same, so that who refers to it is not faulted too.
                if let Some(id) = named.or(definition.id) {
                    draft.partner_names.insert(definition.slug.as_str(), id);
                }
                draft.mismatch(&located.origin, format_args!("partner `{}`", definition.slug), &error);
                continue;
            }
        };
        defined.insert(found.id());
        draft.partner_names.insert(definition.slug.as_str(), found.id());
        let Some(trust) = trust else { continue };
        let kept = by_id(&stored.partners, found.id(), |partner| partner.id.as_bytes());
        let Ok(partner) = make(draft, definition, trust, found, kept) else {
            draft.fault(&located.origin, format!("partner `{}`: its secret cannot be sealed", definition.slug));
            continue;
        };
        wanted.push((origin_of(located), partner.clone()));
        warn_of_letters(draft, &partner);
        match kept {
            None => steps.push(Step::Add(partner)),
            Some(kept) => {
                let fields = differences(&kept.value, &partner);
                warn_of_entity(draft, &kept.value, &partner);
                warn_of_kind(draft, &kept.value, &partner);
                change(&mut steps, &mut draft.plan.unchanged, partner, fields, kept.provenance);
            }
        }
    }
    let mut removed = Vec::new();
    for kept in stored.partners.iter().filter(|kept| !defined.contains(&uuid(kept.value.id.as_bytes()))) {
        if draft.is_pruned(kept.provenance) {
            removed.push(Step::Remove(kept.value.clone()));
        } else {
            draft.partner_names.insert(kept.value.slug.as_str(), uuid(kept.value.id.as_bytes()));
            judge_against(draft, &wanted, kept);
        }
    }
    judge_entities(draft, &wanted);
    let steps = order(draft, steps, &wanted);
    draft.plan.partners = removed.into_iter().chain(steps).collect();
    // Guests are judged by the domains that their partners will have.
    draft.holdings = holdings(stored.partners.iter(), &draft.plan.partners);
    partner_addresses::warn(draft, |id| defined.contains(&id));
}

/// What is said of a definition that means the built-in partner.
const BUILT_IN: &str = "is the one of people who sign in by a code that is mailed to them; it is built in, and nothing of \
                        it can be set here: leave it out, and use `entente partner enable mail` or `disable mail`";

fn is_built_in(definition: &PartnerDefinition) -> bool {
    definition.slug.as_str() == MAILED_CODE_SLUG
        || definition.id.is_some_and(|id| PartnerId::from_uuid(id) == MAILED_CODE_PARTNER)
}

fn origin_of(located: &Located<PartnerDefinition>) -> Origin {
    located.value.trust.origin().clone()
}

fn make(
    draft: &Draft<'_>,
    definition: &PartnerDefinition,
    trust: &JudgedTrust,
    found: Match,
    kept: Option<&Kept<Partner>>,
) -> Result<Partner, SealError> {
    let id = PartnerId::from_uuid(found.id());
    Ok(Partner {
        id,
        version: kept.map_or(1, |kept| kept.value.version + 1),
        slug: definition.slug.clone(),
        name: definition.name.clone(),
        kind: definition.kind,
        handle: kept.map_or_else(|| new_handle(draft.context.random), |kept| kept.value.handle.clone()),
        domains: definition.domains.clone(),
        shared_domains: definition.shared_domains.clone(),
        addresses: definition.addresses.clone(),
        // Recorded beside it.
        dns_proven: kept.map(|kept| kept.value.dns_proven.clone()).unwrap_or_default(),
        admission: definition.admission,
        switch: definition.switch,
        clock_skew: definition.clock_skew,
        mail_authority: definition.mail_authority,
        language: definition.language.clone(),
        attributes: definition.attributes.clone(),
        assurance: definition.assurance.clone(),
        trust: match trust {
            JudgedTrust::Oidc(terms, credential) => Trust::Oidc(OidcTrust {
                terms: terms.clone(),
                credential: sealed(draft, credential, id, kept)?,
                documents: kept_documents(terms, kept),
            }),
            JudgedTrust::Saml(saml) => Trust::Saml(saml.clone()),
        },
    })
}

/// What the provider published stays while it is the same provider.
fn kept_documents(terms: &OidcTerms, kept: Option<&Kept<Partner>>) -> Option<ProviderDocuments> {
    match kept.map(|kept| &kept.value.trust) {
        Some(Trust::Oidc(known)) if known.terms.issuer == terms.issuer => known.documents.clone(),
        _ => None,
    }
}

/// The sealed secret stays as it is while it holds the one that is asked for.
fn sealed(
    draft: &Draft<'_>,
    credential: &CredentialDefinition,
    id: PartnerId,
    kept: Option<&Kept<Partner>>,
) -> Result<Credential, SealError> {
    let known = match kept.map(|kept| &kept.value.trust) {
        Some(Trust::Oidc(OidcTrust {
            credential: Credential::SecretBasic(sealed) | Credential::SecretPost(sealed),
            ..
        })) => Some(sealed),
        _ => None,
    };
    let (sealer, place) = (draft.context.sealer, secret_place(id));
    let seal = |secret: &SecretText| {
        let holds = |sealed: &&Vec<u8>| {
            let opened = sealer.open(Purpose::DatabaseSecret, &place, sealed);
            opened.is_ok_and(|opened| same_bytes(&opened, secret.expose().as_bytes()))
        };
        match known.filter(holds) {
            Some(sealed) => Ok(sealed.clone()),
            None => sealer.seal(draft.context.random, Purpose::DatabaseSecret, &place, secret.expose().as_bytes()),
        }
    };
    Ok(match credential {
        CredentialDefinition::SecretBasic(secret) => Credential::SecretBasic(seal(secret)?),
        CredentialDefinition::SecretPost(secret) => Credential::SecretPost(seal(secret)?),
        CredentialDefinition::PrivateKeyJwt => Credential::PrivateKeyJwt,
    })
}

fn without_rules(partner: &Partner) -> AttributeNames {
    AttributeNames { rules: None, ..partner.attributes.clone() }
}

fn differences(stored: &Partner, wanted: &Partner) -> Vec<&'static str> {
    let sorted = |domains: &[DomainPattern]| domains.iter().cloned().collect::<BTreeSet<DomainPattern>>();
    let keys = |partner: &Partner| partner.addresses.iter().map(|mail| mail.key().to_owned()).collect::<BTreeSet<_>>();
    let mut fields = differing([
        ("slug", stored.slug != wanted.slug),
        ("name", stored.name != wanted.name),
        ("kind", stored.kind != wanted.kind),
        ("domains", sorted(&stored.domains) != sorted(&wanted.domains)),
        ("shared_domains", sorted(&stored.shared_domains) != sorted(&wanted.shared_domains)),
        ("addresses", keys(stored) != keys(wanted)),
        ("admission", stored.admission != wanted.admission),
        ("enabled", stored.switch != wanted.switch),
        ("clock_skew", stored.clock_skew != wanted.clock_skew),
        ("mail_authority", stored.mail_authority != wanted.mail_authority),
        ("language", stored.language != wanted.language),
        ("attributes", without_rules(stored) != without_rules(wanted)),
        ("claims", stored.attributes.rules != wanted.attributes.rules),
        ("assurance", stored.assurance != wanted.assurance),
    ]);
    fields.extend(differences_of_trust(&stored.trust, &wanted.trust));
    fields
}

fn differences_of_trust(stored: &Trust, wanted: &Trust) -> Vec<&'static str> {
    match (stored, wanted) {
        (Trust::Saml(old), Trust::Saml(new)) => differences_of_saml(old, new),
        (Trust::Oidc(old), Trust::Oidc(new)) => differences_of_oidc(old, new),
        _ => vec!["protocol"],
    }
}

fn differences_of_oidc(old: &OidcTrust, new: &OidcTrust) -> Vec<&'static str> {
    let kind = std::mem::discriminant::<Credential>;
    differing([
        ("issuer", old.terms.issuer != new.terms.issuer),
        ("client_id", old.terms.client_id != new.terms.client_id),
        ("token_endpoint_auth_method", kind(&old.credential) != kind(&new.credential)),
        ("client_secret", kind(&old.credential) == kind(&new.credential) && old.credential != new.credential),
        ("id_token_signed_response_alg", old.terms.algorithm != new.terms.algorithm),
        ("scopes", old.terms.scopes != new.terms.scopes),
        ("acr_values", old.terms.acr_values != new.terms.acr_values),
        ("passive", old.terms.passive != new.terms.passive),
        ("refresh", old.terms.asked_again.is_some() != new.terms.asked_again.is_some()),
        ("refresh_grace", old.terms.asked_again.zip(new.terms.asked_again).is_some_and(|(old, new)| old != new)),
        ("dangerous_allow_private", old.terms.network != new.terms.network),
    ])
}

fn differences_of_saml(old: &SamlTrust, new: &SamlTrust) -> Vec<&'static str> {
    differing([
        ("metadata", differs_in_metadata(old, new)),
        ("metadata_url", url(old) != url(new)),
        ("metadata_certificate", pinned(old) != pinned(new)),
        ("dangerous_allow_private", network(old) != network(new)),
        ("subject", old.subject != new.subject),
        ("name_id_format", old.request.name_id_format != new.request.name_id_format),
        ("requested_authn_context", old.request.requested_classes != new.request.requested_classes),
        ("passive", old.request.passive != new.request.passive),
        ("encryption", old.request.encryption != new.request.encryption),
        ("scoping", old.request.scoping != new.request.scoping),
        ("unsolicited", old.request.unsolicited != new.request.unsolicited),
    ])
}

fn url(trust: &SamlTrust) -> Option<&str> {
    trust.source.as_ref().map(|source| source.url.as_str())
}

fn pinned(trust: &SamlTrust) -> Option<&Certificate> {
    trust.source.as_ref().and_then(|source| source.certificate.as_ref())
}

fn network(trust: &SamlTrust) -> Network {
    trust.source.as_ref().map_or(Network::Public, |source| source.network)
}

/// The document, or what this version of the gateway reads out of it.
fn differs_in_metadata(old: &SamlTrust, new: &SamlTrust) -> bool {
    old.metadata != new.metadata
        || old.entity_id != new.entity_id
        || old.sso_redirect_url != new.sso_redirect_url
        || old.certificates != new.certificates
        || old.valid_until != new.valid_until
}

fn entity(partner: &Partner) -> &str {
    partner.trust.issuer()
}

/// What the name is called under which a partner vouches.
const fn name_kind(partner: &Partner) -> &'static str {
    match partner.trust {
        Trust::Saml(_) => "entity ID",
        Trust::Oidc(_) | Trust::MailedCode => "issuer",
    }
}

fn warn_of_entity(draft: &mut Draft<'_>, stored: &Partner, wanted: &Partner) {
    if entity(stored) != entity(wanted) {
        draft.plan.warnings.push(format!(
            "partner `{}`: its {} changes from `{}` to `{}`; accounts that are bound already are not found by it",
            wanted.slug,
            name_kind(wanted),
            entity(stored),
            entity(wanted)
        ));
    }
}

fn warn_of_kind(draft: &mut Draft<'_>, stored: &Partner, wanted: &Partner) {
    if stored.kind != wanted.kind {
        draft.plan.warnings.push(format!(
            "partner `{}`: its `kind` changes; accounts that are bound already stay guests or members as they are",
            wanted.slug
        ));
    }
}

/// A domain or entity ID that belongs to a stored partner which stays as it is.
fn judge_against(draft: &mut Draft<'_>, wanted: &[(Origin, Partner)], kept: &Kept<Partner>) {
    for (origin, partner) in wanted {
        for domain in partner.domains.iter().filter(|domain| kept.value.domains.contains(domain)) {
            let message = format!("partner `{}`: the domain `{domain}` belongs to `{}`", partner.slug, kept.value.slug);
            draft.fault(origin, message);
        }
        judge_shared(draft, origin, partner, &kept.value);
        judge_shared_back(draft, origin, partner, &kept.value);
        if partner.kind == PartnerKind::Home && kept.value.kind == PartnerKind::Home {
            let message = format!("partner `{}`: the home organisation is `{}`", partner.slug, kept.value.slug);
            draft.fault(origin, message);
        }
        if entity(partner) == entity(&kept.value) {
            let (slug, known) = (&partner.slug, &kept.value.slug);
            draft.fault(
                origin,
                format!("partner `{slug}`: the {} `{}` belongs to `{known}`", name_kind(partner), entity(partner)),
            );
        }
    }
}

/// A domain that `partner` has alone and `other` shares, or an address that both name.
fn judge_shared(draft: &mut Draft<'_>, origin: &Origin, partner: &Partner, other: &Partner) {
    let (slug, known) = (&partner.slug, &other.slug);
    for domain in partner.domains.iter().filter(|domain| other.shared_domains.contains(domain)) {
        let message = format!(
            "partner `{slug}`: the domain `{domain}` is one that `{known}` shares; name it in `shared_domains` here too, \
             or take it away there"
        );
        draft.fault(origin, message);
    }
    for mail in partner.addresses.iter().filter(|mail| other.addresses.contains(mail)) {
        draft.fault(origin, format!("partner `{slug}`: the address `{mail}` belongs to `{known}`"));
    }
}

/// A domain that `partner` shares and `other` has alone.
fn judge_shared_back(draft: &mut Draft<'_>, origin: &Origin, partner: &Partner, other: &Partner) {
    for domain in partner.shared_domains.iter().filter(|domain| other.domains.contains(domain)) {
        let message = format!(
            "partner `{}`: the domain `{domain}` belongs to `{}`, which must name it in `shared_domains` to share it",
            partner.slug, other.slug
        );
        draft.fault(origin, message);
    }
}

/// How a domain in other letters reads, so that nobody takes it for another.
fn warn_of_letters(draft: &mut Draft<'_>, partner: &Partner) {
    for domain in partner.domains.iter().chain(&partner.shared_domains) {
        if let Some(letters) = domain.in_letters() {
            draft.plan.warnings.push(format!(
                "partner `{}`: the domain `{domain}` reads `{letters}`, in which letters may look like others; compare it with what the \
                 partner calls itself",
                partner.slug
            ));
        }
    }
}

fn both_home(one: &Partner, other: &Partner) -> bool {
    one.kind == PartnerKind::Home && other.kind == PartnerKind::Home
}

/// An entity ID that two definitions share, or a second home organisation.
fn judge_entities(draft: &mut Draft<'_>, wanted: &[(Origin, Partner)]) {
    let mut homes = wanted.iter().filter(|(_, partner)| partner.kind == PartnerKind::Home);
    if let Some((_, first)) = homes.next() {
        for (origin, partner) in homes {
            let message = format!("partner `{}`: the home organisation is `{}`", partner.slug, first.slug);
            draft.fault(origin, message);
        }
    }
    for (origin, partner) in wanted {
        for (_, other) in wanted.iter().filter(|(_, other)| other.id != partner.id) {
            judge_shared(draft, origin, partner, other);
        }
    }
    let mut seen: BTreeMap<&str, &Partner> = BTreeMap::new();
    for (origin, partner) in wanted {
        if let Some(first) = seen.insert(entity(partner), partner) {
            let (slug, other) = (&partner.slug, &first.slug);
            let message =
                format!("partner `{slug}`: the {} `{}` is that of `{other}` too", name_kind(partner), entity(partner));
            draft.fault(origin, message);
        }
    }
}

/// Orders the steps so that a slug, domain or entity ID is given up before another partner takes it:
/// they are unique in the store at every moment.
fn order(draft: &mut Draft<'_>, mut rest: Vec<Step<Partner>>, wanted: &[(Origin, Partner)]) -> Vec<Step<Partner>> {
    let stored = &draft.stored.partners;
    let mut ordered = Vec::with_capacity(rest.len());
    let mut waiting: BTreeSet<PartnerId> = rest.iter().map(|step| target(step).id).collect();
    while !rest.is_empty() {
        let is_free = |step: &Step<Partner>| {
            let partner = target(step);
            !stored.iter().map(|kept| &kept.value).any(|holder| {
                let holds = || holder.domains.iter().any(|domain| partner.domains.contains(domain));
                holder.id != partner.id
                    && waiting.contains(&holder.id)
                    && (entity(holder) == entity(partner) || both_home(holder, partner) || holds())
            })
        };
        let Some(next) = rest.iter().position(is_free) else {
            let stuck = target(&rest[0]);
            let origin = wanted.iter().find(|(_, partner)| partner.id == stuck.id).map(|(origin, _)| origin.clone());
            let message = format!(
                "partner `{}`: domains, entity IDs or issuers are exchanged between partners; take them away in one apply and \
                 give them in the next",
                stuck.slug
            );
            if let Some(origin) = origin {
                draft.fault(&origin, message);
            }
            return ordered;
        };
        let step = rest.remove(next);
        waiting.remove(&target(&step).id);
        ordered.push(step);
    }
    ordered
}

const fn target(step: &Step<Partner>) -> &Partner {
    match step {
        Step::Add(partner) | Step::Change { value: partner, .. } | Step::Remove(partner) => partner,
    }
}

/// What every partner will hold once the steps are done.
fn holdings<'a>(stored: impl Iterator<Item = &'a Kept<Partner>>, steps: &[Step<Partner>]) -> BTreeMap<Uuid, Held> {
    let mut all: BTreeMap<Uuid, Held> =
        stored.map(|kept| (uuid(kept.value.id.as_bytes()), Held::of(&kept.value))).collect();
    for step in steps {
        let partner = target(step);
        let id = uuid(partner.id.as_bytes());
        match step {
            Step::Remove(_) => {
                all.remove(&id);
            }
            _ => {
                all.insert(id, Held::of(partner));
            }
        }
    }
    all
}

/// What a partner will hold.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) slug: Slug,
    pub(super) domains: Vec<DomainPattern>,
    pub(super) shared: Vec<DomainPattern>,
    pub(super) addresses: Vec<MailAddress>,
}

impl Held {
    fn of(partner: &Partner) -> Self {
        Self {
            slug: partner.slug.clone(),
            domains: partner.domains.clone(),
            shared: partner.shared_domains.clone(),
            addresses: partner.addresses.clone(),
        }
    }

    /// Whether it covers an address.
    pub(super) fn covers(&self, mail: &MailAddress) -> bool {
        self.domains.iter().chain(&self.shared).any(|domain| domain.covers(mail.domain()))
    }
}
