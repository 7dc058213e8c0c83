//! What is recorded of the domains of partners.

use entente::domain::domain_proofs::{DomainProof, ProofKind};
use entente::domain::mail::MailDomain;
use entente::domain::store::objects::Provenance;

use super::databases::Fresh;
use super::samples::*;

fn proof(domain: &str, kind: ProofKind, by: &str) -> DomainProof {
    DomainProof { domain: MailDomain::parse(domain).unwrap(), kind, at: after(1), by: by.to_owned() }
}

pub async fn a_proof_of_a_domain_is_kept_as_it_was_first_and_goes_with_its_partner(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut unit = unit(&*store).await;
    for number in [1, 2] {
        unit.insert_partner(&partner(number), Provenance::Applied).await.unwrap();
    }
    let word = proof("fabrikam.example", ProofKind::Word, "olga");
    let dns = proof("fabrikam.example", ProofKind::Dns, "olga");
    let other = proof("eu.fabrikam.example", ProofKind::Word, "pat");
    for proof in [&word, &dns, &other] {
        unit.insert_domain_proof(partner_id(1), proof).await.unwrap();
    }
    // The first one stands.
    let later = DomainProof { at: after(9), by: "pat".to_owned(), ..word.clone() };
    unit.insert_domain_proof(partner_id(1), &later).await.unwrap();
    let expected = [other.clone(), dns.clone(), word.clone()];
    assert_eq!(unit.list_domain_proofs(partner_id(1)).await.unwrap(), expected);
    // It is of one partner, one domain and one kind.
    assert_eq!(unit.list_domain_proofs(partner_id(2)).await.unwrap(), []);
    unit.insert_domain_proof(partner_id(2), &word).await.unwrap();
    unit.delete_domain_proof(partner_id(1), &word.domain, ProofKind::Word).await.unwrap();
    assert_eq!(unit.list_domain_proofs(partner_id(1)).await.unwrap(), [other, dns]);
    unit.delete_partner(partner_id(1)).await.unwrap();
    assert_eq!(unit.list_domain_proofs(partner_id(1)).await.unwrap(), []);
    assert_eq!(unit.list_domain_proofs(partner_id(2)).await.unwrap(), [word]);
    unit.commit().await.unwrap();
}
