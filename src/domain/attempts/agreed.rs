//! The word of a person that an invited account is to be theirs, kept in an attempt in which their partner is asked once
//! more, so that they are asked for it once.

use super::read_uuid;
use crate::base::binary::{BinaryError, Reader, Writer};
use crate::base::encoding::sha256;
use crate::domain::authentication::Identity;
use crate::domain::guests::GuestId;

/// Who has agreed, to which account. Whoever else comes in the same attempt is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    guest: GuestId,
    identity: [u8; 32],
}

impl Agreed {
    /// This person, to this account.
    #[must_use]
    pub fn to(guest: GuestId, identity: &Identity) -> Self {
        Self { guest, identity: digest(identity) }
    }

    /// Whether it is the word of this person, and of this account.
    #[must_use]
    pub fn is_to(&self, guest: GuestId, identity: &Identity) -> bool {
        *self == Self::to(guest, identity)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.fixed(self.guest.as_bytes()).fixed(&self.identity);
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, BinaryError> {
        let guest = GuestId::from_uuid(read_uuid(reader)?);
        Ok(Self { guest, identity: reader.fixed(32)?.try_into().map_err(|_| BinaryError)? })
    }
}

/// Of issuer and subject, neither of which can be taken for a part of the other.
fn digest(identity: &Identity) -> [u8; 32] {
    let mut writer = Writer::new();
    writer.text(&identity.issuer).text(&identity.subject);
    sha256(&writer.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Timestamp;
    use crate::base::random::SystemRandom;

    #[test]
    fn the_word_is_of_one_person_and_of_one_account() {
        let of = |issuer: &str, subject: &str| Identity { issuer: issuer.to_owned(), subject: subject.to_owned() };
        let id = || GuestId::new(Timestamp::from_seconds(1_790_000_000), &SystemRandom);
        let (guest, other) = (id(), id());
        let agreed = Agreed::to(guest, &of("urn:i", "ana"));
        assert!(agreed.is_to(guest, &of("urn:i", "ana")));
        assert!(!agreed.is_to(other, &of("urn:i", "ana")));
        for identity in [of("urn:i", "eve"), of("urn:j", "ana"), of("urn:ia", "na"), of("", "urn:iana")] {
            assert!(!agreed.is_to(guest, &identity), "{identity:?}");
        }
    }
}
