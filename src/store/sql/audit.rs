//! The audit.

use super::canonical::{actor_text, reread, write};
use super::{Read, statements};
use crate::domain::apps::AppId;
use crate::domain::attempts::AttemptId;
use crate::domain::audit::{AuditEntry, AuditId, AuditQuery, AuditRecord};
use crate::domain::guests::GuestId;
use crate::domain::partners::PartnerId;
use crate::domain::sessions::SessionId;
use crate::domain::store::StoreError;
use crate::store::chains::Held;
use crate::store::handle::Node;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::{Value, values};

/// `$first` is the condition on the attempt, apart so that an index serves it. Each value stands beside its
/// column first, which tells PostgreSQL its type.
macro_rules! list_audit {
    ($first:literal) => {
        concat!(
            "select a.id, a.at, a.node, a.sequence, a.activity, a.actor, a.code, a.cause, a.attempt_id, a.partner_id,
    p.slug, a.app_id, x.slug, a.guest_id, a.session_id, a.target_id, a.address, a.canonical
from audit a
left join partners p on p.id = a.partner_id
left join apps x on x.id = a.app_id
where ",
            $first,
            "
    and (a.guest_id = $2 or $2 is null)
    and (a.partner_id = $3 or $3 is null)
    and (a.app_id = $4 or $4 is null)
    and (a.activity = $5 or $5 is null)
    and (a.code = $6 or $6 is null)
    and (a.at >= $7 or $7 is null)
    and (a.at < $8 or $8 is null)
order by a.at desc, a.sequence desc, a.node desc
limit cast($9 as bigint)"
        )
    };
}

statements! {
    LIST = list_audit!("(a.attempt_id = $1 or $1 is null)");
    LIST_OF_ATTEMPT = list_audit!("a.attempt_id = $1");
    APPEND = "insert into audit (id, at, node, sequence, activity, actor, code, cause, attempt_id, partner_id, app_id,
    guest_id, session_id, target_id, address, canonical, link)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    LAST_SEQUENCE = "select coalesce(max(sequence), 0)
from audit
where node = $1";
}

pub(in crate::store) async fn append(unit: &mut Unit, entry: &AuditEntry) -> Result<(), StoreError> {
    unit.append(&APPEND, |node, chain| chained(node, chain, entry)).await
}

/// The values of an entry at the next place of a chain.
fn chained(node: &Node, chain: &mut Held, entry: &AuditEntry) -> Result<Vec<Value>, StoreError> {
    let sequence = node.next_sequence();
    let place = chain.next_place(sequence);
    let actor = actor_text(&entry.actor);
    let canonical = write(entry, &actor, node, sequence, place);
    let canonical = canonical.map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let link = chain.add(place, sequence, &canonical);
    Ok(values![
        entry.id,
        entry.at,
        node.name.as_str(),
        sequence,
        entry.activity.as_str(),
        actor,
        entry.code,
        entry.cause,
        entry.attempt,
        entry.partner,
        entry.app,
        entry.guest,
        entry.session,
        entry.target,
        entry.address.as_deref(),
        canonical,
        link.as_slice(),
    ])
}

pub(in crate::store) async fn list(
    source: &mut (impl Read + Send),
    query: &AuditQuery,
) -> Result<Vec<AuditRecord>, StoreError> {
    let statement = if query.attempt.is_some() { &LIST_OF_ATTEMPT } else { &LIST };
    let values = values![
        query.attempt,
        query.guest,
        query.partner,
        query.app,
        query.activity.as_deref(),
        query.code.as_deref(),
        query.since,
        query.until,
        query.limit,
    ];
    source.all(statement, values).await?.iter().map(|row| row.read("audit")).collect()
}

/// The last number of this node, 0 where it has written nothing.
pub(in crate::store) async fn last_sequence(source: &mut (impl Read + Send), node: &str) -> Result<i64, StoreError> {
    let row = source.one(&LAST_SEQUENCE, values![node]).await?;
    row.map_or(Ok(0), |row| row.columns("audit").int("sequence"))
}

impl FromColumns for AuditRecord {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let id = AuditId::from_uuid(columns.key()?);
        let at = columns.time("at")?;
        let node = columns.text("node")?;
        let sequence = columns.int("sequence")?;
        let activity = columns.text("activity")?;
        let actor = columns.text("actor")?;
        let code = columns.optional_text("code")?;
        let cause = columns.optional_text("cause")?;
        let attempt = columns.optional_uuid("attempt_id")?.map(AttemptId::from_uuid);
        let partner = columns.optional_uuid("partner_id")?.map(PartnerId::from_uuid);
        let partner_slug = columns.optional_text("partner.slug")?;
        let app = columns.optional_uuid("app_id")?.map(AppId::from_uuid);
        let app_slug = columns.optional_text("app.slug")?;
        let guest = columns.optional_uuid("guest_id")?.map(GuestId::from_uuid);
        let session = columns.optional_uuid("session_id")?.map(SessionId::from_uuid);
        let target = columns.optional_uuid("target_id")?;
        let address = columns.optional_text("address")?;
        let mut kept = reread(&columns.bytes("canonical")?).map_err(|_| columns.corrupt("canonical"))?;
        Ok(Self {
            id,
            at,
            node,
            sequence,
            activity,
            actor,
            code,
            cause,
            attempt,
            partner: partner.map(|id| (id, partner_slug)),
            app: app.map(|id| (id, app_slug)),
            guest,
            session,
            target,
            address,
            checks: kept.take_checks(),
            details: kept.details,
        })
    }
}
