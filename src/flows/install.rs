//! What a node does before it serves: open the secrets of the database, refuse a silent change of
//! what is pinned, and make the keys that are missing.

use std::time::Duration;

use crate::base::clock::{Clock, Timestamp};
use crate::base::random::Random;
use crate::base::sealing::{Purpose, Sealer};
use crate::base::secret::SecretBytes;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::organization::{Organization, PublicUrl};
use crate::domain::store::upkeep::{InstallationRow, KeyRow};
use crate::domain::store::{Store, StoreError};
use crate::keys::certificates::Certificate;
use crate::keys::generate::self_signed;
use crate::keys::public::PublicKey;
use crate::keys::ring::{KeyPurpose, KeyState, RingKey};
use crate::keys::signing::{KeyId, SignError, SigningKey};

const CHECK_TEXT: &[u8] = b"entente";
const CHECK_PLACE: &[u8] = b"installation.key_check";
const SALT_PLACE: &[u8] = b"installation.subject_salt";
/// How long the certificate around a SAML key is valid; the key's rotation is what counts.
const CERTIFICATE_LIFE: Duration = Duration::from_secs(10 * 365 * 86_400);
/// How often several nodes that start together may trip over one another.
const MAX_TRIES: u32 = 8;

/// Why a node does not start.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The secret key is not the one that the database was made with.
    #[error(
        "`secrets.key` does not open this database: give the key that it was made with, in `secrets.key` or `secrets.previous`"
    )]
    WrongKey,
    /// A pinned value differs.
    #[error(
        "`{setting}` is pinned to `{pinned}` in this database and configured as `{configured}`: set it back, or use another database"
    )]
    Pinned {
        /// The setting.
        setting: &'static str,
        /// What the database has.
        pinned: String,
        /// What is configured.
        configured: String,
    },
    /// A key of ours cannot be made or read.
    #[error("key `{id}` of this database cannot be used: {error}")]
    Key {
        /// Which.
        id: String,
        /// Why.
        error: SignError,
    },
}

/// What must hold of an installation.
#[derive(Debug, Clone, Copy)]
pub struct Pins<'a> {
    /// Who runs it.
    pub organization: &'a Organization,
    /// Where it is reached.
    pub public_url: &'a PublicUrl,
}

/// Opens the pinned row, or writes it for an empty database, and returns the salt of subjects.
///
/// # Errors
/// [`InstallError`].
pub async fn open_installation(
    store: &dyn Store,
    sealer: &Sealer,
    random: &dyn Random,
    pins: Pins<'_>,
) -> Result<SecretBytes, InstallError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let mut unit = store.unit_of_work().await?;
        if let Some(row) = unit.installation().await? {
            return check(&row, sealer, pins);
        }
        let mut salt = vec![0; 32];
        random.fill(&mut salt);
        let row = InstallationRow {
            organization_id: pins.organization.id.to_string(),
            organization_domain: pins.organization.domain.as_str().to_owned(),
            public_url: pins.public_url.as_str().to_owned(),
            sealed_subject_salt: seal(sealer, random, SALT_PLACE, &salt)?,
            sealed_key_check: seal(sealer, random, CHECK_PLACE, CHECK_TEXT)?,
        };
        let pinned = match unit.pin_installation(&row).await {
            Ok(()) => unit.commit().await,
            Err(error) => Err(error),
        };
        match pinned {
            Ok(()) => return Ok(SecretBytes::new(salt)),
            Err(StoreError::Taken { .. } | StoreError::Raced) if tries < MAX_TRIES => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Checks what is pinned without writing anything; `None` for an empty database.
///
/// # Errors
/// [`InstallError`].
pub async fn check_installation(
    store: &dyn Store,
    sealer: &Sealer,
    pins: Pins<'_>,
) -> Result<Option<SecretBytes>, InstallError> {
    let row = store.unit_of_work().await?.installation().await?;
    row.map(|row| check(&row, sealer, pins)).transpose()
}

fn check(row: &InstallationRow, sealer: &Sealer, pins: Pins<'_>) -> Result<SecretBytes, InstallError> {
    let opened = sealer.open(Purpose::KeyCheck, CHECK_PLACE, &row.sealed_key_check);
    if opened.as_deref() != Ok(CHECK_TEXT) {
        return Err(InstallError::WrongKey);
    }
    let pinned = |setting, pinned: &str, configured: &str| {
        if pinned == configured {
            Ok(())
        } else {
            Err(InstallError::Pinned { setting, pinned: pinned.to_owned(), configured: configured.to_owned() })
        }
    };
    pinned("organization.id", &row.organization_id, &pins.organization.id.to_string())?;
    pinned("organization.domain", &row.organization_domain, pins.organization.domain.as_str())?;
    pinned("public_url", &row.public_url, pins.public_url.as_str())?;
    let salt = sealer.open(Purpose::KeyCheck, SALT_PLACE, &row.sealed_subject_salt);
    salt.map(SecretBytes::new).map_err(|_| InstallError::WrongKey)
}

fn seal(sealer: &Sealer, random: &dyn Random, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, InstallError> {
    sealer.seal(random, Purpose::KeyCheck, place, plain).map_err(|_| InstallError::WrongKey)
}

/// The keys that every installation has: what they are for, and how one is made.
const WANTED: [(KeyPurpose, Kind); 5] = [
    (KeyPurpose::Oidc, Kind::Rsa),
    (KeyPurpose::Oidc, Kind::P256),
    (KeyPurpose::SamlSigning, Kind::Rsa),
    (KeyPurpose::SamlDecryption, Kind::Rsa),
    (KeyPurpose::Audit, Kind::P256),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rsa,
    P256,
}

/// Opens our keys and makes those that are missing. Of several nodes that start together one makes
/// them, the others find them.
///
/// # Errors
/// [`InstallError`].
pub async fn open_keys(
    store: &dyn Store,
    sealer: &Sealer,
    clock: &dyn Clock,
    random: &dyn Random,
    public_url: &PublicUrl,
) -> Result<Vec<RingKey>, InstallError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match make_missing(store, sealer, clock.now(), random, public_url).await {
            Ok(()) => break,
            Err(InstallError::Store(StoreError::Taken { .. } | StoreError::Raced)) if tries < MAX_TRIES => {}
            Err(error) => return Err(error),
        }
    }
    read_keys(store, sealer).await
}

/// Opens our keys and makes none, for commands that write nothing.
///
/// # Errors
/// [`InstallError`].
pub async fn read_keys(store: &dyn Store, sealer: &Sealer) -> Result<Vec<RingKey>, InstallError> {
    let rows = store.unit_of_work().await?.keys().await?;
    rows.iter().map(|row| open_key(row, sealer)).collect()
}

async fn make_missing(
    store: &dyn Store,
    sealer: &Sealer,
    now: Timestamp,
    random: &dyn Random,
    public_url: &PublicUrl,
) -> Result<(), InstallError> {
    let known = read_keys(store, sealer).await?;
    let has = |purpose, kind| {
        let fits =
            |key: &&RingKey| key.purpose == purpose && key.state == KeyState::Current && kind_of(&key.key) == kind;
        known.iter().any(|key| fits(&key))
    };
    for (purpose, kind) in WANTED.into_iter().filter(|(purpose, kind)| !has(*purpose, *kind)) {
        let id = KeyId::new(now, random);
        let unusable = |error| InstallError::Key { id: id.to_string(), error };
        let key = match kind {
            Kind::Rsa => SigningKey::generate_rsa(),
            Kind::P256 => SigningKey::generate_p256(),
        }
        .map_err(unusable)?;
        let certificate = match purpose {
            KeyPurpose::Oidc | KeyPurpose::Audit => None,
            KeyPurpose::SamlSigning | KeyPurpose::SamlDecryption => {
                Some(self_signed(random, &key, public_url.host(), now, now.plus(CERTIFICATE_LIFE)).map_err(unusable)?)
            }
        };
        let sealed_private = sealer
            .seal(random, Purpose::DatabaseSecret, &key_place(id), key.pkcs8().expose())
            .map_err(|_| InstallError::WrongKey)?;
        let certificate = certificate.map(|certificate| certificate.der().to_vec());
        let algorithm = key.default_algorithm();
        let state = KeyState::Current;
        let row = KeyRow { id, purpose, algorithm, state, sealed_private, certificate, created_at: now };
        let mut entry = AuditEntry::new(AuditId::new(now, random), now, Activity::KeyAdded, Actor::System);
        entry.details.push(("key", id.to_string()));
        let mut unit = store.unit_of_work().await?;
        unit.insert_key(&row).await?;
        unit.append_audit(&entry).await?;
        unit.commit().await?;
    }
    Ok(())
}

fn kind_of(key: &SigningKey) -> Kind {
    match key.kind() {
        crate::keys::public::KeyKind::Rsa { .. } => Kind::Rsa,
        // No key of ours is Ed25519.
        crate::keys::public::KeyKind::P256 | crate::keys::public::KeyKind::Ed25519 => Kind::P256,
    }
}

fn key_place(id: KeyId) -> Vec<u8> {
    [b"keys.", id.as_bytes().as_slice()].concat()
}

fn open_key(row: &KeyRow, sealer: &Sealer) -> Result<RingKey, InstallError> {
    let unusable = |error| InstallError::Key { id: row.id.to_string(), error };
    let pkcs8 = sealer.open(Purpose::DatabaseSecret, &key_place(row.id), &row.sealed_private);
    let key = SigningKey::from_pkcs8(SecretBytes::new(pkcs8.map_err(|_| InstallError::WrongKey)?)).map_err(unusable)?;
    let spki = key.spki().map_err(unusable)?;
    let public = PublicKey::from_spki(&spki).map_err(|_| unusable(SignError::Key))?;
    let certificate = row.certificate.as_deref().map(Certificate::from_der).transpose();
    let certificate = certificate.map_err(|_| unusable(SignError::Key))?;
    Ok(RingKey {
        id: row.id,
        purpose: row.purpose,
        state: row.state,
        key,
        public,
        certificate,
        created_at: row.created_at,
    })
}
