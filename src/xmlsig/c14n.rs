//! Exclusive XML Canonicalization 1.0 without comments, in one pass into one buffer.
//!
//! # Source
//! Exclusive XML Canonicalization 1.0 3; Canonical XML 1.0 2.3 for the octets.

use std::cmp::Ordering;

use roxmltree::{Node, NodeId, NodeType};

use super::dom::Element;

/// The canonical octets of `element`. **Shape**: `inclusive` holds the prefixes of
/// `InclusiveNamespaces`, with `""` for `#default`.
#[must_use]
pub fn canonical(element: Element<'_, '_>, inclusive: &[&str]) -> Vec<u8> {
    canonical_without(element.node(), None, inclusive)
}

/// The canonical octets of `node`, leaving out the subtree `left_out`.
pub(super) fn canonical_without(node: Node<'_, '_>, left_out: Option<NodeId>, inclusive: &[&str]) -> Vec<u8> {
    let mut writer = Canonicaliser {
        source: node.document().input_text(),
        out: Vec::with_capacity(node.range().len() + 256),
        left_out,
        inclusive,
        rendered: Vec::with_capacity(16),
        attributes: Vec::with_capacity(8),
    };
    writer.element(node);
    writer.out
}

/// An attribute with the prefix that the source gave it.
struct Prefixed<'doc> {
    namespace: &'doc str,
    local: &'doc str,
    prefix: &'doc str,
    value: &'doc str,
}

impl Prefixed<'_> {
    /// The order in which attributes are written: by namespace, none first, then by local name.
    fn order(&self, other: &Self) -> Ordering {
        if self.namespace.is_empty() && other.namespace.is_empty() {
            return self.local.cmp(other.local);
        }
        (self.namespace, self.local).cmp(&(other.namespace, other.local))
    }
}

struct Canonicaliser<'doc, 'input, 'list> {
    source: &'input str,
    out: Vec<u8>,
    left_out: Option<NodeId>,
    inclusive: &'list [&'list str],
    /// Prefix and namespace of every declaration that the open elements of the output carry.
    rendered: Vec<(&'doc str, &'doc str)>,
    attributes: Vec<Prefixed<'doc>>,
}

impl<'doc, 'input: 'doc> Canonicaliser<'doc, 'input, '_> {
    /// The depth of recursion is that of the document, which the scan has limited.
    fn element(&mut self, node: Node<'doc, 'input>) {
        let scope = self.rendered.len();
        let local = node.tag_name().name();
        let prefix = prefix_at(self.source, node.range().start + 1, local);
        self.out.push(b'<');
        self.name(prefix, local);
        self.start_tag(node, prefix, scope);
        self.out.push(b'>');
        for child in node.children() {
            match child.node_type() {
                NodeType::Element if Some(child.id()) != self.left_out => self.element(child),
                NodeType::Text => escape_text(&mut self.out, child.text().unwrap_or_default()),
                NodeType::PI => self.instruction(child),
                _ => {}
            }
        }
        self.out.extend_from_slice(b"</");
        self.name(prefix, local);
        self.out.push(b'>');
        self.rendered.truncate(scope);
    }

    fn start_tag(&mut self, node: Node<'doc, 'input>, prefix: &'doc str, scope: usize) {
        self.declare(prefix, node.tag_name().namespace().unwrap_or_default());
        let mut attributes = std::mem::take(&mut self.attributes);
        for attribute in node.attributes() {
            let local = attribute.name();
            let namespace = attribute.namespace().unwrap_or_default();
            let prefix = if namespace.is_empty() { "" } else { prefix_at(self.source, attribute.range().start, local) };
            if !prefix.is_empty() && prefix != "xml" {
                self.declare(prefix, namespace);
            }
            attributes.push(Prefixed { namespace, local, prefix, value: attribute.value() });
        }
        for prefix in self.inclusive {
            let (name, own) = if prefix.is_empty() { (None, "") } else { (Some(*prefix), *prefix) };
            match node.namespaces().find(|namespace| namespace.name() == name) {
                Some(found) => self.declare(found.name().unwrap_or_default(), found.uri()),
                None if own.is_empty() => self.declare("", ""),
                None => {}
            }
        }
        if self.rendered.len() > scope + 1 {
            self.rendered[scope..].sort_unstable();
        }
        for (prefix, namespace) in &self.rendered[scope..] {
            self.out.extend_from_slice(b" xmlns");
            if !prefix.is_empty() {
                self.out.push(b':');
                self.out.extend_from_slice(prefix.as_bytes());
            }
            self.out.extend_from_slice(b"=\"");
            escape_attribute(&mut self.out, namespace);
            self.out.push(b'"');
        }
        if attributes.len() > 1 {
            attributes.sort_unstable_by(Prefixed::order);
        }
        for attribute in attributes.drain(..) {
            self.out.push(b' ');
            self.name(attribute.prefix, attribute.local);
            self.out.extend_from_slice(b"=\"");
            escape_attribute(&mut self.out, attribute.value);
            self.out.push(b'"');
        }
        self.attributes = attributes;
    }

    /// Renders a declaration unless the output has it in scope already. Without any declaration the
    /// default namespace is none.
    fn declare(&mut self, prefix: &'doc str, namespace: &'doc str) {
        let current = self.rendered.iter().rev().find(|(rendered, _)| is_same(rendered, prefix)).map(|(_, uri)| *uri);
        let is_current = match current {
            // The DOM keeps each namespace once, so that comparing the place mostly suffices.
            Some(current) => std::ptr::eq(current, namespace) || current == namespace,
            None => prefix.is_empty() && namespace.is_empty(),
        };
        if !is_current {
            self.rendered.push((prefix, namespace));
        }
    }

    fn name(&mut self, prefix: &str, local: &str) {
        if !prefix.is_empty() {
            self.out.extend_from_slice(prefix.as_bytes());
            self.out.push(b':');
        }
        self.out.extend_from_slice(local.as_bytes());
    }

    /// The DOM keeps line ends in instructions as they came; the scan let only CR LF through.
    fn instruction(&mut self, node: Node<'doc, 'input>) {
        let Some(instruction) = node.pi() else { return };
        self.out.extend_from_slice(b"<?");
        self.out.extend_from_slice(instruction.target.as_bytes());
        if let Some(value) = instruction.value {
            self.out.push(b' ');
            self.out.extend(value.bytes().filter(|byte| *byte != b'\r'));
        }
        self.out.extend_from_slice(b"?>");
    }
}

/// Prefixes have a few bytes, which are compared sooner than a call is made.
fn is_same(left: &str, right: &str) -> bool {
    left.len() == right.len() && left.bytes().eq(right.bytes())
}

/// The prefix of the qualified name at `start`, whose local part the DOM gave. The DOM drops
/// prefixes, and the source is the only place that still has them.
fn prefix_at<'input>(source: &'input str, start: usize, local: &str) -> &'input str {
    let name = source.get(start..).unwrap_or_default();
    match name.bytes().position(|byte| matches!(byte, b':' | b' ' | b'\t' | b'\n' | b'\r' | b'=' | b'>' | b'/')) {
        Some(end) if name[end..].starts_with(':') && name[end + 1..].starts_with(local) => &name[..end],
        _ => "",
    }
}

pub(super) fn escape_text(out: &mut Vec<u8>, text: &str) {
    escape(out, text.as_bytes(), |byte| match byte {
        b'&' => b"&amp;",
        b'<' => b"&lt;",
        b'>' => b"&gt;",
        b'\r' => b"&#xD;",
        _ => b"",
    });
}

pub(super) fn escape_attribute(out: &mut Vec<u8>, text: &str) {
    escape(out, text.as_bytes(), |byte| match byte {
        b'&' => b"&amp;",
        b'<' => b"&lt;",
        b'"' => b"&quot;",
        b'\t' => b"&#x9;",
        b'\n' => b"&#xA;",
        b'\r' => b"&#xD;",
        _ => b"",
    });
}

/// Copies `bytes`, putting in its place what `replacement` gives, where that is not empty.
fn escape(out: &mut Vec<u8>, bytes: &[u8], replacement: impl Fn(u8) -> &'static [u8]) {
    // Most values need nothing; a question without an early exit is asked many bytes at a time.
    let is_plain = !bytes.iter().fold(false, |found, byte| {
        found | (*byte == b'&') | (*byte == b'<') | (*byte == b'>') | (*byte == b'"') | (*byte < b' ')
    });
    if is_plain {
        out.extend_from_slice(bytes);
        return;
    }
    let mut copied = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let replacement = replacement(*byte);
        if !replacement.is_empty() {
            out.extend_from_slice(&bytes[copied..at]);
            out.extend_from_slice(replacement);
            copied = at + 1;
        }
    }
    out.extend_from_slice(&bytes[copied..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xmlsig::dom::Document;
    use crate::xmlsig::limits::Limits;

    /// The canonical form of the first child of the root.
    fn check(text: &str, inclusive: &[&str], expected: &str) {
        let document = Document::parse(text.as_bytes(), &Limits::METADATA).unwrap();
        let child = document.root().children().next().unwrap();
        assert_eq!(String::from_utf8(canonical(child, inclusive)).unwrap(), expected, "{text}");
    }

    #[test]
    fn only_namespaces_in_use_are_rendered_where_they_are_first_used() {
        check(
            "<r xmlns:a='urn:a' xmlns:b='urn:b'><a:x><b:y/><b:y a:z=''/></a:x></r>",
            &[],
            r#"<a:x xmlns:a="urn:a"><b:y xmlns:b="urn:b"></b:y><b:y xmlns:b="urn:b" a:z=""></b:y></a:x>"#,
        );
    }

    #[test]
    fn attributes_of_ancestors_stay_with_them() {
        check("<r xml:lang='en'><x/></r>", &[], "<x></x>");
    }

    #[test]
    fn the_default_namespace_is_taken_back_only_where_one_was_rendered() {
        check("<r xmlns='urn:d'><x xmlns=''/></r>", &[], "<x></x>");
        check("<r><x xmlns='urn:d'><y xmlns=''/></x></r>", &[], r#"<x xmlns="urn:d"><y xmlns=""></y></x>"#);
        check("<r xmlns='urn:d' xmlns:p='urn:p'><p:x a=''/></r>", &[], r#"<p:x xmlns:p="urn:p" a=""></p:x>"#);
    }

    #[test]
    fn prefixes_on_the_list_are_rendered_as_in_inclusive_form() {
        let text = "<r xmlns='urn:d' xmlns:p='urn:p'><q:x xmlns:q='urn:q'><q:y xmlns:p='urn:o'/></q:x></r>";
        check(
            text,
            &["p", "absent", "xml"],
            r#"<q:x xmlns:p="urn:p" xmlns:q="urn:q"><q:y xmlns:p="urn:o"></q:y></q:x>"#,
        );
        check(text, &[""], r#"<q:x xmlns="urn:d" xmlns:q="urn:q"><q:y></q:y></q:x>"#);
        check(
            "<r xmlns='urn:d'><q:x xmlns:q='urn:q'><q:y xmlns=''/></q:x></r>",
            &[""],
            r#"<q:x xmlns="urn:d" xmlns:q="urn:q"><q:y xmlns=""></q:y></q:x>"#,
        );
    }

    #[test]
    fn prefixes_are_those_of_the_source() {
        check(
            "<r xmlns:a='urn:n' xmlns:b='urn:n'><a:x\tb:x='1'\nx='2'><b:x\n/><x\tb:x='3'/></a:x></r>",
            &[],
            r#"<a:x xmlns:a="urn:n" xmlns:b="urn:n" x="2" b:x="1"><b:x></b:x><x b:x="3"></x></a:x>"#,
        );
    }

    #[test]
    fn comments_go_and_instructions_stay() {
        check("<r><x>a<!-- b -->c<?d  e\r\nf?><?g?></x></r>", &[], "<x>ac<?d e\nf?><?g?></x>");
    }

    #[test]
    fn a_subtree_is_left_out_with_all_that_is_in_it() {
        let document = Document::parse(b"<r>a<x><y/></x>b<y/></r>", &Limits::MESSAGE).unwrap();
        let left_out = document.root().children().next().map(|child| child.node().id());
        assert_eq!(canonical_without(document.root().node(), left_out, &[]), b"<r>ab<y></y></r>");
    }
}
