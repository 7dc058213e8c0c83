//! The registry of statements, one file for each aggregate: its statements, how its rows are read and
//! the acts made of them. A statement runs on both databases as it stands; where they differ, in the
//! locks that PostgreSQL takes on what a unit read, it has two texts.

pub(super) mod app_rows;
pub(super) mod application_groups;
pub(super) mod apps;
pub(super) mod assurance_rows;
pub(super) mod attempts;
pub(super) mod audit;
pub(super) mod audit_chain;
pub(super) mod bearers;
pub(super) mod blocked_mail;
pub(super) mod bulk_jobs;
pub(super) mod bulk_uploads;
pub(super) mod canonical;
mod claim_rows;
pub(super) mod codes;
pub(super) mod collaboration;
pub(super) mod deleted_guests;
pub(super) mod directory_changes;
pub(super) mod factors;
pub(super) mod grants;
pub(super) mod group_owners;
pub(super) mod groups;
pub(super) mod guest_details;
pub(super) mod guest_edits;
pub(super) mod guest_rows;
pub(super) mod guests;
pub(super) mod holders;
pub(super) mod installation;
pub(super) mod invitations;
pub(super) mod keys;
pub(super) mod logs;
pub(super) mod mailed_codes;
pub(super) mod named_locations;
pub(super) mod notices;
pub(super) mod outbox;
pub(super) mod partner_rows;
pub(super) mod partners;
pub(super) mod people;
pub(super) mod policies;
pub(super) mod policy_rows;
pub(super) mod policy_sets;
pub(super) mod recovery_codes;
pub(super) mod refresh_tokens;
pub(super) mod repeats;
pub(super) mod reports;
pub(super) mod roles;
pub(super) mod service_tokens;
pub(super) mod session_ends;
pub(super) mod sessions;
pub(super) mod source_rows;
pub(super) mod strengths;
pub(super) mod sweep;
pub(super) mod tallies;
pub(super) mod tokens;
pub(super) mod upstream_tokens;
pub(super) mod watches;

use super::row::Row;
use super::value::Value;
use crate::domain::store::StoreError;

/// A statement by its name in the registry.
#[derive(Debug)]
pub struct Statement {
    /// Its name.
    pub name: &'static str,
    /// As SQLite runs it.
    pub sqlite: &'static str,
    /// As PostgreSQL runs it.
    pub postgres: &'static str,
}

/// Every statement, by aggregate; a test prepares them all on both databases.
pub const REGISTRY: &[&[&Statement]] = &[
    application_groups::ALL,
    apps::ALL,
    attempts::ALL,
    audit::ALL,
    audit_chain::ALL,
    bearers::ALL,
    blocked_mail::ALL,
    bulk_jobs::ALL,
    bulk_uploads::ALL,
    codes::ALL,
    collaboration::ALL,
    deleted_guests::ALL,
    directory_changes::ALL,
    factors::ALL,
    grants::ALL,
    group_owners::ALL,
    groups::ALL,
    guest_details::ALL,
    guest_edits::ALL,
    guests::ALL,
    holders::ALL,
    installation::ALL,
    invitations::ALL,
    keys::ALL,
    logs::ALL,
    mailed_codes::ALL,
    named_locations::ALL,
    notices::ALL,
    outbox::ALL,
    partners::ALL,
    people::ALL,
    policies::ALL,
    policy_sets::ALL,
    recovery_codes::ALL,
    session_ends::ALL,
    sessions::ALL,
    strengths::ALL,
    sweep::ALL,
    tallies::ALL,
    refresh_tokens::ALL,
    repeats::ALL,
    reports::ALL,
    roles::ALL,
    service_tokens::ALL,
    tokens::ALL,
    upstream_tokens::ALL,
    watches::ALL,
];

/// Where a statement that only reads may run: in a unit, or on a reader.
pub(super) trait Read {
    /// All rows.
    fn all(
        &mut self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;

    /// The first row, if any.
    fn one(
        &mut self,
        statement: &'static Statement,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Option<Row>, StoreError>> + Send
    where
        Self: Send,
    {
        async move { Ok(self.all(statement, values).await?.into_iter().next()) }
    }
}

/// Declares the statements of an aggregate and lists them as `ALL`. Two texts, where there are two, are
/// SQLite's and PostgreSQL's.
macro_rules! statements {
    ($($(#[$meta:meta])* $name:ident = $sqlite:expr $(, postgres: $postgres:expr)?;)*) => {
        $(
            $(#[$meta])*
            static $name: $crate::store::sql::Statement = $crate::store::sql::Statement {
                name: stringify!($name),
                sqlite: $sqlite,
                postgres: $crate::store::sql::second!($sqlite $(, $postgres)?),
            };
        )*
        /// The statements of this aggregate.
        pub(in crate::store) const ALL: &[&$crate::store::sql::Statement] = &[$(&$name),*];
    };
}
pub(in crate::store) use statements;

macro_rules! second {
    ($first:expr) => {
        $first
    };
    ($first:expr, $second:expr) => {
        $second
    };
}
pub(in crate::store) use second;
