//! What becomes of a refusal: who is told, and how it reaches the audit without letting a stranger
//! write as fast as they can send.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{mpsc, oneshot};

use super::limits::PerAddress;
use super::next::{Next, Page, Visitor, WayBack};
use super::services::Services;
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::attempts::{Asked, AttemptId};
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::guests::GuestId;
use crate::domain::partners::PartnerId;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{AppRequest, Interaction};
use crate::domain::sessions::SessionId;
use crate::domain::store::Store;
use crate::downstream::{self, Reply};

/// How many refusals may wait to be written.
const QUEUE: usize = 1_024;
/// How many are written in one transaction.
const BATCH: usize = 64;

enum Message {
    Entry(Box<AuditEntry>),
    Flush(oneshot::Sender<()>),
}

/// The queue in front of the audit for refusals.
#[derive(Debug, Clone)]
pub struct RefusalLog {
    sender: mpsc::Sender<Message>,
    per_address: Arc<PerAddress>,
    dropped: Arc<AtomicU64>,
}

impl RefusalLog {
    /// Starts the writer, which lives as long as the log does.
    #[must_use]
    pub fn start(store: Arc<dyn Store>, per_address: PerAddress) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(write_batches(store, receiver));
        Self { sender, per_address: Arc::new(per_address), dropped: Arc::new(AtomicU64::new(0)) }
    }

    /// Queues an entry, or counts it as dropped where its address or the queue is full.
    fn add(&self, visitor: Option<IpAddr>, entry: AuditEntry) {
        let admitted = self.per_address.check(visitor).is_ok();
        if !admitted || self.sender.try_send(Message::Entry(Box::new(entry))).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("entente_audit_dropped_total").increment(1);
        }
    }

    /// How many entries were not written.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Forgets addresses that are back at their full count.
    pub fn sweep(&self) {
        self.per_address.sweep();
    }

    /// Waits until everything queued so far has been written.
    pub async fn flush(&self) {
        let (done, waiting) = oneshot::channel();
        if self.sender.send(Message::Flush(done)).await.is_ok() {
            // An error means that the writer has ended, and then nothing is left to wait for.
            let _ = waiting.await;
        }
    }
}

async fn write_batches(store: Arc<dyn Store>, mut receiver: mpsc::Receiver<Message>) {
    let mut messages = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut messages, BATCH).await > 0 {
        let mut entries = Vec::new();
        let mut flushed = Vec::new();
        for message in messages.drain(..) {
            match message {
                Message::Entry(entry) => entries.push(entry),
                Message::Flush(done) => flushed.push(done),
            }
        }
        if let Err(error) = write(store.as_ref(), &entries).await {
            tracing::error!(%error, count = entries.len(), "refusals could not be written to the audit");
            metrics::counter!("entente_audit_dropped_total").increment(entries.len() as u64);
        }
        for done in flushed {
            // The waiting side may have gone; nothing depends on it.
            let _ = done.send(());
        }
    }
}

async fn write(store: &dyn Store, entries: &[Box<AuditEntry>]) -> Result<(), crate::domain::store::StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut unit = store.unit_of_work().await?;
    for entry in entries {
        unit.append_audit(entry).await?;
    }
    unit.commit().await
}

/// What a refusal happened in.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The attempt, where its cookie was valid or it began with a live session.
    pub attempt: Option<AttemptId>,
    /// When the attempt began and when the partner was asked.
    pub asked: Option<&'a Asked>,
    /// The app's request, where its redirect URI has been validated.
    pub request: Option<&'a AppRequest>,
    /// The partner concerned.
    pub partner: Option<PartnerId>,
    /// The account and its session, where the browser has a live one.
    pub session: Option<(GuestId, SessionId)>,
    /// The visitor's address.
    pub address: Option<IpAddr>,
    /// The present time.
    pub now: Timestamp,
}

impl Context<'_> {
    /// Nothing is known but who asks.
    #[must_use]
    pub const fn of(visitor: &Visitor, now: Timestamp) -> Self {
        Self::of_address(visitor.address, now)
    }

    /// Nothing is known but from where is asked.
    #[must_use]
    pub const fn of_address(address: Option<IpAddr>, now: Timestamp) -> Self {
        Self { attempt: None, asked: None, request: None, partner: None, session: None, address, now }
    }
}

/// Logs, counts and audits a refusal and chooses who is told: the app, where nothing may be shown or
/// the answer is the app's business; else the person, by a page with the code and a link on which the
/// app is told. An app that is switched off or no longer has the address is never told.
pub async fn answer(services: &Services, refusal: Refusal, context: Context<'_>) -> Next {
    note(services, &refusal, context);
    let told = match context.request {
        Some(request) if may_be_told(refusal.code) => tell(services, request, &refusal, context.now).await,
        _ => None,
    };
    let silent = context.request.is_some_and(|request| request.interaction == Interaction::Silent);
    match told {
        Some(reply) if silent || is_for_the_app(refusal.code) => Next::to_app(reply),
        back => {
            let back = back.map(WayBack::from);
            Next::page(Page::Refused { refusal: Box::new(refusal), attempt: context.attempt, back })
        }
    }
}

/// How the app is told, where it is still on and has the address, as far as the cache knows. Nothing is
/// issued by it, and a stranger's refusal must not cost a transaction.
async fn tell(services: &Services, request: &AppRequest, refusal: &Refusal, now: Timestamp) -> Option<Reply> {
    let app = services.directory.app(request.app).await.ok().flatten()?;
    if !app.switch.is_on() || !downstream::may_return(&app, &request.return_to) {
        return None;
    }
    downstream::refused(request, &app, refusal.app_error, refusal.code, &services.toward_apps(now)).await
}

const fn may_be_told(code: Code) -> bool {
    !matches!(
        code,
        Code::AppUnknown
            | Code::AppDisabled
            | Code::RedirectUriRefused
            | Code::SamlRequestRefused
            | Code::SamlRequestSignatureRefused
            | Code::SamlRequestReplayed
    )
}

const fn is_for_the_app(code: Code) -> bool {
    matches!(
        code,
        Code::PartnerRefused
            | Code::ConsentDeclined
            | Code::InteractionNeeded
            | Code::AccountMismatch
            | Code::ProofTooOld
            | Code::AssuranceUnmet
            | Code::NameIdUnavailable
            | Code::PartnerNotAccepted
    )
}

/// Logs and counts a refusal, and audits it where an attempt's cookie was valid or a session alive.
pub fn note(services: &Services, refusal: &Refusal, context: Context<'_>) {
    let attempt = context.attempt.map(|id| id.to_string()).unwrap_or_default();
    metrics::counter!("entente_refusals_total", "code" => refusal.code.as_str(), "cause" => refusal.cause).increment(1);
    tracing::info!(
        attempt.id = attempt,
        refusal.code = refusal.code.as_str(),
        refusal.cause = refusal.cause,
        refusal.side = refusal.side.as_str(),
        "refused"
    );
    let Some(attempt) = context.attempt else { return };
    let id = AuditId::new(context.now, services.random.as_ref());
    let mut entry = AuditEntry::new(id, context.now, Activity::SignInRefused, Actor::Visitor).refused(refusal);
    entry.attempt = Some(attempt);
    entry.app = context.request.and_then(AppRequest::asking);
    entry.partner = context.partner;
    (entry.guest, entry.session) = context.session.unzip();
    entry.address = context.address.map(|address| address.to_string());
    if let Some(asked) = context.asked {
        entry.details.extend(times(asked));
    }
    services.refusals.add(context.address, entry);
}

/// Audits what happened without a unit that was committed, within the limit of its address: a try that was
/// not even judged, or an answer for which the partner is asked once more.
pub(crate) fn note_try(services: &Services, visitor: &Visitor, entry: AuditEntry) {
    services.refusals.add(visitor.address, entry);
}

/// Audits that an app was refused the tokens of a code that is its own.
pub fn note_token(
    services: &Services,
    cause: &'static str,
    app: AppId,
    details: &[(&'static str, String)],
    context: Context<'_>,
) {
    let id = AuditId::new(context.now, services.random.as_ref());
    let mut entry = AuditEntry::new(id, context.now, Activity::TokenRefused, Actor::App);
    entry.cause = Some(cause);
    entry.attempt = context.attempt;
    entry.app = Some(app);
    (entry.guest, entry.session) = context.session.unzip();
    entry.address = context.address.map(|address| address.to_string());
    entry.details = details.to_vec();
    services.refusals.add(context.address, entry);
}

/// Logs and counts a refusal of what a partner's server sent, and where that was signed by it audits it within the
/// limit of its address.
pub fn note_partner(
    services: &Services,
    refusal: &Refusal,
    partner: PartnerId,
    address: Option<IpAddr>,
    now: Timestamp,
) {
    metrics::counter!("entente_refusals_total", "code" => refusal.code.as_str(), "cause" => refusal.cause).increment(1);
    tracing::info!(
        partner.id = %partner,
        refusal.code = refusal.code.as_str(),
        refusal.cause = refusal.cause,
        "refused a partner's server"
    );
    if !refusal.is_of_signer() {
        return;
    }
    let id = AuditId::new(now, services.random.as_ref());
    let entry = AuditEntry::new(id, now, Activity::PartnerSignOutRefused, Actor::Partner).refused(refusal);
    let entry = AuditEntry { partner: Some(partner), address: address.map(|address| address.to_string()), ..entry };
    services.refusals.add(address, entry);
}

/// When the attempt began and when the partner was asked, for the timeline.
#[must_use]
pub fn times(asked: &Asked) -> Vec<(&'static str, String)> {
    let mut times = vec![("started_at", asked.started_at.to_rfc3339_millis())];
    if let Some(sent) = &asked.sent {
        times.push(("sent_at", sent.at.to_rfc3339_millis()));
        times.push(("request_id", sent.request_id.clone()));
    }
    times
}
