//! The report of a job: its file once more, and behind each row what became of it.

use super::BulkError;
use super::jobs::{entry, owned};
use crate::base::csv;
use crate::base::sealing::Purpose;
use crate::domain::audit::Activity;
use crate::domain::bulk::job::{BulkJobId, RowOutcome, place_of_link, place_of_sheet};
use crate::domain::bulk::{MAX_ROWS, Sheet};
use crate::domain::permissions::Caller;
use crate::flows::author::Author;
use crate::flows::services::Services;

/// The headings behind those of the file.
const HEADINGS: [&str; 6] = ["line", "status", "errorCode", "message", "userId", "inviteRedeemUrl"];
/// What is said of a row that has not been done.
const WAITING: &str = "Waiting";

/// The report as comma-separated values, at most [`MAX_ROWS`] rows. It has links in it: who has it can redeem them.
///
/// # Errors
/// [`BulkError`].
pub async fn report(services: &Services, caller: &Caller, id: BulkJobId) -> Result<String, BulkError> {
    let mut unit = services.store.unit_of_work().await?;
    let job = owned(unit.as_mut(), caller, id).await?;
    let sealed = unit.find_bulk_sheet(id).await?.ok_or(BulkError::Sealed)?;
    let outcomes = unit.list_bulk_outcomes(id, 0, u32::try_from(MAX_ROWS).unwrap_or(u32::MAX)).await?;
    // Whoever reads it has the links, and may pass them on: it is known who did.
    unit.append_audit(&entry(&Author::new(services, caller), Activity::BulkReportRead, &job)).await?;
    unit.commit().await?;
    let bytes = services.sealer.open(Purpose::BulkInvitation, &place_of_sheet(id), &sealed);
    let sheet = Sheet::read(&bytes.map_err(|_| BulkError::Sealed)?)?;
    let mut out = String::new();
    let headings: Vec<&str> = sheet.headings.iter().map(|heading| heading.trim()).chain(HEADINGS).collect();
    csv::write(&headings, &mut out);
    let mut outcomes = outcomes.into_iter().peekable();
    for (at, row) in (0..).zip(&sheet.rows) {
        let outcome = outcomes.next_if(|outcome| outcome.row == at);
        let mut cells: Vec<&str> = row.cells.iter().take(sheet.headings.len()).map(String::as_str).collect();
        cells.resize(sheet.headings.len(), "");
        let behind = behind(services, id, row.line, outcome.as_ref());
        cells.extend(behind.iter().map(String::as_str));
        csv::write(&cells, &mut out);
    }
    Ok(out)
}

fn behind(services: &Services, id: BulkJobId, line: usize, outcome: Option<&RowOutcome>) -> [String; 6] {
    let none = String::new;
    let Some(outcome) = outcome else {
        return [line.to_string(), WAITING.to_owned(), none(), none(), none(), none()];
    };
    let link = outcome.sealed_link.as_ref().and_then(|sealed| {
        let place = place_of_link(id, outcome.row);
        let link = services.sealer.open(Purpose::BulkInvitation, &place, sealed).ok()?;
        String::from_utf8(link).ok()
    });
    [
        line.to_string(),
        outcome.status.as_str().to_owned(),
        outcome.code.clone().unwrap_or_default(),
        outcome.message.clone().unwrap_or_default(),
        outcome.guest.map(|guest| guest.to_string()).unwrap_or_default(),
        link.unwrap_or_default(),
    ]
}
