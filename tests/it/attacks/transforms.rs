//! Transforms and canonicalisation: two transforms in their order, and one canonicalisation.

use super::attack::codes::SIGNATURE;
use super::attack::{Attack, Family, attack, before, before_either};
use crate::support::partner::Signs;

const SIGNS: Signs = Signs::Assertion;
const ENVELOPED: &str = r#"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>"#;
const EXCLUSIVE: &str = r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>"#;
const CODE: &[&str] = &["Shibboleth advisory 2022-12"];

pub fn family() -> Family {
    let mut attacks: Vec<Attack> = Vec::new();
    for (name, transform) in [
        (
            "an XPath transform",
            r#"<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>self::*</ds:XPath></ds:Transform>"#,
        ),
        ("an XPath filter 2 transform", r#"<ds:Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2"/>"#),
        (
            "an XSLT transform",
            r#"<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"/></ds:Transform>"#,
        ),
        ("a base64 transform", r#"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#base64"/>"#),
        ("a decryption transform", r#"<ds:Transform Algorithm="http://www.w3.org/2002/07/decrypt#XML"/>"#),
        (
            "inclusive canonicalisation as a transform",
            r#"<ds:Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>"#,
        ),
        (
            "canonicalisation that keeps comments as a transform",
            r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#WithComments"/>"#,
        ),
    ] {
        let beside = format!("{transform}{EXCLUSIVE}");
        attacks.push(attack(name, SIGNATURE, "transform_not_allowed", before(SIGNS, EXCLUSIVE, beside)).holes(CODE));
    }
    attacks.extend([
        attack("no enveloped-signature transform", SIGNATURE, "transform_missing", before(SIGNS, ENVELOPED, "")),
        attack("no canonicalisation transform", SIGNATURE, "transform_missing", before(SIGNS, EXCLUSIVE, "")),
        attack(
            "no transforms",
            SIGNATURE,
            "transforms_missing",
            before(SIGNS, &format!("<ds:Transforms>{ENVELOPED}{EXCLUSIVE}</ds:Transforms>"), ""),
        ),
        attack(
            "the transforms in the other order",
            SIGNATURE,
            "transforms_out_of_order",
            before(SIGNS, &format!("{ENVELOPED}{EXCLUSIVE}"), format!("{EXCLUSIVE}{ENVELOPED}")),
        ),
        attack(
            "a transform twice",
            SIGNATURE,
            "transforms_too_many",
            before(SIGNS, EXCLUSIVE, format!("{EXCLUSIVE}{EXCLUSIVE}")),
        ),
        attack(
            "a stylesheet inside an allowed transform",
            SIGNATURE,
            "signature_child_unexpected",
            before(SIGNS, ENVELOPED, ENVELOPED.replace("/>", "><x:stylesheet xmlns:x='urn:x'/></ds:Transform>")),
        )
        .holes(CODE),
        attack(
            "inclusive canonicalisation of the signed info",
            SIGNATURE,
            "c14n_method_not_allowed",
            before(
                SIGNS,
                r#"<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>"#,
                r#"<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>"#,
            ),
        ),
        attack(
            "a list of prefixes that are none",
            SIGNATURE,
            "prefix_list_malformed",
            before_either(SIGNS, EXCLUSIVE, with_prefixes("saml a:b"), with_prefixes("saml")),
        ),
    ]);
    Family { name: "transforms", attacks }
}

fn with_prefixes(list: &str) -> String {
    let inside = format!(
        r#"><e:InclusiveNamespaces xmlns:e="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="{list}"/></ds:Transform>"#
    );
    EXCLUSIVE.replace("/>", &inside)
}
