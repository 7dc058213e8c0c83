//! Refresh tokens and tokens of apps that act for nobody.

use async_trait::async_trait;

use super::Unit;
use crate::domain::sessions::{HandleHash, RefreshFamily, ServiceToken};
use crate::domain::store::StoreError;
use crate::domain::store::app_tokens::AppTokens;
use crate::domain::store::sign_ins::Once;
use crate::domain::terms::TokenTerms;
use crate::store::sql;

#[async_trait]
impl AppTokens for Unit {
    async fn insert_refresh_family(&mut self, family: &RefreshFamily) -> Result<(), StoreError> {
        sql::refresh_tokens::insert(self, family).await
    }

    async fn read_refresh_family(&mut self, handle: &HandleHash) -> Result<Option<RefreshFamily>, StoreError> {
        sql::refresh_tokens::read(self, handle).await
    }

    async fn rotate_refresh_token(
        &mut self,
        family: &RefreshFamily,
        next: &[u8; 32],
        terms: &TokenTerms,
    ) -> Result<Once, StoreError> {
        sql::refresh_tokens::rotate(self, family, next, terms).await
    }

    async fn end_access_token(&mut self, handle: &HandleHash) -> Result<Once, StoreError> {
        sql::tokens::end(self, handle).await
    }

    async fn insert_service_token(&mut self, token: &ServiceToken) -> Result<(), StoreError> {
        sql::service_tokens::insert(self, token).await
    }

    async fn read_service_token(&mut self, handle: &HandleHash) -> Result<Option<ServiceToken>, StoreError> {
        sql::service_tokens::read(self, handle).await
    }

    async fn end_service_token(&mut self, handle: &HandleHash) -> Result<Once, StoreError> {
        sql::service_tokens::end(self, handle).await
    }
}
