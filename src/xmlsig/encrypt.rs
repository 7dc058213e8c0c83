//! Encryption: a whole element under a fresh key, which is wrapped for the receiver.
//!
//! # Source
//! XML Encryption 1.1 4.2, SAML Core 6.1.

use super::content_cipher::ContentCipher;
use super::encrypted_data::{MGF1_SHA256, OAEP_MGF1P, OAEP_NAMED, SHA1, SHA256, TYPE_ELEMENT};
use super::names::{DSIG, XENC, XENC11};
use super::write::{Name, XmlWriter};
use crate::base::encoding::base64;
use crate::base::random::Random;
use crate::base::secret::SecretBytes;
use crate::keys::certificates::Certificate;
use crate::keys::oaep::{Oaep, wrap};

/// For whom something is encrypted, and how.
#[derive(Debug, Clone, Copy)]
pub struct Receiver<'a> {
    /// The certificate around the receiver's key.
    pub certificate: &'a Certificate,
    /// The cipher of the content, one of AES-GCM.
    pub cipher: ContentCipher,
    /// How the content key is wrapped.
    pub oaep: Oaep,
}

/// Something could not be encrypted: the key is no RSA key, or the cipher is one that is only read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing can be encrypted for this receiver")]
pub struct EncryptError;

/// The EncryptedData of `element`, with the wrapped key in it. **Shape**: `element` is the text of one
/// element that declares every prefix that it uses, as [`XmlWriter`] and
/// [`ToSign`](super::sign::ToSign) make it.
///
/// # Errors
/// [`EncryptError`].
pub fn encrypt(element: &str, receiver: Receiver<'_>, random: &dyn Random) -> Result<String, EncryptError> {
    let Receiver { certificate, cipher, oaep } = receiver;
    let mut content_key = vec![0; cipher.key_length()];
    random.fill(&mut content_key);
    let content_key = SecretBytes::new(content_key);
    let content = cipher.seal(random, content_key.expose(), element.as_bytes()).ok_or(EncryptError)?;
    let wrapped = wrap(certificate, oaep, content_key.expose()).map_err(|_| EncryptError)?;

    let mut writer = XmlWriter::new();
    writer.start(xenc("EncryptedData")).attribute("Type", TYPE_ELEMENT);
    writer.start(xenc("EncryptionMethod")).attribute("Algorithm", cipher.uri()).end();
    writer.start(ds("KeyInfo")).start(xenc("EncryptedKey"));
    writer.start(xenc("EncryptionMethod"));
    write_oaep(&mut writer, oaep);
    writer.end();
    // The receiver finds its key by the certificate, where it has several.
    writer.start(ds("KeyInfo")).start(ds("X509Data")).leaf(ds("X509Certificate"), &base64(certificate.der()));
    writer.end().end();
    write_value(&mut writer, &wrapped);
    writer.end().end();
    write_value(&mut writer, &content);
    writer.end();
    writer.finish().map_err(|_| EncryptError)
}

/// Fills the EncryptionMethod that was just opened, in a message or in metadata.
pub fn write_oaep(writer: &mut XmlWriter, oaep: Oaep) {
    match oaep {
        Oaep::Sha1 => {
            writer.attribute("Algorithm", OAEP_MGF1P);
            writer.start(ds("DigestMethod")).attribute("Algorithm", SHA1).end();
        }
        Oaep::Sha256 => {
            writer.attribute("Algorithm", OAEP_NAMED);
            writer.start(ds("DigestMethod")).attribute("Algorithm", SHA256).end();
            writer.start(Name::new("xenc11", XENC11, "MGF")).attribute("Algorithm", MGF1_SHA256).end();
        }
    }
}

fn write_value(writer: &mut XmlWriter, octets: &[u8]) {
    writer.start(xenc("CipherData")).leaf(xenc("CipherValue"), &base64(octets)).end();
}

const fn xenc(local: &'static str) -> Name {
    Name::new("xenc", XENC, local)
}

const fn ds(local: &'static str) -> Name {
    Name::new("ds", DSIG, local)
}
