//! Our own keys, sealed.

use super::{Read as _, statements};
use crate::domain::store::StoreError;
use crate::domain::store::upkeep::KeyRow;
use crate::keys::ring::{KeyPurpose, KeyState};
use crate::keys::signing::{KeyId, SignatureAlgorithm};
use crate::store::row::{Columns, FromColumns, word_of};
use crate::store::unit::Unit;
use crate::store::value::values;

const PURPOSES: &[(&str, KeyPurpose)] = &[
    ("oidc", KeyPurpose::Oidc),
    ("saml_signing", KeyPurpose::SamlSigning),
    ("saml_decryption", KeyPurpose::SamlDecryption),
    ("audit", KeyPurpose::Audit),
];
const STATES: &[(&str, KeyState)] =
    &[("next", KeyState::Next), ("current", KeyState::Current), ("previous", KeyState::Previous)];
const ALGORITHMS: &[(&str, SignatureAlgorithm)] = &[
    ("rsa_sha256", SignatureAlgorithm::RsaSha256),
    ("rsa_sha512", SignatureAlgorithm::RsaSha512),
    ("ecdsa_p256_sha256", SignatureAlgorithm::EcdsaP256Sha256),
];

statements! {
    LIST = "select id, purpose, algorithm, state, sealed_private, certificate, created_at
from keys
order by created_at, id";
    INSERT = "insert into keys (id, purpose, algorithm, state, sealed_private, certificate, created_at)
values ($1, $2, $3, $4, $5, $6, $7)";
}

pub(in crate::store) async fn list(unit: &mut Unit) -> Result<Vec<KeyRow>, StoreError> {
    unit.all(&LIST, values![]).await?.iter().map(|row| row.read("keys")).collect()
}

pub(in crate::store) async fn insert(unit: &mut Unit, key: &KeyRow) -> Result<(), StoreError> {
    let values = values![
        key.id,
        word_of(PURPOSES, &key.purpose),
        word_of(ALGORITHMS, &key.algorithm),
        word_of(STATES, &key.state),
        key.sealed_private.as_slice(),
        key.certificate.as_deref(),
        key.created_at,
    ];
    unit.attempt(&INSERT, values).await.map(drop)
}

impl FromColumns for KeyRow {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: KeyId::from_uuid(columns.key()?),
            purpose: columns.word("purpose", PURPOSES)?,
            algorithm: columns.word("algorithm", ALGORITHMS)?,
            state: columns.word("state", STATES)?,
            sealed_private: columns.bytes("sealed_private")?,
            certificate: columns.optional_bytes("certificate")?,
            created_at: columns.time("created_at")?,
        })
    }
}
