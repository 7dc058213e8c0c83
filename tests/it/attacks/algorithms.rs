//! Algorithms: those of the profile, and the kind of the key decides, never the message.

use aws_lc_rs::hmac;
use entente::base::encoding::base64;
use entente::keys::signing::SignatureAlgorithm;

use super::attack::codes::SIGNATURE;
use super::attack::{Attack, Family, Make, Point, attack, before, before_either, made};
use super::forge::{KEYS, element, swap};
use crate::support::partner::Signs;

const SIGNS: Signs = Signs::Assertion;
const METHOD: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const DIGEST: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

pub fn family() -> Family {
    let mut attacks: Vec<Attack> = Vec::new();
    for (name, method) in [
        ("SHA-1 with RSA", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
        ("MD5 with RSA", "http://www.w3.org/2001/04/xmldsig-more#rsa-md5"),
        ("DSA", "http://www.w3.org/2000/09/xmldsig#dsa-sha1"),
        ("RSA-PSS, which is not agreed", "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"),
        ("no algorithm, by its name", "none"),
        ("no algorithm, by an empty name", ""),
        ("an algorithm that nobody knows", "urn:x:trust-me"),
    ] {
        attacks.push(attack(name, SIGNATURE, "signature_method_not_allowed", before(SIGNS, METHOD, method)));
    }
    for (name, digest) in [
        ("a digest of SHA-1", "http://www.w3.org/2000/09/xmldsig#sha1"),
        ("a digest of MD5", "http://www.w3.org/2001/04/xmldsig-more#md5"),
        ("a digest by an empty name", ""),
    ] {
        attacks.push(attack(name, SIGNATURE, "digest_method_not_allowed", before(SIGNS, DIGEST, digest)));
    }
    attacks.extend([
        attack(
            "HMAC with the partner's public key as its key",
            SIGNATURE,
            "signature_method_not_allowed",
            hmac_with_public_key(),
        )
        .holes(&["CVE-2018-7644"]),
        attack(
            "an elliptic curve claimed for an RSA key",
            SIGNATURE,
            "no_usable_key",
            before(SIGNS, METHOD, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"),
        )
        .holes(&["CVE-2018-7644"]),
        attack(
            "SHA-512 claimed for a signature with SHA-256",
            SIGNATURE,
            "signature_mismatch",
            made(|good, point| {
                let algorithm = point.pick(SignatureAlgorithm::RsaSha256, SignatureAlgorithm::RsaSha512);
                let method = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
                good.draft(SIGNS).swap(METHOD, method).algorithm(algorithm).seal()
            }),
        ),
        attack(
            "a length to which the signature is cut",
            SIGNATURE,
            "signature_child_unexpected",
            before_either(
                SIGNS,
                r#"xmldsig-more#rsa-sha256"/>"#,
                r#"xmldsig-more#rsa-sha256"><ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>"#,
                r#"xmldsig-more#rsa-sha256"></ds:SignatureMethod>"#,
            ),
        ),
    ]);
    Family { name: "algorithms", attacks }
}

/// A real HMAC over the real SignedInfo, keyed with what everybody knows.
fn hmac_with_public_key() -> Make {
    made(|good, point| {
        if point == Point::Right {
            return good.sealed();
        }
        let method = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
        let sealed = good.draft(SIGNS).swap(METHOD, method).seal();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &KEYS.partner.spki().unwrap());
        let mac = base64(hmac::sign(&key, element(&sealed, "ds:SignedInfo").as_bytes()));
        let value = element(&sealed, "ds:SignatureValue").to_owned();
        swap(&sealed, &value, &format!("<ds:SignatureValue>{mac}</ds:SignatureValue>"))
    })
}
