//! Encrypted parts: decryption proves nothing, since anybody can encrypt to us; and nothing is learnt by
//! having us decrypt.

use entente::base::encoding::base64;
use entente::keys::certificates::Certificate;

use super::attack::codes::{ENCRYPTED, MALFORMED, SIGNATURE};
use super::attack::{Attack, Family, Make, attack, before_either, made};
use super::forge::{Good, KEYS, element, inside_of, swap};
use crate::support::encryption::{by_cbc, by_gcm, cbc_of};
use crate::support::keys;
use crate::support::partner::Signs;

const UNREADABLE: &str = "assertion_undecryptable";

/// The assertion of the good answer, signed or not.
fn assertion(good: &Good, signs: Signs) -> String {
    element(&good.draft(signs).seal(), "saml:Assertion").to_owned()
}

/// The response with `inside` in the place of its assertion, signed around it or not.
fn around(good: &Good, signs: Signs, inside: &str) -> String {
    let plain = assertion(good, Signs::Nothing);
    good.draft(signs).expanded().swap(&plain, inside).seal()
}

fn ours() -> Certificate {
    keys::encryption_certificate()
}

/// `wrong` and the good assertion, each encrypted to us in a response that nobody signed.
fn inside(wrong: impl Fn(&Good, &str) -> String + Send + Sync + 'static) -> Make {
    made(move |good, point| {
        let genuine = assertion(good, Signs::Assertion);
        let text = point.pick(wrong(good, &genuine), genuine);
        around(good, Signs::Nothing, &by_gcm(&text, &ours()))
    })
}

/// The good encrypted assertion in a response that nobody signed, altered on its way.
fn outside(alter: impl Fn(&str) -> String + Send + Sync + 'static) -> Make {
    made(move |good, point| {
        let encrypted = by_gcm(&assertion(good, Signs::Assertion), &ours());
        around(good, Signs::Nothing, &point.pick(alter(&encrypted), encrypted))
    })
}

fn relabelled(name: &str, cause: &'static str, from: &'static str, to: &'static str) -> Attack {
    attack(name, ENCRYPTED, cause, outside(move |encrypted| swap(encrypted, from, to)))
}

/// The same with one character of the `place`th CipherValue changed.
fn tampered(encrypted: &str, place: usize) -> String {
    let value = encrypted.split("<xenc:CipherValue>").nth(place).unwrap();
    let value = value.split('<').next().unwrap();
    let other = if value.as_bytes()[20] == b'A' { "B" } else { "A" };
    swap(encrypted, value, &format!("{}{other}{}", &value[..20], &value[21..]))
}

pub fn family() -> Family {
    let mut attacks = forged();
    attacks.extend(opened_by_others());
    attacks.extend(out_of_place());
    Family { name: "encrypted parts", attacks }
}

/// What nobody signed, or somebody else did.
fn forged() -> Vec<Attack> {
    let signed_around = |wrong: fn(&Good) -> String| {
        made(move |good, point| {
            let genuine = by_gcm(&assertion(good, Signs::Assertion), &ours());
            let sealed = around(good, Signs::Response, &genuine);
            let forged = by_gcm(&wrong(good), &ours());
            let found = element(&sealed, "saml:EncryptedAssertion").to_owned();
            swap(&sealed, &found, point.pick(&forged, &found))
        })
    };
    let attacks = vec![
        attack(
            "a forged assertion encrypted to us",
            ENCRYPTED,
            "signature_missing",
            inside(|good, _| good.forged_assertion()),
        ),
        attack(
            "an assertion whose signature was taken out before it was encrypted",
            ENCRYPTED,
            "signature_missing",
            inside(|good, _| assertion(good, Signs::Nothing)),
        ),
        attack(
            "an assertion altered before it was encrypted",
            ENCRYPTED,
            "digest_mismatch",
            inside(|_, genuine| swap(genuine, ">ana-1<", ">intruder-1<")),
        ),
        attack(
            "an assertion of a stranger encrypted to us",
            ENCRYPTED,
            "signature_mismatch",
            inside(|good, _| {
                element(&good.draft(Signs::Assertion).key(&KEYS.stranger).seal(), "saml:Assertion").to_owned()
            }),
        ),
        attack(
            "a forged encrypted assertion in the place of that of a signed response",
            SIGNATURE,
            "digest_mismatch",
            signed_around(Good::forged_assertion),
        ),
        attack(
            "another encryption of the same assertion in a signed response",
            SIGNATURE,
            "digest_mismatch",
            signed_around(|good| assertion(good, Signs::Assertion)),
        ),
        attack(
            "an assertion wrapped in a forged one and encrypted",
            ENCRYPTED,
            UNREADABLE,
            inside(|good, genuine| inside_of(&good.forged_assertion(), "saml:Assertion", genuine)),
        ),
        attack(
            "a response around the assertion, encrypted with it",
            ENCRYPTED,
            UNREADABLE,
            inside(|good, _| good.sealed()),
        ),
        attack(
            "two assertions encrypted together",
            ENCRYPTED,
            UNREADABLE,
            inside(|good, genuine| format!("{}{genuine}", good.forged_assertion())),
        ),
        attack(
            "an identifier encrypted within the encrypted assertion",
            ENCRYPTED,
            UNREADABLE,
            inside(|_, genuine| {
                let name_id = element(genuine, "saml:NameID").to_owned();
                swap(genuine, &name_id, "<saml:EncryptedID></saml:EncryptedID>")
            }),
        ),
        attack(
            "a document type declaration within the encrypted assertion",
            ENCRYPTED,
            UNREADABLE,
            inside(|_, genuine| format!("<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>{genuine}")),
        ),
        attack(
            "a comment within the identifier of the encrypted assertion",
            ENCRYPTED,
            UNREADABLE,
            inside(|_, genuine| swap(genuine, ">ana-1<", ">ana-1<!-- -->0<")),
        ),
        attack(
            "an encrypted assertion that leans on a declaration around it",
            ENCRYPTED,
            UNREADABLE,
            inside(|_, genuine| {
                let declaration = " xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
                genuine.replacen(declaration, "", 1)
            }),
        ),
    ];
    attacks.into_iter().map(|attack| attack.holes(&["CVE-2026-2092"])).collect()
}

/// What tries to learn from our decrypting, or to have us use something weak.
fn opened_by_others() -> Vec<Attack> {
    vec![
        attack("an altered ciphertext", ENCRYPTED, UNREADABLE, outside(|encrypted| tampered(encrypted, 2))),
        attack("an altered wrapped key", ENCRYPTED, UNREADABLE, outside(|encrypted| tampered(encrypted, 1))),
        attack(
            "an assertion encrypted to somebody else",
            ENCRYPTED,
            UNREADABLE,
            made(|good, point| {
                let to = point.pick(keys::certificate(&keys::stranger()), keys::retired_encryption_certificate());
                around(good, Signs::Nothing, &by_gcm(&assertion(good, Signs::Assertion), &to))
            }),
        ),
        relabelled("AES-128 said of AES-256", UNREADABLE, "xmlenc11#aes256-gcm", "xmlenc11#aes128-gcm"),
        relabelled(
            "AES-CBC said of AES-GCM",
            "encryption_cbc_unsigned",
            "http://www.w3.org/2009/xmlenc11#aes256-gcm",
            "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
        ),
        relabelled(
            "Triple DES",
            "encryption_algorithm_refused",
            "http://www.w3.org/2009/xmlenc11#aes256-gcm",
            "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
        ),
        relabelled("RSA 1.5", "key_transport_refused", "xmlenc#rsa-oaep-mgf1p", "xmlenc#rsa-1_5"),
        relabelled(
            "OAEP of two digests",
            "oaep_pair_refused",
            "http://www.w3.org/2000/09/xmldsig#sha1",
            "http://www.w3.org/2001/04/xmlenc#sha256",
        ),
        attack(
            "AES-CBC in a response that nobody signed",
            ENCRYPTED,
            "encryption_cbc_unsigned",
            made(|good, point| {
                let encrypted = by_cbc(&assertion(good, Signs::Assertion), &ours());
                around(good, point.pick(Signs::Nothing, Signs::Response), &encrypted)
            }),
        ),
        attack(
            "AES-CBC with a padding that is none",
            ENCRYPTED,
            UNREADABLE,
            made(|good, point| {
                let genuine = assertion(good, Signs::Assertion);
                let broken = cbc_of(&[b' '; 64], &ours());
                around(good, Signs::Response, &point.pick(broken, by_cbc(&genuine, &ours())))
            }),
        ),
        attack(
            "AES-CBC around what is no document",
            ENCRYPTED,
            UNREADABLE,
            made(|good, point| {
                let genuine = assertion(good, Signs::Assertion);
                let cut = genuine[..genuine.len() / 2].to_owned();
                around(good, Signs::Response, &by_cbc(&point.pick(cut, genuine), &ours()))
            }),
        ),
        attack(
            "two wrapped keys that could be ours",
            ENCRYPTED,
            "encrypted_key_unclear",
            outside(|encrypted| {
                let key = element(encrypted, "xenc:EncryptedKey").to_owned();
                swap(encrypted, &key, &format!("{key}{key}"))
            }),
        ),
        attack(
            "no wrapped key",
            ENCRYPTED,
            "encrypted_key_unclear",
            outside(|encrypted| {
                let key = element(encrypted, "xenc:EncryptedKey").to_owned();
                swap(encrypted, &key, "")
            }),
        ),
        attack(
            "an encrypted assertion whose transform runs code",
            ENCRYPTED,
            "encryption_malformed",
            outside(|encrypted| {
                let content = format!("<xenc:CipherData>{}", encrypted.rsplit("<xenc:CipherData>").next().unwrap());
                let content = content.split_inclusive("</xenc:CipherData>").next().unwrap().to_owned();
                let transform = "<xenc:CipherData><xenc:CipherReference URI=\"\"><xenc:Transforms><ds:Transform \
                                 xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" \
                                 Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/></xenc:Transforms>\
                                 </xenc:CipherReference></xenc:CipherData>";
                swap(encrypted, &content, transform)
            }),
        )
        .holes(&["Shibboleth advisory 2022-12"]),
        attack(
            "a wrapped key that must be fetched",
            ENCRYPTED,
            "encryption_malformed",
            outside(|encrypted| {
                let key = element(encrypted, "xenc:EncryptedKey").to_owned();
                swap(encrypted, &key, "<ds:RetrievalMethod URI=\"https://evil.example/key\"/>")
            }),
        )
        .holes(&["Shibboleth advisory 2022-12"]),
    ]
}

/// What stands where none is read.
fn out_of_place() -> Vec<Attack> {
    let data = r#"<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"><xenc:CipherData><xenc:CipherValue>AAAA</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>"#;
    let name_id = format!("<saml:EncryptedID>{data}</saml:EncryptedID>");
    let attribute = format!("<saml:EncryptedAttribute>{data}</saml:EncryptedAttribute></saml:AttributeStatement>");
    let attacks = vec![
        attack(
            "an encrypted assertion put beside the signed one",
            MALFORMED,
            "several_assertions",
            made(|good, point| {
                let encrypted = by_gcm(&good.forged_assertion(), &ours());
                inside_of(&good.sealed(), "samlp:Response", point.only(&encrypted))
            }),
        ),
        attack(
            "a second encrypted assertion",
            MALFORMED,
            "several_assertions",
            made(|good, point| {
                let genuine = by_gcm(&assertion(good, Signs::Assertion), &ours());
                let forged = by_gcm(&good.forged_assertion(), &ours());
                let sealed = around(good, Signs::Nothing, &genuine);
                inside_of(&sealed, "samlp:Response", point.only(&forged))
            }),
        ),
        attack(
            "an encrypted assertion inside the signed one",
            MALFORMED,
            "several_assertions",
            made(|good, point| {
                let encrypted = by_gcm(&good.forged_assertion(), &ours());
                inside_of(&good.sealed(), "saml:Assertion", point.only(&encrypted))
            }),
        ),
        attack(
            "an encrypted assertion in the extensions",
            MALFORMED,
            "assertion_misplaced",
            made(|good, point| {
                let encrypted = by_gcm(&assertion(good, Signs::Assertion), &ours());
                let bare = around(good, Signs::Nothing, &encrypted);
                let found = element(&bare, "saml:EncryptedAssertion").to_owned();
                let moved = super::forge::extended(&swap(&bare, &found, ""), &found);
                point.pick(moved, bare)
            }),
        ),
        attack(
            "a signature in the clear inside the encrypted assertion",
            MALFORMED,
            "signature_misplaced",
            outside(|encrypted| {
                let signature = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>";
                inside_of(encrypted, "saml:EncryptedAssertion", signature)
            }),
        ),
        attack(
            "an encrypted assertion that holds an assertion in the clear",
            MALFORMED,
            "several_assertions",
            made(|good, point| {
                let genuine = assertion(good, Signs::Assertion);
                let encrypted = by_gcm(&genuine, &ours());
                let both = inside_of(&encrypted, "saml:EncryptedAssertion", point.only(&good.forged_assertion()));
                around(good, Signs::Nothing, &both)
            }),
        ),
        attack(
            "an encrypted assertion that is nothing",
            ENCRYPTED,
            "encryption_malformed",
            outside(|encrypted| {
                let data = element(encrypted, "xenc:EncryptedData").to_owned();
                swap(encrypted, &data, &base64("nothing"))
            }),
        ),
        attack(
            "an encrypted identifier",
            ENCRYPTED,
            "name_id_encrypted",
            made(move |good, point| {
                let draft = good.draft(Signs::Assertion);
                let sealed = good.draft(Signs::Nothing).seal();
                let plain = element(&sealed, "saml:NameID").to_owned();
                draft.swap(&plain, point.pick(&name_id, &plain)).seal()
            }),
        ),
        attack(
            "an encrypted attribute",
            ENCRYPTED,
            "attribute_encrypted",
            before_either(Signs::Assertion, "</saml:AttributeStatement>", attribute, "</saml:AttributeStatement>"),
        ),
    ];
    attacks.into_iter().map(|attack| attack.holes(&["CVE-2026-2092"])).collect()
}
