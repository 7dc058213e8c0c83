//! Hostile signatures: each differs from an accepted document in one point, and is refused with the
//! cause of that point.

use std::sync::Arc;

use super::dom::Document;
use super::limits::Limits;
use super::testing::{DIGEST, SIGNATURE, VALUE, find, judge_root, key, outcome, public, seal, signed_root};
use super::verify::{count_signatures, has_signature, refuse_stray_signatures, verify};
use crate::base::encoding::base64;
use crate::keys::public::PublicKey;
use crate::keys::signing::{SignatureAlgorithm, SigningKey};

const CONTENT: &str = "<p:Name>person-1</p:Name>";

/// `from` becomes `to` before digest and signature are filled in, so both are right.
fn edited(from: &str, to: &str) -> &'static str {
    let good = signed_root(CONTENT);
    assert!(good.contains(from), "{from}");
    judge_root(&seal(&good.replacen(from, to, 1)))
}

/// `from` becomes `to` after the document was signed.
fn tampered(from: &str, to: &str) -> &'static str {
    let good = seal(&signed_root(CONTENT));
    assert!(good.contains(from), "{from}");
    judge_root(&good.replacen(from, to, 1))
}

#[test]
fn the_document_that_all_others_differ_from_is_accepted() {
    assert_eq!(judge_root(&seal(&signed_root(CONTENT))), "accepted");
}

#[test]
fn key_info_is_tolerated_and_never_trusted() {
    let end = "</ds:SignatureValue>";
    let foreign = SigningKey::generate_rsa().unwrap();
    let info = format!("{end}<ds:KeyInfo><ds:KeyValue><ds:X/></ds:KeyValue></ds:KeyInfo>");
    assert_eq!(edited(end, &info), "accepted");
    let text = seal(&signed_root(CONTENT));
    let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
    assert_eq!(outcome(verify(document.root(), &[public(&foreign)]).map(|_| ())), "signature_mismatch");
    assert_eq!(edited(end, &format!("{end}<ds:KeyInfo/><ds:KeyInfo/>")), "key_info_twice");
}

#[test]
fn white_space_in_the_signature_is_tolerated_and_text_is_not() {
    assert_eq!(edited("<ds:SignedInfo>", "\n<ds:SignedInfo>\n "), "accepted");
    assert_eq!(edited("<ds:SignedInfo>", "x<ds:SignedInfo>"), "signature_content_unexpected");
    assert_eq!(edited("<ds:SignedInfo>", "<ds:SignedInfo>x"), "signature_content_unexpected");
    assert_eq!(edited("</ds:Transforms>", "x</ds:Transforms>"), "signature_content_unexpected");
}

#[test]
fn without_keys_nothing_is_accepted() {
    let text = seal(&signed_root(CONTENT));
    let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
    assert_eq!(outcome(verify(document.root(), &[]).map(|_| ())), "no_key");
    let p256 = SigningKey::generate_p256().unwrap();
    assert_eq!(outcome(verify(document.root(), &[public(&p256)]).map(|_| ())), "no_usable_key");
}

#[test]
fn a_stripped_signature_is_missed() {
    assert_eq!(edited(SIGNATURE, ""), "signature_missing");
    assert_eq!(edited("<p:Name>", "<p:Signature/><p:Name>"), "accepted");
    assert_eq!(judge_root(&signed_root(CONTENT).replace(SIGNATURE, "<p:Signature/>")), "signature_missing");
}

#[test]
fn a_signature_deeper_down_does_not_count() {
    assert_eq!(edited(SIGNATURE, &format!("<p:Box>{SIGNATURE}</p:Box>")), "signature_not_direct_child");
}

#[test]
fn two_signatures_are_refused() {
    assert_eq!(edited(SIGNATURE, &format!("{SIGNATURE}{SIGNATURE}")), "signature_twice");
}

#[test]
fn every_part_is_required_once() {
    let part = |local: &str| {
        let start = SIGNATURE.find(&format!("<ds:{local}")).unwrap();
        let end_tag = format!("</ds:{local}>");
        let end = SIGNATURE[start..].find(&end_tag).unwrap() + start + end_tag.len();
        &SIGNATURE[start..end]
    };
    for (local, cause) in [
        ("SignedInfo", "signed_info"),
        ("SignatureValue", "signature_value"),
        ("CanonicalizationMethod", "c14n_method"),
        ("SignatureMethod", "signature_method"),
        ("Reference", "reference"),
        ("Transforms", "transforms"),
        ("DigestMethod", "digest_method"),
        ("DigestValue", "digest_value"),
    ] {
        let text = part(local);
        assert_eq!(edited(text, ""), format!("{cause}_missing"), "{local}");
        assert_eq!(edited(text, &format!("{text}{text}")), format!("{cause}_twice"), "{local}");
    }
    let (method, reference) = (part("SignatureMethod"), part("Reference"));
    assert_eq!(
        edited(&format!("{method}{reference}"), &format!("{reference}{method}")),
        "signature_parts_out_of_order"
    );
}

#[test]
fn a_second_signed_info_is_refused_wherever_it_hides() {
    let evil = "<ds:SignedInfo><ds:Reference/></ds:SignedInfo>";
    assert_eq!(edited("<ds:SignedInfo>", &format!("{evil}<ds:SignedInfo>")), "signed_info_twice");
    assert_eq!(edited("<ds:SignatureValue>", &format!("{evil}<ds:SignatureValue>")), "signed_info_twice");
    assert_eq!(edited("<ds:SignedInfo>", &format!("<ds:SignedInfo>{evil}")), "signature_child_unexpected");
}

#[test]
fn a_second_digest_value_is_refused_wherever_it_hides() {
    let evil = "<ds:DigestValue>AAAA</ds:DigestValue>";
    assert_eq!(edited("<ds:DigestValue>", &format!("{evil}<ds:DigestValue>")), "digest_value_twice");
    assert_eq!(edited("<ds:DigestMethod", &format!("{evil}<ds:DigestMethod")), "digest_value_twice");
    assert_eq!(edited(DIGEST, &format!("{DIGEST}{evil}")), "signature_child_unexpected");
}

#[test]
fn comments_and_instructions_in_a_message_are_refused_before_anything_is_read() {
    for place in ["<p:Issuer>", "<ds:SignedInfo>", "<ds:DigestValue>", "<ds:SignatureValue>", "<p:Name>"] {
        assert_eq!(tampered(place, &format!("{place}<!---->")), "comment", "{place}");
        assert_eq!(tampered(place, &format!("{place}<?x?>")), "processing_instruction", "{place}");
    }
}

#[test]
fn comments_in_signed_metadata_never_reach_into_the_signature() {
    for place in ["<ds:SignedInfo>", "<ds:DigestValue>", "<ds:SignatureValue>", "<ds:Transforms>"] {
        let text = seal(&signed_root(CONTENT)).replacen(place, &format!("{place}<!---->"), 1);
        let document = Document::parse(text.as_bytes(), &Limits::METADATA).unwrap();
        let judged = verify(document.root(), &[public(key())]).map(|_| ());
        assert_eq!(outcome(judged), "signature_content_unexpected", "{place}");
    }
}

#[test]
fn foreign_children_and_attributes_are_refused() {
    let object = "<ds:Object><p:Root xmlns:p='urn:p' ID='other'/></ds:Object>";
    assert_eq!(edited("</ds:Signature>", &format!("{object}</ds:Signature>")), "object_in_signature");
    assert_eq!(edited("<ds:SignedInfo>", &format!("{object}<ds:SignedInfo>")), "object_in_signature");
    assert_eq!(edited("</ds:SignedInfo>", "<ds:Manifest/></ds:SignedInfo>"), "signature_child_unexpected");
    assert_eq!(edited("</ds:SignedInfo>", "<p:Reference/></ds:SignedInfo>"), "signature_child_unexpected");
    assert_eq!(edited("</ds:Transforms>", "<ds:Other/></ds:Transforms>"), "signature_child_unexpected");
    assert_eq!(
        edited("</ds:SignatureMethod>", "<ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>"),
        "signature_child_unexpected"
    );
    for (place, with) in [
        ("<ds:SignedInfo>", "<ds:SignedInfo ID='x'>"),
        ("<ds:Transforms>", "<ds:Transforms a=''>"),
        ("<ds:DigestValue>", "<ds:DigestValue Id='x'>"),
        ("<ds:DigestMethod ", "<ds:DigestMethod xml:lang='en' "),
        ("<ds:Reference ", "<ds:Reference p:URI='' "),
    ] {
        assert_eq!(edited(place, with), "signature_attribute_unexpected", "{with}");
    }
    assert_eq!(edited("<ds:SignedInfo>", "<ds:SignedInfo Id='x'>"), "accepted");
}

#[test]
fn the_reference_is_to_the_parent_and_to_nothing_else() {
    for (uri, cause) in [
        ("URI=\"\"", "reference_empty_uri"),
        ("", "reference_without_uri"),
        ("URI=\"#\"", "reference_not_an_id"),
        ("URI=\"#xpointer(/)\"", "reference_not_an_id"),
        ("URI=\"#xpointer(id('signed'))\"", "reference_not_an_id"),
        ("URI=\"# signed\"", "reference_not_an_id"),
        ("URI=\"signed\"", "reference_external"),
        ("URI=\"http://127.0.0.1:9/x\"", "reference_external"),
        ("URI=\"file:///etc/passwd\"", "reference_external"),
        ("URI=\"other.xml#signed\"", "reference_external"),
        ("URI=\"#Signed\"", "reference_not_parent"),
        ("URI=\"#signed2\"", "reference_not_parent"),
    ] {
        assert_eq!(edited("URI=\"#signed\"", uri), cause, "{uri}");
    }
}

#[test]
fn only_the_parents_own_unqualified_id_is_its_name() {
    for attribute in ["Id", "id", "xml:id"] {
        let text = signed_root(CONTENT).replace("ID=\"signed\"", &format!("{attribute}=\"signed\""));
        let text = text.replace(DIGEST, "AAAA").replace(VALUE, "AAAA");
        assert_eq!(judge_root(&text), "signed_element_without_id", "{attribute}");
    }
    assert_eq!(tampered("ID=\"signed\"", "p:ID=\"signed\""), "signed_element_without_id");
    assert_eq!(tampered("ID=\"signed\"", "ID=\"moved\""), "reference_not_parent");
    assert_eq!(tampered("ID=\"signed\"", "ID=\"signed\" Id=\"x\""), "two_ids_on_element");
}

#[test]
fn a_duplicate_id_of_any_kind_is_refused() {
    for attribute in ["ID", "Id", "id", "xml:id"] {
        let name = format!("<p:Name {attribute}=\"signed\">");
        assert_eq!(tampered("<p:Name>", &name), "duplicate_id", "{attribute}");
    }
    assert_eq!(edited("<p:Name>", "<p:Name p:ID=\"signed\">"), "accepted");
}

#[test]
fn transforms_are_two_in_their_order() {
    let enveloped =
        r#"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>"#;
    let exclusive = r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform>"#;
    assert_eq!(edited(enveloped, ""), "transform_missing");
    assert_eq!(edited(exclusive, ""), "transform_missing");
    assert_eq!(edited(exclusive, enveloped), "transform_missing");
    assert_eq!(edited(&format!("{enveloped}{exclusive}"), ""), "transform_missing");
    assert_eq!(edited(exclusive, &exclusive.repeat(2)), "transforms_too_many");
    let reversed = format!("{exclusive}{enveloped}");
    assert_eq!(edited(&format!("{enveloped}{exclusive}"), &reversed), "transforms_out_of_order");
    for other in [
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/2000/09/xmldsig#base64",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "",
    ] {
        let transform = format!("<ds:Transform Algorithm=\"{other}\"></ds:Transform>");
        assert_eq!(edited(exclusive, &transform), "transform_not_allowed", "{other}");
        assert_eq!(edited(exclusive, &format!("{transform}{exclusive}")), "transform_not_allowed", "{other}");
    }
    let stylesheet = enveloped.replace("></", "><x:stylesheet xmlns:x='urn:x'/></");
    assert_eq!(edited(enveloped, &stylesheet), "signature_child_unexpected");
}

#[test]
fn algorithms_outside_the_profile_are_refused() {
    let method = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    for other in [
        "",
        "none",
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
    ] {
        assert_eq!(edited(method, other), "signature_method_not_allowed", "{other}");
    }
    for other in ["http://www.w3.org/2000/09/xmldsig#sha1", "http://www.w3.org/2001/04/xmldsig-more#md5", ""] {
        assert_eq!(edited("http://www.w3.org/2001/04/xmlenc#sha256", other), "digest_method_not_allowed", "{other}");
    }
    let c14n = r#"<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"#;
    for other in ["WithComments\"", "x\""] {
        assert_eq!(edited(&format!("{c14n}\""), &format!("{c14n}{other}")), "c14n_method_not_allowed", "{other}");
    }
    let inclusive = r#"<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"#;
    assert_eq!(edited(c14n, inclusive), "c14n_method_not_allowed");
}

#[test]
fn a_method_that_claims_another_kind_of_key_is_refused() {
    let rsa = "xmldsig-more#rsa-sha256";
    assert_eq!(edited(rsa, "xmldsig-more#ecdsa-sha256"), "no_usable_key");
    assert_eq!(edited(rsa, "xmldsig-more#rsa-sha512"), "signature_mismatch");
}

#[test]
fn an_hmac_keyed_with_the_public_key_is_refused() {
    let rsa = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    let mac = crate::base::sealing::mac_with(&key().spki().unwrap(), b"SignedInfo");
    let text = signed_root(CONTENT).replace(rsa, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256");
    assert_eq!(judge_root(&seal(&text.replace(VALUE, &base64(mac)))), "signature_method_not_allowed");
}

#[test]
fn prefix_lists_are_names_or_the_default() {
    let exclusive = "xml-exc-c14n#\"></ds:Transform>";
    let with = |inside: &str| format!("xml-exc-c14n#\">{inside}</ds:Transform>");
    let list = |prefixes: &str| {
        with(&format!(
            "<e:InclusiveNamespaces xmlns:e='http://www.w3.org/2001/10/xml-exc-c14n#' PrefixList='{prefixes}'/>"
        ))
    };
    for good in ["", "p", "p #default xml\t absent", &"p ".repeat(32)] {
        assert_eq!(edited(exclusive, &list(good)), "accepted", "{good}");
    }
    for bad in ["#other", "a:b", "1", &"p ".repeat(33)] {
        assert_eq!(edited(exclusive, &list(bad)), "prefix_list_malformed", "{bad}");
    }
    let bare = "<e:InclusiveNamespaces xmlns:e='http://www.w3.org/2001/10/xml-exc-c14n#'/>";
    assert_eq!(edited(exclusive, &with(bare)), "prefix_list_malformed");
    assert_eq!(edited(exclusive, &with(&bare.repeat(2))), "inclusive_namespaces_twice");
    assert_eq!(edited(exclusive, &with("<ds:InclusiveNamespaces PrefixList=''/>")), "signature_child_unexpected");
}

#[test]
fn digest_and_signature_are_base64() {
    for bad in ["", "!", "AAA", "AA AA=", "-_-_"] {
        assert_eq!(edited(DIGEST, bad), "digest_value_not_base64", "{bad}");
        assert_eq!(edited(VALUE, bad), "signature_value_not_base64", "{bad}");
    }
    assert_eq!(edited(DIGEST, "AAAA"), "digest_mismatch");
    assert_eq!(edited(VALUE, "AAAA"), "signature_mismatch");
    assert_eq!(edited(DIGEST, &format!("\n{DIGEST}\r\n")), "accepted");
}

#[test]
fn signed_info_is_judged_before_the_digest() {
    let text = seal(&signed_root(CONTENT)).replace("person-1", "person-2");
    assert_eq!(judge_root(&text), "digest_mismatch");
    let start = text.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    let mut text = text;
    text.replace_range(start..start + 4, "AAAA");
    assert_eq!(judge_root(&text), "signature_mismatch");
}

/// The eight shapes of signature wrapping, with the good signed element kept whole somewhere: what
/// is asked about is always the forged root.
#[test]
fn wrapped_elements_are_never_taken_for_the_forged_one() {
    let good = seal(&signed_root(CONTENT));
    let start = good.find("<ds:Signature ").unwrap();
    let end = good.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let signature = &good[start..end];
    let bare = good.replacen(signature, "", 1);
    let inner = |inside: &str| signature.replacen("</ds:Signature>", &format!("{inside}</ds:Signature>"), 1);
    let root = |id: &str, inside: &str| format!("<p:Root xmlns:p=\"urn:p\" ID=\"{id}\">{inside}</p:Root>");
    let object = format!("<ds:Object>{bare}</ds:Object>");
    let in_info = format!("<ds:KeyInfo>{bare}</ds:KeyInfo>");
    for (shape, text, cause) in [
        ("1: signature holds the signed", root("evil", &inner(&bare)), "signature_child_unexpected"),
        ("2: signed beside its signature", root("evil", &format!("{signature}{bare}")), "reference_not_parent"),
        (
            "3: forged before the signed",
            root("evil", &format!("{}{good}", root("e2", ""))),
            "signature_not_direct_child",
        ),
        ("4: forged around the signed", root("evil", &good), "signature_not_direct_child"),
        (
            "5: signature in the forged, signed after",
            root("evil", &format!("{signature}<p:X/>{bare}")),
            "reference_not_parent",
        ),
        ("6: signed inside the moved signature", root("evil", &inner(&object)), "object_in_signature"),
        ("7: signed in extensions", root("evil", &format!("<p:Ext>{bare}</p:Ext>{signature}")), "reference_not_parent"),
        ("8: signed in an object", root("evil", &format!("{}<p:Name/>", inner(&object))), "object_in_signature"),
        ("9: signed in key info", root("evil", &inner(&in_info)), "reference_not_parent"),
        ("10: both under one id", root("signed", &format!("{signature}{bare}")), "duplicate_id"),
        ("11: forged under the id of the signed", root("signed", signature), "digest_mismatch"),
        ("12: id moved below", root("evil", &format!("{signature}<p:Name ID=\"signed\"/>")), "reference_not_parent"),
    ] {
        assert_eq!(judge_root(&text), cause, "{shape}");
    }
}

#[test]
fn what_is_verified_shows_nothing_that_the_digest_does_not_cover() {
    let smuggled = "<ds:KeyInfo><p:Name>admin</p:Name></ds:KeyInfo></ds:Signature>";
    let text = seal(&signed_root(CONTENT).replace("</ds:Signature>", smuggled));
    let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
    let unverified = find(document.root(), &|element| element.text().as_deref() == Some("admin"));
    assert!(unverified.is_some());
    let verified = verify(document.root(), &[public(key())]).unwrap();
    assert_eq!(verified.algorithm(), SignatureAlgorithm::RsaSha256);
    let reached = find(verified.element(), &|element| element.text().as_deref() == Some("admin"));
    assert_eq!(reached, None);
    let names: Vec<_> = verified.element().children().map(|child| child.name()).collect();
    assert_eq!(names, ["Issuer", "Name"]);
}

#[test]
fn signatures_elsewhere_in_the_document_are_counted_and_refused() {
    let good = seal(&signed_root(CONTENT));
    let judge = |text: &str, expected: usize| {
        let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
        let root = document.root();
        let elements: Vec<_> = std::iter::once(root).chain(root.children()).take(expected).collect();
        (count_signatures(&document), outcome(refuse_stray_signatures(&document, &elements)))
    };
    assert_eq!(judge(&good, 0), (1, "signature_stray"));
    assert_eq!(judge(&good, 1), (1, "accepted"));
    let inside = r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>"#;
    assert_eq!(judge(&good.replace("<p:Name>", &format!("<p:Name>{inside}")), 1), (2, "signature_stray"));
    assert_eq!(judge(&good.replace("<p:Name>", &format!("{inside}<p:Name>")), 1), (2, "signature_twice"));
    assert_eq!(judge(&format!("<a>{inside}<b>{inside}</b></a>"), 3), (2, "accepted"));
    assert_eq!(judge("<a/>", 1), (0, "accepted"));
}

#[test]
fn presence_of_a_signature_is_that_of_a_direct_child() {
    for (text, expected) in [
        (seal(&signed_root(CONTENT)), true),
        (format!("<a><b>{SIGNATURE}</b></a>"), false),
        ("<a><Signature/></a>".to_owned(), false),
        ("<a/>".to_owned(), false),
    ] {
        let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
        assert_eq!(has_signature(document.root()), expected, "{text}");
    }
}

#[test]
fn any_of_several_keys_may_have_signed_and_is_named() {
    let others: Vec<Arc<PublicKey>> =
        (0..2).map(|_| public(&SigningKey::generate_p256().unwrap())).chain([public(key())]).collect();
    let text = seal(&signed_root(CONTENT));
    let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
    assert_eq!(verify(document.root(), &others).unwrap().key_index(), 2);
}
