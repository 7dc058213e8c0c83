//! The token endpoint: everything is read fresh and decided again, a code is taken once, and a refresh token is
//! good once.

mod code;
mod issue;
mod lives;
mod own;
pub mod possession;
pub mod push;
mod renewal;
pub mod shown;
mod targets;

use std::net::IpAddr;
use std::sync::Arc;

use self::possession::AppHeaders;
use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::sealing::{Purpose, Sealer};
use crate::base::secret::SecretText;
use crate::domain::apps::{App, Confidentiality};
use crate::domain::assurance::told::Proof;
use crate::domain::attempts::AttemptId;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::authentication::OnceKey;
use crate::domain::circumstances::Circumstances;
use crate::domain::claims::facts::MAX_GROUPS;
use crate::domain::grants::SessionReading;
use crate::domain::groups::GroupId;
use crate::domain::guests::GuestId;
use crate::domain::permissions::Permissions;
use crate::domain::policy::decision::Decision;
use crate::domain::policy::parties::Parties;
use crate::domain::requests::Scopes;
use crate::domain::sessions::{CodeId, SessionId};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::domain::terms::TokenTerms;
use crate::downstream::asks::{TokenAsk, Wish};
use crate::downstream::proofs::{self, KeyProof};
use crate::downstream::tokens::{self, AppAnswer, Vouched};
use crate::flows::documents::needed::with_newer_app_keys;
use crate::flows::next::{DirectAnswer, Readers};
use crate::flows::refusals;
use crate::flows::services::Services;
use crate::flows::sign_in::decide::Decided;
use crate::flows::sign_in::{self, MAX_TRIES};

/// How many groups are read for a token that carries them: one more than it can.
const READ_GROUPS: u32 = 201;

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
    /// The answer where nothing is tried again.
    pub(super) fn into_answer(self) -> AppAnswer {
        match self {
            Self::Answer(answer) | Self::Denied(answer, _) => answer,
            Self::Store(error) => failed(&error),
            Self::PoliciesMoved => failed(&StoreError::Raced),
        }
    }

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

/// Answers at the token endpoint.
pub async fn redeem(
    services: &Services,
    headers: AppHeaders<'_>,
    form: &RawParams,
    address: Option<IpAddr>,
) -> DirectAnswer {
    let now = services.clock.now();
    let read = TokenAsk::read(headers.authorization, form).and_then(|ask| {
        // Before the app has proven itself, so that nothing is spent for a request that cannot be granted.
        let proof = proofs::at_token(headers.dpop, &services.settings.public_url, now)?;
        Ok((ask, proof))
    });
    let (answer, readers) = match read {
        Ok((ask, proof)) => match proven_app(services, &ask).await {
            Ok(app) => {
                let desk = Desk { services, ask: &ask, app: &app, proof: proof.as_ref(), address, now };
                (redeem_at(&desk, form).await, readers(&app))
            }
            Err(halt) => (halt.into_answer(), Readers::Nobody),
        },
        Err(answer) => (answer, Readers::Nobody),
    };
    if let Some(cause) = answer.cause {
        note("token", cause);
    }
    direct(answer, readers)
}

/// A public app may run in a browser, on the origins of its redirect URIs.
pub(super) fn readers(app: &App) -> Readers {
    match app.oidc() {
        Some(oidc) if oidc.confidentiality == Confidentiality::Public => {
            let origin = |uri: &String| url::Url::parse(uri).ok().map(|url| url.origin()).filter(url::Origin::is_tuple);
            Readers::Origins(
                oidc.redirect_uris.iter().filter_map(origin).map(|one| one.ascii_serialization()).collect(),
            )
        }
        _ => Readers::Nobody,
    }
}

/// Logs and counts a refusal at `endpoint`.
pub(super) fn note(endpoint: &'static str, cause: &'static str) {
    metrics::counter!("entente_token_refusals_total", "endpoint" => endpoint, "cause" => cause).increment(1);
    tracing::info!(endpoint, refusal.cause = cause, "refused");
}

pub(super) fn direct(answer: AppAnswer, readers: Readers) -> DirectAnswer {
    let AppAnswer { status, body, challenge, cache_control, .. } = answer;
    DirectAnswer { status, body, challenge, cache_control, readers }
}

async fn redeem_at(desk: &Desk<'_>, form: &RawParams) -> AppAnswer {
    let wish = match Wish::read(form) {
        Ok(wish) => wish,
        Err(answer) => return answer,
    };
    let mut tries = 0;
    loop {
        let answered = match &wish {
            Wish::Code(redemption) => code::redeem(desk, redemption).await,
            Wish::Renewal(renewal) => Box::pin(lives::renew(desk, renewal)).await,
            Wish::Own(resources) => own::issue(desk, resources).await,
        };
        match answered {
            Ok(answer) => return answer,
            Err(halt) => {
                if let Err(answer) = halt.again(desk.services, &mut tries).await {
                    return answer;
                }
            }
        }
    }
}

/// An app at the token endpoint that has proven itself, and when and whence.
struct Desk<'a> {
    services: &'a Services,
    ask: &'a TokenAsk,
    app: &'a App,
    /// That it holds a key, where it shows one.
    proof: Option<&'a KeyProof>,
    address: Option<IpAddr>,
    now: Timestamp,
}

impl Desk<'_> {
    /// Logs and audits why nothing was issued for `what`.
    fn note_refusal(&self, halt: &Halt, what: &Ground<'_>) {
        let context = refusals::Context {
            attempt: Some(what.attempt),
            session: Some((what.guest, what.session)),
            ..refusals::Context::of_address(self.address, self.now)
        };
        match halt {
            Halt::Answer(AppAnswer { cause: Some(cause), .. }) => {
                refusals::note_token(self.services, cause, self.app.id, &[], context);
            }
            Halt::Denied(AppAnswer { cause: Some(cause), .. }, details) => {
                refusals::note_token(self.services, cause, self.app.id, details, context);
            }
            _ => {}
        }
    }

    fn entry(&self, activity: Activity, what: &Ground<'_>) -> AuditEntry {
        let mut entry = self.own_entry(activity);
        entry.attempt = Some(what.attempt);
        entry.guest = Some(what.guest);
        entry.session = Some(what.session);
        entry
    }

    fn own_entry(&self, activity: Activity) -> AuditEntry {
        let id = AuditId::new(self.now, self.services.random.as_ref());
        let mut entry = AuditEntry::new(id, self.now, activity, Actor::App);
        entry.app = Some(self.app.id);
        entry.address = self.address.map(|address| address.to_string());
        entry
    }
}

/// What was issued before and is the ground of more: a code, or a family of refresh tokens.
#[derive(Clone, Copy)]
struct Ground<'a> {
    code: CodeId,
    attempt: AttemptId,
    guest: GuestId,
    session: SessionId,
    scopes: Scopes,
    terms: &'a TokenTerms,
    circumstances: &'a Circumstances,
    issued_at: Timestamp,
}

/// The app that asks, proven by its cached record. What that one refuses is judged again where the record
/// has moved since: a cache may cost time, never a decision.
async fn proven_app(services: &Services, ask: &TokenAsk) -> Result<Arc<App>, Halt> {
    let known = services.directory.app_by_client_id(ask.client_id()).await?;
    let known = known.ok_or_else(|| tokens::invalid_client("client_id_unknown"))?;
    let refused = match prove(services, ask, &known) {
        Ok(once) => return accept_once(services, once).await.map(|()| known),
        Err(refused) => refused,
    };
    Box::pin(proven_anew(services, ask, &known, refused)).await
}

/// The same where the cached record has refused.
async fn proven_anew(services: &Services, ask: &TokenAsk, known: &App, refused: AppAnswer) -> Result<Arc<App>, Halt> {
    let mut unit = services.store.unit_of_work().await?;
    let fresh = unit.read_app(known.id).await?;
    // Nothing is held while the app's keys may be fetched.
    drop(unit);
    match fresh {
        Some(fresh) if fresh.version != known.version => {
            services.directory.forget();
            accept_once(services, prove(services, ask, &fresh)?).await?;
            Ok(Arc::new(fresh))
        }
        Some(_) if refused.cause == Some("client_assertion_key_unknown") => {
            let newer = with_newer_app_keys(services, known, services.clock.now()).await?;
            let Some(newer) = newer else { return Err(refused.into()) };
            accept_once(services, prove(services, ask, &newer)?).await?;
            Ok(Arc::new(newer))
        }
        Some(_) | None => Err(refused.into()),
    }
}

fn prove(services: &Services, ask: &TokenAsk, app: &App) -> Result<Option<OnceKey>, AppAnswer> {
    let has_mac =
        |client_id: &str, secret: &SecretText, mac: &[u8]| has_app_secret_mac(&services.sealer, client_id, secret, mac);
    ask.prove(app, has_mac, &services.settings.public_url, services.clock.now())
}

/// Spends an assertion before anything is done for it, so that whoever finds it in a log of a request that failed
/// has nothing.
async fn accept_once(services: &Services, once: Option<OnceKey>) -> Result<(), Halt> {
    let Some(once) = once else { return Ok(()) };
    let mut unit = services.store.unit_of_work().await?;
    if unit.remember_once(&once).await? == Once::Again {
        return Err(tokens::invalid_client("client_assertion_replayed").into());
    }
    Ok(unit.commit().await?)
}

pub(super) fn failed(error: &StoreError) -> AppAnswer {
    tracing::error!(%error, "the store failed");
    tokens::unavailable("database_unavailable")
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

/// What the record of an app lets it do here: for itself, and in the name of a person.
pub(in crate::flows) fn permissions_of(app: &App) -> (Permissions, Permissions) {
    app.oidc().map_or((Permissions::NONE, Permissions::NONE), |oidc| (oidc.tokens.permissions, oidc.tokens.delegated))
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

/// How many groups must be known for what the app is told.
pub(super) fn groups_to_read(app: &App, scopes: Scopes, terms: &TokenTerms) -> u32 {
    if app.claims.reads_groups() {
        MAX_GROUPS + 1
    } else if scopes.has(Scopes::GROUPS) || terms.asks_for_groups() {
        READ_GROUPS
    } else {
        0
    }
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
