//! What a partner vouches for, turned into account, session and the next step in one transaction.

use crate::base::clock::Timestamp;
use crate::base::sealing::Purpose;
use crate::base::secret::SecretBytes;
use crate::base::trace::Checked;
use crate::domain::apps::App;
use crate::domain::attempts::agreed::Agreed;
use crate::domain::attempts::{Asked, Sent};
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::authentication::Authentication;
use crate::domain::circumstances::Circumstances;
use crate::domain::claims::mapped;
use crate::domain::factors::proof::FactorProof;
use crate::domain::grants::{SessionReading, SignInReading};
use crate::domain::guests::GuestId;
use crate::domain::home_directory;
use crate::domain::partners::{ASK_AGAIN_AFTER, Partner, Trust, UpstreamToken};
use crate::domain::policy;
use crate::domain::policy::parties::Parties;
use crate::domain::policy::strengths::StrengthId;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{FreshProof, ReturnTo};
use crate::domain::sessions::{HandleHash, Session, SessionId, new_row_handle};
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::next::{Arrival, CookieChange, Next, View, Visitor};
use crate::flows::refusals::times;
use crate::flows::services::Services;
use crate::flows::step_up::begin::{BeginStepUp, Begun, begin};
use crate::upstream::backchannel::sid_of;
use crate::upstream::{Answers, PostedAnswer, lives};

use super::admit::{Admitted, Applicant, Came, admit};
use super::advance::{Agreement, Hinted, NextStep, Position, advance};
use super::consent::Question;
use super::decide::{self, AskedOfHome, Decided, Matter, Told};
use super::finish::judge;
use super::issue::{self, Grounds, Issued};
use super::redeem::agree;
use super::{Halt, keep, remembered, sent_again};

/// What becomes of a good answer.
pub(super) enum Answered {
    /// The browser goes on.
    Next(Box<Next>),
    /// Nothing is spent, and the partner is asked once more: for a fresh proof, or for these strengths. Who has agreed
    /// that an invited account is to be theirs is not asked that again.
    AskAgain(FreshProof, Vec<StrengthId>, Box<AuditEntry>, Option<Agreed>),
}

/// What a sign-in stands on.
#[derive(Clone, Copy)]
pub(super) enum Evidence<'a> {
    /// The answer as it was posted.
    Posted(&'a PostedAnswer),
    /// An answer that was accepted before, and the person's word that an invited account is to be theirs: the handle of
    /// the row that held it, and what the partner gave to be asked again.
    Agreed(&'a str, Option<&'a SecretBytes>),
}

/// A partner's good answer on its way into the store.
#[derive(Clone, Copy)]
pub(super) struct SignIn<'a> {
    /// With what.
    pub(super) services: &'a Services,
    /// What it stands on.
    pub(super) evidence: Evidence<'a>,
    /// The attempt.
    pub(super) asked: &'a Asked,
    /// What the partner was asked.
    pub(super) sent: &'a Sent,
    /// The browser.
    pub(super) visitor: &'a Visitor,
    /// When.
    pub(super) now: Timestamp,
    /// How often the name of a new account was another's.
    pub(super) clash: u32,
}

/// The statement was accepted before.
fn replayed(partner: &Partner) -> Refusal {
    match partner.trust {
        Trust::Saml(_) => Refusal::new(Code::SamlResponseReplayed, "assertion_replayed"),
        Trust::Oidc(_) => Refusal::new(Code::OidcResponseReplayed, "id_token_replayed"),
        Trust::MailedCode => Refusal::new(Code::OtpWrong, "sign_in_code_used"),
    }
}

impl SignIn<'_> {
    pub(super) async fn commit(
        &self,
        partner: &Partner,
        authentication: &Authentication,
        rows: &[Checked],
    ) -> Result<Answered, Halt> {
        let Self { services, asked, now, .. } = *self;
        let question = Question::prepare(services, &asked.request, asked.id, self.visitor, now).await?;
        let known = issue::known_app(services, &asked.request).await?;
        let mut unit = services.store.unit_of_work().await?;
        match self.evidence {
            Evidence::Posted(_) => {
                if unit.take_attempt(asked.id, asked.remembered_until()).await? == Once::Again {
                    return self.spent(unit).await.map(|next| Answered::Next(Box::new(next)));
                }
            }
            Evidence::Agreed(handle, _) => {
                if unit.take_attempt_row(&HandleHash::of(handle), now).await?.is_none() {
                    return Err(Refusal::new(Code::AttemptSpent, "step_spent_or_expired").into());
                }
            }
        }
        let request = &asked.request;
        let reading = unit.read_sign_in(partner.id, request.app, &authentication.identity).await?;
        let moved = reading.partner.as_ref().is_some_and(|fresh| fresh.version != partner.version);
        match self.evidence {
            Evidence::Posted(posted) if moved => return self.judge_again(unit, posted).await,
            // What was posted is not there any more to be judged again.
            Evidence::Agreed(..) if moved || partner.version != authentication.partner_version => {
                return Err(Refusal::new(Code::AttemptExpired, "partner_changed_meanwhile").into());
            }
            _ => {}
        }
        let told = |refusal: Refusal| refusal.with_checks(rows.to_vec());
        let is_new = matches!(self.evidence, Evidence::Posted(_));
        if is_new && unit.remember_once(&authentication.once).await? == Once::Again {
            return Err(told(replayed(partner)).into());
        }
        if let Some(refusal) = Parties::of_request(&reading).refusal() {
            return Err(told(refusal).into());
        }
        self.check_proof(partner, authentication).map_err(told)?;
        let agreement = if is_new { Agreement::Open } else { Agreement::Given };
        let (agreed, clash) = (asked.agreed, self.clash);
        let applicant = Applicant { services, partner, authentication, request, agreement, agreed, clash, now };
        let came = admit(&applicant, unit.as_mut(), &reading).await.map_err(|halt| with_rows(halt, rows))?;
        let admitted = match (came, self.evidence) {
            (Came::In(admitted), _) => *admitted,
            (Came::MustAgree(question), Evidence::Posted(posted)) => {
                let asked = agree::ask(self, posted, unit, authentication, rows, *question, partner);
                let next = Box::pin(asked).await?;
                return Ok(Answered::Next(Box::new(next)));
            }
            (Came::MustAgree(_), Evidence::Agreed(..)) => {
                return Err(Refusal::new(Code::Internal, "asked_to_agree_twice").into());
            }
        };
        if request.expected_guest.is_some_and(|expected| expected != admitted.guest.id) {
            return Err(told(Refusal::new(Code::AccountMismatch, "not_the_hinted_account")).into());
        }
        let circumstances = decide::circumstances(self.visitor, request, asked.started_at, now);
        let Some(factors) = self.factors(unit.as_mut(), admitted.guest.id, &circumstances).await? else {
            return Ok(Answered::Next(Box::new(Next { view: View::PostAgain, cookies: Vec::new() })));
        };
        let (session, handle) = self.session(partner, authentication, admitted.guest.id, factors);
        let decided = self.decide(unit.as_mut(), &reading, &admitted, &session, &circumstances).await?;
        let parties = Parties::of_sign_in(&reading, &admitted.guest, admitted.grant);
        let step = match advance(request, Position::Proven(&parties, &decided), Hinted::default(), now) {
            // The account is theirs all the same; what is refused is the app, of which nobody asked them.
            NextStep::Refuse(refusal)
                if refusal.code == Code::NotAssigned && word_of(&admitted, authentication).is_some() =>
            {
                self.redeemed(unit.as_mut(), partner, &admitted).await?;
                unit.commit().await?;
                return Err(told(refusal.explained(&decided.details)).into());
            }
            NextStep::Refuse(refusal) => return Err(told(refusal.explained(&decided.details)).into()),
            NextStep::AskPartner(proof, wanted) => {
                let entry = Box::new(self.asks_again(partner, &decided, rows));
                return Ok(Answered::AskAgain(proof, wanted, entry, word_of(&admitted, authentication)));
            }
            step => step,
        };
        issue::check_return(unit.as_mut(), request, reading.app.as_ref().map(|app| app.version)).await?;
        let signed_in = SignedIn {
            partner,
            admitted: &admitted,
            session: &session,
            decided: &decided,
            rows,
            known: known.as_deref(),
        };
        if let Some(replaced) = asked.replaces {
            unit.end_session(replaced, now).await?;
        }
        unit.insert_session(&session).await?;
        self.keep_to_ask_again(unit.as_mut(), partner, authentication, &session).await?;
        if home_directory::is_shown_by(&authentication.attributes) {
            unit.note_home_reader(session.id).await?;
        }
        self.audit(unit.as_mut(), &signed_in, &step).await?;
        let Some(taken) = self.take_step(unit.as_mut(), &signed_in, &circumstances, step, question).await? else {
            let entry = Box::new(self.asks_again(partner, &decided, rows));
            return Ok(Answered::AskAgain(FreshProof::Asked, Vec::new(), entry, word_of(&admitted, authentication)));
        };
        unit.commit().await?;
        metrics::counter!("entente_sign_ins_total", "by" => "partner").increment(1);
        tracing::info!(attempt.id = %asked.id, partner.id = %partner.id, app.id = %request.app, guest.id = %admitted.guest.id, session.id = %session.id, "signed in");
        let next = match taken {
            Taken::Next(next) => *next,
            Taken::Issued(issued) => issued.into_next(services, asked.id, now).await,
        };
        let next = next.with(CookieChange::ClearAttempt(asked.id)).with(CookieChange::SetSession(handle));
        let remembered = remembered::remember(services, partner.id, now);
        let next = remembered.into_iter().fold(next, Next::with);
        let kept = keep::session(services, &decided, &session, now);
        Ok(Answered::Next(Box::new(kept.into_iter().fold(next, Next::with))))
    }

    /// Audits that an account has become somebody's, where no session comes of it.
    async fn redeemed(
        &self,
        unit: &mut dyn UnitOfWork,
        partner: &Partner,
        admitted: &Admitted,
    ) -> Result<(), StoreError> {
        let Some(activity) = admitted.activity else { return Ok(()) };
        let id = AuditId::new(self.now, self.services.random.as_ref());
        let mut entry = AuditEntry::new(id, self.now, activity, Actor::Visitor);
        entry.attempt = Some(self.asked.id);
        entry.partner = Some(partner.id);
        entry.app = self.asked.request.asking();
        entry.guest = Some(admitted.guest.id);
        entry.address = self.visitor.address.map(|address| address.to_string());
        unit.append_audit(&entry).await
    }

    /// Keeps what the partner gave to be asked again whether the account lives.
    async fn keep_to_ask_again(
        &self,
        unit: &mut dyn UnitOfWork,
        partner: &Partner,
        authentication: &Authentication,
        session: &Session,
    ) -> Result<(), Halt> {
        let fresh;
        let kept = match self.evidence {
            Evidence::Posted(posted) => {
                fresh = lives::kept(partner, posted, &authentication.identity.subject);
                fresh.as_ref()
            }
            Evidence::Agreed(_, kept) => kept,
        };
        let Some(kept) = kept else { return Ok(()) };
        let place = UpstreamToken::place(session.id);
        let (sealer, random) = (&self.services.sealer, self.services.random.as_ref());
        let sealed = sealer.seal(random, Purpose::UpstreamToken, &place, kept.expose());
        let sealed = sealed.map_err(|_| Refusal::new(Code::Internal, "sealing_failed"))?;
        let next_at = self.now.plus(ASK_AGAIN_AFTER);
        let token = UpstreamToken { session: session.id, sealed, confirmed_at: self.now, next_at };
        Ok(unit.insert_upstream_token(&token).await?)
    }

    /// Decides on what the unit has read, and on what the partner was asked in this attempt.
    async fn decide(
        &self,
        unit: &mut dyn UnitOfWork,
        reading: &SignInReading,
        admitted: &Admitted,
        session: &Session,
        circumstances: &Circumstances,
    ) -> Result<Decided, Halt> {
        let partner = reading.partner.as_ref().ok_or(Refusal::new(Code::PartnerDisabled, "partner_removed"))?;
        let afresh = self.asked.proof == FreshProof::Asked;
        let matter = Matter {
            session,
            guest: &admitted.guest,
            partner,
            app: reading.app.as_ref(),
            circumstances,
            asked: AskedOfHome {
                strengths: &self.sent.strengths,
                afresh: if afresh { policy::facts::Asked::AlreadyAsked } else { policy::facts::Asked::NotYet },
            },
            told: Told::Wholly,
        };
        decide::decide(self.services, unit, &matter).await
    }

    /// Does the step inside the unit; `None` where the partner must prove the person afresh first.
    async fn take_step(
        &self,
        unit: &mut dyn UnitOfWork,
        signed_in: &SignedIn<'_>,
        circumstances: &Circumstances,
        step: NextStep,
        question: Option<Question<'_>>,
    ) -> Result<Option<Taken>, Halt> {
        let Self { services, asked, visitor, now, .. } = *self;
        let SignedIn { admitted, session, known, .. } = *signed_in;
        let request = &asked.request;
        match (step, question) {
            (NextStep::StepUp(need), _) => {
                let step_up = BeginStepUp {
                    services,
                    request,
                    id: asked.id,
                    started_at: asked.started_at,
                    guest: &admitted.guest,
                    session,
                    need: &need,
                };
                match begin(&step_up, unit, visitor, now).await? {
                    Begun::Asks(next) => Ok(Some(Taken::Next(next))),
                    Begun::ProveAfresh => Ok(None),
                }
            }
            (NextStep::AskConsent, Some(question)) => {
                let next = question.ask(unit, asked.started_at, &admitted.guest, session.id).await?;
                Ok(Some(Taken::Next(Box::new(next))))
            }
            _ => {
                let (guest, session, attempt) = (admitted.guest.id, session.id, asked.id);
                let grounds = Grounds { request, guest, session, attempt, circumstances, known };
                issue::issue(services, unit, grounds, now).await.map(|issued| Some(Taken::Issued(issued)))
            }
        }
    }

    /// The second factors that the person has passed in the session which gives way to this one. The
    /// browser must show that session, since its cookie is what the factors belong to: `None` where the
    /// answer is to be posted again from our own site, from which the cookie comes along.
    async fn factors(
        &self,
        unit: &mut dyn UnitOfWork,
        guest: GuestId,
        circumstances: &Circumstances,
    ) -> Result<Option<Vec<FactorProof>>, Halt> {
        let Some(replaced) = self.asked.replaces else { return Ok(Some(Vec::new())) };
        let reading = unit.read_session_by_id(replaced, self.asked.request.app).await?;
        let lifetimes = &self.services.settings.lifetimes;
        let is_theirs = |reading: &SessionReading| {
            reading.guest.id == guest
                && reading.session.is_alive(lifetimes, reading.guest.sessions_valid_from, self.now)
        };
        let Some(reading) = reading.filter(is_theirs) else { return Ok(Some(Vec::new())) };
        let counts = |proof: &FactorProof| circumstances.factors_since.is_none_or(|since| proof.at >= since);
        let factors: Vec<_> = reading.session.factors.into_iter().filter(counts).collect();
        let shown = self.visitor.session.as_deref().map(HandleHash::of);
        if factors.is_empty() || shown == Some(reading.session.handle) {
            return Ok(Some(factors));
        }
        let may_be_left_out = shown.is_none() && self.visitor.arrival == Arrival::CrossSite;
        Ok((!may_be_left_out).then(Vec::new))
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
    async fn judge_again(&self, mut unit: Box<dyn UnitOfWork>, posted: &PostedAnswer) -> Result<Answered, Halt> {
        let fresh = unit.read_partner(self.sent.partner).await?;
        drop(unit);
        self.services.directory.forget();
        let fresh = fresh.ok_or(Refusal::new(Code::PartnerDisabled, "partner_removed"))?;
        let judged = judge(self.services, posted, &fresh, Answers::Request(&self.sent.request_id), self.now);
        let mut rows = judged.rows;
        let authentication = judged.outcome.map_err(|refusal| refusal.with_checks(rows.clone()))?;
        rows.extend(mapped(&authentication, &fresh));
        Box::pin(self.commit(&fresh, &authentication, &rows)).await
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

    fn session(
        &self,
        partner: &Partner,
        authentication: &Authentication,
        guest: GuestId,
        factors: Vec<FactorProof>,
    ) -> (Session, String) {
        let random = self.services.random.as_ref();
        let handle = new_row_handle(self.now, random);
        let session = Session {
            id: SessionId::new(self.now, random),
            handle: HandleHash::of(&handle),
            guest,
            partner: partner.id,
            attempt: self.asked.id,
            started_at: self.now,
            used_at: self.now,
            authenticated_at: authentication.authenticated_at,
            assurance: authentication.assurance.clone(),
            partner_session_index: authentication.session_index.clone(),
            // The partner's clock counts for its session's end as it does for its messages.
            partner_session_ends: authentication.session_ends.map(|end| end.plus(partner.clock_skew)),
            partner_sid: sid_of(partner, authentication),
            home_methods: authentication.home_methods,
            asked_strengths: self.sent.strengths.clone(),
            factors,
        };
        (session, handle)
    }

    /// The entry of an answer that was good and not enough. Account and session of it are not kept.
    fn asks_again(&self, partner: &Partner, decided: &Decided, rows: &[Checked]) -> AuditEntry {
        let id = AuditId::new(self.now, self.services.random.as_ref());
        let mut entry = AuditEntry::new(id, self.now, Activity::StepAsked, Actor::Visitor);
        entry.attempt = Some(self.asked.id);
        entry.partner = Some(partner.id);
        entry.app = self.asked.request.asking();
        entry.address = self.visitor.address.map(|address| address.to_string());
        entry.checks = rows.to_vec();
        entry.details = times(self.asked);
        entry.details.push(("next", "partner".to_owned()));
        entry.details.extend(decided.details.iter().cloned());
        entry
    }

    async fn audit(
        &self,
        unit: &mut dyn UnitOfWork,
        signed_in: &SignedIn<'_>,
        step: &NextStep,
    ) -> Result<(), StoreError> {
        let random = self.services.random.as_ref();
        let SignedIn { partner, admitted, session, decided, rows, .. } = *signed_in;
        let base = |activity| {
            let mut entry = AuditEntry::new(AuditId::new(self.now, random), self.now, activity, Actor::Visitor);
            entry.attempt = Some(self.asked.id);
            entry.partner = Some(partner.id);
            entry.app = self.asked.request.asking();
            entry.guest = Some(admitted.guest.id);
            entry.session = Some(session.id);
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
        let next = match step {
            NextStep::StepUp(_) => "factor",
            NextStep::AskConsent => "consent",
            _ => match self.asked.request.return_to {
                ReturnTo::Oidc(_) => "code",
                ReturnTo::Saml(_) => "answer",
                ReturnTo::Here(_) => "panel",
            },
        };
        entry.details.push(("next", next.to_owned()));
        entry.details.extend(decided.details.iter().cloned());
        unit.append_audit(&entry).await
    }
}

/// What a step has come to inside the unit.
enum Taken {
    /// The browser goes on.
    Next(Box<Next>),
    /// An answer to the app.
    Issued(Issued),
}

/// A sign-in that has been decided on.
#[derive(Clone, Copy)]
struct SignedIn<'a> {
    partner: &'a Partner,
    admitted: &'a Admitted,
    session: &'a Session,
    decided: &'a Decided,
    rows: &'a [Checked],
    /// The app's record as it was before the unit.
    known: Option<&'a App>,
}

/// The word of who has just redeemed an invitation. Nothing of it is kept where the partner is asked once more.
fn word_of(admitted: &Admitted, authentication: &Authentication) -> Option<Agreed> {
    let has_redeemed = admitted.activity == Some(Activity::InvitationRedeemed);
    has_redeemed.then(|| Agreed::to(admitted.guest.id, &authentication.identity))
}

fn with_rows(halt: Halt, rows: &[Checked]) -> Halt {
    match halt {
        Halt::Refused(refusal) => refusal.with_checks(rows.to_vec()).into(),
        other @ (Halt::Store(_) | Halt::PoliciesMoved) => other,
    }
}
