//! Tokens of apps beside those that a code brings: refresh tokens, a family each, and tokens of apps that act for
//! nobody.

use async_trait::async_trait;

use super::StoreError;
use super::sign_ins::Once;
use crate::domain::sessions::{HandleHash, RefreshFamily, ServiceToken};
use crate::domain::terms::TokenTerms;

/// Tokens inside a unit. A family that was read stays as it is until the unit ends.
#[async_trait]
pub trait AppTokens {
    /// Adds a family.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_refresh_family(&mut self, family: &RefreshFamily) -> Result<(), StoreError>;

    /// The family of this handle.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn read_refresh_family(&mut self, handle: &HandleHash) -> Result<Option<RefreshFamily>, StoreError>;

    /// Makes another token the good one, on these terms from now on; [`Once::Again`] where that of `family` no longer is.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn rotate_refresh_token(
        &mut self,
        family: &RefreshFamily,
        next: &[u8; 32],
        terms: &TokenTerms,
    ) -> Result<Once, StoreError>;

    /// Ends one access token; [`Once::Again`] where it had ended.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn end_access_token(&mut self, handle: &HandleHash) -> Result<Once, StoreError>;

    /// Adds a token of an app that acts for nobody.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_service_token(&mut self, token: &ServiceToken) -> Result<(), StoreError>;

    /// The token of this handle.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn read_service_token(&mut self, handle: &HandleHash) -> Result<Option<ServiceToken>, StoreError>;

    /// Ends a token of an app that acts for nobody; [`Once::Again`] where it had ended.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn end_service_token(&mut self, handle: &HandleHash) -> Result<Once, StoreError>;
}
