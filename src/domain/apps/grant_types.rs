//! What an app may redeem at the token endpoint.

/// A grant type (RFC 7591 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GrantType {
    /// A code, which a person's sign-in made (RFC 6749 4.1).
    AuthorizationCode,
    /// A refresh token, which a code made (RFC 6749 6).
    RefreshToken,
    /// Its own proof, for an app that acts for nobody (RFC 6749 4.4).
    ClientCredentials,
}

impl GrantType {
    /// All, in the order in which they are written.
    pub const ALL: [Self; 3] = [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials];

    /// The name in requests, files and rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
        }
    }

    /// The grant type of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of grant types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantTypes(u8);

impl GrantTypes {
    /// None.
    pub const NONE: Self = Self(0);
    /// Codes alone: what an app may that says nothing (RFC 7591 2).
    pub const STANDARD: Self = Self::NONE.with(GrantType::AuthorizationCode);

    /// This set and `grant`.
    #[must_use]
    pub const fn with(self, grant: GrantType) -> Self {
        Self(self.0 | grant.bit())
    }

    /// Whether `grant` is in it.
    #[must_use]
    pub const fn has(self, grant: GrantType) -> bool {
        self.0 & grant.bit() != 0
    }

    /// All that are in it, in their order.
    pub fn iter(self) -> impl Iterator<Item = GrantType> {
        GrantType::ALL.into_iter().filter(move |grant| self.has(*grant))
    }
}

impl FromIterator<GrantType> for GrantTypes {
    fn from_iter<I: IntoIterator<Item = GrantType>>(grants: I) -> Self {
        grants.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_into_it() {
        let set: GrantTypes =
            ["refresh_token", "authorization_code"].into_iter().filter_map(GrantType::parse).collect();
        assert_eq!(set.iter().map(GrantType::as_str).collect::<Vec<_>>(), ["authorization_code", "refresh_token"]);
        assert!(!set.has(GrantType::ClientCredentials));
        assert_eq!(GrantType::parse("implicit"), None);
        assert_ne!(set, GrantTypes::STANDARD);
    }
}
