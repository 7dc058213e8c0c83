//! The keys to which a role wants to be encrypted, and by which algorithms.
//!
//! # Source
//! SAML Metadata 2.4.1.1; SAML V2.0 Metadata Profile for Algorithm Support 2.3: without a list of
//! EncryptionMethod nothing is said, and with one nothing else is taken.

use super::keys::certificates_of_descriptor;
use crate::keys::certificates::Certificate;
use crate::keys::oaep::{Oaep, can_wrap};
use crate::saml::messages::encrypted_assertion::WrittenCipher;
use crate::saml::names::METADATA;
use crate::xmlsig::decrypt::oaep_of;
use crate::xmlsig::dom::Element;

/// The most keys that are looked at.
const MAX_KEYS: usize = 16;

/// Whether a KeyDescriptor says what its key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// It is for encryption.
    ForEncryption,
    /// It says nothing, and so serves both uses; many a service provider that cannot decrypt has one.
    ForBoth,
}

/// A key to which a role may be encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptionKey {
    /// The certificate around it.
    pub certificate: Certificate,
    /// Whether it is meant for this.
    pub meant: Meant,
    /// How to encrypt to it; absent where its kind or its list of methods leaves nothing that we write.
    pub how: Option<(WrittenCipher, Oaep)>,
}

/// The keys of `role` in the order of the document.
#[must_use]
pub fn encryption_keys(role: Element<'_, '_>) -> Vec<EncryptionKey> {
    let mut keys = Vec::new();
    for descriptor in role.children_named(METADATA, "KeyDescriptor") {
        let meant = match descriptor.attribute("use") {
            None => Meant::ForBoth,
            Some("encryption") => Meant::ForEncryption,
            Some(_) => continue,
        };
        let methods: Vec<_> = descriptor.children_named(METADATA, "EncryptionMethod").collect();
        let agreed = cipher(&methods).zip(oaep(&methods));
        for certificate in certificates_of_descriptor(descriptor) {
            let how = agreed.filter(|_| can_wrap(&certificate));
            keys.push(EncryptionKey { certificate, meant, how });
        }
    }
    keys.truncate(MAX_KEYS);
    keys
}

/// The best cipher of the list, AES-256-GCM where it names none.
fn cipher(methods: &[Element<'_, '_>]) -> Option<WrittenCipher> {
    let named = || methods.iter().filter_map(|method| method.attribute("Algorithm"));
    if !named().any(|uri| uri.ends_with("-cbc") || uri.ends_with("-gcm")) {
        return Some(WrittenCipher::Aes256Gcm);
    }
    let written = [WrittenCipher::Aes256Gcm, WrittenCipher::Aes128Gcm];
    written.into_iter().find(|cipher| named().any(|uri| uri == cipher.cipher().uri()))
}

/// The best pair of the list. Where it names none it is SHA-1 for both, the one that every implementation
/// of XML Encryption has (1.1, 5.5.2); what is broken in SHA-1 does not matter in OAEP.
fn oaep(methods: &[Element<'_, '_>]) -> Option<Oaep> {
    let is_transport =
        |method: &&Element<'_, '_>| method.attribute("Algorithm").is_some_and(|uri| uri.contains("#rsa-"));
    let transports: Vec<_> = methods.iter().filter(is_transport).collect();
    if transports.is_empty() {
        return Some(Oaep::Sha1);
    }
    let pairs: Vec<_> = transports.into_iter().filter_map(|method| oaep_of(*method)).collect();
    [Oaep::Sha256, Oaep::Sha1].into_iter().find(|pair| pairs.contains(pair))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xmlsig::dom::Document;
    use crate::xmlsig::limits::Limits;

    const PEM: &str = include_str!("../../../tests/fixtures/saml/metadata/rsa-2048.pem");
    const GCM_256: &str = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
    const GCM_128: &str = "http://www.w3.org/2009/xmlenc11#aes128-gcm";
    const CBC: &str = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
    const MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
    const NAMED: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
    const RSA_1_5: &str = "http://www.w3.org/2001/04/xmlenc#rsa-1_5";
    const BY_SHA_256: &str = concat!(
        r#"<DigestMethod xmlns="http://www.w3.org/2000/09/xmldsig#" Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>"#,
        r#"<MGF xmlns="http://www.w3.org/2009/xmlenc11#" Algorithm="http://www.w3.org/2009/xmlenc11#mgf1sha256"/>"#
    );

    fn method(uri: &str, inside: &str) -> String {
        format!(r#"<EncryptionMethod Algorithm="{uri}">{inside}</EncryptionMethod>"#)
    }

    fn found(usage: &str, methods: &[String]) -> Vec<EncryptionKey> {
        let lines: Vec<_> = PEM.lines().filter(|line| !line.starts_with('-')).collect();
        let text = format!(
            r#"<R xmlns="urn:oasis:names:tc:SAML:2.0:metadata"><KeyDescriptor {usage}><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{}</X509Certificate></X509Data></KeyInfo>{}</KeyDescriptor></R>"#,
            lines.concat(),
            methods.concat()
        );
        let document = Document::parse(text.as_bytes(), &Limits::METADATA).unwrap();
        encryption_keys(document.root())
    }

    #[test]
    fn a_list_of_methods_is_kept_to_and_none_says_nothing() {
        let (gcm_256, gcm_128) = (WrittenCipher::Aes256Gcm, WrittenCipher::Aes128Gcm);
        let plain = |uri: &str| method(uri, "");
        for (methods, expected) in [
            (vec![], Some((gcm_256, Oaep::Sha1))),
            (vec![plain(GCM_128)], Some((gcm_128, Oaep::Sha1))),
            (vec![plain(CBC), plain(GCM_128), plain(GCM_256)], Some((gcm_256, Oaep::Sha1))),
            (vec![plain(CBC)], None),
            (vec![plain(MGF1P)], Some((gcm_256, Oaep::Sha1))),
            (vec![plain(NAMED)], Some((gcm_256, Oaep::Sha1))),
            (vec![plain(MGF1P), method(NAMED, BY_SHA_256)], Some((gcm_256, Oaep::Sha256))),
            (vec![plain(RSA_1_5), plain(MGF1P)], Some((gcm_256, Oaep::Sha1))),
            (vec![plain(RSA_1_5)], None),
            (vec![plain(GCM_256), plain(RSA_1_5)], None),
        ] {
            let keys = found("use='encryption'", &methods);
            assert_eq!(keys.len(), 1);
            assert_eq!((keys[0].meant, keys[0].how), (Meant::ForEncryption, expected), "{methods:?}");
        }
    }

    #[test]
    fn a_key_for_signing_is_none_and_one_without_use_says_so() {
        assert!(found("use='signing'", &[]).is_empty());
        assert_eq!(found("", &[])[0].meant, Meant::ForBoth);
    }
}
