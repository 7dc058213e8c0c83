//! Row identifiers: UUIDv7 newtypes made from the injected clock and randomness (RFC 9562 5.7).

use uuid::Uuid;

use super::clock::Timestamp;
use super::random::Random;

/// A fresh UUIDv7, ordered by time, 74 random bits.
#[must_use]
pub fn new_uuid(now: Timestamp, random: &dyn Random) -> Uuid {
    let mut tail = [0; 10];
    random.fill(&mut tail);
    let millis = u64::try_from(now.micros() / 1_000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
}

/// A bound for reading by time: every UUIDv7 made at `time` or before is less.
#[must_use]
pub fn first_uuid_after(time: Timestamp) -> Uuid {
    let millis = u64::try_from(time.micros() / 1_000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis + 1, &[0; 10]).into_uuid()
}

/// The text is no UUID in its hyphenated lower- or upper-case form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID of the form `01890a5d-ac96-774b-bcce-b302099a8057`")]
pub struct IdError;

/// Makes one identifier type: never swapped with another by accident.
#[macro_export]
macro_rules! id_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// A fresh identifier.
            #[must_use]
            pub fn new(
                now: $crate::base::clock::Timestamp,
                random: &dyn $crate::base::random::Random,
            ) -> Self {
                Self($crate::base::ids::new_uuid(now, random))
            }

            /// An identifier that was given: by an object file, a row or a token.
            #[must_use]
            pub const fn from_uuid(uuid: uuid::Uuid) -> Self {
                Self(uuid)
            }

            /// Reads the hyphenated form.
            ///
            /// # Errors
            /// [`IdError`]($crate::base::ids::IdError) for anything else.
            pub fn parse(text: &str) -> Result<Self, $crate::base::ids::IdError> {
                if text.len() != 36 {
                    return Err($crate::base::ids::IdError);
                }
                uuid::Uuid::try_parse(text).map(Self).map_err(|_| $crate::base::ids::IdError)
            }

            /// The sixteen bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0.hyphenated(), formatter)
            }
        }
    };
}
