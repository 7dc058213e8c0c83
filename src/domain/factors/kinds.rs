//! Sets of kinds of second factor.

use super::FactorKind;

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// No kind.
    pub const NONE: Self = Self(0);
    /// Every kind.
    pub const ALL: Self = Self(0b1111);
    /// What is enrolled one by one.
    pub const ENROLLED: Self = Self(1 << FactorKind::Totp as u8 | 1 << FactorKind::Passkey as u8);

    /// The same with `kind`.
    #[must_use]
    pub const fn with(self, kind: FactorKind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    /// Whether `kind` is in it.
    #[must_use]
    pub const fn has(self, kind: FactorKind) -> bool {
        self.0 >> kind as u8 & 1 == 1
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its kinds, strongest first.
    pub fn iter(self) -> impl Iterator<Item = FactorKind> {
        FactorKind::ALL.into_iter().filter(move |kind| self.has(*kind))
    }

    /// For a record.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// From a record; absent where a bit is set that is no kind.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits & !Self::ALL.0 == 0 { Some(Self(bits)) } else { None }
    }
}

impl FromIterator<FactorKind> for Kinds {
    fn from_iter<T: IntoIterator<Item = FactorKind>>(kinds: T) -> Self {
        kinds.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in_strongest_first() {
        let set: Kinds = [FactorKind::Totp, FactorKind::Passkey].into_iter().collect();
        assert_eq!(set, Kinds::ENROLLED);
        assert_eq!(set.iter().collect::<Vec<_>>(), [FactorKind::Passkey, FactorKind::Totp]);
        assert_eq!(FactorKind::ALL.into_iter().collect::<Kinds>(), Kinds::ALL);
        assert!(Kinds::NONE.is_empty() && set.and(Kinds::NONE).is_empty() && !set.has(FactorKind::MailedCode));
        for bits in 0..=u8::MAX {
            assert_eq!(Kinds::from_bits(bits).map(Kinds::bits), (bits < 16).then_some(bits));
        }
    }
}
