//! The two logs: pages of the audit, with the names of what it speaks of.

use super::{Read, Statement, statements};
use crate::domain::audit::{Activity, AuditId, AuditRecord};
use crate::domain::people::Direction;
use crate::domain::reports::{AppView, Kind, PartnerView, PersonView, Place, ReportEntry, ReportFilter, Stretch};
use crate::domain::store::StoreError;
use crate::store::row::{Columns, FromColumns};
use crate::store::sql::guest_rows::USER_TYPES;
use crate::store::value::values;

/// The directory audit, in the words of its index.
macro_rules! directory {
    () => {
        "a.activity not in ('sign_in', 'session_use', 'step_asked', 'sign_in_refused', 'token_issued', 'token_refused')"
    };
}

/// The sign-in log.
macro_rules! sign_ins {
    () => {
        "a.activity in ('sign_in', 'session_use', 'step_asked', 'sign_in_refused')"
    };
}

/// Whatever serves best: the index over the directory audit, or that over all times.
macro_rules! of_all {
    () => {
        "(a.guest_id = $8 or $8 is null)
    and (a.attempt_id = $11 or $11 is null)"
    };
}

/// The entries of an account, in the words of their index.
macro_rules! of_guest {
    () => {
        "a.guest_id = $8
    and a.activity not in ('token_issued', 'token_refused')
    and (a.attempt_id = $11 or $11 is null)"
    };
}

/// The few entries of an attempt.
macro_rules! of_attempt {
    () => {
        "a.attempt_id = $11
    and (a.guest_id = $8 or $8 is null)"
    };
}

macro_rules! select_entries {
    () => {
        "select a.id, a.at, a.node, a.sequence, a.activity, a.actor, a.code, a.cause, a.attempt_id, a.partner_id,
    p.slug, a.app_id, x.slug, a.guest_id, a.session_id, a.target_id, a.address, a.canonical,
    g.user_principal_name, g.display_name, g.user_type, x.name, x.protocol, coalesce(x.client_id, x.entity_id),
    p.name, p.kind
from audit a
left join guests g on g.id = a.guest_id
left join apps x on x.id = a.app_id
left join partners p on p.id = a.partner_id
where "
    };
}

macro_rules! newest_first {
    () => {
        "
    and a.at >= $1
    and (a.at > $1 or a.id >= $2)
    and a.at <= $3
    and (a.at < $3 or a.id < $4)"
    };
}

macro_rules! oldest_first {
    () => {
        "
    and a.at >= $1
    and (a.at > $1 or a.id > $2)
    and a.at <= $3
    and (a.at < $3 or a.id <= $4)"
    };
}

/// Each value stands beside its column first, which tells PostgreSQL its type. Activities stand between commas.
/// What an entry says was given stands in its canonical bytes: `$named` says whether the id does. It may stand there for
/// another reason too, which whoever asks judges.
macro_rules! entries_of {
    ($kind:expr, $of:expr, $between:expr, $named:literal, $order:literal) => {
        concat!(
            select_entries!(),
            $kind,
            "
    and ",
            $of,
            $between,
            "
    and (cast($5 as text) like '%,' || a.activity || ',%' or cast($5 as text) is null)
    and (a.actor = $6 or $6 is null)
    and (a.guest_id = $7 or a.app_id = $7 or a.partner_id = $7 or a.target_id = $7 or ",
            $named,
            "
        or $7 is null)
    and (a.app_id = $9 or $9 is null)
    and (a.address = $10 or $10 is null)
    and (a.actor = $12 or a.actor = 'visitor' and a.guest_id = $13 or $13 is null)
order by ",
            $order,
            "
limit cast($14 as bigint)"
        )
    };
}

macro_rules! entries_sqlite {
    ($kind:expr, $of:expr, $between:expr, $order:literal) => {
        entries_of!($kind, $of, $between, "instr(cast(a.canonical as text), $15) > 0", $order)
    };
}

macro_rules! entries_postgres {
    ($kind:expr, $of:expr, $between:expr, $order:literal) => {
        entries_of!($kind, $of, $between, "position(convert_to($15, 'UTF8') in a.canonical) > 0", $order)
    };
}

macro_rules! place {
    ($kind:expr, $between:expr, $order:literal) => {
        concat!(
            "select a.at, a.id
from audit a
where ",
            $kind,
            $between,
            "
order by ",
            $order,
            "
limit 1
offset cast($5 as bigint)"
        )
    };
}

/// Whatever stands in the audit: an index says where it is, and the row need not be read.
macro_rules! anything {
    () => {
        "1 = 1"
    };
}

statements! {
    DIRECTORY = entries_sqlite!(directory!(), of_all!(), newest_first!(), "a.at desc, a.id desc"),
        postgres: entries_postgres!(directory!(), of_all!(), newest_first!(), "a.at desc, a.id desc");
    DIRECTORY_UP = entries_sqlite!(directory!(), of_all!(), oldest_first!(), "a.at, a.id"),
        postgres: entries_postgres!(directory!(), of_all!(), oldest_first!(), "a.at, a.id");
    DIRECTORY_OF_GUEST = entries_sqlite!(directory!(), of_guest!(), newest_first!(), "a.at desc, a.id desc"),
        postgres: entries_postgres!(directory!(), of_guest!(), newest_first!(), "a.at desc, a.id desc");
    DIRECTORY_OF_GUEST_UP = entries_sqlite!(directory!(), of_guest!(), oldest_first!(), "a.at, a.id"),
        postgres: entries_postgres!(directory!(), of_guest!(), oldest_first!(), "a.at, a.id");
    DIRECTORY_OF_ATTEMPT = entries_sqlite!(directory!(), of_attempt!(), newest_first!(), "a.at desc, a.id desc"),
        postgres: entries_postgres!(directory!(), of_attempt!(), newest_first!(), "a.at desc, a.id desc");
    DIRECTORY_OF_ATTEMPT_UP = entries_sqlite!(directory!(), of_attempt!(), oldest_first!(), "a.at, a.id"),
        postgres: entries_postgres!(directory!(), of_attempt!(), oldest_first!(), "a.at, a.id");
    SIGN_INS = entries_sqlite!(sign_ins!(), of_all!(), newest_first!(), "a.at desc, a.id desc"),
        postgres: entries_postgres!(sign_ins!(), of_all!(), newest_first!(), "a.at desc, a.id desc");
    SIGN_INS_UP = entries_sqlite!(sign_ins!(), of_all!(), oldest_first!(), "a.at, a.id"),
        postgres: entries_postgres!(sign_ins!(), of_all!(), oldest_first!(), "a.at, a.id");
    SIGN_INS_OF_GUEST = entries_sqlite!(sign_ins!(), of_guest!(), newest_first!(), "a.at desc, a.id desc"),
        postgres: entries_postgres!(sign_ins!(), of_guest!(), newest_first!(), "a.at desc, a.id desc");
    SIGN_INS_OF_GUEST_UP = entries_sqlite!(sign_ins!(), of_guest!(), oldest_first!(), "a.at, a.id"),
        postgres: entries_postgres!(sign_ins!(), of_guest!(), oldest_first!(), "a.at, a.id");
    SIGN_INS_OF_ATTEMPT = entries_sqlite!(sign_ins!(), of_attempt!(), newest_first!(), "a.at desc, a.id desc"),
        postgres: entries_postgres!(sign_ins!(), of_attempt!(), newest_first!(), "a.at desc, a.id desc");
    SIGN_INS_OF_ATTEMPT_UP = entries_sqlite!(sign_ins!(), of_attempt!(), oldest_first!(), "a.at, a.id"),
        postgres: entries_postgres!(sign_ins!(), of_attempt!(), oldest_first!(), "a.at, a.id");
    DIRECTORY_PLACE = place!(directory!(), newest_first!(), "a.at desc, a.id desc");
    DIRECTORY_PLACE_UP = place!(directory!(), oldest_first!(), "a.at, a.id");
    ANY_PLACE = place!(anything!(), newest_first!(), "a.at desc, a.id desc");
    ANY_PLACE_UP = place!(anything!(), oldest_first!(), "a.at, a.id");
    DIRECTORY_ENTRY = concat!(select_entries!(), directory!(), "
    and a.id = $1");
    SIGN_INS_ENTRY = concat!(select_entries!(), sign_ins!(), "
    and a.id = $1");
}

/// The statement that reads the fewest rows for a filter.
const fn statement(filter: &ReportFilter, direction: Direction) -> &'static Statement {
    use Direction::{Ascending, Descending};
    let drive = (filter.attempt.is_some(), filter.guest.is_some());
    match (filter.kind, drive, direction) {
        (Kind::Directory, (true, _), Descending) => &DIRECTORY_OF_ATTEMPT,
        (Kind::Directory, (true, _), Ascending) => &DIRECTORY_OF_ATTEMPT_UP,
        (Kind::Directory, (false, true), Descending) => &DIRECTORY_OF_GUEST,
        (Kind::Directory, (false, true), Ascending) => &DIRECTORY_OF_GUEST_UP,
        (Kind::Directory, (false, false), Descending) => &DIRECTORY,
        (Kind::Directory, (false, false), Ascending) => &DIRECTORY_UP,
        (Kind::SignIns, (true, _), Descending) => &SIGN_INS_OF_ATTEMPT,
        (Kind::SignIns, (true, _), Ascending) => &SIGN_INS_OF_ATTEMPT_UP,
        (Kind::SignIns, (false, true), Descending) => &SIGN_INS_OF_GUEST,
        (Kind::SignIns, (false, true), Ascending) => &SIGN_INS_OF_GUEST_UP,
        (Kind::SignIns, (false, false), Descending) => &SIGN_INS,
        (Kind::SignIns, (false, false), Ascending) => &SIGN_INS_UP,
    }
}

pub(in crate::store) async fn entries(
    source: &mut (impl Read + Send),
    filter: &ReportFilter,
    stretch: &Stretch,
    limit: u32,
) -> Result<Vec<ReportEntry>, StoreError> {
    let names = |list: &Vec<Activity>| {
        let names: Vec<_> = list.iter().map(|activity| activity.as_str()).collect();
        format!(",{},", names.join(","))
    };
    let values = values![
        stretch.low.0,
        stretch.low.1,
        stretch.high.0,
        stretch.high.1,
        filter.activities.as_ref().map(names),
        filter.actor.as_deref(),
        filter.target,
        filter.guest,
        filter.app,
        filter.address.as_deref(),
        filter.attempt,
        filter.initiator.map(|person| format!("person:{person}")),
        filter.initiator,
        limit,
        filter.target.map(|id| id.to_string()),
    ];
    source.all(statement(filter, stretch.direction), values).await?.iter().map(|row| row.read("audit")).collect()
}

pub(in crate::store) async fn place(
    source: &mut (impl Read + Send),
    kind: Kind,
    stretch: &Stretch,
    count: u32,
) -> Result<Option<Place>, StoreError> {
    let statement = match (kind, stretch.direction) {
        (Kind::Directory, Direction::Descending) => &DIRECTORY_PLACE,
        (Kind::Directory, Direction::Ascending) => &DIRECTORY_PLACE_UP,
        (Kind::SignIns, Direction::Descending) => &ANY_PLACE,
        (Kind::SignIns, Direction::Ascending) => &ANY_PLACE_UP,
    };
    let values = values![stretch.low.0, stretch.low.1, stretch.high.0, stretch.high.1, count];
    let Some(row) = source.one(statement, values).await? else { return Ok(None) };
    let mut columns = row.columns("audit");
    let at = columns.time("at")?;
    Ok(Some((at, AuditId::from_uuid(columns.uuid("id")?))))
}

pub(in crate::store) async fn entry(
    source: &mut (impl Read + Send),
    kind: Kind,
    id: AuditId,
) -> Result<Option<ReportEntry>, StoreError> {
    let statement = match kind {
        Kind::Directory => &DIRECTORY_ENTRY,
        Kind::SignIns => &SIGN_INS_ENTRY,
    };
    source.one(statement, values![id]).await?.map(|row| row.read("audit")).transpose()
}

impl FromColumns for ReportEntry {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            record: AuditRecord::from_columns(columns)?,
            person: columns.joined(3)?,
            app: columns.joined(3)?,
            partner: columns.joined(2)?,
        })
    }
}

impl FromColumns for PersonView {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            user_principal_name: columns.text("guest.user_principal_name")?,
            display_name: columns.optional_text("guest.display_name")?,
            user_type: columns.word("guest.user_type", USER_TYPES)?,
        })
    }
}

impl FromColumns for AppView {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            name: columns.text("app.name")?,
            protocol: columns.text("app.protocol")?,
            identifier: columns.optional_text("app.client_id")?,
        })
    }
}

impl FromColumns for PartnerView {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { name: columns.text("partner.name")?, kind: columns.text("partner.kind")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reports;

    #[test]
    fn statements_and_the_domain_agree_on_what_stands_in_which_log() {
        let words = |text: &str| {
            let mut words: Vec<_> = text.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
            words.sort_unstable();
            words
        };
        let names = |list: &[Activity]| {
            let mut names: Vec<_> = list.iter().map(|activity| activity.as_str().to_owned()).collect();
            names.sort_unstable();
            names
        };
        assert_eq!(words(sign_ins!()), names(&reports::SIGN_INS));
        assert_eq!(words(directory!()), names(&[&reports::SIGN_INS[..], &reports::TOKENS].concat()));
    }
}
