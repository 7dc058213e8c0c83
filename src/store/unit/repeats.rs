//! Answers that are kept for requests that come again.

use async_trait::async_trait;

use super::{Unit, sql};
use crate::base::clock::Timestamp;
use crate::domain::repeats::{KeptAnswer, RepeatId};
use crate::domain::store::StoreError;
use crate::domain::store::repeats::Repeats;
use crate::domain::store::sign_ins::Once;

#[async_trait]
impl Repeats for Unit {
    async fn kept_answer(&mut self, id: RepeatId, now: Timestamp) -> Result<Option<KeptAnswer>, StoreError> {
        sql::repeats::find(self, id, now).await
    }

    async fn keep_answer(&mut self, id: RepeatId, answer: &KeptAnswer, now: Timestamp) -> Result<Once, StoreError> {
        sql::repeats::keep(self, id, answer, now).await
    }

    async fn sweep_answers(&mut self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        sql::repeats::sweep(self, now, limit).await
    }
}
