//! The part of a document that may be read: all of it, or what a pinned key has signed.
//!
//! # Source
//! SAML Metadata 3: the signature of a document is enveloped in its root.

use crate::keys::certificates::Certificate;
use crate::xmlsig::dom::{Document, Element};
use crate::xmlsig::verify::verify;

use super::fault::MetadataFault;

/// Why a document is believed.
#[derive(Debug, Clone, Copy)]
pub enum Trusted<'a> {
    /// For where it comes from; a signature in it is not looked at.
    ByItsPlace,
    /// For the signature of this certificate's key over the whole of it. The dates of the certificate say
    /// nothing: it is a container of its key.
    BySignature(&'a Certificate),
}

impl<'a> Trusted<'a> {
    /// By the signature of a certificate, where one is pinned.
    #[must_use]
    pub fn by(certificate: Option<&'a Certificate>) -> Self {
        certificate.map_or(Self::ByItsPlace, Self::BySignature)
    }
}

/// The root, without its signature where one must hold.
///
/// # Errors
/// [`MetadataFault::Signature`], also where there is none.
pub(super) fn root_of<'doc, 'input>(
    document: &'doc Document<'input>,
    trusted: Trusted<'_>,
) -> Result<Element<'doc, 'input>, MetadataFault> {
    match trusted {
        Trusted::ByItsPlace => Ok(document.root()),
        Trusted::BySignature(certificate) => {
            Ok(verify(document.root(), std::slice::from_ref(certificate.key()))?.element())
        }
    }
}
