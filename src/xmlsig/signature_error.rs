//! Why a signature is refused.

/// A part of `ds:Signature` that must stand exactly, or at most, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is named as its element in XML Signature 1.1")]
pub enum Part {
    Signature,
    SignedInfo,
    SignatureValue,
    KeyInfo,
    CanonicalizationMethod,
    SignatureMethod,
    Reference,
    Transforms,
    DigestMethod,
    DigestValue,
    InclusiveNamespaces,
}

/// Why the signature of an element is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A part is absent.
    #[error("`{0:?}` is missing")]
    Missing(Part),
    /// A part stands twice.
    #[error("`{0:?}` stands twice")]
    Twice(Part),
    /// There is a `ds:Signature` below the element, but not as its direct child.
    #[error("signature is not a direct child of the signed element")]
    NotDirectChild,
    /// The document holds a `ds:Signature` in a place where none is expected.
    #[error("signature in an unexpected place")]
    Stray,
    /// A `ds:Object` in the signature.
    #[error("`Object` in the signature")]
    Object,
    /// Another element than the profile knows.
    #[error("unexpected element `{found}` in the signature")]
    Child {
        /// Its local name.
        found: String,
    },
    /// Another attribute than the profile knows.
    #[error("unexpected attribute `{found}` in the signature")]
    Attribute {
        /// Its local name.
        found: String,
    },
    /// Text between elements, or a comment or processing instruction.
    #[error("unexpected content in the signature")]
    Content,
    /// The parts are there but out of order.
    #[error("`{0:?}` is out of order")]
    Order(Part),
    /// Base64 was expected.
    #[error("`{0:?}` is not base64")]
    NotBase64(Part),
    /// The Reference has no `URI`.
    #[error("reference has no URI")]
    ReferenceWithoutUri,
    /// The Reference has an empty `URI`, which means the whole document.
    #[error("reference URI is empty")]
    ReferenceEmptyUri,
    /// The Reference leads outside the document.
    #[error("reference leads outside the document")]
    ReferenceExternal,
    /// The fragment is not an identifier, an XPointer for example.
    #[error("reference is not to an identifier")]
    ReferenceNotAnId,
    /// The Reference is to another element than the parent of the signature.
    #[error("reference is not to the parent of the signature")]
    ReferenceNotParent,
    /// The parent of the signature has no `ID`.
    #[error("signed element has no `ID`")]
    ParentWithoutId,
    /// Another canonicalisation than exclusive without comments.
    #[error("canonicalisation method is not allowed")]
    CanonicalizationMethod,
    /// Another signature method than the profile has: HMAC, DSA, SHA-1, none and all unknown ones.
    #[error("signature method is not allowed")]
    SignatureMethod,
    /// Another digest than SHA-256 and SHA-512.
    #[error("digest method is not allowed")]
    DigestMethod,
    /// A transform other than the two of the profile.
    #[error("transform is not allowed")]
    Transform,
    /// One of the two transforms is absent.
    #[error("enveloped-signature or exclusive canonicalisation is missing")]
    TransformMissing,
    /// More than two transforms.
    #[error("more than two transforms")]
    TransformsTooMany,
    /// Both transforms, but in the wrong order.
    #[error("transforms are out of order")]
    TransformOrder,
    /// `PrefixList` is absent, too long, or holds something that is no prefix.
    #[error("`PrefixList` is malformed")]
    PrefixList,
    /// The caller has no key of this partner.
    #[error("there is no key to verify with")]
    NoKey,
    /// No key of the partner is of the kind that the signature method needs.
    #[error("no key fits the signature method")]
    NoUsableKey,
    /// No key of the partner made this signature.
    #[error("signature does not verify with any key of the partner")]
    SignatureMismatch,
    /// The element is not what was signed.
    #[error("digest does not match the element")]
    DigestMismatch,
}

impl SignatureError {
    /// The stable cause, for logs, metrics, audit and tests.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Missing(part) => part.missing(),
            Self::Twice(part) => part.twice(),
            Self::NotDirectChild => "signature_not_direct_child",
            Self::Stray => "signature_stray",
            Self::Object => "object_in_signature",
            Self::Child { .. } => "signature_child_unexpected",
            Self::Attribute { .. } => "signature_attribute_unexpected",
            Self::Content => "signature_content_unexpected",
            Self::Order(_) => "signature_parts_out_of_order",
            Self::NotBase64(Part::DigestValue) => "digest_value_not_base64",
            Self::NotBase64(_) => "signature_value_not_base64",
            Self::ReferenceWithoutUri => "reference_without_uri",
            Self::ReferenceEmptyUri => "reference_empty_uri",
            Self::ReferenceExternal => "reference_external",
            Self::ReferenceNotAnId => "reference_not_an_id",
            Self::ReferenceNotParent => "reference_not_parent",
            Self::ParentWithoutId => "signed_element_without_id",
            Self::CanonicalizationMethod => "c14n_method_not_allowed",
            Self::SignatureMethod => "signature_method_not_allowed",
            Self::DigestMethod => "digest_method_not_allowed",
            Self::Transform => "transform_not_allowed",
            Self::TransformMissing => "transform_missing",
            Self::TransformsTooMany => "transforms_too_many",
            Self::TransformOrder => "transforms_out_of_order",
            Self::PrefixList => "prefix_list_malformed",
            Self::NoKey => "no_key",
            Self::NoUsableKey => "no_usable_key",
            Self::SignatureMismatch => "signature_mismatch",
            Self::DigestMismatch => "digest_mismatch",
        }
    }
}

impl Part {
    /// The local name of its element.
    #[must_use]
    pub const fn local(self) -> &'static str {
        match self {
            Self::Signature => "Signature",
            Self::SignedInfo => "SignedInfo",
            Self::SignatureValue => "SignatureValue",
            Self::KeyInfo => "KeyInfo",
            Self::CanonicalizationMethod => "CanonicalizationMethod",
            Self::SignatureMethod => "SignatureMethod",
            Self::Reference => "Reference",
            Self::Transforms => "Transforms",
            Self::DigestMethod => "DigestMethod",
            Self::DigestValue => "DigestValue",
            Self::InclusiveNamespaces => "InclusiveNamespaces",
        }
    }

    const fn missing(self) -> &'static str {
        match self {
            Self::Signature => "signature_missing",
            Self::SignedInfo => "signed_info_missing",
            Self::SignatureValue => "signature_value_missing",
            Self::KeyInfo => "key_info_missing",
            Self::CanonicalizationMethod => "c14n_method_missing",
            Self::SignatureMethod => "signature_method_missing",
            Self::Reference => "reference_missing",
            Self::Transforms => "transforms_missing",
            Self::DigestMethod => "digest_method_missing",
            Self::DigestValue => "digest_value_missing",
            Self::InclusiveNamespaces => "inclusive_namespaces_missing",
        }
    }

    const fn twice(self) -> &'static str {
        match self {
            Self::Signature => "signature_twice",
            Self::SignedInfo => "signed_info_twice",
            Self::SignatureValue => "signature_value_twice",
            Self::KeyInfo => "key_info_twice",
            Self::CanonicalizationMethod => "c14n_method_twice",
            Self::SignatureMethod => "signature_method_twice",
            Self::Reference => "reference_twice",
            Self::Transforms => "transforms_twice",
            Self::DigestMethod => "digest_method_twice",
            Self::DigestValue => "digest_value_twice",
            Self::InclusiveNamespaces => "inclusive_namespaces_twice",
        }
    }
}
