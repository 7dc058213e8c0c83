//! Signing out: by an app's word with a token of ours, or by the person's own.

use crate::base::binary::{Reader, Writer};
use crate::base::clock::Timestamp;
use crate::base::encoding::{base64url, from_base64url};
use crate::base::params::RawParams;
use crate::base::sealing::Purpose;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::guests::GuestId;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::sessions::{HandleHash, Session, SessionId};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::downstream::logout::{LogoutAsk, Wanted};
use crate::flows::next::{CookieChange, Next, Page, Visitor};
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;
use crate::flows::sign_in::{MAX_TRIES, store_refusal};

const PLACE: &[u8] = b"sign_out";
/// How long the question "do you want to sign out?" may stand.
const QUESTION_LIFE: std::time::Duration = std::time::Duration::from_secs(15 * 60);

/// Answers a request at the end-session endpoint (OpenID Connect RP-Initiated Logout 1.0 2).
pub async fn start(services: &Services, params: &RawParams, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    match start_asked(services, params, visitor, now).await {
        Ok(next) => next,
        Err(refusal) => refused(services, refusal, visitor, now).await,
    }
}

async fn refused(services: &Services, refusal: Refusal, visitor: &Visitor, now: Timestamp) -> Next {
    answer(services, refusal, Context::of(visitor, now)).await
}

async fn start_asked(
    services: &Services,
    params: &RawParams,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let ask = LogoutAsk::read(params, &services.keys, &services.settings.public_url)?;
    let app = match ask.client_id()? {
        Some(client_id) => {
            let app = services.directory.app_by_client_id(client_id).await.map_err(|error| store_refusal(&error))?;
            let app = app.ok_or(Refusal::new(Code::AppUnknown, "client_id_unknown"))?;
            Some(app)
        }
        None => None,
    };
    // The person is signed out in any case, but nobody is led to an app that is switched off.
    let wanted = match ask.wanted(app.as_deref(), &services.settings.public_url)? {
        Wanted::BackTo(_) if app.is_some_and(|app| !app.switch.is_on()) => Wanted::Nothing,
        wanted => wanted,
    };
    let session = session_of(services, visitor, now).await?;
    match (ask.session(), session) {
        // The app names the session of this browser by a token of ours: it ends without a question.
        (Some(named), Some(session)) if session.id == named => {
            end(services, named, ask.guest(), visitor, now).await?;
            Ok(done(wanted, visitor))
        }
        // A token alone ends nobody's session: apps keep them and logs leak them, and a browser that is
        // signed in shows its cookie.
        (_, None) => Ok(done(wanted, visitor)),
        (_, Some(session)) => {
            let token = seal(services, &session, &wanted, now)?;
            Ok(Next::page(Page::SignOutConfirm { token }))
        }
    }
}

/// The session of this browser, unless it has ended by itself; one that was revoked is no longer found.
async fn session_of(
    services: &Services,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Option<std::sync::Arc<Session>>, Refusal> {
    let Some(handle) = visitor.session.as_deref() else { return Ok(None) };
    let session = services.directory.session(&HandleHash::of(handle)).await.map_err(|error| store_refusal(&error))?;
    let lifetimes = &services.settings.lifetimes;
    Ok(session.filter(|session| session.is_alive(lifetimes, Timestamp::EPOCH, now)))
}

/// The end. The cookie is dropped where it came along, so that another site, whose requests come without
/// it, cannot take it away.
fn done(wanted: Wanted, visitor: &Visitor) -> Next {
    let next = match wanted {
        Wanted::BackTo(url) => Next::redirect(url),
        Wanted::Nothing => Next::page(Page::SignedOut { back: None }),
    };
    if visitor.session.is_some() { next.with(CookieChange::ClearSession) } else { next }
}

async fn end(
    services: &Services,
    id: SessionId,
    guest: Option<GuestId>,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut tries = 0;
    loop {
        tries += 1;
        match end_once(services, id, guest, visitor, now).await {
            Err(StoreError::Raced) if tries < MAX_TRIES => {}
            other => return other.map_err(|error| store_refusal(&error)),
        }
    }
}

async fn end_once(
    services: &Services,
    id: SessionId,
    guest: Option<GuestId>,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut unit = services.store.unit_of_work().await?;
    if unit.end_session(id, now).await? == Once::First {
        let mut entry =
            AuditEntry::new(AuditId::new(now, services.random.as_ref()), now, Activity::SignOut, Actor::Visitor);
        entry.guest = guest;
        entry.session = Some(id);
        entry.address = visitor.address.map(|address| address.to_string());
        unit.append_audit(&entry).await?;
        unit.commit().await?;
        services.directory.forget();
    }
    Ok(())
}

/// What the person says to the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignOutChoice {
    /// Yes.
    SignOut,
    /// No.
    Stay,
}

/// Goes on with the answer. The token binds it to the session that the question was asked of, so that
/// another site's form ends nobody's session.
pub async fn confirm(services: &Services, token: &str, choice: SignOutChoice, visitor: &Visitor) -> Next {
    let now = services.clock.now();
    match confirm_asked(services, token, choice, visitor, now).await {
        Ok(next) => next,
        Err(refusal) => refused(services, refusal, visitor, now).await,
    }
}

async fn confirm_asked(
    services: &Services,
    token: &str,
    choice: SignOutChoice,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Refusal> {
    let (asked_of, asked_at, wanted) =
        open(services, token).ok_or(Refusal::new(Code::BadRequest, "sign_out_token_refused"))?;
    if now >= asked_at.plus(QUESTION_LIFE) {
        return Err(Refusal::new(Code::AttemptExpired, "sign_out_question_expired"));
    }
    let session = session_of(services, visitor, now).await?;
    match (session, choice) {
        (None, _) => Ok(done(wanted, visitor)),
        (Some(session), _) if session.id != asked_of => {
            Err(Refusal::new(Code::BadRequest, "sign_out_token_of_another_session"))
        }
        (Some(_), SignOutChoice::Stay) => Ok(Next::page(Page::StillSignedIn)),
        (Some(session), SignOutChoice::SignOut) => {
            end(services, session.id, Some(session.guest), visitor, now).await?;
            Ok(done(wanted, visitor))
        }
    }
}

fn seal(services: &Services, session: &Session, wanted: &Wanted, now: Timestamp) -> Result<String, Refusal> {
    let mut writer = Writer::new();
    writer.fixed(session.id.as_bytes()).number(now.micros());
    writer.optional_text(match wanted {
        Wanted::BackTo(url) => Some(url),
        Wanted::Nothing => None,
    });
    services
        .sealer
        .seal(services.random.as_ref(), Purpose::PageState, PLACE, &writer.finish())
        .map(base64url)
        .map_err(|_| Refusal::new(Code::Internal, "sealing_failed"))
}

fn open(services: &Services, token: &str) -> Option<(SessionId, Timestamp, Wanted)> {
    let sealed = from_base64url(token)?;
    let plain = services.sealer.open(Purpose::PageState, PLACE, &sealed).ok()?;
    let mut reader = Reader::new(&plain);
    let id = uuid::Uuid::from_slice(reader.fixed(16).ok()?).ok()?;
    let asked_at = Timestamp::from_micros(reader.number().ok()?);
    let wanted = reader.optional_text().ok()?.map_or(Wanted::Nothing, Wanted::BackTo);
    reader.finish().ok()?;
    Some((SessionId::from_uuid(id), asked_at, wanted))
}
