//! The partner's answer: opened, judged, and handed on to `prove`. Before its transaction
//! nothing is spent, so a forged or repeated post costs nobody anything.

use std::sync::Arc;

use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::trace::Checked;
use crate::domain::attempts::agreeing::Agreeing;
use crate::domain::attempts::{Asked, AttemptId, Sent, Turn};
use crate::domain::authentication::Authentication;
use crate::domain::claims::mapped;
use crate::domain::guests::NUMBERED_NAMES;
use crate::domain::partners::{Partner, PartnerId};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::FreshProof;
use crate::domain::store::StoreError;
use crate::flows::documents::needed;
use crate::flows::next::{Arrival, Next, View, Visitor};
use crate::flows::refusals::{Context, answer, note_try};
use crate::flows::services::Services;
use crate::upstream::{self, Answers, Asking, BroughtAnswer, Expected, PostedAnswer};

use super::prove::{Answered, Evidence, SignIn};
use super::send::ours;
use super::{Halt, Tries, keep, send, sent_again, store_refusal, unsolicited};

/// Finishes a sign-in with the answer that a SAML partner posts to the ACS (SAML Bindings 3.5).
pub async fn finish(services: &Services, params: &RawParams, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    match upstream::read_posted(params) {
        Ok(posted) => arrive(services, Arrived::Posted(posted), visitor, now).await,
        Err(refusal) => answer(services, refusal, Context::of(visitor, now)).await,
    }
}

/// Finishes a sign-in with what a browser brings to the address of an OIDC partner (OpenID Connect Core
/// 3.1.2.5), which has `handle` in it. It comes by a navigation, so that `SameSite=Lax` cookies come along.
pub async fn finish_brought(services: &Services, handle: &str, params: &RawParams, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let visitor = &Visitor { arrival: Arrival::SameSite, ..visitor.clone() };
    match upstream::read_brought(params) {
        Ok(brought) => arrive(services, Arrived::Brought(brought, handle), visitor, now).await,
        Err(refusal) => answer(services, refusal, Context::of(visitor, now)).await,
    }
}

/// What a browser came with, and at which partner's address.
enum Arrived<'a> {
    /// A whole answer.
    Posted(PostedAnswer),
    /// What an answer is redeemed with.
    Brought(BroughtAnswer, &'a str),
}

impl Arrived<'_> {
    /// The attempt that the browser names; nothing but a hint.
    fn attempt(&self) -> &str {
        let named = match self {
            Self::Posted(posted) => posted.relay_state(),
            Self::Brought(brought, _) => brought.attempt(),
        };
        named.unwrap_or_default()
    }

    /// It names an attempt in which nobody has been asked.
    fn unasked(&self) -> Refusal {
        let code = match self {
            Self::Posted(_) => Code::SamlUnsolicited,
            Self::Brought(..) => Code::OidcUnsolicited,
        };
        Refusal::new(code, "no_request_sent")
    }
}

/// What an OIDC partner answers always names an attempt.
fn unsolicited_state() -> Refusal {
    Refusal::new(Code::OidcUnsolicited, "state_not_ours")
}

/// The one way in for the answers of partners, whatever they speak.
async fn arrive(services: &Services, arrived: Arrived<'_>, visitor: &Visitor, now: Timestamp) -> Next {
    let mut context = Context::of(visitor, now);
    let Ok(id) = AttemptId::parse(arrived.attempt()) else {
        return match &arrived {
            Arrived::Posted(posted) => unsolicited::arrive(services, posted, visitor, now).await,
            Arrived::Brought(..) => answer(services, unsolicited_state(), context).await,
        };
    };
    let asked = match keep::open(services, visitor, id, now).await {
        Ok(asked) => asked,
        Err(refusal) => return without_attempt(services, refusal, id, visitor, context).await,
    };
    context.attempt = Some(id);
    context.request = Some(&asked.request);
    context.asked = Some(&asked);
    let Some(sent) = &asked.sent else {
        return answer(services, arrived.unasked(), context).await;
    };
    context.partner = Some(sent.partner);
    let posted = match arrived {
        Arrived::Posted(posted) => Ok(posted),
        // In a place of its own, so that those who bring a whole answer do not carry it along.
        Arrived::Brought(brought, handle) => Box::pin(redeem(services, handle, &brought, &asked, sent, now)).await,
    };
    let finished = match posted {
        Ok(posted) => finish_asked(services, &posted, &asked, sent, visitor, now).await,
        Err(refusal) => without_classes(services, refusal, &asked, sent, visitor, now).await,
    };
    match finished {
        Ok(next) => next,
        Err(refusal) => answer(services, refusal, context).await,
    }
}

/// Asks the partner's own service what the browser's code is worth. Whatever it says is judged again by the
/// record that the transaction reads.
async fn redeem(
    services: &Services,
    handle: &str,
    brought: &BroughtAnswer,
    asked: &Asked,
    sent: &Sent,
    now: Timestamp,
) -> Result<PostedAnswer, Refusal> {
    let partner = services.directory.partner(sent.partner).await.map_err(|error| store_refusal(&error))?;
    let partner = partner.ok_or(Refusal::new(Code::PartnerDisabled, "partner_removed"))?;
    if !partner.switch.is_on() {
        return Err(Refusal::new(Code::PartnerDisabled, "partner_disabled"));
    }
    let asking = Asking {
        attempt: &asked.id.to_string(),
        request_id: &sent.request_id,
        verifier: &sent.verifier,
        proof: asked.proof,
        handle,
        random: services.random.as_ref(),
        now,
    };
    let partner = needed::with_documents(services, partner, now).await?;
    let mut posted = upstream::redeem(&partner, brought, &asking, &ours(services)).await?;
    let is_unknown = upstream::names_unknown_key(&partner, &posted, &services.providers, now);
    let partner = if is_unknown { needed::with_newer_keys(services, partner, now).await? } else { partner };
    upstream::complete(&partner, &mut posted, &ours(services), now).await?;
    Ok(posted)
}

/// Asks once more without classes, where the partner knows none of those that it was asked for, for the first
/// time in this attempt; else it is what it is.
async fn without_classes(
    services: &Services,
    refusal: Refusal,
    asked: &Asked,
    sent: &Sent,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    if refusal.cause != upstream::NO_AUTHN_CONTEXT || sent.turn != Turn::First {
        return Err(refusal);
    }
    let partner = services.directory.partner(sent.partner).await.map_err(|error| store_refusal(&error))?;
    if sent.strengths.is_empty() && !partner.is_some_and(|partner| upstream::asked_for_classes(&partner)) {
        return Err(refusal);
    }
    send::send_turn(services, asked.clone(), sent.partner, Turn::WithoutClasses, visitor, now).await
}

/// Without its attempt a browser may have reloaded the post after it was signed in. Its session cookie
/// comes along only from our own site, so the post is made again from there before anything is said.
async fn without_attempt(
    services: &Services,
    refusal: Refusal,
    id: AttemptId,
    visitor: &Visitor,
    context: Context<'_>,
) -> Next {
    if visitor.arrival == Arrival::CrossSite && visitor.session.is_none() {
        return Next { view: View::PostAgain, cookies: Vec::new() };
    }
    match sent_again::page(services, visitor, id).await {
        Some(next) => next,
        None => answer(services, refusal, context).await,
    }
}

pub(super) async fn finish_asked(
    services: &Services,
    posted: &PostedAnswer,
    asked: &Asked,
    sent: &Sent,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let answers = Answers::Request(&sent.request_id);
    let (partner, judged) = judge_by_record(services, posted, sent.partner, answers, now).await?;
    let mut rows = judged.rows;
    let authentication = match judged.outcome {
        Ok(authentication) => authentication,
        Err(refusal) => {
            let refusal = refusal.with_checks(rows);
            return without_classes(services, refusal, asked, sent, visitor, now).await;
        }
    };
    rows.extend(mapped(&authentication, &partner));
    let sign_in = SignIn { services, evidence: Evidence::Posted(posted), asked, sent, visitor, now, clash: 0 };
    commit(sign_in, &partner, &authentication, &rows).await
}

/// Finishes a sign-in that waited for the person to agree that an invited account is to be theirs. `handle` is that of
/// the row that held it.
pub(super) async fn finish_agreed(
    services: &Services,
    agreeing: &Agreeing,
    handle: &str,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let Agreeing { asked, authentication, kept } = agreeing;
    let sent = asked.sent.as_ref().ok_or(Refusal::new(Code::Internal, "agreed_without_question"))?;
    let mut unit = services.store.unit_of_work().await.map_err(|error| store_refusal(&error))?;
    let partner = unit.read_partner(authentication.partner).await.map_err(|error| store_refusal(&error))?;
    drop(unit);
    let partner = partner.ok_or(Refusal::new(Code::PartnerDisabled, "partner_removed"))?;
    let evidence = Evidence::Agreed(handle, kept.as_ref());
    let sign_in = SignIn { services, evidence, asked, sent, visitor, now, clash: 0 };
    commit(sign_in, &partner, authentication, &[]).await
}

/// Commits, as often as neighbours are in the way.
async fn commit(
    sign_in: SignIn<'_>,
    partner: &Partner,
    authentication: &Authentication,
    rows: &[Checked],
) -> Result<Next, Refusal> {
    let SignIn { services, asked, visitor, now, .. } = sign_in;
    let mut tries = Tries::default();
    let mut clash = 0;
    loop {
        let sign_in = SignIn { clash, ..sign_in };
        match sign_in.commit(partner, authentication, rows).await {
            // The name is another person's; the last one that is tried is nobody else's.
            Err(Halt::Store(StoreError::Taken { constraint }))
                if constraint == "guests_upn_key" && clash < NUMBERED_NAMES =>
            {
                clash += 1;
            }
            // An address or identity was taken meanwhile by a neighbour, and reading again will find it.
            Err(Halt::Store(StoreError::Taken { .. })) => {
                tries.again(services, StoreError::Raced.into()).await.map_err(Halt::into_refusal)?;
            }
            Err(halt) => tries.again(services, halt).await.map_err(Halt::into_refusal)?,
            Ok(Answered::Next(next)) => return Ok(*next),
            Ok(Answered::AskAgain(proof, wanted, entry, agreed)) => {
                note_try(services, visitor, *entry);
                let proof = if asked.proof == FreshProof::Asked { FreshProof::Asked } else { proof };
                let asked = Asked { proof, wanted, agreed: agreed.or(asked.agreed), ..asked.clone() };
                let asked = match sign_in.evidence {
                    Evidence::Posted(_) => asked,
                    // That attempt has been answered.
                    Evidence::Agreed(..) => {
                        Asked { id: AttemptId::new(now, services.random.as_ref()), started_at: now, ..asked }
                    }
                };
                return send::send(services, asked, partner.id, visitor, now).await;
            }
        }
    }
}

/// Judges by the cached record of the partner. What that one refuses is judged again where the record has
/// moved since: a cache may cost time, never a decision.
pub(super) async fn judge_by_record(
    services: &Services,
    posted: &PostedAnswer,
    partner: PartnerId,
    answers: Answers<'_>,
    now: Timestamp,
) -> Result<(Arc<Partner>, upstream::Judged), Refusal> {
    let removed = Refusal::new(Code::PartnerDisabled, "partner_removed");
    let known = services.directory.partner(partner).await.map_err(|error| store_refusal(&error))?;
    let known = known.ok_or(removed.clone())?;
    let judged = judge(services, posted, &known, answers, now);
    if judged.outcome.is_ok() {
        return Ok((known, judged));
    }
    let mut unit = services.store.unit_of_work().await.map_err(|error| store_refusal(&error))?;
    let fresh = unit.read_partner(partner).await.map_err(|error| store_refusal(&error))?.ok_or(removed)?;
    if fresh.version == known.version {
        return Ok((known, judged));
    }
    services.directory.forget();
    let judged = judge(services, posted, &fresh, answers, now);
    Ok((Arc::new(fresh), judged))
}

/// Judges an answer by a record of the partner.
pub(super) fn judge(
    services: &Services,
    posted: &PostedAnswer,
    partner: &Partner,
    answers: Answers<'_>,
    now: Timestamp,
) -> upstream::Judged {
    let expected = Expected {
        answers,
        public_url: &services.settings.public_url,
        keys: &services.keys,
        providers: &services.providers,
    };
    upstream::judge(partner, posted, &expected, now)
}
