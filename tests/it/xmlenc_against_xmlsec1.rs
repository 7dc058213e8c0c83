//! What we encrypt the xmlsec1 command decrypts, and what it encrypts we decrypt: a witness that shares no
//! code with us.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use entente::base::clock::Timestamp;
use entente::base::encoding::base64;
use entente::base::random::SystemRandom;
use entente::keys::certificates::Certificate;
use entente::keys::generate::self_signed;
use entente::keys::oaep::{DecryptionKeys, Oaep};
use entente::keys::public::PublicKey;
use entente::keys::signing::SigningKey;
use entente::xmlsig::c14n::canonical;
use entente::xmlsig::content_cipher::ContentCipher;
use entente::xmlsig::decrypt::decrypt;
use entente::xmlsig::dom::Document;
use entente::xmlsig::encrypt::{Receiver, encrypt};
use entente::xmlsig::limits::Limits;
use entente::xmlsig::sign::ToSign;
use entente::xmlsig::verify::verify;
use entente::xmlsig::write::Halves;
use tempfile::TempDir;

use crate::xmlsig_against_xmlsec1::is_installed;

const INSIDE: &str = r#"<a:A xmlns:a="urn:a" ID="_a">b &amp; c</a:A>"#;

fn certified() -> (SigningKey, Certificate) {
    let key = SigningKey::generate_rsa().unwrap();
    let (begin, end) = (Timestamp::from_seconds(1_600_000_000), Duration::from_secs(3_000_000_000));
    let certificate = self_signed(&SystemRandom, &key, "witness", begin, begin.plus(end)).unwrap();
    (key, certificate)
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = base64(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// What xmlsec1 makes of an encrypted document with a private key.
pub fn decrypted_by_xmlsec1(folder: &Path, key: &SigningKey, text: &str) -> String {
    let (document, private) = (folder.join("encrypted.xml"), folder.join("private.pem"));
    std::fs::write(&document, text).unwrap();
    std::fs::write(&private, pem("PRIVATE KEY", key.pkcs8().expose())).unwrap();
    let output =
        Command::new("xmlsec1").arg("--decrypt").arg("--privkey-pem").arg(private).arg(document).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The EncryptedData that xmlsec1 makes of [`INSIDE`].
fn encrypted_by_xmlsec1(folder: &Path, certificate: &Certificate, cipher: ContentCipher, data: &str) -> String {
    let template = format!(
        r#"<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element"><xenc:EncryptionMethod Algorithm="{}"/><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/><ds:KeyInfo><ds:KeyName/></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>"#,
        cipher.uri()
    );
    let paths = ["template.xml", "data.xml", "public.pem"].map(|name| folder.join(name));
    std::fs::write(&paths[0], template).unwrap();
    std::fs::write(&paths[1], data).unwrap();
    std::fs::write(&paths[2], pem("CERTIFICATE", certificate.der())).unwrap();
    let output = Command::new("xmlsec1")
        .arg("--encrypt")
        .arg("--pubkey-cert-pem")
        .arg(&paths[2])
        .arg("--session-key")
        .arg(format!("aes-{}", cipher.key_length() * 8))
        .arg("--xml-data")
        .arg(&paths[1])
        .arg(&paths[0])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text[text.find("<xenc:EncryptedData").unwrap()..].trim_end().to_owned()
}

#[test]
fn what_we_encrypt_is_decrypted_by_xmlsec1() {
    if !is_installed("xmlsec1") {
        return;
    }
    let (folder, (key, certificate)) = (TempDir::new().unwrap(), certified());
    for cipher in [ContentCipher::Aes128Gcm, ContentCipher::Aes256Gcm] {
        // The version of Debian 12 knows no other pair.
        let receiver = Receiver { certificate: &certificate, cipher, oaep: Oaep::Sha1 };
        let text = encrypt(INSIDE, receiver, &SystemRandom).unwrap();
        let plain = decrypted_by_xmlsec1(folder.path(), &key, &format!("<w:W xmlns:w=\"urn:w\">{text}</w:W>"));
        assert!(plain.contains("<a:A xmlns:a=\"urn:a\" ID=\"_a\">b &amp; c</a:A></w:W>"), "{plain}");
    }
}

#[test]
fn what_xmlsec1_encrypts_we_decrypt() {
    if !is_installed("xmlsec1") {
        return;
    }
    let (folder, (key, certificate)) = (TempDir::new().unwrap(), certified());
    let keys = DecryptionKeys::new([&key]);
    let public = [Arc::new(PublicKey::from_spki(&key.spki().unwrap()).unwrap())];
    for cipher in ContentCipher::ALL {
        let data = encrypted_by_xmlsec1(folder.path(), &certificate, cipher, INSIDE);
        // Signed around it, so that every cipher is read.
        let bare = format!("<w:R xmlns:w=\"urn:w\" ID=\"_r\"><w:W>{data}</w:W></w:R>");
        let bare =
            String::from_utf8(canonical(Document::parse(bare.as_bytes(), &Limits::MESSAGE).unwrap().root(), &[]));
        let (head, tail) = bare.as_ref().unwrap().split_at(bare.as_ref().unwrap().find("<w:W>").unwrap());
        let halves = Halves { head: head.to_owned(), tail: tail.to_owned() };
        let waiting = ToSign::new(halves, "_r", key.default_algorithm(), None).unwrap();
        let signature = key.sign(key.default_algorithm(), waiting.signed_info()).unwrap();
        let text = waiting.finish(&signature);
        let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
        let verified = verify(document.root(), &public).unwrap();
        let wrapper = document.root().child("urn:w", "W").unwrap().unwrap();
        let plaintext = decrypt(wrapper, Some(&verified), "urn:ours", &keys).unwrap();
        let decrypted = plaintext.document().unwrap();
        let root = decrypted.verified().unwrap().element();
        assert_eq!(String::from_utf8(canonical(root, &[])).unwrap(), INSIDE, "{cipher:?}");
    }
}
