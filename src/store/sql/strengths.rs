//! Authentication strengths of the organisation's own.

use super::partner_rows::{PROVENANCES, read_slug};
use super::policy_rows::json;
use super::{Read as _, statements};
use crate::domain::policy::methods::{Method, MethodSet};
use crate::domain::policy::strengths::{Strength, StrengthId};
use crate::domain::store::StoreError;
use crate::domain::store::objects::{Kept, Provenance};
use crate::store::row::{Columns, FromColumns, word_of};
use crate::store::unit::Unit;
use crate::store::value::values;

statements! {
    LIST = "select id, slug, display_name, combinations, provenance
from authentication_strengths
order by slug";
    UPSERT = "insert into authentication_strengths (id, slug, display_name, combinations, provenance)
values ($1, $2, $3, $4, $5)
on conflict (id) do update set slug = excluded.slug, display_name = excluded.display_name,
    combinations = excluded.combinations, provenance = excluded.provenance";
    DELETE = "delete from authentication_strengths
where id = $1";
}

pub(in crate::store) async fn list(unit: &mut Unit) -> Result<Vec<Kept<Strength>>, StoreError> {
    unit.all(&LIST, values![]).await?.iter().map(|row| row.read("authentication_strengths")).collect()
}

pub(in crate::store) async fn upsert(
    unit: &mut Unit,
    strength: &Strength,
    provenance: Provenance,
) -> Result<(), StoreError> {
    let Strength { id, slug, display_name, combinations } = strength;
    let words = |methods: &MethodSet| methods.methods().map(Method::as_str).collect::<Vec<_>>();
    let form = json(&combinations.iter().map(words).collect::<Vec<_>>());
    let provenance = word_of(PROVENANCES, &provenance);
    unit.attempt(&UPSERT, values![*id, slug.as_str(), display_name.as_str(), form, provenance]).await.map(drop)
}

pub(in crate::store) async fn delete(unit: &mut Unit, id: StrengthId) -> Result<(), StoreError> {
    unit.write(&DELETE, values![id]).await
}

impl FromColumns for Kept<Strength> {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let id = StrengthId::from_uuid(columns.key()?);
        let slug = read_slug(columns)?;
        let display_name = columns.text("display_name")?;
        let form: Vec<Vec<String>> = columns.json("combinations")?;
        let combinations = form.iter().map(|words| combination(words)).collect::<Option<_>>();
        let combinations = combinations.ok_or_else(|| columns.corrupt("combinations"))?;
        let provenance = columns.word("provenance", PROVENANCES)?;
        Ok(Self { value: Strength { id, slug, display_name, combinations }, provenance })
    }
}

fn combination(words: &[String]) -> Option<MethodSet> {
    let methods: Vec<Method> = words.iter().map(|word| Method::parse(word)).collect::<Option<_>>()?;
    Some(MethodSet::of(&methods))
}
