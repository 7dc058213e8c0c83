//! The scopes that apps may ask for (OIDC Core 5.4; `groups` is ours).

use std::fmt;

use super::parameter::words;

/// One scope that is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Asks for an ID token.
    OpenId,
    /// Asks for the names of the person.
    Profile,
    /// Asks for the mail address.
    Email,
    /// Asks for the groups.
    Groups,
    /// Asks for a refresh token (OIDC Core 11).
    OfflineAccess,
}

impl Scope {
    /// All, in the order in which they are written.
    pub const ALL: [Self; 5] = [Self::OpenId, Self::Profile, Self::Email, Self::Groups, Self::OfflineAccess];

    /// The scope as it stands in a request.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::Groups => "groups",
            Self::OfflineAccess => "offline_access",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of known scopes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ScopeSet(u8);

impl ScopeSet {
    /// Reads a list delimited by spaces; scopes that are not known are ignored (OIDC Core 3.1.2.1).
    #[must_use]
    pub fn parse(text: &str) -> Self {
        words(text)
            .filter_map(|word| Scope::ALL.into_iter().find(|scope| scope.as_str() == word))
            .fold(Self::default(), Self::with)
    }

    /// This set and `scope`.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | scope.bit())
    }

    /// Whether `scope` is in the set.
    #[must_use]
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// The list delimited by spaces, with other words behind; none where there is nothing to list.
    #[must_use]
    pub fn joined(self, others: &[&'static str]) -> Option<String> {
        let own = Scope::ALL.into_iter().filter(|scope| self.has(*scope)).map(Scope::as_str);
        let words: Vec<&str> = own.chain(others.iter().copied()).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// Whether all of it is in `other`.
    #[must_use]
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }
}

impl fmt::Display for ScopeSet {
    /// The list delimited by spaces, as the token response and the store have it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for scope in Scope::ALL.into_iter().filter(|scope| self.has(*scope)) {
            write!(formatter, "{separator}{}", scope.as_str())?;
            separator = " ";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_scopes_are_ignored_and_order_does_not_matter() {
        let set = ScopeSet::parse("email  address openid openid OPENID");
        assert_eq!(set.to_string(), "openid email");
        assert!(set.has(Scope::Email) && !set.has(Scope::Groups));
        assert_eq!(ScopeSet::parse(&set.to_string()), set);
        assert_eq!(ScopeSet::parse("").to_string(), "");
        assert!(ScopeSet::parse("email").is_within(set) && !ScopeSet::parse("email offline_access").is_within(set));
    }
}
