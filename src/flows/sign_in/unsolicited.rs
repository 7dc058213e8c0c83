//! A partner's answer to nothing: a person comes from its portal.
//!
//! Whoever has such an answer could post it with another's browser, so it signs nobody in. It is judged and
//! spent as any other, and then only begins the sign-in that it stands for: the partner is asked by a request
//! of ours, and every gate is that of other sign-ins.
//!
//! # Source
//! SAML Profiles 4.1.5.

use crate::base::clock::Timestamp;
use crate::domain::attempts::AttemptId;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::partners::{Partner, PartnerId, Switch};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::downstream::start::{address, may_begin};
use crate::flows::next::{Next, Visitor};
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;
use crate::upstream::{self, Answers, PostedAnswer};

use super::finish::judge_by_record;
use super::{Halt, Tries, store_refusal};

/// Begins the sign-in to which the partner's record leads an unsolicited answer.
pub(super) async fn arrive(services: &Services, posted: &PostedAnswer, visitor: &Visitor, now: Timestamp) -> Next {
    let mut context = Context::of(visitor, now);
    let partner = match sender(services, posted).await {
        Ok(partner) => partner,
        Err(refusal) => return answer(services, refusal, context).await,
    };
    let attempt = AttemptId::new(now, services.random.as_ref());
    let mut tries = Tries::default();
    let begun = loop {
        match begin(services, posted, partner, attempt, visitor, now).await {
            Err(halt) => match tries.again(services, halt).await {
                Ok(()) => {}
                Err(halt) => break Err(halt.into_refusal()),
            },
            Ok(address) => break Ok(address),
        }
    };
    match begun {
        Ok(address) => Next::redirect(address),
        Err(refusal) => {
            if refusal.is_of_signer() {
                (context.attempt, context.partner) = (Some(attempt), Some(partner));
            }
            answer(services, refusal, context).await
        }
    }
}

/// The partner that says to have sent the answer, where its record lets it.
async fn sender(services: &Services, posted: &PostedAnswer) -> Result<PartnerId, Refusal> {
    let refused = Refusal::new(Code::SamlUnsolicited, "relay_state_not_ours");
    let Some(issuer) = upstream::claimed_issuer(posted) else { return Err(refused) };
    let partner = services.directory.partner_by_issuer(&issuer).await.map_err(|error| store_refusal(&error))?;
    let partner = partner.filter(|partner| upstream::unsolicited_app(partner).is_some());
    partner.map(|partner| partner.id).ok_or(refused)
}

/// Judges and spends the answer, and says where the sign-in begins.
async fn begin(
    services: &Services,
    posted: &PostedAnswer,
    partner: PartnerId,
    attempt: AttemptId,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<String, Halt> {
    let (partner, judged) = judge_by_record(services, posted, partner, Answers::Nothing, now).await?;
    let told = |refusal: Refusal| refusal.with_checks(judged.rows.clone());
    let authentication = judged.outcome.map_err(told)?;
    // Found by its name before the unit begins, and read in it.
    let app = match upstream::unsolicited_app(&partner) {
        Some(slug) => services.directory.app_by_slug(slug.as_str()).await?,
        None => None,
    };
    let mut unit = services.store.unit_of_work().await?;
    let fresh = unit.read_partner(partner.id).await?;
    let fresh = fresh.ok_or(Refusal::new(Code::PartnerDisabled, "partner_removed"))?;
    if fresh.version != partner.version {
        services.directory.forget();
        return Err(StoreError::Raced.into());
    }
    lets(&partner).map_err(told)?;
    let app = app.ok_or(Refusal::new(Code::AppDisabled, "unsolicited_app_unknown"))?;
    if unit.remember_once(&authentication.once).await? == Once::Again {
        return Err(told(Refusal::new(Code::SamlResponseReplayed, "assertion_replayed")).into());
    }
    let app = unit.read_app(app.id).await?.ok_or(Refusal::new(Code::AppDisabled, "app_removed"))?;
    if !app.switch.is_on() {
        return Err(told(Refusal::new(Code::AppDisabled, "app_disabled")).into());
    }
    if !may_begin(&app) {
        return Err(told(Refusal::new(Code::AppDisabled, "app_must_ask")).into());
    }
    let id = AuditId::new(now, services.random.as_ref());
    let mut entry = AuditEntry::new(id, now, Activity::PartnerInitiated, Actor::Visitor);
    (entry.attempt, entry.partner, entry.app) = (Some(attempt), Some(partner.id), Some(app.id));
    entry.address = visitor.address.map(|address| address.to_string());
    entry.checks.clone_from(&judged.rows);
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    tracing::info!(attempt.id = %attempt, partner.id = %partner.id, app.id = %app.id, "a partner begins a sign-in");
    Ok(address(app.slug.as_str(), partner.slug.as_str(), &services.settings.public_url))
}

/// Holds that the partner is on and its record lets it.
fn lets(partner: &Partner) -> Result<(), Refusal> {
    if !matches!(partner.switch, Switch::Enabled) {
        return Err(Refusal::new(Code::PartnerDisabled, "partner_disabled"));
    }
    match upstream::unsolicited_app(partner) {
        Some(_) => Ok(()),
        None => Err(Refusal::new(Code::SamlUnsolicited, "relay_state_not_ours")),
    }
}
