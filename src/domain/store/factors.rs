//! The acts on second factors, all inside a unit: what they read is fresh and stays as it is until the
//! unit ends.
//!
//! Tables, in the portable types of the registry of statements (times are microseconds):
//!
//! - `factors (id text primary key, guest_id text not null references guests on delete cascade, kind
//!   text not null, label text not null, secret blob, last_step bigint, credential_id blob, record
//!   blob, counter bigint, protection text, created_at bigint not null, used_at bigint)` with
//!   `factors_credential_key unique (credential_id)` and an index on `guest_id`.
//! - `recovery_codes (id text primary key, guest_id text not null references guests on delete cascade,
//!   mac blob not null, created_at bigint not null)` with an index on `guest_id`.
//! - `mailed_codes (id text primary key, guest_id text not null references guests on delete cascade,
//!   mac blob not null, sent_at bigint not null, tries bigint not null, taken_at bigint)` with an index
//!   on `(guest_id, sent_at)`; swept an hour after they were sent.
//! - `factor_tallies (key text primary key, level bigint not null, last_at bigint not null)`; swept
//!   after a week without a try.

use async_trait::async_trait;

use super::StoreError;
use super::sign_ins::Once;
use crate::base::clock::Timestamp;
use crate::domain::factors::codes::{MailedCode, MailedCodeId, RecoveryCode, RecoveryCodeId};
use crate::domain::factors::limits::{Tally, TallyKey};
use crate::domain::factors::{Enrolled, FactorId, FactorLabel, PasskeyMaterial};
use crate::domain::guests::GuestId;

/// Enrolled factors, codes and tallies.
#[async_trait]
pub trait Factors {
    /// What a guest has enrolled, oldest first. Locks the guest's row, so that two enrolments at once
    /// cannot pass [`MAX_FACTORS`](crate::domain::factors::MAX_FACTORS).
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_factors(&mut self, guest: GuestId) -> Result<Vec<Enrolled>, StoreError>;

    /// One factor of a guest; absent also where it is another guest's.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_factor(&mut self, guest: GuestId, id: FactorId) -> Result<Option<Enrolled>, StoreError>;

    /// Adds a confirmed factor.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `factors_credential_key` where a passkey is enrolled already, by
    /// whomever.
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

    /// Removes every factor, recovery code and mailed code of a guest and says how many factors there
    /// were: the next need asks for a new enrolment.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn reset_factors(&mut self, guest: GuestId) -> Result<u64, StoreError>;

    /// Spends a time step: `update factors set last_step = $2, used_at = $3 where id = $1 and last_step
    /// < $2`. The first of racing callers gets [`Once::First`]; a step at or before the last one gets
    /// [`Once::Again`].
    ///
    /// # Errors
    /// [`StoreError`].
    async fn remember_totp_step(&mut self, id: FactorId, step: i64, now: Timestamp) -> Result<Once, StoreError>;

    /// Notes that a passkey was used: `update factors set record = .., counter = $2, protection = ..,
    /// used_at = .. where id = $1 and (counter < $2 or (counter = 0 and $2 = 0))`. [`Once::Again`] where
    /// the counter did not rise, as of two copies of a key that race.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn advance_passkey(
        &mut self,
        id: FactorId,
        material: &PasskeyMaterial,
        now: Timestamp,
    ) -> Result<Once, StoreError>;

    /// Puts new recovery codes in the place of all that the guest had.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn replace_recovery_codes(&mut self, guest: GuestId, codes: &[RecoveryCode]) -> Result<(), StoreError>;

    /// The recovery codes that a guest has left.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_recovery_codes(&mut self, guest: GuestId) -> Result<Vec<RecoveryCode>, StoreError>;

    /// Takes a recovery code by deleting its row: the first caller gets [`Once::First`].
    ///
    /// # Errors
    /// [`StoreError`].
    async fn take_recovery_code(&mut self, id: RecoveryCodeId) -> Result<Once, StoreError>;

    /// Adds a code that is about to be sent.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_mailed_code(&mut self, code: &MailedCode) -> Result<(), StoreError>;

    /// When codes were sent to a guest after `since`. Locks the guest's row, so that two sends at once
    /// see each other.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn list_mailed_code_sends(&mut self, guest: GuestId, since: Timestamp) -> Result<Vec<Timestamp>, StoreError>;

    /// Counts a try of a mailed code and returns the code with it: `update mailed_codes set tries =
    /// tries + 1 where id = $1 and guest_id = $2 and taken_at is null returning ..`. Absent where it was
    /// taken, swept or is another guest's. The unit is committed also where the try then fails.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn count_mailed_code_try(
        &mut self,
        guest: GuestId,
        id: MailedCodeId,
    ) -> Result<Option<MailedCode>, StoreError>;

    /// Takes a mailed code: `update mailed_codes set taken_at = $2 where id = $1 and taken_at is null`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn take_mailed_code(&mut self, id: MailedCodeId, now: Timestamp) -> Result<Once, StoreError>;

    /// The tally of a key, its row made where there is none and locked until the unit ends: `insert ..
    /// values ($1, 0, 0) on conflict (key) do update set level = factor_tallies.level returning level,
    /// last_at`. Callers lock in the order of [`tallies`](crate::domain::factors::limits::tallies).
    ///
    /// # Errors
    /// [`StoreError`].
    async fn lock_tally(&mut self, key: &TallyKey) -> Result<Tally, StoreError>;

    /// Writes a tally that was locked.
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
