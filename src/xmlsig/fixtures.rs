//! Documents that the xmlsec1 command signed, as `tests/fixtures/README.md` tells.

use std::sync::Arc;

use super::dom::Document;
use super::limits::Limits;
use super::names::DSIG;
use super::signature_error::SignatureError;
use super::testing::{find, outcome};
use super::verify::verify;
use crate::base::encoding::from_base64_lines;
use crate::keys::certificates::Certificate;
use crate::keys::public::PublicKey;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../tests/fixtures/xmlsig/", $name))
    };
}

fn keys(pem: &str) -> Vec<Arc<PublicKey>> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    vec![Arc::clone(Certificate::from_der(&from_base64_lines(&body).unwrap()).unwrap().key())]
}

fn rsa() -> Vec<Arc<PublicKey>> {
    keys(fixture!("rsa.crt"))
}

fn p256() -> Vec<Arc<PublicKey>> {
    keys(fixture!("p256.crt"))
}

fn judge(text: &str, id: &str, keys: &[Arc<PublicKey>], limits: &Limits) -> Result<(), SignatureError> {
    let document = Document::parse(text.as_bytes(), limits).unwrap();
    let element = find(document.root(), &|element| element.id() == Some(id)).unwrap();
    let verified = verify(element, keys)?;
    assert_eq!(verified.element(), element);
    assert_eq!(verified.key_index(), keys.len() - 1);
    assert!(verified.element().children_named(DSIG, "Signature").next().is_none());
    Ok(())
}

const SIGNED: [(&str, &str, &str); 10] = [
    ("response-rsa-sha256", fixture!("response-rsa-sha256.xml"), "_r1"),
    ("assertion-rsa-sha512", fixture!("assertion-rsa-sha512.xml"), "_a1"),
    ("assertion-ecdsa-sha256", fixture!("assertion-ecdsa-sha256.xml"), "_a1"),
    ("assertion-prefix-list", fixture!("assertion-prefix-list.xml"), "_a1"),
    ("assertion-default-namespaces", fixture!("assertion-default-namespaces.xml"), "_a1"),
    ("assertion-escapes", fixture!("assertion-escapes.xml"), "_a1"),
    ("assertion-cdata", fixture!("assertion-cdata.xml"), "_a1"),
    ("response-and-assertion, outer", fixture!("response-and-assertion.xml"), "_r1"),
    ("response-and-assertion, inner", fixture!("response-and-assertion.xml"), "_a1"),
    ("metadata-with-comments", fixture!("metadata-with-comments.xml"), "_m1"),
];

fn limits(name: &str) -> Limits {
    if name.starts_with("metadata") { Limits::METADATA } else { Limits::MESSAGE }
}

#[test]
fn documents_signed_by_xmlsec1_are_accepted() {
    for (name, text, id) in SIGNED {
        let keys = if name.contains("ecdsa") { p256() } else { rsa() };
        assert_eq!(judge(text, id, &keys, &limits(name)), Ok(()), "{name}");
    }
}

#[test]
fn a_key_is_found_among_several_of_either_kind() {
    let both = [p256(), rsa()].concat();
    assert_eq!(judge(fixture!("response-rsa-sha256.xml"), "_r1", &both, &Limits::MESSAGE), Ok(()));
}

#[test]
fn line_ends_of_another_system_change_nothing() {
    for (name, text, id) in SIGNED {
        let keys = if name.contains("ecdsa") { p256() } else { rsa() };
        let text = text.replace('\n', "\r\n");
        assert_eq!(judge(&text, id, &keys, &limits(name)), Ok(()), "{name}");
    }
}

#[test]
fn a_key_of_another_kind_is_no_key() {
    for (name, text, id) in SIGNED {
        let keys = if name.contains("ecdsa") { rsa() } else { p256() };
        assert_eq!(outcome(judge(text, id, &keys, &limits(name))), "no_usable_key", "{name}");
    }
}

#[test]
fn one_changed_character_breaks_the_digest() {
    for (name, text, id) in SIGNED {
        let keys = if name.contains("ecdsa") { p256() } else { rsa() };
        let text = text.replace("https://idp.example.org/", "https://idp.example.0rg/");
        assert_eq!(outcome(judge(&text, id, &keys, &limits(name))), "digest_mismatch", "{name}");
    }
}

#[test]
fn one_changed_character_of_signed_info_breaks_the_signature() {
    for (name, text, id) in SIGNED {
        let keys = if name.contains("ecdsa") { p256() } else { rsa() };
        let text = text.replace("<ds:DigestValue>", "<ds:DigestValue> ");
        assert_eq!(outcome(judge(&text, id, &keys, &limits(name))), "signature_mismatch", "{name}");
    }
}

#[test]
fn namespaces_that_no_name_uses_are_not_signed() {
    let text = fixture!("response-rsa-sha256.xml").replace("<saml:Subject>", r#"<saml:Subject xmlns:new="urn:new">"#);
    assert_eq!(judge(&text, "_r1", &rsa(), &Limits::MESSAGE), Ok(()));
}

#[test]
fn namespaces_on_the_prefix_list_are_signed() {
    let good = fixture!("assertion-prefix-list.xml");
    for (from, to) in
        [("http://www.w3.org/2001/XMLSchema\"", "http://www.w3.org/2001/OtherSchema\""), ("urn:default", "urn:other")]
    {
        assert!(good.contains(from));
        let text = good.replacen(from, to, 1);
        let expected = if from.starts_with("http") { "signature_mismatch" } else { "digest_mismatch" };
        assert_eq!(outcome(judge(&text, "_a1", &rsa(), &Limits::MESSAGE)), expected, "{to}");
    }
}
