//! A token for an app that acts for nobody (RFC 6749 4.4).

use super::possession::{key_of, spend};
use super::{Desk, Halt, permissions_of, prove, targets};
use crate::domain::apps::grant_types::GrantType;
use crate::domain::audit::Activity;
use crate::domain::requests::Scopes;
use crate::domain::sessions::{HandleHash, ServiceToken, new_row_handle};
use crate::domain::terms::TokenTerms;
use crate::downstream::access_tokens::{self, ForApi};
use crate::downstream::tokens::{self, AppAnswer};

/// Issues a token to the app, whose record is read again: it must still be on, prove itself by that record and
/// have the grant.
pub(super) async fn issue(desk: &Desk<'_>, asked: &[String]) -> Result<AppAnswer, Halt> {
    let Desk { services, ask, now, .. } = *desk;
    let mut unit = services.store.unit_of_work().await?;
    let app = unit.read_app(desk.app.id).await?.ok_or_else(|| tokens::invalid_client("client_id_unknown"))?;
    if app.version != desk.app.version {
        services.directory.forget();
        prove(services, ask, &app)?;
    }
    if !app.switch.is_on() {
        return Err(tokens::unauthorized_client("app_disabled").into());
    }
    if !app.may(GrantType::ClientCredentials) {
        return Err(tokens::unauthorized_client("grant_type_not_of_app").into());
    }
    let terms = TokenTerms {
        key: key_of(&app, desk.proof, None)?,
        resources: targets::allowed(&app, asked)?,
        ..TokenTerms::NONE
    };
    let is_jwt = targets::is_read_by_apis(&app, &terms);
    spend(unit.as_mut(), desk.proof).await?;
    let token = new_row_handle(now, services.random.as_ref());
    let lifetime = targets::lifetime(is_jwt, services.settings.lifetimes.token);
    let handle = if is_jwt { HandleHash::of_token_id(&token) } else { HandleHash::of(&token) };
    let expires_at = now.plus(lifetime);
    let row = ServiceToken { handle, app: app.id, terms, issued_at: now, expires_at };
    unit.insert_service_token(&row).await?;
    let mut entry = desk.own_entry(Activity::TokenIssued);
    entry.details.push(("grant_type", GrantType::ClientCredentials.as_str().to_owned()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    let token = if is_jwt {
        let public_url = &services.settings.public_url;
        let scopes = Scopes::default();
        let for_api =
            ForApi { app: &app, public_url, id: &token, terms: &row.terms, scopes, about: None, now, lifetime };
        match access_tokens::sign(&for_api, &services.keys, services.signer.as_ref()).await {
            Ok(signed) => signed,
            Err(error) => {
                tracing::error!(%error, app.id = %app.id, "the token could not be signed");
                return Ok(tokens::unavailable("signing_failed"));
            }
        }
    } else {
        token
    };
    metrics::counter!("entente_tokens_total", "grant_type" => GrantType::ClientCredentials.as_str()).increment(1);
    Ok(tokens::of_service(&token, &row.terms, permissions_of(&app).0, lifetime))
}
