//! Issuing: a code for the app, and what must be true of the app's record when it is.

use crate::base::clock::Timestamp;
use crate::domain::attempts::AttemptId;
use crate::domain::circumstances::Circumstances;
use crate::domain::guests::{Guest, GuestId};
use crate::domain::refusal::{Code as RefusalCode, Refusal};
use crate::domain::requests::{AppRequest, ReturnTo};
use crate::domain::sessions::{Code, CodeId, HandleHash, SessionId, new_row_handle};
use crate::domain::store::UnitOfWork;
use crate::downstream;
use crate::flows::services::Services;

use super::Halt;

/// For what a code is issued.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grounds<'a> {
    /// What the app asked.
    pub(crate) request: &'a AppRequest,
    /// About whom.
    pub(crate) guest: GuestId,
    /// From which session.
    pub(crate) session: SessionId,
    /// From which attempt.
    pub(crate) attempt: AttemptId,
    /// What was decided on.
    pub(crate) circumstances: &'a Circumstances,
}

/// Writes a code into the unit and returns its handle.
pub(crate) async fn code(
    services: &Services,
    unit: &mut dyn UnitOfWork,
    grounds: Grounds<'_>,
    now: Timestamp,
) -> Result<String, Halt> {
    let Grounds { request, guest, session, attempt, circumstances } = grounds;
    let handle = new_row_handle(now, services.random.as_ref());
    let ReturnTo::Oidc(oidc) = &request.return_to;
    let code = Code {
        id: CodeId::new(now, services.random.as_ref()),
        handle: HandleHash::of(&handle),
        app: request.app,
        guest,
        session,
        attempt,
        request: oidc.clone(),
        circumstances: circumstances.clone(),
        issued_at: now,
        expires_at: now.plus(services.settings.lifetimes.code),
    };
    unit.insert_code(&code).await?;
    Ok(handle)
}

/// Judges the way back with the app's fresh record where that is not the one under which the request
/// was read.
pub(crate) async fn check_return(
    unit: &mut dyn UnitOfWork,
    request: &AppRequest,
    version: Option<i64>,
) -> Result<(), Halt> {
    if version == Some(request.app_version) {
        return Ok(());
    }
    let app = unit.read_app(request.app).await?.ok_or(Refusal::new(RefusalCode::AppDisabled, "app_removed"))?;
    if downstream::may_return(&app, &request.return_to) {
        Ok(())
    } else {
        Err(Refusal::new(RefusalCode::RedirectUriRefused, "redirect_uri_removed_meanwhile").into())
    }
}

/// A person's name for a page.
pub(crate) fn label(guest: &Guest) -> String {
    let mail = guest.mail.as_ref().map(|mail| mail.as_str().to_owned());
    mail.or_else(|| guest.display_name.clone()).unwrap_or_else(|| guest.user_principal_name.clone())
}
