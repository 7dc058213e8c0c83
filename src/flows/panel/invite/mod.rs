//! The pages on which a person invites, reached from the panel: [`one`] guest, or those of a [`files`]; [`jobs`] is what
//! follows a file, with its [`rows`].
//!
//! Nothing is done that the person could not do by the API: whoever is behind the session asks the same flows, and what
//! they may do is read in the unit that does it.

pub mod files;
pub mod jobs;
pub mod one;
pub mod rows;

use std::time::Duration;

use super::form_token::FormToken;
use super::gate;
use crate::base::clock::Timestamp;
use crate::domain::grants::SessionReading;
use crate::domain::invitations::rights::may_invite;
use crate::domain::permissions::Caller;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::store::UnitOfWork;
use crate::flows::limits::PerAccount;
use crate::flows::next::{Next, Visitor};
use crate::flows::refusals::{Context, answer};
use crate::flows::services::Services;
use crate::flows::sign_in::{Halt, issue};

/// How long a form may stand: as long as somebody may need to write a message or to look through a file.
pub(super) const FORM: FormToken = FormToken {
    place: b"invite",
    life: Duration::from_hours(8),
    refused: "invite_token_refused",
    of_another: "invite_token_of_another_session",
    expired: "invite_form_expired",
};

/// With what the pages work.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// The journeys' services.
    pub services: &'a Services,
    /// The browser.
    pub visitor: &'a Visitor,
    /// How often one account may hand something in.
    pub limit: &'a PerAccount,
}

/// A person who may invite, in the unit that has decided on it.
struct Inviter {
    unit: Box<dyn UnitOfWork>,
    reading: SessionReading,
    caller: Caller,
}

impl Inviter {
    fn name(&self) -> String {
        issue::label(&self.reading.guest)
    }

    fn token(&self, services: &Services, now: Timestamp) -> Result<String, Refusal> {
        FORM.seal(services, self.reading.session.id, now)
    }
}

impl Desk<'_> {
    /// Who is behind the session, where they may invite; nobody where they must sign in or show more first.
    async fn enter(&self, now: Timestamp) -> Result<Option<Inviter>, Halt> {
        let Some((mut unit, reading)) = gate(self.services, self.visitor, now).await? else { return Ok(None) };
        let caller = caller(unit.as_mut(), &reading).await?.asking_from(self.visitor.address);
        let settings = unit.collaboration().await?.value;
        may_invite(settings.allow_invites_from, &caller)
            .map_err(|_| Refusal::new(Code::InviteDisabled, "inviting_not_allowed"))?;
        Ok(Some(Inviter { unit, reading, caller }))
    }

    /// The same for a form, whose token must be of this session; says when it was shown. Each is counted.
    async fn enter_with(&self, token: &str, now: Timestamp) -> Result<Option<(Inviter, Timestamp)>, Halt> {
        let Some(inviter) = self.enter(now).await? else { return Ok(None) };
        let asked_at = FORM.check(self.services, token, inviter.reading.session.id, now)?;
        Ok(Some((inviter, asked_at)))
    }

    /// Counts an act that costs something, once for each form that is sent.
    fn count(&self, inviter: &Inviter) -> Result<(), Refusal> {
        let counted = self.limit.check(inviter.reading.guest.id);
        counted.map_err(|many| many.refusal("too_many_invitations_of_account"))
    }

    /// Tells a refusal.
    async fn refuse(&self, halt: Halt, now: Timestamp) -> Next {
        answer(self.services, halt.into_refusal(), Context::of(self.visitor, now)).await
    }
}

/// The person of a session, as whoever asks: with the roles as they are now, and no app in between.
pub(super) async fn caller(unit: &mut dyn UnitOfWork, reading: &SessionReading) -> Result<Caller, Halt> {
    let guest = &reading.guest;
    let roles = unit.roles_of(guest.id).await?;
    Ok(Caller::Person { guest: guest.id, user_type: guest.user_type, roles, through: None, from: None })
}

/// Does something once more while another writer was first.
macro_rules! until_done {
    ($desk:expr, $now:expr, $attempt:expr) => {{
        let mut tries = $crate::flows::sign_in::Tries::default();
        loop {
            match $attempt {
                Ok(next) => break next,
                Err(halt) => match tries.again($desk.services, halt).await {
                    Ok(()) => {}
                    Err(halt) => break $desk.refuse(halt, $now).await,
                },
            }
        }
    }};
}
use until_done;
