//! Writing an identity provider's metadata, for whoever plays one.
//!
//! # Source
//! SAML Metadata 2.4.3.

use super::locations::SsoLocation;
use crate::base::clock::Timestamp;
use crate::base::encoding::base64;
use crate::keys::certificates::Certificate;
use crate::keys::oaep::Oaep;
use crate::saml::names::{EntityId, FORMAT_PERSISTENT, METADATA, PROTOCOL};
use crate::xmlsig::content_cipher::{ContentCipher, Integrity};
use crate::xmlsig::encrypt::write_oaep;
use crate::xmlsig::names::DSIG;
use crate::xmlsig::write::{Name, WriteError, XmlWriter};

/// What an identity provider's metadata says.
#[derive(Debug, Clone, Copy)]
pub struct IdpDescription<'a> {
    /// Its name.
    pub entity_id: &'a EntityId,
    /// The certificates of its signing keys.
    pub signing_certificates: &'a [Certificate],
    /// Where it takes requests.
    pub sso_locations: &'a [SsoLocation],
    /// Until when the document may be used.
    pub valid_until: Option<Timestamp>,
}

impl IdpDescription<'_> {
    /// Writes the document.
    ///
    /// # Errors
    /// [`WriteError`] where a value holds a character that XML cannot carry.
    pub fn write(&self) -> Result<String, WriteError> {
        let valid_until = self.valid_until.map(Timestamp::to_rfc3339);
        let mut writer = XmlWriter::new();
        writer.start(metadata("EntityDescriptor")).attribute("entityID", self.entity_id.as_str());
        writer.optional_attribute("validUntil", valid_until.as_deref());
        writer.start(metadata("IDPSSODescriptor")).attribute("protocolSupportEnumeration", PROTOCOL);
        writer.attribute("WantAuthnRequestsSigned", "true");
        for certificate in self.signing_certificates {
            write_signing_key(&mut writer, certificate);
        }
        writer.leaf(metadata("NameIDFormat"), FORMAT_PERSISTENT);
        for sso in self.sso_locations {
            writer.start(metadata("SingleSignOnService")).attribute("Binding", sso.binding.uri());
            writer.attribute("Location", &sso.location).end();
        }
        writer.end().end();
        writer.finish()
    }
}

/// Writes a KeyDescriptor for signing.
pub(super) fn write_signing_key(writer: &mut XmlWriter, certificate: &Certificate) {
    writer.start(metadata("KeyDescriptor")).attribute("use", "signing");
    write_key_info(writer, certificate);
    writer.end();
}

/// Writes a KeyDescriptor to which others encrypt, with the algorithms that are best read. AES-CBC is not
/// among them, though it is read within a signature.
pub(super) fn write_encryption_key(writer: &mut XmlWriter, certificate: &Certificate) {
    writer.start(metadata("KeyDescriptor")).attribute("use", "encryption");
    write_key_info(writer, certificate);
    for cipher in ContentCipher::ALL.into_iter().filter(|cipher| cipher.integrity() == Integrity::Authenticated) {
        writer.start(metadata("EncryptionMethod")).attribute("Algorithm", cipher.uri()).end();
    }
    for oaep in [Oaep::Sha256, Oaep::Sha1] {
        writer.start(metadata("EncryptionMethod"));
        write_oaep(writer, oaep);
        writer.end();
    }
    writer.end();
}

fn write_key_info(writer: &mut XmlWriter, certificate: &Certificate) {
    writer.start(ds("KeyInfo")).start(ds("X509Data")).leaf(ds("X509Certificate"), &base64(certificate.der()));
    writer.end().end();
}

const fn metadata(local: &'static str) -> Name {
    Name::new("md", METADATA, local)
}

const fn ds(local: &'static str) -> Name {
    Name::new("ds", DSIG, local)
}
