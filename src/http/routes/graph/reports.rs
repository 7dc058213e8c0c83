//! Reports that are one object.

use serde_json::{Value, json};

use super::dispatch::{Ask, Reply};
use super::fault::Fault;
use super::odata::query::{only, option};
use super::pieces::turn;
use crate::domain::permissions::Act;
use crate::domain::reports::Active;
use crate::flows::directory::{DirectoryError, permit};
use crate::flows::reports::accounts::{ReportError, by_partner, monthly_active as count};
use crate::flows::reports::month::Month;
use crate::http::rows::partner_json;
use crate::http::state::State;

/// `GET /api/v1/reports/monthly-active`: of this month where none is said.
pub async fn monthly_active(state: &State, ask: &Ask<'_>) -> Result<Reply, Fault> {
    let month = month(state, ask)?;
    // It reads as much as an export does.
    let _turn = turn(state, ask.caller())?;
    let Active { guests, removed } = count(state.services(), month).await.map_err(fault)?;
    Ok(Reply::ok(json!({
        "month": month.to_string(),
        "active_guests": guests,
        "active_accounts_removed_since": removed,
    })))
}

/// `GET /api/v1/reports/partners`: of this month where none is said.
pub async fn partners(state: &State, ask: &Ask<'_>) -> Result<Reply, Fault> {
    let month = month(state, ask)?;
    let _turn = turn(state, ask.caller())?;
    let (lines, is_whole) = by_partner(state.services(), month).await.map_err(fault)?;
    Ok(Reply::ok(json!({
        "month": month.to_string(),
        "is_whole": is_whole,
        "lines": lines.iter().map(partner_json).collect::<Value>(),
    })))
}

/// The month of a caller who may read reports.
fn month(state: &State, ask: &Ask<'_>) -> Result<Month, Fault> {
    permit(ask.caller(), Act::ReadReports)?;
    only(&ask.query, &["month"])?;
    let now = state.services().clock.now();
    let month = option(&ask.query, "month")?.map_or_else(|| Month::of(now), Month::parse);
    month.map_err(|error| Fault::bad(format!("`month` is {error}")))
}

fn fault(error: ReportError) -> Fault {
    match error {
        ReportError::Store(error) => DirectoryError::Store(error).into(),
        ReportError::Month(error) => Fault::bad(format!("`month` is {error}")),
    }
}
