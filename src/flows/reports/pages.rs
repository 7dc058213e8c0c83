//! One page of a log, or one entry: what the directory API reads. A question is answered in bounded work however long
//! the log is: what a filter says by itself is looked up by an index or bounds what is read, and the rest is judged
//! entry by entry, over so many entries a page.

use std::borrow::Cow;

use uuid::Uuid;

use super::{activities, directory, numbers, sign_ins, targets};
use crate::domain::apps::AppId;
use crate::domain::attempts::AttemptId;
use crate::domain::audit::{Activity, AuditId};
use crate::domain::filters::{Filter, Literal, Operator, Value};
use crate::domain::guests::GuestId;
use crate::domain::people::{Direction, PersonKey, principal_name};
use crate::domain::permissions::{Act, Caller};
use crate::domain::reports::{Kind, Place, ReportEntry, ReportFilter, Stretch};
use crate::flows::directory::{DirectoryError, Page, permit};
use crate::flows::services::Services;

/// How many entries one page looks through, at most; the next page goes on from there.
pub const MAX_SCANNED: u32 = 20_000;
/// How many are read at a time where a filter may leave some out.
const CHUNK: u32 = 500;

/// By what entries are filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    /// When.
    At,
    /// What, by its name for people.
    Activity,
    /// The category of the activity.
    Category,
    /// The service that logged it.
    Service,
    /// `success` or `failure`.
    Result,
    /// The attempt.
    Correlation,
    /// Who began it: the account.
    Initiator,
    /// Which app or partner began it.
    InitiatingApp,
    /// What it is about, by ids.
    Targets,
    /// The account that signed in.
    User,
    /// Its `#EXT#` name.
    PrincipalName,
    /// Its display name.
    UserName,
    /// The app, by its id or its client id.
    App,
    /// What was signed in to, by its id here.
    Resource,
    /// Its name.
    AppName,
    /// The network address.
    Address,
    /// The number of what came of it.
    Number,
    /// What policies came to.
    Policies,
    /// The kind of client app.
    ClientApp,
    /// Whether somebody came from elsewhere.
    AccessType,
    /// The partner.
    Home,
}

/// What is asked of a log.
#[derive(Debug, Clone)]
pub struct Listing {
    /// Which log.
    pub kind: Kind,
    /// Which entries; all where there is none.
    pub filter: Option<Filter<Property>>,
    /// The newest first, or the oldest.
    pub direction: Direction,
    /// Where the page before ended.
    pub after: Option<Place>,
    /// How many at most.
    pub top: u32,
}

/// What somebody must be allowed to read a log.
#[must_use]
pub const fn act(kind: Kind) -> Act {
    match kind {
        Kind::Directory => Act::ReadAudit,
        Kind::SignIns => Act::ReadSignIns,
    }
}

/// One entry.
///
/// # Errors
/// [`DirectoryError`].
pub async fn one(services: &Services, caller: &Caller, kind: Kind, id: &str) -> Result<ReportEntry, DirectoryError> {
    permit(caller, act(kind))?;
    let unknown = || DirectoryError::unknown("entry", id);
    let parsed = AuditId::parse(id).map_err(|_| unknown())?;
    services.store.report_entry(kind, parsed).await?.ok_or_else(unknown)
}

/// A page. One that a filter leaves short, or empty, may still go on.
///
/// # Errors
/// [`DirectoryError`].
pub async fn list(
    services: &Services,
    caller: &Caller,
    listing: &Listing,
) -> Result<Page<ReportEntry, Place>, DirectoryError> {
    permit(caller, act(listing.kind))?;
    let mut plan = Plan {
        filter: ReportFilter::of(listing.kind),
        stretch: Stretch::within(listing.direction, None, None),
        is_empty: false,
    };
    for (property, operator, values) in listing.filter.iter().flat_map(Filter::demands) {
        plan.narrow(services, property, operator, values).await?;
    }
    if let Some(place) = listing.after {
        plan.stretch = plan.stretch.behind(place);
    }
    if plan.is_empty {
        return Ok(Page { items: Vec::new(), next: None, count: None });
    }
    plan.read(services, listing).await
}

/// What of a filter the store answers.
struct Plan {
    filter: ReportFilter,
    stretch: Stretch,
    /// Nothing can be meant.
    is_empty: bool,
}

impl Plan {
    async fn read(
        mut self,
        services: &Services,
        listing: &Listing,
    ) -> Result<Page<ReportEntry, Place>, DirectoryError> {
        let store = &services.store;
        // The entries of an account and of an attempt stand together, and all of the directory audit do.
        let stands_together = self.filter.guest.is_some()
            || self.filter.attempt.is_some()
            || (listing.kind == Kind::Directory && listing.filter.is_none());
        let end =
            if stands_together { None } else { store.report_place(listing.kind, &self.stretch, MAX_SCANNED).await? };
        if let Some(place) = end {
            self.stretch = self.stretch.up_to(place);
        }
        let top = listing.top as usize;
        // One more than a page needs tells whether another follows.
        let limit = if listing.filter.is_none() { listing.top + 1 } else { CHUNK.max(listing.top + 1) };
        let mut items: Vec<ReportEntry> = Vec::new();
        let mut looked_through = 0;
        loop {
            let chunk = store.report_entries(&self.filter, &self.stretch, limit).await?;
            let is_last = chunk.len() < limit as usize;
            looked_through += limit;
            for entry in chunk {
                let here = place(&entry);
                if is_meant(listing.filter.as_ref(), &entry) {
                    if items.len() == top {
                        let next = items.last().map(place);
                        return Ok(Page { items, next, count: None });
                    }
                    items.push(entry);
                }
                self.stretch = self.stretch.behind(here);
            }
            if is_last {
                return Ok(Page { items, next: end, count: None });
            }
            if looked_through >= MAX_SCANNED {
                let next = match listing.direction {
                    Direction::Descending => self.stretch.high,
                    Direction::Ascending => self.stretch.low,
                };
                return Ok(Page { items, next: Some(next), count: None });
            }
        }
    }

    /// Takes into account what each entry that is meant must be.
    async fn narrow(
        &mut self,
        services: &Services,
        property: Property,
        operator: Operator,
        values: &[Literal],
    ) -> Result<(), DirectoryError> {
        match property {
            Property::At => {
                self.narrow_time(operator, values);
                return Ok(());
            }
            Property::Activity | Property::Category | Property::Service | Property::Number => {
                let condition = Filter::Of { property, operator, values: values.to_vec() };
                let all = self.filter.activities.take().unwrap_or_else(|| self.filter.kind.activities());
                let all: Vec<_> = all.into_iter().filter(|activity| may_be(*activity, &condition)).collect();
                self.is_empty |= all.is_empty();
                self.filter.activities = Some(all);
                return Ok(());
            }
            _ => {}
        }
        let (Operator::Is, [Literal::Text(text)]) = (operator, values) else { return Ok(()) };
        match property {
            Property::Correlation => self.filter.attempt = self.id(AttemptId::parse(text).ok()),
            Property::Initiator => self.filter.initiator = self.id(GuestId::parse(text).ok()),
            Property::Targets => self.filter.target = self.id(Uuid::parse_str(text).ok()),
            Property::Resource => self.filter.app = self.id(AppId::parse(text).ok()),
            Property::User => self.filter.guest = self.id(GuestId::parse(text).ok()),
            Property::PrincipalName => {
                let key = PersonKey::PrincipalName(principal_name(text));
                let person = services.store.person(&key).await?;
                self.filter.guest = person.map(|person| person.guest.id).or(self.filter.guest);
            }
            Property::App => {
                let known = match services.directory.app_by_client_id(text).await? {
                    Some(app) => Some(app),
                    None => services.directory.app_by_entity_id(text).await?,
                };
                self.filter.app = known.map(|app| app.id).or_else(|| AppId::parse(text).ok()).or(self.filter.app);
            }
            _ => {}
        }
        Ok(())
    }

    /// What is no id is the id of nothing.
    fn id<T>(&mut self, id: Option<T>) -> Option<T> {
        self.is_empty |= id.is_none();
        id
    }

    fn narrow_time(&mut self, operator: Operator, values: &[Literal]) {
        let [Literal::Time(time)] = values else { return };
        let tick = std::time::Duration::from_micros(1);
        let (since, until) = match operator {
            Operator::Is => (Some(*time), Some(time.plus(tick))),
            Operator::AtLeast => (Some(*time), None),
            Operator::Above => (Some(time.plus(tick)), None),
            Operator::AtMost => (None, Some(time.plus(tick))),
            Operator::Below => (None, Some(*time)),
            Operator::IsNot | Operator::Begins => return,
        };
        let bounds = Stretch::within(self.stretch.direction, since, until);
        self.stretch.low = self.stretch.low.max(bounds.low);
        self.stretch.high = self.stretch.high.min(bounds.high);
    }
}

fn place(entry: &ReportEntry) -> Place {
    (entry.record.at, entry.record.id)
}

fn is_meant(filter: Option<&Filter<Property>>, entry: &ReportEntry) -> bool {
    filter.is_none_or(|filter| filter.holds(&|property| value(entry, property)))
}

fn value(entry: &ReportEntry, property: Property) -> Value<'_> {
    let record = &entry.record;
    let text = |text: Option<&str>| Value::Text(text.map(|text| Cow::Owned(text.to_owned())));
    let id = |id: Option<String>| Value::Text(id.map(Cow::Owned));
    let person = entry.person.as_ref();
    match property {
        Property::At => Value::Time(record.at),
        Property::Activity | Property::Category | Property::Service => of_activity(&record.activity, property),
        Property::Result => text(Some(directory::result(record))),
        Property::Correlation => id(record.attempt.map(|id| id.to_string())),
        Property::Initiator => id(directory::initiator(entry).user),
        Property::InitiatingApp => id(directory::initiator(entry).app),
        Property::Targets => Value::Texts(targets::ids(record)),
        Property::User => id(record.guest.map(|id| id.to_string())),
        Property::PrincipalName => text(person.map(|person| person.user_principal_name.as_str())),
        Property::UserName => text(person.and_then(|person| person.display_name.as_deref())),
        Property::App => {
            let client = entry.app.as_ref().and_then(|app| app.identifier.clone());
            Value::Texts(record.app.as_ref().map(|(id, _)| id.to_string()).into_iter().chain(client).collect())
        }
        Property::Resource => id(sign_ins::resource(entry)),
        Property::AppName => text(entry.app.as_ref().map(|app| app.name.as_str())),
        Property::Address => text(record.address.as_deref()),
        Property::Number => Value::Number(sign_ins::number(entry)),
        Property::Policies => text(sign_ins::policy_status(entry).map(sign_ins::PolicyStatus::as_str)),
        Property::ClientApp => text(sign_ins::client_app(entry)),
        Property::AccessType => text(sign_ins::access_type(entry)),
        Property::Home => id(record.partner.as_ref().map(|(id, _)| id.to_string())),
    }
}

/// What hangs on the activity alone.
fn of_activity(name: &str, property: Property) -> Value<'static> {
    let named = activities::of(name);
    let text = match property {
        Property::Category => named.map(|named| named.category.to_owned()),
        Property::Service => named.map(|named| named.service.to_owned()),
        _ => Some(named.map_or(name, |named| named.display).to_owned()),
    };
    Value::Text(text.map(Cow::Owned))
}

/// Whether an entry with this activity may fulfil a condition on it, or on what came of a sign-in.
fn may_be(activity: Activity, condition: &Filter<Property>) -> bool {
    let with = |number: i64| condition.holds(&|_| Value::Number(number));
    let Filter::Of { property: Property::Number, values, .. } = condition else {
        return condition.holds(&|property| of_activity(activity.as_str(), property));
    };
    match activity {
        Activity::SessionUse => with(numbers::SUCCESS),
        Activity::SignIn => with(numbers::SUCCESS) || with(numbers::INTERRUPTED),
        Activity::StepAsked => with(numbers::INTERRUPTED),
        // Any number but these two.
        _ => {
            let is_other = |literal: &Literal| matches!(literal, Literal::Number(number) if ![numbers::SUCCESS, numbers::INTERRUPTED].contains(number));
            matches!(condition, Filter::Of { operator: Operator::IsNot, .. }) || values.iter().any(is_other)
        }
    }
}
