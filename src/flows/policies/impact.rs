//! What policies that are only reported would have done, summed from the audit.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::domain::audit::{AuditId, AuditQuery, AuditRecord};
use crate::domain::policy::words::State;
use crate::domain::store::StoreError;
use crate::flows::services::Services;

/// The detail of an audit entry that holds `slug=word` for each policy that was only reported.
pub const REPORT_ONLY: &str = "report_only";

/// How many entries are read at a time.
const PAGE: u32 = 1_000;

/// How often each result was recorded for one policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Results {
    /// It applied, and what it demands was there.
    pub success: u64,
    /// It would have refused.
    pub failure: u64,
    /// It would have asked for more.
    pub user_action_required: u64,
    /// It did not apply.
    pub not_applied: u64,
}

impl Results {
    fn count(&mut self, word: &str) {
        match word {
            "success" => self.success += 1,
            "failure" => self.failure += 1,
            "user_action_required" => self.user_action_required += 1,
            "not_applied" => self.not_applied += 1,
            // A word of another version is none of these results.
            _ => {}
        }
    }
}

/// Sums the results from `since` on, by the slug that each policy had then. A policy that is only
/// reported and of which nothing was recorded is there with zeros.
///
/// # Errors
/// [`StoreError`].
pub async fn impact(services: &Services, since: Timestamp) -> Result<BTreeMap<String, Results>, StoreError> {
    impact_by_pages(services, since, PAGE).await
}

/// As [`impact`], reading `page` entries at a time, so that the memory that it takes does not hang on
/// how many there are.
///
/// # Errors
/// [`StoreError`].
pub async fn impact_by_pages(
    services: &Services,
    since: Timestamp,
    page: u32,
) -> Result<BTreeMap<String, Results>, StoreError> {
    let loaded = services.policies.current();
    let reported = loaded.set.policies().iter().filter(|policy| policy.state == State::ReportOnly);
    let mut sums: BTreeMap<String, Results> =
        reported.map(|policy| (policy.slug.to_string(), Results::default())).collect();
    let mut query = AuditQuery { since: Some(since), limit: page, ..AuditQuery::default() };
    // Entries of the last instant that was read, which the next page begins with again.
    let mut counted: BTreeSet<AuditId> = BTreeSet::new();
    loop {
        let entries = services.store.audit(&query).await?;
        for entry in entries.iter().filter(|entry| !counted.contains(&entry.id)) {
            add(&mut sums, entry);
        }
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(sums) };
        if entries.len() < query.limit as usize {
            return Ok(sums);
        }
        // A page of one instant alone would come again and again.
        query.limit = if first.at == last.at { query.limit.saturating_mul(2) } else { page };
        query.until = Some(last.at.plus(Duration::from_micros(1)));
        counted = entries.iter().filter(|entry| entry.at == last.at).map(|entry| entry.id).collect();
    }
}

fn add(sums: &mut BTreeMap<String, Results>, entry: &AuditRecord) {
    for (_, text) in entry.details.iter().filter(|(name, _)| name == REPORT_ONLY) {
        for (slug, word) in text.split_whitespace().filter_map(|result| result.split_once('=')) {
            sums.entry(slug.to_owned()).or_default().count(word);
        }
    }
}
