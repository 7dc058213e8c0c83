//! EncryptedData and the EncryptedKey for it, read by one fixed profile: the ciphertext stands in the
//! message, nothing is fetched and nothing is transformed.
//!
//! # Source
//! XML Encryption 1.1 3 and 5.5.2; SAML Core 2.3.4 and SAML Errata E43 for keys beside the data.

use super::content_cipher::ContentCipher;
use super::dom::Element;
use super::encryption_error::EncryptionError;
use super::names::{DSIG, XENC, XENC11};
use crate::base::encoding::from_base64_lines;
use crate::keys::oaep::Oaep;

/// The type of a whole element that was encrypted.
pub(super) const TYPE_ELEMENT: &str = "http://www.w3.org/2001/04/xmlenc#Element";
/// RSA-OAEP whose mask generation is that with SHA-1.
pub(super) const OAEP_MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
/// RSA-OAEP whose mask generation is named.
pub(super) const OAEP_NAMED: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
/// The digests and the mask generation functions of OAEP.
pub(super) const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
pub(super) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
pub(super) const MGF1_SHA1: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha1";
pub(super) const MGF1_SHA256: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha256";

/// The most wrapped keys that are looked at; senders who encrypt for several receivers add some.
const MAX_KEYS: usize = 8;
/// The longest wrapped key: RSA of 8192 bits. **Units**: bytes.
const MAX_WRAPPED: usize = 1024;

/// What has to be opened, taken out of the message and not opened yet.
#[derive(Debug)]
pub(super) struct Ciphertext {
    pub(super) cipher: ContentCipher,
    pub(super) content: Vec<u8>,
    pub(super) oaep: Oaep,
    pub(super) wrapped: Vec<u8>,
}

/// Reads `wrapper`, which holds one EncryptedData and after it any EncryptedKey that does not stand
/// inside. Of several keys the one is taken that names `recipient`, or nobody.
pub(super) fn read(wrapper: Element<'_, '_>, recipient: &str) -> Result<Ciphertext, EncryptionError> {
    let mut children = wrapper.children();
    let data = children.next().filter(|first| first.is(XENC, "EncryptedData")).ok_or(EncryptionError::Malformed)?;
    let beside: Vec<_> = children.collect();
    let is_whole = data.attribute("Type").is_none_or(|found| found == TYPE_ELEMENT);
    if !is_whole || data.attribute("Encoding").is_some() || beside.iter().any(|key| !is_key(key)) {
        return Err(EncryptionError::Malformed);
    }
    let method = one(data, XENC, "EncryptionMethod")?;
    let cipher = algorithm(method).and_then(ContentCipher::from_uri).ok_or(EncryptionError::ContentAlgorithm)?;
    let key = choose(data, &beside, recipient)?;
    let oaep = read_oaep(one(key, XENC, "EncryptionMethod")?)?;
    let wrapped = cipher_value(key)?;
    if wrapped.len() > MAX_WRAPPED {
        return Err(EncryptionError::Malformed);
    }
    Ok(Ciphertext { cipher, content: cipher_value(data)?, oaep, wrapped })
}

/// The one EncryptedKey for us. Hints of names and certificates are not looked at: every key of ours is
/// tried in any case.
fn choose<'doc, 'input>(
    data: Element<'doc, 'input>,
    beside: &[Element<'doc, 'input>],
    recipient: &str,
) -> Result<Element<'doc, 'input>, EncryptionError> {
    let key_info = data.child(DSIG, "KeyInfo").map_err(|_| EncryptionError::Malformed)?;
    let within = || key_info.iter().flat_map(Element::children);
    if within().any(|child| child.is(XENC, "AgreementMethod") || child.is(XENC11, "DerivedKey")) {
        return Err(EncryptionError::KeyAlgorithm);
    }
    let mut named = Vec::new();
    for method in within().filter(|child| child.is(DSIG, "RetrievalMethod")) {
        let id = method.attribute("URI").and_then(|uri| uri.strip_prefix('#')).filter(|id| !id.is_empty());
        if method.children().next().is_some() {
            return Err(EncryptionError::Malformed);
        }
        named.push(id.ok_or(EncryptionError::Malformed)?);
    }
    let is_named =
        |key: &Element<'_, '_>| named.is_empty() || key.attribute("Id").is_some_and(|id| named.contains(&id));
    let all: Vec<_> = within().filter(is_key).chain(beside.iter().copied().filter(is_named)).collect();
    if all.len() > MAX_KEYS {
        return Err(EncryptionError::KeyChoice { found: all.len() });
    }
    // A name is a hint (XML Encryption 1.1 3.5.1), which matters only where there is a choice.
    if let [one] = all.as_slice() {
        return Ok(*one);
    }
    let is_ours = |key: &&Element<'_, '_>| key.attribute("Recipient").is_none_or(|found| found == recipient);
    let ours: Vec<_> = all.iter().filter(is_ours).collect();
    match ours.as_slice() {
        [one] => Ok(**one),
        several => Err(EncryptionError::KeyChoice { found: several.len() }),
    }
}

fn is_key(element: &Element<'_, '_>) -> bool {
    element.is(XENC, "EncryptedKey")
}

/// The pair that an EncryptionMethod names, in a message or in metadata.
pub(super) fn read_oaep(method: Element<'_, '_>) -> Result<Oaep, EncryptionError> {
    let (mut digest, mut mask) = (SHA1, MGF1_SHA1);
    let named = match algorithm(method) {
        Some(OAEP_MGF1P) => false,
        Some(OAEP_NAMED) => true,
        _ => return Err(EncryptionError::KeyAlgorithm),
    };
    for part in method.children() {
        if part.is(DSIG, "DigestMethod") {
            digest = algorithm(part).unwrap_or_default();
        } else if part.is(XENC11, "MGF") && named {
            mask = algorithm(part).unwrap_or_default();
        } else {
            return Err(EncryptionError::Malformed);
        }
    }
    match (digest, mask) {
        (SHA1, MGF1_SHA1) => Ok(Oaep::Sha1),
        (SHA256, MGF1_SHA256) => Ok(Oaep::Sha256),
        _ => Err(EncryptionError::OaepPair),
    }
}

fn algorithm<'doc>(method: Element<'doc, '_>) -> Option<&'doc str> {
    method.attribute("Algorithm")
}

fn cipher_value(element: Element<'_, '_>) -> Result<Vec<u8>, EncryptionError> {
    let mut parts = one(element, XENC, "CipherData")?.children();
    let value = parts.next().filter(|value| value.is(XENC, "CipherValue") && parts.next().is_none());
    let text = value.and_then(|value| value.text()).ok_or(EncryptionError::Malformed)?;
    from_base64_lines(&text).ok_or(EncryptionError::Malformed)
}

fn one<'doc, 'input>(
    parent: Element<'doc, 'input>,
    namespace: &str,
    local: &str,
) -> Result<Element<'doc, 'input>, EncryptionError> {
    parent.child(namespace, local).ok().flatten().ok_or(EncryptionError::Malformed)
}
