//! What tokens are bound to, for whom they are, and what they say beyond their scopes: asked with the request, kept
//! with the code, and from there with every token that comes of it.

use super::permissions::Permissions;
use super::requests::Scopes;
use crate::base::binary::{BinaryError, Reader, Writer};
use crate::keys::thumbprint::Thumbprint;

/// The terms of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenTerms {
    /// The key whose holder alone may use them (RFC 9449); none where whoever has them may.
    pub key: Option<Thumbprint>,
    /// The APIs that they are for (RFC 8707), at most [`MAX_RESOURCES`]; ours alone where there are none.
    pub resources: Vec<String>,
    /// Claims that the ID token shows whatever the scopes (OIDC Core 5.5).
    pub in_id_token: ClaimNames,
    /// Claims that userinfo shows whatever the scopes.
    pub at_userinfo: ClaimNames,
    /// What the app may do here in the name of the person, at most.
    pub permissions: Permissions,
}

/// The most APIs of one token.
pub const MAX_RESOURCES: usize = 8;

const FORMAT: u8 = 2;
/// Of a release whose apps did nothing in the name of a person.
const BEFORE_PERMISSIONS: u8 = 1;

impl TokenTerms {
    /// Whether the groups of the person are asked for by name.
    #[must_use]
    pub const fn asks_for_groups(&self) -> bool {
        self.in_id_token.with(self.at_userinfo).has(ClaimNames::GROUPS)
    }

    /// Nothing was asked: good for whoever has them, for us alone, with the claims of their scopes.
    pub const NONE: Self = Self {
        key: None,
        resources: Vec::new(),
        in_id_token: ClaimNames::NONE,
        at_userinfo: ClaimNames::NONE,
        permissions: Permissions::NONE,
    };

    /// The compact form for a row; nothing where there are no terms.
    #[must_use]
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        if *self == Self::NONE {
            return None;
        }
        let mut writer = Writer::new();
        writer.byte(FORMAT);
        self.write(&mut writer);
        Some(writer.finish())
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`BinaryError`].
    pub fn from_bytes(bytes: Option<&[u8]>) -> Result<Self, BinaryError> {
        let Some(bytes) = bytes else { return Ok(Self::NONE) };
        let mut reader = Reader::new(bytes);
        let terms = match reader.byte()? {
            FORMAT => Self::read(&mut reader)?,
            BEFORE_PERMISSIONS => Self::read_before_permissions(&mut reader)?,
            _ => return Err(BinaryError),
        };
        reader.finish()?;
        Ok(terms)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        match &self.key {
            None => writer.byte(0),
            Some(key) => writer.byte(1).fixed(key.as_bytes()),
        };
        writer.texts(self.resources.iter().map(String::as_str));
        writer.byte(self.in_id_token.bits()).byte(self.at_userinfo.bits());
        // By their words, which mean the same in every release.
        writer.texts(self.permissions.words().into_iter());
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, BinaryError> {
        let before = Self::read_before_permissions(reader)?;
        let words = reader.texts()?;
        Ok(Self { permissions: Permissions::of_words(words.iter().map(String::as_str)), ..before })
    }

    pub(super) fn read_before_permissions(reader: &mut Reader<'_>) -> Result<Self, BinaryError> {
        let key = match reader.byte()? {
            0 => None,
            1 => Some(Thumbprint::from_bytes(reader.fixed(32)?.try_into().map_err(|_| BinaryError)?)),
            _ => return Err(BinaryError),
        };
        Ok(Self {
            key,
            resources: reader.texts()?,
            in_id_token: ClaimNames::from_bits(reader.byte()?),
            at_userinfo: ClaimNames::from_bits(reader.byte()?),
            permissions: Permissions::NONE,
        })
    }
}

/// Claims of a person that an app may ask for by name, where it is given them at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimNames(u8);

impl ClaimNames {
    /// None.
    pub const NONE: Self = Self(0);
    /// The mail address.
    pub const EMAIL: Self = Self(1);
    /// The name to show.
    pub const NAME: Self = Self(2);
    /// The given name.
    pub const GIVEN_NAME: Self = Self(4);
    /// The family name.
    pub const FAMILY_NAME: Self = Self(8);
    /// The preferred user name.
    pub const PREFERRED_USERNAME: Self = Self(16);
    /// Group ids.
    pub const GROUPS: Self = Self(32);

    /// Both together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is in it.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The scopes that would show them, and perhaps more.
    #[must_use]
    pub const fn scopes(self) -> Scopes {
        let mut scopes = Scopes::from_bits(0);
        if self.has(Self::EMAIL) {
            scopes = scopes.with(Scopes::EMAIL);
        }
        if self.has(Self::GROUPS) {
            scopes = scopes.with(Scopes::GROUPS);
        }
        if self.0 & !(Self::EMAIL.0 | Self::GROUPS.0) != 0 {
            scopes = scopes.with(Scopes::PROFILE);
        }
        scopes
    }

    /// As a number for rows and sealed records.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// From a row or sealed record; unknown bits are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 63)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::permissions::Permission;

    #[test]
    fn claims_are_shown_by_scopes_too() {
        let check = |names: ClaimNames, scopes: Scopes| assert_eq!(names.scopes(), scopes, "{names:?}");
        check(ClaimNames::NONE, Scopes::default());
        check(ClaimNames::EMAIL, Scopes::EMAIL);
        check(ClaimNames::FAMILY_NAME, Scopes::PROFILE);
        check(ClaimNames::GROUPS.with(ClaimNames::NAME), Scopes::GROUPS.with(Scopes::PROFILE));
    }

    #[test]
    fn terms_of_a_release_before_let_an_app_do_nothing() {
        let bytes = [1, 0, 0, 0, 1, 2];
        let terms = TokenTerms::from_bytes(Some(&bytes)).unwrap();
        assert_eq!((terms.permissions, terms.in_id_token), (Permissions::NONE, ClaimNames::EMAIL));
    }

    #[test]
    fn terms_survive_writing_and_reading() {
        assert_eq!(TokenTerms::NONE.to_bytes(), None);
        assert_eq!(TokenTerms::from_bytes(None), Ok(TokenTerms::NONE));
        for key in [None, Some(Thumbprint::from_bytes([7; 32]))] {
            let terms = TokenTerms {
                key,
                resources: vec!["https://api.example".to_owned()],
                in_id_token: ClaimNames::from_bits(3),
                at_userinfo: ClaimNames::from_bits(32),
                permissions: Permissions::of(&[Permission::UserRead, Permission::UserInviteAll]),
            };
            let bytes = terms.to_bytes().unwrap();
            assert_eq!(TokenTerms::from_bytes(Some(&bytes)), Ok(terms));
            for end in 0..bytes.len() {
                assert_eq!(TokenTerms::from_bytes(Some(&bytes[..end])), Err(BinaryError), "{end}");
            }
        }
    }
}
