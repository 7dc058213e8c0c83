//! What is opened, what is not, and that nobody can tell the failures apart.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;

use super::*;
use crate::base::clock::Timestamp;
use crate::base::encoding::base64;
use crate::base::random::SystemRandom;
use crate::keys::certificates::Certificate;
use crate::keys::generate::self_signed;
use crate::keys::oaep::wrap;
use crate::keys::public::PublicKey;
use crate::keys::signing::SigningKey;
use crate::xmlsig::content_cipher::ContentCipher;
use crate::xmlsig::encrypt::{Receiver, encrypt};
use crate::xmlsig::sign::ToSign;
use crate::xmlsig::verify::verify;
use crate::xmlsig::write::Halves;

const INSIDE: &str = r#"<a:A xmlns:a="urn:a" ID="_a">b</a:A>"#;
const OURS: &str = "urn:ours";

struct Party {
    key: SigningKey,
    certificate: Certificate,
}

fn party() -> Party {
    let key = SigningKey::generate_rsa().unwrap();
    let now = Timestamp::from_seconds(1_790_000_000);
    let certificate = self_signed(&SystemRandom, &key, "test", now, now.plus(Duration::from_secs(86_400))).unwrap();
    Party { key, certificate }
}

static CURRENT: LazyLock<Party> = LazyLock::new(party);
static RETIRED: LazyLock<Party> = LazyLock::new(party);
static STRANGER: LazyLock<Party> = LazyLock::new(party);
static SIGNER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_p256().unwrap());

fn keys() -> DecryptionKeys {
    DecryptionKeys::new([&CURRENT.key, &RETIRED.key])
}

fn for_whom(party: &Party, cipher: ContentCipher, oaep: Oaep) -> String {
    let receiver = Receiver { certificate: &party.certificate, cipher, oaep };
    encrypt(INSIDE, receiver, &SystemRandom).unwrap()
}

fn good() -> String {
    for_whom(&CURRENT, ContentCipher::Aes256Gcm, Oaep::Sha256)
}

/// The EncryptedData of CBC ciphertext, as others write it.
fn cbc(cipher: ContentCipher, padded: &[u8]) -> String {
    let content_key = vec![5; cipher.key_length()];
    let mut blocks = padded.to_vec();
    let algorithm = if cipher.key_length() == 16 { &AES_128 } else { &AES_256 };
    let key = EncryptingKey::cbc(UnboundCipherKey::new(algorithm, &content_key).unwrap()).unwrap();
    key.less_safe_encrypt(&mut blocks, EncryptionContext::Iv128(FixedLength::from([9; 16]))).unwrap();
    let wrapped = wrap(&CURRENT.certificate, Oaep::Sha1, &content_key).unwrap();
    let method = r#"<x:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/>"#;
    format!(
        r#"<x:EncryptedData xmlns:x="http://www.w3.org/2001/04/xmlenc#"><x:EncryptionMethod Algorithm="{}"/><d:KeyInfo xmlns:d="http://www.w3.org/2000/09/xmldsig#"><x:EncryptedKey>{method}<x:CipherData><x:CipherValue>{}</x:CipherValue></x:CipherData></x:EncryptedKey></d:KeyInfo><x:CipherData><x:CipherValue>{}</x:CipherValue></x:CipherData></x:EncryptedData>"#,
        cipher.uri(),
        base64(wrapped),
        base64([[9; 16].as_slice(), &blocks].concat()),
    )
}

fn padded(text: &str) -> Vec<u8> {
    let padding = 16 - text.len() % 16;
    [text.as_bytes(), &vec![padding as u8; padding]].concat()
}

enum Around {
    Nothing,
    Signature,
}

/// What comes out of `inside` of a wrapper, or the cause. Holds that two private operations were made.
fn open(inside: &str, around: &Around) -> Result<String, &'static str> {
    let head = r#"<p:R xmlns:p="urn:p" ID="signed">"#;
    let tail = format!("<p:W>{inside}</p:W></p:R>");
    let text = match around {
        Around::Nothing => format!("{head}{tail}"),
        Around::Signature => {
            let canonical = {
                let text = format!("{head}{tail}");
                let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
                String::from_utf8(crate::xmlsig::c14n::canonical(document.root(), &[])).unwrap()
            };
            let (head, tail) = canonical.split_at(canonical.find("<p:W>").unwrap());
            let halves = Halves { head: head.to_owned(), tail: tail.to_owned() };
            let waiting = ToSign::new(halves, "signed", SIGNER.default_algorithm(), None).unwrap();
            let signature = SIGNER.sign(SIGNER.default_algorithm(), waiting.signed_info()).unwrap();
            waiting.finish(&signature)
        }
    };
    let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
    let root = document.root();
    let wrapper = root.children().find(|child| child.name() == "W").unwrap();
    let public = [Arc::new(PublicKey::from_spki(&SIGNER.spki().unwrap()).unwrap())];
    let verified = matches!(around, Around::Signature).then(|| verify(root, &public).unwrap());
    let keys = keys();
    let opened = decrypt(wrapper, verified.as_ref(), OURS, &keys);
    assert_eq!(keys.operations(), 2, "{inside}");
    let plaintext = opened.map_err(|fault| fault.cause())?;
    let decrypted = plaintext.document().map_err(|fault| fault.cause())?;
    assert_eq!(decrypted.verified().is_some(), matches!(around, Around::Signature));
    let octets = crate::xmlsig::c14n::canonical(decrypted.document().root(), &[]);
    Ok(String::from_utf8(octets).unwrap())
}

#[track_caller]
fn refused(inside: &str, cause: &str) {
    assert_eq!(open(inside, &Around::Nothing), Err(cause), "{inside}");
}

fn with(from: &str, to: &str) -> String {
    let text = good();
    assert!(text.contains(from), "{from} in {text}");
    text.replacen(from, to, 1)
}

#[test]
fn what_we_encrypt_we_open_with_any_key_of_ours() {
    for party in [&*CURRENT, &*RETIRED] {
        for cipher in [ContentCipher::Aes128Gcm, ContentCipher::Aes256Gcm] {
            for oaep in [Oaep::Sha1, Oaep::Sha256] {
                for around in [Around::Nothing, Around::Signature] {
                    assert_eq!(open(&for_whom(party, cipher, oaep), &around).as_deref(), Ok(INSIDE));
                }
            }
        }
    }
}

#[test]
fn cbc_is_opened_only_where_a_signature_covers_it() {
    for cipher in [ContentCipher::Aes128Cbc, ContentCipher::Aes256Cbc] {
        let text = cbc(cipher, &padded(INSIDE));
        assert_eq!(open(&text, &Around::Signature).as_deref(), Ok(INSIDE));
        refused(&text, "encryption_cbc_unsigned");
    }
}

#[test]
fn a_signature_elsewhere_does_not_cover_what_is_opened() {
    let signed = r#"<p:R xmlns:p="urn:p" ID="signed"></p:R>"#;
    let halves = Halves { head: signed[..signed.len() - 6].to_owned(), tail: "</p:R>".to_owned() };
    let waiting = ToSign::new(halves, "signed", SIGNER.default_algorithm(), None).unwrap();
    let signature = SIGNER.sign(SIGNER.default_algorithm(), waiting.signed_info()).unwrap();
    let text = format!("<o>{}<w>{}</w></o>", waiting.finish(&signature), good());
    let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
    let [signed, wrapper] = document.root().children().collect::<Vec<_>>()[..] else { panic!("two children") };
    let public = [Arc::new(PublicKey::from_spki(&SIGNER.spki().unwrap()).unwrap())];
    let verified = verify(signed, &public).unwrap();
    let keys = keys();
    let plaintext = decrypt(wrapper, Some(&verified), OURS, &keys).unwrap();
    assert!(plaintext.document().unwrap().verified().is_none());
}

#[test]
fn every_failure_with_a_key_is_one_and_the_same() {
    let text = good();
    let (key, content) = {
        let mut values = text.split("<xenc:CipherValue>").skip(1).map(|rest| rest.split('<').next().unwrap());
        (values.next().unwrap().to_owned(), values.next().unwrap().to_owned())
    };
    let flip = |value: &str, at: usize| {
        let other = if value.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{other}{}", &value[..at], &value[at + 1..])
    };
    let far = content.len() - 8;
    for inside in [
        text.replace(&content, &flip(&content, 2)),
        text.replace(&content, &flip(&content, 40)),
        text.replace(&content, &flip(&content, far)),
        text.replace(&content, &base64([1; 27])),
        text.replace(&content, &base64([1; 3])),
        text.replace(&content, ""),
        text.replace(&key, &flip(&key, 9)),
        text.replace(&key, &base64([0xff; 256])),
        text.replace(&key, &base64([0; 256])),
        text.replace(&key, &base64([1; 255])),
        text.replace(&key, &base64([1; 1024])),
        text.replace(&key, ""),
        text.replace("#aes256-gcm", "#aes128-gcm"),
        for_whom(&STRANGER, ContentCipher::Aes256Gcm, Oaep::Sha256),
        text.replace("xmlenc#sha256", "xmldsig#sha1")
            .replace("2001/04/xmldsig", "2000/09/xmldsig")
            .replace("mgf1sha256", "mgf1sha1"),
    ] {
        refused(&inside, "assertion_undecryptable");
    }
}

#[test]
fn a_plaintext_that_is_no_document_fails_as_a_wrong_key_does() {
    for plain in [
        "",
        "x",
        "<a",
        "<a/><b/>",
        "<!DOCTYPE a><a/>",
        "<a><!-- x --></a>",
        "<p:a/>",
        "<a ID='x'><b ID='x'/></a>",
        "<a>&e;</a>",
    ] {
        let receiver =
            Receiver { certificate: &CURRENT.certificate, cipher: ContentCipher::Aes256Gcm, oaep: Oaep::Sha1 };
        let inside = encrypt(plain, receiver, &SystemRandom).unwrap();
        refused(&inside, "assertion_undecryptable");
        let inside = cbc(ContentCipher::Aes128Cbc, &padded(plain));
        assert_eq!(open(&inside, &Around::Signature), Err("assertion_undecryptable"), "{plain}");
    }
    for broken in [padded(INSIDE)[..16].to_vec(), vec![0; 32], vec![17; 32], vec![0x80; 16]] {
        let inside = cbc(ContentCipher::Aes256Cbc, &broken);
        assert_eq!(open(&inside, &Around::Signature), Err("assertion_undecryptable"), "{broken:?}");
    }
}

#[test]
fn algorithms_outside_the_profile_are_named_and_cost_the_same() {
    for (from, to, cause) in [
        ("2009/xmlenc11#aes256-gcm", "2001/04/xmlenc#tripledes-cbc", "encryption_algorithm_refused"),
        ("#aes256-gcm", "#aes192-gcm", "encryption_algorithm_refused"),
        ("2009/xmlenc11#aes256-gcm", "2001/04/xmlenc#aes256-cbc", "encryption_cbc_unsigned"),
        ("2009/xmlenc11#rsa-oaep", "2001/04/xmlenc#rsa-1_5", "key_transport_refused"),
        ("2009/xmlenc11#rsa-oaep", "2001/04/xmlenc#kw-aes256", "key_transport_refused"),
        ("#mgf1sha256", "#mgf1sha1", "oaep_pair_refused"),
        ("#mgf1sha256", "#mgf1sha512", "oaep_pair_refused"),
        ("xmlenc#sha256", "xmlenc#sha512", "oaep_pair_refused"),
        ("<ds:X509Data>", "<ds:X509Data/><ds:X509Data>", ""),
        ("2009/xmlenc11#rsa-oaep", "2001/04/xmlenc#rsa-oaep-mgf1p", "encryption_malformed"),
    ] {
        match cause {
            "" => assert_eq!(open(&with(from, to), &Around::Nothing).as_deref(), Ok(INSIDE)),
            cause => refused(&with(from, to), cause),
        }
    }
    let mgf = r#"<xenc11:MGF xmlns:xenc11="http://www.w3.org/2009/xmlenc11#" Algorithm="http://www.w3.org/2009/xmlenc11#mgf1sha256"></xenc11:MGF>"#;
    let unmatched = with(mgf, "").replace("2009/xmlenc11#rsa-oaep", "2001/04/xmlenc#rsa-oaep-mgf1p");
    refused(&unmatched, "oaep_pair_refused");
}

/// The EncryptedKey in `text`.
fn key_in(text: &str) -> &str {
    let end = "</xenc:EncryptedKey>";
    &text[text.find("<xenc:EncryptedKey").unwrap()..text.find(end).unwrap() + end.len()]
}

/// The same with every declaration that it needs elsewhere.
fn alone(key: &str) -> String {
    let declared = "<xenc:EncryptedKey xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"_k\"";
    key.replacen("<xenc:EncryptedKey", declared, 1)
}

#[test]
fn what_is_not_built_as_the_profile_has_it_is_refused() {
    let data = good();
    let reference = "<xenc:CipherReference URI=\"https://x.example/\"/>";
    let before_content = "</xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData>";
    for inside in [
        String::new(),
        "<a/>".to_owned(),
        alone(key_in(&data)),
        format!("{}{data}", alone(key_in(&data))),
        format!("{data}{data}"),
        format!("{data}<a/>"),
        with("xmlenc#Element", "xmlenc#Content"),
        with("Type=", "Encoding='x' Type="),
        with("<xenc:EncryptionMethod", "<xenc:EncryptionMethod/><xenc:EncryptionMethod"),
        with(before_content, &format!("{before_content}{reference}</xenc:CipherData><xenc:CipherData>")),
        with(before_content, &format!("{before_content}{reference}")),
        with("<xenc:CipherValue>", "<xenc:CipherValue>*"),
        with("<xenc:CipherValue>", "<xenc:CipherValue><a/>"),
    ] {
        refused(&inside, "encryption_malformed");
    }
}

#[test]
fn the_key_is_the_one_that_is_meant_for_us() {
    let data = good();
    let key = key_in(&data);
    let alone = alone(key);
    let to = |recipient: &str, key: &str| {
        key.replacen("<xenc:EncryptedKey", &format!("<xenc:EncryptedKey Recipient=\"{recipient}\""), 1)
    };
    let other = for_whom(&STRANGER, ContentCipher::Aes256Gcm, Oaep::Sha256);
    let foreign = key_in(&other);
    let without = data.replace(key, "");
    let retrieved = |uri: &str| data.replace(key, &format!("<ds:RetrievalMethod URI=\"{uri}\"></ds:RetrievalMethod>"));
    let inline = |keys: &[&str]| data.replace(key, &keys.concat());
    for inside in [
        format!("{without}{alone}"),
        format!("{}{alone}", retrieved("#_k")),
        format!("{}{alone}{}", retrieved("#_k"), alone.replace("_k", "_l")),
        inline(&[&to("urn:other", key)]),
        inline(&[&to("urn:other", foreign), key]),
        inline(&[&to("urn:other", foreign), &to(OURS, key)]),
        format!("{}{}", inline(&[&to("urn:other", foreign)]), to(OURS, &alone)),
    ] {
        assert_eq!(open(&inside, &Around::Nothing).as_deref(), Ok(INSIDE), "{inside}");
    }
    let many = vec![to("urn:other", foreign); 8].concat();
    for inside in [
        without.clone(),
        format!("{}{alone}", retrieved("#_other")),
        inline(&[key, key]),
        inline(&[&to("urn:other", key), &to("urn:third", key)]),
        inline(&[&to(OURS, foreign), &to(OURS, key)]),
        inline(&[&many, &to(OURS, key)]),
        format!("{data}{alone}"),
    ] {
        refused(&inside, "encrypted_key_unclear");
    }
    for inside in [
        retrieved("https://x.example/#_k"),
        retrieved("#"),
        retrieved("#_k").replace("></ds:RetrievalMethod>", "><ds:Transforms/></ds:RetrievalMethod>"),
    ] {
        refused(&format!("{inside}{alone}"), "encryption_malformed");
    }
    refused(&inline(&["<xenc:AgreementMethod/>"]), "key_transport_refused");
}

#[test]
fn without_a_key_of_ours_nothing_opens() {
    let text = format!("<w>{}</w>", good());
    let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
    let opened = decrypt(document.root(), None, OURS, &DecryptionKeys::default());
    assert_eq!(opened.err(), Some(EncryptionError::Undecryptable));
}
