//! The chains of the audit: entries with their links, held against their canonical bytes, and heads.

use serde::Deserialize;
use uuid::Uuid;

use super::{Read, statements};
use crate::base::encoding::hex;
use crate::domain::audit::AuditId;
use crate::domain::audit_chain::{AuditHead, ChainPlace, ChainTip, ChainedEntry, HeadStatement};
use crate::domain::store::StoreError;
use crate::domain::store::audit_chain::Stretch;
use crate::keys::signing::KeyId;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

macro_rules! heads {
    ($rest:literal) => {
        concat!(
            "select serial, node, chain, number, sequence, link, at, previous, key_id, signature
from audit_heads
",
            $rest
        )
    };
}

statements! {
    NODE_AFTER = "select min(node)
from (
    select min(node) as node from audit where node > $1
    union all
    select min(node) as node from audit_heads where node > $1
) as nodes";
    ENTRIES = "select id, at, node, sequence, activity, actor, code, cause, attempt_id, partner_id, app_id, guest_id,
    session_id, target_id, address, canonical, link
from audit
where node = $1
    and sequence >= $2
    and sequence <= $4
    and (sequence > $2 or id > $3)
order by sequence, id
limit cast($5 as bigint)";
    HEADS = heads!("where serial > $1
order by serial
limit cast($2 as bigint)");
    HEADS_OF = heads!("where node = $1
    and sequence >= $2
    and (sequence > $2 or serial > $3)
order by sequence, serial
limit cast($4 as bigint)");
    LAST_HEAD = heads!("order by serial desc
limit 1");
    INSERT_HEAD = "insert into audit_heads (serial, node, chain, number, sequence, link, at, previous, key_id, signature)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
}

pub(in crate::store) async fn node_after(
    source: &mut (impl Read + Send),
    node: &str,
) -> Result<Option<String>, StoreError> {
    let row = source.one(&NODE_AFTER, values![node]).await?;
    row.map_or(Ok(None), |row| row.columns("audit").optional_text("node"))
}

pub(in crate::store) async fn entries(
    source: &mut (impl Read + Send),
    stretch: Stretch<'_>,
) -> Result<Vec<ChainedEntry>, StoreError> {
    let values = values![stretch.node, stretch.after.0, stretch.after.1, stretch.until, stretch.limit];
    source.all(&ENTRIES, values).await?.iter().map(|row| row.read("audit")).collect()
}

pub(in crate::store) async fn heads(
    source: &mut (impl Read + Send),
    after: i64,
    limit: u32,
) -> Result<Vec<AuditHead>, StoreError> {
    source.all(&HEADS, values![after, limit]).await?.iter().map(|row| row.read("audit_heads")).collect()
}

pub(in crate::store) async fn heads_of(
    source: &mut (impl Read + Send),
    node: &str,
    after: (i64, i64),
    limit: u32,
) -> Result<Vec<AuditHead>, StoreError> {
    let values = values![node, after.0, after.1, limit];
    source.all(&HEADS_OF, values).await?.iter().map(|row| row.read("audit_heads")).collect()
}

pub(in crate::store) async fn last_head(source: &mut (impl Read + Send)) -> Result<Option<AuditHead>, StoreError> {
    let row = source.one(&LAST_HEAD, values![]).await?;
    row.map(|row| row.read("audit_heads")).transpose()
}

pub(in crate::store) async fn insert_head(unit: &mut Unit, head: &AuditHead) -> Result<(), StoreError> {
    let HeadStatement { serial, node, tip, at, previous } = &head.statement;
    let values = values![
        *serial,
        node.as_str(),
        tip.place.chain,
        tip.place.number,
        tip.sequence,
        tip.link.as_slice(),
        *at,
        previous.as_slice(),
        head.key,
        head.signature.as_slice(),
    ];
    unit.attempt(&INSERT_HEAD, values).await.map(drop)
}

impl FromColumns for AuditHead {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let serial = columns.int("serial")?;
        let node = columns.text("node")?;
        let place = ChainPlace { chain: columns.int("chain")?, number: columns.int("number")? };
        let tip = ChainTip { place, sequence: columns.int("sequence")?, link: columns.digest("link")? };
        let at = columns.time("at")?;
        let previous = columns.digest("previous")?;
        let key = KeyId::from_uuid(columns.uuid("key_id")?);
        let signature = columns.bytes("signature")?;
        Ok(Self { statement: HeadStatement { serial, node, tip, at, previous }, key, signature })
    }
}

/// What the canonical bytes say of each column.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Said {
    activity: String,
    actor: String,
    address: Option<String>,
    app: Option<String>,
    at: i64,
    attempt: Option<String>,
    cause: Option<String>,
    #[serde(default)]
    chain: Option<i64>,
    code: Option<String>,
    guest: Option<String>,
    id: String,
    node: String,
    #[serde(default)]
    number: Option<i64>,
    partner: Option<String>,
    sequence: i64,
    session: Option<String>,
    target: Option<String>,
}

impl FromColumns for ChainedEntry {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let id = columns.key()?;
        // An id of another length differs from what the bytes say.
        let uuid = |columns: &mut Columns<'_>, name| {
            let id = columns.optional_bytes(name)?;
            let text = |id: Vec<u8>| Uuid::from_slice(&id).map_or_else(|_| hex(&id), |id| id.hyphenated().to_string());
            Ok::<_, StoreError>(id.map(text))
        };
        let mut kept = Said {
            id: id.hyphenated().to_string(),
            at: columns.int("at")?,
            node: columns.text("node")?,
            sequence: columns.int("sequence")?,
            activity: columns.text("activity")?,
            actor: columns.text("actor")?,
            code: columns.optional_text("code")?,
            cause: columns.optional_text("cause")?,
            attempt: uuid(columns, "attempt_id")?,
            partner: uuid(columns, "partner_id")?,
            app: uuid(columns, "app_id")?,
            guest: uuid(columns, "guest_id")?,
            session: uuid(columns, "session_id")?,
            target: uuid(columns, "target_id")?,
            address: columns.optional_text("address")?,
            chain: None,
            number: None,
        };
        let canonical = columns.bytes("canonical")?;
        let link = columns.optional_bytes("link")?;
        let said: Option<Said> = serde_json::from_slice(&canonical).ok();
        if let Some(said) = &said {
            (kept.chain, kept.number) = (said.chain, said.number);
        }
        let place = said.as_ref().and_then(|said| Some(ChainPlace { chain: said.chain?, number: said.number? }));
        let mut altered = said.as_ref().map_or(Some("canonical"), |said| difference(&kept, said));
        // A link of another length is none that was written here.
        let link = link.map(|link| {
            <[u8; 32]>::try_from(link).unwrap_or_else(|_| {
                altered = altered.or(Some("link"));
                [0; 32]
            })
        });
        Ok(Self { id: AuditId::from_uuid(id), sequence: kept.sequence, place, link, canonical, altered })
    }
}

/// The first column that says something else.
fn difference(kept: &Said, said: &Said) -> Option<&'static str> {
    let columns = [
        ("id", kept.id == said.id),
        ("at", kept.at == said.at),
        ("node", kept.node == said.node),
        ("sequence", kept.sequence == said.sequence),
        ("activity", kept.activity == said.activity),
        ("actor", kept.actor == said.actor),
        ("code", kept.code == said.code),
        ("cause", kept.cause == said.cause),
        ("attempt_id", kept.attempt == said.attempt),
        ("partner_id", kept.partner == said.partner),
        ("app_id", kept.app == said.app),
        ("guest_id", kept.guest == said.guest),
        ("session_id", kept.session == said.session),
        ("target_id", kept.target == said.target),
        ("address", kept.address == said.address),
    ];
    columns.into_iter().find(|(_, same)| !same).map(|(name, _)| name)
}
