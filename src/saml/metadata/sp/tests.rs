//! The golden copy of what we publish.

use super::*;
use crate::base::encoding::from_base64_lines;

const GOLDEN: &str = include_str!("../../../../metadata/golden/sp.xml");

fn certificate(pem: &str) -> Certificate {
    let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    Certificate::from_der(&from_base64_lines(&text).unwrap()).unwrap()
}

#[test]
fn our_metadata_is_the_golden_copy() {
    let entity_id = EntityId::parse("https://gate.example.com/saml/sp").unwrap();
    let certificates = [
        certificate(include_str!("../../../../tests/fixtures/saml/metadata/rsa-2048.pem")),
        certificate(include_str!("../../../../tests/fixtures/saml/metadata/rsa-2048-next.pem")),
    ];
    let metadata = SpMetadata {
        entity_id: &entity_id,
        signing_certificates: &certificates,
        encryption_certificate: None,
        acs: "https://gate.example.com/saml/sp/acs",
    };
    // The golden copy is broken into lines between elements for those who read it.
    let written = metadata.write().unwrap().replace("><", ">\n<") + "\n";
    assert_eq!(written, GOLDEN);
    assert!(!written.contains("use=\"encryption\""));
    assert_eq!(written.matches("<md:KeyDescriptor use=\"signing\">").count(), 2);

    let encrypting = SpMetadata { encryption_certificate: Some(&certificates[1]), ..metadata };
    let written = encrypting.write().unwrap().replace("><", ">\n<") + "\n";
    assert_eq!(written, include_str!("../../../../metadata/golden/sp-encryption.xml"));
}
