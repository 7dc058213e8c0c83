//! The mails that journeys send. A code is sent at once, since a person waits for it ([`send_code`]). All else is put
//! into the outbox by the unit of what it tells ([`queue`]) and sent afterwards ([`send`]), such as an [`invitation`].

pub mod bulk_finished;
pub mod invitation;
pub mod look;
pub mod queue;
mod sealed;
pub mod send;
pub mod unwanted;

use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::base::secret::SecretText;
use crate::domain::factors::codes::{CodePurpose, MAILED_CODE_LIFE};
use crate::domain::guests::GuestId;
use crate::domain::mail::MailAddress;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::next::Visitor;
use crate::flows::services::Services;
use crate::outbound::mail::{Address, Line, MailFault, Message};
use crate::texts::language::Language;
use crate::texts::mails::{self, Mail};

/// What the mail of a code says, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeFor {
    /// What the code is good for.
    pub purpose: CodePurpose,
    /// In which language; [`code_language`] chooses.
    pub language: Language,
}

/// The language of a code's mail: what the person prefers, else what the request asks for, else that of the
/// organisation.
///
/// # Errors
/// [`StoreError`].
pub async fn code_language(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    guest: GuestId,
    ui_locales: &[String],
    visitor: &Visitor,
) -> Result<Language, StoreError> {
    let preferred = unit.guest_details(guest).await?.preferred_language;
    let preferred = preferred.as_ref().map(|tag| tag.as_str());
    let mut tags = preferred.into_iter().chain(ui_locales.iter().map(String::as_str));
    let spoken = tags.find_map(Language::of).or(visitor.language);
    Ok(spoken.unwrap_or(services.settings.mail.language))
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
    let words = match code_for.purpose {
        CodePurpose::SecondFactor => mails::mailed_code,
        CodePurpose::SignIn => mails::sign_in_code,
    };
    let organization = &services.settings.organization.name;
    let mail = words(&services.catalogue, code_for.language, organization, code.expose(), minutes);
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
