//! Who does something to the directory, and when: what each entry of the audit says of it.

use crate::base::clock::Timestamp;
use crate::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use crate::domain::permissions::Caller;
use crate::flows::services::Services;

/// Who acts, and when.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// Makes ids.
    pub services: &'a Services,
    /// Who.
    pub caller: &'a Caller,
    /// The present time.
    pub now: Timestamp,
}

impl<'a> Author<'a> {
    /// Whoever asks, at the present time.
    #[must_use]
    pub fn new(services: &'a Services, caller: &'a Caller) -> Self {
        Self { services, caller, now: services.clock.now() }
    }

    /// An entry of what is done.
    #[must_use]
    pub fn entry(&self, activity: Activity) -> AuditEntry {
        let id = AuditId::new(self.now, self.services.random.as_ref());
        let (actor, app) = match self.caller {
            Caller::Operator(name) => (Actor::Operator(name.clone()), None),
            Caller::App { app, .. } => (Actor::App, Some(*app)),
            Caller::Person { guest, through, .. } => (Actor::Person(*guest), through.map(|(app, _)| app)),
        };
        let mut entry = AuditEntry::new(id, self.now, activity, actor);
        entry.app = app;
        entry.address = self.caller.from().map(|address| address.to_string());
        entry
    }

    /// Who acts, as rows that outlive them say it.
    #[must_use]
    pub fn name(&self) -> String {
        match self.caller {
            Caller::Operator(name) => format!("operator:{name}"),
            Caller::App { app, .. } => format!("app:{app}"),
            Caller::Person { guest, .. } => format!("person:{guest}"),
        }
    }
}
