//! Judging a code that was typed. Nothing of the judgement is told before the try has been counted and committed.

use crate::base::clock::Timestamp;
use crate::domain::attempts::{Asked, AskedCode, Sent, SentCode, Turn};
use crate::domain::factors::choice::MailedCodes;
use crate::domain::factors::codes::{CodePurpose, MAILED_CODE_LIFE};
use crate::domain::guests::GuestId;
use crate::domain::partners::MAILED_CODE_PARTNER;
use crate::domain::refusal::{Code, Refusal};
use crate::factors::mailed_code;
use crate::flows::next::{CodeSlip, Next, Visitor};
use crate::flows::refusals::{self, Context};
use crate::flows::services::Services;
use crate::flows::sign_in::{Halt, Tries, finish};
use crate::upstream;

use super::account::{account, address_tally, count};
use super::page;

/// Judges `typed`; where it is the code, the person is signed in as at any other partner.
pub(super) async fn check(
    services: &Services,
    asked: &Asked,
    code: &AskedCode,
    typed: &str,
    visitor: &Visitor,
    context: Context<'_>,
) -> Result<Next, Refusal> {
    let now = context.now;
    let sent = code.sent.ok_or(Refusal::new(Code::BadRequest, "no_code_sent"))?;
    if now >= sent.at.plus(MAILED_CODE_LIFE) {
        refusals::note(services, &Refusal::new(Code::OtpExpired, "sign_in_code_expired"), context);
        return page(services, asked, Some(CodeSlip::Expired)).await;
    }
    if !mailed_code::is_code(typed) {
        return page(services, asked, Some(CodeSlip::Malformed)).await;
    }
    let mut tries = Tries::default();
    let is_right = loop {
        match judge(services, asked, code, sent, typed, visitor, now).await {
            Err(halt) => tries.again(services, halt).await.map_err(Halt::into_refusal)?,
            Ok(is_right) => break is_right,
        }
    };
    if !is_right {
        refusals::note(services, &Refusal::new(Code::OtpWrong, "sign_in_code_wrong"), context);
        return page(services, asked, Some(CodeSlip::Wrong)).await;
    }
    let posted = upstream::mailed_code::typed(code.address.clone(), sent.id, sent.at);
    let asking = Sent {
        partner: MAILED_CODE_PARTNER,
        request_id: sent.id.to_string(),
        verifier: String::new(),
        at: sent.at,
        turn: Turn::First,
        strengths: Vec::new(),
    };
    let asked = Asked { sent: Some(asking.clone()), ..asked.clone() };
    finish::finish_asked(services, &posted, &asked, &asking, visitor, now).await
}

/// Whether it is the code. Once it is, it is spent by the sign-in that it makes, which remembers it.
async fn judge(
    services: &Services,
    asked: &Asked,
    code: &AskedCode,
    sent: SentCode,
    typed: &str,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<bool, Halt> {
    let mut unit = services.store.unit_of_work().await?;
    count(unit.as_mut(), visitor, now).await?;
    let wrong = address_tally(services, unit.as_mut(), &code.address, now).await?;
    let guest = account(unit.as_mut(), &code.address, &asked.request, now).await?;
    let whose = guest.map_or(GuestId::from_uuid(uuid::Uuid::nil()), |guest| guest.id);
    let kept = unit.count_mailed_code_try(whose, CodePurpose::SignIn, sent.id).await?;
    let is_right = |kept| mailed_code::check(&services.sealer, whose, &kept, MailedCodes::On, typed, now).is_ok();
    let is_right = kept.is_some_and(is_right);
    // What was wrong is counted with the address, and the tally is held from before the judgement on: tries at the
    // same time cannot share one count, and nothing is told before it is committed.
    for (key, tally) in &wrong {
        if is_right {
            unit.delete_tally(key).await?;
        } else {
            unit.update_tally(key, tally).await?;
        }
    }
    unit.commit().await?;
    Ok(is_right)
}
