//! The partner's answer: opened, judged, and turned into account, session and code in one
//! transaction. Before that transaction nothing is spent, so a forged or repeated post costs nobody
//! anything.

use std::sync::Arc;

use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::random::new_handle;
use crate::base::trace::Checked;
use crate::domain::attempts::{ATTEMPT_LIFE, Asked, AttemptId, Sent, Turn};
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::authentication::Authentication;
use crate::domain::guests::NUMBERED_NAMES;
use crate::domain::partners::Partner;
use crate::domain::policy::methods::MethodSet;
use crate::domain::policy::parties::Parties;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::FreshProof;
use crate::domain::sessions::{HandleHash, Session, SessionId};
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::downstream;
use crate::flows::next::{Arrival, CookieChange, Next, View, Visitor};
use crate::flows::refusals::{Context, answer, times};
use crate::flows::services::Services;
use crate::upstream::{self, Expected, PostedAnswer};

use super::admit::{Admitted, Applicant, admit};
use super::advance::{Hinted, NextStep, Position, advance};
use super::consent::Question;
use super::{Halt, MAX_TRIES, issue, keep, send, sent_again, store_refusal};

/// Finishes a sign-in with the answer that a SAML partner posts to the ACS (SAML Bindings 3.5).
pub async fn finish(services: &Services, params: &RawParams, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let mut context = Context::of(visitor, now);
    let posted = match upstream::read_posted(params) {
        Ok(posted) => posted,
        Err(refusal) => return answer(services, refusal, context).await,
    };
    let Ok(id) = AttemptId::parse(posted.relay_state().unwrap_or_default()) else {
        return answer(services, Refusal::new(Code::SamlUnsolicited, "relay_state_not_ours"), context).await;
    };
    let asked = match keep::open(services, visitor, id, now).await {
        Ok(asked) => asked,
        Err(refusal) => return without_attempt(services, refusal, id, visitor, context).await,
    };
    context.attempt = Some(id);
    context.request = Some(&asked.request);
    context.asked = Some(&asked);
    let Some(sent) = &asked.sent else {
        return answer(services, Refusal::new(Code::SamlUnsolicited, "no_request_sent"), context).await;
    };
    context.partner = Some(sent.partner);
    match finish_asked(services, &posted, &asked, sent, visitor, now).await {
        Ok(next) => next,
        Err(refusal) => answer(services, refusal, context).await,
    }
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

async fn finish_asked(
    services: &Services,
    posted: &PostedAnswer,
    asked: &Asked,
    sent: &Sent,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let (partner, judged) = judge_by_record(services, posted, sent, now).await?;
    if let Err(refusal) = &judged.outcome {
        let asks_once_more = refusal.cause == upstream::NO_AUTHN_CONTEXT
            && sent.turn == Turn::First
            && upstream::asked_for_classes(&partner);
        if asks_once_more {
            return send::send_turn(services, asked.clone(), partner.id, Turn::WithoutClasses, visitor, now).await;
        }
    }
    let authentication = judged.outcome.map_err(|refusal| refusal.with_checks(judged.rows.clone()))?;
    let mut tries = 1;
    let mut clash = 0;
    loop {
        let sign_in = SignIn { services, posted, asked, sent, visitor, now, clash };
        match sign_in.commit(&partner, &authentication, &judged.rows).await {
            // The name is another person's; the last one that is tried is nobody else's.
            Err(Halt::Store(StoreError::Taken { constraint }))
                if constraint == "guests_upn_key" && clash < NUMBERED_NAMES =>
            {
                clash += 1;
            }
            // An address or identity was taken meanwhile by a neighbour, and reading again will find it.
            Err(Halt::Store(StoreError::Raced | StoreError::Taken { .. })) if tries < MAX_TRIES => tries += 1,
            Err(halt) => return Err(halt.into_refusal()),
            Ok(next) => return Ok(next),
        }
    }
}

/// Judges by the cached record of the partner. What that one refuses is judged again where the record has
/// moved since: a cache may cost time, never a decision.
async fn judge_by_record(
    services: &Services,
    posted: &PostedAnswer,
    sent: &Sent,
    now: Timestamp,
) -> Result<(Arc<Partner>, upstream::Judged), Refusal> {
    let removed = Refusal::new(Code::PartnerDisabled, "partner_removed");
    let known = services.directory.partner(sent.partner).await.map_err(|error| store_refusal(&error))?;
    let known = known.ok_or(removed.clone())?;
    let judged = judge(services, posted, &known, sent, now);
    if judged.outcome.is_ok() {
        return Ok((known, judged));
    }
    let mut unit = services.store.unit_of_work().await.map_err(|error| store_refusal(&error))?;
    let fresh = unit.read_partner(sent.partner).await.map_err(|error| store_refusal(&error))?.ok_or(removed)?;
    if fresh.version == known.version {
        return Ok((known, judged));
    }
    services.directory.forget();
    let judged = judge(services, posted, &fresh, sent, now);
    Ok((Arc::new(fresh), judged))
}

fn judge(
    services: &Services,
    posted: &PostedAnswer,
    partner: &Partner,
    sent: &Sent,
    now: Timestamp,
) -> upstream::Judged {
    let expected = Expected { request_id: Some(&sent.request_id), public_url: &services.settings.public_url };
    upstream::judge(partner, posted, &expected, now)
}

struct SignIn<'a> {
    services: &'a Services,
    posted: &'a PostedAnswer,
    asked: &'a Asked,
    sent: &'a Sent,
    visitor: &'a Visitor,
    now: Timestamp,
    clash: u32,
}

impl SignIn<'_> {
    async fn commit(&self, partner: &Partner, authentication: &Authentication, rows: &[Checked]) -> Result<Next, Halt> {
        let Self { services, asked, now, .. } = *self;
        let question = Question::prepare(services, &asked.request, asked.id, self.visitor, now).await?;
        let mut unit = services.store.unit_of_work().await?;
        if unit.take_attempt(asked.id, asked.started_at.plus(ATTEMPT_LIFE)).await? == Once::Again {
            return self.spent(unit).await;
        }
        let request = &asked.request;
        let reading = unit.read_sign_in(partner.id, request.app, &authentication.identity).await?;
        let moved = reading.partner.as_ref().is_some_and(|fresh| fresh.version != partner.version);
        if moved {
            return self.judge_again(unit).await;
        }
        if unit.remember_once(&authentication.once).await? == Once::Again {
            return Err(Refusal::new(Code::SamlResponseReplayed, "assertion_replayed")
                .with_checks(rows.to_vec())
                .into());
        }
        if let Some(refusal) = Parties::of_request(&reading).refusal() {
            return Err(refusal.with_checks(rows.to_vec()).into());
        }
        self.check_proof(partner, authentication).map_err(|refusal| refusal.with_checks(rows.to_vec()))?;
        let applicant = Applicant { services, partner, authentication, app: request.app, clash: self.clash, now };
        let admitted = admit(&applicant, unit.as_mut(), &reading).await.map_err(|halt| with_rows(halt, rows))?;
        if request.expected_guest.is_some_and(|expected| expected != admitted.guest.id) {
            return Err(Refusal::new(Code::AccountMismatch, "not_the_hinted_account")
                .with_checks(rows.to_vec())
                .into());
        }
        let parties = Parties::of_sign_in(&reading, &admitted.guest, admitted.grant);
        let step = advance(request, Position::Proven(&parties), Hinted::default(), now);
        if let NextStep::Refuse(refusal) = step {
            return Err(refusal.with_checks(rows.to_vec()).into());
        }
        issue::check_return(unit.as_mut(), request, reading.app.as_ref().map(|app| app.version)).await?;
        let (session, handle) = self.session(partner, authentication, &admitted);
        if let Some(replaced) = asked.replaces {
            unit.end_session(replaced, now).await?;
        }
        unit.insert_session(&session).await?;
        self.audit(unit.as_mut(), partner, &admitted, session.id, &step, rows).await?;
        let next = match (step, question) {
            (NextStep::AskConsent, Some(question)) => {
                question.ask(unit.as_mut(), asked.started_at, &admitted.guest, session.id).await?
            }
            _ => {
                let code =
                    issue::code(services, unit.as_mut(), request, admitted.guest.id, session.id, asked.id, now).await?;
                Next::redirect(downstream::granted(&request.return_to, &code, &services.settings.public_url))
            }
        };
        unit.commit().await?;
        metrics::counter!("entente_sign_ins_total", "by" => "partner").increment(1);
        tracing::info!(attempt.id = %asked.id, partner.id = %partner.id, app.id = %request.app, guest.id = %admitted.guest.id, session.id = %session.id, "signed in");
        Ok(next.with(CookieChange::ClearAttempt(asked.id)).with(CookieChange::SetSession(handle)))
    }

    /// The attempt has been used: by this browser before a reload, or by somebody else.
    async fn spent(&self, unit: Box<dyn UnitOfWork>) -> Result<Next, Halt> {
        drop(unit);
        if self.visitor.arrival == Arrival::CrossSite && self.visitor.session.is_none() {
            return Ok(Next { view: View::PostAgain, cookies: Vec::new() });
        }
        if let Some(next) = sent_again::page(self.services, self.visitor, self.asked.id).await {
            return Ok(next.with(CookieChange::ClearAttempt(self.asked.id)));
        }
        Err(Refusal::new(Code::AttemptSpent, "attempt_spent").into())
    }

    /// The partner's record has changed since the message was judged: it is judged again with the
    /// record as it is now, before anything is spent.
    async fn judge_again(&self, mut unit: Box<dyn UnitOfWork>) -> Result<Next, Halt> {
        let fresh = unit.read_partner(self.sent.partner).await?;
        drop(unit);
        self.services.directory.forget();
        let fresh = fresh.ok_or(Refusal::new(Code::PartnerDisabled, "partner_removed"))?;
        let judged = judge(self.services, self.posted, &fresh, self.sent, self.now);
        let authentication = judged.outcome.map_err(|refusal| refusal.with_checks(judged.rows.clone()))?;
        Box::pin(self.commit(&fresh, &authentication, &judged.rows)).await
    }

    /// A proof that was asked afresh, for whatever reason, must be one, and one with an age limit must be
    /// within it; the partner's granted clock skew counts for it.
    fn check_proof(&self, partner: &Partner, authentication: &Authentication) -> Result<(), Refusal> {
        let proven_at = authentication.authenticated_at.plus(partner.clock_skew);
        if self.asked.proof == FreshProof::Asked && proven_at < self.sent.at {
            return Err(Refusal::new(Code::ProofTooOld, "proof_older_than_request"));
        }
        let max_age = self.asked.request.max_age.map(|seconds| std::time::Duration::from_secs(u64::from(seconds)));
        // The answer may come any time within the life of the attempt; what counts is the age at the
        // time of the question.
        if max_age.is_some_and(|age| proven_at.plus(age) < self.sent.at) {
            return Err(Refusal::new(Code::ProofTooOld, "proof_older_than_max_age"));
        }
        Ok(())
    }

    fn session(&self, partner: &Partner, authentication: &Authentication, admitted: &Admitted) -> (Session, String) {
        let random = self.services.random.as_ref();
        let handle = new_handle(random);
        let session = Session {
            id: SessionId::new(self.now, random),
            handle: HandleHash::of(&handle),
            guest: admitted.guest.id,
            partner: partner.id,
            attempt: self.asked.id,
            started_at: self.now,
            used_at: self.now,
            authenticated_at: authentication.authenticated_at,
            assurance: authentication.assurance.clone(),
            partner_session_index: authentication.session_index.clone(),
            // The partner's clock counts for its session's end as it does for its messages.
            partner_session_ends: authentication.session_ends.map(|end| end.plus(partner.clock_skew)),
            home_methods: MethodSet::EMPTY,
            asked_strengths: Vec::new(),
            factors: Vec::new(),
        };
        (session, handle)
    }

    async fn audit(
        &self,
        unit: &mut dyn UnitOfWork,
        partner: &Partner,
        admitted: &Admitted,
        session: SessionId,
        step: &NextStep,
        rows: &[Checked],
    ) -> Result<(), StoreError> {
        let random = self.services.random.as_ref();
        let base = |activity| {
            let mut entry = AuditEntry::new(AuditId::new(self.now, random), self.now, activity, Actor::Visitor);
            entry.attempt = Some(self.asked.id);
            entry.partner = Some(partner.id);
            entry.app = Some(self.asked.request.app);
            entry.guest = Some(admitted.guest.id);
            entry.session = Some(session);
            entry.address = self.visitor.address.map(|address| address.to_string());
            entry
        };
        if let Some(activity) = admitted.activity {
            unit.append_audit(&base(activity)).await?;
        }
        let mut entry = base(Activity::SignIn);
        entry.checks = rows.to_vec();
        entry.details = times(self.asked);
        entry.details.push(("partner_version", partner.version.to_string()));
        entry.details.push(("next", if *step == NextStep::AskConsent { "consent" } else { "code" }.to_owned()));
        unit.append_audit(&entry).await
    }
}

fn with_rows(halt: Halt, rows: &[Checked]) -> Halt {
    match halt {
        Halt::Refused(refusal) => refusal.with_checks(rows.to_vec()).into(),
        store @ Halt::Store(_) => store,
    }
}
