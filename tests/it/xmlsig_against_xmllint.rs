//! Our canonical form is that of libxml2, on generated documents full of namespaces, escapes and
//! CDATA, and it is its own canonical form.
//!
//! No namespace name here holds `&`: libxml2 2.9 writes it unescaped, which is not even XML.

use std::io::Write as _;
use std::process::{Command, Stdio};

use entente::xmlsig::c14n::canonical;
use entente::xmlsig::dom::Document;
use entente::xmlsig::limits::Limits;
use proptest::prelude::*;
use proptest::sample::select;

use super::xmlsig_against_xmlsec1::is_installed;

/// Documents that stand for one trait each, before the generated ones.
const CORPUS: [&str; 8] = [
    "<a/>",
    "<?xml version='1.0'?>\n<a\n b = '1'\r\n c=\"2\" ></a >\n",
    "<n:a xmlns:n='urn:n' xmlns:unused='urn:u'><n:b xmlns:n='urn:m'><n:c/></n:b><n:d xmlns:n='urn:n'/></n:a>",
    "<a xmlns='urn:d'><b xmlns=''><c xmlns='urn:d'/><d/></b><e xmlns='urn:d'/></a>",
    "<a z='1' xmlns:q='urn:a' q:a='2' xmlns:p='urn:z' p:a='3' xml:lang='en' a='4' q:Z='5'/>",
    "<a b='&#9;&#10;&#13;&#32;&lt;&gt;&amp;&quot;&apos; \t\n x'>&#9;&#10;&#13;&lt;&gt;&amp;&quot;&apos;\t\n</a>",
    "<a><![CDATA[<&>]]]]><![CDATA[>\r\n]]>x<![CDATA[]]></a>",
    "<é xmlns:ü='urn:&#117;x' ü:ñ='😀'>\u{85}\u{2028}</é>",
];

/// The canonical form by libxml2. The command reads no comments here, since none are generated.
fn xmllint(text: &str) -> Vec<u8> {
    let mut child = Command::new("xmllint")
        .args(["--exc-c14n", "--nonet", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap().stdout
}

fn ours(text: &str) -> Vec<u8> {
    canonical(Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap().root(), &[])
}

fn document() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "text",
        " ",
        "\n",
        "\r\n",
        "\t",
        "&amp;",
        "&lt;",
        "&gt;",
        "&#13;",
        "&#xA;",
        "&#9;",
        "é",
        "😀",
        ">",
        "'",
        "\"",
        "<![CDATA[<x>&amp;]]>",
        "<![CDATA[\r\n]]>",
        "<![CDATA[]]>",
    ]);
    let leaf = prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat());
    leaf.prop_recursive(5, 40, 5, |inside| {
        (element_start(), prop::collection::vec(inside, 0..5))
            .prop_map(|((name, attributes), children)| format!("<{name}{attributes}>{}</{name}>", children.concat()))
    })
    .prop_map(|inside| format!("<root xmlns:p='urn:p' xmlns:q='urn:q'>{inside}</root>"))
}

/// A name and the rest of its tag: some declarations, some attributes, each name once.
fn element_start() -> impl Strategy<Value = (&'static str, String)> {
    let name = select(vec!["a", "B", "p:a", "q:b", "p:_c"]);
    let declarations = prop::sample::subsequence(
        vec![("xmlns", true), ("xmlns:p", false), ("xmlns:q", false), ("xmlns:unused", false)],
        0..4,
    );
    let uris = prop::collection::vec(select(vec!["urn:p", "urn:r", "http://x/?a=b", ""]), 4);
    let attributes = prop::sample::subsequence(vec!["a", "b", "Z", "p:a", "p:b", "xml:lang", "xml:other"], 0..6);
    let values = prop::collection::vec(select(vec!["", "1", " x\t\n", "&#9;&#10;&#13;", "&lt;&quot;&amp;", "é😀'"]), 7);
    (name, declarations, uris, attributes, values).prop_map(|(name, declarations, uris, attributes, values)| {
        let mut tag = String::new();
        for ((declaration, may_be_empty), uri) in declarations.into_iter().zip(uris) {
            let uri = if uri.is_empty() && !may_be_empty { "urn:s" } else { uri };
            tag += &format!(" {declaration}='{uri}'");
        }
        for (attribute, value) in attributes.into_iter().zip(values) {
            tag += &format!(" {attribute}=\"{value}\"");
        }
        (name, tag)
    })
}

#[test]
fn the_corpus_is_canonicalised_as_libxml2_does() {
    if !is_installed("xmllint") {
        return;
    }
    for text in CORPUS {
        let (ours, theirs) = (ours(text), xmllint(text));
        assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&theirs), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn generated_documents_are_canonicalised_as_libxml2_does(text in document()) {
        if is_installed("xmllint") {
            let (ours, theirs) = (ours(&text), xmllint(&text));
            prop_assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&theirs));
        }
    }

    #[test]
    fn the_canonical_form_of_a_canonical_form_is_itself(text in document()) {
        let once = ours(&text);
        prop_assert_eq!(ours(std::str::from_utf8(&once).unwrap()), once);
    }
}
