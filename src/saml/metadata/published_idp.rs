//! Our metadata toward apps.
//!
//! # Source
//! SAML Metadata 2.4.3.

use super::idp_writer::write_signing_key;
use super::locations::SsoBinding;
use crate::keys::certificates::Certificate;
use crate::saml::names::{
    EntityId, FORMAT_EMAIL, FORMAT_PERSISTENT, FORMAT_TRANSIENT, FORMAT_UNSPECIFIED, METADATA, PROTOCOL,
};
use crate::xmlsig::write::{Name, WriteError, XmlWriter};

/// The formats of identifiers that we give, the usual one first.
const FORMATS: [&str; 4] = [FORMAT_PERSISTENT, FORMAT_EMAIL, FORMAT_TRANSIENT, FORMAT_UNSPECIFIED];

/// What our metadata says.
#[derive(Debug, Clone, Copy)]
pub struct PublishedIdp<'a> {
    /// Our entity ID as identity provider.
    pub entity_id: &'a EntityId,
    /// The certificates of our signing keys, the current one first, then the next and the previous.
    pub signing_certificates: &'a [Certificate],
    /// The address that takes requests in both bindings.
    pub sso: &'a str,
}

impl PublishedIdp<'_> {
    /// Writes the document. The same input gives the same text.
    ///
    /// It does not say that requests must be signed, since that is agreed with each app.
    ///
    /// # Errors
    /// [`WriteError`] where a value holds a character that XML cannot carry.
    pub fn write(&self) -> Result<String, WriteError> {
        let mut writer = XmlWriter::new();
        writer.start(metadata("EntityDescriptor")).attribute("entityID", self.entity_id.as_str());
        writer.start(metadata("IDPSSODescriptor")).attribute("protocolSupportEnumeration", PROTOCOL);
        writer.attribute("WantAuthnRequestsSigned", "false");
        for certificate in self.signing_certificates {
            write_signing_key(&mut writer, certificate);
        }
        for format in FORMATS {
            writer.leaf(metadata("NameIDFormat"), format);
        }
        for binding in [SsoBinding::Redirect, SsoBinding::Post] {
            writer.start(metadata("SingleSignOnService")).attribute("Binding", binding.uri());
            writer.attribute("Location", self.sso).end();
        }
        writer.end().end();
        writer.finish()
    }
}

const fn metadata(local: &'static str) -> Name {
    Name::new("md", METADATA, local)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::encoding::from_base64_lines;

    const GOLDEN: &str = include_str!("../../../metadata/golden/idp.xml");

    fn certificate(pem: &str) -> Certificate {
        let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        Certificate::from_der(&from_base64_lines(&text).unwrap()).unwrap()
    }

    #[test]
    fn our_metadata_toward_apps_is_the_golden_copy() {
        let entity_id = EntityId::parse("https://gate.example.com/saml/idp").unwrap();
        let certificates = [
            certificate(include_str!("../../../tests/fixtures/saml/metadata/rsa-2048.pem")),
            certificate(include_str!("../../../tests/fixtures/saml/metadata/rsa-2048-next.pem")),
        ];
        let metadata = PublishedIdp {
            entity_id: &entity_id,
            signing_certificates: &certificates,
            sso: "https://gate.example.com/saml/idp/sso",
        };
        // The golden copy is broken into lines between elements for those who read it.
        let written = metadata.write().unwrap().replace("><", ">\n<") + "\n";
        assert_eq!(written, GOLDEN);
    }
}
