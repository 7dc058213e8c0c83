//! What became of the rows of a file, a page at a time.

use super::jobs::{halt, named};
use super::{Desk, until_done};
use crate::base::clock::Timestamp;
use crate::domain::refusal::{Code, Refusal};
use crate::flows::bulk::rows::{Which, rows};
use crate::flows::next::invite::BulkRowsPage;
use crate::flows::next::{Next, Page};
use crate::flows::paths;
use crate::flows::sign_in::Halt;

/// What is asked of a file's rows, as the address has it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Which file.
    pub job: &'a str,
    /// Which rows; all where nothing is said.
    pub which: Option<&'a str>,
    /// Behind which row.
    pub after: Option<&'a str>,
}

/// A page of rows.
pub async fn show(desk: &Desk<'_>, asked: Asked<'_>) -> Next {
    let now = desk.services.clock.now();
    let mut is_counted = false;
    until_done!(desk, now, shown(desk, asked, now, &mut is_counted).await)
}

async fn shown(desk: &Desk<'_>, asked: Asked<'_>, now: Timestamp, is_counted: &mut bool) -> Result<Next, Halt> {
    let Some(inviter) = desk.enter(now).await? else { return Ok(Next::own(paths::PANEL)) };
    let id = named(asked.job)?;
    let unknown = Refusal::new(Code::BadRequest, "bulk_rows_unknown");
    let which = match asked.which {
        None => Which::All,
        Some(word) => Which::parse(word).ok_or_else(|| unknown.clone())?,
    };
    let after = asked.after.map(|text| row(text).ok_or(unknown)).transpose()?;
    // Each view opens the file.
    if !*is_counted {
        desk.count(&inviter)?;
        *is_counted = true;
    }
    let (caller, person) = (inviter.caller.clone(), inviter.name());
    drop(inviter);
    let found = rows(desk.services, &caller, id, which, after).await.map_err(halt)?;
    Ok(Next::page(Page::BulkRows(Box::new(BulkRowsPage { person, which, after, found }))))
}

/// The number of a row.
fn row(text: &str) -> Option<u32> {
    (text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}
