//! Writing an EncryptedAssertion, which takes the place of an assertion in a Response.
//!
//! # Source
//! SAML Core 2.3.4 and 6.

use crate::base::random::Random;
use crate::keys::certificates::Certificate;
use crate::keys::oaep::Oaep;
use crate::saml::names::ASSERTION;
use crate::xmlsig::content_cipher::ContentCipher;
use crate::xmlsig::encrypt::{self, EncryptError, encrypt};
use crate::xmlsig::write::{Name, XmlWriter};

/// The ciphers in which we write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenCipher {
    /// AES-256-GCM.
    Aes256Gcm,
    /// AES-128-GCM.
    Aes128Gcm,
}

impl WrittenCipher {
    /// The same among the ciphers that are read.
    #[must_use]
    pub const fn cipher(self) -> ContentCipher {
        match self {
            Self::Aes256Gcm => ContentCipher::Aes256Gcm,
            Self::Aes128Gcm => ContentCipher::Aes128Gcm,
        }
    }
}

/// For whom an assertion is encrypted, and how.
#[derive(Debug, Clone, Copy)]
pub struct Receiver<'a> {
    /// The certificate around the receiver's key.
    pub certificate: &'a Certificate,
    /// The cipher of the content.
    pub cipher: WrittenCipher,
    /// How the content key is wrapped.
    pub oaep: Oaep,
}

/// The EncryptedAssertion of the whole text of an assertion, under a fresh key.
///
/// # Errors
/// [`EncryptError`].
pub fn encrypted_assertion(
    whole_assertion: &str,
    receiver: Receiver<'_>,
    random: &dyn Random,
) -> Result<String, EncryptError> {
    let Receiver { certificate, cipher, oaep } = receiver;
    let receiver = encrypt::Receiver { certificate, cipher: cipher.cipher(), oaep };
    let data = encrypt(whole_assertion, receiver, random)?;
    let mut writer = XmlWriter::new();
    writer.start(Name::new("saml", ASSERTION, "EncryptedAssertion")).element(&data).end();
    writer.finish().map_err(|_| EncryptError)
}
