//! The two logs, a page of rows at a time.

use uuid::Uuid;

use super::activities::{self, NAMED};
use super::directory::Names;
use super::sign_ins::{self, PolicyStatus};
use super::{Row, directory, names, targets};
use crate::base::clock::Timestamp;
use crate::domain::attempts::AttemptId;
use crate::domain::audit::Activity;
use crate::domain::people::Direction;
use crate::domain::reports::{Kind, ReportEntry, ReportFilter, Stretch};
use crate::domain::store::StoreError;
use crate::flows::inspect;
use crate::flows::operate::OperateError;
use crate::flows::services::Services;

/// How many entries are read at a time.
const PAGE: u32 = 500;

/// The columns of a log, in their order.
#[must_use]
pub const fn columns(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Directory => &directory::COLUMNS,
        Kind::SignIns => &sign_ins::COLUMNS,
    }
}

/// What is asked for, objects by the names that people use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// With this activity, by its stable name or that of the directory.
    pub activity: Option<String>,
    /// Of this category.
    pub category: Option<String>,
    /// Logged by this service.
    pub service: Option<String>,
    /// With this result.
    pub status: Option<Status>,
    /// By this actor: a person or app by id, `operator:NAME`, `visitor`, `app`, `partner` or `system`.
    pub actor: Option<String>,
    /// About this account, app, partner or other object, by id.
    pub target: Option<Uuid>,
    /// Of this app: slug or id.
    pub app: Option<String>,
    /// Of this account: mail address or id.
    pub user: Option<String>,
    /// From this network address.
    pub ip: Option<String>,
    /// By this kind of client app.
    pub client_app: Option<String>,
    /// With this result of policies.
    pub policy_status: Option<PolicyStatus>,
    /// Of this attempt.
    pub correlation_id: Option<AttemptId>,
}

/// What came of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was done, or somebody was let in.
    Success,
    /// It was not, or somebody was refused.
    Failure,
    /// Somebody was asked for more. Of sign-ins alone.
    Interrupted,
}

impl Status {
    /// All of them by their words.
    pub const WORDS: [&str; 3] = ["success", "failure", "interrupted"];

    /// Reads its word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Success, Self::Failure, Self::Interrupted].into_iter().find(|status| status.as_str() == text)
    }

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Interrupted => "interrupted",
        }
    }
}

/// Why a log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// An object is not known, or the store could not.
    #[error(transparent)]
    Operate(#[from] OperateError),
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such activity in this log.
    #[error("no activity `{0}` in this log")]
    Activity(String),
    /// There is no such category.
    #[error("no category `{0}`: the directory audit has {known}", known = categories().join(", "))]
    Category(String),
    /// There is no such service.
    #[error("no service `{0}`: the directory audit has {known}", known = services().join(", "))]
    Service(String),
    /// A filter that is of the other log.
    #[error("`{0}` is a filter of the other log")]
    Filter(&'static str),
}

/// The categories of the directory audit, each once.
#[must_use]
pub fn categories() -> Vec<&'static str> {
    let mut categories: Vec<_> = NAMED.iter().map(|named| named.category).collect();
    categories.sort_unstable();
    categories.dedup();
    categories
}

/// The services that log to the directory audit, each once.
#[must_use]
pub fn services() -> Vec<&'static str> {
    let mut services: Vec<_> = NAMED.iter().map(|named| named.service).collect();
    services.sort_unstable();
    services.dedup();
    services
}

/// A log that is being read.
#[derive(Debug)]
pub struct Log<'s> {
    services: &'s Services,
    kind: Kind,
    filter: ReportFilter,
    client_app: Option<String>,
    policy_status: Option<PolicyStatus>,
    status: Option<Status>,
    stretch: Stretch,
    is_at_end: bool,
}

impl<'s> Log<'s> {
    /// Begins to read a log, newest first.
    ///
    /// # Errors
    /// [`LogError`].
    pub async fn open(services: &'s Services, kind: Kind, wanted: &Wanted) -> Result<Self, LogError> {
        let mut filter = ReportFilter::of(kind);
        filter.activities = activities_of(kind, wanted)?;
        filter.actor.clone_from(&wanted.actor);
        filter.target = wanted.target;
        filter.address.clone_from(&wanted.ip);
        filter.attempt = wanted.correlation_id;
        let (guest, app) = inspect::ids_of(services, wanted.user.as_deref(), wanted.app.as_deref()).await?;
        (filter.guest, filter.app) = (guest, app);
        let client_app = wanted.client_app.clone();
        let policy_status = wanted.policy_status;
        let stretch = Stretch::within(Direction::Descending, wanted.since, wanted.until);
        let status = wanted.status;
        Ok(Self { services, kind, filter, client_app, policy_status, status, stretch, is_at_end: false })
    }

    /// The next rows, in the order of [`columns`]; absent at the end. A page may have no rows where what
    /// was read fits no filter.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next(&mut self) -> Result<Option<Vec<Row>>, StoreError> {
        if self.is_at_end {
            return Ok(None);
        }
        let entries = self.services.store.report_entries(&self.filter, &self.stretch, PAGE).await?;
        self.is_at_end = entries.len() < PAGE as usize;
        if let Some(last) = entries.last() {
            self.stretch = self.stretch.behind((last.record.at, last.record.id));
        }
        let entries: Vec<ReportEntry> = entries.into_iter().filter(|entry| self.fits(entry)).collect();
        let names = names::of(self.services, self.kind, &entries).await?;
        Ok(Some(entries.iter().map(|entry| self.row(entry, &names)).collect()))
    }

    fn fits(&self, entry: &ReportEntry) -> bool {
        let app = self.client_app.as_deref();
        let target = self.filter.target.map(|id| id.to_string());
        let result = match self.kind {
            Kind::Directory => directory::result(&entry.record),
            Kind::SignIns => sign_ins::result(entry),
        };
        self.status.is_none_or(|wanted| wanted.as_str() == result)
            && target.is_none_or(|wanted| targets::ids(&entry.record).contains(&wanted))
            && app.is_none_or(|wanted| sign_ins::client_app(entry) == Some(wanted))
            && self.policy_status.is_none_or(|wanted| sign_ins::policy_status(entry) == Some(wanted))
    }

    fn row(&self, entry: &ReportEntry, names: &Names) -> Row {
        match self.kind {
            Kind::Directory => directory::row(entry, names),
            Kind::SignIns => sign_ins::row(entry, &self.services.settings.organization),
        }
    }
}

/// Which activities are asked for; none where all are.
fn activities_of(kind: Kind, wanted: &Wanted) -> Result<Option<Vec<Activity>>, LogError> {
    match kind {
        Kind::SignIns if wanted.category.is_some() => return Err(LogError::Filter("category")),
        Kind::SignIns if wanted.service.is_some() => return Err(LogError::Filter("service")),
        Kind::Directory if wanted.status == Some(Status::Interrupted) => {
            return Err(LogError::Filter("status interrupted"));
        }
        Kind::Directory if wanted.client_app.is_some() => return Err(LogError::Filter("client app")),
        Kind::Directory if wanted.policy_status.is_some() => {
            return Err(LogError::Filter("conditional access status"));
        }
        _ => {}
    }
    if let Some(category) = &wanted.category
        && !categories().contains(&category.as_str())
    {
        return Err(LogError::Category(category.clone()));
    }
    if let Some(service) = &wanted.service
        && !services().contains(&service.as_str())
    {
        return Err(LogError::Service(service.clone()));
    }
    if wanted.activity.is_none() && wanted.category.is_none() && wanted.service.is_none() {
        return Ok(None);
    }
    let is_asked = |activity: &Activity| {
        let name = activity.as_str();
        let named = activities::of(name);
        let fits_activity = wanted
            .activity
            .as_deref()
            .is_none_or(|activity| activity == name || named.is_some_and(|named| named.display == activity));
        let fits_category =
            wanted.category.as_deref().is_none_or(|category| named.is_some_and(|named| named.category == category));
        let fits_service =
            wanted.service.as_deref().is_none_or(|service| named.is_some_and(|named| named.service == service));
        fits_activity && fits_category && fits_service
    };
    let found: Vec<Activity> = kind.activities().into_iter().filter(is_asked).collect();
    match &wanted.activity {
        Some(activity) if found.is_empty() => Err(LogError::Activity(activity.clone())),
        _ => Ok(Some(found)),
    }
}
