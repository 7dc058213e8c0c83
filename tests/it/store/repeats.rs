//! Answers that are kept for requests that come again.

use entente::domain::repeats::{Fingerprint, KeptAnswer, RepeatId};
use entente::domain::store::UnitOfWork;
use entente::domain::store::sign_ins::Once;

use super::databases::Fresh;
use super::samples::*;
use super::single_use::{assert_one_first, race};

fn id(number: u8) -> RepeatId {
    RepeatId::from_bytes([number; 32])
}

fn answer(number: u8, seconds: u64) -> KeptAnswer {
    let fingerprint = Fingerprint::from_bytes([number; 32]);
    KeptAnswer { fingerprint, sealed: vec![number; 2_000], expires_at: after(seconds) }
}

pub async fn an_answer_is_kept_until_its_time_has_come(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut unit = unit(&*store).await;
    assert_eq!(unit.kept_answer(id(1), NOW).await.unwrap(), None);
    for number in 1..=2 {
        assert_eq!(unit.keep_answer(id(number), &answer(number, 60), NOW).await.unwrap(), Once::First);
    }
    assert_eq!(unit.keep_answer(id(1), &answer(3, 90), after(59)).await.unwrap(), Once::Again);
    assert_eq!(unit.kept_answer(id(1), after(59)).await.unwrap(), Some(answer(1, 60)));
    assert_eq!(unit.kept_answer(id(1), after(60)).await.unwrap(), None, "it is not swept yet, and forgotten");
    assert_eq!(unit.keep_answer(id(1), &answer(3, 120), after(60)).await.unwrap(), Once::First);
    assert_eq!(unit.kept_answer(id(1), after(60)).await.unwrap(), Some(answer(3, 120)));
    assert_eq!(unit.sweep_answers(after(59), 10).await.unwrap(), 0);
    assert_eq!(unit.sweep_answers(after(60), 10).await.unwrap(), 1);
    assert_eq!(unit.sweep_answers(after(120), 0).await.unwrap(), 0);
    assert_eq!(unit.sweep_answers(after(120), 10).await.unwrap(), 1);
}

pub async fn an_answer_is_kept_by_one_of_several(fresh: Fresh) {
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let once = unit.keep_answer(id(1), &answer(1, 60), NOW).await?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
}
