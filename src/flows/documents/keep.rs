//! Writing what a reading gave: the record's next version, when to read again, the audit, and the warnings.

use crate::base::clock::Timestamp;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::documents::{Owner, Watch, WatchFault};
use crate::domain::store::objects::Provenance;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::services::Services;

use super::ends::{self, End};
use super::read::News;
use super::schedule::{after_failure, after_reading, unfetched};
use super::{Outcome, Record, Trouble, TroubleKind, find};

/// What is written, by whom.
struct Writing<'a> {
    services: &'a Services,
    unit: Box<dyn UnitOfWork>,
    owner: Owner,
    actor: &'a Actor,
    now: Timestamp,
}

/// Writes what was read of `record`.
///
/// # Errors
/// [`StoreError::Raced`] where the record has changed meanwhile: what was read is good for nothing then.
pub(super) async fn keep(
    services: &Services,
    record: &Record,
    read: Result<Option<News>, Trouble>,
    actor: &Actor,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    let owner = match record {
        Record::Partner(partner) => Owner::Partner(partner.id),
        Record::App(app) => Owner::App(app.id),
    };
    let mut unit = services.store.unit_of_work().await?;
    match find(unit.as_mut(), owner).await? {
        None => return Ok(Outcome::Gone),
        Some(fresh) if fresh.version() != record.version() => return Err(StoreError::Raced),
        Some(_) => {}
    }
    let watch = unit.find_watch(owner).await?.unwrap_or_else(|| Watch::due(owner, now));
    let mut writing = Writing { services, unit, owner, actor, now };
    let (outcome, mut watch, record) = match read {
        Err(trouble) => {
            let watch = writing.note(record, watch, &trouble).await?;
            (Outcome::Failed(trouble), watch, record.clone())
        }
        Ok(None) => {
            let next_at = unfetched(now, services.random.as_ref());
            (Outcome::NoSource, Watch { next_at, warned: watch.warned, ..Watch::due(owner, now) }, record.clone())
        }
        Ok(Some(news)) => writing.take(record, watch, news).await?,
    };
    let (warnings, warned) = ends::due(ends::of(&record), &watch.warned, now);
    watch.warned = warned;
    for (end, days) in warnings {
        writing.warn(&record, &end, days).await?;
    }
    writing.unit.update_watch(&watch).await?;
    writing.unit.commit().await?;
    if matches!(outcome, Outcome::Changed(_)) {
        services.directory.forget();
    }
    Ok(outcome)
}

impl Writing<'_> {
    /// Takes what is new.
    async fn take(
        &mut self,
        record: &Record,
        watch: Watch,
        news: News,
    ) -> Result<(Outcome, Watch, Record), StoreError> {
        let outcome = match &news.record {
            None => Outcome::Unchanged,
            Some(new) => {
                // Partners and apps are there by `apply` and by nothing else.
                match new {
                    Record::Partner(partner) => self.unit.update_partner(partner, Provenance::Applied).await?,
                    Record::App(app) => self.unit.update_app(app, Provenance::Applied).await?,
                }
                // A document that was only dated anew is no news for the audit.
                if !news.fields.is_empty() {
                    let mut entry = self.entry(record, Activity::MetadataChanged);
                    entry.details.push(("fields", news.fields.join(", ")));
                    entry.details.push(("version", new.version().to_string()));
                    self.unit.append_audit(&entry).await?;
                    tracing::info!(slug = record.slug(), fields = news.fields.join(", "), "new metadata taken");
                }
                Outcome::Changed(news.fields)
            }
        };
        let record = news.record.unwrap_or_else(|| record.clone());
        let end = ends::of(&record).into_iter().find(|end| end.what == ends::What::Document).map(|end| end.at);
        let next_at = after_reading(self.now, news.cache_duration, end, self.services.random.as_ref());
        let watch = Watch { etags: news.etags, read_at: Some(self.now), next_at, failures: 0, fault: None, ..watch };
        Ok((outcome, watch, record))
    }

    /// Notes a reading that failed. What is kept out again and again for the same cause is audited once.
    async fn note(&mut self, record: &Record, watch: Watch, trouble: &Trouble) -> Result<Watch, StoreError> {
        let failures = watch.failures.saturating_add(1);
        tracing::warn!(
            slug = record.slug(),
            cause = trouble.cause,
            fault = trouble.message,
            failures,
            "metadata not taken; the last good one stays"
        );
        let is_known = watch.fault.as_ref().is_some_and(|fault| fault.cause == trouble.cause);
        if trouble.kind == TroubleKind::KeptOut && !is_known {
            let mut entry = self.entry(record, Activity::MetadataRefused);
            entry.cause = Some(trouble.cause);
            entry.details.push(("evidence", trouble.message.clone()));
            self.unit.append_audit(&entry).await?;
        }
        let fault = WatchFault { cause: trouble.cause.to_owned(), message: trouble.message.clone() };
        let next_at = after_failure(self.now, failures, self.services.random.as_ref());
        Ok(Watch { failures, fault: Some(fault), next_at, ..watch })
    }

    /// Warns of an end.
    async fn warn(&mut self, record: &Record, end: &End, days: u32) -> Result<(), StoreError> {
        let what = end.what.as_str();
        tracing::warn!(slug = record.slug(), what, ends_at = %end.at, days, "metadata comes to its end");
        metrics::counter!("entente_metadata_ends_total", "what" => what, "days" => days.to_string()).increment(1);
        let mut entry = self.entry(record, Activity::MetadataEnding);
        entry.details.push(("ends", end.name.clone()));
        entry.details.push(("ends_at", end.at.to_rfc3339()));
        entry.details.push(("days", days.to_string()));
        self.unit.append_audit(&entry).await
    }

    fn entry(&self, record: &Record, activity: Activity) -> AuditEntry {
        let id = AuditId::new(self.now, self.services.random.as_ref());
        let mut entry = AuditEntry::new(id, self.now, activity, self.actor.clone());
        match self.owner {
            Owner::Partner(id) => entry.partner = Some(id),
            Owner::App(id) => entry.app = Some(id),
        }
        entry.details.push(("slug", record.slug().to_owned()));
        entry
    }
}
