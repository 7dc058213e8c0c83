//! A token for an app that acts for nobody (RFC 6749 4.4).

use super::{Desk, Halt, prove};
use crate::domain::apps::grant_types::GrantType;
use crate::domain::audit::Activity;
use crate::domain::sessions::{HandleHash, ServiceToken, new_row_handle};
use crate::downstream::tokens::{self, AppAnswer};

/// Issues a token to the app, whose record is read again: it must still be on, prove itself by that record and
/// have the grant.
pub(super) async fn issue(desk: &Desk<'_>) -> Result<AppAnswer, Halt> {
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
    let token = new_row_handle(now, services.random.as_ref());
    let lifetime = services.settings.lifetimes.token;
    let handle = HandleHash::of(&token);
    unit.insert_service_token(&ServiceToken { handle, app: app.id, issued_at: now, expires_at: now.plus(lifetime) })
        .await?;
    let mut entry = desk.own_entry(Activity::TokenIssued);
    entry.details.push(("grant_type", GrantType::ClientCredentials.as_str().to_owned()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    metrics::counter!("entente_tokens_total", "grant_type" => GrantType::ClientCredentials.as_str()).increment(1);
    Ok(tokens::of_service(&token, lifetime))
}
