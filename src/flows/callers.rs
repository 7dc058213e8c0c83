//! Who asks something of the directory: the bearer of an access token of ours. Person, app, roles and permissions are
//! read fresh at each use and decided on again, as at userinfo; what was true when the token was made counts nothing.

use std::net::IpAddr;

use super::token::possession::{AppHeaders, demands_key, spend};
use super::token::{Halt, note, permissions_of};
use super::userinfo::{FOR_ANOTHER, judge, shown_by_its_holder};
use crate::base::clock::Timestamp;
use crate::domain::apps::grant_types::GrantType;
use crate::domain::apps::{App, AppId};
use crate::domain::guests::Guest;
use crate::domain::permissions::Caller;
use crate::domain::sessions::HandleHash;
use crate::domain::store::UnitOfWork;
use crate::domain::terms::TokenTerms;
use crate::downstream::access_tokens;
use crate::downstream::proofs::{self, KeyProof};
use crate::downstream::tokens::{self, AppAnswer, ShownToken};
use crate::flows::services::Services;

/// Who asks, proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// Who, and what they may do.
    pub caller: Caller,
    /// The account of a person.
    pub guest: Option<Guest>,
    /// The app whose token it is.
    pub client: AppId,
}

/// Why nobody asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotProven {
    /// HTTP status.
    pub status: u16,
    /// The value of `WWW-Authenticate`.
    pub challenge: Option<String>,
    /// The fine cause, for the log.
    pub cause: &'static str,
}

/// What is asked: the method and the path as they came, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, without its query.
    pub path: &'a str,
    /// From where it is asked.
    pub from: Option<IpAddr>,
}

/// Proves who asks by the token and, where that is bound to a key, the proof beside it.
///
/// # Errors
/// [`NotProven`].
pub async fn caller(services: &Services, headers: AppHeaders<'_>, target: Target<'_>) -> Result<Called, NotProven> {
    let now = services.clock.now();
    let read = tokens::read_shown(headers.authorization, None).and_then(|shown| {
        let asked = (target.method, target.path);
        let proof = proofs::at_resource(headers.dpop, asked, &shown, &services.settings.public_url, now)?;
        Ok((shown, proof))
    });
    let answer = match read {
        Err(answer) => answer,
        Ok((shown, proof)) => {
            let answer = match tried(services, &shown, proof.as_ref(), now).await {
                Ok(called) => return Ok(Called { caller: called.caller.asking_from(target.from), ..called }),
                Err(answer) => answer,
            };
            if shown.is_with_proof() { tokens::toward_holder(answer) } else { answer }
        }
    };
    let cause = answer.cause.unwrap_or("access_token_refused");
    note("api", cause);
    Err(NotProven { status: answer.status, challenge: answer.challenge, cause })
}

async fn tried(
    services: &Services,
    shown: &ShownToken,
    proof: Option<&KeyProof>,
    now: Timestamp,
) -> Result<Called, AppAnswer> {
    let mut tries = 0;
    loop {
        match once(services, shown, proof, now).await {
            Ok(called) => return Ok(called),
            Err(halt) => halt.again(services, &mut tries).await?,
        }
    }
}

async fn once(
    services: &Services,
    shown: &ShownToken,
    proof: Option<&KeyProof>,
    now: Timestamp,
) -> Result<Called, Halt> {
    if access_tokens::is_read_by_apis(shown.token()) {
        return Err(tokens::invalid_token(FOR_ANOTHER).into());
    }
    let handle = HandleHash::of(shown.token());
    let Some(bearer) = services.store.bearer(&handle).await? else {
        return of_service(services, &handle, proof, now).await;
    };
    holds(&bearer.token.terms, proof)?;
    let used = judge(services, bearer, now).await?;
    let guest = used.reading.guest;
    let mut unit = services.store.unit_of_work().await?;
    let app = unit.read_app(used.token.app).await?.ok_or_else(|| tokens::invalid_token("app_removed"))?;
    let roles = unit.roles_of(guest.id).await?;
    spent(unit, &app, &used.token.terms, proof).await?;
    let let_do = used.token.terms.permissions.within(permissions_of(&app).1);
    let through = Some((app.id, let_do));
    let caller = Caller::Person { guest: guest.id, user_type: guest.user_type, roles, through, from: None };
    Ok(Called { caller, guest: Some(guest), client: app.id })
}

/// An app that acts for nobody, by its record as it is now.
async fn of_service(
    services: &Services,
    handle: &HandleHash,
    proof: Option<&KeyProof>,
    now: Timestamp,
) -> Result<Called, Halt> {
    let mut unit = services.store.unit_of_work().await?;
    let token = unit.read_service_token(handle).await?;
    let token = token.ok_or_else(|| tokens::invalid_token("access_token_unknown"))?;
    holds(&token.terms, proof)?;
    if now >= token.expires_at {
        return Err(tokens::invalid_token("access_token_expired").into());
    }
    let app = unit.read_app(token.app).await?.ok_or_else(|| tokens::invalid_token("app_removed"))?;
    if !app.switch.is_on() {
        return Err(tokens::invalid_token("app_disabled").into());
    }
    if !app.may(GrantType::ClientCredentials) {
        return Err(tokens::invalid_token("grant_type_not_of_app").into());
    }
    spent(unit, &app, &token.terms, proof).await?;
    let caller = Caller::App { app: app.id, permissions: permissions_of(&app).0, from: None };
    Ok(Called { caller, guest: None, client: app.id })
}

/// Whether the token is for us and shown by its holder.
fn holds(terms: &TokenTerms, proof: Option<&KeyProof>) -> Result<(), AppAnswer> {
    shown_by_its_holder(terms, proof)?;
    if terms.resources.is_empty() { Ok(()) } else { Err(tokens::invalid_token(FOR_ANOTHER)) }
}

/// Holds the proof to what the app has agreed to by now, and spends it.
async fn spent(
    mut unit: Box<dyn UnitOfWork>,
    app: &App,
    terms: &TokenTerms,
    proof: Option<&KeyProof>,
) -> Result<(), Halt> {
    if terms.key.is_none() && demands_key(app) {
        return Err(tokens::toward_holder(tokens::invalid_token("access_token_not_bound")).into());
    }
    if app.keeps_fapi2() && proof.is_some_and(|proof| !proof.is_strict()) {
        return Err(proofs::invalid_proof_at_resource("dpop_algorithm_refused").into());
    }
    if proof.is_none() {
        return Ok(());
    }
    spend(unit.as_mut(), proof).await.map_err(|halt| match halt {
        Halt::Answer(_) => proofs::invalid_proof_at_resource("dpop_proof_replayed").into(),
        other => other,
    })?;
    Ok(unit.commit().await?)
}
