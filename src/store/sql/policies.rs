//! Policies, and what they name.

use super::partner_rows::{PROVENANCES, read_slug};
use super::policy_rows::{self, conditions_form, grant_form, session_form};
use super::{Read as _, statements};
use crate::domain::policy::object::{Policy, PolicyId};
use crate::domain::policy::references::{self, Named};
use crate::domain::policy::words::State;
use crate::domain::store::StoreError;
use crate::domain::store::objects::{Kept, Provenance};
use crate::store::row::{Columns, FromColumns, word_of};
use crate::store::unit::Unit;
use crate::store::value::{Value, values};

statements! {
    LIST = "select id, slug, display_name, state, conditions, grant_controls, session_controls, provenance
from policies
order by slug";
    UPSERT = "insert into policies (id, slug, display_name, state, conditions, grant_controls, session_controls,
    provenance)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (id) do update set slug = excluded.slug, display_name = excluded.display_name,
    state = excluded.state, conditions = excluded.conditions, grant_controls = excluded.grant_controls,
    session_controls = excluded.session_controls, provenance = excluded.provenance";
    DELETE = "delete from policies
where id = $1";
    RELEASE = "delete from policy_references
where policy_id = $1";
    HOLD = "insert into policy_references (policy_id, position, guest_id, group_id, partner_id, app_id,
    application_group_id, location_id, strength_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
}

pub(in crate::store) async fn list(unit: &mut Unit) -> Result<Vec<Kept<Policy>>, StoreError> {
    unit.all(&LIST, values![]).await?.iter().map(|row| row.read("policies")).collect()
}

pub(in crate::store) async fn upsert(
    unit: &mut Unit,
    policy: &Policy,
    provenance: Provenance,
) -> Result<(), StoreError> {
    let values = values![
        policy.id,
        policy.slug.as_str(),
        policy.display_name.as_str(),
        policy.state.as_str(),
        conditions_form(&policy.conditions),
        policy.grant.as_ref().map(grant_form),
        session_form(policy.session),
        word_of(PROVENANCES, &provenance),
    ];
    unit.attempt(&UPSERT, values).await?;
    release(unit, policy.id).await?;
    for (position, named) in (0_i64..).zip(references::of_policy(policy)) {
        unit.write(&HOLD, reference_values(policy.id, position, named)).await?;
    }
    Ok(())
}

pub(in crate::store) async fn release(unit: &mut Unit, id: PolicyId) -> Result<(), StoreError> {
    unit.write(&RELEASE, values![id]).await
}

pub(in crate::store) async fn delete(unit: &mut Unit, id: PolicyId) -> Result<(), StoreError> {
    unit.write(&DELETE, values![id]).await
}

fn reference_values(policy: PolicyId, position: i64, named: Named) -> Vec<Value> {
    let place = match named {
        Named::Guest(_) => 0,
        Named::Group(_) => 1,
        Named::Partner(_) => 2,
        Named::App(_) => 3,
        Named::AppGroup(_) => 4,
        Named::Location(_) => 5,
        Named::Strength(_) => 6,
    };
    let mut values = values![policy, position];
    values.extend((0..7).map(|kind| Value::Bytes((kind == place).then(|| named.uuid().as_bytes().to_vec()))));
    values
}

impl FromColumns for Kept<Policy> {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let id = PolicyId::from_uuid(columns.key()?);
        let slug = read_slug(columns)?;
        let display_name = columns.text("display_name")?;
        let state = State::parse(&columns.text("state")?).ok_or_else(|| columns.corrupt("state"))?;
        let conditions = policy_rows::read_conditions(columns)?;
        let grant = policy_rows::read_grant(columns)?;
        let session = policy_rows::read_session(columns)?;
        let provenance = columns.word("provenance", PROVENANCES)?;
        Ok(Self { value: Policy { id, slug, display_name, state, conditions, grant, session }, provenance })
    }
}
