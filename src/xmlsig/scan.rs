//! The scan before the DOM: it may only refuse. What it counts is compared with the DOM and then
//! thrown away; nothing that it read is ever used as data.
//!
//! It also closes what the DOM parser leaves open: an attribute `p:xmlns` taken for a declaration,
//! names with an empty prefix, `xmlns` twice on one element, prefixes bound to no namespace,
//! references to surrogates, and carriage returns whose normalisation parsers differ on.

use quick_xml::Reader;
use quick_xml::errors::{Error as QuickError, IllFormedError, SyntaxError};
use quick_xml::events::attributes::{AttrError, Attributes};
use quick_xml::events::{BytesDecl, Event};

use super::limits::{Limits, Presence};
use super::names::{XML, is_xml_char};
use super::xml_error::XmlError;

/// One element as the scan saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// Offset of its `<`.
    pub(super) start: usize,
    /// One for the root.
    pub(super) depth: usize,
    /// Attributes without namespace declarations.
    pub(super) attributes: usize,
}

/// What the scan saw, to be compared with the DOM.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scanned<'input> {
    /// Every element in document order.
    pub(super) elements: Vec<Seen>,
    /// Every identifier in document order.
    pub(super) ids: Vec<&'input str>,
}

/// Walks through `text` once.
pub(super) fn scan<'input>(text: &'input str, limits: &Limits) -> Result<Scanned<'input>, XmlError> {
    refuse_lone_carriage_returns(text)?;
    let mut scanner =
        Scanner { text, limits, scanned: Scanned::default(), scope: Vec::with_capacity(16), in_scope: 0, declared: 0 };
    let mut reader = Reader::from_str(text);
    // The DOM compares the names of end tags.
    reader.config_mut().check_end_names = false;
    let mut start = 0;
    loop {
        let event = reader.read_event().map_err(|error| malformed(&error))?;
        let end = usize::try_from(reader.buffer_position()).map_err(|_| XmlError::Malformed)?;
        match event {
            Event::Start(tag) => {
                let declared = scanner.element(start, end, tag.name().as_ref().len())?;
                scanner.scope.push(declared);
                scanner.in_scope += declared;
            }
            Event::Empty(tag) => {
                scanner.element(start, end, tag.name().as_ref().len())?;
            }
            Event::End(_) => scanner.in_scope -= scanner.scope.pop().ok_or(XmlError::Malformed)?,
            Event::Text(_) | Event::CData(_) => {}
            Event::GeneralRef(reference) => refuse_reference(&reference)?,
            Event::Decl(declaration) if start == 0 => refuse_declaration(&declaration)?,
            Event::Decl(_) => return Err(XmlError::Malformed),
            Event::DocType(_) => return Err(XmlError::Doctype),
            Event::Comment(_) if limits.comments == Presence::Refused => return Err(XmlError::Comment),
            Event::PI(_) if limits.instructions == Presence::Refused => return Err(XmlError::ProcessingInstruction),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
        start = end;
    }
    Ok(scanner.scanned)
}

struct Scanner<'input, 'limits> {
    text: &'input str,
    limits: &'limits Limits,
    scanned: Scanned<'input>,
    scope: Vec<usize>,
    in_scope: usize,
    declared: usize,
}

impl<'input> Scanner<'input, '_> {
    /// Judges one tag and returns the number of namespaces that it declares.
    fn element(&mut self, start: usize, end: usize, name_length: usize) -> Result<usize, XmlError> {
        let limits = self.limits;
        let depth = self.scope.len() + 1;
        if depth > limits.max_depth {
            return Err(XmlError::TooDeep { limit: limits.max_depth });
        }
        if self.scanned.elements.len() == limits.max_elements {
            return Err(XmlError::TooManyElements { limit: limits.max_elements });
        }
        let tag = self.text.get(start + 1..end - 1).ok_or(XmlError::Malformed)?;
        let tag = tag.strip_suffix('/').unwrap_or(tag);
        self.name(tag.as_bytes().get(..name_length).ok_or(XmlError::Malformed)?)?;

        let (mut attributes, mut namespaces, mut has_id) = (0, 0, false);
        for attribute in Attributes::new(tag, name_length) {
            let attribute = attribute.map_err(attribute_malformed)?;
            if attributes + namespaces == limits.max_attributes {
                return Err(XmlError::TooManyAttributes { limit: limits.max_attributes });
            }
            let std::borrow::Cow::Borrowed(value) = attribute.value else { return Err(XmlError::Malformed) };
            refuse_references(value)?;
            match self.name(attribute.key.into_inner())? {
                // Namespaces in XML 1.0 3 allows this one declaration; generated metadata has it.
                (b"xmlns", b"xml") if limits.comments == Presence::Allowed && value == XML.as_bytes() => {
                    namespaces += 1;
                }
                (b"xmlns", local) => {
                    refuse_namespace(Some(local), value)?;
                    namespaces += 1;
                }
                (b"", b"xmlns") => {
                    refuse_namespace(None, value)?;
                    namespaces += 1;
                }
                (_, b"xmlns") => return Err(XmlError::Name),
                (b"", b"ID" | b"Id" | b"id") | (b"xml", b"id") => {
                    attributes += 1;
                    self.id(value, &mut has_id)?;
                }
                _ => attributes += 1,
            }
        }
        self.declared += namespaces;
        for (found, limit) in
            [(self.in_scope + namespaces, limits.max_namespaces_in_scope), (self.declared, limits.max_namespaces)]
        {
            if found > limit {
                return Err(XmlError::TooManyNamespaces { limit });
            }
        }
        self.scanned.elements.push(Seen { start, depth, attributes });
        Ok(namespaces)
    }

    fn id(&mut self, value: &'input [u8], has_id: &mut bool) -> Result<(), XmlError> {
        if std::mem::replace(has_id, true) {
            return Err(XmlError::TwoIds);
        }
        if self.scanned.ids.len() == self.limits.max_ids {
            return Err(XmlError::TooManyIds { limit: self.limits.max_ids });
        }
        if value.is_empty() || value.iter().any(|byte| *byte == b'&' || byte.is_ascii_whitespace()) {
            return Err(XmlError::IdMalformed);
        }
        self.scanned.ids.push(std::str::from_utf8(value).map_err(|_| XmlError::NotUtf8)?);
        Ok(())
    }

    /// Prefix (empty for none) and local part of a name.
    fn name<'name>(&self, name: &'name [u8]) -> Result<(&'name [u8], &'name [u8]), XmlError> {
        if name.len() > self.limits.max_name {
            return Err(XmlError::NameTooLong { limit: self.limits.max_name });
        }
        let Some(colon) = name.iter().position(|byte| *byte == b':') else { return Ok((b"", name)) };
        let (prefix, local) = (&name[..colon], &name[colon + 1..]);
        if prefix.is_empty() || local.is_empty() || local.contains(&b':') {
            return Err(XmlError::Name);
        }
        Ok((prefix, local))
    }
}

fn refuse_lone_carriage_returns(text: &str) -> Result<(), XmlError> {
    let mut rest = text;
    while let Some(at) = rest.find('\r') {
        rest = rest[at + 1..].strip_prefix('\n').ok_or(XmlError::LoneCarriageReturn)?;
    }
    Ok(())
}

/// XML 1.0 2.8: the declaration, where there is one, says 1.0 and, if anything, UTF-8.
fn refuse_declaration(declaration: &BytesDecl<'_>) -> Result<(), XmlError> {
    if declaration.version().map_err(|_| XmlError::Malformed)?.as_ref() != b"1.0" {
        return Err(XmlError::Version);
    }
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(encoding)) if encoding.eq_ignore_ascii_case(b"utf-8") => Ok(()),
        Some(Ok(_)) => Err(XmlError::Encoding),
        Some(Err(_)) => Err(XmlError::Malformed),
    }
}

/// Namespaces in XML 1.0 3 and 5: `xml` and `xmlns` are not declared, a prefix is not undeclared.
fn refuse_namespace(prefix: Option<&[u8]>, uri: &[u8]) -> Result<(), XmlError> {
    match prefix {
        Some(b"xml" | b"xmlns") => return Err(XmlError::NamespaceDeclaration),
        Some(_) if uri.is_empty() => return Err(XmlError::NamespaceDeclaration),
        None if uri.is_empty() => return Ok(()),
        _ => {}
    }
    let scheme = uri.split(|byte| *byte == b':').next().filter(|scheme| scheme.len() < uri.len());
    let is_absolute = scheme.and_then(<[u8]>::split_first).is_some_and(|(first, rest)| {
        first.is_ascii_alphabetic()
            && rest.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    });
    if is_absolute { Ok(()) } else { Err(XmlError::RelativeNamespace) }
}

fn refuse_references(value: &[u8]) -> Result<(), XmlError> {
    if !value.contains(&b'&') {
        return Ok(());
    }
    let mut rest = value;
    while let Some(at) = rest.iter().position(|byte| *byte == b'&') {
        rest = &rest[at + 1..];
        let end = rest.iter().position(|byte| *byte == b';').ok_or(XmlError::Malformed)?;
        refuse_reference(&rest[..end])?;
        rest = &rest[end + 1..];
    }
    Ok(())
}

/// XML 1.0 4.1: `reference` is what stands between `&` and `;`.
fn refuse_reference(reference: &[u8]) -> Result<(), XmlError> {
    let reference = std::str::from_utf8(reference).map_err(|_| XmlError::NotUtf8)?;
    let Some(number) = reference.strip_prefix('#') else {
        return match reference {
            "amp" | "lt" | "gt" | "quot" | "apos" => Ok(()),
            _ => Err(XmlError::EntityReference),
        };
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Err(XmlError::CharacterReference);
    }
    u32::from_str_radix(digits, radix)
        .ok()
        .and_then(char::from_u32)
        .filter(|character| is_xml_char(*character))
        .map(|_| ())
        .ok_or(XmlError::CharacterReference)
}

fn attribute_malformed(error: AttrError) -> XmlError {
    match error {
        AttrError::Duplicated(..) => XmlError::DuplicateAttribute,
        _ => XmlError::Malformed,
    }
}

/// An unfinished DOCTYPE is refused as what it began to be.
fn malformed(error: &QuickError) -> XmlError {
    match error {
        QuickError::Syntax(SyntaxError::UnclosedDoctype)
        | QuickError::IllFormed(IllFormedError::MissingDoctypeName) => XmlError::Doctype,
        _ => XmlError::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xmlsig::dom::Document;

    fn judge_with(text: &str, limits: &Limits) -> &'static str {
        Document::parse(text.as_bytes(), limits).map_or_else(|error| error.cause(), |_| "accepted")
    }

    fn judge(text: &str) -> &'static str {
        judge_with(text, &Limits::MESSAGE)
    }

    #[test]
    fn the_size_limit_is_exact() {
        let limit = Limits::MESSAGE.max_bytes();
        let text = format!("<a>{}</a>", "x".repeat(limit - 7));
        assert_eq!(judge(&text), "accepted");
        assert_eq!(judge(&format!("{text} ")), "too_large");
    }

    #[test]
    fn the_depth_limit_is_exact() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert_eq!(judge(&nested(64)), "accepted");
        assert_eq!(judge(&nested(65)), "too_deep");
        let empty_inside = |depth: usize| format!("{}<b/>{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert_eq!(judge(&empty_inside(63)), "accepted");
        assert_eq!(judge(&empty_inside(64)), "too_deep");
    }

    #[test]
    fn the_element_limit_is_exact() {
        let many = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count - 1));
        assert_eq!(judge(&many(8 * 1024)), "accepted");
        assert_eq!(judge(&many(8 * 1024 + 1)), "too_many_elements");
    }

    #[test]
    fn the_attribute_limit_is_exact_and_counts_declarations() {
        let many = |count: usize| {
            let attributes: String = (0..count - 1).map(|at| format!(" a{at}=''")).collect();
            format!("<a xmlns:p='urn:p'{attributes}/>")
        };
        assert_eq!(judge(&many(64)), "accepted");
        assert_eq!(judge(&many(65)), "too_many_attributes");
    }

    #[test]
    fn the_namespace_limits_are_exact() {
        let declared = |count: usize| -> String { (0..count).map(|at| format!(" xmlns:p{at}='urn:p'")).collect() };
        let nested = |count: usize| format!("<a{}><b{}/></a>", declared(32), declared(count));
        assert_eq!(judge(&nested(32)), "accepted");
        assert_eq!(judge(&nested(33)), "too_many_namespaces");
        let in_turn = |count: usize| format!("<a>{}</a>", "<b xmlns=''/>".repeat(count));
        let limits = Limits { max_namespaces: 10, ..Limits::MESSAGE };
        assert_eq!(judge_with(&in_turn(10), &limits), "accepted");
        assert_eq!(judge_with(&in_turn(11), &limits), "too_many_namespaces");
    }

    #[test]
    fn the_identifier_limit_is_exact() {
        let many = |count: usize| {
            let inside: String = (0..count).map(|at| format!("<b ID='i{at}'/>")).collect();
            format!("<a>{inside}</a>")
        };
        assert_eq!(judge(&many(256)), "accepted");
        assert_eq!(judge(&many(257)), "too_many_ids");
    }

    #[test]
    fn the_name_limit_is_exact() {
        let name = "n".repeat(256);
        assert_eq!(judge(&format!("<{name}/>")), "accepted");
        assert_eq!(judge(&format!("<{name}n/>")), "name_too_long");
        assert_eq!(judge(&format!("<a {name}n=''/>")), "name_too_long");
    }

    #[test]
    fn a_document_type_is_refused_everywhere() {
        for text in [
            "<!DOCTYPE a><a/>",
            "<!doctype a><a/>",
            "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
            "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/'><a/>",
            "<a><!DOCTYPE b></a>",
            "<a/><!DOCTYPE a>",
            "<!DOCTYPE a [",
            "<!DOCTYPE",
        ] {
            assert_eq!(judge(text), "doctype", "{text}");
            assert_eq!(judge_with(text, &Limits::METADATA), "doctype", "{text}");
        }
    }

    #[test]
    fn comments_and_instructions_stand_only_in_metadata() {
        for (text, cause) in [
            ("<a><!-- --></a>", "comment"),
            ("<!-- --><a/>", "comment"),
            ("<a/><!-- -->", "comment"),
            ("<a>b<!---->c</a>", "comment"),
            ("<a><?b c?></a>", "processing_instruction"),
            ("<?b?><a/>", "processing_instruction"),
            ("<a/><?b?>", "processing_instruction"),
        ] {
            assert_eq!(judge(text), cause, "{text}");
            assert_eq!(judge_with(text, &Limits::METADATA), "accepted", "{text}");
        }
        assert_eq!(judge_with("<a><!-- -- --></a>", &Limits::METADATA), "malformed_xml");
    }

    #[test]
    fn the_declaration_says_1_0_and_utf_8_or_is_absent() {
        for (text, cause) in [
            ("<?xml version='1.0'?><a/>", "accepted"),
            ("<?xml version=\"1.0\" encoding=\"utf-8\" standalone='yes'?><a/>", "accepted"),
            ("<?xml version='1.0' encoding='UTF-8'?>\n<a/>", "accepted"),
            ("\u{FEFF}<?xml version='1.0'?><a/>", "accepted"),
            ("\u{FEFF}<a/>", "accepted"),
            ("\u{FEFF}\u{FEFF}<a/>", "malformed_xml"),
            ("<?xml version='1.1'?><a/>", "xml_version_not_1_0"),
            ("<?xml version='1.0' encoding='UTF-16'?><a/>", "encoding_not_utf8"),
            ("<?xml version='1.0' encoding='UTF-7'?><a/>", "encoding_not_utf8"),
            ("<?xml version='1.0' encoding='iso-8859-1'?><a/>", "encoding_not_utf8"),
            ("<?xml encoding='UTF-8'?><a/>", "malformed_xml"),
            (" <?xml version='1.0'?><a/>", "malformed_xml"),
            ("<a><?xml version='1.0'?></a>", "malformed_xml"),
        ] {
            assert_eq!(judge(text), cause, "{text}");
        }
    }

    #[test]
    fn other_encodings_are_refused() {
        let utf16: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [&b"<a>\xff</a>"[..], b"<a>\xc0\xaf</a>", b"<a>\xed\xa0\x80</a>", b"\xff\xfe<\0a\0/\0>\0"] {
            assert_eq!(Document::parse(bytes, &Limits::MESSAGE).unwrap_err().cause(), "not_utf8");
        }
        assert_eq!(Document::parse(&utf16, &Limits::MESSAGE).unwrap_err().cause(), "malformed_xml");
    }

    #[test]
    fn only_predefined_entities_and_real_characters_are_referred_to() {
        for good in ["&amp;", "&lt;&gt;&quot;&apos;", "&#65;", "&#x41;", "&#x10FFFF;", "&#0065;", "&#xD;", "&#xfffd;"] {
            assert_eq!(judge(&format!("<a>{good}</a>")), "accepted", "{good}");
            assert_eq!(judge(&format!("<a b='{good}'/>")), "accepted", "{good}");
        }
        for (bad, cause) in [
            ("&nbsp;", "entity_reference"),
            ("&AMP;", "entity_reference"),
            ("&;", "entity_reference"),
            ("&#0;", "character_reference"),
            ("&#8;", "character_reference"),
            ("&#xD800;", "character_reference"),
            ("&#xFFFE;", "character_reference"),
            ("&#x110000;", "character_reference"),
            ("&#99999999999;", "character_reference"),
            ("&#x;", "character_reference"),
            ("&#;", "character_reference"),
            ("&#X41;", "character_reference"),
            ("&#+65;", "character_reference"),
            ("&", "malformed_xml"),
            ("& amp;", "entity_reference"),
        ] {
            assert_eq!(judge(&format!("<a>{bad}</a>")), cause, "{bad}");
            assert_eq!(judge(&format!("<a b='{bad}'/>")), cause, "{bad}");
        }
    }

    #[test]
    fn raw_control_characters_are_refused() {
        for bad in ["\0", "\u{1}", "\u{1f}", "\u{FFFE}", "\u{FFFF}"] {
            assert_eq!(judge(&format!("<a>{bad}</a>")), "malformed_xml", "{bad:?}");
            assert_eq!(judge(&format!("<a b='{bad}'/>")), "malformed_xml", "{bad:?}");
        }
    }

    #[test]
    fn carriage_returns_come_only_before_line_feeds() {
        for (text, cause) in [
            ("<a>\r\n</a>", "accepted"),
            ("<a\r\nb='\r\n'/>", "accepted"),
            ("<a>\r</a>", "lone_carriage_return"),
            ("<a>\r&amp;</a>", "lone_carriage_return"),
            ("<a>\r\r\n</a>", "lone_carriage_return"),
            ("<a b='\r'/>", "lone_carriage_return"),
        ] {
            assert_eq!(judge(text), cause, "{text:?}");
        }
    }

    #[test]
    fn namespaces_are_declared_by_the_rules() {
        for (text, cause) in [
            ("<a xmlns='urn:a'><b xmlns=''/></a>", "accepted"),
            ("<a xml:lang='en' xml:id='i'/>", "accepted"),
            ("<a xmlns:p=''/>", "namespace_declaration"),
            ("<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>", "namespace_declaration"),
            ("<a xmlns:xml='urn:x'/>", "namespace_declaration"),
            ("<a xmlns:xmlns='urn:x'/>", "namespace_declaration"),
            ("<a xmlns='http://www.w3.org/XML/1998/namespace'/>", "malformed_xml"),
            ("<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", "malformed_xml"),
            ("<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "malformed_xml"),
            ("<p:a/>", "malformed_xml"),
            ("<a p:b=''/>", "malformed_xml"),
            ("<xmlns:a/>", "malformed_xml"),
            ("<xml:a/>", "malformed_xml"),
            ("<a xmlns='relative/path'/>", "namespace_relative"),
            ("<a xmlns:p='#x'/>", "namespace_relative"),
            ("<a xmlns:p='1a:x'/>", "namespace_relative"),
            ("<a xmlns:p='&#117;rn:x'/>", "namespace_relative"),
            ("<a xmlns:p='urn:p' p:xmlns='urn:evil'/>", "name_malformed"),
            ("<a :xmlns='urn:evil'/>", "name_malformed"),
            ("<:a/>", "name_malformed"),
            ("<a:/>", "name_malformed"),
            ("<a:b:c xmlns:a='urn:a'/>", "name_malformed"),
            ("<a :b=''/>", "name_malformed"),
        ] {
            assert_eq!(judge(text), cause, "{text}");
        }
    }

    #[test]
    fn an_attribute_stands_once() {
        for (text, cause) in [
            ("<a b='' b=''/>", "duplicate_attribute"),
            ("<a xmlns='urn:a' xmlns='urn:b'/>", "duplicate_attribute"),
            ("<a xmlns:p='urn:a' xmlns:p='urn:a'/>", "duplicate_attribute"),
            ("<a xmlns:p='urn:a' xmlns:q='urn:a' p:b='' q:b=''/>", "malformed_xml"),
            ("<a xmlns:p='urn:a' xmlns:q='urn:b' p:b='' q:b='' b=''/>", "accepted"),
        ] {
            assert_eq!(judge(text), cause, "{text}");
        }
    }

    #[test]
    fn identifiers_are_plain_and_unique() {
        for (text, cause) in [
            ("<a ID='x'><b ID='y'/></a>", "accepted"),
            ("<a ID='x'><b other='x'/></a>", "accepted"),
            ("<a ID='x'><b ID='x'/></a>", "duplicate_id"),
            ("<a ID='x'><b xml:id='x'/></a>", "duplicate_id"),
            ("<a Id='x'><b/><c id='x'/></a>", "duplicate_id"),
            ("<a ID='x' id='y'/>", "two_ids_on_element"),
            ("<a ID=''/>", "id_malformed"),
            ("<a ID=' x'/>", "id_malformed"),
            ("<a ID='x\n'/>", "id_malformed"),
            ("<a ID='&#120;'/>", "id_malformed"),
        ] {
            assert_eq!(judge(text), cause, "{text:?}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for text in [
            "",
            " ",
            "a",
            "<a>",
            "</a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>x",
            "x<a/>",
            "<a b=c/>",
            "<a b/>",
            "<a b='<'/>",
            "<a>]]></a>",
            "<a><![CDATA[</a>",
            "<![CDATA[]]><a/>",
            "<a",
            "<a b='",
            "<a b='1'c='2'/>",
            "<a / >",
            "<1/>",
            "<a>&amp</a>",
            "< a/>",
            "<a/ >",
            "<!ELEMENT a ANY><a/>",
        ] {
            assert_eq!(judge(text), "malformed_xml", "{text}");
        }
    }
}
