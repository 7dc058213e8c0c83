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
use crate::texts::mails;

/// Sends a code to a guest. Waits for the mail server, so no unit of work may be open; what is kept of
/// the code must have been committed before.
///
/// # Errors
/// [`MailFault`], logged and counted already.
pub async fn send_code(
    services: &Services,
    to: &MailAddress,
    code: &SecretText,
    now: Timestamp,
) -> Result<(), MailFault> {
    let organization = &services.settings.organization.name;
    let mail = mails::mailed_code(
        &services.catalogue,
        services.settings.mail.language,
        organization,
        code.expose(),
        minutes(),
    );
    send(services, to, mail, now).await
}

/// As [`send_code`], with the code that signs a person in alone.
///
/// # Errors
/// [`MailFault`], logged and counted already.
pub async fn send_sign_in_code(
    services: &Services,
    to: &MailAddress,
    code: &SecretText,
    now: Timestamp,
) -> Result<(), MailFault> {
    let organization = &services.settings.organization.name;
    let mail = mails::sign_in_code(
        &services.catalogue,
        services.settings.mail.language,
        organization,
        code.expose(),
        minutes(),
    );
    send(services, to, mail, now).await
}

/// How long a code is good.
const fn minutes() -> u64 {
    MAILED_CODE_LIFE.as_secs() / Duration::from_mins(1).as_secs()
}

async fn send(services: &Services, to: &MailAddress, mail: mails::Mail, now: Timestamp) -> Result<(), MailFault> {
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
