//! Who wants a job, as they are at each row.

use super::BulkError;
use crate::domain::apps::grant_types::GrantType;
use crate::domain::bulk::job::Requester;
use crate::domain::guests::Standing;
use crate::domain::invitations::fault::InviteError;
use crate::domain::permissions::Caller;
use crate::domain::store::UnitOfWork;

/// Who asks, as a job keeps it. What a person lets an app do is kept with the app's token alone and ends with it, so
/// nobody leaves a job behind through an app.
pub(super) fn of(caller: &Caller) -> Result<Requester, BulkError> {
    if matches!(caller, Caller::Person { through: Some(_), .. }) {
        let needed = "a file of rows is handed in by the person, or by an app that acts for nobody";
        return Err(InviteError::NotAllowed { needed }.into());
    }
    Ok(own(caller))
}

/// As whom a job has whoever asks: through an app a person sees what they have handed in themselves.
pub(super) fn own(caller: &Caller) -> Requester {
    match caller {
        Caller::Operator(name) => Requester::Operator(name.clone()),
        Caller::App { app, .. } => Requester::App(*app),
        Caller::Person { guest, .. } => Requester::Person(*guest),
    }
}

/// Whether the job is theirs.
pub(super) fn is_of(requester: &Requester, caller: &Caller) -> bool {
    own(caller) == *requester
}

/// What they may do now; an app or account that has gone, is off or is blocked may do nothing.
pub(super) async fn now(unit: &mut dyn UnitOfWork, requester: &Requester) -> Result<Caller, InviteError> {
    match requester {
        Requester::Operator(name) => Ok(Caller::Operator(name.clone())),
        Requester::App(id) => {
            let app = unit.read_app(*id).await?;
            let app = app.filter(|app| app.switch.is_on() && app.may(GrantType::ClientCredentials));
            let permissions = app.and_then(|app| app.oidc().map(|oidc| oidc.tokens.permissions));
            let permissions = permissions.ok_or(InviteError::Disabled)?;
            Ok(Caller::App { app: *id, permissions, from: None })
        }
        Requester::Person(id) => {
            let guest = unit.guest(*id).await?.map(|kept| kept.value.guest);
            let guest = guest.filter(|guest| guest.standing == Standing::Active).ok_or(InviteError::Disabled)?;
            let roles = unit.roles_of(*id).await?;
            Ok(Caller::Person { guest: *id, user_type: guest.user_type, roles, through: None, from: None })
        }
    }
}
