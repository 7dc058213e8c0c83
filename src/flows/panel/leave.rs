//! Leaving the organisation: a guest ends their own account here, which can be restored for a while.

use crate::base::clock::Timestamp;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::collaboration::Collaboration;
use crate::domain::grants::SessionReading;
use crate::domain::guests::UserType;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::store::sign_ins::Once;
use crate::flows::administrators::leaves_nobody;
use crate::flows::next::{CookieChange, LeavePage, LeaveRefusedPage, Next, Page, Visitor};
use crate::flows::paths;
use crate::flows::refusals::{Context, answer, note};
use crate::flows::services::Services;
use crate::flows::sign_in::{Halt, Tries, issue};

use super::form_token::FormToken;
use super::gate;

/// The question, which stands for a quarter of an hour.
const FORM: FormToken = FormToken {
    place: b"leave",
    life: std::time::Duration::from_secs(15 * 60),
    refused: "leave_token_refused",
    of_another: "leave_token_of_another_session",
    expired: "leave_question_expired",
};
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
    let settings = unit.collaboration().await?.value;
    let is_last = leaves_nobody(unit.as_mut(), reading.guest.id).await?;
    if let Some(refusal) = refusal(&settings, &reading, is_last) {
        note(services, &refusal, Context::of(visitor, now));
        let page = LeaveRefusedPage { refusal, contact: settings.privacy_contact };
        return Ok(Next::page(Page::LeaveRefused(Box::new(page))));
    }
    let Some(token) = token else {
        let page =
            LeavePage { token: FORM.seal(services, reading.session.id, now)?, person: issue::label(&reading.guest) };
        return Ok(Next::page(Page::Leave(page)));
    };
    FORM.check(services, token, reading.session.id, now)?;
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

/// What stands against that the person ends their account here themselves.
fn refusal(settings: &Collaboration, reading: &SessionReading, is_last: bool) -> Option<Refusal> {
    let cause = if reading.guest.user_type == UserType::Member {
        "members_do_not_leave"
    } else if !settings.guests_may_leave.is_yes() {
        "leaving_switched_off"
    } else if !settings.lets_guests_leave() {
        "leaving_without_privacy_information"
    } else if is_last {
        "leaving_of_last_administrator"
    } else {
        return None;
    };
    Some(Refusal::new(Code::LeaveNotAllowed, cause))
}
