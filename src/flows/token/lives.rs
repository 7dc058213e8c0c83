//! Whether an account still lives at its partner, asked when an app renews its tokens, at most so often.
//!
//! The turn to ask is taken in a unit of its own, so that of those who renew at once, on whatever node, one asks;
//! then the network is asked with no unit open; then what was said is written, before anything is issued. A
//! partner that gives another token and a process that ends before it is written cost the person a new sign-in.

use std::sync::Arc;

use tracing::Instrument as _;

use super::renewal::{self, Asked, Renewed, ground};
use super::{Desk, Ground, Halt, failed};
use crate::base::clock::Timestamp;
use crate::base::sealing::Purpose;
use crate::domain::audit::{Activity, AuditEntry};
use crate::domain::partners::{ASK_AGAIN_AFTER, ASKING, AskedAgain, Partner, UpstreamToken};
use crate::domain::sessions::RefreshFamily;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::downstream::asks::Renewal;
use crate::downstream::tokens::{self, AppAnswer};
use crate::flows::documents::needed;
use crate::flows::services::Services;
use crate::flows::sign_in::MAX_TRIES;
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
async fn confirm(desk: &Desk<'_>, family: &RefreshFamily, token: UpstreamToken) -> Result<(), Halt> {
    let Some(partner) = partner_of(desk, family).await? else { return Ok(()) };
    let Some(asked_again) = lives::asked_again(&partner).filter(|_| partner.switch.is_on()) else { return Ok(()) };
    let ground: Ground<'_> = ground(family);
    let mut entry = desk.entry(Activity::PartnerWithdrew, &ground);
    entry.partner = Some(partner.id);
    let asking = Asking { services: desk.services.clone(), partner, token, entry, now: desk.now };
    // Whoever asks may hang up or run out of time, and a partner's no must be written all the same.
    let asking = tokio::spawn(asking.run().instrument(tracing::Span::current()));
    match asking.await.map_err(|_| tokens::unavailable("partner_not_asked"))?? {
        Outcome::Lives => Ok(()),
        Outcome::Ended => Err(tokens::invalid_grant("partner_withdrew").into()),
        // What is known by now decides.
        Outcome::Unknown(known) => known.map_or(Ok(()), |known| within_grace(desk, &known, asked_again, family)),
    }
}

/// What is known once a partner was asked.
enum Outcome {
    /// The account lives.
    Lives,
    /// It does not, and the session has ended.
    Ended,
    /// Nobody has said anything since this; none where the session has ended.
    Unknown(Option<UpstreamToken>),
}

/// All that is needed to ask once, whatever becomes of the request that began it.
struct Asking {
    services: Services,
    partner: Arc<Partner>,
    token: UpstreamToken,
    /// That the account is gone, where it is.
    entry: AuditEntry,
    now: Timestamp,
}

impl Asking {
    async fn run(mut self) -> Result<Outcome, Halt> {
        let session = self.token.session;
        let mut unit = self.services.store.unit_of_work().await?;
        if unit.take_turn(session, self.now, self.now.plus(ASKING)).await? == Once::Again {
            // Somebody else asks, or has asked.
            return Ok(Outcome::Unknown(unit.find_upstream_token(session).await?));
        }
        unit.commit().await?;
        match ask(&self.services, &self.partner, &self.token, self.now).await? {
            Said::Lives(sealed) => {
                (self.token.sealed, self.token.confirmed_at) = (sealed, self.now);
                self.token.next_at = self.now.plus(ASK_AGAIN_AFTER);
                self.write(None).await?;
                count("lives");
                Ok(Outcome::Lives)
            }
            Said::Unproven(sealed) => {
                count("no_answer");
                // Its last word stays the one of before; only by the newer token can it be asked again.
                (self.token.sealed, self.token.next_at) = (sealed, self.now.plus(ASKING));
                self.write(None).await?;
                Ok(Outcome::Unknown(Some(self.token)))
            }
            Said::Ended(cause, saw) => {
                count("ended");
                self.entry.cause = Some(cause);
                if !saw.is_empty() {
                    self.entry.details.push(("evidence", saw));
                }
                self.write(Some(&self.entry)).await?;
                self.services.directory.forget();
                tracing::info!(session.id = %session, partner.id = %self.partner.id, cause, "a partner says that an account lives no more");
                Ok(Outcome::Ended)
            }
            Said::Nothing => {
                count("no_answer");
                Ok(Outcome::Unknown(Some(self.token)))
            }
        }
    }

    /// Writes what was said, here and not by a renewal that begins anew: that one would find the turn taken, and go by
    /// the word of before.
    async fn write(&self, gone: Option<&AuditEntry>) -> Result<(), AppAnswer> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.write_once(gone).await {
                Ok(()) => return Ok(()),
                Err(StoreError::Raced) if tries < MAX_TRIES => {}
                Err(error) => return Err(failed(&error)),
            }
        }
    }

    async fn write_once(&self, gone: Option<&AuditEntry>) -> Result<(), StoreError> {
        let mut unit = self.services.store.unit_of_work().await?;
        match gone {
            // The session ends with all that came of it, whatever the app.
            Some(entry) => {
                unit.end_session(self.token.session, self.now).await?;
                unit.append_audit(entry).await?;
            }
            // A session that has ended meanwhile is found ended by whoever issues.
            None => drop(unit.update_upstream_token(&self.token).await?),
        }
        unit.commit().await
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("entente_partner_refreshes_total", "outcome" => outcome).increment(1);
}

/// The partner behind the session, with its documents as far as they can be had; none where the session has ended.
async fn partner_of(desk: &Desk<'_>, family: &RefreshFamily) -> Result<Option<Arc<Partner>>, Halt> {
    let mut unit = desk.services.store.unit_of_work().await?;
    let Some(reading) = unit.read_session_by_id(family.session, family.app).await? else { return Ok(None) };
    let partner = unit.read_partner(reading.partner.id).await?;
    drop(unit);
    let Some(partner) = partner.map(Arc::new) else { return Ok(None) };
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
    /// It seems to live, by a token that nobody can check yet; what is kept from now on, sealed.
    Unproven(Vec<u8>),
    /// Nobody said anything.
    Nothing,
}

async fn ask(
    services: &Services,
    partner: &Arc<Partner>,
    token: &UpstreamToken,
    now: Timestamp,
) -> Result<Said, AppAnswer> {
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
        hold_by_newer_keys(services, partner, &life, now).await
    } else {
        life.hold(partner, now, &ours).map(|()| Held::Proven)
    };
    let held = match held {
        Ok(held) => held,
        Err(cause) => return Ok(Said::Ended(cause, String::new())),
    };
    let next = life.next();
    let sealed = services.sealer.seal(services.random.as_ref(), Purpose::UpstreamToken, &place, next.expose());
    let sealed = sealed.map_err(|_| tokens::unavailable("sealing_failed"))?;
    Ok(match held {
        Held::Proven => Said::Lives(sealed),
        Held::NotYet => Said::Unproven(sealed),
    })
}

/// Whether an answer against which nothing speaks is proven.
enum Held {
    Proven,
    /// By a key that cannot be had now.
    NotYet,
}

/// A key that stays unknown says nothing of the account: a partner may sign by a new one before its key document shows
/// it, and the document may be out of reach.
async fn hold_by_newer_keys(
    services: &Services,
    partner: &Arc<Partner>,
    life: &StillLives,
    now: Timestamp,
) -> Result<Held, &'static str> {
    let ours = ours(services);
    match needed::with_newer_keys(services, partner.clone(), now).await {
        Ok(newer) if !life.names_unknown_key(&newer, now, &ours) => {
            life.hold(&newer, now, &ours).map(|()| Held::Proven)
        }
        Ok(_) => {
            tracing::warn!(partner.id = %partner.id, "a partner says that an account lives, by a key that is not known");
            Ok(Held::NotYet)
        }
        Err(refusal) => {
            tracing::warn!(partner.id = %partner.id, refusal.cause = refusal.cause, "the newer keys of a partner could not be read");
            Ok(Held::NotYet)
        }
    }
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
