//! The second life of an attempt that no app began: a person manages their own factors.

use super::steps::Step;
use super::{AttemptId, read_uuid};
use crate::base::binary::{BinaryError, Reader, Writer};
use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;
use crate::domain::sessions::SessionId;

/// Never the first byte of a [`Proven`](super::Proven), so that neither is taken for the other.
const FORMAT: u8 = 0x81;

/// A person with a session manages their own factors and is asked for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Managing {
    /// Its name.
    pub id: AttemptId,
    /// When it began.
    pub started_at: Timestamp,
    /// Whose factors.
    pub guest: GuestId,
    /// The session that manages them.
    pub session: SessionId,
    /// What is asked of the person.
    pub step: Step,
}

impl Managing {
    /// The compact form that is sealed into its row.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.byte(FORMAT).fixed(self.id.as_bytes()).number(self.started_at.micros());
        writer.fixed(self.guest.as_bytes()).fixed(self.session.as_bytes());
        self.step.write(&mut writer);
        writer.finish()
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`BinaryError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BinaryError> {
        let mut reader = Reader::new(bytes);
        if reader.byte()? != FORMAT {
            return Err(BinaryError);
        }
        let managing = Self {
            id: AttemptId::from_uuid(read_uuid(&mut reader)?),
            started_at: Timestamp::from_micros(reader.number()?),
            guest: GuestId::from_uuid(read_uuid(&mut reader)?),
            session: SessionId::from_uuid(read_uuid(&mut reader)?),
            step: Step::read(&mut reader)?,
        };
        reader.finish()?;
        Ok(managing)
    }
}
