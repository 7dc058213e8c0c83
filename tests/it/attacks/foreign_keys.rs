//! Keys: trust comes from the partner's record, never from the message.

use entente::base::encoding::base64;
use entente::keys::signing::SigningKey;

use super::attack::codes::SIGNATURE;
use super::attack::{Attack, Family, Point, attack, made};
use super::forge::{KEYS, element};
use crate::support::keys;
use crate::support::partner::Signs;

const OWN: &[&str] = &["CVE-2026-9090"];
const KINDS: &[&str] = &["CVE-2021-21239", "CVE-2026-9090"];

pub fn family() -> Family {
    let certificate = |key: &SigningKey| base64(keys::certificate(key).der());
    let x509 = |key: &SigningKey| {
        format!("<ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data>", certificate(key))
    };
    let own = x509(&KEYS.stranger);
    let partners = x509(&KEYS.partner);
    let spki = base64(KEYS.stranger.spki().unwrap());
    let mut attacks = vec![
        foreign("a foreign key with its own certificate", Signs::Assertion, &own).holes(OWN),
        foreign("a foreign key with its own certificate, the response signed", Signs::Response, &own).holes(OWN),
        foreign("a foreign key beside the partner's certificate", Signs::Assertion, &partners).holes(OWN),
        foreign("a foreign key without any certificate", Signs::Assertion, "").holes(OWN),
    ];
    for (name, info) in [
        ("a foreign key as its bare modulus", "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>".to_owned()),
        ("a foreign key as encoded bytes", format!("<d:DEREncodedKeyValue xmlns:d=\"http://www.w3.org/2009/xmldsig11#\">{spki}</d:DEREncodedKeyValue>")),
        ("a foreign key by its place on a server", r#"<ds:RetrievalMethod URI="http://127.0.0.1:9/key" Type="http://www.w3.org/2000/09/xmldsig#rawX509Certificate"/>"#.to_owned()),
        ("a foreign key by a name", "<ds:KeyName>fabrikam</ds:KeyName>".to_owned()),
        ("a foreign key in PGP", "<ds:PGPData><ds:PGPKeyID>AAAA</ds:PGPKeyID></ds:PGPData>".to_owned()),
    ] {
        attacks.push(foreign(name, Signs::Assertion, &info).holes(KINDS));
    }
    attacks.extend([
        signed_by("our own key, with which we sign requests", |_| &KEYS.gateway),
        signed_by("the key of another partner that is trusted", |_| &KEYS.northwind).holes(&["CVE-2026-49284"]),
        attack(
            "two places for a key",
            SIGNATURE,
            "key_info_twice",
            made(|good, point| {
                let second = point.only("<ds:KeyInfo/>");
                let end = format!("</ds:SignatureValue><ds:KeyInfo/>{second}");
                good.draft(Signs::Assertion).swap("</ds:SignatureValue>", &end).seal()
            }),
        )
        .holes(KINDS),
        attack(
            "the response signed by the partner, the assertion by a stranger",
            SIGNATURE,
            "signature_mismatch",
            made(|good, point| {
                let key = point.pick(&KEYS.stranger, &KEYS.partner);
                let inner = good.draft(Signs::Assertion).key(key).seal();
                let inner = element(&inner, "saml:Assertion").to_owned();
                let bare = good.draft(Signs::Nothing).seal();
                let outer = good.draft(Signs::Response);
                let unsigned = element(&bare, "saml:Assertion").to_owned();
                outer.expanded().swap(&unsigned, &inner).seal()
            }),
        )
        .holes(&["CVE-2026-25922"]),
    ]);
    Family { name: "foreign keys", attacks }
}

/// Signed by a stranger; the twin shows the same KeyInfo and is signed by the partner.
fn foreign(name: &str, signs: Signs, info: &str) -> Attack {
    let info = match info {
        "" => "</ds:SignatureValue>".to_owned(),
        info => format!("</ds:SignatureValue><ds:KeyInfo>{info}</ds:KeyInfo>"),
    };
    let make = made(move |good, point| {
        let key = point.pick(&KEYS.stranger, &KEYS.partner);
        good.draft(signs).swap("</ds:SignatureValue>", &info).key(key).seal()
    });
    attack(name, SIGNATURE, "signature_mismatch", make)
}

fn signed_by(name: &str, key: fn(Point) -> &'static SigningKey) -> Attack {
    let make = made(move |good, point| {
        let key = point.pick(key(point), &KEYS.partner);
        good.draft(Signs::Assertion).key(key).seal()
    });
    attack(name, SIGNATURE, "signature_mismatch", make)
}
