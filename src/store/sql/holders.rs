//! What partners hold of mail domains and addresses.

use super::{Read, statements};
use crate::domain::domain_proofs::{DomainProof, ProofKind};
use crate::domain::holders::{DomainPattern, Holding, LookUp, Over};
use crate::domain::mail::{MailAddress, MailDomain};
use crate::domain::partners::{Partner, PartnerId};
use crate::domain::store::StoreError;
use crate::store::row::{Columns, FromColumns, word_of};
use crate::store::unit::Unit;
use crate::store::value::{ToValue as _, Value, values};

statements! {
    HOLDINGS = "select d.partner_id, d.domain, cast(1 as bigint)
from partner_domains d
where d.domain in ($2, $3, $4, $5, $6, $7, $8, $9)
union all
select c.partner_id, c.claim, cast(0 as bigint)
from partner_claims c
where c.claim in ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    HOLDINGS_OF_FEW = "select d.partner_id, d.domain, cast(1 as bigint)
from partner_domains d
where d.domain = $2
union all
select d.partner_id, d.domain, cast(1 as bigint)
from partner_domains d
where d.domain = $3
union all
select c.partner_id, c.claim, cast(0 as bigint)
from partner_claims c
where c.claim = $1
union all
select c.partner_id, c.claim, cast(0 as bigint)
from partner_claims c
where c.claim = $2
union all
select c.partner_id, c.claim, cast(0 as bigint)
from partner_claims c
where c.claim = $3";
    INSERT_DOMAIN = "insert into partner_domains (domain, partner_id, position)
values ($1, $2, $3)";
    DELETE_DOMAINS = "delete from partner_domains
where partner_id = $1";
    INSERT_CLAIM = "insert into partner_claims (claim, partner_id, position)
values ($1, $2, $3)";
    LIST_PROOFS = "select f.domain, f.kind, f.proven_at, f.proven_by
from domain_proofs f
where f.partner_id = $1
order by f.domain, f.kind";
    INSERT_PROOF = "insert into domain_proofs (partner_id, domain, kind, proven_at, proven_by)
values ($1, $2, $3, $4, $5)
on conflict (partner_id, domain, kind) do nothing";
    DELETE_PROOF = "delete from domain_proofs
where partner_id = $1 and domain = $2 and kind = $3";
    DELETE_CLAIMS = "delete from partner_claims
where partner_id = $1";
}

/// How many texts the shorter statement looks up: the address, its domain, and one above it.
const FEW: usize = 3;

pub(in crate::store) async fn holdings(
    source: &mut (impl Read + Send),
    look_up: &LookUp,
) -> Result<Vec<Holding>, StoreError> {
    // Most domains have two labels or three, and lists cost SQLite a table each.
    let (few, more) = look_up.texts().split_at(FEW);
    let is_short = more.iter().all(String::is_empty);
    let (statement, texts) = if is_short { (&HOLDINGS_OF_FEW, few) } else { (&HOLDINGS, &look_up.texts()[..]) };
    let texts: Vec<Value> = texts.iter().map(|text| text.as_str().to_value()).collect();
    source.all(statement, texts).await?.iter().map(|row| row.read("partner_claims")).collect()
}

const KINDS: &[(&str, ProofKind)] = &[("word", ProofKind::Word), ("dns", ProofKind::Dns)];

pub(in crate::store) async fn list_proofs(unit: &mut Unit, partner: PartnerId) -> Result<Vec<DomainProof>, StoreError> {
    unit.all(&LIST_PROOFS, values![partner]).await?.iter().map(|row| row.read("domain_proofs")).collect()
}

pub(in crate::store) async fn insert_proof(
    unit: &mut Unit,
    partner: PartnerId,
    proof: &DomainProof,
) -> Result<(), StoreError> {
    let kind = word_of(KINDS, &proof.kind);
    unit.write(&INSERT_PROOF, values![partner, proof.domain.as_str(), kind, proof.at, proof.by.as_str()]).await
}

pub(in crate::store) async fn delete_proof(
    unit: &mut Unit,
    partner: PartnerId,
    domain: &MailDomain,
    kind: ProofKind,
) -> Result<(), StoreError> {
    unit.write(&DELETE_PROOF, values![partner, domain.as_str(), word_of(KINDS, &kind)]).await
}

impl FromColumns for DomainProof {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let domain = MailDomain::parse(&columns.text("domain")?).map_err(|_| columns.corrupt("domain"))?;
        Ok(Self {
            domain,
            kind: columns.word("kind", KINDS)?,
            at: columns.time("proven_at")?,
            by: columns.text("proven_by")?,
        })
    }
}

/// Writes what a partner holds, which was nothing.
pub(super) async fn insert(unit: &mut Unit, partner: &Partner) -> Result<(), StoreError> {
    for (position, domain) in (0_i64..).zip(&partner.domains) {
        unit.attempt(&INSERT_DOMAIN, values![domain.as_str(), partner.id, position]).await?;
    }
    let shared = partner.shared_domains.iter().map(DomainPattern::as_str);
    for (position, claim) in (0_i64..).zip(shared.chain(partner.addresses.iter().map(MailAddress::key))) {
        unit.attempt(&INSERT_CLAIM, values![claim, partner.id, position]).await?;
    }
    Ok(())
}

/// Writes what a partner holds in the place of what it held.
pub(super) async fn replace(unit: &mut Unit, partner: &Partner) -> Result<(), StoreError> {
    unit.write(&DELETE_DOMAINS, values![partner.id]).await?;
    unit.write(&DELETE_CLAIMS, values![partner.id]).await?;
    insert(unit, partner).await
}

/// Reads the two columns of what a partner holds, each a list with spaces between.
pub(super) fn read(columns: &mut Columns<'_>) -> Result<Held, StoreError> {
    let domains = columns.optional_text("domains")?.unwrap_or_default();
    let domains: Result<_, _> = domains.split_ascii_whitespace().map(DomainPattern::parse).collect();
    let domains = domains.map_err(|_| columns.corrupt("domains"))?;
    let claims = columns.optional_text("claims")?.unwrap_or_default();
    let (addresses, shared): (Vec<&str>, Vec<&str>) =
        claims.split_ascii_whitespace().partition(|claim| claim.contains('@'));
    let shared: Result<_, _> = shared.into_iter().map(DomainPattern::parse).collect();
    let addresses: Result<_, _> = addresses.into_iter().map(MailAddress::parse).collect();
    let proven = columns.optional_text("dns_proven")?.unwrap_or_default();
    let proven: Result<_, _> = proven.split_ascii_whitespace().map(MailDomain::parse).collect();
    Ok(Held {
        dns_proven: proven.map_err(|_| columns.corrupt("dns_proven"))?,
        domains,
        shared_domains: shared.map_err(|_| columns.corrupt("claims"))?,
        addresses: addresses.map_err(|_| columns.corrupt("claims"))?,
    })
}

/// What a partner holds.
pub(super) struct Held {
    pub(super) domains: Vec<DomainPattern>,
    pub(super) shared_domains: Vec<DomainPattern>,
    pub(super) addresses: Vec<MailAddress>,
    pub(super) dns_proven: Vec<MailDomain>,
}

impl FromColumns for Holding {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let partner = PartnerId::from_uuid(columns.key()?);
        let claim = columns.text("claim")?;
        let is_alone = columns.flag("alone")?;
        let over = if claim.contains('@') {
            Over::Address
        } else {
            let pattern = DomainPattern::parse(&claim).map_err(|_| columns.corrupt("claim"))?;
            if is_alone { Over::Domain(pattern) } else { Over::SharedDomain(pattern) }
        };
        Ok(Self { partner, over })
    }
}
