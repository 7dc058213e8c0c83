//! What a session keeps of strength.

use entente::domain::factors::KeyProtection;
use entente::domain::factors::proof::{FactorProof, Means};
use entente::domain::sessions::Session;
use entente::domain::store::UnitOfWork;
use entente::domain::store::sign_ins::Once;

use super::databases::Fresh;
use super::samples::*;
use super::single_use::race;

fn proof(means: Means, seconds: u64) -> FactorProof {
    FactorProof { means, at: after(seconds) }
}

pub async fn a_session_keeps_the_last_proof_of_each_kind(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    let attested = Means::Passkey(KeyProtection::Attested);
    let passed = [
        proof(Means::Totp, 1),
        proof(Means::Passkey(KeyProtection::Unstated), 2),
        proof(Means::MailedCode, 3),
        proof(Means::RecoveryCode, 4),
        proof(Means::Totp, 5),
        proof(attested, 6),
    ];
    for (number, passed) in (1..).zip(&passed) {
        let added = unit.add_factor_proof(session_id(1), passed, &handle("stepped", number)).await;
        assert_eq!(added, Ok(Once::First));
    }
    assert_eq!(unit.read_session(&handle("session", 1), app_id(1)).await, Ok(None), "the old handle is worth nothing");
    let reading = unit.read_session(&handle("stepped", 6), app_id(1)).await.unwrap().unwrap();
    let expected = Session { handle: handle("stepped", 6), factors: passed[2..].to_vec(), ..session(1) };
    assert_eq!(reading.session, expected);
}

pub async fn an_ended_session_takes_no_proof(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    unit.end_session(session_id(1), after(1)).await.unwrap();
    let added = unit.add_factor_proof(session_id(1), &proof(Means::Totp, 1), &handle("stepped", 1)).await;
    assert_eq!(added, Ok(Once::Again));
}

pub async fn a_session_is_written_with_its_proofs(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    let session = Session { factors: vec![proof(Means::Totp, 1)], asked_strengths: Vec::new(), ..session(2) };
    unit.insert_session(&session).await.unwrap();
    assert_eq!(unit.read_session_by_id(session_id(2), app_id(1)).await.unwrap().unwrap().session, session);
}

/// Two steps at once, as in two tabs: neither proof is lost.
pub async fn proofs_of_several_are_all_kept(fresh: Fresh) {
    let store = fresh.node("first").await.store;
    furnish_whole(&*store).await;
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let read = unit.read_session_by_id(session_id(1), app_id(1)).await?;
        let known = read.map_or(0, |reading| reading.session.factors.len());
        let means = [Means::Totp, Means::MailedCode, Means::RecoveryCode];
        let number = u32::try_from(known).unwrap_or_default();
        let next = FactorProof { means: means[known % means.len()], at: after(1) };
        unit.add_factor_proof(session_id(1), &next, &handle("stepped", number)).await?;
        unit.commit().await
    };
    let _ = race(&fresh, act).await;
    let reading = unit(&*store).await.read_session_by_id(session_id(1), app_id(1)).await.unwrap().unwrap();
    assert_eq!(reading.session.factors.len(), 3);
}
