//! Decryption: what is inside is a document of its own, which no signature covers unless one covers the
//! ciphertext.
//!
//! Nothing that is learnt from what happens here helps against a message that somebody else encrypted:
//! every failure once a key is in use is [`EncryptionError::Undecryptable`], every message costs the same
//! number of private operations, and a cipher that does not notice alterations is opened only where a
//! signature covers it, which was verified before.
//!
//! # Source
//! XML Encryption 1.1 4.3; the attacks are those of RFC 8017 7.1.2 and XML Encryption
//! 1.1 6.1.

use super::content_cipher::Integrity;
use super::dom::{Document, Element};
use super::encrypted_data::{self, Ciphertext};
use super::encryption_error::EncryptionError;
use super::limits::Limits;
use super::verify::{Seal, VerifiedElement};
use crate::base::secret::SecretBytes;
use crate::keys::oaep::{DecryptionKeys, Oaep};

/// Octets that were encrypted.
pub struct Plaintext {
    octets: SecretBytes,
    seal: Option<Seal>,
}

impl std::fmt::Debug for Plaintext {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Plaintext").field("seal", &self.seal).finish_non_exhaustive()
    }
}

/// What was encrypted, as a document.
#[derive(Debug)]
pub struct Decrypted<'input> {
    document: Document<'input>,
    seal: Option<Seal>,
}

/// Opens the EncryptedData in `wrapper`. `around` is the verified element in which `wrapper` stands
/// directly, where there is one: its signature covers what is inside too, and its ciphers may be those
/// that prove nothing themselves.
///
/// # Errors
/// [`EncryptionError`].
pub fn decrypt(
    wrapper: Element<'_, '_>,
    around: Option<&VerifiedElement<'_, '_>>,
    recipient: &str,
    keys: &DecryptionKeys,
) -> Result<Plaintext, EncryptionError> {
    let around = around.filter(|around| around.element().children().any(|child| child == wrapper));
    let read = encrypted_data::read(wrapper, recipient).and_then(|ciphertext| match ciphertext.cipher.integrity() {
        Integrity::Malleable if around.is_none() => Err(EncryptionError::CbcUnsigned),
        _ => Ok(ciphertext),
    });
    match read {
        Ok(ciphertext) => {
            let octets = open(&ciphertext, keys).ok_or(EncryptionError::Undecryptable)?;
            Ok(Plaintext { octets, seal: around.map(VerifiedElement::seal) })
        }
        Err(fault) => {
            // What is refused for its looks costs what everything costs.
            let _ = keys.unwrap(Oaep::Sha256, &[], 32);
            Err(fault)
        }
    }
}

fn open(ciphertext: &Ciphertext, keys: &DecryptionKeys) -> Option<SecretBytes> {
    let Ciphertext { cipher, content, oaep, wrapped } = ciphertext;
    let content_key = keys.unwrap(*oaep, wrapped, cipher.key_length())?;
    cipher.open(content_key.expose(), content).map(SecretBytes::new)
}

/// The pair of RSA-OAEP that an EncryptionMethod names, where it is one that exists here.
#[must_use]
pub fn oaep_of(method: Element<'_, '_>) -> Option<Oaep> {
    encrypted_data::read_oaep(method).ok()
}

impl Plaintext {
    /// Reads it as a message, by the limits of every message and without anything of the document in which
    /// it was encrypted: a prefix that is declared there alone is not declared here.
    ///
    /// # Errors
    /// [`EncryptionError::Undecryptable`]; why exactly is not told, since the answer to that is what attacks
    /// on padding live on.
    pub fn document(&self) -> Result<Decrypted<'_>, EncryptionError> {
        let document =
            Document::parse(self.octets.expose(), &Limits::MESSAGE).map_err(|_| EncryptionError::Undecryptable)?;
        Ok(Decrypted { document, seal: self.seal })
    }
}

impl<'input> Decrypted<'input> {
    /// The document. Nothing in it is proven.
    #[must_use]
    pub const fn document(&self) -> &Document<'input> {
        &self.document
    }

    /// Its root, where a verified signature covers the ciphertext.
    #[must_use]
    pub fn verified(&self) -> Option<VerifiedElement<'_, 'input>> {
        self.seal.map(|seal| VerifiedElement::of_plaintext(self.document.root(), seal))
    }
}

#[cfg(test)]
mod tests;
