//! Verification: the only place where a [`VerifiedElement`] is made, for what a signature covers as it
//! stands and, through [`decrypt`](mod@super::decrypt), for what was encrypted within that.
//!
//! # Source
//! XML Signature 1.1 3.2, in the order of SAML Core 5.4 and of cost: shape, SignedInfo, digest.

use std::sync::Arc;

use super::algorithms::fits;
use super::c14n::canonical_without;
use super::dom::{Document, Element};
use super::names::DSIG;
use super::signature_error::{Part, SignatureError};
use super::signed_info;
use crate::keys::public::PublicKey;
use crate::keys::signing::SignatureAlgorithm;

/// An element that one of the partner's keys has signed.
///
/// It gives out exactly what the digest covers: not the signature's own subtree, nothing beside or
/// above the element.
#[derive(Debug, Clone, Copy)]
pub struct VerifiedElement<'doc, 'input> {
    element: Element<'doc, 'input>,
    algorithm: SignatureAlgorithm,
    key_index: usize,
}

impl<'doc, 'input> VerifiedElement<'doc, 'input> {
    /// The element that the Reference covers, without its signature.
    #[must_use]
    pub const fn element(&self) -> Element<'doc, 'input> {
        self.element
    }

    /// The algorithm of the signature.
    #[must_use]
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Which of the keys handed to [`verify`] made the signature, counted from zero.
    #[must_use]
    pub const fn key_index(&self) -> usize {
        self.key_index
    }

    /// What covers all that stands in it.
    pub(super) const fn seal(&self) -> Seal {
        Seal { algorithm: self.algorithm, key_index: self.key_index }
    }

    /// The root of what was decrypted out of ciphertext that `seal` covers.
    pub(super) const fn of_plaintext(root: Element<'doc, 'input>, seal: Seal) -> Self {
        Self { element: root, algorithm: seal.algorithm, key_index: seal.key_index }
    }
}

/// The signature that covers a ciphertext. Only a [`VerifiedElement`] gives one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seal {
    algorithm: SignatureAlgorithm,
    key_index: usize,
}

/// Verifies the signature of `element` with `keys`, of which one must have made it.
///
/// # Errors
/// [`SignatureError`]; the shape is judged first, then the signature over SignedInfo, then the
/// digest, so that an anonymous sender buys as little work as can be.
pub fn verify<'doc, 'input>(
    element: Element<'doc, 'input>,
    keys: &[Arc<PublicKey>],
) -> Result<VerifiedElement<'doc, 'input>, SignatureError> {
    if keys.is_empty() {
        return Err(SignatureError::NoKey);
    }
    let node = element.node();
    let mut direct = signatures_directly_in(element);
    let Some(signature) = direct.next() else {
        return Err(match node.descendants().any(|node| is_signature(&node)) {
            true => SignatureError::NotDirectChild,
            false => SignatureError::Missing(Part::Signature),
        });
    };
    if direct.next().is_some() {
        return Err(SignatureError::Twice(Part::Signature));
    }
    let id = element.id().ok_or(SignatureError::ParentWithoutId)?;
    let claim = signed_info::read(signature, id)?;

    if !keys.iter().any(|key| fits(claim.algorithm, key)) {
        return Err(SignatureError::NoUsableKey);
    }
    let signed_info = canonical_without(claim.signed_info, None, &claim.inclusive);
    let key_index = keys
        .iter()
        .position(|key| key.has_signed(claim.algorithm, &signed_info, &claim.value))
        .ok_or(SignatureError::SignatureMismatch)?;

    let reference = &claim.reference;
    let covered = canonical_without(node, Some(signature.id()), &reference.inclusive);
    if reference.digest.of(&[&covered]).as_ref() != reference.digest_value {
        return Err(SignatureError::DigestMismatch);
    }
    Ok(VerifiedElement { element: element.hiding(signature.id()), algorithm: claim.algorithm, key_index })
}

/// Whether `element` carries a signature as its direct child. It says nothing about its worth.
#[must_use]
pub fn has_signature(element: Element<'_, '_>) -> bool {
    signatures_directly_in(element).next().is_some()
}

/// How many signatures stand anywhere in `document`.
#[must_use]
pub fn count_signatures(document: &Document<'_>) -> usize {
    document.root().node().descendants().filter(is_signature).count()
}

/// Refuses a document in which a signature stands anywhere but directly in one of `expected`.
///
/// # Errors
/// [`SignatureError::Stray`], or [`SignatureError::Twice`] where one of them has two.
pub fn refuse_stray_signatures(document: &Document<'_>, expected: &[Element<'_, '_>]) -> Result<(), SignatureError> {
    if expected.iter().any(|element| signatures_directly_in(*element).nth(1).is_some()) {
        return Err(SignatureError::Twice(Part::Signature));
    }
    let in_place = expected.iter().filter(|element| has_signature(**element)).count();
    if count_signatures(document) == in_place { Ok(()) } else { Err(SignatureError::Stray) }
}

fn signatures_directly_in<'doc, 'input>(
    element: Element<'doc, 'input>,
) -> impl Iterator<Item = roxmltree::Node<'doc, 'input>> {
    element.node().children().filter(is_signature)
}

fn is_signature(node: &roxmltree::Node<'_, '_>) -> bool {
    node.has_tag_name((DSIG, "Signature"))
}
