//! What a condition includes and excludes.

/// What a condition includes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Include<K> {
    /// Everything.
    All,
    /// These; an empty list is nothing.
    Listed(Vec<K>),
}

/// What a condition includes and excludes. Excluding beats including.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope<K> {
    /// Included.
    pub include: Include<K>,
    /// Excluded.
    pub exclude: Vec<K>,
}

impl<K> Scope<K> {
    /// A condition that restricts nothing.
    pub const EVERYTHING: Self = Self { include: Include::All, exclude: Vec::new() };

    /// A condition that includes nothing by itself.
    pub const NOTHING: Self = Self { include: Include::Listed(Vec::new()), exclude: Vec::new() };

    /// A condition that includes these.
    #[must_use]
    pub const fn listed(keys: Vec<K>) -> Self {
        Self { include: Include::Listed(keys), exclude: Vec::new() }
    }

    /// The same without these.
    #[must_use]
    pub fn except(mut self, keys: Vec<K>) -> Self {
        self.exclude = keys;
        self
    }

    /// Whether nothing is left out.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        matches!(self.include, Include::All) && self.exclude.is_empty()
    }

    /// Whether nothing is included.
    #[must_use]
    pub fn includes_nothing(&self) -> bool {
        self.included().is_some_and(<[K]>::is_empty)
    }

    /// What is listed as included; none where everything is.
    #[must_use]
    pub fn included(&self) -> Option<&[K]> {
        match &self.include {
            Include::All => None,
            Include::Listed(keys) => Some(keys),
        }
    }

    /// How many values it names.
    #[must_use]
    pub fn terms(&self) -> usize {
        self.included().map_or(0, <[K]>::len) + self.exclude.len()
    }
}
