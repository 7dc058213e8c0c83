//! A writer whose text is in exclusive canonical form by construction: a namespace is declared where
//! it is first visibly used, declarations and attributes are sorted, everything is escaped as
//! Canonical XML 1.0 2.3 asks, and no element is self-closed.

use super::c14n::{escape_attribute, escape_text};
use super::names::is_xml_char;

/// The qualified name of an element or attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// Prefix, empty for none.
    pub prefix: &'static str,
    /// Namespace, empty for none.
    pub namespace: &'static str,
    /// Local name.
    pub local: &'static str,
}

impl Name {
    /// A name in `namespace`, written with `prefix`.
    #[must_use]
    pub const fn new(prefix: &'static str, namespace: &'static str, local: &'static str) -> Self {
        Self { prefix, namespace, local }
    }

    /// An attribute name without a namespace.
    #[must_use]
    pub const fn plain(local: &'static str) -> Self {
        Self { prefix: "", namespace: "", local }
    }
}

/// Why a text could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A value holds a character that XML 1.0 cannot carry.
    #[error("text holds a character that XML does not allow")]
    ForbiddenCharacter,
    /// An element was left open, or closed once too often.
    #[error("elements are not nested")]
    Unbalanced,
}

/// Writes one element with all that is in it.
///
/// [`start`](Self::start), then its [`attribute`](Self::attribute)s, then content, then
/// [`end`](Self::end). Faults are kept and come out at the end.
#[derive(Debug, Default)]
pub struct XmlWriter {
    out: Vec<u8>,
    open: Vec<Open>,
    scope: Vec<(&'static str, &'static str)>,
    pending: Option<Pending>,
    split: Option<usize>,
    fault: Option<WriteError>,
}

#[derive(Debug)]
struct Open {
    name: Name,
    scope: usize,
}

#[derive(Debug)]
struct Pending {
    name: Name,
    attributes: Vec<(Name, String)>,
}

/// A text in two parts, between which its signature goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halves {
    /// Up to the place of the signature.
    pub head: String,
    /// From there on.
    pub tail: String,
}

impl XmlWriter {
    /// An empty writer.
    #[must_use]
    pub fn new() -> Self {
        Self { out: Vec::with_capacity(2048), ..Self::default() }
    }

    /// Opens an element.
    pub fn start(&mut self, name: Name) -> &mut Self {
        self.flush();
        if self.open.is_empty() && !self.out.is_empty() {
            self.fail(WriteError::Unbalanced);
        }
        self.pending = Some(Pending { name, attributes: Vec::new() });
        self
    }

    /// Gives the element just opened an attribute without a namespace.
    pub fn attribute(&mut self, local: &'static str, value: &str) -> &mut Self {
        self.attribute_in(Name::plain(local), value)
    }

    /// Gives the element just opened an attribute where there is a value for it.
    pub fn optional_attribute(&mut self, local: &'static str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.attribute(local, value),
            None => self,
        }
    }

    /// Gives the element just opened an attribute in a namespace, `xml:lang` for example.
    pub fn attribute_in(&mut self, name: Name, value: &str) -> &mut Self {
        self.judge(value);
        match &mut self.pending {
            Some(pending) => pending.attributes.push((name, value.to_owned())),
            None => self.fail(WriteError::Unbalanced),
        }
        self
    }

    /// Writes text into the open element.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.judge(text);
        self.flush();
        if self.open.is_empty() {
            self.fail(WriteError::Unbalanced);
        }
        escape_text(&mut self.out, text);
        self
    }

    /// Closes the element opened last.
    pub fn end(&mut self) -> &mut Self {
        self.flush();
        match self.open.pop() {
            Some(open) => {
                self.out.extend_from_slice(b"</");
                self.name(open.name);
                self.out.push(b'>');
                self.scope.truncate(open.scope);
            }
            None => self.fail(WriteError::Unbalanced),
        }
        self
    }

    /// Writes an element that holds only text.
    pub fn leaf(&mut self, name: Name, text: &str) -> &mut Self {
        self.start(name).text(text).end()
    }

    /// Puts in a whole element that this writer or [`ToSign`](super::sign::ToSign) made. It stays
    /// canonical here as long as no open element uses a prefix, or the default namespace, that it
    /// uses too.
    pub fn element(&mut self, text: &str) -> &mut Self {
        self.flush();
        if self.open.is_empty() {
            self.fail(WriteError::Unbalanced);
        }
        self.out.extend_from_slice(text.as_bytes());
        self
    }

    /// Marks the place where the signature of the root goes; [`finish_halves`](Self::finish_halves)
    /// cuts there.
    pub fn signature_here(&mut self) -> &mut Self {
        self.flush();
        self.split = Some(self.out.len());
        self
    }

    /// The text.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn finish(mut self) -> Result<String, WriteError> {
        if self.pending.is_some() || !self.open.is_empty() || self.out.is_empty() {
            self.fail(WriteError::Unbalanced);
        }
        match self.fault {
            Some(fault) => Err(fault),
            None => String::from_utf8(self.out).map_err(|_| WriteError::ForbiddenCharacter),
        }
    }

    /// The text before and after the place of the signature; all of it is head where none was marked.
    ///
    /// # Errors
    /// [`WriteError`].
    pub fn finish_halves(self) -> Result<Halves, WriteError> {
        let split = self.split;
        let mut head = self.finish()?;
        let tail = split.map(|at| head.split_off(at)).unwrap_or_default();
        Ok(Halves { head, tail })
    }

    fn flush(&mut self) {
        let Some(Pending { name, mut attributes }) = self.pending.take() else { return };
        let scope = self.scope.len();
        self.out.push(b'<');
        self.name(name);
        self.declare(name);
        for (attribute, _) in &attributes {
            if !attribute.prefix.is_empty() && attribute.prefix != "xml" {
                self.declare(*attribute);
            }
        }
        self.scope[scope..].sort_unstable();
        for (prefix, namespace) in &self.scope[scope..] {
            self.out.extend_from_slice(b" xmlns");
            if !prefix.is_empty() {
                self.out.push(b':');
                self.out.extend_from_slice(prefix.as_bytes());
            }
            self.out.extend_from_slice(b"=\"");
            escape_attribute(&mut self.out, namespace);
            self.out.push(b'"');
        }
        attributes.sort_unstable_by_key(|(name, _)| (name.namespace, name.local));
        for (name, value) in &attributes {
            self.out.push(b' ');
            self.name(*name);
            self.out.extend_from_slice(b"=\"");
            escape_attribute(&mut self.out, value);
            self.out.push(b'"');
        }
        self.out.push(b'>');
        self.open.push(Open { name, scope });
    }

    fn declare(&mut self, name: Name) {
        let current = self.scope.iter().rev().find(|(prefix, _)| *prefix == name.prefix).map(|(_, uri)| *uri);
        if current.or(name.prefix.is_empty().then_some("")) != Some(name.namespace) {
            self.scope.push((name.prefix, name.namespace));
        }
    }

    fn name(&mut self, name: Name) {
        if !name.prefix.is_empty() {
            self.out.extend_from_slice(name.prefix.as_bytes());
            self.out.push(b':');
        }
        self.out.extend_from_slice(name.local.as_bytes());
    }

    fn judge(&mut self, text: &str) {
        if !text.chars().all(is_xml_char) {
            self.fail(WriteError::ForbiddenCharacter);
        }
    }

    fn fail(&mut self, fault: WriteError) {
        self.fault.get_or_insert(fault);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xmlsig::c14n::canonical;
    use crate::xmlsig::dom::Document;
    use crate::xmlsig::limits::Limits;

    const OUTER: Name = Name::new("o", "urn:o", "Outer");
    const INNER: Name = Name::new("i", "urn:i", "Inner");
    const PLAIN: Name = Name::plain("Plain");
    const DEFAULT: Name = Name::new("", "urn:default", "Default");
    const LANG: Name = Name::new("xml", "http://www.w3.org/XML/1998/namespace", "lang");
    const OTHER: Name = Name::new("a", "urn:z", "other");

    fn check(build: impl FnOnce(&mut XmlWriter), expected: &str) {
        let mut writer = XmlWriter::new();
        build(&mut writer);
        let text = writer.finish().unwrap();
        assert_eq!(text, expected);
        let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
        assert_eq!(canonical(document.root(), &[]), text.as_bytes());
    }

    #[test]
    fn a_namespace_is_declared_where_it_is_first_used() {
        check(
            |writer| {
                writer.start(OUTER).leaf(INNER, "1").start(INNER).leaf(OUTER, "").leaf(INNER, "2").end().end();
            },
            concat!(
                r#"<o:Outer xmlns:o="urn:o"><i:Inner xmlns:i="urn:i">1</i:Inner><i:Inner xmlns:i="urn:i">"#,
                "<o:Outer></o:Outer><i:Inner>2</i:Inner></i:Inner></o:Outer>"
            ),
        );
    }

    #[test]
    fn the_default_namespace_is_declared_and_taken_back() {
        check(
            |writer| {
                writer.start(PLAIN).start(DEFAULT).leaf(DEFAULT, "").leaf(PLAIN, "").end().end();
            },
            r#"<Plain><Default xmlns="urn:default"><Default></Default><Plain xmlns=""></Plain></Default></Plain>"#,
        );
    }

    #[test]
    fn attributes_are_sorted_by_namespace_and_name() {
        check(
            |writer| {
                writer.start(OUTER).attribute_in(OTHER, "4").attribute_in(LANG, "en");
                writer.attribute("b", "2").optional_attribute("c", None).optional_attribute("a", Some("1")).end();
            },
            r#"<o:Outer xmlns:a="urn:z" xmlns:o="urn:o" a="1" b="2" xml:lang="en" a:other="4"></o:Outer>"#,
        );
    }

    #[test]
    fn values_are_escaped_as_canonical_xml_asks() {
        check(
            |writer| {
                writer.start(PLAIN).attribute("a", "<>&\"'\t\n\r").text("<>&\"'\t\n\ré").end();
            },
            "<Plain a=\"&lt;>&amp;&quot;'&#x9;&#xA;&#xD;\">&lt;&gt;&amp;\"'\t\n&#xD;é</Plain>",
        );
    }

    #[test]
    fn a_whole_element_is_put_in_as_it_is() {
        check(
            |writer| {
                writer.start(OUTER).element(r#"<i:Inner xmlns:i="urn:i"></i:Inner>"#).end();
            },
            r#"<o:Outer xmlns:o="urn:o"><i:Inner xmlns:i="urn:i"></i:Inner></o:Outer>"#,
        );
    }

    #[test]
    fn characters_that_xml_cannot_carry_are_refused() {
        for bad in ["\0", "a\u{b}", "\u{FFFF}"] {
            let mut writer = XmlWriter::new();
            writer.leaf(PLAIN, bad);
            assert_eq!(writer.finish(), Err(WriteError::ForbiddenCharacter));
            let mut writer = XmlWriter::new();
            writer.start(PLAIN).attribute("a", bad).end();
            assert_eq!(writer.finish(), Err(WriteError::ForbiddenCharacter));
        }
    }

    #[test]
    fn elements_that_are_not_nested_are_refused() {
        let builds: [fn(&mut XmlWriter); 9] = [
            |_| {},
            |writer| {
                writer.start(PLAIN);
            },
            |writer| {
                writer.start(PLAIN).text("open");
            },
            |writer| {
                writer.end();
            },
            |writer| {
                writer.leaf(PLAIN, "").end();
            },
            |writer| {
                writer.leaf(PLAIN, "").leaf(PLAIN, "");
            },
            |writer| {
                writer.text("alone");
            },
            |writer| {
                writer.element("<alone></alone>");
            },
            |writer| {
                writer.start(PLAIN).text("").attribute("late", "").end();
            },
        ];
        for build in builds {
            let mut writer = XmlWriter::new();
            build(&mut writer);
            assert_eq!(writer.finish(), Err(WriteError::Unbalanced));
        }
    }

    #[test]
    fn halves_are_cut_at_the_place_of_the_signature() {
        let mut writer = XmlWriter::new();
        writer.start(OUTER).leaf(OUTER, "issuer").signature_here().leaf(OUTER, "rest").end();
        let halves = writer.finish_halves().unwrap();
        assert_eq!(halves.head, r#"<o:Outer xmlns:o="urn:o"><o:Outer>issuer</o:Outer>"#);
        assert_eq!(halves.tail, "<o:Outer>rest</o:Outer></o:Outer>");
        let mut writer = XmlWriter::new();
        writer.leaf(OUTER, "");
        assert_eq!(writer.finish_halves().unwrap().tail, "");
    }
}
