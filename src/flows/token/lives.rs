//! Whether an account still lives at its partner, asked when an app renews its tokens, at most so often.
//!
//! The turn to ask is taken in a unit of its own, so that of those who renew at once, on whatever node, one asks;
//! then the network is asked with no unit open; then what was said is written, before anything is issued. A
//! partner that gives another token and a process that ends before it is written cost the person a new sign-in.

use super::renewal::{self, Asked, Renewed, ground};
use super::{Desk, Ground, Halt};
use crate::base::sealing::Purpose;
use crate::domain::audit::Activity;
use crate::domain::partners::{ASK_AGAIN_AFTER, ASKING, AskedAgain, Partner, UpstreamToken};
use crate::domain::sessions::RefreshFamily;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::downstream::asks::Renewal;
use crate::downstream::tokens::{self, AppAnswer};
use crate::flows::documents::needed;
use crate::flows::sign_in::send::ours;
use crate::upstream::lives::{self, Life, StillLives};

/// Renews, once the account behind the refresh token is known to live.
pub(super) async fn renew(desk: &Desk<'_>, renewal: &Renewal) -> Result<AppAnswer, Halt> {
    let (family, token) = match renewal::renew(desk, renewal, Asked::NotYet).await? {
        Renewed::Answered(answer) => return Ok(answer),
        Renewed::Due(due) => *due,
    };
    confirm(desk, &family, token).await?;
    match renewal::renew(desk, renewal, Asked::Already).await? {
        Renewed::Answered(answer) => Ok(answer),
        Renewed::Due(_) => Err(StoreError::Raced.into()),
    }
}

/// Holds that the account lives, by what the partner says now, or within its grace.
async fn confirm(desk: &Desk<'_>, family: &RefreshFamily, mut token: UpstreamToken) -> Result<(), Halt> {
    let session = token.session;
    let Some(partner) = partner_of(desk, family).await? else { return Ok(()) };
    let Some(asked_again) = lives::asked_again(&partner).filter(|_| partner.switch.is_on()) else { return Ok(()) };
    let mut unit = desk.services.store.unit_of_work().await?;
    if unit.take_turn(session, desk.now, desk.now.plus(ASKING)).await? == Once::Again {
        // Somebody else asks, or has asked; what is known by now decides.
        let known = unit.find_upstream_token(session).await?;
        return known.map_or(Ok(()), |known| within_grace(desk, &known, asked_again, family));
    }
    unit.commit().await?;
    match ask(desk, &partner, &token).await? {
        Said::Lives(sealed) => {
            (token.sealed, token.confirmed_at) = (sealed, desk.now);
            token.next_at = desk.now.plus(ASK_AGAIN_AFTER);
            let mut unit = desk.services.store.unit_of_work().await?;
            // A session that has ended meanwhile is found ended by whoever issues.
            unit.update_upstream_token(&token).await?;
            unit.commit().await?;
            count("lives");
            Ok(())
        }
        Said::Ended(cause, saw) => {
            count("ended");
            end(desk, family, &partner, cause, saw).await
        }
        Said::Nothing => {
            count("no_answer");
            within_grace(desk, &token, asked_again, family)
        }
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("entente_partner_refreshes_total", "outcome" => outcome).increment(1);
}

/// The partner behind the session, with its documents as far as they can be had; none where the session has ended.
async fn partner_of(desk: &Desk<'_>, family: &RefreshFamily) -> Result<Option<std::sync::Arc<Partner>>, Halt> {
    let mut unit = desk.services.store.unit_of_work().await?;
    let Some(reading) = unit.read_session_by_id(family.session, family.app).await? else { return Ok(None) };
    let partner = unit.read_partner(reading.partner.id).await?;
    drop(unit);
    let Some(partner) = partner.map(std::sync::Arc::new) else { return Ok(None) };
    match needed::with_documents(desk.services, partner.clone(), desk.now).await {
        Ok(partner) => Ok(Some(partner)),
        // It is asked all the same, and found silent.
        Err(_) => Ok(Some(partner)),
    }
}

/// What came of asking.
enum Said {
    /// It lives; what is kept from now on, sealed.
    Lives(Vec<u8>),
    /// It does not, for this cause and by these words.
    Ended(&'static str, String),
    /// Nobody said anything.
    Nothing,
}

async fn ask(desk: &Desk<'_>, partner: &std::sync::Arc<Partner>, token: &UpstreamToken) -> Result<Said, Halt> {
    let (services, now) = (desk.services, desk.now);
    let place = UpstreamToken::place(token.session);
    let Ok(kept) = services.sealer.open(Purpose::UpstreamToken, &place, &token.sealed) else {
        tracing::error!(session.id = %token.session, "a partner's refresh token does not open");
        return Ok(Said::Ended("upstream_token_unreadable", String::new()));
    };
    let ours = ours(services);
    let life = match lives::ask(partner, &kept, services.random.as_ref(), now, &ours).await {
        Life::Answered(life) => life,
        Life::Ended(cause, saw) => return Ok(Said::Ended(cause, saw)),
        Life::Silent(refusal) => {
            let evidence = refusal.evidence.unwrap_or_default();
            tracing::warn!(partner.id = %partner.id, refusal.cause = refusal.cause, evidence, "a partner was asked whether an account lives, and gave no answer");
            return Ok(Said::Nothing);
        }
    };
    let held = if life.names_unknown_key(partner, now, &ours) {
        hold_by_newer_keys(desk, partner, &life).await
    } else {
        life.hold(partner, now, &ours)
    };
    Ok(match held {
        Err(cause) => Said::Ended(cause, String::new()),
        Ok(()) => {
            let next = life.next();
            let sealed = services.sealer.seal(services.random.as_ref(), Purpose::UpstreamToken, &place, next.expose());
            Said::Lives(sealed.map_err(|_| tokens::unavailable("sealing_failed"))?)
        }
    })
}

async fn hold_by_newer_keys(
    desk: &Desk<'_>,
    partner: &std::sync::Arc<Partner>,
    life: &StillLives,
) -> Result<(), &'static str> {
    let partner = needed::with_newer_keys(desk.services, partner.clone(), desk.now).await;
    let partner = partner.map_err(|refusal| refusal.cause)?;
    life.hold(&partner, desk.now, &ours(desk.services))
}

/// While the partner is silent its last word counts for so long; then the app is to try again later, and the
/// session stays, since nobody has said that the account is gone.
fn within_grace(
    desk: &Desk<'_>,
    token: &UpstreamToken,
    asked_again: AskedAgain,
    family: &RefreshFamily,
) -> Result<(), Halt> {
    let end = token.confirmed_at.plus(ASK_AGAIN_AFTER.max(asked_again.grace));
    if desk.now < end {
        return Ok(());
    }
    let halt = Halt::Answer(tokens::unavailable("partner_silent_too_long"));
    desk.note_refusal(&halt, &ground(family));
    Err(halt)
}

/// Ends the session with all that came of it, whatever the app.
async fn end(
    desk: &Desk<'_>,
    family: &RefreshFamily,
    partner: &Partner,
    cause: &'static str,
    saw: String,
) -> Result<(), Halt> {
    let ground: Ground<'_> = ground(family);
    let mut unit = desk.services.store.unit_of_work().await?;
    unit.end_session(family.session, desk.now).await?;
    let mut entry = desk.entry(Activity::PartnerWithdrew, &ground);
    entry.partner = Some(partner.id);
    entry.cause = Some(cause);
    if !saw.is_empty() {
        entry.details.push(("evidence", saw));
    }
    unit.append_audit(&entry).await?;
    unit.commit().await.map_err(|error: StoreError| Halt::Store(error))?;
    desk.services.directory.forget();
    tracing::info!(session.id = %family.session, partner.id = %partner.id, cause, "a partner says that an account lives no more");
    Err(tokens::invalid_grant("partner_withdrew").into())
}
