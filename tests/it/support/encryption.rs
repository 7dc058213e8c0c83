//! Encrypting as partners do, in the ciphers that we write and in those that we only read.

use aws_lc_rs::cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use entente::base::encoding::base64;
use entente::base::random::SystemRandom;
use entente::keys::certificates::Certificate;
use entente::keys::oaep::{Oaep, wrap};
use entente::saml::messages::encrypted_assertion::{Receiver, WrittenCipher, encrypted_assertion};

/// The EncryptedAssertion of this text by AES-256-GCM, as Shibboleth and Keycloak send it.
pub fn by_gcm(assertion: &str, certificate: &Certificate) -> String {
    let receiver = Receiver { certificate, cipher: WrittenCipher::Aes256Gcm, oaep: Oaep::Sha1 };
    encrypted_assertion(assertion, receiver, &SystemRandom).unwrap()
}

/// The same by AES-256-CBC, in the shape that ADFS has.
pub fn by_cbc(assertion: &str, certificate: &Certificate) -> String {
    let padding = 16 - assertion.len() % 16;
    cbc_of(&[assertion.as_bytes(), &vec![u8::try_from(padding).unwrap(); padding]].concat(), certificate)
}

/// The same of octets that are padded already, or not.
pub fn cbc_of(padded: &[u8], certificate: &Certificate) -> String {
    let content_key = [5; 32];
    let mut blocks = padded.to_vec();
    let key = EncryptingKey::cbc(UnboundCipherKey::new(&AES_256, &content_key).unwrap()).unwrap();
    key.less_safe_encrypt(&mut blocks, EncryptionContext::Iv128(FixedLength::from([9; 16]))).unwrap();
    let wrapped = wrap(certificate, Oaep::Sha1, &content_key).unwrap();
    format!(
        r#"<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><xenc:EncryptedData Type="http://www.w3.org/2001/04/xmlenc#Element" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"><xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><e:EncryptedKey xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"><DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/></e:EncryptionMethod><KeyInfo><ds:X509Data xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509IssuerSerial><ds:X509IssuerName>CN=gate</ds:X509IssuerName><ds:X509SerialNumber>1</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data></KeyInfo><e:CipherData><e:CipherValue>{}</e:CipherValue></e:CipherData></e:EncryptedKey></KeyInfo><xenc:CipherData><xenc:CipherValue>{}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></EncryptedAssertion>"#,
        base64(wrapped),
        base64([[9; 16].as_slice(), &blocks].concat()),
    )
}
