//! Verifies one signed response of 8 kB, scan and structure included, against the floor of the same
//! work done raw: one RSA-2048 verification, SHA-256 of the document twice, one parse by roxmltree.

#![expect(clippy::expect_used, reason = "a bench has nobody to return an error to")]

#[path = "timing/mod.rs"]
mod timing;

use std::hint::black_box;
use std::sync::Arc;

use entente::base::encoding::sha256;
use entente::keys::public::PublicKey;
use entente::keys::signing::{SignatureAlgorithm, SigningKey};
use entente::xmlsig::dom::Document;
use entente::xmlsig::limits::Limits;
use entente::xmlsig::sign::ToSign;
use entente::xmlsig::verify::{refuse_stray_signatures, verify};
use entente::xmlsig::write::{Name, XmlWriter};

const MAX_RATIO: f64 = 1.6;

const fn samlp(local: &'static str) -> Name {
    Name::new("samlp", "urn:oasis:names:tc:SAML:2.0:protocol", local)
}

const fn saml(local: &'static str) -> Name {
    Name::new("saml", "urn:oasis:names:tc:SAML:2.0:assertion", local)
}

fn response(key: &SigningKey) -> String {
    let mut writer = XmlWriter::new();
    writer.start(samlp("Response")).attribute("ID", "_response").attribute("Version", "2.0");
    writer.leaf(saml("Issuer"), "https://idp.example.org/").signature_here();
    writer.start(samlp("Status")).start(samlp("StatusCode")).attribute("Value", "Success").end().end();
    writer.start(saml("Assertion")).attribute("ID", "_assertion").attribute("Version", "2.0");
    writer.leaf(saml("Issuer"), "https://idp.example.org/");
    writer.start(saml("Subject")).leaf(saml("NameID"), "person-1").end();
    writer.start(saml("AttributeStatement"));
    for number in 0..27 {
        writer.start(saml("Attribute"));
        writer.attribute("Name", &format!("urn:oid:1.3.6.1.4.1.5923.1.1.1.{number}"));
        writer.attribute("NameFormat", "urn:oasis:names:tc:SAML:2.0:attrname-format:uri");
        writer.leaf(saml("AttributeValue"), &format!("value number {number} of a person & of others"));
        writer.end();
    }
    writer.end().end().end();
    let halves = writer.finish_halves().expect("the response is written");
    let waiting = ToSign::new(halves, "_response", SignatureAlgorithm::RsaSha256, None).expect("the id is plain");
    let signature = key.sign(SignatureAlgorithm::RsaSha256, waiting.signed_info()).expect("the key signs");
    waiting.finish(&signature)
}

fn main() {
    let key = SigningKey::generate_rsa().expect("a key is generated");
    let public = PublicKey::from_spki(&key.spki().expect("it has a public half")).expect("which can be read");
    let keys = [Arc::new(public)];
    let text = response(&key);
    let bytes = text.as_bytes();
    let message = b"any message";
    let signature = key.sign(SignatureAlgorithm::RsaSha256, message).expect("the key signs");

    let [ours, rsa, hash, parse] = timing::medians([
        &mut || {
            let document = Document::parse(bytes, &Limits::MESSAGE).expect("the response is read");
            let verified = verify(document.root(), &keys).expect("the response is verified");
            refuse_stray_signatures(&document, &[verified.element()]).expect("it has one signature");
            black_box(verified.key_index());
        },
        &mut || assert!(keys[0].has_signed(SignatureAlgorithm::RsaSha256, message, &signature)),
        &mut || {
            black_box(sha256(black_box(bytes)));
        },
        &mut || {
            black_box(roxmltree::Document::parse(black_box(&text)).expect("the response is XML"));
        },
    ]);
    let [sign] = timing::medians([&mut || {
        black_box(key.sign(SignatureAlgorithm::RsaSha256, message).expect("the key signs"));
    }]);
    let floor = rsa + 2.0 * hash + parse;
    println!("document                {:>9} bytes", bytes.len());
    println!("raw RSA verification    {rsa:>9.1} us");
    println!("raw SHA-256             {hash:>9.1} us");
    println!("raw parse               {parse:>9.1} us");
    println!("floor                   {floor:>9.1} us");
    println!("verify_saml_response    {ours:>9.1} us = {:.3} raw signatures", ours / sign);
    timing::report("verify_saml_response", ours / floor, MAX_RATIO);
}
