//! A partner's answer that is sent again, as by a reload: who holds the session that was made of it is
//! told so and shown the way on to the app, or the step that is left, and nothing is done twice.

use crate::domain::attempts::AttemptId;
use crate::domain::audit::{Activity, AuditQuery};
use crate::domain::sessions::HandleHash;
use crate::downstream;
use crate::flows::next::{AppLink, Next, Page, Visitor};
use crate::flows::services::Services;
use crate::flows::step_up;

/// The page for who holds the session that this attempt made; `None` for everybody else.
pub(super) async fn page(services: &Services, visitor: &Visitor, attempt: AttemptId) -> Option<Next> {
    let handle = visitor.session.as_deref()?;
    let session = services.directory.session(&HandleHash::of(handle)).await.ok().flatten()?;
    if session.attempt != attempt {
        return None;
    }
    if let Some(next) = step_up::answer::again(services, attempt, visitor).await {
        return Some(next);
    }
    Some(Next::page(Page::SignedInAlready { back: way_on(services, attempt).await }))
}

/// The app that asked, by the audit, since the browser has dropped the attempt. Without it the page
/// still says what can be done.
async fn way_on(services: &Services, attempt: AttemptId) -> Option<AppLink> {
    let query = AuditQuery {
        attempt: Some(attempt),
        activity: Some(Activity::SignIn.as_str().to_owned()),
        limit: 1,
        ..AuditQuery::default()
    };
    let records = services.store.audit(&query).await.ok()?;
    let (id, _) = records.into_iter().find_map(|record| record.app)?;
    let app = services.directory.app(id).await.ok().flatten().filter(|app| app.switch.is_on())?;
    Some(AppLink { name: app.name.clone(), url: downstream::oidc::home(&app)? })
}
