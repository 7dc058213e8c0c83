//! Guests and the apps that they are assigned to directly.

use super::attempts::once;
use super::guest_rows::{NAME_SOURCES, STANDINGS, USER_TYPES, guest_columns, guest_values};
use super::partner_rows::PROVENANCES;
use super::{Read, roles, session_ends, statements};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::authentication::Identity;
use crate::domain::guests::{Binding, Guest, GuestId, Standing};
use crate::domain::mail::MailAddress;
use crate::domain::roles::Roles;
use crate::domain::store::StoreError;
use crate::domain::store::objects::{Kept, Provenance, WholeGuest};
use crate::domain::store::sign_ins::Once;
use crate::store::row::word_of;
use crate::store::unit::Unit;
use crate::store::value::values;

macro_rules! select_guest {
    ($end:literal) => {
        concat!("select ", guest_columns!("g"), ", g.provenance\nfrom guests g\n", $end)
    };
}

macro_rules! lock_guest {
    ($own:literal) => {
        concat!("select id\nfrom guests\nwhere id = $1", $own)
    };
}

statements! {
    LIST = select_guest!("where g.id > $1 and g.standing <> 'deleted'\norder by g.id\nlimit cast($2 as bigint)");
    BY_ID = select_guest!("where g.id = $1");
    BY_MAIL_KEY = select_guest!("where g.mail_key = $1");
    BY_IDENTITY = "select id
from guests
where issuer = $1 and subject = $2";
    LABEL = "select coalesce(display_name, mail, user_principal_name)
from guests
where id = $1";
    INSERT = "insert into guests (id, user_principal_name, mail, mail_key, display_name, name_source,
    given_name, family_name, user_type, partner_id, issuer, subject, pinned_partner_id, standing,
    sessions_valid_from, provenance, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    BIND = "update guests
set partner_id = $2, issuer = $3, subject = $4, display_name = $5, given_name = $6, family_name = $7,
    user_type = $8
where id = $1 and issuer is null and standing <> 'deleted'
returning id";
    UPDATE_NAMES = "update guests
set display_name = $2, given_name = $3, family_name = $4
where id = $1";
    UPDATE = "update guests
set mail = $2, mail_key = $3, display_name = $4, name_source = $5, pinned_partner_id = $6, provenance = $7,
    mail_unproven = case
        when mail_key is not distinct from $3 then mail_unproven
        when issuer is null then 0
        else 1
    end
where id = $1 and standing <> 'deleted'";
    DELETE = "delete from guests
where id = $1";
    SET_STANDING = "update guests
set standing = $2
where id = $1 and standing <> $2 and standing <> 'deleted'
returning id";
    REFUSE_BEFORE = "update guests
set sessions_valid_from = $2
where id = $1";
    APPS_OF_RANGE = "select guest_id, app_id
from app_guests
where guest_id between $1 and $2
order by guest_id, app_id";
    DELETE_APPS = "delete from app_guests
where guest_id = $1";
    INSERT_APP = "insert into app_guests (guest_id, app_id)
values ($1, $2)";
    LOCK = lock_guest!(""), postgres: lock_guest!("\nfor no key update");
}

pub(in crate::store) async fn list(
    unit: &mut Unit,
    after: Option<GuestId>,
    limit: u32,
) -> Result<Vec<Kept<WholeGuest>>, StoreError> {
    // Every id is greater than no bytes.
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let rows = unit.all(&LIST, values![after, limit]).await?;
    let guests: Vec<Kept<Guest>> = rows.iter().map(|row| row.read("guests")).collect::<Result<_, _>>()?;
    with_apps(unit, guests).await
}

pub(in crate::store) async fn by_id(unit: &mut Unit, id: GuestId) -> Result<Option<Kept<WholeGuest>>, StoreError> {
    let row = unit.one(&BY_ID, values![id]).await?;
    let guest = row.map(|row| row.read::<Kept<Guest>>("guests")).transpose()?;
    Ok(with_apps(unit, guest.into_iter().collect()).await?.pop())
}

pub(in crate::store) async fn by_mail_key(unit: &mut Unit, key: &str) -> Result<Option<Kept<WholeGuest>>, StoreError> {
    let row = unit.one(&BY_MAIL_KEY, values![key]).await?;
    let guest = row.map(|row| row.read::<Kept<Guest>>("guests")).transpose()?;
    Ok(with_apps(unit, guest.into_iter().collect()).await?.pop())
}

pub(super) async fn by_identity(unit: &mut Unit, identity: &Identity) -> Result<Option<GuestId>, StoreError> {
    let row = unit.one(&BY_IDENTITY, values![identity.issuer.as_str(), identity.subject.as_str()]).await?;
    row.map(|row| row.columns("guests").uuid("id").map(GuestId::from_uuid)).transpose()
}

pub(in crate::store) async fn label(
    source: &mut (impl Read + Send),
    id: GuestId,
) -> Result<Option<String>, StoreError> {
    let row = source.one(&LABEL, values![id]).await?;
    row.map(|row| row.columns("guests").text("user_principal_name")).transpose()
}

pub(in crate::store) async fn insert(unit: &mut Unit, guest: &Guest, provenance: Provenance) -> Result<(), StoreError> {
    unit.attempt(&INSERT, guest_values(guest, provenance)).await.map(drop)
}

pub(in crate::store) async fn bind(unit: &mut Unit, guest: &Guest) -> Result<Once, StoreError> {
    let Binding::Accepted { partner, identity } = &guest.binding else {
        return Err(StoreError::Corrupt { table: "guests", column: "issuer", row: guest.id.to_string() });
    };
    let values = values![
        guest.id,
        *partner,
        identity.issuer.as_str(),
        identity.subject.as_str(),
        guest.display_name.as_deref(),
        guest.given_name.as_deref(),
        guest.family_name.as_deref(),
        word_of(USER_TYPES, &guest.user_type),
    ];
    Ok(once(&unit.attempt(&BIND, values).await?))
}

pub(in crate::store) async fn update_names(unit: &mut Unit, guest: &Guest) -> Result<(), StoreError> {
    let values =
        values![guest.id, guest.display_name.as_deref(), guest.given_name.as_deref(), guest.family_name.as_deref(),];
    unit.write(&UPDATE_NAMES, values).await
}

pub(in crate::store) async fn update(
    unit: &mut Unit,
    whole: &WholeGuest,
    provenance: Provenance,
) -> Result<(), StoreError> {
    let guest = &whole.guest;
    let values = values![
        guest.id,
        guest.mail.as_ref().map(MailAddress::as_str),
        guest.mail.as_ref().map(MailAddress::key),
        guest.display_name.as_deref(),
        word_of(NAME_SOURCES, &guest.name_source),
        guest.pinned_partner,
        word_of(PROVENANCES, &provenance),
    ];
    unit.attempt(&UPDATE, values).await?;
    set_apps(unit, guest.id, &whole.apps).await
}

pub(in crate::store) async fn set_apps(unit: &mut Unit, id: GuestId, apps: &[AppId]) -> Result<(), StoreError> {
    unit.write(&DELETE_APPS, values![id]).await?;
    for app in apps {
        unit.write(&INSERT_APP, values![id, *app]).await?;
    }
    Ok(())
}

pub(in crate::store) async fn delete(unit: &mut Unit, id: GuestId) -> Result<(), StoreError> {
    unit.write(&DELETE, values![id]).await
}

pub(in crate::store) async fn set_standing(
    unit: &mut Unit,
    id: GuestId,
    standing: Standing,
    now: Timestamp,
) -> Result<Once, StoreError> {
    let changed = once(&unit.all(&SET_STANDING, values![id, word_of(STANDINGS, &standing)]).await?);
    if changed == Once::First && standing == Standing::Blocked {
        revoke(unit, id, now).await?;
    }
    Ok(changed)
}

/// The guest's row comes first: whoever is signing it in holds that row until the new session is there
/// to be found.
pub(in crate::store) async fn revoke(unit: &mut Unit, id: GuestId, now: Timestamp) -> Result<u64, StoreError> {
    unit.write(&REFUSE_BEFORE, values![id, now]).await?;
    session_ends::of_guest(unit, id).await
}

/// Holds a guest's row until the unit ends, so that units of the same guest go one after another.
pub(in crate::store) async fn lock(unit: &mut Unit, id: GuestId) -> Result<(), StoreError> {
    unit.write(&LOCK, values![id]).await
}

/// Adds the directly assigned apps and the roles to guests that are in the order of their ids.
async fn with_apps(unit: &mut Unit, guests: Vec<Kept<Guest>>) -> Result<Vec<Kept<WholeGuest>>, StoreError> {
    let (Some(first), Some(last)) = (guests.first(), guests.last()) else { return Ok(Vec::new()) };
    let rows = unit.all(&APPS_OF_RANGE, values![first.value.id, last.value.id]).await?;
    let mut pairs = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut columns = row.columns("app_guests");
        pairs.push((GuestId::from_uuid(columns.uuid("guest_id")?), AppId::from_uuid(columns.uuid("app_id")?)));
    }
    let granted = roles::of_range(unit, first.value.id, last.value.id).await?;
    let whole = |kept: Kept<Guest>| {
        let id = kept.value.id;
        let start = pairs.partition_point(|(guest, _)| *guest < id);
        let apps = pairs[start..].iter().take_while(|(guest, _)| *guest == id).map(|(_, app)| *app).collect();
        let start = granted.partition_point(|(guest, _)| *guest < id);
        let own = granted[start..].iter().take_while(|(guest, _)| *guest == id);
        let roles = own.fold(Roles::NONE, |roles, (_, role)| roles.with(*role));
        Kept { value: WholeGuest { guest: kept.value, apps, roles }, provenance: kept.provenance }
    };
    Ok(guests.into_iter().map(whole).collect())
}
