//! Answers that are kept for requests that come again.

use async_trait::async_trait;

use super::StoreError;
use super::sign_ins::Once;
use crate::base::clock::Timestamp;
use crate::domain::repeats::{KeptAnswer, RepeatId};

/// Answers to requests that may come again, inside a unit.
#[async_trait]
pub trait Repeats {
    /// What was answered, unless it is to be forgotten at `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn kept_answer(&mut self, id: RepeatId, now: Timestamp) -> Result<Option<KeptAnswer>, StoreError>;

    /// Keeps an answer; [`Once::Again`] where another is kept that is not to be forgotten at `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn keep_answer(&mut self, id: RepeatId, answer: &KeptAnswer, now: Timestamp) -> Result<Once, StoreError>;

    /// Forgets answers whose time has come, at most `limit`, and says how many.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn sweep_answers(&mut self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;
}
