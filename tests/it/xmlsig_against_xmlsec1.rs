//! What we sign is accepted by the xmlsec1 command, and what xmlsec1 refuses we refuse: a witness
//! that shares no code with us.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use entente::base::clock::Timestamp;
use entente::base::random::SystemRandom;
use entente::keys::certificates::Certificate;
use entente::keys::generate::self_signed;
use entente::keys::signing::{SignatureAlgorithm, SigningKey};
use entente::xmlsig::dom::Document;
use entente::xmlsig::limits::Limits;
use entente::xmlsig::sign::ToSign;
use entente::xmlsig::verify::verify;
use entente::xmlsig::write::{Name, XmlWriter};
use tempfile::TempDir;

const NAMESPACE: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

const fn saml(local: &'static str) -> Name {
    Name::new("saml", NAMESPACE, local)
}

/// Whether the command `name` is here. Under `ENTENTE_TEST_STRICT=1` its absence fails the test.
pub fn is_installed(name: &str) -> bool {
    let found = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        assert!(std::env::var("ENTENTE_TEST_STRICT").as_deref() != Ok("1"), "{name} is not installed");
        eprintln!("skipped: {name} is not installed");
    }
    found
}

struct Signed {
    text: String,
    certificate: Certificate,
}

fn sign(algorithm: SignatureAlgorithm, value: &str) -> Signed {
    let key = match algorithm {
        SignatureAlgorithm::EcdsaP256Sha256 => SigningKey::generate_p256().unwrap(),
        _ => SigningKey::generate_rsa().unwrap(),
    };
    // The command compares the dates of the certificate with its own clock.
    let (begin, end) = (Timestamp::from_seconds(1_600_000_000), Duration::from_secs(3_000_000_000));
    let certificate = self_signed(&SystemRandom, &key, "witness", begin, begin.plus(end)).unwrap();
    let mut writer = XmlWriter::new();
    writer.start(saml("Assertion")).attribute("ID", "_signed").attribute("a", value);
    writer.leaf(saml("Issuer"), "https://gateway.example.org/").signature_here();
    writer.start(saml("AttributeStatement")).attribute_in(Name::new("x", "urn:x", "b"), value);
    writer.leaf(saml("AttributeValue"), value).end();
    writer.leaf(Name::new("", "urn:default", "Extension"), value).leaf(Name::plain("Bare"), value).end();
    let waiting = ToSign::new(writer.finish_halves().unwrap(), "_signed", algorithm, Some(&certificate)).unwrap();
    let signature = key.sign(algorithm, waiting.signed_info()).unwrap();
    Signed { text: waiting.finish(&signature), certificate }
}

fn xmlsec1_accepts(directory: &Path, text: &str, certificate: &Certificate) -> bool {
    let (document, key) = (directory.join("signed.xml"), directory.join("key.der"));
    std::fs::write(&document, text).unwrap();
    std::fs::write(&key, certificate.der()).unwrap();
    let output = Command::new("xmlsec1")
        .arg("--verify")
        .arg("--trusted-der")
        .arg(&key)
        .arg("--id-attr:ID")
        .arg(format!("{NAMESPACE}:Assertion"))
        .arg(&document)
        .output()
        .unwrap();
    output.status.success()
}

#[test]
fn what_we_sign_is_accepted_by_xmlsec1() {
    if !is_installed("xmlsec1") {
        return;
    }
    let directory = TempDir::new().unwrap();
    for algorithm in [SignatureAlgorithm::RsaSha256, SignatureAlgorithm::RsaSha512, SignatureAlgorithm::EcdsaP256Sha256]
    {
        for value in ["plain", "a <b> & \"c\" 'd'\t\r\n ]]> é 😀", ""] {
            let signed = sign(algorithm, value);
            let accepted = |text: &str| xmlsec1_accepts(directory.path(), text, &signed.certificate);
            assert!(accepted(&signed.text), "{algorithm:?} {value:?}");
            let within = format!("<w:Response xmlns:w='urn:w' xmlns:o='urn:o'>\n{}</w:Response>", signed.text);
            assert!(accepted(&within), "{algorithm:?} {value:?}");
            assert!(!accepted(&signed.text.replace("gateway", "getaway")), "{algorithm:?} {value:?}");
        }
    }
}

#[test]
fn what_we_sign_we_accept_inside_another_document() {
    for value in ["plain", "a <b> & \"c\" 'd'\t\r\n ]]> é 😀", ""] {
        let signed = sign(SignatureAlgorithm::EcdsaP256Sha256, value);
        let within = format!("<w:Response xmlns:w='urn:w' xmlns:o='urn:o'>\n{}</w:Response>", signed.text);
        let document = Document::parse(within.as_bytes(), &Limits::MESSAGE).unwrap();
        let assertion = document.root().child(NAMESPACE, "Assertion").unwrap().unwrap();
        let verified = verify(assertion, &[signed.certificate.key().clone()]).unwrap();
        assert_eq!(verified.element(), assertion);
    }
}
