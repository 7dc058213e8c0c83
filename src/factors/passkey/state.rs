//! What a ceremony remembers between its challenge and the answer: whose it is, which of the two, since
//! when, and the state of webauthn-rs.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::CEREMONY_LIFE;
use crate::base::binary::{BinaryError, Reader, Writer};
use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;
use crate::factors::fault::PasskeyFault;

const FORMAT: u8 = 1;

/// Which ceremony.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ceremony {
    /// A new passkey.
    Registration,
    /// A kept passkey.
    Authentication,
}

impl Ceremony {
    const fn tag(self) -> u8 {
        match self {
            Self::Registration => 1,
            Self::Authentication => 2,
        }
    }
}

/// The state as bytes, with the challenge at hand for our own check.
pub(super) fn write<S: Serialize>(
    ceremony: Ceremony,
    guest: GuestId,
    now: Timestamp,
    challenge: &[u8],
    state: &S,
) -> Result<Vec<u8>, PasskeyFault> {
    let state = serde_json::to_vec(state).map_err(|_| PasskeyFault::Library)?;
    let mut writer = Writer::new();
    writer.byte(FORMAT).byte(ceremony.tag()).fixed(guest.as_bytes()).number(now.micros());
    writer.bytes(challenge).bytes(&state);
    Ok(writer.finish())
}

/// The challenge and the state of webauthn-rs, where `bytes` are those of this ceremony and guest and
/// not too old.
pub(super) fn read<S: DeserializeOwned>(
    ceremony: Ceremony,
    guest: GuestId,
    now: Timestamp,
    bytes: &[u8],
) -> Result<(Vec<u8>, S), PasskeyFault> {
    let read = split(bytes).map_err(|_| PasskeyFault::StateMalformed)?;
    if read.tag != ceremony.tag() {
        return Err(PasskeyFault::StateOfAnotherCeremony);
    }
    if read.guest != guest.as_bytes() {
        return Err(PasskeyFault::StateOfAnotherGuest);
    }
    if now >= read.begun_at.plus(CEREMONY_LIFE) {
        return Err(PasskeyFault::Expired);
    }
    let state = serde_json::from_slice(read.state).map_err(|_| PasskeyFault::StateMalformed)?;
    Ok((read.challenge.to_vec(), state))
}

struct Parts<'a> {
    tag: u8,
    guest: &'a [u8],
    begun_at: Timestamp,
    challenge: &'a [u8],
    state: &'a [u8],
}

fn split(bytes: &[u8]) -> Result<Parts<'_>, BinaryError> {
    let mut reader = Reader::new(bytes);
    if reader.byte()? != FORMAT {
        return Err(BinaryError);
    }
    let parts = Parts {
        tag: reader.byte()?,
        guest: reader.fixed(16)?,
        begun_at: Timestamp::from_micros(reader.number()?),
        challenge: reader.bytes()?,
        state: reader.bytes()?,
    };
    reader.finish()?;
    Ok(parts)
}
