//! Looking through accounts, groups and assignments, and changing them one by one.

use super::attempts::once;
use super::guest_rows::guest_columns;
use super::partner_rows::{PROVENANCES, read_slug};
use super::{Read, Statement, statements};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::groups::{Group, GroupId};
use crate::domain::guest_details::{CreationType, GuestDetails, Listing};
use crate::domain::guests::{Guest, GuestId};
use crate::domain::invitations::language::LanguageTag;
use crate::domain::mail::MailAddress;
use crate::domain::people::{AppAssignment, Direction, Order, Person, PersonKey, Principal, Scan};
use crate::domain::store::StoreError;
use crate::domain::store::objects::Provenance;
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns, Row, word_of};
use crate::store::unit::Unit;
use crate::store::value::values;

/// The columns of an account and of what else is known of it, which a left join may lack.
macro_rules! person_columns {
    () => {
        concat!(
            guest_columns!("g"),
            ",
    d.creation_type, d.state_changed_at, d.company_name, d.preferred_language, d.show_in_address_list,
    (select string_agg(o.mail, ' ') from guest_other_mails o where o.guest_id = g.id)"
        )
    };
}

pub(super) use person_columns;

/// `$key` is what is compared, `$beyond` and `$way` say in which direction.
macro_rules! scan {
    ($key:expr, $beyond:literal, $way:literal) => {
        concat!(
            "select ",
            person_columns!(),
            "\nfrom guests g\nleft join guest_details d on d.guest_id = g.id\nwhere (",
            $key,
            ", g.id) ",
            $beyond,
            " ($1, $2)\n    and ",
            $key,
            " >= $3\n    and ",
            $key,
            " < $4\n    and g.standing <> 'deleted'\norder by ",
            $key,
            $way,
            ", g.id",
            $way,
            "\nlimit cast($5 as bigint)"
        )
    };
}

macro_rules! scan_ids {
    ($beyond:literal, $way:literal) => {
        concat!(
            "select ",
            person_columns!(),
            "\nfrom guests g\nleft join guest_details d on d.guest_id = g.id\nwhere g.id ",
            $beyond,
            " $1\n    and g.standing <> 'deleted'\norder by g.id",
            $way,
            "\nlimit cast($2 as bigint)"
        )
    };
}

macro_rules! name_key {
    (sqlite) => {
        "lower(coalesce(g.display_name, ''))"
    };
    (postgres) => {
        "lower(coalesce(g.display_name, '') collate \"C\")"
    };
}

macro_rules! mail_key {
    (sqlite) => {
        "coalesce(g.mail_key, '')"
    };
    (postgres) => {
        "(coalesce(g.mail_key, '') collate \"C\")"
    };
}

macro_rules! principal_name_key {
    (sqlite) => {
        "g.user_principal_name"
    };
    (postgres) => {
        "(g.user_principal_name collate \"C\")"
    };
}

macro_rules! one_guest {
    ($where:literal) => {
        concat!(
            "select ",
            person_columns!(),
            "\nfrom guests g\nleft join guest_details d on d.guest_id = g.id\nwhere ",
            $where,
            " = $1"
        )
    };
}

statements! {
    BY_ID_UP = scan_ids!(">", "");
    BY_ID_DOWN = scan_ids!("<", " desc");
    BY_NAME_UP = scan!(name_key!(sqlite), ">", ""), postgres: scan!(name_key!(postgres), ">", "");
    BY_NAME_DOWN = scan!(name_key!(sqlite), "<", " desc"), postgres: scan!(name_key!(postgres), "<", " desc");
    BY_MAIL_UP = scan!(mail_key!(sqlite), ">", ""), postgres: scan!(mail_key!(postgres), ">", "");
    BY_MAIL_DOWN = scan!(mail_key!(sqlite), "<", " desc"), postgres: scan!(mail_key!(postgres), "<", " desc");
    BY_PRINCIPAL_NAME_UP = scan!(principal_name_key!(sqlite), ">", ""),
        postgres: scan!(principal_name_key!(postgres), ">", "");
    BY_PRINCIPAL_NAME_DOWN = scan!(principal_name_key!(sqlite), "<", " desc"),
        postgres: scan!(principal_name_key!(postgres), "<", " desc");
    COUNT = "select count(*)
from guests
where standing <> 'deleted'";
    OF_ID = one_guest!("g.id");
    OF_PRINCIPAL_NAME = one_guest!("g.user_principal_name");
    OF_MAIL = one_guest!("g.mail_key");
    GROUPS = "select id, slug, name
from groups
where id > $1
order by id
limit cast($2 as bigint)";
    COUNT_GROUPS = "select count(*)
from groups";
    GROUP = "select id, slug, name
from groups
where id = $1";
    MEMBERS = concat!(
        "select ",
        person_columns!(),
        "
from group_members m
join guests g on g.id = m.guest_id
left join guest_details d on d.guest_id = g.id
where m.group_id = $1 and m.guest_id > $2 and g.standing <> 'deleted'
order by m.guest_id
limit cast($3 as bigint)"
    );
    GROUPS_OF = "select g.id, g.slug, g.name
from group_members m
join groups g on g.id = m.group_id
where m.guest_id = $1 and m.group_id > $2
order by m.group_id
limit cast($3 as bigint)";
    APPS_OF_GUEST = "select app_id
from app_guests
where guest_id = $1
order by app_id";
    APPS_OF_GROUP = "select app_id
from app_groups
where group_id = $1
order by app_id";
    GUESTS_OF_APP = "select x.guest_id
from app_guests x
join guests g on g.id = x.guest_id
where x.app_id = $1 and x.guest_id > $2 and g.standing <> 'deleted'
order by x.guest_id
limit cast($3 as bigint)";
    GROUPS_OF_APP = "select group_id
from app_groups
where app_id = $1 and group_id > $2
order by group_id
limit cast($3 as bigint)";
    INSERT_GROUP = "insert into groups (id, slug, name, provenance, created_at)
values ($1, $2, $3, $4, $5)";
    UPDATE_GROUP = "update groups
set slug = $2, name = $3
where id = $1
returning id";
    ADD_MEMBER = "insert into group_members (group_id, guest_id)
values ($1, $2)
on conflict (guest_id, group_id) do nothing
returning guest_id";
    REMOVE_MEMBER = "delete from group_members
where group_id = $1 and guest_id = $2
returning guest_id";
    ASSIGN_GUEST = "insert into app_guests (guest_id, app_id)
values ($1, $2)
on conflict (guest_id, app_id) do nothing
returning app_id";
    ASSIGN_GROUP = "insert into app_groups (group_id, app_id)
values ($1, $2)
on conflict (group_id, app_id) do nothing
returning app_id";
    UNASSIGN_GUEST = "delete from app_guests
where guest_id = $1 and app_id = $2
returning app_id";
    UNASSIGN_GROUP = "delete from app_groups
where group_id = $1 and app_id = $2
returning app_id";
    WRITE_NAMES = "update guests
set display_name = $2, name_source = $3, given_name = $4, family_name = $5
where id = $1";
}

/// Greater than every key of text, since no text has it but at its end.
const BEYOND_TEXT: &str = "\u{10FFFF}";
/// Greater than every id but the last.
const LAST_ID: [u8; 16] = [0xff; 16];

pub(in crate::store) async fn scan(source: &mut (impl Read + Send), scan: &Scan) -> Result<Vec<Person>, StoreError> {
    let statement = match (scan.order, scan.direction) {
        (Order::Id, Direction::Ascending) => &BY_ID_UP,
        (Order::Id, Direction::Descending) => &BY_ID_DOWN,
        (Order::Name, Direction::Ascending) => &BY_NAME_UP,
        (Order::Name, Direction::Descending) => &BY_NAME_DOWN,
        (Order::Mail, Direction::Ascending) => &BY_MAIL_UP,
        (Order::Mail, Direction::Descending) => &BY_MAIL_DOWN,
        (Order::PrincipalName, Direction::Ascending) => &BY_PRINCIPAL_NAME_UP,
        (Order::PrincipalName, Direction::Descending) => &BY_PRINCIPAL_NAME_DOWN,
    };
    let (key, id) = match (&scan.after, scan.direction) {
        (Some(place), _) => (place.key.clone(), place.id.as_bytes().to_vec()),
        (None, Direction::Ascending) => (String::new(), Vec::new()),
        (None, Direction::Descending) => (BEYOND_TEXT.to_owned(), LAST_ID.to_vec()),
    };
    let values = if scan.order == Order::Id {
        values![id, scan.limit]
    } else {
        let (least, beyond) = bounds(scan);
        values![key, id, least, beyond, scan.limit]
    };
    source.all(statement, values).await?.iter().map(|row| row.read("guests")).collect()
}

/// Between which keys a stretch lies: the first is the least, the second is beyond all. An index over an expression is
/// entered by these alone, and not by the pair of key and id; without the place where the last stretch ended, each would
/// walk from the beginning.
fn bounds(scan: &Scan) -> (String, String) {
    let (mut least, mut beyond) = (scan.prefix.clone(), format!("{}{BEYOND_TEXT}", scan.prefix));
    if let Some(place) = &scan.after {
        match scan.direction {
            Direction::Ascending => least = least.max(place.key.clone()),
            // The least text beyond the key itself: none has the letter before this.
            Direction::Descending => beyond = beyond.min(format!("{}\u{1}", place.key)),
        }
    }
    (least, beyond)
}

pub(in crate::store) async fn count(source: &mut (impl Read + Send)) -> Result<u64, StoreError> {
    counted(source.one(&COUNT, values![]).await?, "guests")
}

pub(in crate::store) async fn count_groups(source: &mut (impl Read + Send)) -> Result<u64, StoreError> {
    counted(source.one(&COUNT_GROUPS, values![]).await?, "groups")
}

fn counted(row: Option<Row>, table: &'static str) -> Result<u64, StoreError> {
    let count = row.map_or(Ok(0), |row| row.columns(table).int("count"))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

pub(in crate::store) async fn person(
    source: &mut (impl Read + Send),
    key: &PersonKey,
) -> Result<Option<Person>, StoreError> {
    let row = match key {
        PersonKey::Id(id) => source.one(&OF_ID, values![*id]).await?,
        PersonKey::PrincipalName(name) => source.one(&OF_PRINCIPAL_NAME, values![name.as_str()]).await?,
        PersonKey::Mail(key) => source.one(&OF_MAIL, values![key.as_str()]).await?,
    };
    row.map(|row| row.read("guests")).transpose()
}

pub(in crate::store) async fn groups(
    source: &mut (impl Read + Send),
    after: Option<GroupId>,
    limit: u32,
) -> Result<Vec<Group>, StoreError> {
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    source.all(&GROUPS, values![after, limit]).await?.iter().map(|row| row.read("groups")).collect()
}

pub(in crate::store) async fn group(source: &mut (impl Read + Send), id: GroupId) -> Result<Option<Group>, StoreError> {
    source.one(&GROUP, values![id]).await?.map(|row| row.read("groups")).transpose()
}

pub(in crate::store) async fn members(
    source: &mut (impl Read + Send),
    group: GroupId,
    after: Option<GuestId>,
    limit: u32,
) -> Result<Vec<Person>, StoreError> {
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    source.all(&MEMBERS, values![group, after, limit]).await?.iter().map(|row| row.read("guests")).collect()
}

pub(in crate::store) async fn groups_of(
    source: &mut (impl Read + Send),
    guest: GuestId,
    after: Option<GroupId>,
    limit: u32,
) -> Result<Vec<Group>, StoreError> {
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    source.all(&GROUPS_OF, values![guest, after, limit]).await?.iter().map(|row| row.read("groups")).collect()
}

pub(in crate::store) async fn apps_of(
    source: &mut (impl Read + Send),
    principal: Principal,
) -> Result<Vec<AppId>, StoreError> {
    let rows = match principal {
        Principal::Guest(id) => source.all(&APPS_OF_GUEST, values![id]).await?,
        Principal::Group(id) => source.all(&APPS_OF_GROUP, values![id]).await?,
    };
    rows.iter().map(|row| row.columns("app_guests").uuid("app_id").map(AppId::from_uuid)).collect()
}

pub(in crate::store) async fn assigned_to(
    source: &mut (impl Read + Send),
    app: AppId,
    after: Option<Principal>,
    limit: u32,
) -> Result<Vec<Principal>, StoreError> {
    let (guests_after, groups_after) = match after {
        None => (Some(Vec::new()), Vec::new()),
        Some(Principal::Guest(id)) => (Some(id.as_bytes().to_vec()), Vec::new()),
        Some(Principal::Group(id)) => (None, id.as_bytes().to_vec()),
    };
    let mut found = Vec::new();
    if let Some(after) = guests_after {
        for row in source.all(&GUESTS_OF_APP, values![app, after, limit]).await? {
            found.push(Principal::Guest(GuestId::from_uuid(row.columns("app_guests").uuid("guest_id")?)));
        }
    }
    let left = limit.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
    if left > 0 {
        for row in source.all(&GROUPS_OF_APP, values![app, groups_after, left]).await? {
            found.push(Principal::Group(GroupId::from_uuid(row.columns("app_groups").uuid("group_id")?)));
        }
    }
    Ok(found)
}

pub(in crate::store) async fn insert_group(unit: &mut Unit, group: &Group, now: Timestamp) -> Result<(), StoreError> {
    let provenance = word_of(PROVENANCES, &Provenance::Asked);
    let values = values![group.id, group.slug.as_str(), group.name.as_str(), provenance, now];
    unit.attempt(&INSERT_GROUP, values).await.map(drop)
}

pub(in crate::store) async fn update_group(unit: &mut Unit, group: &Group) -> Result<Once, StoreError> {
    Ok(once(&unit.attempt(&UPDATE_GROUP, values![group.id, group.slug.as_str(), group.name.as_str()]).await?))
}

pub(in crate::store) async fn add_member(unit: &mut Unit, group: GroupId, guest: GuestId) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&ADD_MEMBER, values![group, guest]).await?))
}

pub(in crate::store) async fn remove_member(
    unit: &mut Unit,
    group: GroupId,
    guest: GuestId,
) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&REMOVE_MEMBER, values![group, guest]).await?))
}

pub(in crate::store) async fn assign(unit: &mut Unit, assignment: AppAssignment) -> Result<Once, StoreError> {
    changed(unit, [&ASSIGN_GUEST, &ASSIGN_GROUP], assignment).await
}

pub(in crate::store) async fn unassign(unit: &mut Unit, assignment: AppAssignment) -> Result<Once, StoreError> {
    changed(unit, [&UNASSIGN_GUEST, &UNASSIGN_GROUP], assignment).await
}

async fn changed(
    unit: &mut Unit,
    [of_guest, of_group]: [&'static Statement; 2],
    assignment: AppAssignment,
) -> Result<Once, StoreError> {
    let rows = match assignment.principal {
        Principal::Guest(id) => unit.all(of_guest, values![id, assignment.app]).await?,
        Principal::Group(id) => unit.all(of_group, values![id, assignment.app]).await?,
    };
    Ok(once(&rows))
}

pub(in crate::store) async fn write_names(unit: &mut Unit, guest: &Guest) -> Result<(), StoreError> {
    let values = values![
        guest.id,
        guest.display_name.as_deref(),
        word_of(super::guest_rows::NAME_SOURCES, &guest.name_source),
        guest.given_name.as_deref(),
        guest.family_name.as_deref(),
    ];
    unit.write(&WRITE_NAMES, values).await
}

impl FromColumns for Group {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let id = GroupId::from_uuid(columns.key()?);
        Ok(Self { id, slug: read_slug(columns)?, name: columns.text("name")? })
    }
}

impl FromColumns for Person {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let guest = Guest::from_columns(columns)?;
        columns.enter("guest_details");
        let creation_type = match columns.optional_text("creation_type")? {
            None => None,
            Some(word) => {
                let known = CreationType::WORDS.iter().find(|(known, _)| *known == word);
                Some(known.map(|(_, kind)| *kind).ok_or_else(|| columns.corrupt("creation_type"))?)
            }
        };
        let state_changed_at = columns.optional_time("state_changed_at")?;
        let company_name = columns.optional_text("company_name")?;
        let preferred_language = match columns.optional_text("preferred_language")? {
            None => None,
            Some(tag) => Some(LanguageTag::parse(&tag).map_err(|_| columns.corrupt("preferred_language"))?),
        };
        let listing = match columns.optional_int("show_in_address_list")? {
            Some(1) => Listing::Shown,
            _ => Listing::Hidden,
        };
        let other_mails = columns.optional_text("other_mails")?.unwrap_or_default();
        let other_mails = other_mails.split(' ').filter(|mail| !mail.is_empty()).map(MailAddress::parse);
        let other_mails = other_mails.collect::<Result<Vec<_>, _>>().map_err(|_| columns.corrupt("other_mails"))?;
        let details =
            GuestDetails { creation_type, state_changed_at, company_name, preferred_language, other_mails, listing };
        Ok(Self { guest, details })
    }
}
