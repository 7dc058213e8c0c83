//! Why something encrypted is not read.

/// Why something encrypted is not read.
///
/// What stands in the clear has causes of its own, since whoever sent it knows it anyway. From the first
/// use of a key on there is one, whatever went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncryptionError {
    /// Not one EncryptedData with its keys, as the schema and our profile have them.
    #[error("the encrypted part is not built as XML Encryption and our profile have it")]
    Malformed,
    /// The content is encrypted by an algorithm that is not read.
    #[error("the content is encrypted by an algorithm other than AES-GCM and AES-CBC with 128 or 256 bits")]
    ContentAlgorithm,
    /// AES-CBC where no signature covers the ciphertext.
    #[error("AES-CBC without a signature around it")]
    CbcUnsigned,
    /// The content key is wrapped by an algorithm that is not read.
    #[error("the content key is wrapped by an algorithm other than RSA-OAEP")]
    KeyAlgorithm,
    /// RSA-OAEP with a digest and a mask generation that do not match.
    #[error("RSA-OAEP with a digest and a mask generation function that are not SHA-1 or SHA-256 for both")]
    OaepPair,
    /// No EncryptedKey for us, or several that could be.
    #[error("{found} wrapped keys could be meant for us, one is needed")]
    KeyChoice {
        /// How many.
        found: usize,
    },
    /// It does not open, or what is inside is not what it should be.
    #[error("the encrypted part cannot be read")]
    Undecryptable,
}

impl EncryptionError {
    /// The stable, fine name.
    #[must_use]
    pub const fn cause(self) -> &'static str {
        match self {
            Self::Malformed => "encryption_malformed",
            Self::ContentAlgorithm => "encryption_algorithm_refused",
            Self::CbcUnsigned => "encryption_cbc_unsigned",
            Self::KeyAlgorithm => "key_transport_refused",
            Self::OaepPair => "oaep_pair_refused",
            Self::KeyChoice { .. } => "encrypted_key_unclear",
            Self::Undecryptable => "assertion_undecryptable",
        }
    }
}
