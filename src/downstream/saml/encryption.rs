//! Encryption toward SAML apps: to which key, and how.
//!
//! # Source
//! SAML Core 2.3.4 and 6, SAML Metadata 2.4.1.1.

use super::Ours;
use crate::domain::apps::{AnswerCipher, AnswerEncryption, EncryptedAnswers};
use crate::keys::certificates::Certificate;
use crate::keys::oaep::{Oaep, can_wrap};
use crate::saml::messages::encrypted_assertion::{Receiver, WrittenCipher, encrypted_assertion};
use crate::saml::metadata::encryption_keys::{EncryptionKey, Meant};

/// Why an app's assertions cannot be encrypted as asked for, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum EncryptionFault {
    /// There is a key for encryption, and no way to use it.
    #[error(
        "nothing can be encrypted to its key: it must be RSA, and where it lists methods of encryption AES-GCM and \
         RSA-OAEP must be among them; ask for other metadata, or set `encryption = \"never\"`"
    )]
    Unusable,
    /// It is required, and there is no key.
    #[error(
        "its assertions must be encrypted (`encryption = \"required\"`), and no certificate for that is known; ask \
         for metadata with a key for encryption, or name `encryption_certificate` where it has no metadata"
    )]
    NoKey,
}

/// What an app's metadata says, held against what is asked for.
pub(super) fn by_metadata(
    keys: &[EncryptionKey],
    wanted: EncryptedAnswers,
) -> Result<Option<AnswerEncryption>, EncryptionFault> {
    let takes = |key: &&EncryptionKey| match wanted {
        EncryptedAnswers::Never => false,
        EncryptedAnswers::WhereOffered => key.meant == Meant::ForEncryption,
        EncryptedAnswers::Required => true,
    };
    // A key that is meant for encryption comes before one that serves both uses.
    let mut taken: Vec<_> = keys.iter().filter(takes).collect();
    taken.sort_by_key(|key| key.meant == Meant::ForBoth);
    if taken.is_empty() {
        return none(wanted);
    }
    let usable = taken.into_iter().find_map(|key| {
        let (cipher, oaep) = key.how?;
        let cipher = match cipher {
            WrittenCipher::Aes256Gcm => AnswerCipher::Aes256Gcm,
            WrittenCipher::Aes128Gcm => AnswerCipher::Aes128Gcm,
        };
        Some(AnswerEncryption { certificate: key.certificate.clone(), cipher, oaep })
    });
    usable.map(Some).ok_or(EncryptionFault::Unusable)
}

/// The same for an app without metadata.
pub(super) fn by_certificate(
    certificate: Option<Certificate>,
    wanted: EncryptedAnswers,
) -> Result<Option<AnswerEncryption>, EncryptionFault> {
    match certificate.filter(|_| wanted != EncryptedAnswers::Never) {
        None => none(wanted),
        Some(certificate) if can_wrap(&certificate) => {
            Ok(Some(AnswerEncryption { certificate, cipher: AnswerCipher::Aes256Gcm, oaep: Oaep::Sha1 }))
        }
        Some(_) => Err(EncryptionFault::Unusable),
    }
}

fn none(wanted: EncryptedAnswers) -> Result<Option<AnswerEncryption>, EncryptionFault> {
    if wanted == EncryptedAnswers::Required { Err(EncryptionFault::NoKey) } else { Ok(None) }
}

/// The EncryptedAssertion of an assertion, under a fresh key; `None` where it cannot be made.
pub(super) fn encrypted(assertion: &str, encryption: &AnswerEncryption, ours: &Ours<'_>) -> Option<String> {
    let cipher = match encryption.cipher {
        AnswerCipher::Aes256Gcm => WrittenCipher::Aes256Gcm,
        AnswerCipher::Aes128Gcm => WrittenCipher::Aes128Gcm,
    };
    let receiver = Receiver { certificate: &encryption.certificate, cipher, oaep: encryption.oaep };
    encrypted_assertion(assertion, receiver, ours.random).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::encoding::from_base64_lines;

    const RSA: &str = include_str!("../../../tests/fixtures/saml/metadata/rsa-2048.pem");
    const NEXT: &str = include_str!("../../../tests/fixtures/saml/metadata/rsa-2048-next.pem");
    const P256: &str = include_str!("../../../tests/fixtures/xmlsig/p256.crt");

    fn certificate(pem: &str) -> Certificate {
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        Certificate::from_der(&from_base64_lines(&body).unwrap()).unwrap()
    }

    #[test]
    fn metadata_gives_a_key_only_where_one_is_meant_or_required() {
        let how = Some((WrittenCipher::Aes128Gcm, Oaep::Sha256));
        let key = |pem, meant, how| EncryptionKey { certificate: certificate(pem), meant, how };
        let both = key(RSA, Meant::ForBoth, how);
        let meant = key(NEXT, Meant::ForEncryption, how);
        let useless = key(NEXT, Meant::ForEncryption, None);
        let to = |pem| {
            let certificate = certificate(pem);
            Ok(Some(AnswerEncryption { certificate, cipher: AnswerCipher::Aes128Gcm, oaep: Oaep::Sha256 }))
        };
        let (offered, required, never) =
            (EncryptedAnswers::WhereOffered, EncryptedAnswers::Required, EncryptedAnswers::Never);
        for (keys, wanted, expected) in [
            (vec![], offered, Ok(None)),
            (vec![], required, Err(EncryptionFault::NoKey)),
            (vec![], never, Ok(None)),
            (vec![both.clone()], offered, Ok(None)),
            (vec![both.clone()], required, to(RSA)),
            (vec![both.clone(), meant.clone()], offered, to(NEXT)),
            (vec![both.clone(), meant.clone()], required, to(NEXT)),
            (vec![both, meant.clone()], never, Ok(None)),
            (vec![useless.clone()], offered, Err(EncryptionFault::Unusable)),
            (vec![useless.clone()], never, Ok(None)),
            (vec![useless, meant], offered, to(NEXT)),
        ] {
            assert_eq!(by_metadata(&keys, wanted), expected, "{keys:?} {wanted:?}");
        }
    }

    #[test]
    fn a_certificate_of_the_object_file_is_used_unless_it_cannot_be() {
        let (offered, required, never) =
            (EncryptedAnswers::WhereOffered, EncryptedAnswers::Required, EncryptedAnswers::Never);
        let to = by_certificate(Some(certificate(RSA)), offered).unwrap().unwrap();
        assert_eq!((to.certificate, to.cipher, to.oaep), (certificate(RSA), AnswerCipher::Aes256Gcm, Oaep::Sha1));
        assert_eq!(by_certificate(Some(certificate(RSA)), never), Ok(None));
        assert_eq!(by_certificate(Some(certificate(P256)), offered), Err(EncryptionFault::Unusable));
        assert_eq!(by_certificate(Some(certificate(P256)), never), Ok(None));
        assert_eq!(by_certificate(None, offered), Ok(None));
        assert_eq!(by_certificate(None, required), Err(EncryptionFault::NoKey));
    }
}
