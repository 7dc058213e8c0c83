//! Sending a code by mail. What is kept of it and the step that waits for it are committed before it
//! is sent.

use crate::domain::attempts::steps::{Challenge, Step, Way};
use crate::domain::audit::Activity;
use crate::domain::factors::codes::{CodePurpose, SEND_WINDOW, next_send};
use crate::domain::factors::kinds::Kinds;
use crate::domain::store::UnitOfWork;
use crate::factors::mailed_code;
use crate::flows::mails::{self, CodeFor};
use crate::flows::next::factors::Slip;
use crate::flows::next::{Next, Page, View};
use crate::flows::sign_in::Halt;

use super::held::Held;
use super::scene::Scene;
use super::{Act, enter, record, show};

/// Sends a code, unless one was sent a moment ago.
pub(super) async fn send(
    act: Act<'_>,
    mut unit: Box<dyn UnitOfWork>,
    held: &Held,
    scene: &Scene,
    wanted: Kinds,
) -> Result<Next, Halt> {
    let services = act.services;
    let Some(mail) = scene.guest.proven_mail() else { return Err(enter::out_of_reach().into()) };
    let sends = unit.list_mailed_code_sends(held.guest, CodePurpose::SecondFactor, act.now.minus(SEND_WINDOW)).await?;
    if let Some(at) = next_send(&sends, act.now) {
        let entered = enter::again(act, scene, &held.step)?;
        let slip = Slip::SentAlready(at.since(act.now));
        let next = show::step(act, unit.as_mut(), held, scene, entered, Some(slip)).await?;
        unit.commit().await?;
        return Ok(next);
    }
    let (guest, purpose) = (held.guest, CodePurpose::SecondFactor);
    let (code, text) = mailed_code::make(&services.sealer, services.random.as_ref(), guest, purpose, act.now);
    let language = mails::code_language(services, unit.as_mut(), guest, &[], act.visitor).await?;
    unit.insert_mailed_code(&code).await?;
    let step = Step::Challenge(Challenge { wanted, way: Way::MailedCode { sent: Some(code.id) } });
    let entered = enter::again(act, scene, &step)?;
    let mut next = show::step(act, unit.as_mut(), held, scene, entered, None).await?;
    unit.append_audit(&record::entry(act, Activity::MailedCodeSent, held, scene)).await?;
    unit.commit().await?;
    if mails::send_code(services, mail, &text, CodeFor { purpose, language }, act.now).await.is_err()
        && let View::Page(Page::Factor(page)) = &mut next.view
    {
        page.slip = Some(Slip::NotSent);
    }
    Ok(next)
}
