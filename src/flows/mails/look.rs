//! What operators see of the outbox, and how they have a mail tried again.

use super::sealed::open_parts;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::mails::{Asked, MailId, MailRecord, QueuedMail};
use crate::domain::store::StoreError;
use crate::domain::store::sign_ins::Once;
use crate::flows::operate::Act;
use crate::flows::services::Services;

/// Why nothing was shown or done.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// There is no such mail.
    #[error("no mail `{0}`: `entente mail list` shows those that are known, for 30 days")]
    Unknown(String),
    /// It cannot be tried again.
    #[error("mail `{0}` is not to be tried again: it is sent, it must not be sent, or a node is sending it now")]
    NotToBeTried(String),
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A mail, and what is written in it while that is kept and can be read.
#[derive(Debug)]
pub struct MailView {
    /// How it stands.
    pub record: MailRecord,
    /// What is written in it.
    pub mail: Option<QueuedMail>,
}

/// Mails, the newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(services: &Services, asked: Asked, limit: u32) -> Result<Vec<MailRecord>, StoreError> {
    services.store.unit_of_work().await?.list_mails(asked, limit).await
}

/// One mail. Where it shows to whom it goes, the audit says who has looked.
///
/// # Errors
/// [`LookError`].
pub async fn show(services: &Services, act: Act<'_>, name: &str) -> Result<MailView, LookError> {
    let id = id(name)?;
    let mut unit = services.store.unit_of_work().await?;
    let record = unit.find_mail(id).await?.ok_or_else(|| LookError::Unknown(name.to_owned()))?;
    let mail = record.sealed.as_ref().and_then(|sealed| {
        open_parts(&services.sealer, record.id, record.kind, record.about, sealed, record.queued_at).ok()
    });
    if mail.is_some() {
        unit.append_audit(&entry(services, act, Activity::MailShown, &record)).await?;
        unit.commit().await?;
    }
    Ok(MailView { record, mail })
}

/// Has a mail tried again now, as if it had never been tried.
///
/// # Errors
/// [`LookError`].
pub async fn retry(services: &Services, act: Act<'_>, name: &str) -> Result<(), LookError> {
    let id = id(name)?;
    let mut unit = services.store.unit_of_work().await?;
    let record = unit.find_mail(id).await?.ok_or_else(|| LookError::Unknown(name.to_owned()))?;
    if unit.retry_mail(id, act.now).await? == Once::Again {
        return Err(LookError::NotToBeTried(name.to_owned()));
    }
    unit.append_audit(&entry(services, act, Activity::MailRetried, &record)).await?;
    Ok(unit.commit().await?)
}

fn entry(services: &Services, act: Act<'_>, activity: Activity, record: &MailRecord) -> AuditEntry {
    let actor = Actor::Operator(act.operator.to_owned());
    let mut entry = AuditEntry::new(AuditId::new(act.now, services.random.as_ref()), act.now, activity, actor);
    entry.guest = record.about;
    entry.details.push(("mail", record.kind.as_str().to_owned()));
    entry.details.push(("mail_id", record.id.to_string()));
    entry
}

fn id(name: &str) -> Result<MailId, LookError> {
    MailId::parse(name).map_err(|_| LookError::Unknown(name.to_owned()))
}
