//! How many exports are written at once: a few on this node, and one for each caller.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limits::MAX_STREAMS;
use crate::domain::permissions::Caller;

/// The exports that are being written on this node.
#[derive(Debug)]
pub struct Exports {
    all: Arc<Semaphore>,
    callers: Mutex<BTreeSet<String>>,
}

impl Default for Exports {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(MAX_STREAMS)), callers: Mutex::default() }
    }
}

impl Exports {
    /// Lets one more be written, where there are not too many; a person has one, through whatever app they ask.
    #[must_use]
    pub fn begin(self: &Arc<Self>, caller: &Caller) -> Option<Turn> {
        let caller = match caller {
            Caller::Operator(name) => format!("operator:{name}"),
            Caller::App { app, .. } => format!("app:{app}"),
            Caller::Person { guest, .. } => format!("person:{guest}"),
        };
        let permit = self.all.clone().try_acquire_owned().ok()?;
        let is_only = self.callers.lock().unwrap_or_else(PoisonError::into_inner).insert(caller.clone());
        is_only.then(|| Turn { exports: self.clone(), caller, _permit: permit })
    }
}

/// While it lives, the export is being written.
#[derive(Debug)]
pub struct Turn {
    exports: Arc<Exports>,
    caller: String,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.exports.callers.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.caller);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::apps::AppId;
    use crate::domain::guests::{GuestId, UserType};
    use crate::domain::permissions::Permissions;
    use crate::domain::roles::Roles;

    #[test]
    fn a_caller_has_one_at_a_time_and_a_node_four() {
        let id = uuid::Uuid::from_u128;
        let app =
            |number| Caller::App { app: AppId::from_uuid(id(number)), permissions: Permissions::NONE, from: None };
        let person = |through: Option<u128>| Caller::Person {
            guest: GuestId::from_uuid(id(1)),
            user_type: UserType::Guest,
            roles: Roles::NONE,
            through: through.map(|app| (AppId::from_uuid(id(app)), Permissions::NONE)),
            from: None,
        };
        let exports = Arc::new(Exports::default());
        let begin = |caller: &Caller| exports.begin(caller);
        let first = begin(&app(1)).unwrap();
        let of_person = begin(&person(Some(1))).unwrap();
        for again in [&app(1), &person(Some(2)), &person(None)] {
            assert!(begin(again).is_none(), "{again:?}");
        }
        let others = [begin(&app(2)).unwrap(), begin(&app(3)).unwrap()];
        assert!(begin(&app(4)).is_none(), "the node has four");
        drop(first);
        let fourth = begin(&app(4)).unwrap();
        drop(of_person);
        assert!(begin(&person(Some(2))).is_some());
        drop((others, fourth));
        assert!(begin(&app(1)).is_some());
    }
}
