//! The mail at the end of a file of invitations, put into the outbox in the unit that does its last row.

use super::invitation::{language, name};
use super::queue::enqueue_mail;
use crate::base::clock::Timestamp;
use crate::domain::bulk::job::{BulkJob, Requester};
use crate::domain::guests::Standing;
use crate::domain::mails::{MailId, MailKind, QueuedMail};
use crate::domain::store::{StoreError, UnitOfWork};
use crate::flows::paths;
use crate::flows::services::Services;
use crate::texts::bulk_mail::{BulkFinished, bulk_finished};

/// Tells the person who handed in a file that it is done, where they are here still and have an address that is theirs.
/// Apps and operators are told nothing.
///
/// # Errors
/// [`StoreError`].
pub async fn enqueue(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    job: &BulkJob,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Requester::Person(id) = job.requester else { return Ok(()) };
    let found = unit.guest(id).await?.map(|kept| kept.value.guest);
    let Some(guest) = found.filter(|guest| guest.standing == Standing::Active) else { return Ok(()) };
    let Some(to) = guest.proven_mail() else { return Ok(()) };
    let details = unit.guest_details(id).await?;
    let language = language(services, &[details.preferred_language.as_ref().map(|tag| tag.as_str())]);
    let organization = &services.settings.organization;
    let said = BulkFinished {
        organization: name(&organization.name).unwrap_or_else(|| organization.domain.to_string()),
        file: name(&job.file_name).unwrap_or_else(|| "-".to_owned()),
        invited: job.counts.invited,
        skipped: job.counts.skipped,
        failed: job.counts.failed,
        link: services.settings.public_url.join(&paths::invite_job(job.id)),
        address: to.to_string(),
    };
    let words = bulk_finished(&services.catalogue, language, &said);
    let mail = QueuedMail {
        id: MailId::new(now, services.random.as_ref()),
        kind: MailKind::BulkFinished,
        about: Some(id),
        to: to.clone(),
        cc: None,
        reply_to: None,
        sender_name: words.sender,
        subject: words.subject,
        text: words.text,
        html: Some(words.html),
        list_unsubscribe: None,
        language: language.tag().to_owned(),
        queued_at: now,
    };
    enqueue_mail(services, unit, &mail).await.map(drop)
}
