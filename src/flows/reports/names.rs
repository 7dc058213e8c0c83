//! What those are called whom an entry names by their ids alone.

use super::directory::{self, Names};
use super::targets;
use crate::domain::guests::GuestId;
use crate::domain::people::PersonKey;
use crate::domain::reports::{Kind, ReportEntry};
use crate::domain::store::StoreError;
use crate::flows::services::Services;

/// The names of the administrators who began entries, and of the apps that were given or taken; each is asked for once,
/// and who or what is gone has none.
///
/// # Errors
/// [`StoreError`].
pub async fn of(services: &Services, kind: Kind, entries: &[ReportEntry]) -> Result<Names, StoreError> {
    let mut names = Names::new();
    if kind == Kind::SignIns {
        return Ok(names);
    }
    for entry in entries {
        for app in targets::apps(&entry.record) {
            let id = app.to_string();
            if !names.contains_key(&id)
                && let Some(app) = services.directory.app(app).await?
            {
                names.insert(id, app.name.clone());
            }
        }
        let found = directory::initiator(entry);
        let (Some(id), None) = (found.user, found.user_name) else { continue };
        let Ok(guest) = GuestId::parse(&id) else { continue };
        if !names.contains_key(&id)
            && let Some(person) = services.store.person(&PersonKey::Id(guest)).await?
        {
            names.insert(id, person.guest.user_principal_name);
        }
    }
    Ok(names)
}
