//! Renewal by a refresh token: one is good at a time, and an older one ends them all.

use super::issue::{self, BETWEEN, Next, Step};
use super::possession::{key_at_renewal, key_of};
use super::{Desk, Ground, Halt, alive};
use crate::base::encoding::sha256;
use crate::base::secret::{SecretText, same_bytes};
use crate::domain::apps::grant_types::GrantType;
use crate::domain::audit::Activity;
use crate::domain::circumstances::Circumstances;
use crate::domain::partners::UpstreamToken;
use crate::domain::sessions::{HandleHash, RefreshFamily};
use crate::domain::store::{StoreError, UnitOfWork};
use crate::downstream::asks::Renewal;
use crate::downstream::tokens::{self, AppAnswer};

/// A refresh token: which family, and which of it.
#[derive(Clone, Copy)]
pub(super) struct Halves<'a> {
    pub(super) handle: &'a str,
    secret: &'a str,
}

impl<'a> Halves<'a> {
    /// Of a token as its holder shows it.
    pub(super) fn of(token: &'a SecretText) -> Option<Self> {
        let (handle, secret) = token.expose().split_once(BETWEEN)?;
        Some(Self { handle, secret })
    }

    /// Whether this is the good one of its family.
    pub(super) fn is_current(&self, family: &RefreshFamily) -> bool {
        same_bytes(&sha256(self.secret.as_bytes()), &family.current)
    }
}

/// What came of showing a refresh token.
pub(super) enum Renewed {
    /// The answer.
    Answered(AppAnswer),
    /// The partner is to be asked first whether the account lives; nothing is spent.
    Due(Box<(RefreshFamily, UpstreamToken)>),
}

/// Whether the partner has been asked for this renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// It has, as far as it answers.
    Already,
    /// It has not.
    NotYet,
}

pub(super) async fn renew(desk: &Desk<'_>, renewal: &Renewal, asked: Asked) -> Result<Renewed, Halt> {
    let unknown = || tokens::invalid_grant("refresh_token_unknown");
    let halves = Halves::of(renewal.token()).ok_or_else(unknown)?;
    let mut unit = desk.services.store.unit_of_work().await?;
    let family = unit.read_refresh_family(&HandleHash::of(halves.handle)).await?.ok_or_else(unknown)?;
    if family.app != desk.app.id {
        // Another app's is not spent by whoever shows it here.
        return Err(tokens::invalid_grant("refresh_token_of_another_app").into());
    }
    let is_good = halves.is_current(&family) && desk.now < family.expires_at;
    if asked == Asked::NotYet
        && is_good
        && let Some(token) = unit.find_upstream_token(family.session).await?
        && token.is_due(desk.now)
        && !is_refused_anyway(desk, unit.as_mut(), &family).await?
    {
        return Ok(Renewed::Due(Box::new((family, token))));
    }
    // How old a proof may be is judged as of now: a renewal is no part of the sign-in any more.
    let circumstances = Circumstances { judged_at: desk.now, ..family.circumstances.clone() };
    let ground = Ground { circumstances: &circumstances, ..ground(&family) };
    if !halves.is_current(&family) {
        return Ok(Renewed::Answered(replayed(desk, unit, &ground).await?));
    }
    let renewed = renew_for(desk, unit, renewal, &family, &ground, halves).await;
    if let Err(halt) = &renewed {
        desk.note_refusal(halt, &ground);
    }
    renewed.map(Renewed::Answered)
}

/// Whether the renewal is refused whatever the partner says, by the same rules and records as when it is issued: for
/// such a one the partner is not asked, least of all by who holds the token and not the key.
async fn is_refused_anyway(desk: &Desk<'_>, unit: &mut dyn UnitOfWork, family: &RefreshFamily) -> Result<bool, Halt> {
    let reading = unit.read_session_by_id(family.session, desk.app.id).await?;
    let Ok(reading) = alive(desk.services, reading, family.issued_at, desk.now) else { return Ok(true) };
    if reading.app.is_none_or(|fresh| fresh.version != desk.app.version) {
        // What the app may by its new record shows when it is issued.
        return Ok(false);
    }
    let bound = key_at_renewal(desk.app, family.terms.key.as_ref());
    Ok(!desk.app.may(GrantType::RefreshToken) || key_of(desk.app, desk.proof, bound).is_err())
}

async fn renew_for(
    desk: &Desk<'_>,
    unit: Box<dyn UnitOfWork>,
    renewal: &Renewal,
    family: &RefreshFamily,
    ground: &Ground<'_>,
    halves: Halves<'_>,
) -> Result<AppAnswer, Halt> {
    if desk.now >= family.expires_at {
        return Err(tokens::invalid_grant("refresh_token_expired").into());
    }
    let scopes = renewal.narrowed(family.scopes)?;
    let permissions = renewal.narrowed_permissions(family.terms.permissions)?;
    issue::issue(
        desk,
        unit,
        ground,
        Step::Next(Next { family, handle: halves.handle, scopes, permissions, resources: renewal.resources() }),
    )
    .await
}

pub(super) fn ground(family: &RefreshFamily) -> Ground<'_> {
    Ground {
        code: family.code,
        attempt: family.attempt,
        guest: family.guest,
        session: family.session,
        scopes: family.scopes,
        terms: &family.terms,
        circumstances: &family.circumstances,
        issued_at: family.issued_at,
    }
}

/// Either the app or a thief holds an older token, and nobody knows who holds the good one (RFC 9700 4.14.2).
async fn replayed(
    desk: &Desk<'_>,
    mut unit: Box<dyn UnitOfWork>,
    ground: &Ground<'_>,
) -> Result<AppAnswer, StoreError> {
    let ended = unit.end_tokens_of_code(ground.code, ground.session).await?;
    let mut entry = desk.entry(Activity::RefreshTokenReplayed, ground);
    entry.details.push(("tokens_ended", ended.to_string()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    tracing::warn!(app.id = %desk.app.id, attempt.id = %ground.attempt, "a refresh token was used twice; its family has ended");
    Ok(tokens::invalid_grant("refresh_token_replayed"))
}
