//! Tokens that an app shows: it asks whether one is active (RFC 7662), or gives one back (RFC 7009). Only the app
//! whose token it is, and an app that is an API which it is for, learn anything, and only the first can end it.

use std::net::IpAddr;

use super::possession::{demands_key, key_at_renewal};
use super::renewal::{self, Halves};
use super::{Desk, Halt, against, alive, direct, note, permissions_of, proof, proven_app, readers, vouched};
use crate::base::params::RawParams;
use crate::base::secret::SecretText;
use crate::domain::apps::grant_types::GrantType;
use crate::domain::apps::{App, Confidentiality};
use crate::domain::audit::Activity;
use crate::domain::circumstances::Circumstances;
use crate::domain::grants::BearerReading;
use crate::domain::sessions::{AccessToken, HandleHash};
use crate::domain::store::UnitOfWork;
use crate::domain::store::sign_ins::Once;
use crate::domain::terms::TokenTerms;
use crate::downstream::access_tokens;
use crate::downstream::asks::{TokenAsk, shown_token};
use crate::downstream::shown::{self, Active, TokenKind};
use crate::downstream::tokens::{self, AppAnswer};
use crate::flows::next::{DirectAnswer, Readers};
use crate::flows::services::Services;
use crate::flows::sign_in::decide::{self, AskedOfHome, Matter, Told};
use crate::flows::userinfo;

/// Says whether a token is active. `authorization` is all headers of that name as they came.
pub async fn introspect(
    services: &Services,
    authorization: &[&[u8]],
    form: &RawParams,
    address: Option<IpAddr>,
) -> DirectAnswer {
    at_desk(services, authorization, form, address, Act::Introspect).await
}

/// Ends a token and what came of it.
pub async fn revoke(
    services: &Services,
    authorization: &[&[u8]],
    form: &RawParams,
    address: Option<IpAddr>,
) -> DirectAnswer {
    at_desk(services, authorization, form, address, Act::Revoke).await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Introspect,
    Revoke,
}

impl Act {
    const fn endpoint(self) -> &'static str {
        match self {
            Self::Introspect => "introspection",
            Self::Revoke => "revocation",
        }
    }
}

async fn at_desk(
    services: &Services,
    authorization: &[&[u8]],
    form: &RawParams,
    address: Option<IpAddr>,
    act: Act,
) -> DirectAnswer {
    let (answer, readers) = match TokenAsk::read(authorization, form) {
        Ok(ask) => match proven_app(services, &ask).await {
            Ok(app) => (answered(services, &ask, &app, form, address, act).await, readers(&app)),
            Err(halt) => (halt.into_answer(), Readers::Nobody),
        },
        Err(answer) => (answer, Readers::Nobody),
    };
    if let Some(cause) = answer.cause {
        note(act.endpoint(), cause);
    }
    direct(answer, readers)
}

async fn answered(
    services: &Services,
    ask: &TokenAsk,
    app: &App,
    form: &RawParams,
    address: Option<IpAddr>,
    act: Act,
) -> AppAnswer {
    // Who proves nothing could otherwise look for tokens (RFC 7662 2.1).
    let is_public = app.oidc().is_none_or(|oidc| oidc.confidentiality == Confidentiality::Public);
    if act == Act::Introspect && is_public {
        return tokens::invalid_client("introspection_by_public_app");
    }
    let token = match shown_token(form) {
        Ok(token) => token,
        Err(answer) => return answer,
    };
    let mut tries = 0;
    let desk = Desk { services, ask, app, proof: None, address, now: services.clock.now() };
    loop {
        let done = match act {
            Act::Introspect => judged(&desk, &token).await,
            Act::Revoke => Box::pin(ended(&desk, &token)).await,
        };
        match done {
            Ok(answer) => return answer,
            // Why a token is not active is nobody's business.
            Err(Halt::Answer(AppAnswer { status: 400 | 401, .. }) | Halt::Denied(..)) if act == Act::Introspect => {
                return shown::inactive();
            }
            Err(halt) => {
                if let Err(answer) = halt.again(services, &mut tries).await {
                    return answer;
                }
            }
        }
    }
}

async fn judged(desk: &Desk<'_>, token: &SecretText) -> Result<AppAnswer, Halt> {
    let services = desk.services;
    if let Some(halves) = Halves::of(token).filter(|_| !access_tokens::is_read_by_apis(token.expose())) {
        return Box::pin(of_family(desk, halves)).await;
    }
    let handle = access_tokens::handle_of(token.expose(), &services.settings.public_url, &services.keys);
    let Some(handle) = handle else { return Ok(shown::inactive()) };
    let Some(bearer) = services.store.bearer(&handle).await? else {
        return Box::pin(of_service(desk, &handle)).await;
    };
    of_bearer(desk, bearer).await
}

/// Of which APIs of these terms who asks is one, by its present record.
async fn served(desk: &Desk<'_>, unit: &mut dyn UnitOfWork, terms: &TokenTerms) -> Result<Vec<String>, Halt> {
    if terms.resources.is_empty() {
        return Ok(Vec::new());
    }
    let asks = unit.read_app(desk.app.id).await?.filter(|app| app.switch.is_on());
    let serves = asks.as_ref().and_then(App::oidc).map_or(&[][..], |oidc| &oidc.tokens.serves);
    Ok(terms.resources.iter().filter(|resource| serves.contains(resource)).cloned().collect())
}

async fn of_bearer(desk: &Desk<'_>, bearer: BearerReading) -> Result<AppAnswer, Halt> {
    let services = desk.services;
    let fresh;
    let (app, audience) = if bearer.token.app == desk.app.id {
        (desk.app, bearer.token.terms.resources.clone())
    } else {
        let mut unit = services.store.unit_of_work().await?;
        let audience = served(desk, unit.as_mut(), &bearer.token.terms).await?;
        let owner = unit.read_app(bearer.token.app).await?.filter(|_| !audience.is_empty());
        let Some(owner) = owner else { return Ok(shown::inactive()) };
        fresh = owner;
        (&fresh, audience)
    };
    let used = userinfo::judge(services, bearer, desk.now).await?;
    if userinfo::lacks_key(services, app, &used).await? {
        return Ok(shown::inactive());
    }
    let AccessToken { scopes, ref terms, issued_at, expires_at, ref circumstances, .. } = used.token;
    let proof = proof(&used.reading, circumstances);
    let about = vouched(services, &used.reading, &proof, circumstances, app, &[]);
    let public_url = &services.settings.public_url;
    let (audience, kind, about) = (&audience, TokenKind::Access, Some(&about));
    let permissions = terms.permissions.within(permissions_of(app).1);
    Ok(shown::active(&Active {
        app,
        public_url,
        kind,
        scopes,
        permissions,
        terms,
        audience,
        issued_at,
        expires_at,
        about,
    }))
}

/// The record of the app is read again: one that was disabled has no token that is active.
async fn of_service(desk: &Desk<'_>, handle: &HandleHash) -> Result<AppAnswer, Halt> {
    let mut unit = desk.services.store.unit_of_work().await?;
    let Some(token) = unit.read_service_token(handle).await? else { return Ok(shown::inactive()) };
    let is_own = token.app == desk.app.id;
    let audience =
        if is_own { token.terms.resources.clone() } else { served(desk, unit.as_mut(), &token.terms).await? };
    let app = unit.read_app(token.app).await?;
    let is_usable = |app: &App| app.switch.is_on() && app.may(GrantType::ClientCredentials);
    let is_bound = |app: &App| token.terms.key.is_some() || !demands_key(app);
    let is_usable = |app: &App| is_usable(app) && is_bound(app);
    let app = app.filter(|app| desk.now < token.expires_at && is_usable(app) && (is_own || !audience.is_empty()));
    let Some(app) = app else { return Ok(shown::inactive()) };
    Ok(shown::active(&Active {
        app: &app,
        public_url: &desk.services.settings.public_url,
        kind: TokenKind::Access,
        scopes: Default::default(),
        permissions: permissions_of(&app).0,
        terms: &token.terms,
        audience: &audience,
        issued_at: token.issued_at,
        expires_at: token.expires_at,
        about: None,
    }))
}

async fn of_family(desk: &Desk<'_>, halves: Halves<'_>) -> Result<AppAnswer, Halt> {
    let Desk { services, app, now, .. } = *desk;
    let mut unit = services.store.unit_of_work().await?;
    let Some(family) = unit.read_refresh_family(&HandleHash::of(halves.handle)).await? else {
        return Ok(shown::inactive());
    };
    if family.app != app.id || !halves.is_current(&family) || now >= family.expires_at {
        return Ok(shown::inactive());
    }
    let reading = unit.read_session_by_id(family.session, app.id).await?;
    let reading = alive(services, reading, family.issued_at, now).map_err(tokens::invalid_grant)?;
    let may_renew = unit.read_app(app.id).await?.is_some_and(|app| app.may(GrantType::RefreshToken));
    let circumstances = Circumstances { judged_at: now, ..family.circumstances.clone() };
    let told = Told::WhollyUnlessAllowed;
    let matter = Matter { told, ..decide::of_session(&reading, &circumstances, AskedOfHome::NOTHING) };
    let decided = decide::decide(services, unit.as_mut(), &matter).await?;
    if !may_renew || against(&decided).is_some() {
        return Ok(shown::inactive());
    }
    let proof = proof(&reading, &circumstances);
    let about = vouched(services, &reading, &proof, &circumstances, app, &[]);
    let key = key_at_renewal(app, family.terms.key.as_ref()).copied();
    let terms = TokenTerms { key, ..family.terms.clone() };
    Ok(shown::active(&Active {
        app,
        public_url: &services.settings.public_url,
        kind: TokenKind::Refresh,
        scopes: family.scopes,
        permissions: terms.permissions.within(permissions_of(app).1),
        terms: &terms,
        audience: &family.terms.resources,
        issued_at: family.issued_at,
        expires_at: family.expires_at,
        about: Some(&about),
    }))
}

/// A refresh token takes its family and their access tokens with it, whichever of the family it is; an access token
/// ends alone.
async fn ended(desk: &Desk<'_>, token: &SecretText) -> Result<AppAnswer, Halt> {
    let mut unit = desk.services.store.unit_of_work().await?;
    let of_another = || Halt::Answer(tokens::invalid_grant("token_of_another_app"));
    let is_jwt = access_tokens::is_read_by_apis(token.expose());
    let entry = if let Some(halves) = Halves::of(token).filter(|_| !is_jwt) {
        let family = unit.read_refresh_family(&HandleHash::of(halves.handle)).await?;
        let Some(family) = family else { return Ok(shown::given_back()) };
        if family.app != desk.app.id {
            return Err(of_another());
        }
        let ended = unit.end_tokens_of_code(family.code, family.session).await?;
        let mut entry = desk.entry(Activity::TokenRevoked, &renewal::ground(&family));
        entry.details.push(("tokens_ended", ended.to_string()));
        entry
    } else {
        let services = desk.services;
        let handle = access_tokens::handle_of(token.expose(), &services.settings.public_url, &services.keys);
        let Some(handle) = handle else { return Ok(shown::given_back()) };
        if let Some(BearerReading { token, .. }) = desk.services.store.bearer(&handle).await? {
            if token.app != desk.app.id {
                return Err(of_another());
            }
            if unit.end_access_token(&handle).await? == Once::Again {
                return Ok(shown::given_back());
            }
            let mut entry = desk.own_entry(Activity::TokenRevoked);
            (entry.guest, entry.session) = (Some(token.guest), Some(token.session));
            entry
        } else {
            let Some(token) = unit.read_service_token(&handle).await? else { return Ok(shown::given_back()) };
            if token.app != desk.app.id {
                return Err(of_another());
            }
            if unit.end_service_token(&handle).await? == Once::Again {
                return Ok(shown::given_back());
            }
            desk.own_entry(Activity::TokenRevoked)
        }
    };
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    Ok(shown::given_back())
}
