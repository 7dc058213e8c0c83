//! The tokens about a person: made, written and audited in one unit, and signed after it.

use super::possession::{key_at_renewal, key_of, spend};
use super::{Desk, Ground, Halt, against, alive, groups_to_read, permissions_of, proof, prove, targets, vouched};
use crate::base::encoding::sha256;
use crate::domain::apps::grant_types::GrantType;
use crate::domain::apps::{App, PkceRule, RequestRule};
use crate::domain::audit::Activity;
use crate::domain::grants::SessionReading;
use crate::domain::notices::Enlisted;
use crate::domain::permissions::Permissions;
use crate::domain::requests::{OidcReturn, Scopes};
use crate::domain::sessions::{AccessToken, HandleHash, RefreshFamily, new_row_handle};
use crate::domain::store::sign_ins::Once;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::domain::terms::TokenTerms;
use crate::downstream::access_tokens::{self, ForApi};
use crate::downstream::tokens::{self, AppAnswer, Fresh};
use crate::flows::sign_in::decide::{self, AskedOfHome, Matter, Told};

/// What the tokens are made from.
#[derive(Clone, Copy)]
pub(super) enum Step<'a> {
    /// A code: a family begins, where the app may renew.
    First(First<'a>),
    /// The good token of a family: another one takes its place.
    Next(Next<'a>),
}

#[derive(Clone, Copy)]
pub(super) struct First<'a> {
    /// What was asked.
    pub(super) request: &'a OidcReturn,
    /// The APIs that the access token is for; all that were granted where there are none.
    pub(super) resources: &'a [String],
}

#[derive(Clone, Copy)]
pub(super) struct Next<'a> {
    pub(super) family: &'a RefreshFamily,
    /// The half that all tokens of the family share.
    pub(super) handle: &'a str,
    /// What the new access and ID token are for.
    pub(super) scopes: Scopes,
    /// What the new access token lets the app do here, at most.
    pub(super) permissions: Permissions,
    /// The APIs that the access token is for; all that were granted where there are none.
    pub(super) resources: &'a [String],
}

/// Between the two halves of a refresh token.
pub(super) const BETWEEN: char = '.';

/// Issues tokens on this ground, which the unit holds; where it does not, the unit is dropped and the ground is as
/// it was.
pub(super) async fn issue(
    desk: &Desk<'_>,
    mut unit: Box<dyn UnitOfWork>,
    ground: &Ground<'_>,
    step: Step<'_>,
) -> Result<AppAnswer, Halt> {
    let Desk { services, ask, now, .. } = *desk;
    let reading = unit.read_session_by_id(ground.session, desk.app.id).await?;
    let reading = alive(services, reading, ground.issued_at, now).map_err(tokens::invalid_grant)?;
    let fresh_app;
    let app = if reading.app.as_ref().is_some_and(|fresh| fresh.version == desk.app.version) {
        desk.app
    } else {
        // The app's record has changed since it proved itself: it must prove itself by the new one.
        services.directory.forget();
        fresh_app = unit.read_app(desk.app.id).await?.ok_or_else(|| tokens::invalid_client("client_id_unknown"))?;
        prove(services, ask, &fresh_app)?;
        &fresh_app
    };
    let needed = match step {
        Step::First(_) => GrantType::AuthorizationCode,
        Step::Next(_) => GrantType::RefreshToken,
    };
    if !app.may(needed) {
        return Err(tokens::unauthorized_client("grant_type_not_of_app").into());
    }
    let bound = match step {
        Step::First(first) => {
            keeps_rules(app, first.request)?;
            ground.terms.key.as_ref()
        }
        Step::Next(_) => key_at_renewal(app, ground.terms.key.as_ref()),
    };
    let key = key_of(app, desk.proof, bound)?;
    let asked = match step {
        Step::First(first) => first.resources,
        Step::Next(next) => next.resources,
    };
    let resources = targets::within(app, &ground.terms.resources, asked)?;
    let permissions = match step {
        Step::First(_) => ground.terms.permissions,
        Step::Next(next) => next.permissions,
    };
    let permissions = permissions.within(permissions_of(app).1);
    let terms = TokenTerms { key, resources, permissions, ..ground.terms.clone() };
    let is_jwt = targets::is_read_by_apis(app, &terms);
    // The facts are those of the sign-in, whose entry has them; only the policies may be others by now.
    let told = Told::WhollyUnlessAllowed;
    let matter = Matter { told, ..decide::of_session(&reading, ground.circumstances, AskedOfHome::NOTHING) };
    let decided = decide::decide(services, unit.as_mut(), &matter).await?;
    if let Some(cause) = against(&decided) {
        return Err(Halt::Denied(tokens::invalid_grant(cause), decided.details));
    }
    spend(unit.as_mut(), desk.proof).await?;
    let scopes = scopes(app, ground, step);
    let groups = match groups_to_read(app, scopes, &terms) {
        0 => Vec::new(),
        most => unit.groups_of(ground.guest, most).await?,
    };
    let access_token = new_row_handle(now, services.random.as_ref());
    let lifetime = services.settings.lifetimes.token;
    let access_lifetime = targets::lifetime(is_jwt, lifetime);
    unit.insert_access_token(&AccessToken {
        handle: if is_jwt { HandleHash::of_token_id(&access_token) } else { HandleHash::of(&access_token) },
        code: ground.code,
        app: app.id,
        guest: ground.guest,
        session: ground.session,
        scopes,
        terms: terms.clone(),
        circumstances: ground.circumstances.clone(),
        issued_at: now,
        expires_at: now.plus(access_lifetime),
    })
    .await?;
    enlist(desk, unit.as_mut(), app, &reading).await?;
    let refresh_token = renewable(desk, unit.as_mut(), app, &reading, ground, &terms, step).await?;
    let mut entry = desk.entry(Activity::TokenIssued, ground);
    if matches!(step, Step::Next(_)) {
        entry.details.push(("grant_type", GrantType::RefreshToken.as_str().to_owned()));
    }
    entry.details.extend(decided.details);
    let uti = entry.id.to_string();
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    // The ground is spent from here on; a signer that fails costs the visitor a new sign-in, never a second token
    // for one code.
    let proof = proof(&reading, ground.circumstances);
    let vouched = vouched(services, &reading, &proof, ground.circumstances, app, &groups);
    let nonce = match step {
        Step::First(first) => first.request.nonce.as_deref(),
        Step::Next(_) => None,
    };
    let refresh_token = refresh_token.as_deref();
    let signed = async {
        let access_token = if is_jwt {
            let public_url = &services.settings.public_url;
            let (id, terms, about, lifetime) = (&access_token, &terms, Some(&vouched), access_lifetime);
            let for_api = ForApi { app, public_url, id, terms, scopes, about, now, lifetime };
            &access_tokens::sign(&for_api, &services.keys, services.signer.as_ref()).await?
        } else {
            &access_token
        };
        let (terms, uti) = (&terms, &uti);
        let fresh = Fresh { nonce, scopes, access_token, terms, refresh_token, uti, now, lifetime, access_lifetime };
        tokens::issue(&vouched, &fresh, &services.keys, services.signer.as_ref()).await
    };
    match signed.await {
        Ok(answer) => {
            metrics::counter!("entente_tokens_total", "grant_type" => needed.as_str()).increment(1);
            Ok(answer)
        }
        Err(error) => {
            tracing::error!(%error, app.id = %app.id, "the token could not be signed");
            Ok(tokens::unavailable("signing_failed"))
        }
    }
}

/// Holds a request to the rules of the app as they are now: its code may be older than they are.
fn keeps_rules(app: &App, request: &OidcReturn) -> Result<(), AppAnswer> {
    let Some(oidc) = app.oidc() else { return Ok(()) };
    if oidc.requests == RequestRule::Pushed && request.pushed.is_none() {
        return Err(tokens::invalid_grant("code_of_request_not_pushed"));
    }
    if oidc.pkce == PkceRule::Required && request.code_challenge.is_none() {
        return Err(tokens::invalid_grant("code_without_challenge"));
    }
    Ok(())
}

fn scopes(app: &App, ground: &Ground<'_>, step: Step<'_>) -> Scopes {
    let granted = match step {
        Step::First(_) => ground.scopes,
        Step::Next(next) => next.scopes,
    };
    if app.may(GrantType::RefreshToken) { granted } else { granted.without(Scopes::OFFLINE_ACCESS) }
}

/// Notes that the app is to be told when the session ends, where it wants to know.
async fn enlist(
    desk: &Desk<'_>,
    unit: &mut dyn UnitOfWork,
    app: &App,
    reading: &SessionReading,
) -> Result<(), StoreError> {
    if app.oidc().is_none_or(|oidc| oidc.backchannel_logout.is_none()) {
        return Ok(());
    }
    let subject = tokens::subject(reading, app, &desk.services.settings.subject_salt);
    let (session, guest) = (reading.session.id, reading.guest.id);
    unit.enlist(&Enlisted { session, app: app.id, guest, subject }).await
}

/// The refresh token that is good from now on, where the app may renew.
async fn renewable(
    desk: &Desk<'_>,
    unit: &mut dyn UnitOfWork,
    app: &App,
    reading: &SessionReading,
    ground: &Ground<'_>,
    terms: &TokenTerms,
    step: Step<'_>,
) -> Result<Option<String>, Halt> {
    if !app.may(GrantType::RefreshToken) {
        return Ok(None);
    }
    // Where each use proves the app and its key, rotation only loses tokens (FAPI 2.0 Security Profile 5.3.2.1).
    if app.keeps_fapi2() && matches!(step, Step::Next(_)) {
        return Ok(None);
    }
    // A renewal may be for any API that was granted. A family that began without a key is bound by its first proof.
    let terms = TokenTerms { key: terms.key.or(ground.terms.key), ..ground.terms.clone() };
    let random = desk.services.random.as_ref();
    let secret = new_row_handle(desk.now, random);
    let current = sha256(secret.as_bytes());
    let handle = match step {
        Step::First(_) => {
            let handle = new_row_handle(desk.now, random);
            let family = RefreshFamily {
                handle: HandleHash::of(&handle),
                current,
                code: ground.code,
                app: app.id,
                guest: ground.guest,
                session: ground.session,
                attempt: ground.attempt,
                scopes: ground.scopes,
                terms,
                circumstances: ground.circumstances.clone(),
                issued_at: desk.now,
                // It ends with the session, and no session lasts longer.
                expires_at: reading.session.started_at.plus(desk.services.settings.lifetimes.session_whole),
            };
            unit.insert_refresh_family(&family).await?;
            handle
        }
        Step::Next(next) => {
            if unit.rotate_refresh_token(next.family, &current, &terms).await? == Once::Again {
                return Err(StoreError::Raced.into());
            }
            next.handle.to_owned()
        }
    };
    Ok(Some(format!("{handle}{BETWEEN}{secret}")))
}
