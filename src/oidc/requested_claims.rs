//! Claims of a person that an app asks for by name (OIDC Core 5.5).

/// One that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PersonClaim {
    /// The mail address.
    Email,
    /// The name to show.
    Name,
    /// The given name.
    GivenName,
    /// The family name.
    FamilyName,
    /// The name that the person signs in with.
    PreferredUsername,
    /// The groups.
    Groups,
}

impl PersonClaim {
    /// All of them. The others of a token are always there, or are the app's by its own rules.
    pub const ALL: [Self; 6] =
        [Self::Email, Self::Name, Self::GivenName, Self::FamilyName, Self::PreferredUsername, Self::Groups];

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Name => "name",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::PreferredUsername => "preferred_username",
            Self::Groups => "groups",
        }
    }
}

/// A set of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PersonClaims(u8);

impl PersonClaims {
    /// This set and `claim`.
    #[must_use]
    pub const fn with(self, claim: PersonClaim) -> Self {
        Self(self.0 | 1 << claim as u8)
    }

    /// Whether `claim` is in it.
    #[must_use]
    pub const fn has(self, claim: PersonClaim) -> bool {
        self.0 & 1 << claim as u8 != 0
    }
}
