//! Comments and processing instructions: canonicalisation drops comments, and readers of text differ
//! on what stands around them, so a message holds none.

use super::attack::codes::MALFORMED;
use super::attack::{Family, after, after_either, attack, before_either};
use crate::support::partner::Signs;

const SPLIT: &[&str] =
    &["CVE-2017-11427", "CVE-2017-11428", "CVE-2017-11429", "CVE-2017-11430", "CVE-2018-0489", "crewjam/saml#140"];
const DIGEST: &[&str] = &["CVE-2025-29774", "CVE-2025-29775"];

pub fn family() -> Family {
    let signs = Signs::Assertion;
    let mail = ">ana@fabrikam.example<";
    let attacks = vec![
        attack(
            "a comment that splits the identifier of the person",
            MALFORMED,
            "comment",
            after_either(signs, ">ana-1<", ">ana<!---->-1<", "><![CDATA[ana]]>-1<"),
        )
        .holes(SPLIT),
        attack(
            "a comment that cuts the end off the identifier, signed by the partner",
            MALFORMED,
            "comment",
            before_either(signs, ">ana-1<", ">ana-1<!---->.intruder<", ">ana-1<"),
        )
        .holes(SPLIT),
        attack(
            "a comment that splits an attribute",
            MALFORMED,
            "comment",
            after_either(
                signs,
                mail,
                ">ana@fabrikam.example<!-- -->.evil.example<",
                "><![CDATA[ana]]>@fabrikam.example<",
            ),
        )
        .holes(SPLIT),
        attack(
            "a comment in the digest value",
            MALFORMED,
            "comment",
            after(signs, "<ds:DigestValue>", "<ds:DigestValue><!--AAAA-->"),
        )
        .holes(DIGEST),
        attack(
            "a comment in the signature value",
            MALFORMED,
            "comment",
            after(signs, "<ds:SignatureValue>", "<ds:SignatureValue><!--AAAA-->"),
        )
        .holes(DIGEST),
        attack(
            "a comment in the signed info",
            MALFORMED,
            "comment",
            after(signs, "<ds:SignedInfo>", "<ds:SignedInfo><!-- -->"),
        )
        .holes(DIGEST),
        attack(
            "a comment in the audience",
            MALFORMED,
            "comment",
            before_either(signs, "{audience}<", "{audience}<!---->.evil.example<", "{audience}<"),
        ),
        attack(
            "a comment after the response",
            MALFORMED,
            "comment",
            after_either(signs, "</samlp:Response>", "</samlp:Response><!-- -->", "</samlp:Response>\n"),
        ),
        attack(
            "a processing instruction that splits the identifier of the person",
            MALFORMED,
            "processing_instruction",
            after(signs, ">ana-1<", ">ana<?x?>-1<"),
        )
        .holes(SPLIT),
        attack(
            "a processing instruction in an attribute",
            MALFORMED,
            "processing_instruction",
            before_either(signs, mail, ">ana@fabrikam.example<?x .evil.example?><", mail),
        )
        .holes(SPLIT),
        attack(
            "a stylesheet before the response",
            MALFORMED,
            "processing_instruction",
            after_either(
                signs,
                "<samlp:Response ",
                "<?xml-stylesheet href=\"http://127.0.0.1:9/x.xsl\"?><samlp:Response ",
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><samlp:Response ",
            ),
        ),
    ];
    Family { name: "comments and instructions", attacks }
}
