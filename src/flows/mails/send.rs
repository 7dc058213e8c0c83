//! Sends what is due from the outbox: one step of the work in the background.
//!
//! A mail is taken up, and that is committed, before the server is talked to; what came of it is committed afterwards.
//! So two nodes never send one mail, and one that was put there is never lost. A mail may arrive twice in one case: the
//! server took it and that was not written, since the node died or the answer did not come through. It then is sent
//! again when the lease has ended, under the same Message-ID.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::sealed::open;
use super::unwanted::recipient;
use crate::base::clock::Timestamp;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::mail::MailAddress;
use crate::domain::mails::{LeasedMail, MailId, OUTCOME_UNKNOWN, Outcome, QueuedMail};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::flows::schedule::after;
use crate::flows::services::Services;
use crate::outbound::mail::{Address, Handed, LanguageTag, Line, MailFault, Message, MessageId, Patience, Unsubscribe};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// How long after each try that failed comes the next: a day and an hour in all.
pub const WAITS: [Duration; 9] = [
    Duration::from_secs(MINUTE),
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(15 * MINUTE),
    Duration::from_secs(39 * MINUTE),
    Duration::from_secs(HOUR),
    Duration::from_secs(2 * HOUR),
    Duration::from_secs(4 * HOUR),
    Duration::from_secs(8 * HOUR),
    Duration::from_secs(9 * HOUR),
];
/// How often a mail is tried: once more than there are waits.
pub const MAX_TRIES: u32 = 10;
/// How long a mail that has been taken up is nobody else's: longer than any conversation with a server lasts.
pub const LEASE: Duration = Duration::from_secs(10 * MINUTE);
/// How many mails are sent at once: half of the connections, so that codes that people wait for get through.
pub const PARALLEL: usize = 4;
/// How many mails one round looks for.
const BATCH: u32 = 64;
/// The most rounds of one step; what is left waits for the next.
const MAX_ROUNDS: u32 = 32;

/// What became of the mails of a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mailed {
    /// The server has them.
    pub sent: u32,
    /// They are tried again.
    pub put_off: u32,
    /// They were given up, or must not be sent.
    pub failed: u32,
    /// Whether the server serves nobody at the moment, so that the step was broken off.
    pub server_fails: bool,
}

/// Told to stop, the sender takes up nothing more.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    /// Says so.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was said.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is said.
    pub async fn stopped(&self) {
        // The sender is ours, so that the channel stays open.
        let _ = self.0.subscribe().wait_for(|is_stopped| *is_stopped).await;
    }
}

/// What became of one mail.
enum Done {
    Sent,
    PutOff,
    Failed,
    /// The same, and others would fare alike.
    ServerFails {
        given_up: bool,
    },
    /// Another node has it.
    Elsewhere,
}

/// Sends what is due, a bounded number at once. Of several nodes each mail is sent by one. Where the server serves
/// nobody, what has not been taken up stays due, and its tries are not used up.
///
/// # Errors
/// [`StoreError`] where it cannot be known what is due.
pub async fn send(services: &Services, stop: &Stop) -> Result<Mailed, StoreError> {
    let mut mailed = Mailed::default();
    for _ in 0..MAX_ROUNDS {
        let now = services.clock.now();
        let due = services.store.due_mails(now, BATCH).await?;
        if due.is_empty() || !round(services, stop, due, &mut mailed).await {
            break;
        }
    }
    Ok(mailed)
}

/// One round; whether another may follow.
async fn round(services: &Services, stop: &Stop, due: Vec<MailId>, mailed: &mut Mailed) -> bool {
    let mut running = JoinSet::new();
    let mut due = due.into_iter();
    let mut is_moving = false;
    loop {
        while running.len() < PARALLEL
            && !mailed.server_fails
            && !stop.is_stopped()
            && let Some(id) = due.next()
        {
            let services = services.clone();
            running.spawn(async move { take_up(&services, id).await });
        }
        let Some(done) = running.join_next().await else { break };
        match done {
            Ok(Ok(done)) => {
                is_moving |= mailed.count(&done);
            }
            // Where it was taken up it stays so for a while, and is due again then.
            Ok(Err(error)) => tracing::warn!(%error, "what became of a mail could not be kept"),
            Err(error) => tracing::error!(%error, "the sending of a mail ended early"),
        }
    }
    is_moving && !mailed.server_fails && !stop.is_stopped()
}

impl Mailed {
    /// Counts it, and says whether that took it out of what is due.
    fn count(&mut self, done: &Done) -> bool {
        let (outcome, counted) = match done {
            Done::Sent => ("sent", &mut self.sent),
            Done::PutOff | Done::ServerFails { given_up: false } => ("put_off", &mut self.put_off),
            Done::Failed | Done::ServerFails { given_up: true } => ("failed", &mut self.failed),
            Done::Elsewhere => return true,
        };
        *counted += 1;
        self.server_fails |= matches!(done, Done::ServerFails { .. });
        metrics::counter!("entente_queued_mails_total", "outcome" => outcome).increment(1);
        true
    }
}

async fn take_up(services: &Services, id: MailId) -> Result<Done, StoreError> {
    // Its turn may come some time after it was found.
    let now = services.clock.now();
    let Some((leased, mail)) = lease(services, id, now).await? else { return Ok(Done::Elsewhere) };
    let mail = match mail {
        Ok(mail) => mail,
        Err(Unsendable::Unreadable) => return fail(services, &leased, "mail_unreadable", None, now).await,
        Err(Unsendable::Unwanted) => return drop_unwanted(services, &leased, now).await,
    };
    let handed = match message(&mail, now) {
        Some(message) => services.mail.send(&message).await,
        None => Err(MailFault::Malformed),
    };
    match handed {
        Ok(handed) => sent(services, &leased, handed).await,
        Err(fault) => not_sent(services, &leased, fault).await,
    }
}

/// Why a mail that is due is not sent.
enum Unsendable {
    /// It was sealed under a key that is not ours any more.
    Unreadable,
    /// The person wants none.
    Unwanted,
}

type Leased = Option<(LeasedMail, Result<QueuedMail, Unsendable>)>;

/// Takes the mail, and commits that.
async fn lease(services: &Services, id: MailId, now: Timestamp) -> Result<Leased, StoreError> {
    let taken = async {
        let mut unit = services.store.unit_of_work().await?;
        let Some(leased) = unit.lease_mail(id, now, now.plus(LEASE)).await? else { return Ok(None) };
        let mail = match open(&services.sealer, &leased.mail) {
            Err(_) => Err(Unsendable::Unreadable),
            Ok(mail) if mail.kind.can_be_blocked() && unit.is_blocked(recipient(services, &mail.to)).await? => {
                Err(Unsendable::Unwanted)
            }
            Ok(mut mail) => {
                if let Some(cc) = mail.cc.take_if(|_| mail.kind.can_be_blocked())
                    && !unit.is_blocked(recipient(services, &cc)).await?
                {
                    mail.cc = Some(cc);
                }
                Ok(mail)
            }
        };
        unit.commit().await?;
        Ok(Some((leased, mail)))
    };
    match taken.await {
        Err(StoreError::Raced) => Ok(None),
        taken => taken,
    }
}

/// The message; absent where a part of the mail is not fit for one.
fn message(mail: &QueuedMail, now: Timestamp) -> Option<Message> {
    let address = |address: &MailAddress| Address::parse(address.as_str()).ok();
    let optional = |given: &Option<MailAddress>| given.as_ref().map(|given| address(given).ok_or(())).transpose();
    let unsubscribe = mail.list_unsubscribe.as_deref().map(Unsubscribe::parse).transpose();
    Some(Message {
        to: address(&mail.to)?,
        cc: optional(&mail.cc).ok()?,
        reply_to: optional(&mail.reply_to).ok()?,
        sender_name: Some(Line::parse(&mail.sender_name).ok()?),
        subject: Line::parse(&mail.subject).ok()?,
        text: mail.text.clone(),
        html: mail.html.clone(),
        unsubscribe: unsubscribe.ok()?,
        language: Some(LanguageTag::parse(&mail.language).ok()?),
        id: Some(MessageId(*mail.id.as_bytes())),
        sent_at: now,
        patience: Patience::Queue,
    })
}

async fn sent(services: &Services, leased: &LeasedMail, handed: Handed) -> Result<Done, StoreError> {
    let now = services.clock.now();
    let (cause, reply) = match handed {
        Handed::Whole => (None, None),
        Handed::WithoutCopy { reply } => (Some("mail_copy_refused"), Some(reply)),
    };
    settle(services, leased, &Outcome::Sent { at: now, cause }, Done::Sent, (Activity::MailSent, reply), now).await
}

async fn not_sent(services: &Services, leased: &LeasedMail, fault: MailFault) -> Result<Done, StoreError> {
    let now = services.clock.now();
    let next = after(&WAITS, leased.tries, now, services.random.as_ref()).filter(|_| !fault.is_final());
    let Some(until) = next else {
        let failed = fail(services, leased, fault.cause(), fault.reply(), now).await?;
        let of_server = matches!(failed, Done::Failed) && fault.is_of_server();
        return Ok(if of_server { Done::ServerFails { given_up: true } } else { failed });
    };
    tracing::info!(mail.id = %leased.mail.id, cause = fault.cause(), %fault, tries = leased.tries,
        "a mail was not sent; it is tried again");
    let mut unit = services.store.unit_of_work().await?;
    let once = unit.settle_mail(leased, &Outcome::PutOff { until, cause: fault.cause() }).await?;
    unit.commit().await?;
    Ok(match once {
        Once::Again => Done::Elsewhere,
        Once::First if fault.is_of_server() => Done::ServerFails { given_up: false },
        Once::First => Done::PutOff,
    })
}

async fn fail(
    services: &Services,
    leased: &LeasedMail,
    cause: &'static str,
    reply: Option<u16>,
    now: Timestamp,
) -> Result<Done, StoreError> {
    tracing::warn!(mail.id = %leased.mail.id, cause, tries = leased.tries, "a mail is not sent");
    settle(services, leased, &Outcome::Failed { at: now, cause }, Done::Failed, (Activity::MailFailed, reply), now)
        .await
}

async fn drop_unwanted(services: &Services, leased: &LeasedMail, now: Timestamp) -> Result<Done, StoreError> {
    let outcome = Outcome::Dropped { at: now, cause: "mail_unwanted" };
    settle(services, leased, &outcome, Done::Failed, (Activity::MailUnwanted, None), now).await
}

/// Writes what became of a mail and audits it.
async fn settle(
    services: &Services,
    leased: &LeasedMail,
    outcome: &Outcome,
    done: Done,
    (activity, reply): (Activity, Option<u16>),
    now: Timestamp,
) -> Result<Done, StoreError> {
    let mut unit = services.store.unit_of_work().await?;
    if unit.settle_mail(leased, outcome).await? == Once::Again {
        return Ok(Done::Elsewhere);
    }
    let mut entry = AuditEntry::new(AuditId::new(now, services.random.as_ref()), now, activity, Actor::System);
    entry.guest = leased.mail.about;
    entry.cause = match *outcome {
        Outcome::Sent { cause, .. } => cause,
        Outcome::PutOff { cause, .. } | Outcome::Failed { cause, .. } | Outcome::Dropped { cause, .. } => Some(cause),
    };
    entry.details.push(("mail", leased.mail.kind.as_str().to_owned()));
    entry.details.push(("mail_id", leased.mail.id.to_string()));
    entry.details.push(("tries", leased.tries.to_string()));
    if leased.last_cause.as_deref() == Some(OUTCOME_UNKNOWN) {
        entry.details.push(("may_be_a_duplicate", "yes".to_owned()));
    }
    if let Some(reply) = reply {
        entry.details.push(("reply", reply.to_string()));
    }
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    Ok(done)
}
