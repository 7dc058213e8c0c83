//! The rows of a job, a page at a time: what became of each, without the links, which stand in the report alone.

use super::BulkError;
use super::jobs::owned;
use crate::base::sealing::Purpose;
use crate::domain::bulk::job::{BulkJob, BulkJobId, RowStatus, place_of_sheet};
use crate::domain::bulk::{MAX_ROWS, Sheet};
use crate::domain::permissions::Caller;
use crate::flows::services::Services;

/// The most rows of a page.
pub const PAGE: usize = 100;

/// Which rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All, those that are not done too.
    All,
    /// Those with this outcome.
    Of(RowStatus),
}

impl Which {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::All, Self::Of(RowStatus::Invited), Self::Of(RowStatus::Skipped), Self::Of(RowStatus::Failed)];

    /// Reads its word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|which| which.as_str() == text)
    }

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Of(RowStatus::Invited) => "invited",
            Self::Of(RowStatus::Skipped) => "skipped",
            Self::Of(RowStatus::Failed) => "failed",
        }
    }
}

/// One row and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRow {
    /// The line on which it begins.
    pub line: usize,
    /// Its address as it was written.
    pub address: String,
    /// What became of it; nothing yet where it is absent.
    pub status: Option<RowStatus>,
    /// Why, as a stable code.
    pub code: Option<String>,
    /// The same in words.
    pub message: Option<String>,
}

/// A page of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The job.
    pub job: BulkJob,
    /// The rows.
    pub rows: Vec<ShownRow>,
    /// Behind which row the next page begins, counted from 0.
    pub next: Option<u32>,
}

/// Rows of a job behind `after`, which is counted from 0; for whoever may have its report.
///
/// # Errors
/// [`BulkError`].
pub async fn rows(
    services: &Services,
    caller: &Caller,
    id: BulkJobId,
    which: Which,
    after: Option<u32>,
) -> Result<Rows, BulkError> {
    let first = after.map_or(0, |after| after.saturating_add(1));
    let mut unit = services.store.unit_of_work().await?;
    let job = owned(unit.as_mut(), caller, id).await?;
    let sealed = unit.find_bulk_sheet(id).await?.ok_or(BulkError::Sealed)?;
    let most = if which == Which::All { PAGE } else { MAX_ROWS };
    let outcomes = unit.list_bulk_outcomes(id, first, u32::try_from(most).unwrap_or(u32::MAX)).await?;
    // A file may be large, and nobody waits for it to be read.
    drop(unit);
    let bytes = services.sealer.open(Purpose::BulkInvitation, &place_of_sheet(id), &sealed);
    let sheet = Sheet::read(&bytes.map_err(|_| BulkError::Sealed)?)?;
    let mut outcomes = outcomes.into_iter().peekable();
    let mut found: Vec<(u32, ShownRow)> = Vec::new();
    for (at, row) in (0..).zip(sheet.rows).skip(first as usize) {
        let outcome = outcomes.next_if(|outcome| outcome.row == at);
        let status = outcome.as_ref().map(|outcome| outcome.status);
        if !matches!(which, Which::Of(wanted) if status != Some(wanted)) {
            let (code, message) = outcome.map_or((None, None), |outcome| (outcome.code, outcome.message));
            found.push((at, ShownRow { line: row.line, address: row.address, status, code, message }));
        }
        if found.len() > PAGE {
            break;
        }
    }
    let is_more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| is_more).map(|(at, _)| *at);
    Ok(Rows { job, rows: found.into_iter().map(|(_, row)| row).collect(), next })
}
