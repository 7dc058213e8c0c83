//! The watches over documents.

use std::collections::BTreeMap;

use super::attempts::once;
use super::partner_rows::to_json;
use super::{Read as _, statements};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::documents::{Owner, Watch, WatchFault};
use crate::domain::partners::PartnerId;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::{Value, values};

macro_rules! select_watch {
    ($end:literal) => {
        concat!(
            "select w.id, w.partner_id, w.app_id, w.etags, w.read_at, w.next_at, w.failures, w.fault, w.warned
from watches w
",
            $end
        )
    };
}

macro_rules! upsert_watch {
    ($end:literal) => {
        concat!(
            "insert into watches (id, partner_id, app_id, etags, read_at, next_at, failures, fault, warned)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (id) do update set etags = excluded.etags, read_at = excluded.read_at, next_at = excluded.next_at,
    failures = excluded.failures, fault = excluded.fault",
            $end
        )
    };
}

statements! {
    DUE = select_watch!("where w.next_at <= $1\norder by w.next_at, w.id\nlimit cast($2 as bigint)");
    BY_OWNER = select_watch!("where w.id = $1");
    CLAIM = "update watches
set next_at = $3
where id = $1 and next_at = $2
returning id";
    BEGIN = upsert_watch!("");
    UPDATE = upsert_watch!(", warned = excluded.warned");
    DELETE = "delete from watches
where id = $1";
}

pub(in crate::store) async fn due(unit: &mut Unit, now: Timestamp, limit: u32) -> Result<Vec<Watch>, StoreError> {
    unit.all(&DUE, values![now, limit]).await?.iter().map(|row| row.read("watches")).collect()
}

pub(in crate::store) async fn by_owner(unit: &mut Unit, owner: Owner) -> Result<Option<Watch>, StoreError> {
    let row = unit.one(&BY_OWNER, vec![key(owner)]).await?;
    row.map(|row| row.read("watches")).transpose()
}

pub(in crate::store) async fn claim(
    unit: &mut Unit,
    owner: Owner,
    seen: Timestamp,
    until: Timestamp,
) -> Result<Once, StoreError> {
    let mut all = vec![key(owner)];
    all.extend(values![seen, until]);
    Ok(once(&unit.all(&CLAIM, all).await?))
}

pub(in crate::store) async fn begin(unit: &mut Unit, watch: &Watch) -> Result<(), StoreError> {
    unit.write(&BEGIN, watch_values(watch)).await
}

pub(in crate::store) async fn update(unit: &mut Unit, watch: &Watch) -> Result<(), StoreError> {
    unit.write(&UPDATE, watch_values(watch)).await
}

pub(in crate::store) async fn delete(unit: &mut Unit, owner: Owner) -> Result<(), StoreError> {
    unit.write(&DELETE, vec![key(owner)]).await
}

/// A watch has the id of its owner; those of partners and apps never meet, being random.
fn key(owner: Owner) -> Value {
    Value::Bytes(Some(match owner {
        Owner::Partner(id) => id.as_bytes().to_vec(),
        Owner::App(id) => id.as_bytes().to_vec(),
    }))
}

fn watch_values(watch: &Watch) -> Vec<Value> {
    let (partner, app) = match watch.owner {
        Owner::Partner(id) => (Some(id), None),
        Owner::App(id) => (None, Some(id)),
    };
    let fault = watch.fault.as_ref().map(|fault| to_json(&(&fault.cause, &fault.message)));
    let mut all = vec![key(watch.owner)];
    all.extend(values![
        partner,
        app,
        to_json(&watch.etags),
        watch.read_at,
        watch.next_at,
        watch.failures,
        fault,
        to_json(&watch.warned),
    ]);
    all
}

impl FromColumns for Watch {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        columns.key()?;
        let partner = columns.optional_uuid("partner_id")?.map(PartnerId::from_uuid);
        let app = columns.optional_uuid("app_id")?.map(AppId::from_uuid);
        let owner = match (partner, app) {
            (Some(id), None) => Owner::Partner(id),
            (None, Some(id)) => Owner::App(id),
            _ => return Err(columns.corrupt("partner_id")),
        };
        let etags: BTreeMap<String, String> = columns.json("etags")?;
        let read_at = columns.optional_time("read_at")?;
        let next_at = columns.time("next_at")?;
        let failures = u32::try_from(columns.int("failures")?).map_err(|_| columns.corrupt("failures"))?;
        let fault = columns.optional_text("fault")?;
        let fault: Option<(String, String)> =
            fault.map(|text| serde_json::from_str(&text).map_err(|_| columns.corrupt("fault"))).transpose()?;
        Ok(Self {
            owner,
            etags,
            read_at,
            next_at,
            failures,
            fault: fault.map(|(cause, message)| WatchFault { cause, message }),
            warned: columns.json("warned")?,
        })
    }
}
