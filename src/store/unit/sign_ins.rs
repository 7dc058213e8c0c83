//! The acts of a sign-in.

use async_trait::async_trait;

use super::{Unit, sql};
use crate::base::clock::Timestamp;
use crate::domain::apps::{App, AppId};
use crate::domain::attempts::AttemptId;
use crate::domain::authentication::{Identity, OnceKey};
use crate::domain::factors::proof::FactorProof;
use crate::domain::grants::{Grant, SessionReading, SignInReading};
use crate::domain::groups::GroupId;
use crate::domain::guests::{Guest, GuestId};
use crate::domain::holders::{Holding, LookUp};
use crate::domain::mail::MailAddress;
use crate::domain::notices::SignedOut;
use crate::domain::partners::{Partner, PartnerId};
use crate::domain::sessions::{AccessToken, Code, CodeId, HandleHash, Session, SessionId};
use crate::domain::store::StoreError;
use crate::domain::store::objects::Provenance;
use crate::domain::store::sign_ins::{Once, SignIns, TakenCode};

#[async_trait]
impl SignIns for Unit {
    async fn take_attempt(&mut self, id: AttemptId, until: Timestamp) -> Result<Once, StoreError> {
        sql::attempts::take(self, id, until).await
    }

    async fn remember_once(&mut self, key: &OnceKey) -> Result<Once, StoreError> {
        sql::attempts::remember(self, key).await
    }

    async fn read_sign_in(
        &mut self,
        partner: PartnerId,
        app: AppId,
        identity: &Identity,
    ) -> Result<SignInReading, StoreError> {
        sql::grants::read_sign_in(self, partner, app, identity).await
    }

    async fn read_guest_by_mail(
        &mut self,
        mail: &MailAddress,
        app: AppId,
    ) -> Result<Option<(Guest, Grant)>, StoreError> {
        sql::grants::read_guest_by_mail(self, mail, app).await
    }

    async fn holdings(&mut self, look_up: &LookUp) -> Result<Vec<Holding>, StoreError> {
        sql::holders::holdings(self, look_up).await
    }

    async fn read_session(&mut self, handle: &HandleHash, app: AppId) -> Result<Option<SessionReading>, StoreError> {
        sql::sessions::read(self, handle, app).await
    }

    async fn read_session_by_id(&mut self, id: SessionId, app: AppId) -> Result<Option<SessionReading>, StoreError> {
        sql::sessions::read_by_id(self, id, app).await
    }

    async fn read_partner(&mut self, id: PartnerId) -> Result<Option<Partner>, StoreError> {
        sql::partners::fresh(self, id).await
    }

    async fn read_app(&mut self, id: AppId) -> Result<Option<App>, StoreError> {
        sql::apps::fresh(self, id).await
    }

    async fn apps_open_to(&mut self, guest: GuestId) -> Result<Vec<AppId>, StoreError> {
        sql::grants::apps_open_to(self, guest).await
    }

    async fn groups_of(&mut self, guest: GuestId, limit: u32) -> Result<Vec<GroupId>, StoreError> {
        sql::grants::groups_of(self, guest, limit).await
    }

    async fn insert_guest(&mut self, guest: &Guest, provenance: Provenance) -> Result<(), StoreError> {
        sql::guests::insert(self, guest, provenance).await
    }

    async fn bind_guest(&mut self, guest: &Guest) -> Result<Once, StoreError> {
        sql::guests::bind(self, guest).await
    }

    async fn update_guest_names(&mut self, guest: &Guest) -> Result<(), StoreError> {
        sql::guests::update_names(self, guest).await
    }

    async fn insert_session(&mut self, session: &Session) -> Result<(), StoreError> {
        sql::sessions::insert(self, session).await
    }

    async fn touch_session(&mut self, id: SessionId, used_at: Timestamp) -> Result<(), StoreError> {
        sql::sessions::touch(self, id, used_at).await
    }

    async fn add_factor_proof(
        &mut self,
        id: SessionId,
        proof: &FactorProof,
        handle: &HandleHash,
    ) -> Result<Once, StoreError> {
        sql::sessions::add_factor_proof(self, id, proof, handle).await
    }

    async fn end_session(&mut self, id: SessionId, _now: Timestamp) -> Result<Once, StoreError> {
        sql::session_ends::one(self, id).await
    }

    async fn end_signed_out(
        &mut self,
        partner: PartnerId,
        whose: &SignedOut,
    ) -> Result<Vec<(SessionId, GuestId)>, StoreError> {
        sql::session_ends::signed_out(self, partner, whose).await
    }

    async fn insert_code(&mut self, code: &Code) -> Result<(), StoreError> {
        sql::codes::insert(self, code).await
    }

    async fn take_code(&mut self, handle: &HandleHash, now: Timestamp) -> Result<TakenCode, StoreError> {
        sql::codes::take(self, handle, now).await
    }

    async fn insert_access_token(&mut self, token: &AccessToken) -> Result<(), StoreError> {
        sql::tokens::insert(self, token).await
    }

    async fn end_tokens_of_code(&mut self, code: CodeId, session: SessionId) -> Result<u64, StoreError> {
        sql::tokens::end_of_code(self, code, session).await
    }

    async fn insert_attempt(
        &mut self,
        id: AttemptId,
        handle: &HandleHash,
        sealed: &[u8],
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        sql::attempts::insert_row(self, id, handle, sealed, expires_at).await
    }

    async fn take_attempt_row(
        &mut self,
        handle: &HandleHash,
        now: Timestamp,
    ) -> Result<Option<(AttemptId, Vec<u8>)>, StoreError> {
        sql::attempts::take_row(self, handle, now).await
    }

    async fn find_attempt_row(
        &mut self,
        handle: &HandleHash,
        now: Timestamp,
    ) -> Result<Option<(AttemptId, Vec<u8>)>, StoreError> {
        sql::attempts::find_row(self, handle, now).await
    }
}
