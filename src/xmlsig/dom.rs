//! The one reader: bytes become a [`Document`] only if scan and DOM agree on what they saw.

use std::borrow::Cow;

use roxmltree::{Node, NodeId};

use super::limits::Limits;
use super::names;
use super::scan::{Scanned, Seen, scan};
use super::xml_error::XmlError;

/// A document that was scanned within its limits, parsed, and seen alike by both.
#[derive(Debug)]
pub struct Document<'input> {
    tree: roxmltree::Document<'input>,
}

impl<'input> Document<'input> {
    /// Reads `bytes`. **Shape**: UTF-8 (a byte order mark is skipped), XML 1.0 with namespaces, no
    /// DOCTYPE, within `limits`, no identifier (`ID`, `Id`, `id`, `xml:id`) twice.
    ///
    /// # Errors
    /// [`XmlError`].
    pub fn parse(bytes: &'input [u8], limits: &Limits) -> Result<Self, XmlError> {
        if bytes.len() > limits.max_bytes {
            return Err(XmlError::TooLarge { found: bytes.len(), limit: limits.max_bytes });
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|_| XmlError::NotUtf8)?;
        if text.starts_with('\u{FEFF}') {
            return Err(XmlError::Malformed);
        }
        let scanned = scan(text, limits)?;
        let options = roxmltree::ParsingOptions { allow_dtd: false, ..Default::default() };
        let tree = roxmltree::Document::parse_with_options(text, options).map_err(|_| XmlError::Malformed)?;
        refuse_disagreement(&scanned, &tree)?;
        refuse_duplicates(scanned.ids)?;
        Ok(Self { tree })
    }

    /// The root element.
    #[must_use]
    pub fn root(&self) -> Element<'_, 'input> {
        Element { node: self.tree.root_element(), hidden: None }
    }
}

/// An element of a [`Document`].
///
/// There is no way up from it, so who holds a verified element reaches nothing beyond it.
#[derive(Debug, Clone, Copy)]
pub struct Element<'doc, 'input> {
    node: Node<'doc, 'input>,
    hidden: Option<NodeId>,
}

impl PartialEq for Element<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl Eq for Element<'_, '_> {}

/// An attribute of an [`Element`]; namespace declarations are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'doc> {
    /// Its namespace, empty for none.
    pub namespace: &'doc str,
    /// Its local name.
    pub local: &'doc str,
    /// Its value, normalised (XML 1.0 3.3.3).
    pub value: &'doc str,
}

impl<'doc, 'input> Element<'doc, 'input> {
    /// Whether it is the element `local` of `namespace`, which is empty for none.
    #[must_use]
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.name() == local && self.namespace() == namespace
    }

    /// Its local name.
    #[must_use]
    pub fn name(&self) -> &'input str {
        self.node.tag_name().name()
    }

    /// Its namespace, empty for none.
    #[must_use]
    pub fn namespace(&self) -> &'doc str {
        self.node.tag_name().namespace().unwrap_or_default()
    }

    /// The value of its attribute `local` without a namespace.
    #[must_use]
    pub fn attribute(&self, local: &str) -> Option<&'doc str> {
        self.attribute_in("", local)
    }

    /// The value of its attribute `local` in `namespace`.
    #[must_use]
    pub fn attribute_in(&self, namespace: &str, local: &str) -> Option<&'doc str> {
        self.attributes()
            .find(|attribute| attribute.local == local && attribute.namespace == namespace)
            .map(|attribute| attribute.value)
    }

    /// Its attributes in document order.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'doc>> + use<'doc, 'input> {
        self.node.attributes().map(|attribute| Attribute {
            namespace: attribute.namespace().unwrap_or_default(),
            local: attribute.name(),
            value: attribute.value(),
        })
    }

    /// The attribute `ID` that a Reference may name.
    #[must_use]
    pub fn id(&self) -> Option<&'doc str> {
        self.attribute("ID")
    }

    /// The elements directly in it, in document order. In a verified element its own signature is
    /// left out, since the digest does not cover it.
    pub fn children(&self) -> impl Iterator<Item = Self> + use<'doc, 'input> {
        let hidden = self.hidden;
        self.node
            .children()
            .filter(move |node| node.is_element() && Some(node.id()) != hidden)
            .map(move |node| Self { node, hidden })
    }

    /// The elements `local` of `namespace` directly in it.
    pub fn children_named<'name>(
        &self,
        namespace: &'name str,
        local: &'name str,
    ) -> impl Iterator<Item = Self> + use<'doc, 'input, 'name> {
        self.children().filter(move |child| child.is(namespace, local))
    }

    /// The only element `local` of `namespace` directly in it, where there is one. Two are refused,
    /// so that nobody reads the first where another reader takes the last.
    ///
    /// # Errors
    /// [`XmlError::ElementTwice`].
    pub fn child(&self, namespace: &str, local: &str) -> Result<Option<Self>, XmlError> {
        let mut found = self.children_named(namespace, local);
        let first = found.next();
        match found.next() {
            Some(_) => Err(XmlError::ElementTwice { name: local.to_owned() }),
            None => Ok(first),
        }
    }

    /// All its text, CDATA and text around comments joined; `None` where it holds an element.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'doc, str>> {
        let mut whole = Cow::Borrowed("");
        for node in self.node.children() {
            if node.is_element() {
                return None;
            }
            if !node.is_text() {
                continue;
            }
            let piece = node.text().unwrap_or_default();
            if whole.is_empty() {
                whole = Cow::Borrowed(piece);
            } else {
                whole.to_mut().push_str(piece);
            }
        }
        Some(whole)
    }

    pub(super) const fn node(&self) -> Node<'doc, 'input> {
        self.node
    }

    pub(super) const fn hiding(self, hidden: NodeId) -> Self {
        Self { node: self.node, hidden: Some(hidden) }
    }
}

/// Compares place, depth and attributes of every element, and every identifier.
fn refuse_disagreement(scanned: &Scanned<'_>, tree: &roxmltree::Document<'_>) -> Result<(), XmlError> {
    let mut seen = scanned.elements.iter();
    let mut ids = scanned.ids.iter();
    let mut open: Vec<usize> = Vec::with_capacity(16);
    for node in tree.descendants().filter(Node::is_element) {
        let range = node.range();
        while open.last().is_some_and(|end| *end <= range.start) {
            open.pop();
        }
        open.push(range.end);
        let attributes = node.attributes();
        let found = Seen { start: range.start, depth: open.len(), attributes: attributes.len() };
        if seen.next() != Some(&found) {
            return Err(XmlError::ScanDisagrees);
        }
        for attribute in attributes.filter(is_id) {
            if ids.next().copied() != Some(attribute.value()) {
                return Err(XmlError::ScanDisagrees);
            }
        }
    }
    if seen.next().is_some() || ids.next().is_some() {
        return Err(XmlError::ScanDisagrees);
    }
    Ok(())
}

fn is_id(attribute: &roxmltree::Attribute<'_, '_>) -> bool {
    match attribute.namespace() {
        None => matches!(attribute.name(), "ID" | "Id" | "id"),
        Some(names::XML) => attribute.name() == "id",
        Some(_) => false,
    }
}

fn refuse_duplicates(mut ids: Vec<&str>) -> Result<(), XmlError> {
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(XmlError::DuplicateId { id: pair[0].to_owned() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::xmlsig::c14n::canonical;
    use crate::xmlsig::testing::{judge_root, seal, signed_root};

    fn parsed(text: &str) -> Document<'_> {
        Document::parse(text.as_bytes(), &Limits::METADATA).unwrap()
    }

    #[test]
    fn text_is_whole_or_nothing() {
        for (text, expected) in [
            ("<a/>", Some("")),
            ("<a>b</a>", Some("b")),
            ("<a>b<![CDATA[<c>]]>d&amp;&#x41;</a>", Some("b<c>d&A")),
            ("<a>b<!-- x -->c<?d?>e</a>", Some("bce")),
            ("<a>\r\n</a>", Some("\n")),
            ("<a>b<c/></a>", None),
            ("<a><c>b</c></a>", None),
        ] {
            assert_eq!(parsed(text).root().text().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn names_and_attributes_are_told_apart_by_namespace() {
        let document = parsed("<p:a xmlns:p='urn:p' b='1' p:b='2' xml:lang='en' ID='i'><b xmlns='urn:b'/></p:a>");
        let root = document.root();
        assert!(root.is("urn:p", "a"));
        assert!(!root.is("", "a"));
        assert!(!root.is("urn:p", "b"));
        assert_eq!((root.name(), root.namespace(), root.id()), ("a", "urn:p", Some("i")));
        assert_eq!((root.attribute("b"), root.attribute_in("urn:p", "b")), (Some("1"), Some("2")));
        assert_eq!((root.attribute("lang"), root.attribute_in(names::XML, "lang")), (None, Some("en")));
        assert_eq!(root.attributes().count(), 4);
        let child = root.children().next().unwrap();
        assert!(child.is("urn:b", "b"));
        assert_ne!(child, root);
    }

    #[test]
    fn a_child_asked_for_by_name_stands_at_most_once() {
        let document = parsed("<a><b/>x<c/><b xmlns='urn:b'/><c/></a>");
        let root = document.root();
        assert_eq!(root.child("", "b").unwrap().map(|child| child.name()), Some("b"));
        assert_eq!(root.child("", "d"), Ok(None));
        assert_eq!(root.child("", "c").unwrap_err().cause(), "element_twice");
        assert_eq!(root.children_named("", "c").count(), 2);
    }

    #[test]
    fn a_scan_that_saw_another_document_is_refused() {
        let text = "<a ID='x'><b c='1'/><d/></a>";
        let good = scan(text, &Limits::MESSAGE).unwrap();
        let tree = roxmltree::Document::parse(text).unwrap();
        let judge = |edit: &dyn Fn(&mut Scanned<'static>)| {
            let mut scanned = Scanned { elements: good.elements.clone(), ids: vec!["x"] };
            edit(&mut scanned);
            refuse_disagreement(&scanned, &tree).map_err(|error| error.cause())
        };
        assert_eq!(judge(&|_| {}), Ok(()));
        let edits: [&dyn Fn(&mut Scanned<'static>); 8] = [
            &|scanned| scanned.elements.truncate(2),
            &|scanned| scanned.elements.push(Seen { start: 0, depth: 1, attributes: 0 }),
            &|scanned| scanned.elements[1].depth = 3,
            &|scanned| scanned.elements[1].start += 1,
            &|scanned| scanned.elements[1].attributes = 2,
            &|scanned| scanned.ids.clear(),
            &|scanned| scanned.ids.push("y"),
            &|scanned| scanned.ids[0] = "y",
        ];
        for edit in edits {
            assert_eq!(judge(edit), Err("scan_disagrees"));
        }
    }

    fn read_all(bytes: &[u8]) {
        for limits in [Limits::MESSAGE, Limits::METADATA] {
            if let Ok(document) = Document::parse(bytes, &limits) {
                let octets = canonical(document.root(), &["p", ""]);
                let again = Document::parse(&octets, &Limits::METADATA).unwrap();
                assert_eq!(canonical(again.root(), &["p", ""]), octets);
            }
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics_on_arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            read_all(&bytes);
        }

        #[test]
        fn reading_never_panics_on_scraps_of_markup(
            scraps in prop::collection::vec(prop::sample::select(vec![
                "<", ">", "/", "</", "/>", "<a", "</a>", "<a>", "<p:b ", "xmlns", "xmlns:p", ":", "=", "'urn:p'", "\"",
                "'", " ", "ID", "&", "&amp;", "&#x41;", ";", "<!--", "-->", "<?", "?>", "<?xml version='1.0'?>",
                "<![CDATA[", "]]>", "<!DOCTYPE", "\r\n", "\r", "\t", "\u{FEFF}", "é", "x",
            ]), 0..40),
        ) {
            read_all(scraps.concat().as_bytes());
        }

        #[test]
        fn a_mutated_message_is_refused_or_means_the_same(
            at in any::<prop::sample::Index>(),
            removed in 0_usize..4,
            put in prop::sample::select(vec!["", " ", "<", ">", "/", "x", "'", "\"", "&", "<a/>", "<!---->", "\r\n", "=", ":"]),
        ) {
            let good = GOOD.as_str();
            let at = at.index(good.len());
            let end = (at + removed).min(good.len());
            let bad = format!("{}{put}{}", &good[..at], &good[end..]);
            read_all(bad.as_bytes());
            if judge_root(&bad) == "accepted" {
                let covered = |text: &str| {
                    let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
                    document.root().children().filter(|child| child.name() != "Signature")
                        .map(|child| canonical(child, &[])).collect::<Vec<_>>()
                };
                prop_assert_eq!(covered(&bad), covered(good));
            }
        }
    }

    static GOOD: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| seal(&signed_root("<p:Name a='1'>person &amp; <![CDATA[<x>]]></p:Name>")));
}
