//! Going on with an app's request after a step: what is true is read again in the unit of the step.

use crate::base::clock::Timestamp;
use crate::domain::attempts::Proven;
use crate::domain::audit::Activity;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::store::UnitOfWork;
use crate::downstream;
use crate::flows::next::{Next, Visitor};
use crate::flows::services::Services;

use super::advance::{Hinted, NextStep, Position, advance};
use super::{Halt, issue, session_use};

/// Goes on inside `unit`, which is committed.
pub(crate) async fn resume(
    services: &Services,
    mut unit: Box<dyn UnitOfWork>,
    proven: &Proven,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Next, Halt> {
    let request = &proven.request;
    let reading = unit.read_session_by_id(proven.session, request.app).await?;
    let lifetimes = &services.settings.lifetimes;
    let reading = reading
        .filter(|reading| reading.session.is_alive(lifetimes, reading.guest.sessions_valid_from, now))
        .ok_or(Refusal::new(Code::InteractionNeeded, "session_ended_meanwhile"))?;
    match advance(request, Position::Agreed(&reading), Hinted::default(), now) {
        NextStep::Refuse(refusal) => Err(refusal.into()),
        _ => {
            session_use::check_app(unit.as_mut(), request, &reading).await?;
            let code =
                issue::code(services, unit.as_mut(), request, proven.guest, proven.session, proven.id, now).await?;
            let entry = session_use::entry(services, Activity::SessionUse, proven.id, request, &reading, visitor, now);
            unit.append_audit(&entry).await?;
            unit.commit().await?;
            Ok(Next::redirect(downstream::granted(&request.return_to, &code, &services.settings.public_url)))
        }
    }
}
