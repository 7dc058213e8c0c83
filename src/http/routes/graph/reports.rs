//! Reports that are one object.

use serde_json::json;

use super::dispatch::{Ask, Reply};
use super::fault::Fault;
use super::odata::query::{only, option};
use super::pieces::turn;
use crate::domain::permissions::Act;
use crate::domain::reports::Active;
use crate::flows::directory::{DirectoryError, permit};
use crate::flows::reports::accounts::{ReportError, monthly_active as count};
use crate::flows::reports::month::Month;
use crate::http::state::State;

/// `GET /api/v1/reports/monthly-active`: of this month where none is said.
pub async fn monthly_active(state: &State, ask: &Ask<'_>) -> Result<Reply, Fault> {
    let services = state.services();
    permit(ask.caller(), Act::ReadReports)?;
    only(&ask.query, &["month"])?;
    let month = option(&ask.query, "month")?.map_or_else(|| Month::of(services.clock.now()), Month::parse);
    let month = month.map_err(|error| Fault::bad(format!("`month` is {error}")))?;
    // It reads as much as an export does.
    let _turn = turn(state, ask.caller())?;
    let Active { guests, removed } = count(services, month).await.map_err(|error| match error {
        ReportError::Store(error) => DirectoryError::Store(error).into(),
        ReportError::Month(error) => Fault::bad(format!("`month` is {error}")),
    })?;
    Ok(Reply::ok(json!({
        "month": month.to_string(),
        "active_guests": guests,
        "active_accounts_removed_since": removed,
    })))
}
