//! The outbox, and who wants no more mails.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Unit, sql};
use crate::base::clock::Timestamp;
use crate::domain::mails::{Asked, LeasedMail, MailId, MailRecord, Outcome, Recipient, SealedMail};
use crate::domain::store::StoreError;
use crate::domain::store::outbox::Outbox;
use crate::domain::store::sign_ins::Once;

#[async_trait]
impl Outbox for Unit {
    async fn insert_mail(&mut self, mail: &SealedMail) -> Result<(), StoreError> {
        sql::outbox::insert(self, mail).await
    }

    async fn lease_mail(
        &mut self,
        id: MailId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<LeasedMail>, StoreError> {
        let node = Arc::clone(&self.node);
        sql::outbox::lease(self, &node.name, id, now, until).await
    }

    async fn settle_mail(&mut self, mail: &LeasedMail, outcome: &Outcome) -> Result<Once, StoreError> {
        let node = Arc::clone(&self.node);
        sql::outbox::settle(self, &node.name, mail, outcome).await
    }

    async fn list_mails(&mut self, asked: Asked, limit: u32) -> Result<Vec<MailRecord>, StoreError> {
        sql::outbox::list(self, asked, limit).await
    }

    async fn find_mail(&mut self, id: MailId) -> Result<Option<MailRecord>, StoreError> {
        sql::outbox::find(self, id).await
    }

    async fn retry_mail(&mut self, id: MailId, now: Timestamp) -> Result<Once, StoreError> {
        sql::outbox::retry(self, id, now).await
    }

    async fn sweep_mails(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        sql::outbox::sweep(self, before, limit).await
    }

    async fn is_blocked(&mut self, recipient: Recipient) -> Result<bool, StoreError> {
        sql::blocked_mail::is_blocked(self, recipient).await
    }

    async fn block(&mut self, recipient: Recipient, now: Timestamp) -> Result<Once, StoreError> {
        sql::blocked_mail::insert(self, recipient, now).await
    }

    async fn unblock(&mut self, recipient: Recipient) -> Result<Once, StoreError> {
        sql::blocked_mail::delete(self, recipient).await
    }
}
