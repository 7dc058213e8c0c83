//! The page on which people manage their own factors: list, add, rename, remove, new recovery codes.
//!
//! It needs this browser's session, and where anything is enrolled a factor that was passed lately: a
//! session that has only the partner's proof neither sees nor changes anything then. The first factor is
//! added straight after a fresh sign-in only.

use crate::base::binary::{Reader, Writer};
use crate::base::clock::Timestamp;
use crate::base::encoding::{base64url, from_base64url};
use crate::base::sealing::Purpose;
use crate::domain::apps::AppId;
use crate::domain::attempts::AttemptId;
use crate::domain::attempts::steps::Step;
use crate::domain::audit::Activity;
use crate::domain::factors::kinds::Kinds;
use crate::domain::factors::{Enrolled, FactorId, FactorKind, FactorLabel};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::sessions::{HandleHash, Session, SessionId};
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::next::factors::{Done, FactorAct, FactorLine, FactorQuestion, SecurityInfo};
use crate::flows::next::{Next, Page, Visitor};
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;
use crate::flows::sign_in::{Halt, MAX_TRIES, issue};

use super::answer::ask;
use super::held::{Errand, Held};
use super::scene::{Scene, check_managing};
use super::ways::{RECENT, Ways};
use super::{Act, enrol, enter, record};

const PLACE: &[u8] = b"security-info";

/// What a person does with their own factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Managed<'a> {
    /// To add one.
    Add(FactorKind),
    /// To be asked for another name.
    Rename(FactorId),
    /// To give it this name.
    SaveLabel(FactorId, &'a str),
    /// To be asked whether to remove it.
    Remove(FactorId),
    /// To remove it.
    ConfirmRemove(FactorId),
    /// To make new recovery codes.
    NewCodes,
}

/// The page.
pub async fn show(services: &Services, visitor: &Visitor) -> Next {
    go(services, visitor, None).await
}

/// Does what the page's form asks. The token binds the form to the session, so that another site's form
/// changes nothing.
pub async fn act(services: &Services, token: &str, managed: Managed<'_>, visitor: &Visitor) -> Next {
    go(services, visitor, Some((token, managed))).await
}

async fn go(services: &Services, visitor: &Visitor, form: Option<(&str, Managed<'_>)>) -> Next {
    let act = Act { services, visitor, now: services.clock.now() };
    let mut tries = 0;
    loop {
        tries += 1;
        match go_once(act, form).await {
            Ok(next) => return next,
            Err(Halt::Store(StoreError::Raced)) if tries < MAX_TRIES => {}
            Err(halt) => return answer(services, halt.into_refusal(), Context::of(visitor, act.now)).await,
        }
    }
}

async fn go_once(act: Act<'_>, form: Option<(&str, Managed<'_>)>) -> Result<Next, Halt> {
    let services = act.services;
    let Some(handle) = act.visitor.session.as_deref() else { return Ok(Next::page(Page::SecurityInfoSignedOut)) };
    let mut unit = services.store.unit_of_work().await?;
    // No app asks, so the reading names one that is nobody's.
    let nobody = AppId::from_uuid(uuid::Uuid::nil());
    let reading = unit.read_session(&HandleHash::of(handle), nobody).await?;
    let alive = reading.filter(|reading| {
        reading.session.is_alive(&services.settings.lifetimes, reading.guest.sessions_valid_from, act.now)
    });
    let Some(reading) = alive else { return Ok(Next::page(Page::SecurityInfoSignedOut)) };
    check_managing(&reading)?;
    let enrolled = unit.list_factors(reading.guest.id).await?;
    let recovery_codes = unit.list_recovery_codes(reading.guest.id).await?.len();
    let scene = Scene {
        guest: reading.guest,
        session: reading.session,
        partner: reading.partner.id,
        app_name: None,
        enrolled,
        recovery_codes,
    };
    if let Some((token, _)) = form {
        check_token(act, &scene.session, token)?;
    }
    let standing = scene.standing(act);
    if standing.is_enrolled() && !standing.has_recently_passed() {
        return challenge(act, unit, &scene).await;
    }
    match form {
        None => Ok(Next::page(page(act, &scene, None)?)),
        Some((_, managed)) => manage(act, unit, scene, managed).await,
    }
}

/// A factor must be passed before anything is shown.
async fn challenge(act: Act<'_>, unit: Box<dyn UnitOfWork>, scene: &Scene) -> Result<Next, Halt> {
    let ways = scene.standing(act).ways(Kinds::ALL);
    let entered = enter::first(act, scene, Kinds::ALL, ways)?.ok_or_else(enter::out_of_reach)?;
    ask(act, unit, &held(act, scene), scene, entered, None).await
}

async fn manage(act: Act<'_>, mut unit: Box<dyn UnitOfWork>, scene: Scene, managed: Managed<'_>) -> Result<Next, Halt> {
    let of = |id: FactorId| scene.enrolled.iter().find(|factor| factor.id == id);
    let done = match managed {
        Managed::Add(kind) => return add(act, unit, &scene, kind).await,
        Managed::NewCodes if scene.standing(act).is_enrolled() => {
            return enrol::hand_out_codes(act, unit, &held(act, &scene), &scene, None).await;
        }
        Managed::Rename(id) => match of(id) {
            Some(factor) => {
                let typed = factor.label.as_str().to_owned();
                return question(act, &scene, factor, FactorAct::Rename { is_malformed: false, typed });
            }
            None => None,
        },
        Managed::SaveLabel(id, typed) => match (of(id), FactorLabel::parse(typed)) {
            (Some(factor), None) => {
                let typed = typed.to_owned();
                return question(act, &scene, factor, FactorAct::Rename { is_malformed: true, typed });
            }
            (Some(factor), Some(label)) => rename(act, unit.as_mut(), &scene, factor, &label).await?,
            (None, _) => None,
        },
        Managed::Remove(id) => match of(id) {
            Some(factor) => {
                let is_last = scene.enrolled.len() == 1;
                return question(act, &scene, factor, FactorAct::Remove { is_last });
            }
            None => None,
        },
        Managed::ConfirmRemove(id) => match of(id) {
            Some(factor) => remove(act, unit.as_mut(), &scene, factor).await?,
            None => None,
        },
        Managed::NewCodes => None,
    };
    let enrolled = unit.list_factors(scene.guest.id).await?;
    let recovery_codes = unit.list_recovery_codes(scene.guest.id).await?.len();
    unit.commit().await?;
    let scene = Scene { enrolled, recovery_codes, ..scene };
    Ok(Next::page(page(act, &scene, done)?))
}

/// Adds a factor; without a proof that is recent enough the page says what to do.
async fn add(act: Act<'_>, unit: Box<dyn UnitOfWork>, scene: &Scene, kind: FactorKind) -> Result<Next, Halt> {
    let standing = scene.standing(act);
    let may_now = if standing.is_enrolled() { standing.has_recently_passed() } else { standing.is_freshly_signed_in() };
    if !may_now || !standing.may_add().has(kind) {
        return Ok(Next::page(page(act, scene, None)?));
    }
    let entered = enter::enrol(act, scene, standing.may_add(), kind)?;
    ask(act, unit, &held(act, scene), scene, entered, None).await
}

async fn rename(
    act: Act<'_>,
    unit: &mut dyn UnitOfWork,
    scene: &Scene,
    factor: &Enrolled,
    label: &FactorLabel,
) -> Result<Option<Done>, Halt> {
    if unit.rename_factor(scene.guest.id, factor.id, label).await? == Once::Again {
        return Ok(None);
    }
    audit(act, unit, scene, factor, Activity::FactorRenamed).await?;
    Ok(Some(Done::Renamed))
}

/// With the last factor the recovery codes go too, which stand in for factors only. Other sessions forget
/// what they have passed, since it may have been passed with what is lost; this one has just shown
/// something, and forgets it where nothing is left.
async fn remove(
    act: Act<'_>,
    unit: &mut dyn UnitOfWork,
    scene: &Scene,
    factor: &Enrolled,
) -> Result<Option<Done>, Halt> {
    if unit.delete_factor(scene.guest.id, factor.id).await? == Once::Again {
        return Ok(None);
    }
    let is_last = scene.enrolled.len() == 1;
    if is_last {
        unit.replace_recovery_codes(scene.guest.id, &[]).await?;
    }
    unit.forget_factor_proofs(scene.guest.id, (!is_last).then_some(scene.session.id)).await?;
    audit(act, unit, scene, factor, Activity::FactorRemoved).await?;
    Ok(Some(Done::Removed))
}

async fn audit(
    act: Act<'_>,
    unit: &mut dyn UnitOfWork,
    scene: &Scene,
    factor: &Enrolled,
    activity: Activity,
) -> Result<(), StoreError> {
    let mut entry = record::entry(act, activity, &held(act, scene), scene);
    // A form of the page belongs to no attempt.
    entry.attempt = None;
    entry.details.push(("kind", factor.material.kind().as_str().to_owned()));
    entry.details.push(("factor", factor.id.to_string()));
    unit.append_audit(&entry).await
}

fn page(act: Act<'_>, scene: &Scene, done: Option<Done>) -> Result<Page, Refusal> {
    let standing = scene.standing(act);
    let pass = standing.ways(Kinds::ALL);
    let info = SecurityInfo {
        token: token(act, &scene.session)?,
        person: issue::label(&scene.guest),
        factors: scene.enrolled.iter().map(line).collect(),
        recovery_codes: scene.recovery_codes,
        may_add: standing.may_add(),
        is_mailed: matches!(pass, Ways::Pass { pass, .. } if pass.has(FactorKind::MailedCode)),
        needs_fresh_sign_in: !standing.is_enrolled() && !standing.is_freshly_signed_in(),
        done,
    };
    Ok(Page::SecurityInfo(Box::new(info)))
}

fn question(act: Act<'_>, scene: &Scene, factor: &Enrolled, asks: FactorAct) -> Result<Next, Halt> {
    let question = FactorQuestion { token: token(act, &scene.session)?, factor: line(factor), asks };
    Ok(Next::page(Page::FactorQuestion(Box::new(question))))
}

fn line(factor: &Enrolled) -> FactorLine {
    FactorLine {
        id: factor.id,
        kind: factor.material.kind(),
        label: factor.label.clone(),
        created_at: factor.created_at,
        used_at: factor.used_at,
    }
}

/// A new attempt that no app began.
fn held(act: Act<'_>, scene: &Scene) -> Held {
    Held {
        id: AttemptId::new(act.now, act.services.random.as_ref()),
        started_at: act.now,
        errand: Errand::Manage,
        guest: scene.guest.id,
        session: scene.session.id,
        step: Step::Consent,
    }
}

fn token(act: Act<'_>, session: &Session) -> Result<String, Refusal> {
    let mut writer = Writer::new();
    writer.fixed(session.id.as_bytes()).number(act.now.micros());
    let services = act.services;
    let sealed = services.sealer.seal(services.random.as_ref(), Purpose::PageState, PLACE, &writer.finish());
    sealed.map(base64url).map_err(|_| Refusal::new(Code::Internal, "sealing_failed"))
}

/// The form is of this session's page, and not older than what it needed to be shown.
fn check_token(act: Act<'_>, session: &Session, token: &str) -> Result<(), Refusal> {
    let refused = Refusal::new(Code::BadRequest, "security_info_token_refused");
    let (shown_to, shown_at) = open_token(act, token).ok_or(refused)?;
    if shown_to != session.id {
        return Err(Refusal::new(Code::BadRequest, "security_info_token_of_another_session"));
    }
    if act.now >= shown_at.plus(RECENT) {
        return Err(Refusal::new(Code::AttemptExpired, "security_info_page_expired"));
    }
    Ok(())
}

fn open_token(act: Act<'_>, token: &str) -> Option<(SessionId, Timestamp)> {
    let plain = act.services.sealer.open(Purpose::PageState, PLACE, &from_base64url(token)?).ok()?;
    let mut reader = Reader::new(&plain);
    let id = uuid::Uuid::from_slice(reader.fixed(16).ok()?).ok()?;
    let shown_at = Timestamp::from_micros(reader.number().ok()?);
    reader.finish().ok()?;
    Some((SessionId::from_uuid(id), shown_at))
}
