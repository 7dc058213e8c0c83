//! Removal of accounts that can be undone, and removal for good. What would find the account moves out of its row,
//! so that it is free for others.

use super::attempts::once;
use super::guest_rows::NAME_SOURCES;
use super::{Read as _, guests, session_ends, statements};
use crate::base::clock::Timestamp;
use crate::domain::guest_details::DeletedGuest;
use crate::domain::guests::{Binding, Guest, GuestId};
use crate::domain::mail::MailAddress;
use crate::domain::store::StoreError;
use crate::domain::store::guest_lives::Purge;
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns, word_of};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    KEEP = "insert into deleted_guests (guest_id, standing, mail_key, partner_id, issuer, subject, deleted_by, deleted_at)
select id, standing, mail_key, partner_id, issuer, subject, $2, $3
from guests
where id = $1 and standing <> 'deleted'
returning guest_id as id";
    CLEAR = "update guests
set standing = 'deleted', mail_key = null, partner_id = null, issuer = null, subject = null,
    sessions_valid_from = $2
where id = $1";
    RESTORE = "update guests
set standing = d.standing, mail_key = d.mail_key, partner_id = d.partner_id, issuer = d.issuer, subject = d.subject
from deleted_guests d
where guests.id = $1 and d.guest_id = $1 and guests.standing = 'deleted'
returning id";
    FORGET = "delete from deleted_guests
where guest_id = $1";
    LIST = "select g.id, g.user_principal_name, g.mail, g.display_name, d.deleted_by, d.deleted_at
from deleted_guests d
join guests g on g.id = d.guest_id
where d.guest_id > $1
    and d.deleted_at > $3
order by d.guest_id
limit cast($2 as bigint)";
    UNTIL = "select d.guest_id
from deleted_guests d
where d.deleted_at <= $1
    and not exists (select 1 from policy_references r where r.guest_id = d.guest_id)
order by d.deleted_at
limit cast($2 as bigint)";
    HELD = "select count(*)
from deleted_guests d
where d.deleted_at <= $1
    and exists (select 1 from policy_references r where r.guest_id = d.guest_id)";
    SINCE = "select deleted_at
from deleted_guests
where guest_id = $1";
    IS_NAMED = "select policy_id
from policy_references
where guest_id = $1
limit 1";
    PURGE = "delete from guests
where id = $1 and standing = 'deleted'
returning id";
    UNBIND = "update guests
set mail = $2, mail_key = $3, display_name = $4, name_source = $5, pinned_partner_id = $6, partner_id = null,
    issuer = null, subject = null, mail_unproven = 0
where id = $1";
}

/// The guest's row comes first, as in every act that ends sessions.
pub(in crate::store) async fn soft_delete(
    unit: &mut Unit,
    id: GuestId,
    by: &str,
    now: Timestamp,
) -> Result<Once, StoreError> {
    guests::lock(unit, id).await?;
    let kept = once(&unit.all(&KEEP, values![id, by, now]).await?);
    if kept == Once::First {
        unit.write(&CLEAR, values![id, now]).await?;
        session_ends::of_guest(unit, id).await?;
    }
    Ok(kept)
}

pub(in crate::store) async fn restore(unit: &mut Unit, id: GuestId) -> Result<Once, StoreError> {
    guests::lock(unit, id).await?;
    let restored = once(&unit.attempt(&RESTORE, values![id]).await?);
    if restored == Once::First {
        unit.write(&FORGET, values![id]).await?;
    }
    Ok(restored)
}

pub(in crate::store) async fn list(
    unit: &mut Unit,
    after: Option<GuestId>,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<DeletedGuest>, StoreError> {
    // Every id is greater than no bytes.
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    unit.all(&LIST, values![after, limit, since]).await?.iter().map(|row| row.read("deleted_guests")).collect()
}

pub(in crate::store) async fn until(unit: &mut Unit, until: Timestamp, limit: u32) -> Result<Vec<GuestId>, StoreError> {
    let rows = unit.all(&UNTIL, values![until, limit]).await?;
    rows.iter().map(|row| row.columns("deleted_guests").uuid("guest_id").map(GuestId::from_uuid)).collect()
}

pub(in crate::store) async fn held(unit: &mut Unit, until: Timestamp) -> Result<u64, StoreError> {
    let Some(row) = unit.one(&HELD, values![until]).await? else { return Ok(0) };
    Ok(row.columns("deleted_guests").int("guest_id")?.unsigned_abs())
}

pub(in crate::store) async fn since(unit: &mut Unit, id: GuestId) -> Result<Option<Timestamp>, StoreError> {
    let row = unit.one(&SINCE, values![id]).await?;
    row.map(|row| row.columns("deleted_guests").time("deleted_at")).transpose()
}

pub(in crate::store) async fn purge(unit: &mut Unit, id: GuestId) -> Result<Purge, StoreError> {
    guests::lock(unit, id).await?;
    if unit.one(&IS_NAMED, values![id]).await?.is_some() {
        return Ok(Purge::NamedByPolicy);
    }
    Ok(match once(&unit.all(&PURGE, values![id]).await?) {
        Once::First => Purge::Done,
        Once::Again => Purge::NotRemoved,
    })
}

pub(in crate::store) async fn unbind(unit: &mut Unit, guest: &Guest, now: Timestamp) -> Result<u64, StoreError> {
    if guest.binding != Binding::PendingAcceptance {
        return Err(StoreError::Corrupt { table: "guests", column: "issuer", row: guest.id.to_string() });
    }
    guests::lock(unit, guest.id).await?;
    let values = values![
        guest.id,
        guest.mail.as_ref().map(MailAddress::as_str),
        guest.mail.as_ref().map(MailAddress::key),
        guest.display_name.as_deref(),
        word_of(NAME_SOURCES, &guest.name_source),
        guest.pinned_partner,
    ];
    unit.attempt(&UNBIND, values).await?;
    guests::revoke(unit, guest.id, now).await
}

impl FromColumns for DeletedGuest {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            guest: GuestId::from_uuid(columns.key()?),
            user_principal_name: columns.text("user_principal_name")?,
            mail: columns.optional_mail("mail")?,
            display_name: columns.optional_text("display_name")?,
            deleted_by: columns.text("deleted_by")?,
            deleted_at: columns.time("deleted_at")?,
        })
    }
}
