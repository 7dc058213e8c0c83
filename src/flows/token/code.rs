//! Redemption of a code, once.

use super::{Desk, Ground, Halt, issue};
use crate::domain::apps::token_rules::MAX_FAPI2_CODE;
use crate::domain::audit::Activity;
use crate::domain::authentication::OnceKey;
use crate::domain::sessions::{Code, HandleHash};
use crate::domain::store::sign_ins::{Once, TakenCode};
use crate::domain::store::{StoreError, UnitOfWork};
use crate::downstream::asks::Redemption;
use crate::downstream::tokens::{self, AppAnswer};

/// What stands for an issuer where the second use of a code is remembered; no partner is called so.
const REPLAYED_CODE: &str = " replayed code";

pub(super) async fn redeem(desk: &Desk<'_>, redemption: &Redemption) -> Result<AppAnswer, Halt> {
    let mut unit = desk.services.store.unit_of_work().await?;
    let code = match unit.take_code(&HandleHash::of(redemption.code().expose()), desk.now).await? {
        TakenCode::Taken(code) if code.app == desk.app.id => code,
        TakenCode::Again(code) if code.app == desk.app.id => return Ok(replayed(desk, unit, &code).await?),
        // Another app's code is not spent by whoever shows it here.
        TakenCode::Taken(_) | TakenCode::Again(_) => return Err(tokens::invalid_grant("code_of_another_app").into()),
        TakenCode::Unknown => return Err(tokens::invalid_grant("code_unknown").into()),
    };
    let ground = ground(&code);
    let issued = issue_for(desk, redemption, unit, &code, &ground).await;
    if let Err(halt) = &issued {
        desk.note_refusal(halt, &ground);
    }
    issued
}

/// Where nothing is issued, the unit is dropped and the code is as it was.
async fn issue_for(
    desk: &Desk<'_>,
    redemption: &Redemption,
    unit: Box<dyn UnitOfWork>,
    code: &Code,
    ground: &Ground<'_>,
) -> Result<AppAnswer, Halt> {
    let is_too_old = desk.app.keeps_fapi2() && desk.now >= code.issued_at.plus(MAX_FAPI2_CODE);
    if is_too_old || desk.now >= code.expires_at {
        return Err(tokens::invalid_grant("code_expired").into());
    }
    redemption.check_binding(&code.request)?;
    let first = issue::First { request: &code.request, resources: redemption.resources() };
    issue::issue(desk, unit, ground, issue::Step::First(first)).await
}

fn ground(code: &Code) -> Ground<'_> {
    Ground {
        code: code.id,
        attempt: code.attempt,
        guest: code.guest,
        session: code.session,
        scopes: code.request.scopes,
        terms: &code.request.terms,
        circumstances: &code.circumstances,
        issued_at: code.issued_at,
    }
}

async fn replayed(desk: &Desk<'_>, mut unit: Box<dyn UnitOfWork>, code: &Code) -> Result<AppAnswer, StoreError> {
    let ended = unit.end_tokens_of_code(code.id, code.session).await?;
    let said = unit.remember_once(&said_once(desk, code)).await?;
    if said == Once::Again && ended == 0 {
        // Whoever goes on showing the code writes nothing more.
        return Ok(tokens::invalid_grant("code_replayed"));
    }
    let mut entry = desk.entry(Activity::CodeReplayed, &ground(code));
    entry.details.push(("tokens_ended", ended.to_string()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    tracing::warn!(app.id = %code.app, attempt.id = %code.attempt, "a code was redeemed twice; its tokens have ended");
    Ok(tokens::invalid_grant("code_replayed"))
}

/// That the second use of a code has been audited, kept at least as long as the code is.
fn said_once(desk: &Desk<'_>, code: &Code) -> OnceKey {
    let until = code.expires_at.plus(desk.services.settings.lifetimes.token);
    OnceKey { issuer: REPLAYED_CODE.to_owned(), id: code.id.to_string(), until }
}
