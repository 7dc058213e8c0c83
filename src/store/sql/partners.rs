//! Partners and their mail domains.

use super::attempts::once;
use super::partner_rows::partner_values;
use super::{Read, holders, statements};
use crate::domain::partners::{Partner, PartnerId, Switch, Trust};
use crate::domain::store::StoreError;
use crate::domain::store::objects::{Kept, Provenance};
use crate::domain::store::sign_ins::Once;
use crate::store::unit::Unit;
use crate::store::value::values;

macro_rules! select_partner {
    ($end:literal) => {
        select_partner!("p.metadata", $end)
    };
    ($metadata:literal, $end:literal) => {
        concat!(
            "select p.id, p.version, p.slug, p.name, p.kind, p.handle, p.enabled, p.admission, p.clock_skew,
    p.mail_authority, p.attributes, p.protocol, p.entity_id, p.sso_redirect_url, p.certificates,
    p.valid_until, ",
            $metadata,
            ", p.subject_rule, p.request_rules, p.oidc, p.client_secret, p.source,
    p.documents, p.provenance, p.assurance, p.language,
    (select string_agg(d.domain, ' ' order by d.position)
        from partner_domains d
        where d.partner_id = p.id),
    (select string_agg(c.claim, ' ' order by c.position)
        from partner_claims c
        where c.partner_id = p.id),
    (select string_agg(f.domain, ' ')
        from domain_proofs f
        where f.partner_id = p.id and f.kind = 'dns')
from partners p
",
            $end
        )
    };
}

statements! {
    LIST = select_partner!("order by p.slug");
    BY_ID = select_partner!("cast(null as text)", "where p.id = $1");
    BY_ID_FRESH = select_partner!("where p.id = $1"), postgres: select_partner!("where p.id = $1\nfor share of p");
    BY_SLUG = select_partner!("cast(null as text)", "where p.slug = $1");
    BY_HANDLE = select_partner!("cast(null as text)", "where p.handle = $1");
    BY_ENTITY_ID = select_partner!("cast(null as text)", "where p.entity_id = $1");
    STRETCH = select_partner!("cast(null as text)", "where p.id > $1\norder by p.id\nlimit cast($2 as bigint)");
    INSERT = "insert into partners (id, version, slug, name, kind, handle, enabled, admission, clock_skew,
    mail_authority, attributes, protocol, entity_id, sso_redirect_url, certificates, valid_until,
    metadata, subject_rule, request_rules, oidc, client_secret, source, documents, provenance, assurance,
    language)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
    $24, $25, $26)";
    UPDATE = "update partners
set version = $2, slug = $3, name = $4, kind = $5, handle = $6, enabled = $7, admission = $8,
    clock_skew = $9, mail_authority = $10, attributes = $11, protocol = $12, entity_id = $13,
    sso_redirect_url = $14, certificates = $15, valid_until = $16, metadata = $17, subject_rule = $18,
    request_rules = $19, oidc = $20, client_secret = $21, source = $22, documents = $23, provenance = $24,
    assurance = $25, language = $26
where id = $1 and version = $2 - 1
returning id";
    SWITCH = "update partners
set enabled = $2, version = version + 1
where id = $1 and enabled <> $2
returning id";
    TOUCH = "update partners
set version = version + 1
where id = $1";
    DELETE = "delete from partners
where id = $1";
}

pub(in crate::store) async fn list(unit: &mut Unit) -> Result<Vec<Kept<Partner>>, StoreError> {
    unit.all(&LIST, values![]).await?.iter().map(|row| row.read("partners")).collect()
}

/// Partners by id, after one of them, to sign in through.
pub(in crate::store) async fn stretch(
    source: &mut (impl Read + Send),
    after: Option<PartnerId>,
    limit: i64,
) -> Result<Vec<Partner>, StoreError> {
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let rows = source.all(&STRETCH, values![after, limit]).await?;
    rows.iter().map(|row| row.read::<Kept<Partner>>("partners").map(|kept| kept.value)).collect()
}

pub(in crate::store) async fn fresh(unit: &mut Unit, id: PartnerId) -> Result<Option<Partner>, StoreError> {
    let row = unit.one(&BY_ID_FRESH, values![id]).await?;
    row.map(|row| row.read::<Kept<Partner>>("partners").map(|kept| kept.value)).transpose()
}

pub(in crate::store) async fn by_id(
    source: &mut (impl Read + Send),
    id: PartnerId,
) -> Result<Option<Partner>, StoreError> {
    let row = source.one(&BY_ID, values![id]).await?;
    row.map(|row| row.read::<Kept<Partner>>("partners").map(|kept| kept.value)).transpose()
}

pub(in crate::store) async fn by_slug(
    source: &mut (impl Read + Send),
    slug: &str,
) -> Result<Option<Partner>, StoreError> {
    let row = source.one(&BY_SLUG, values![slug]).await?;
    row.map(|row| row.read::<Kept<Partner>>("partners").map(|kept| kept.value)).transpose()
}

pub(in crate::store) async fn by_handle(
    source: &mut (impl Read + Send),
    handle: &str,
) -> Result<Option<Partner>, StoreError> {
    let row = source.one(&BY_HANDLE, values![handle]).await?;
    row.map(|row| row.read::<Kept<Partner>>("partners").map(|kept| kept.value)).transpose()
}

pub(in crate::store) async fn by_entity_id(
    source: &mut (impl Read + Send),
    entity_id: &str,
) -> Result<Option<Partner>, StoreError> {
    let row = source.one(&BY_ENTITY_ID, values![entity_id]).await?;
    row.map(|row| row.read::<Kept<Partner>>("partners").map(|kept| kept.value)).transpose()
}

pub(in crate::store) async fn insert(
    unit: &mut Unit,
    partner: &Partner,
    provenance: Provenance,
) -> Result<(), StoreError> {
    unit.attempt(&INSERT, partner_values(partner, provenance)).await?;
    holders::insert(unit, partner).await
}

pub(in crate::store) async fn update(
    unit: &mut Unit,
    partner: &Partner,
    provenance: Provenance,
) -> Result<(), StoreError> {
    // A record that was read to sign in through lacks what it would overwrite.
    if matches!(&partner.trust, Trust::Saml(saml) if saml.metadata.is_none()) {
        return Err(StoreError::Corrupt { table: "partners", column: "metadata", row: partner.id.to_string() });
    }
    if unit.attempt(&UPDATE, partner_values(partner, provenance)).await?.is_empty() {
        return Err(StoreError::Raced);
    }
    holders::replace(unit, partner).await
}

pub(in crate::store) async fn switch(unit: &mut Unit, id: PartnerId, switch: Switch) -> Result<Once, StoreError> {
    Ok(once(&unit.all(&SWITCH, values![id, switch.is_on()]).await?))
}

pub(in crate::store) async fn touch(unit: &mut Unit, id: PartnerId) -> Result<(), StoreError> {
    unit.write(&TOUCH, values![id]).await
}

pub(in crate::store) async fn delete(unit: &mut Unit, id: PartnerId) -> Result<(), StoreError> {
    unit.write(&DELETE, values![id]).await
}
