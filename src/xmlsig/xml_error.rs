//! Why a document is refused before anybody reads it.

/// Why bytes are not a document that this gateway reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Longer than the limit.
    #[error("document has {found} bytes, at most {limit} are read")]
    TooLarge {
        /// Bytes found.
        found: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("document is not UTF-8")]
    NotUtf8,
    /// The XML declaration names another encoding.
    #[error("XML declaration names an encoding other than UTF-8")]
    Encoding,
    /// The XML declaration names a version other than 1.0.
    #[error("XML version is not 1.0")]
    Version,
    /// A carriage return that no line feed follows; parsers differ on it.
    #[error("carriage return without line feed")]
    LoneCarriageReturn,
    /// A document type declaration.
    #[error("document type declaration")]
    Doctype,
    /// A comment where none may stand.
    #[error("comment")]
    Comment,
    /// A processing instruction where none may stand.
    #[error("processing instruction")]
    ProcessingInstruction,
    /// A reference to an entity other than the five predefined ones.
    #[error("reference to an entity that is not predefined")]
    EntityReference,
    /// A reference to a character that XML does not allow.
    #[error("reference to a forbidden character")]
    CharacterReference,
    /// Elements nested too deep.
    #[error("elements nested deeper than {limit}")]
    TooDeep {
        /// Depth allowed.
        limit: usize,
    },
    /// Too many elements.
    #[error("more than {limit} elements")]
    TooManyElements {
        /// Elements allowed.
        limit: usize,
    },
    /// Too many attributes, namespace declarations included, on one element.
    #[error("more than {limit} attributes on one element")]
    TooManyAttributes {
        /// Attributes allowed.
        limit: usize,
    },
    /// Too many namespace declarations, in scope of one element or in all.
    #[error("more than {limit} namespace declarations")]
    TooManyNamespaces {
        /// Declarations allowed.
        limit: usize,
    },
    /// Too many identifiers.
    #[error("more than {limit} identifiers")]
    TooManyIds {
        /// Identifiers allowed.
        limit: usize,
    },
    /// A name longer than the limit.
    #[error("name longer than {limit} bytes")]
    NameTooLong {
        /// Bytes allowed.
        limit: usize,
    },
    /// A name with an empty prefix or more than one colon, or an attribute `p:xmlns`.
    #[error("name is not a qualified name")]
    Name,
    /// A declaration of the prefix `xml` or `xmlns`, or of a prefix to no namespace.
    #[error("forbidden namespace declaration")]
    NamespaceDeclaration,
    /// A relative namespace name, which canonicalisation must refuse (Canonical XML 1.0 1.3).
    #[error("namespace name is not absolute")]
    RelativeNamespace,
    /// An attribute twice on one element.
    #[error("attribute twice on one element")]
    DuplicateAttribute,
    /// An identifier with references or white space in it.
    #[error("identifier has references or white space in it")]
    IdMalformed,
    /// Two attributes of one element that are identifiers.
    #[error("element has two identifiers")]
    TwoIds,
    /// The same identifier on two elements.
    #[error("identifier `{id}` occurs twice")]
    DuplicateId {
        /// The identifier.
        id: String,
    },
    /// Not well-formed XML with namespaces.
    #[error("malformed XML")]
    Malformed,
    /// Scan and DOM saw two documents.
    #[error("scan and DOM disagree")]
    ScanDisagrees,
    /// An element that may stand once stands twice.
    #[error("element `{name}` stands twice in its parent")]
    ElementTwice {
        /// Its local name.
        name: String,
    },
}

impl XmlError {
    /// The stable cause, for logs, metrics, audit and tests.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too_large",
            Self::NotUtf8 => "not_utf8",
            Self::Encoding => "encoding_not_utf8",
            Self::Version => "xml_version_not_1_0",
            Self::LoneCarriageReturn => "lone_carriage_return",
            Self::Doctype => "doctype",
            Self::Comment => "comment",
            Self::ProcessingInstruction => "processing_instruction",
            Self::EntityReference => "entity_reference",
            Self::CharacterReference => "character_reference",
            Self::TooDeep { .. } => "too_deep",
            Self::TooManyElements { .. } => "too_many_elements",
            Self::TooManyAttributes { .. } => "too_many_attributes",
            Self::TooManyNamespaces { .. } => "too_many_namespaces",
            Self::TooManyIds { .. } => "too_many_ids",
            Self::NameTooLong { .. } => "name_too_long",
            Self::Name => "name_malformed",
            Self::NamespaceDeclaration => "namespace_declaration",
            Self::RelativeNamespace => "namespace_relative",
            Self::DuplicateAttribute => "duplicate_attribute",
            Self::IdMalformed => "id_malformed",
            Self::TwoIds => "two_ids_on_element",
            Self::DuplicateId { .. } => "duplicate_id",
            Self::Malformed => "malformed_xml",
            Self::ScanDisagrees => "scan_disagrees",
            Self::ElementTwice { .. } => "element_twice",
        }
    }
}
