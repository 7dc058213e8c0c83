//! The domains of a partner: what is known of them, and asking the DNS about them.

use crate::base::clock::Timestamp;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::domain_proofs::{self, CHALLENGE_LABEL, DemandedProof, DomainProof, ProofKind};
use crate::domain::holders::DomainPattern;
use crate::domain::mail::{MailAddress, MailDomain};
use crate::domain::names::Slug;
use crate::domain::partners::Partner;
use crate::domain::store::StoreError;
use crate::domain::store::objects::Kept;
use crate::flows::inspect;
use crate::flows::operate::{Act, OperateError};
use crate::flows::services::Services;
use crate::outbound::txt::TxtFault;

/// A domain of a partner, and what shows that it is the partner's.
#[derive(Debug, Clone)]
pub struct DomainView {
    /// The domain.
    pub domain: DomainPattern,
    /// Whether it is shared with other partners.
    pub is_shared: bool,
    /// Whether the partner's own host lies within it.
    pub by_host: bool,
    /// Since when a record in its DNS shows it.
    pub by_dns: Option<Timestamp>,
    /// Who said so, and when.
    pub by_word: Option<(Timestamp, String)>,
    /// Addresses within it that are another partner's by name, and whose.
    pub taken: Vec<(MailAddress, Slug)>,
    /// Whether people are led by it and its mail is proven.
    pub is_in_force: bool,
    /// The name of the record.
    pub record_name: String,
    /// The record.
    pub record: String,
}

/// What asking about a domain has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The record is there.
    Dns,
    /// The record is not there; the partner's host shows the domain.
    Host,
    /// Neither shows it, and an earlier proof by the DNS has ended.
    Nothing,
    /// The DNS did not answer; everything is as it was.
    Unanswered(TxtFault),
}

/// The domains of a partner.
///
/// # Errors
/// [`OperateError`].
pub async fn list(services: &Services, slug: &str) -> Result<Vec<DomainView>, OperateError> {
    let partner = inspect::partner(services, slug).await?;
    let mut unit = services.store.unit_of_work().await?;
    let proofs = unit.list_domain_proofs(partner.id).await?;
    let others = unit.list_partners().await?;
    let shared = |domain: &DomainPattern| partner.shared_domains.contains(domain);
    let all = partner.domains.iter().chain(&partner.shared_domains);
    Ok(all.map(|domain| view(services, &partner, domain, shared(domain), &proofs, &others)).collect())
}

fn view(
    services: &Services,
    partner: &Partner,
    domain: &DomainPattern,
    is_shared: bool,
    proofs: &[DomainProof],
    others: &[Kept<Partner>],
) -> DomainView {
    let of = |kind| proofs.iter().find(|proof| proof.kind == kind && proof.domain.as_str() == domain.name());
    let settings = &services.settings;
    let others = others.iter().map(|other| &other.value).filter(|other| other.id != partner.id);
    let named = others.flat_map(|other| other.addresses.iter().map(move |mail| (mail, other)));
    let taken = named.filter(|(mail, _)| domain.covers(mail.domain()));
    DomainView {
        is_shared,
        taken: taken.map(|(mail, other)| (mail.clone(), other.slug.clone())).collect(),
        by_host: partner.has_host_within(domain),
        by_dns: of(ProofKind::Dns).map(|proof| proof.at),
        by_word: of(ProofKind::Word).map(|proof| (proof.at, proof.by.clone())),
        is_in_force: settings.domain_proof == DemandedProof::Word || partner.is_shown(domain),
        record_name: format!("{CHALLENGE_LABEL}.{}", domain.name()),
        record: domain_proofs::record(&services.sealer, settings.organization.id, partner, domain.name()),
        domain: domain.clone(),
    }
}

/// Asks the DNS about the domains of a partner, or about one of them, and records what it says. What it says for
/// certain holds, also where that ends an earlier proof; where it does not answer, nothing changes.
///
/// # Errors
/// [`OperateError`].
pub async fn verify(
    services: &Services,
    act: Act<'_>,
    slug: &str,
    named: Option<&str>,
) -> Result<Vec<(DomainPattern, Verdict)>, OperateError> {
    let partner = inspect::partner(services, slug).await?;
    let all = partner.domains.iter().chain(&partner.shared_domains);
    let asked: Vec<DomainPattern> = match named {
        None => all.cloned().collect(),
        Some(named) => {
            let wanted = DomainPattern::claim(named).ok();
            let found = { all }.find(|domain| Some(*domain) == wanted.as_ref()).cloned();
            vec![found.ok_or_else(|| OperateError::NoSuchDomain { slug: slug.to_owned(), name: named.to_owned() })?]
        }
    };
    let mut verdicts = Vec::new();
    for domain in asked {
        let verdict = match find_record(services, &partner, &domain).await {
            Err(fault) => Verdict::Unanswered(fault),
            Ok(is_there) => {
                record(services, act, &partner, &domain, is_there).await?;
                match (is_there, partner.has_host_within(&domain)) {
                    (true, _) => Verdict::Dns,
                    (false, true) => Verdict::Host,
                    (false, false) => Verdict::Nothing,
                }
            }
        };
        verdicts.push((domain, verdict));
    }
    Ok(verdicts)
}

/// Whether the record stands under the domain's own name for it, or at the domain itself.
async fn find_record(services: &Services, partner: &Partner, domain: &DomainPattern) -> Result<bool, TxtFault> {
    let organization = services.settings.organization.id;
    for name in [format!("{CHALLENGE_LABEL}.{}", domain.name()), domain.name().to_owned()] {
        let records = services.dns.txt(&name).await?;
        let is_ours =
            |found: &String| domain_proofs::is_record(&services.sealer, organization, partner, domain.name(), found);
        if records.iter().any(is_ours) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn record(
    services: &Services,
    act: Act<'_>,
    partner: &Partner,
    domain: &DomainPattern,
    is_there: bool,
) -> Result<(), StoreError> {
    let was_there = partner.dns_proven.iter().any(|proven| proven.as_str() == domain.name());
    if is_there == was_there {
        return Ok(());
    }
    let Ok(name) = MailDomain::parse(domain.name()) else { return Ok(()) };
    let mut unit = services.store.unit_of_work().await?;
    // While the DNS was asked, the domain may have gone to another partner.
    let fresh = unit.read_partner(partner.id).await?;
    if !fresh.is_some_and(|fresh| fresh.domains.contains(domain) || fresh.shared_domains.contains(domain)) {
        return Ok(());
    }
    let proof = DomainProof { domain: name, kind: ProofKind::Dns, at: act.now, by: act.operator.to_owned() };
    if is_there {
        unit.insert_domain_proof(partner.id, &proof).await?;
    } else {
        unit.delete_domain_proof(partner.id, &proof.domain, ProofKind::Dns).await?;
    }
    unit.touch_partner(partner.id).await?;
    let id = AuditId::new(act.now, services.random.as_ref());
    let mut entry = AuditEntry::new(id, act.now, Activity::ObjectChanged, Actor::Operator(act.operator.to_owned()));
    entry.partner = Some(partner.id);
    entry.details.push(("slug", partner.slug.to_string()));
    entry.details.push(("domain", domain.to_string()));
    entry.details.push(("proof", if is_there { "dns" } else { "dns withdrawn" }.to_owned()));
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    services.directory.forget();
    Ok(())
}
