//! The outbox, and who wants no more mails.

use async_trait::async_trait;

use super::StoreError;
use super::sign_ins::Once;
use crate::base::clock::Timestamp;
use crate::domain::mails::{Asked, LeasedMail, MailId, MailRecord, Outcome, Recipient, SealedMail};

/// The outbox inside a unit. Which mails are due is asked outside, of [`Store::due_mails`](super::Store::due_mails).
#[async_trait]
pub trait Outbox {
    /// Puts a mail there, due at once.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_mail(&mut self, mail: &SealedMail) -> Result<(), StoreError>;

    /// Takes a mail that is due at `now` until `until`, in the name of this node, and counts the try; nothing where
    /// another node has it, or it is not due any more.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn lease_mail(
        &mut self,
        id: MailId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<LeasedMail>, StoreError>;

    /// Writes what became of a mail that this node has taken; [`Once::Again`] where it is not its own any more.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn settle_mail(&mut self, mail: &LeasedMail, outcome: &Outcome) -> Result<Once, StoreError>;

    /// Mails, the newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_mails(&mut self, asked: Asked, limit: u32) -> Result<Vec<MailRecord>, StoreError>;

    /// One mail.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_mail(&mut self, id: MailId) -> Result<Option<MailRecord>, StoreError>;

    /// Makes a mail due at `now` that is not sent and that nobody has, as if it had never been tried;
    /// [`Once::Again`] where there is none such.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn retry_mail(&mut self, id: MailId, now: Timestamp) -> Result<Once, StoreError>;

    /// Removes mails that are sent or given up and were put there before `before`, at most `limit`, and says how many.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn sweep_mails(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;

    /// Whether this person wants no more mails of the kinds that can be blocked.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn is_blocked(&mut self, recipient: Recipient) -> Result<bool, StoreError>;

    /// Notes that this person wants none; [`Once::Again`] where it is noted already.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn block(&mut self, recipient: Recipient, now: Timestamp) -> Result<Once, StoreError>;

    /// Forgets it; [`Once::Again`] where it was not noted.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn unblock(&mut self, recipient: Recipient) -> Result<Once, StoreError>;
}
