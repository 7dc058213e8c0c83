//! The acts on second factors, all inside a unit: what they read is fresh and stays as it is until the
//! unit ends.
//!
//! Tables, in the portable types of the registry of statements (ids are the sixteen bytes of a UUID,
//! times microseconds):
//!
//! - `factors`, one row an [`Enrolled`]: `secret` and `last_step` are there for an authenticator app,
//!   `credential_id`, `record`, `counter` and `protection` for a passkey, and never both.
//!   `factors_credential_key` holds each credential to one row.
//! - `recovery_codes`, one row a code that has not been used.
//! - `mailed_codes`, one row a code that was sent; also a taken one stays until it is swept, since it
//!   counts among the sends.
//! - `factor_tallies`, one row a [`TallyKey`] by its text; refers to no guest and is swept.
//!
//! The first three go with their guest. Where several rows are held, the guest's comes first.

use async_trait::async_trait;

use super::StoreError;
use super::sign_ins::Once;
use crate::base::clock::Timestamp;
use crate::domain::factors::codes::{CodePurpose, MailedCode, MailedCodeId, RecoveryCode, RecoveryCodeId};
use crate::domain::factors::limits::{Tally, TallyKey};
use crate::domain::factors::{Enrolled, FactorId, FactorLabel, PasskeyMaterial};
use crate::domain::guests::GuestId;
use crate::domain::sessions::SessionId;

/// Enrolled factors, codes and tallies.
#[async_trait]
pub trait Factors {
    /// What a guest has enrolled, oldest first. Locks the guest's row, so that two enrolments at once
    /// cannot pass [`MAX_FACTORS`](crate::domain::factors::MAX_FACTORS).
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_factors(&mut self, guest: GuestId) -> Result<Vec<Enrolled>, StoreError>;

    /// One factor of a guest, its row locked; absent also where it is another guest's.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_factor(&mut self, guest: GuestId, id: FactorId) -> Result<Option<Enrolled>, StoreError>;

    /// Adds a confirmed factor, whose guest was locked by [`list_factors`](Self::list_factors).
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `factors_credential_key` where a passkey is enrolled already, by
    /// whomever; the unit may go on then. [`StoreError::Raced`] where the guest has gone.
    async fn insert_factor(&mut self, factor: &Enrolled) -> Result<(), StoreError>;

    /// Gives a factor another label; [`Once::Again`] where the guest has no such factor.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn rename_factor(&mut self, guest: GuestId, id: FactorId, label: &FactorLabel) -> Result<Once, StoreError>;

    /// Removes a factor; [`Once::Again`] where the guest has no such factor.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_factor(&mut self, guest: GuestId, id: FactorId) -> Result<Once, StoreError>;

    /// Removes every factor, recovery code and mailed code of a guest, and what its sessions remember of
    /// factors, and says how many factors there were: the next need asks for a new enrolment. Locks the guest's row, so that an enrolment at the
    /// same time is removed or comes after. Tallies stay.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn reset_factors(&mut self, guest: GuestId) -> Result<u64, StoreError>;

    /// Makes the sessions of a guest forget which second factors were passed in them, but for one.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn forget_factor_proofs(&mut self, guest: GuestId, but: Option<SessionId>) -> Result<(), StoreError>;

    /// Spends a time step, in one statement that asks whether it is later than the last one. The first
    /// of racing callers gets [`Once::First`]; a step at or before the last one gets [`Once::Again`], as
    /// does a factor that is no authenticator app or is there no more.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn remember_totp_step(&mut self, id: FactorId, step: i64, now: Timestamp) -> Result<Once, StoreError>;

    /// Notes that a passkey was used: record, counter and protection, in one statement that asks whether
    /// the counter rises or is zero before and after. [`Once::Again`] where it did not, as of two copies
    /// of a key that race. The credential's id stays as it is.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn advance_passkey(
        &mut self,
        id: FactorId,
        material: &PasskeyMaterial,
        now: Timestamp,
    ) -> Result<Once, StoreError>;

    /// Puts new recovery codes in the place of all that the guest had. Locks the guest's row, so that
    /// of two who do so at once the codes of one remain.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn replace_recovery_codes(&mut self, guest: GuestId, codes: &[RecoveryCode]) -> Result<(), StoreError>;

    /// The recovery codes that a guest has left, in the order of their ids, their rows locked.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_recovery_codes(&mut self, guest: GuestId) -> Result<Vec<RecoveryCode>, StoreError>;

    /// Takes a recovery code by deleting its row: the first caller gets [`Once::First`].
    ///
    /// # Errors
    /// [`StoreError`].
    async fn take_recovery_code(&mut self, id: RecoveryCodeId) -> Result<Once, StoreError>;

    /// Adds a code that is about to be sent, to a guest who was locked by
    /// [`list_mailed_code_sends`](Self::list_mailed_code_sends).
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_mailed_code(&mut self, code: &MailedCode) -> Result<(), StoreError>;

    /// When codes of a purpose were sent to a guest after `since`, taken ones included, oldest first. Locks the
    /// guest's row, so that two sends at once see each other. What is older than
    /// [`SEND_WINDOW`](crate::domain::factors::codes::SEND_WINDOW) may have been swept.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_mailed_code_sends(
        &mut self,
        guest: GuestId,
        purpose: CodePurpose,
        since: Timestamp,
    ) -> Result<Vec<Timestamp>, StoreError>;

    /// Counts a try of a mailed code and returns the code with it, in one statement. Absent where it was
    /// taken, swept, of another purpose or another guest's. The unit is committed also where the try then fails.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn count_mailed_code_try(
        &mut self,
        guest: GuestId,
        purpose: CodePurpose,
        id: MailedCodeId,
    ) -> Result<Option<MailedCode>, StoreError>;

    /// Takes a mailed code: the first caller gets [`Once::First`].
    ///
    /// # Errors
    /// [`StoreError`].
    async fn take_mailed_code(&mut self, id: MailedCodeId, now: Timestamp) -> Result<Once, StoreError>;

    /// The tally of a key, its row made where there is none ([`Tally::EMPTY`]) and locked until the unit
    /// ends. Callers lock in the order of [`tallies`](crate::domain::factors::limits::tallies).
    ///
    /// # Errors
    /// [`StoreError`].
    async fn lock_tally(&mut self, key: &TallyKey) -> Result<Tally, StoreError>;

    /// Writes a tally that was locked by [`lock_tally`](Self::lock_tally).
    ///
    /// # Errors
    /// [`StoreError`].
    async fn update_tally(&mut self, key: &TallyKey, tally: &Tally) -> Result<(), StoreError>;

    /// Empties a tally after a success.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn delete_tally(&mut self, key: &TallyKey) -> Result<(), StoreError>;
}
