//! Asking the person to agree before an invited account becomes theirs: shown once, after they were proven and before
//! anything is bound.

use crate::base::clock::Timestamp;
use crate::base::sealing::Purpose;
use crate::base::trace::Checked;
use crate::domain::attempts::agreeing::Agreeing;
use crate::domain::attempts::{ATTEMPT_LIFE, AttemptId};
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::authentication::Authentication;
use crate::domain::collaboration::Collaboration;
use crate::domain::guests::Guest;
use crate::domain::partners::{Partner, Trust};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::sessions::{HandleHash, new_row_handle};
use crate::domain::store::UnitOfWork;
use crate::flows::next::{AgreePage, CookieChange, Next, Page, Visitor};
use crate::flows::refusals::{Context, answer, times};
use crate::flows::services::Services;
use crate::flows::sign_in::consent::ConsentChoice;
use crate::flows::sign_in::prove::SignIn;
use crate::flows::sign_in::{Halt, Tries, finish, issue, keep};
use crate::upstream::{PostedAnswer, lives};

const PLACE: &[u8] = b"attempts.agreeing";

/// What is asked, and of whom.
#[derive(Debug)]
pub(crate) struct Question {
    /// The account that waits for its person.
    pub(crate) guest: Guest,
    /// What the page says of privacy.
    pub(crate) settings: Collaboration,
}

/// Keeps what was proven, commits, and asks. The answer that proved it is spent by now.
pub(in crate::flows::sign_in) async fn ask(
    sign_in: &SignIn<'_>,
    posted: &PostedAnswer,
    mut unit: Box<dyn UnitOfWork>,
    authentication: &Authentication,
    rows: &[Checked],
    question: Question,
    partner: &Partner,
) -> Result<Next, Halt> {
    let SignIn { services, asked, visitor, now, .. } = *sign_in;
    let agreeing = Agreeing {
        asked: asked.clone(),
        authentication: authentication.clone(),
        kept: lives::kept(partner, posted, &authentication.identity.subject),
    };
    let sealed = keep::seal(services, PLACE, &agreeing.to_bytes())?;
    let handle = new_row_handle(now, services.random.as_ref());
    unit.insert_attempt(asked.id, &HandleHash::of(&handle), &sealed, now.plus(ATTEMPT_LIFE)).await?;
    let id = AuditId::new(now, services.random.as_ref());
    let mut entry = AuditEntry::new(id, now, Activity::StepAsked, Actor::Visitor);
    entry.attempt = Some(asked.id);
    entry.partner = Some(partner.id);
    entry.app = asked.request.asking();
    entry.guest = Some(question.guest.id);
    entry.address = visitor.address.map(|address| address.to_string());
    entry.checks = rows.to_vec();
    entry.details = times(asked);
    entry.details.push(("next", "agreement".to_owned()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    let Question { guest, settings } = question;
    let page = Page::Agree(AgreePage {
        attempt: asked.id,
        person: issue::label(&guest),
        partner: (!matches!(partner.trust, Trust::MailedCode)).then(|| partner.name.clone()),
        privacy_url: settings.privacy_url.map(|url| url.as_str().to_owned()),
        privacy_contact: settings.privacy_contact,
    });
    let next = keep::giving_way(&visitor.steps, asked.id, handle.len())
        .map(CookieChange::ClearStep)
        .fold(Next::page(page), Next::with);
    Ok(next.with(CookieChange::ClearAttempt(asked.id)).with(CookieChange::SetStep(asked.id, handle)))
}

/// Goes on with what the person says. Declining leaves the account as it was, and the link opens again.
pub async fn choose(services: &Services, attempt: AttemptId, choice: ConsentChoice, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    let mut tries = Tries::default();
    let next = loop {
        match choose_once(services, attempt, choice, visitor, now).await {
            Err(halt) => match tries.again(services, halt).await {
                Ok(()) => {}
                Err(halt) => {
                    // The handle may still be good once the store answers again.
                    let is_over = matches!(halt, Halt::Refused(_));
                    let next = answer(services, halt.into_refusal(), Context::of(visitor, now)).await;
                    if is_over {
                        break next;
                    }
                    return next;
                }
            },
            Ok(next) => break next,
        }
    };
    let follows = |change: &CookieChange| matches!(change, CookieChange::SetStep(id, _) if *id == attempt);
    if next.cookies.iter().any(follows) { next } else { next.with(CookieChange::ClearStep(attempt)) }
}

async fn choose_once(
    services: &Services,
    attempt: AttemptId,
    choice: ConsentChoice,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Halt> {
    let handle = visitor.step(attempt).ok_or(Refusal::new(Code::AttemptMissing, "step_cookie_missing"))?;
    let hash = HandleHash::of(handle);
    let mut unit = services.store.unit_of_work().await?;
    let row = unit.find_attempt_row(&hash, now).await?;
    let (_, sealed) = row.ok_or(Refusal::new(Code::AttemptSpent, "step_spent_or_expired"))?;
    let agreeing = open(services, &sealed)?;
    if agreeing.asked.id != attempt {
        return Err(Refusal::new(Code::AttemptMissing, "step_of_another_attempt").into());
    }
    let context = Context {
        attempt: Some(attempt),
        request: Some(&agreeing.asked.request),
        partner: Some(agreeing.authentication.partner),
        ..Context::of(visitor, now)
    };
    // Of units one is open at a time.
    drop(unit);
    let refusal = match choice {
        ConsentChoice::Decline => Refusal::new(Code::ConsentDeclined, "invitation_declined"),
        ConsentChoice::Accept => match finish::finish_agreed(services, &agreeing, handle, visitor, now).await {
            Ok(next) => return Ok(next),
            Err(refusal) => refusal,
        },
    };
    // What was refused is over, and its unit has been rolled back.
    let mut unit = services.store.unit_of_work().await?;
    unit.take_attempt_row(&hash, now).await?;
    unit.commit().await?;
    Ok(answer(services, refusal, context).await)
}

fn open(services: &Services, sealed: &[u8]) -> Result<Agreeing, Refusal> {
    let plain = services.sealer.open(Purpose::AttemptCookie, PLACE, sealed);
    plain
        .ok()
        .and_then(|plain| Agreeing::from_bytes(&plain).ok())
        .ok_or(Refusal::new(Code::AttemptMissing, "attempt_row_refused"))
}
