//! How large and of what kind a document may be; checked before a DOM is built.

/// Whether a kind of markup may stand in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It may.
    Allowed,
    /// It is a reason to refuse the document.
    Refused,
}

/// The limits of a kind of document. There are two kinds, and nobody outside can make a third.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub(super) max_bytes: usize,
    pub(super) max_depth: usize,
    pub(super) max_elements: usize,
    pub(super) max_attributes: usize,
    pub(super) max_namespaces_in_scope: usize,
    pub(super) max_namespaces: usize,
    pub(super) max_ids: usize,
    pub(super) max_name: usize,
    pub(super) comments: Presence,
    pub(super) instructions: Presence,
}

impl Limits {
    /// A protocol message, which anybody on the network may send: 256 kB, no comment, no processing
    /// instruction.
    ///
    /// The DOM costs the square of the attributes of one element and of the declarations in scope,
    /// hence their limits.
    pub const MESSAGE: Self = Self {
        max_bytes: 256 * 1024,
        max_depth: 64,
        max_elements: 8 * 1024,
        max_attributes: 64,
        max_namespaces_in_scope: 64,
        max_namespaces: 8 * 1024,
        max_ids: 256,
        max_name: 256,
        comments: Presence::Refused,
        instructions: Presence::Refused,
    };

    /// A metadata document, which comes from an administrator or a known address: 4 MB, comments and
    /// processing instructions tolerated.
    pub const METADATA: Self = Self {
        max_bytes: 4 * 1024 * 1024,
        max_elements: 128 * 1024,
        max_namespaces: 32 * 1024,
        max_ids: 16 * 1024,
        comments: Presence::Allowed,
        instructions: Presence::Allowed,
        ..Self::MESSAGE
    };

    /// The largest document. **Units**: bytes.
    #[must_use]
    pub const fn max_bytes(&self) -> usize {
        self.max_bytes
    }
}
