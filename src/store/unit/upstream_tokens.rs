//! The refresh tokens that partners gave us.

use async_trait::async_trait;

use super::Unit;
use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;
use crate::domain::partners::{PartnerId, UpstreamToken};
use crate::domain::sessions::SessionId;
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::domain::store::upstream_tokens::UpstreamTokens;
use crate::store::sql;

#[async_trait]
impl UpstreamTokens for Unit {
    async fn insert_upstream_token(&mut self, token: &UpstreamToken) -> Result<(), StoreError> {
        sql::upstream_tokens::insert(self, token).await
    }

    async fn find_upstream_token(&mut self, session: SessionId) -> Result<Option<UpstreamToken>, StoreError> {
        sql::upstream_tokens::find(self, session).await
    }

    async fn take_turn(&mut self, session: SessionId, now: Timestamp, until: Timestamp) -> Result<Once, StoreError> {
        sql::upstream_tokens::take_turn(self, session, now, until).await
    }

    async fn update_upstream_token(&mut self, token: &UpstreamToken) -> Result<Once, StoreError> {
        sql::upstream_tokens::update(self, token).await
    }

    async fn note_home_reader(&mut self, session: SessionId) -> Result<(), StoreError> {
        sql::upstream_tokens::note_reader(self, session).await
    }

    async fn has_read_home(
        &mut self,
        guest: GuestId,
        partner: PartnerId,
        idle_since: Timestamp,
        begun_since: Timestamp,
    ) -> Result<bool, StoreError> {
        sql::upstream_tokens::has_reader(self, guest, partner, idle_since, begun_since).await
    }
}
