//! What keeps the installation itself: pins, key check, our own keys, sweeping.

use async_trait::async_trait;

use super::StoreError;
use crate::base::clock::Timestamp;
use crate::keys::ring::{KeyPurpose, KeyState};
use crate::keys::signing::{KeyId, SignatureAlgorithm};

/// The pinned row of the installation, secrets sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallationRow {
    /// `organization.id`.
    pub organization_id: String,
    /// `organization.domain`.
    pub organization_domain: String,
    /// `public_url`.
    pub public_url: String,
    /// The salt of subjects, sealed.
    pub sealed_subject_salt: Vec<u8>,
    /// A known text, sealed: shows whether the secret key is the right one.
    pub sealed_key_check: Vec<u8>,
}

/// One of our own keys as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its name and `kid`.
    pub id: KeyId,
    /// What it is for.
    pub purpose: KeyPurpose,
    /// What it signs with unless another is asked for; tells the kinds of keys apart.
    pub algorithm: SignatureAlgorithm,
    /// Where it stands.
    pub state: KeyState,
    /// PKCS#8, sealed.
    pub sealed_private: Vec<u8>,
    /// The certificate in DER, for SAML.
    pub certificate: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How many rows a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Sessions.
    pub sessions: u64,
    /// Codes.
    pub codes: u64,
    /// Access tokens and tokens of apps that act for nobody.
    pub tokens: u64,
    /// Families of refresh tokens.
    pub refresh_tokens: u64,
    /// Attempts and replay memory.
    pub attempts: u64,
    /// Codes that were sent by mail.
    pub mailed_codes: u64,
    /// Tallies of tries.
    pub tallies: u64,
    /// Jobs that invited the rows of a file, after their history, and files that nobody has confirmed.
    pub bulk_jobs: u64,
    /// Mails that were sent or given up.
    pub mails: u64,
    /// Answers that were kept for requests that come again.
    pub answers: u64,
}

/// Upkeep inside a unit.
#[async_trait]
pub trait Upkeep {
    /// The pinned row, absent for an empty database.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn installation(&mut self) -> Result<Option<InstallationRow>, StoreError>;

    /// Pins the installation; only the first of several nodes that start together succeeds, the others
    /// get [`StoreError::Taken`] with `installation_pkey` or [`StoreError::Raced`].
    ///
    /// # Errors
    /// [`StoreError`].
    async fn pin_installation(&mut self, row: &InstallationRow) -> Result<(), StoreError>;

    /// Our own keys.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn keys(&mut self) -> Result<Vec<KeyRow>, StoreError>;

    /// Adds a key of ours.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with `keys_one_current` where another is current for the same purpose and algorithm.
    async fn insert_key(&mut self, key: &KeyRow) -> Result<(), StoreError>;

    /// Removes what has ended before `now`: tokens, attempts, replay memory; expired codes without a token
    /// that lives, of those issued before `codes_since`; sessions used last before `idle_since`, begun
    /// before `begun_since`, or limited by their partner to a time before; mailed codes that were sent
    /// [`SEND_WINDOW`](crate::domain::factors::codes::SEND_WINDOW) ago, and tallies without a try for
    /// [`TALLY_KEPT`](crate::domain::factors::limits::TALLY_KEPT). At most `limit` rows of each.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn sweep(
        &mut self,
        now: Timestamp,
        idle_since: Timestamp,
        begun_since: Timestamp,
        codes_since: Timestamp,
        limit: u32,
    ) -> Result<Swept, StoreError>;
}
