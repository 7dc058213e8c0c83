//! Which accounts are used: counted for a month, never redeemed, or unused for a time.

use std::time::Duration;

use super::month::{Month, MonthError};
use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;
use crate::domain::reports::{AccountLine, Active, PartnerLine};
use crate::domain::store::StoreError;
use crate::flows::services::Services;

/// How many accounts are read at a time.
const PAGE: u32 = 500;

/// The most lines of partners and apps.
pub const MAX_LINES: u32 = 5_000;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The month.
    #[error(transparent)]
    Month(#[from] MonthError),
}

/// How many guests signed in with success in a month of the calendar, in UTC. Each counts once, members do not.
///
/// # Errors
/// [`ReportError`].
pub async fn monthly_active(services: &Services, month: Month) -> Result<Active, ReportError> {
    let (since, until) = month.bounds()?;
    Ok(services.store.count_active(since, until).await?)
}

/// How often guests signed in with success in a month of the calendar, in UTC, by partner and app, the most often first;
/// whether these are all the lines there are.
///
/// # Errors
/// [`ReportError`].
pub async fn by_partner(services: &Services, month: Month) -> Result<(Vec<PartnerLine>, bool), ReportError> {
    let (since, until) = month.bounds()?;
    let mut lines = services.store.count_by_partner(since, until, MAX_LINES + 1).await?;
    let is_whole = lines.len() <= MAX_LINES as usize;
    lines.truncate(MAX_LINES as usize);
    Ok((lines, is_whole))
}

/// Guests who have not redeemed their invitation, or who have not signed in for a time; a page at a time.
#[derive(Debug)]
pub struct Accounts<'s> {
    services: &'s Services,
    which: Which,
    after: Option<GuestId>,
    is_at_end: bool,
}

#[derive(Debug)]
enum Which {
    Unredeemed,
    /// Made before a time, and not used since.
    Unused(Timestamp),
}

impl<'s> Accounts<'s> {
    /// Guests who have never redeemed their invitation.
    #[must_use]
    pub const fn never_redeemed(services: &'s Services) -> Self {
        Self { services, which: Which::Unredeemed, after: None, is_at_end: false }
    }

    /// Guests who redeemed, and have not signed in with success for `time`.
    #[must_use]
    pub fn unused(services: &'s Services, time: Duration) -> Self {
        let since = services.clock.now().minus(time);
        Self { services, which: Which::Unused(since), after: None, is_at_end: false }
    }

    /// The next accounts; absent at the end. A page may be empty.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next(&mut self) -> Result<Option<Vec<AccountLine>>, StoreError> {
        if self.is_at_end {
            return Ok(None);
        }
        let store = &self.services.store;
        let (read, page) = match self.which {
            Which::Unredeemed => {
                let page = store.list_unredeemed(self.after, PAGE).await?;
                (page.last().map(|last| (page.len(), last.id)), page)
            }
            Which::Unused(since) => {
                let page = store.list_redeemed(since, self.after, PAGE).await?;
                let read = page.last().map(|last| (page.len(), last.account.id));
                (read, page.into_iter().filter(|line| !line.is_used).map(|line| line.account).collect())
            }
        };
        self.is_at_end = read.is_none_or(|(count, _)| count < PAGE as usize);
        self.after = read.map(|(_, last)| last);
        Ok(Some(page))
    }
}
