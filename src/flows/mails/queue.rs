//! Putting mails into the outbox, in the unit of what they tell.

use super::sealed::seal;
use super::unwanted::recipient;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::mails::QueuedMail;
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::services::Services;

/// Whether a mail will be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    /// It will, once the unit has been committed.
    Yes,
    /// It will not: the person wants no such mails.
    Unwanted,
}

/// Puts a mail into the outbox; it is sent once `unit` has been committed, and never where it is not. What the
/// person has blocked is not put there, and one who is to get a copy and wants none is left out.
///
/// # Errors
/// [`StoreError`].
pub async fn enqueue_mail(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    mail: &QueuedMail,
) -> Result<Queued, StoreError> {
    let mut mail = mail.clone();
    if mail.kind.can_be_blocked() {
        if unit.is_blocked(recipient(services, &mail.to)).await? {
            unit.append_audit(&entry(services, Activity::MailUnwanted, &mail)).await?;
            metrics::counter!("entente_queued_mails_total", "outcome" => "unwanted").increment(1);
            return Ok(Queued::Unwanted);
        }
        if let Some(cc) = &mail.cc
            && unit.is_blocked(recipient(services, cc)).await?
        {
            mail.cc = None;
        }
    }
    let sealed = seal(&services.sealer, services.random.as_ref(), &mail)
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    unit.insert_mail(&sealed).await?;
    Ok(Queued::Yes)
}

fn entry(services: &Services, activity: Activity, mail: &QueuedMail) -> AuditEntry {
    let id = AuditId::new(mail.queued_at, services.random.as_ref());
    let mut entry = AuditEntry::new(id, mail.queued_at, activity, Actor::System);
    entry.guest = mail.about;
    entry.details.push(("mail", mail.kind.as_str().to_owned()));
    entry
}
