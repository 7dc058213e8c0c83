//! Keeping an attempt in the browser: sealed into its cookie, or, above the size that cookies hold,
//! as a row of which the cookie has the handle.

use crate::base::clock::Timestamp;
use crate::base::encoding::{base64url, from_base64url};
use crate::base::sealing::Purpose;
use crate::domain::attempts::{ATTEMPT_LIFE, Asked, AttemptId, MAX_ATTEMPTS, MAX_KEPT, MAX_SEALED, Proven};
use crate::domain::policy::words::PersistentBrowser;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::sessions::{HandleHash, Session, new_row_handle};
use crate::flows::next::{CookieChange, Visitor};
use crate::flows::services::Services;

use super::decide::Decided;
use super::store_refusal;

const IN_COOKIE: &str = "s.";
const IN_ROW: &str = "r.";
const PROVEN_PLACE: &[u8] = b"attempts.proven";

/// Seals `asked` for the browser and drops its oldest attempts above the limit.
pub(crate) async fn keep(
    services: &Services,
    asked: &Asked,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Vec<CookieChange>, Refusal> {
    let sealed = seal(services, asked.id.as_bytes(), &asked.to_bytes())?;
    let text = base64url(&sealed);
    let value = if text.len() + IN_COOKIE.len() <= MAX_SEALED {
        format!("{IN_COOKIE}{text}")
    } else {
        services.spills.check(visitor.address).map_err(|many| many.refusal("too_many_large_attempts"))?;
        let handle = new_row_handle(now, services.random.as_ref());
        let mut unit = services.store.unit_of_work().await.map_err(|error| store_refusal(&error))?;
        let kept = unit.insert_attempt(asked.id, &HandleHash::of(&handle), &sealed, asked.ends_at()).await;
        kept.map_err(|error| store_refusal(&error))?;
        unit.commit().await.map_err(|error| store_refusal(&error))?;
        format!("{IN_ROW}{handle}")
    };
    let giving_way = giving_way(&visitor.attempts, asked.id, value.len());
    let mut changes: Vec<_> = giving_way.map(CookieChange::ClearAttempt).collect();
    changes.push(CookieChange::SetAttempt(asked.id, value, asked.ends_at().since(now).max(ATTEMPT_LIFE)));
    Ok(changes)
}

/// The oldest of what a browser holds that give way, so that with `id` no more than [`MAX_ATTEMPTS`] and
/// [`MAX_KEPT`] stay. `size` is that of the new value.
pub(crate) fn giving_way(held: &[(AttemptId, String)], id: AttemptId, size: usize) -> impl Iterator<Item = AttemptId> {
    let (mut count, mut sum) = (1, size);
    let newest_first = held.iter().rev().filter(move |(held, _)| *held != id);
    let surplus = newest_first.skip_while(move |(_, value)| {
        count += 1;
        sum += value.len();
        count <= MAX_ATTEMPTS && sum <= MAX_KEPT
    });
    surplus.map(|(held, _)| *held)
}

/// Opens the attempt that this browser holds under `id`. Nothing is spent.
pub(crate) async fn open(
    services: &Services,
    visitor: &Visitor,
    id: AttemptId,
    now: Timestamp,
) -> Result<Asked, Refusal> {
    let missing = |cause| Refusal::new(Code::AttemptMissing, cause);
    let value = visitor.attempt(id).ok_or(missing("attempt_cookie_missing"))?;
    let sealed = if let Some(text) = value.strip_prefix(IN_COOKIE) {
        from_base64url(text).ok_or(missing("attempt_cookie_malformed"))?
    } else if let Some(handle) = value.strip_prefix(IN_ROW) {
        let mut unit = services.store.unit_of_work().await.map_err(|error| store_refusal(&error))?;
        let row = unit.find_attempt_row(&HandleHash::of(handle), now).await.map_err(|error| store_refusal(&error))?;
        row.map(|(_, sealed)| sealed).ok_or(missing("attempt_row_missing"))?
    } else {
        return Err(missing("attempt_cookie_malformed"));
    };
    let plain = services.sealer.open(Purpose::AttemptCookie, id.as_bytes(), &sealed);
    let plain = plain.map_err(|_| missing("attempt_cookie_refused"))?;
    let asked = Asked::from_bytes(&plain).map_err(|_| missing("attempt_cookie_refused"))?;
    if asked.is_alive(now) { Ok(asked) } else { Err(Refusal::new(Code::AttemptExpired, "attempt_expired")) }
}

/// How long the browser keeps the cookie of a session: until it is closed, but where a policy says
/// "always". **Units**: the rest of the session's whole life.
pub(crate) fn session(
    services: &Services,
    decided: &Decided,
    session: &Session,
    now: Timestamp,
) -> Option<CookieChange> {
    let is_kept = decided.terms()?.persistent_browser == Some(PersistentBrowser::Always);
    let end = session.started_at.plus(services.settings.lifetimes.session_whole);
    is_kept.then(|| CookieChange::KeepSession(end.since(now)))
}

/// The cookie of a session that is used, set again where a policy says how long it is kept.
pub(crate) fn session_again(
    services: &Services,
    decided: &Decided,
    session: &Session,
    visitor: &Visitor,
    now: Timestamp,
) -> Vec<CookieChange> {
    let is_said = decided.terms().is_some_and(|terms| terms.persistent_browser.is_some());
    let Some(handle) = visitor.session.as_ref().filter(|_| is_said) else { return Vec::new() };
    let set = CookieChange::SetSession(handle.clone());
    std::iter::once(set).chain(self::session(services, decided, session, now)).collect()
}

/// Seals the second life of an attempt for its row.
pub(crate) fn seal_proven(services: &Services, proven: &Proven) -> Result<Vec<u8>, Refusal> {
    seal(services, PROVEN_PLACE, &proven.to_bytes())
}

/// Opens the row of an attempt's second life.
pub(crate) fn open_proven(services: &Services, sealed: &[u8]) -> Result<Proven, Refusal> {
    let plain = services.sealer.open(Purpose::AttemptCookie, PROVEN_PLACE, sealed);
    plain
        .ok()
        .and_then(|plain| Proven::from_bytes(&plain).ok())
        .ok_or(Refusal::new(Code::AttemptMissing, "attempt_row_refused"))
}

/// Seals an attempt for its place.
pub(crate) fn seal(services: &Services, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, Refusal> {
    services
        .sealer
        .seal(services.random.as_ref(), Purpose::AttemptCookie, place, plain)
        .map_err(|_| Refusal::new(Code::Internal, "sealing_failed"))
}
