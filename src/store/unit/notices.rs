//! Notices to apps that a session has ended.

use async_trait::async_trait;

use super::{Unit, sql};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::notices::{Enlisted, LogoutNotice, Waiting};
use crate::domain::store::StoreError;
use crate::domain::store::notices::LogoutNotices;
use crate::domain::store::sign_ins::Once;

#[async_trait]
impl LogoutNotices for Unit {
    async fn enlist(&mut self, enlisted: &Enlisted) -> Result<(), StoreError> {
        sql::notices::enlist(self, enlisted).await
    }

    async fn claim_notice(&mut self, notice: &LogoutNotice, until: Timestamp) -> Result<Once, StoreError> {
        sql::notices::claim(self, notice, until).await
    }

    async fn put_off_notice(
        &mut self,
        notice: &LogoutNotice,
        until: Timestamp,
        next_at: Timestamp,
        fault: &str,
    ) -> Result<Once, StoreError> {
        sql::notices::put_off(self, notice, until, next_at, fault).await
    }

    async fn delete_notice(&mut self, notice: &LogoutNotice, until: Timestamp) -> Result<Once, StoreError> {
        sql::notices::delete(self, notice, until).await
    }

    async fn waiting_notices(&mut self, app: AppId) -> Result<Waiting, StoreError> {
        sql::notices::waiting(self, app).await
    }
}
