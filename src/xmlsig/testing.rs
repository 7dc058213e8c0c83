//! Forging for the tests of this room: texts in which digest and signature are filled in last, so
//! that a document can be wrong in one point and right in all others.

use std::sync::{Arc, LazyLock};

use super::c14n::canonical_without;
use super::dom::{Document, Element};
use super::limits::Limits;
use super::names::DSIG;
use super::signature_error::SignatureError;
use super::verify::verify;
use crate::base::encoding::{base64, sha256};
use crate::keys::public::PublicKey;
use crate::keys::signing::{SignatureAlgorithm, SigningKey};

/// Stands where the digest of the element with `ID="signed"` goes.
pub(super) const DIGEST: &str = "@digest@";
/// Stands where the signature over the first SignedInfo goes.
pub(super) const VALUE: &str = "@value@";
/// A signature with both left open.
pub(super) const SIGNATURE: &str = concat!(
    r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>"#,
    r#"<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod>"#,
    r#"<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>"#,
    r##"<ds:Reference URI="#signed"><ds:Transforms>"##,
    r#"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>"#,
    r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform></ds:Transforms>"#,
    r#"<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>"#,
    r#"<ds:DigestValue>@digest@</ds:DigestValue></ds:Reference></ds:SignedInfo>"#,
    r#"<ds:SignatureValue>@value@</ds:SignatureValue></ds:Signature>"#,
);

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_rsa().unwrap());

/// The key of the partner in the tests.
pub(super) fn key() -> &'static SigningKey {
    &KEY
}

/// The public half of `key`.
pub(super) fn public(key: &SigningKey) -> Arc<PublicKey> {
    Arc::new(PublicKey::from_spki(&key.spki().unwrap()).unwrap())
}

/// A small document whose root is signed; `inside` follows the signature.
pub(super) fn signed_root(inside: &str) -> String {
    format!(r#"<p:Root xmlns:p="urn:p" ID="signed"><p:Issuer>idp</p:Issuer>{SIGNATURE}{inside}</p:Root>"#)
}

/// Fills in the digest and the signature where `text` leaves them open.
pub(super) fn seal(text: &str) -> String {
    let mut text = text.to_owned();
    if text.contains(DIGEST) {
        let document = Document::parse(text.as_bytes(), &Limits::METADATA).unwrap();
        let signed = find(document.root(), &|element| element.id() == Some("signed")).unwrap();
        let signature = signed.node().children().find(|node| node.has_tag_name((DSIG, "Signature")));
        let covered = canonical_without(signed.node(), signature.map(|node| node.id()), &[]);
        let digest = base64(sha256(&covered));
        text = text.replace(DIGEST, &digest);
    }
    let document = Document::parse(text.as_bytes(), &Limits::METADATA).unwrap();
    let Some(signed_info) = find(document.root(), &|element| element.is(DSIG, "SignedInfo")) else { return text };
    let octets = canonical_without(signed_info.node(), None, &[]);
    let value = key().sign(SignatureAlgorithm::RsaSha256, &octets).unwrap();
    text.replace(VALUE, &base64(value))
}

/// The cause with which the root of `text` is refused by the key of the tests, or `accepted`.
pub(super) fn judge_root(text: &str) -> &'static str {
    let document = match Document::parse(text.as_bytes(), &Limits::MESSAGE) {
        Ok(document) => document,
        Err(error) => return error.cause(),
    };
    outcome(verify(document.root(), &[public(key())]).map(|_| ()))
}

/// The cause of a refusal, or `accepted`.
pub(super) fn outcome(result: Result<(), SignatureError>) -> &'static str {
    result.map_or_else(|error| error.cause(), |()| "accepted")
}

/// The first element, root included, that `is_it`.
pub(super) fn find<'doc, 'input>(
    from: Element<'doc, 'input>,
    is_it: &dyn Fn(Element<'doc, 'input>) -> bool,
) -> Option<Element<'doc, 'input>> {
    if is_it(from) {
        return Some(from);
    }
    from.children().find_map(|child| find(child, is_it))
}
