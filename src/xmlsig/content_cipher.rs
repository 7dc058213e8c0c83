//! The ciphers of content by their URIs; what is not here does not exist.
//!
//! # Source
//! XML Encryption 1.1 5.2.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, AES_256, DecryptingKey, DecryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;

use crate::base::random::Random;

const AES128_GCM: &str = "http://www.w3.org/2009/xmlenc11#aes128-gcm";
const AES256_GCM: &str = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
const AES128_CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
const AES256_CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";

/// The length of a block of AES, of the IV of CBC and of the tag of GCM. **Units**: bytes.
const BLOCK: usize = 16;

/// A cipher of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentCipher {
    /// AES-128-GCM.
    Aes128Gcm,
    /// AES-256-GCM.
    Aes256Gcm,
    /// AES-128-CBC, which proves nothing and is read only where a signature covers the ciphertext.
    Aes128Cbc,
    /// AES-256-CBC, likewise.
    Aes256Cbc,
}

/// Whether a cipher notices that its ciphertext was altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integrity {
    /// It does.
    Authenticated,
    /// It does not.
    Malleable,
}

impl ContentCipher {
    /// All of them, the best first.
    pub const ALL: [Self; 4] = [Self::Aes256Gcm, Self::Aes128Gcm, Self::Aes256Cbc, Self::Aes128Cbc];

    /// The cipher that `uri` names.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cipher| cipher.uri() == uri)
    }

    /// The URI that names it.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Aes128Gcm => AES128_GCM,
            Self::Aes256Gcm => AES256_GCM,
            Self::Aes128Cbc => AES128_CBC,
            Self::Aes256Cbc => AES256_CBC,
        }
    }

    /// Whether it notices an alteration.
    #[must_use]
    pub const fn integrity(self) -> Integrity {
        match self {
            Self::Aes128Gcm | Self::Aes256Gcm => Integrity::Authenticated,
            Self::Aes128Cbc | Self::Aes256Cbc => Integrity::Malleable,
        }
    }

    /// The length of its key. **Units**: bytes.
    #[must_use]
    pub const fn key_length(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes128Cbc => 16,
            Self::Aes256Gcm | Self::Aes256Cbc => 32,
        }
    }

    /// The plaintext of IV, ciphertext and tag; `None` whatever is wrong.
    pub(super) fn open(self, key: &[u8], content: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Aes128Gcm => open_gcm(&AES_128_GCM, key, content),
            Self::Aes256Gcm => open_gcm(&AES_256_GCM, key, content),
            Self::Aes128Cbc => open_cbc(UnboundCipherKey::new(&AES_128, key).ok()?, content),
            Self::Aes256Cbc => open_cbc(UnboundCipherKey::new(&AES_256, key).ok()?, content),
        }
    }

    /// IV, ciphertext and tag; `None` where it is one that is only read.
    pub(super) fn seal(self, random: &dyn Random, key: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        let algorithm = match self {
            Self::Aes128Gcm => &AES_128_GCM,
            Self::Aes256Gcm => &AES_256_GCM,
            Self::Aes128Cbc | Self::Aes256Cbc => return None,
        };
        let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce);
        let mut sealed = plain.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed).ok()?;
        Some([nonce.as_slice(), &sealed].concat())
    }
}

fn open_gcm(algorithm: &'static Algorithm, key: &[u8], content: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = content.split_at_checked(NONCE_LEN)?;
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
    let mut plain = sealed.to_vec();
    let length = key.open_in_place(Nonce::try_assume_unique_for_key(nonce).ok()?, Aad::empty(), &mut plain).ok()?.len();
    plain.truncate(length);
    Some(plain)
}

/// The padding is that of XML Encryption 1.1 5.2.1: the last byte counts, the others are arbitrary.
fn open_cbc(key: UnboundCipherKey, content: &[u8]) -> Option<Vec<u8>> {
    let (iv, blocks) = content.split_at_checked(BLOCK)?;
    if blocks.is_empty() || blocks.len() % BLOCK != 0 {
        return None;
    }
    let iv: [u8; BLOCK] = iv.try_into().ok()?;
    let mut plain = blocks.to_vec();
    let context = DecryptionContext::Iv128(FixedLength::from(iv));
    DecryptingKey::cbc(key).ok()?.decrypt(&mut plain, context).ok()?;
    let padding = usize::from(*plain.last()?);
    if !(1..=BLOCK).contains(&padding) {
        return None;
    }
    plain.truncate(plain.len() - padding);
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemRandom;

    #[test]
    fn gcm_opens_what_it_sealed_and_nothing_altered() {
        for cipher in [ContentCipher::Aes128Gcm, ContentCipher::Aes256Gcm] {
            let key = vec![1; cipher.key_length()];
            for plain in [b"".as_slice(), b"<a/>"] {
                let sealed = cipher.seal(&SystemRandom, &key, plain).unwrap();
                assert_ne!(sealed, cipher.seal(&SystemRandom, &key, plain).unwrap(), "another IV");
                assert_eq!(cipher.open(&key, &sealed).as_deref(), Some(plain));
                for at in 0..sealed.len() {
                    let mut altered = sealed.clone();
                    altered[at] ^= 1;
                    assert_eq!(cipher.open(&key, &altered), None, "{at}");
                    assert_eq!(cipher.open(&key, &sealed[..at]), None, "{at}");
                }
            }
        }
    }

    #[test]
    fn cbc_is_read_with_any_padding_of_one_to_sixteen_bytes_and_never_written() {
        use aws_lc_rs::cipher::{EncryptingKey, EncryptionContext};
        let key = [3; 32];
        let seal = |padded: &[u8]| {
            let mut blocks = padded.to_vec();
            let cipher = EncryptingKey::cbc(UnboundCipherKey::new(&AES_256, &key).unwrap()).unwrap();
            let context = EncryptionContext::Iv128(FixedLength::from([9; 16]));
            cipher.less_safe_encrypt(&mut blocks, context).unwrap();
            [[9; 16].as_slice(), &blocks].concat()
        };
        let cipher = ContentCipher::Aes256Cbc;
        for length in 1..=16 {
            let padded =
                [[b'x'; 16].as_slice(), &vec![b'x'; 16 - length], &vec![7; length - 1], &[length as u8]].concat();
            assert_eq!(cipher.open(&key, &seal(&padded)), Some(vec![b'x'; 32 - length]), "{length}");
        }
        for last in [0, 17, 255] {
            let padded = [[b'x'; 15].as_slice(), &[last]].concat();
            assert_eq!(cipher.open(&key, &seal(&padded)), None, "{last}");
        }
        let sealed = seal(&[1; 32]);
        for cut in [0, 1, 15, 16, 17, 31, 33, 47] {
            assert_eq!(cipher.open(&key, &sealed[..cut]), None, "{cut}");
        }
        assert_eq!(cipher.seal(&SystemRandom, &key, b"x"), None);
    }

    #[test]
    fn every_cipher_is_found_by_its_own_uri_and_no_other_exists() {
        for cipher in ContentCipher::ALL {
            assert_eq!(ContentCipher::from_uri(cipher.uri()), Some(cipher));
        }
        for uri in [
            "",
            "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
            "http://www.w3.org/2001/04/xmlenc#aes192-cbc",
            "http://www.w3.org/2009/xmlenc11#aes192-gcm",
            "http://www.w3.org/2009/xmlenc11#AES256-gcm",
        ] {
            assert_eq!(ContentCipher::from_uri(uri), None, "{uri}");
        }
    }
}
