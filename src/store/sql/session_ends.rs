//! Every statement that ends sessions. Their codes and tokens go with them, and what apps are to be told becomes
//! due: a trigger sees to that, also where sessions go with the row of their guest or partner.

use super::attempts::once;
use super::{Read as _, guests, statements};
use crate::base::clock::Timestamp;
use crate::base::ids::first_uuid_after;
use crate::domain::authentication::Identity;
use crate::domain::guests::GuestId;
use crate::domain::notices::SignedOut;
use crate::domain::partners::PartnerId;
use crate::domain::sessions::SessionId;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    END = "delete from sessions
where id = $1
returning id";
    END_OF_GUEST = "delete from sessions
where guest_id = $1
returning id";
    /// Ids are ordered by time: `$3` bounds those that are old enough.
    END_OLD = "delete from sessions
where id in (
    select id
    from sessions
    where used_at < $1 or (id < $3 and started_at < $2) or partner_session_ends <= $5
    limit cast($4 as bigint)
)
returning id";
    END_BY_SID = "delete from sessions
where partner_sid = $1 and partner_id = $2
returning id, guest_id";
    END_OF_PERSON = "delete from sessions
where guest_id = $1 and partner_id = $2
returning id, guest_id";
    // A session of this person whose name at the partner is not known may be the one that is meant.
    END_BY_SID_OF_PERSON = "delete from sessions
where guest_id = $1 and partner_id = $2 and (partner_sid = $3 or partner_sid is null)
returning id, guest_id";
}

pub(in crate::store) async fn one(unit: &mut Unit, id: SessionId) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&END, values![id]).await?))
}

pub(super) async fn of_guest(unit: &mut Unit, guest: GuestId) -> Result<u64, StoreError> {
    Ok(unit.all(&END_OF_GUEST, values![guest]).await?.len() as u64)
}

pub(super) async fn old(
    unit: &mut Unit,
    now: Timestamp,
    idle_since: Timestamp,
    begun_since: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    let values = values![idle_since, begun_since, first_uuid_after(begun_since), limit, now];
    Ok(unit.all(&END_OLD, values).await?.len() as u64)
}

pub(in crate::store) async fn signed_out(
    unit: &mut Unit,
    partner: PartnerId,
    whose: &SignedOut,
) -> Result<Vec<(SessionId, GuestId)>, StoreError> {
    let rows = match whose {
        SignedOut::Session(sid) => unit.all(&END_BY_SID, values![sid.0.as_slice(), partner]).await?,
        SignedOut::Person(identity) => match held(unit, identity).await? {
            Some(guest) => unit.all(&END_OF_PERSON, values![guest, partner]).await?,
            None => Vec::new(),
        },
        SignedOut::SessionOf(sid, identity) => match held(unit, identity).await? {
            Some(guest) => unit.all(&END_BY_SID_OF_PERSON, values![guest, partner, sid.0.as_slice()]).await?,
            None => Vec::new(),
        },
    };
    let ended = rows.iter().map(|row| {
        let mut columns = row.columns("sessions");
        Ok((SessionId::from_uuid(columns.key()?), GuestId::from_uuid(columns.uuid("guest_id")?)))
    });
    ended.collect()
}

/// The guest's row comes first: whoever is signing it in holds that row until the new session is there to be found.
async fn held(unit: &mut Unit, identity: &Identity) -> Result<Option<GuestId>, StoreError> {
    let guest = guests::by_identity(unit, identity).await?;
    if let Some(guest) = guest {
        guests::lock(unit, guest).await?;
    }
    Ok(guest)
}
