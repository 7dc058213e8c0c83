//! The acts on second factors.

use async_trait::async_trait;

use super::{Unit, sql};
use crate::base::clock::Timestamp;
use crate::domain::factors::codes::{CodePurpose, MailedCode, MailedCodeId, RecoveryCode, RecoveryCodeId};
use crate::domain::factors::limits::{Tally, TallyKey};
use crate::domain::factors::{Enrolled, FactorId, FactorLabel, PasskeyMaterial};
use crate::domain::guests::GuestId;
use crate::domain::sessions::SessionId;
use crate::domain::store::StoreError;
use crate::domain::store::factors::Factors;
use crate::domain::store::sign_ins::Once;

#[async_trait]
impl Factors for Unit {
    async fn list_factors(&mut self, guest: GuestId) -> Result<Vec<Enrolled>, StoreError> {
        sql::factors::list(self, guest).await
    }

    async fn find_factor(&mut self, guest: GuestId, id: FactorId) -> Result<Option<Enrolled>, StoreError> {
        sql::factors::find(self, guest, id).await
    }

    async fn insert_factor(&mut self, factor: &Enrolled) -> Result<(), StoreError> {
        sql::factors::insert(self, factor).await
    }

    async fn rename_factor(&mut self, guest: GuestId, id: FactorId, label: &FactorLabel) -> Result<Once, StoreError> {
        sql::factors::rename(self, guest, id, label).await
    }

    async fn delete_factor(&mut self, guest: GuestId, id: FactorId) -> Result<Once, StoreError> {
        sql::factors::delete(self, guest, id).await
    }

    async fn reset_factors(&mut self, guest: GuestId) -> Result<u64, StoreError> {
        // Enrolments and sends hold this row until what they add is there to be found.
        sql::guests::lock(self, guest).await?;
        sql::recovery_codes::delete_all(self, guest).await?;
        sql::mailed_codes::delete_all(self, guest).await?;
        sql::sessions::forget_factors(self, guest, None).await?;
        sql::factors::delete_all(self, guest).await
    }

    async fn forget_factor_proofs(&mut self, guest: GuestId, but: Option<SessionId>) -> Result<(), StoreError> {
        sql::sessions::forget_factors(self, guest, but).await
    }

    async fn remember_totp_step(&mut self, id: FactorId, step: i64, now: Timestamp) -> Result<Once, StoreError> {
        sql::factors::remember_step(self, id, step, now).await
    }

    async fn advance_passkey(
        &mut self,
        id: FactorId,
        material: &PasskeyMaterial,
        now: Timestamp,
    ) -> Result<Once, StoreError> {
        sql::factors::advance(self, id, material, now).await
    }

    async fn replace_recovery_codes(&mut self, guest: GuestId, codes: &[RecoveryCode]) -> Result<(), StoreError> {
        sql::recovery_codes::replace(self, guest, codes).await
    }

    async fn list_recovery_codes(&mut self, guest: GuestId) -> Result<Vec<RecoveryCode>, StoreError> {
        sql::recovery_codes::list(self, guest).await
    }

    async fn take_recovery_code(&mut self, id: RecoveryCodeId) -> Result<Once, StoreError> {
        sql::recovery_codes::take(self, id).await
    }

    async fn insert_mailed_code(&mut self, code: &MailedCode) -> Result<(), StoreError> {
        sql::mailed_codes::insert(self, code).await
    }

    async fn list_mailed_code_sends(
        &mut self,
        guest: GuestId,
        purpose: CodePurpose,
        since: Timestamp,
    ) -> Result<Vec<Timestamp>, StoreError> {
        sql::mailed_codes::list_sends(self, guest, purpose, since).await
    }

    async fn count_mailed_code_try(
        &mut self,
        guest: GuestId,
        purpose: CodePurpose,
        id: MailedCodeId,
    ) -> Result<Option<MailedCode>, StoreError> {
        sql::mailed_codes::count_try(self, guest, purpose, id).await
    }

    async fn take_mailed_code(&mut self, id: MailedCodeId, now: Timestamp) -> Result<Once, StoreError> {
        sql::mailed_codes::take(self, id, now).await
    }

    async fn lock_tally(&mut self, key: &TallyKey) -> Result<Tally, StoreError> {
        sql::tallies::lock(self, key).await
    }

    async fn update_tally(&mut self, key: &TallyKey, tally: &Tally) -> Result<(), StoreError> {
        sql::tallies::update(self, key, tally).await
    }

    async fn delete_tally(&mut self, key: &TallyKey) -> Result<(), StoreError> {
        sql::tallies::delete(self, key).await
    }
}
