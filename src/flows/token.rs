//! Redemption of a code: everything is read fresh and decided again, and a code is taken once.

use std::net::IpAddr;
use std::sync::Arc;

use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::sealing::{Purpose, Sealer};
use crate::base::secret::SecretText;
use crate::domain::apps::App;
use crate::domain::assurance::told::Proof;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::authentication::OnceKey;
use crate::domain::circumstances::Circumstances;
use crate::domain::grants::SessionReading;
use crate::domain::groups::GroupId;
use crate::domain::policy::decision::Decision;
use crate::domain::policy::parties::Parties;
use crate::domain::requests::Scopes;
use crate::domain::sessions::{AccessToken, Code, HandleHash, new_row_handle};
use crate::domain::store::sign_ins::{Once, TakenCode};
use crate::domain::store::{StoreError, UnitOfWork};
use crate::downstream::tokens::{self, AppAnswer, Fresh, Redemption, TokenAsk, Vouched};
use crate::flows::next::DirectAnswer;
use crate::flows::refusals;
use crate::flows::services::Services;
use crate::flows::sign_in::decide::{self, AskedOfHome, Decided, Matter, Told};
use crate::flows::sign_in::{self, MAX_TRIES};

/// The most groups that a token carries.
pub const MAX_GROUPS: u32 = 200;
/// What stands for an issuer where the second use of a code is remembered; no partner is called so.
const REPLAYED_CODE: &str = " replayed code";

/// The HMAC under which the secret of an app is kept: over its client id, a zero byte and the secret.
#[must_use]
pub fn app_secret_mac(sealer: &Sealer, client_id: &str, secret: &SecretText) -> [u8; 32] {
    sealer.mac(Purpose::AppSecret, &secret_message(client_id, secret))
}

/// Whether `mac` is that of the client id and secret, under a present or previous key.
#[must_use]
pub fn has_app_secret_mac(sealer: &Sealer, client_id: &str, secret: &SecretText, mac: &[u8]) -> bool {
    sealer.has_mac(Purpose::AppSecret, &secret_message(client_id, secret), mac)
}

fn secret_message(client_id: &str, secret: &SecretText) -> Vec<u8> {
    [client_id.as_bytes(), &[0], secret.expose().as_bytes()].concat()
}

/// Why a unit did not go on.
pub(super) enum Halt {
    /// The answer instead.
    Answer(AppAnswer),
    /// The answer instead, with what explains the decision behind it.
    Denied(AppAnswer, Details),
    /// The store could not.
    Store(StoreError),
    /// Another process has changed the policies.
    PoliciesMoved,
}

type Details = Vec<(&'static str, String)>;

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<AppAnswer> for Halt {
    fn from(answer: AppAnswer) -> Self {
        Self::Answer(answer)
    }
}

impl From<sign_in::Halt> for Halt {
    fn from(halt: sign_in::Halt) -> Self {
        match halt {
            sign_in::Halt::Store(error) => Self::Store(error),
            sign_in::Halt::PoliciesMoved => Self::PoliciesMoved,
            sign_in::Halt::Refused(refusal) => Self::Answer(tokens::invalid_grant(refusal.cause)),
        }
    }
}

impl Halt {
    /// Makes ready to do a unit again that has been dropped.
    ///
    /// # Errors
    /// The answer, where doing it again would not help or has been tried often enough.
    pub(super) async fn again(self, services: &Services, tries: &mut u32) -> Result<(), AppAnswer> {
        *tries += 1;
        match self {
            Self::Answer(answer) | Self::Denied(answer, _) => Err(answer),
            Self::Store(StoreError::Raced) if *tries < MAX_TRIES => Ok(()),
            Self::PoliciesMoved if *tries < MAX_TRIES => {
                let reloaded = services.policies.reload(services.store.as_ref()).await;
                reloaded.map(drop).map_err(|error| failed(&error))
            }
            Self::Store(error) => Err(failed(&error)),
            Self::PoliciesMoved => Err(failed(&StoreError::Raced)),
        }
    }
}

/// Redeems a code at the token endpoint. `authorization` is all headers of that name as they came.
pub async fn redeem(
    services: &Services,
    authorization: &[&[u8]],
    form: &RawParams,
    address: Option<IpAddr>,
) -> DirectAnswer {
    let answer = match TokenAsk::read(authorization, form) {
        Ok(ask) => redeem_asked(services, &ask, form, address).await,
        Err(answer) => answer,
    };
    if let Some(cause) = answer.cause {
        note("token", cause);
    }
    direct(answer)
}

/// Logs and counts a refusal at `endpoint`.
pub(super) fn note(endpoint: &'static str, cause: &'static str) {
    metrics::counter!("entente_token_refusals_total", "endpoint" => endpoint, "cause" => cause).increment(1);
    tracing::info!(endpoint, refusal.cause = cause, "refused");
}

pub(super) fn direct(answer: AppAnswer) -> DirectAnswer {
    let AppAnswer { status, body, challenge, cache_control, .. } = answer;
    DirectAnswer { status, body, challenge, cache_control }
}

async fn redeem_asked(services: &Services, ask: &TokenAsk, form: &RawParams, address: Option<IpAddr>) -> AppAnswer {
    let now = services.clock.now();
    let app = match proven_app(services, ask).await {
        Ok(app) => app,
        Err(Halt::Answer(answer) | Halt::Denied(answer, _)) => return answer,
        Err(Halt::Store(error)) => return failed(&error),
        Err(Halt::PoliciesMoved) => return failed(&StoreError::Raced),
    };
    let redemption = match Redemption::read(form) {
        Ok(redemption) => redemption,
        Err(answer) => return answer,
    };
    let mut tries = 0;
    loop {
        match redeem_once(services, ask, &redemption, &app, address, now).await {
            Ok(answer) => return answer,
            Err(halt) => {
                if let Err(answer) = halt.again(services, &mut tries).await {
                    return answer;
                }
            }
        }
    }
}

/// The app that asks, proven by its cached record. What that one refuses is judged again where the record
/// has moved since: a cache may cost time, never a decision.
async fn proven_app(services: &Services, ask: &TokenAsk) -> Result<Arc<App>, Halt> {
    let known = services.directory.app_by_client_id(ask.client_id()).await?;
    let known = known.ok_or_else(|| tokens::invalid_client("client_id_unknown"))?;
    let Err(refused) = prove(services, ask, &known) else { return Ok(known) };
    match services.store.unit_of_work().await?.read_app(known.id).await? {
        Some(fresh) if fresh.version != known.version => {
            services.directory.forget();
            prove(services, ask, &fresh)?;
            Ok(Arc::new(fresh))
        }
        Some(_) | None => Err(refused.into()),
    }
}

fn prove(services: &Services, ask: &TokenAsk, app: &App) -> Result<(), AppAnswer> {
    ask.prove(app, |client_id, secret, mac| has_app_secret_mac(&services.sealer, client_id, secret, mac))
}

pub(super) fn failed(error: &StoreError) -> AppAnswer {
    tracing::error!(%error, "the store failed");
    tokens::unavailable("database_unavailable")
}

async fn redeem_once(
    services: &Services,
    ask: &TokenAsk,
    redemption: &Redemption,
    app: &App,
    address: Option<IpAddr>,
    now: Timestamp,
) -> Result<AppAnswer, Halt> {
    let mut unit = services.store.unit_of_work().await?;
    let code = match unit.take_code(&HandleHash::of(redemption.code().expose()), now).await? {
        TakenCode::Taken(code) if code.app == app.id => code,
        TakenCode::Again(code) if code.app == app.id => return Ok(replayed(services, unit, &code, address, now).await?),
        // Another app's code is not spent by whoever shows it here.
        TakenCode::Taken(_) | TakenCode::Again(_) => return Err(tokens::invalid_grant("code_of_another_app").into()),
        TakenCode::Unknown => return Err(tokens::invalid_grant("code_unknown").into()),
    };
    let refused_in = refusals::Context {
        attempt: Some(code.attempt),
        session: Some((code.guest, code.session)),
        ..refusals::Context::of_address(address, now)
    };
    let issued = issue(services, ask, redemption, app, unit, &code, address, now).await;
    match &issued {
        Err(Halt::Answer(AppAnswer { cause: Some(cause), .. })) => {
            refusals::note_token(services, cause, code.app, &[], refused_in);
        }
        Err(Halt::Denied(AppAnswer { cause: Some(cause), .. }, details)) => {
            refusals::note_token(services, cause, code.app, details, refused_in);
        }
        _ => {}
    }
    issued
}

/// Issues the tokens of a code that has been taken in the unit; where it does not, the unit is dropped and the
/// code is as it was.
#[expect(clippy::too_many_arguments, reason = "all parts of the decision that is made")]
async fn issue(
    services: &Services,
    ask: &TokenAsk,
    redemption: &Redemption,
    app: &App,
    mut unit: Box<dyn UnitOfWork>,
    code: &Code,
    address: Option<IpAddr>,
    now: Timestamp,
) -> Result<AppAnswer, Halt> {
    if now >= code.expires_at {
        return Err(tokens::invalid_grant("code_expired").into());
    }
    redemption.check_binding(&code.request)?;
    let reading = unit.read_session_by_id(code.session, app.id).await?;
    let reading = alive(services, reading, code.issued_at, now).map_err(tokens::invalid_grant)?;
    let fresh_app;
    let app = if reading.app.as_ref().is_some_and(|fresh| fresh.version == app.version) {
        app
    } else {
        // The app's record has changed since it proved itself: it must prove itself by the new one.
        services.directory.forget();
        fresh_app = unit.read_app(app.id).await?.ok_or_else(|| tokens::invalid_client("client_id_unknown"))?;
        prove(services, ask, &fresh_app)?;
        &fresh_app
    };
    // The facts are those of the sign-in, whose entry has them; only the policies may be others by now.
    let told = Told::WhollyUnlessAllowed;
    let matter = Matter { told, ..decide::of_session(&reading, &code.circumstances, AskedOfHome::NOTHING) };
    let decided = decide::decide(services, unit.as_mut(), &matter).await?;
    if let Some(cause) = against(&decided) {
        return Err(Halt::Denied(tokens::invalid_grant(cause), decided.details));
    }
    let groups = if code.request.scopes.has(Scopes::GROUPS) {
        unit.groups_of(code.guest, MAX_GROUPS).await?
    } else {
        Vec::new()
    };
    let access_token = new_row_handle(now, services.random.as_ref());
    let lifetime = services.settings.lifetimes.token;
    unit.insert_access_token(&AccessToken {
        handle: HandleHash::of(&access_token),
        code: code.id,
        app: app.id,
        guest: code.guest,
        session: code.session,
        scopes: code.request.scopes,
        circumstances: code.circumstances.clone(),
        issued_at: now,
        expires_at: now.plus(lifetime),
    })
    .await?;
    let mut entry = entry(services, Activity::TokenIssued, code, address, now);
    entry.details.extend(decided.details);
    let uti = entry.id.to_string();
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    // The code is spent from here on; a signer that fails costs the visitor a new sign-in, never a
    // second token for one code.
    let proof = proof(&reading, &code.circumstances);
    let vouched = vouched(services, &reading, &proof, &code.circumstances, app, &groups);
    let fresh = Fresh { request: &code.request, access_token: &access_token, uti: &uti, now, lifetime };
    match tokens::issue(&vouched, &fresh, &services.keys, services.signer.as_ref()).await {
        Ok(answer) => {
            metrics::counter!("entente_tokens_total").increment(1);
            Ok(answer)
        }
        Err(error) => {
            tracing::error!(%error, app.id = %app.id, "the token could not be signed");
            Ok(tokens::unavailable("signing_failed"))
        }
    }
}

async fn replayed(
    services: &Services,
    mut unit: Box<dyn UnitOfWork>,
    code: &Code,
    address: Option<IpAddr>,
    now: Timestamp,
) -> Result<AppAnswer, StoreError> {
    let ended = unit.end_tokens_of_code(code.id).await?;
    let said = unit.remember_once(&said_once(services, code)).await?;
    if said == Once::Again && ended == 0 {
        // Whoever goes on showing the code writes nothing more.
        return Ok(tokens::invalid_grant("code_replayed"));
    }
    let mut entry = entry(services, Activity::CodeReplayed, code, address, now);
    entry.details.push(("tokens_ended", ended.to_string()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    tracing::warn!(app.id = %code.app, attempt.id = %code.attempt, "a code was redeemed twice; its tokens have ended");
    Ok(tokens::invalid_grant("code_replayed"))
}

/// That the second use of a code has been audited, kept at least as long as the code is.
fn said_once(services: &Services, code: &Code) -> OnceKey {
    let until = code.expires_at.plus(services.settings.lifetimes.token);
    OnceKey { issuer: REPLAYED_CODE.to_owned(), id: code.id.to_string(), until }
}

fn entry(services: &Services, activity: Activity, code: &Code, address: Option<IpAddr>, now: Timestamp) -> AuditEntry {
    let mut entry = AuditEntry::new(AuditId::new(now, services.random.as_ref()), now, activity, Actor::App);
    entry.attempt = Some(code.attempt);
    entry.app = Some(code.app);
    entry.guest = Some(code.guest);
    entry.session = Some(code.session);
    entry.address = address.map(|address| address.to_string());
    entry
}

/// What was read, where the session is alive, nothing was revoked since `issued_at`, and partner, app and
/// assignment still stand; else the cause.
pub(super) fn alive(
    services: &Services,
    reading: Option<SessionReading>,
    issued_at: Timestamp,
    now: Timestamp,
) -> Result<SessionReading, &'static str> {
    let reading = reading.ok_or("session_ended")?;
    let valid_from = reading.guest.sessions_valid_from;
    if !reading.session.is_alive(&services.settings.lifetimes, valid_from, now) || issued_at < valid_from {
        return Err("session_ended");
    }
    match Parties::of_session(&reading).refusal() {
        None => Ok(reading),
        Some(refusal) => Err(refusal.cause),
    }
}

/// What stands against using what was issued, by the policies as they are now.
pub(super) fn against(decided: &Decided) -> Option<&'static str> {
    match &decided.decision {
        Decision::Allow(_) => None,
        Decision::StepUp(_) => Some("more_is_needed_by_now"),
        Decision::Refuse(refused) => Some(refused.refusal().cause),
    }
}

/// How strongly the person was proven when it was decided, by the partner's contract as it is now.
pub(super) fn proof<'a>(reading: &'a SessionReading, circumstances: &Circumstances) -> Proof<'a> {
    Proof::of(&reading.session, &reading.partner.assurance, circumstances.factors_since, circumstances.judged_at)
}

pub(super) fn vouched<'a>(
    services: &'a Services,
    reading: &'a SessionReading,
    proof: &'a Proof<'a>,
    circumstances: &'a Circumstances,
    app: &'a App,
    groups: &'a [GroupId],
) -> Vouched<'a> {
    let settings = &services.settings;
    Vouched {
        reading,
        proof,
        wishes: &circumstances.acr,
        app,
        groups,
        organization: &settings.organization,
        public_url: &settings.public_url,
        salt: &settings.subject_salt,
        sealer: &services.sealer,
    }
}
