//! Writes and signs one assertion with RSA-2048, against one raw signature.

#![expect(clippy::expect_used, reason = "a bench has nobody to return an error to")]

#[path = "timing/mod.rs"]
mod timing;

use std::hint::black_box;

use entente::keys::signing::{SignatureAlgorithm, SigningKey};
use entente::xmlsig::sign::ToSign;
use entente::xmlsig::write::{Name, XmlWriter};

const MAX_RATIO: f64 = 1.1;

const fn saml(local: &'static str) -> Name {
    Name::new("saml", "urn:oasis:names:tc:SAML:2.0:assertion", local)
}

fn signed_assertion(key: &SigningKey) -> String {
    let mut writer = XmlWriter::new();
    writer.start(saml("Assertion")).attribute("ID", "_assertion").attribute("Version", "2.0");
    writer.leaf(saml("Issuer"), "https://gateway.example.org/").signature_here();
    writer.start(saml("Subject")).leaf(saml("NameID"), "person-1").end();
    writer.start(saml("Conditions")).start(saml("AudienceRestriction"));
    writer.leaf(saml("Audience"), "https://app.example.org/").end().end();
    writer.start(saml("AttributeStatement"));
    for name in ["mail", "givenName", "sn", "displayName", "eduPersonPrincipalName", "memberOf"] {
        writer.start(saml("Attribute")).attribute("Name", name);
        writer.leaf(saml("AttributeValue"), "a value of this person").end();
    }
    writer.end().end();
    let halves = writer.finish_halves().expect("the assertion is written");
    let waiting = ToSign::new(halves, "_assertion", SignatureAlgorithm::RsaSha256, None).expect("the id is plain");
    let signature = key.sign(SignatureAlgorithm::RsaSha256, waiting.signed_info()).expect("the key signs");
    waiting.finish(&signature)
}

fn main() {
    let key = SigningKey::generate_rsa().expect("a key is generated");
    let [ours, raw] = timing::medians([
        &mut || {
            black_box(signed_assertion(&key));
        },
        &mut || {
            black_box(key.sign(SignatureAlgorithm::RsaSha256, b"any message").expect("the key signs"));
        },
    ]);
    println!("raw RSA signature       {raw:>9.1} us");
    println!("sign_assertion          {ours:>9.1} us");
    timing::report("sign_assertion", ours / raw, MAX_RATIO);
}
