//! The mails that journeys send. A code is sent at once, since a person waits for it ([`send_code`]). All else is put
//! into the outbox by the unit of what it tells ([`queue`]) and sent afterwards ([`send`]), such as an [`invitation`].

pub mod invitation;
pub mod look;
pub mod queue;
mod sealed;
pub mod send;
pub mod unwanted;

use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::base::secret::SecretText;
use crate::domain::factors::codes::MAILED_CODE_LIFE;
use crate::domain::mail::MailAddress;
use crate::flows::services::Services;
use crate::outbound::mail::{Address, Line, MailFault, Message};
use crate::texts::mails::{self, Mail};

/// What a code is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFor {
    /// A second factor.
    SecondFactor,
    /// Signing in, alone.
    SignIn,
}

/// Sends a code to a guest, saying what it is good for. Waits for the mail server, so no unit of work may be open;
/// what is kept of the code must have been committed before.
///
/// # Errors
/// [`MailFault`], logged and counted already.
pub async fn send_code(
    services: &Services,
    to: &MailAddress,
    code: &SecretText,
    code_for: CodeFor,
    now: Timestamp,
) -> Result<(), MailFault> {
    let minutes = MAILED_CODE_LIFE.as_secs() / Duration::from_mins(1).as_secs();
    let words = match code_for {
        CodeFor::SecondFactor => mails::mailed_code,
        CodeFor::SignIn => mails::sign_in_code,
    };
    let settings = &services.settings;
    let (language, organization) = (settings.mail.language, &settings.organization.name);
    let mail = words(&services.catalogue, language, organization, code.expose(), minutes);
    send(services, to, mail, now).await
}

async fn send(services: &Services, to: &MailAddress, mail: Mail, now: Timestamp) -> Result<(), MailFault> {
    let sent = match (Address::parse(to.as_str()), Line::parse(&mail.subject)) {
        (Ok(to), Ok(subject)) => services.mail.send(&Message::plain(to, subject, mail.text, now)).await.map(|_| ()),
        // Two dots in a row pass as an address of a person, and no server would take them.
        _ => Err(MailFault::Malformed),
    };
    let outcome = match sent {
        Ok(()) => "sent",
        Err(fault) => {
            tracing::warn!(refusal.cause = fault.cause(), %fault, "a code could not be mailed");
            fault.cause()
        }
    };
    metrics::counter!("entente_mails_total", "outcome" => outcome).increment(1);
    sent
}
