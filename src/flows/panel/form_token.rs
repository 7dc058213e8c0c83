//! What binds a form of the panel to the session of which it was asked, so that another site's form does nothing.

use std::time::Duration;

use crate::base::binary::{Reader, Writer};
use crate::base::clock::Timestamp;
use crate::base::encoding::{base64url, from_base64url};
use crate::base::sealing::Purpose;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::sessions::SessionId;
use crate::flows::services::Services;

/// The token of one kind of form.
#[derive(Debug)]
pub(super) struct FormToken {
    /// What is asked.
    pub(super) place: &'static [u8],
    /// How long the form may stand.
    pub(super) life: Duration,
    /// The cause where it is none of ours.
    pub(super) refused: &'static str,
    /// The cause where it was made for another session.
    pub(super) of_another: &'static str,
    /// The cause where the form has stood for too long.
    pub(super) expired: &'static str,
}

impl FormToken {
    /// A token for a form that is shown now.
    pub(super) fn seal(&self, services: &Services, session: SessionId, now: Timestamp) -> Result<String, Refusal> {
        let mut writer = Writer::new();
        writer.fixed(session.as_bytes()).number(now.micros());
        let sealed = services.sealer.seal(services.random.as_ref(), Purpose::PageState, self.place, &writer.finish());
        sealed.map(base64url).map_err(|_| Refusal::new(Code::Internal, "sealing_failed"))
    }

    /// When the form was shown to this session.
    ///
    /// # Errors
    /// A refusal where it was not, or too long ago.
    pub(super) fn check(
        &self,
        services: &Services,
        token: &str,
        session: SessionId,
        now: Timestamp,
    ) -> Result<Timestamp, Refusal> {
        let opened = self.open(services, token).ok_or(Refusal::new(Code::BadRequest, self.refused))?;
        let (asked_of, asked_at) = opened;
        if asked_of != session {
            return Err(Refusal::new(Code::BadRequest, self.of_another));
        }
        if now >= asked_at.plus(self.life) {
            return Err(Refusal::new(Code::AttemptExpired, self.expired));
        }
        Ok(asked_at)
    }

    fn open(&self, services: &Services, token: &str) -> Option<(SessionId, Timestamp)> {
        let plain = services.sealer.open(Purpose::PageState, self.place, &from_base64url(token)?).ok()?;
        let mut reader = Reader::new(&plain);
        let id = uuid::Uuid::from_slice(reader.fixed(16).ok()?).ok()?;
        let asked_at = Timestamp::from_micros(reader.number().ok()?);
        reader.finish().ok()?;
        Some((SessionId::from_uuid(id), asked_at))
    }
}
