//! From what is asked to what answers it, by the table of addresses.

use std::net::IpAddr;

use axum::http::StatusCode;
use serde_json::Value;

use super::fault::Fault;
use super::table::{Found, Handler, Method, Rule, find};
use super::{
    assignments, batch, bulk, groups, idempotency, invitations, logs, removed, reports, roles, sponsors, users, what_if,
};
use crate::base::params::RawParams;
use crate::domain::permissions::{Act, Caller};
use crate::domain::repeats::RequestKey;
use crate::domain::reports::Kind;
use crate::flows::callers::Called;
use crate::flows::directory::groups::Move;
use crate::flows::directory::{DirectoryError, NOT_ALLOWED};
use crate::flows::services::Services;
use crate::http::state::State;

/// What is asked, by whom.
#[derive(Debug)]
pub struct Ask<'a> {
    /// The method; none where it is none of ours.
    pub method: Option<Method>,
    /// The path as it came.
    pub path: &'a str,
    /// The query.
    pub query: RawParams,
    /// Whether `ConsistencyLevel: eventual` stands.
    pub is_eventual: bool,
    /// The body, where there is one.
    pub body: Option<Value>,
    /// What the caller calls the request, where it may come again.
    pub key: Option<RequestKey>,
    /// Who asks.
    pub called: &'a Called,
    /// From where.
    pub address: Option<IpAddr>,
    /// The file that is handed in, at the address that takes one.
    pub file: Option<Vec<u8>>,
    /// Whether it is a part of a batch.
    pub is_part: bool,
}

impl Ask<'_> {
    /// Who asks.
    pub(super) const fn caller(&self) -> &Caller {
        &self.called.caller
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// HTTP status.
    pub status: StatusCode,
    /// The body.
    pub body: Option<Value>,
    /// The value of `Location`.
    pub location: Option<String>,
    /// A file in the place of the body.
    pub file: Option<CsvFile>,
    /// How the body is written.
    pub form: Form,
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As JSON.
    Json,
    /// A number as text.
    Text,
}

impl Form {
    /// Its media type.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Text => "text/plain",
        }
    }
}

/// A file of comma-separated values.
#[derive(Clone, PartialEq, Eq)]
pub struct CsvFile {
    /// Its name, of letters, digits, `-` and `.`.
    pub name: String,
    /// What is in it.
    pub text: String,
}

impl std::fmt::Debug for CsvFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("CsvFile").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Reply {
    /// A document.
    pub(super) const fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body: Some(body), location: None, file: None, form: Form::Json }
    }

    /// Done, and nothing to say of it.
    pub(super) const fn done() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, location: None, file: None, form: Form::Json }
    }

    /// How many there are.
    pub(super) fn number(count: u64) -> Self {
        Self { form: Form::Text, ..Self::ok(count.into()) }
    }

    /// Something was made, which is found there.
    pub(super) const fn made(body: Value, location: String) -> Self {
        Self { status: StatusCode::CREATED, body: Some(body), location: Some(location), file: None, form: Form::Json }
    }

    /// Something was taken, and what becomes of it is found there.
    pub(super) const fn taken(body: Value, location: String) -> Self {
        Self { status: StatusCode::ACCEPTED, body: Some(body), location: Some(location), file: None, form: Form::Json }
    }

    /// A file to be kept.
    pub(super) const fn csv(file: CsvFile) -> Self {
        Self { status: StatusCode::OK, body: None, location: None, file: Some(file), form: Form::Json }
    }
}

/// A route whose rule lets the caller in, with what stands for its parameters.
#[derive(Debug)]
pub struct Opened {
    /// What answers.
    pub handler: Handler,
    values: Vec<String>,
}

impl Opened {
    /// Finds the route of an address and judges whether the caller may ask it at all.
    ///
    /// # Errors
    /// `Fault`.
    pub fn find(method: Option<Method>, path: &str, caller: &Caller) -> Result<Self, Fault> {
        match find(method, path) {
            Found::Route(route, values) => {
                gate(route.rule, caller)?;
                Ok(Self { handler: route.handler, values })
            }
            Found::OtherMethod(allowed) => Err(Fault::other_method(&allowed)),
            Found::NoId(segment) => Err(Fault::no_id(&segment)),
            Found::Nothing => Err(Fault::no_address()),
        }
    }
}

/// Answers.
///
/// # Errors
/// `Fault`.
pub async fn dispatch(state: &State, ask: &Ask<'_>, opened: &Opened) -> Result<Reply, Fault> {
    let Opened { handler, values } = opened;
    let services: &Services = state.services();
    idempotency::judge(ask, *handler)?;
    let value = |place: usize| values.get(place).map_or("", String::as_str);
    let (first, second) = (value(0), value(1));
    match *handler {
        Handler::Me => users::me(services, ask).await,
        Handler::MyGroups => groups::mine(services, ask).await,
        Handler::RevokeMySessions => users::revoke_mine(services, ask).await,
        Handler::Users => users::list(services, ask).await,
        Handler::CountUsers => users::count(services, ask).await,
        Handler::User => users::one(services, ask, first).await,
        Handler::ChangeUser => users::change(services, ask, first).await,
        Handler::DeleteUser => removed::delete(services, ask, first).await,
        Handler::DeletedUsers => removed::list(services, ask).await,
        Handler::DeletedUser => removed::one(services, ask, first).await,
        Handler::RestoreUser => removed::restore(services, ask, first).await,
        Handler::PurgeUser => removed::purge(services, ask, first).await,
        Handler::UserGroups => groups::of_user(services, ask, first).await,
        Handler::RevokeSessions => users::revoke(services, ask, first).await,
        Handler::Sponsors => sponsors::list(services, ask, first).await,
        Handler::UserAssignments => assignments::of_user(services, ask, first).await,
        Handler::AssignUser => assignments::assign_user(services, ask, first).await,
        Handler::UnassignUser => assignments::unassign_user(services, ask, first, second).await,
        Handler::Groups => groups::list(services, ask).await,
        Handler::CountGroups => groups::count(services, ask).await,
        Handler::CreateGroup => groups::create(services, ask).await,
        Handler::Group => groups::one(services, ask, first).await,
        Handler::RenameGroup => groups::rename(services, ask, first).await,
        Handler::DeleteGroup => groups::delete(services, ask, first).await,
        Handler::Members => groups::members(services, ask, first).await,
        Handler::AddMember => groups::add(services, ask, first, Move::In).await,
        Handler::RemoveMember => groups::remove(services, ask, first, second, Move::Out).await,
        Handler::Owners => groups::owners(services, ask, first).await,
        Handler::AddOwner => groups::add(services, ask, first, Move::Owner).await,
        Handler::RemoveOwner => groups::remove(services, ask, first, second, Move::NoOwner).await,
        Handler::GroupAssignments => assignments::of_group(services, ask, first).await,
        Handler::AssignGroup => assignments::assign_group(services, ask, first).await,
        Handler::UnassignGroup => assignments::unassign_group(services, ask, first, second).await,
        Handler::Apps => assignments::apps(services, ask).await,
        Handler::App => assignments::app(services, ask, first).await,
        Handler::AppAssignments => assignments::of_app(services, ask, first).await,
        // A batch within a batch would be more than its limit.
        Handler::Batch if ask.is_part => Err(Fault::bad("a batch cannot be part of a batch")),
        Handler::Batch => Box::pin(batch::batch(state, ask)).await,
        Handler::WhatIf => what_if::ask(services, ask).await,
        Handler::DirectoryAudits => logs::list(services, ask, Kind::Directory).await,
        Handler::DirectoryAudit => logs::one(services, ask, Kind::Directory, first).await,
        Handler::SignIns => logs::list(services, ask, Kind::SignIns).await,
        Handler::SignIn => logs::one(services, ask, Kind::SignIns, first).await,
        Handler::MonthlyActive => reports::monthly_active(state, ask).await,
        Handler::ByPartner => reports::partners(state, ask).await,
        // They are opened before, and a batch reaches no address of theirs.
        Handler::NeverRedeemed | Handler::Unused | Handler::ExportAudit | Handler::VerifyAudit => {
            Err(Fault::bad("a stream cannot be part of a batch"))
        }
        Handler::BulkJobs => bulk::list(services, ask).await,
        Handler::HandIn => bulk::hand_in(state, ask).await,
        Handler::BulkJob => bulk::one_job(services, ask, first).await,
        Handler::StopBulkJob => bulk::stop(services, ask, first).await,
        Handler::ResumeBulkJob => bulk::resume(services, ask, first).await,
        Handler::RemoveBulkJob => bulk::remove(services, ask, first).await,
        Handler::BulkReport => bulk::report(services, ask, first).await,
        Handler::RoleDefinitions => roles::definitions(services, ask),
        Handler::RoleDefinition => roles::definition(services, ask, first),
        Handler::RoleAssignments => roles::list(services, ask).await,
        Handler::RoleAssignment => roles::one(services, ask, first).await,
        Handler::GrantRole => roles::grant(services, ask).await,
        Handler::RevokeRole => roles::revoke(services, ask, first).await,
        Handler::Invite => invitations::invite(state, ask).await,
        Handler::AddSponsor | Handler::AddSponsorRef => sponsors::add(services, ask, first).await,
        Handler::RemoveSponsor => sponsors::remove(services, ask, first, second).await,
    }
}

/// Turns away who may not ask this whatever it is about, before anything is looked up, so that nobody learns what is
/// there. Each act is judged once more by what does it, with the object at hand.
fn gate(rule: Rule, caller: &Caller) -> Result<(), DirectoryError> {
    let is_person = matches!(caller, Caller::Person { .. });
    let may = match rule {
        Rule::Act(act) => caller.may(act),
        Rule::ActOrOwner(act) | Rule::ActOrSetting(act) => caller.may(act) || (is_person && caller.is_let(act)),
        Rule::Either(one, other) => caller.may(one) || caller.may(other),
        Rule::Sight(act) => caller.may(act) || (is_person && (caller.is_let(act) || caller.is_let(Act::ReadOwn))),
        Rule::Own(act) => is_person && caller.is_let(act),
        Rule::Parts => true,
    };
    if may { Ok(()) } else { Err(DirectoryError::Denied(NOT_ALLOWED)) }
}
