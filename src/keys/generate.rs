//! Self-signed certificates around our own keys, for SAML metadata and for development.

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, SerialNumber};
use rustls::pki_types::PrivatePkcs8KeyDer;
use time::OffsetDateTime;

use super::certificates::Certificate;
use super::signing::{SignError, SigningKey};
use crate::base::clock::Timestamp;
use crate::base::random::Random;

/// Makes a self-signed certificate for `key` with the common name `name`, valid from one day before
/// `now` (clocks differ) until `not_after`.
///
/// # Errors
/// [`SignError`] where the key cannot sign it.
pub fn self_signed(
    random: &dyn Random,
    key: &SigningKey,
    name: &str,
    now: Timestamp,
    not_after: Timestamp,
) -> Result<Certificate, SignError> {
    let pkcs8 = PrivatePkcs8KeyDer::from(key.pkcs8().expose().as_slice());
    let algorithm = match key.kind() {
        super::public::KeyKind::Rsa { .. } => &rcgen::PKCS_RSA_SHA256,
        super::public::KeyKind::P256 => &rcgen::PKCS_ECDSA_P256_SHA256,
        super::public::KeyKind::Ed25519 => return Err(SignError::Key),
    };
    let pair = KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8, algorithm).map_err(|_| SignError::Key)?;
    let mut params = CertificateParams::default();
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    params.distinguished_name = names;
    let mut serial = [0; 16];
    random.fill(&mut serial);
    serial[0] &= 0x7f;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    let day = std::time::Duration::from_secs(86_400);
    params.not_before = moment(now.minus(day))?;
    params.not_after = moment(not_after)?;
    let certificate = params.self_signed(&pair).map_err(|_| SignError::Failed)?;
    Certificate::from_der(certificate.der()).map_err(|_| SignError::Failed)
}

fn moment(time: Timestamp) -> Result<OffsetDateTime, SignError> {
    OffsetDateTime::from_unix_timestamp(time.seconds()).map_err(|_| SignError::Failed)
}
