//! Our metadata toward partners.
//!
//! There are two documents. The usual one publishes signing keys only: several identity providers encrypt,
//! unsigned around it and by an old cipher, as soon as they see an encryption key. The other has one, for
//! partners with whom encryption is agreed.
//!
//! # Source
//! SAML Metadata 2.4.4.

use super::idp_writer::{write_encryption_key, write_signing_key};
use crate::keys::certificates::Certificate;
use crate::saml::names::{BINDING_POST, EntityId, FORMAT_PERSISTENT, METADATA, PROTOCOL};
use crate::xmlsig::write::{Name, WriteError, XmlWriter};

/// What our metadata says.
#[derive(Debug, Clone, Copy)]
pub struct SpMetadata<'a> {
    /// Our entity ID as service provider.
    pub entity_id: &'a EntityId,
    /// The certificates of our signing keys, the current one first, then the next and the previous.
    pub signing_certificates: &'a [Certificate],
    /// The certificate to encrypt to, for partners that encrypt.
    pub encryption_certificate: Option<&'a Certificate>,
    /// The address of our assertion consumer service.
    pub acs: &'a str,
}

impl SpMetadata<'_> {
    /// Writes the document. The same input gives the same text.
    ///
    /// # Errors
    /// [`WriteError`] where a value holds a character that XML cannot carry.
    pub fn write(&self) -> Result<String, WriteError> {
        let mut writer = XmlWriter::new();
        writer.start(metadata("EntityDescriptor")).attribute("entityID", self.entity_id.as_str());
        writer.start(metadata("SPSSODescriptor")).attribute("protocolSupportEnumeration", PROTOCOL);
        writer.attribute("AuthnRequestsSigned", "true").attribute("WantAssertionsSigned", "true");
        for certificate in self.signing_certificates {
            write_signing_key(&mut writer, certificate);
        }
        if let Some(certificate) = self.encryption_certificate {
            write_encryption_key(&mut writer, certificate);
        }
        writer.leaf(metadata("NameIDFormat"), FORMAT_PERSISTENT);
        writer.start(metadata("AssertionConsumerService")).attribute("Binding", BINDING_POST);
        writer.attribute("Location", self.acs).attribute("index", "0").attribute("isDefault", "true").end();
        writer.end().end();
        writer.finish()
    }
}

const fn metadata(local: &'static str) -> Name {
    Name::new("md", METADATA, local)
}

#[cfg(test)]
mod tests;
