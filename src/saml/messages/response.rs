//! A Response that one of the partner's keys has signed.

use super::envelope::Envelope;
use super::structure::StructureError;
use crate::saml::names::PROTOCOL;
use crate::xmlsig::verify::VerifiedElement;

/// A signed Response. It can be made only from what the partner's key covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    envelope: Envelope,
}

impl Response {
    /// Reads a verified Response element.
    ///
    /// # Errors
    /// [`StructureError`]; [`StructureError::NotResponse`] where another element was verified.
    pub fn new(verified: &VerifiedElement<'_, '_>) -> Result<Self, StructureError> {
        let element = verified.element();
        if !element.is(PROTOCOL, "Response") {
            return Err(StructureError::NotResponse);
        }
        Ok(Self { envelope: Envelope::read(element)? })
    }

    /// What it says.
    #[must_use]
    pub const fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// What it says, taken out.
    #[must_use]
    pub fn into_envelope(self) -> Envelope {
        self.envelope
    }
}
