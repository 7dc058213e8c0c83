//! Leaving the organisation: a guest ends their own account here, which can be restored for a while.

use crate::base::binary::{Reader, Writer};
use crate::base::clock::Timestamp;
use crate::base::encoding::{base64url, from_base64url};
use crate::base::sealing::Purpose;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::grants::SessionReading;
use crate::domain::guests::UserType;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::sessions::SessionId;
use crate::domain::store::UnitOfWork;
use crate::domain::store::sign_ins::Once;
use crate::flows::next::{CookieChange, LeavePage, Next, Page, Visitor};
use crate::flows::paths;
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;
use crate::flows::sign_in::{Halt, Tries, issue};

use super::gate;

const PLACE: &[u8] = b"leave";
/// How long the question may stand.
const QUESTION_LIFE: std::time::Duration = std::time::Duration::from_secs(15 * 60);
/// Who removed the account, as the removal has it.
const BY: &str = "the person";

/// Asks whether the person wants to leave.
pub async fn ask(services: &Services, visitor: &Visitor) -> Next {
    go(services, visitor, None).await
}

/// Leaves. The token binds the form to the session of which it was asked, so that another site's form removes nobody.
pub async fn leave(services: &Services, token: &str, visitor: &Visitor) -> Next {
    go(services, visitor, Some(token)).await
}

async fn go(services: &Services, visitor: &Visitor, token: Option<&str>) -> Next {
    let now = services.clock.now();
    let mut tries = Tries::default();
    loop {
        match go_once(services, visitor, token, now).await {
            Ok(next) => return next,
            Err(halt) => match tries.again(services, halt).await {
                Ok(()) => {}
                Err(halt) => return answer(services, halt.into_refusal(), Context::of(visitor, now)).await,
            },
        }
    }
}

async fn go_once(services: &Services, visitor: &Visitor, token: Option<&str>, now: Timestamp) -> Result<Next, Halt> {
    // Who is not signed in, or must show more, begins at the panel.
    let Some((mut unit, reading)) = gate(services, visitor, now).await? else { return Ok(Next::own(paths::PANEL)) };
    may_leave(unit.as_mut(), &reading).await?;
    let Some(token) = token else {
        let page = LeavePage { token: seal(services, reading.session.id, now)?, person: issue::label(&reading.guest) };
        return Ok(Next::page(Page::Leave(page)));
    };
    check(services, token, reading.session.id, now)?;
    let guest = reading.guest.id;
    if unit.soft_delete_guest(guest, BY, now).await? == Once::First {
        let id = AuditId::new(now, services.random.as_ref());
        let mut entry = AuditEntry::new(id, now, Activity::GuestDeleted, Actor::Visitor);
        entry.guest = Some(guest);
        entry.session = Some(reading.session.id);
        entry.partner = Some(reading.partner.id);
        entry.address = visitor.address.map(|address| address.to_string());
        entry.details.push(("by", "leaving".to_owned()));
        unit.append_audit(&entry).await?;
        unit.commit().await?;
        services.directory.forget();
    }
    Ok(Next::page(Page::Left).with(CookieChange::ClearSession))
}

/// Whether the person may end their account here themselves.
///
/// # Errors
/// [`Code::LeaveNotAllowed`].
async fn may_leave(unit: &mut dyn UnitOfWork, reading: &SessionReading) -> Result<(), Halt> {
    let refused = |cause| Err(Refusal::new(Code::LeaveNotAllowed, cause).into());
    if reading.guest.user_type == UserType::Member {
        return refused("members_do_not_leave");
    }
    if unit.collaboration().await?.value.guests_may_leave.is_yes() { Ok(()) } else { refused("leaving_switched_off") }
}

fn seal(services: &Services, session: SessionId, now: Timestamp) -> Result<String, Refusal> {
    let mut writer = Writer::new();
    writer.fixed(session.as_bytes()).number(now.micros());
    let sealed = services.sealer.seal(services.random.as_ref(), Purpose::PageState, PLACE, &writer.finish());
    sealed.map(base64url).map_err(|_| Refusal::new(Code::Internal, "sealing_failed"))
}

fn check(services: &Services, token: &str, session: SessionId, now: Timestamp) -> Result<(), Refusal> {
    let (asked_of, asked_at) = open(services, token).ok_or(Refusal::new(Code::BadRequest, "leave_token_refused"))?;
    if asked_of != session {
        return Err(Refusal::new(Code::BadRequest, "leave_token_of_another_session"));
    }
    if now >= asked_at.plus(QUESTION_LIFE) {
        return Err(Refusal::new(Code::AttemptExpired, "leave_question_expired"));
    }
    Ok(())
}

fn open(services: &Services, token: &str) -> Option<(SessionId, Timestamp)> {
    let plain = services.sealer.open(Purpose::PageState, PLACE, &from_base64url(token)?).ok()?;
    let mut reader = Reader::new(&plain);
    let id = uuid::Uuid::from_slice(reader.fixed(16).ok()?).ok()?;
    let asked_at = Timestamp::from_micros(reader.number().ok()?);
    reader.finish().ok()?;
    Some((SessionId::from_uuid(id), asked_at))
}
