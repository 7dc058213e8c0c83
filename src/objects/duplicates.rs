//! What may be there once only, within all files that are read together.

use std::collections::BTreeMap;

use crate::domain::definitions::{Definitions, Fault, Origin};

/// A fault for each thing that is defined a second time, at the second place.
pub(crate) fn find(definitions: &Definitions) -> Vec<Fault> {
    let mut seen = Seen::default();
    for partner in &definitions.partners {
        seen.note("partner", partner.value.slug.as_str(), &partner.origin);
        seen.note_id(partner.value.id, &partner.origin);
        for domain in &partner.value.domains {
            seen.note("domain", domain.as_str(), &partner.origin);
        }
        for address in &partner.value.addresses {
            seen.note("address", address.key(), &partner.origin);
        }
    }
    for app in &definitions.apps {
        seen.note("app", app.value.slug.as_str(), &app.origin);
        seen.note_id(app.value.id, &app.origin);
        if let Some(oidc) = app.value.oidc() {
            seen.note("client_id", &oidc.client_id, &app.origin);
        }
    }
    for group in &definitions.groups {
        seen.note("group", group.value.slug.as_str(), &group.origin);
        seen.note_id(group.value.id, &group.origin);
    }
    for guest in &definitions.guests {
        seen.note("guest", guest.value.email.key(), &guest.origin);
        seen.note_id(guest.value.id, &guest.origin);
    }
    let policies = &definitions.policies;
    for policy in &policies.policies {
        seen.note("policy", policy.value.slug.as_str(), &policy.origin);
        seen.note_id(policy.value.id, &policy.origin);
    }
    for location in &policies.locations {
        seen.note("named_location", location.value.slug.as_str(), &location.origin);
        seen.note_id(location.value.id, &location.origin);
    }
    for strength in &policies.strengths {
        seen.note("authentication_strength", strength.value.slug.as_str(), &strength.origin);
        seen.note_id(strength.value.id, &strength.origin);
    }
    for group in &policies.app_groups {
        seen.note("app_group", group.value.slug.as_str(), &group.origin);
        seen.note_id(group.value.id, &group.origin);
    }
    for settings in &definitions.collaboration {
        seen.note("table", "[collaboration]", &settings.origin);
    }
    seen.faults
}

#[derive(Default)]
struct Seen<'a> {
    first: BTreeMap<(&'static str, String), &'a Origin>,
    faults: Vec<Fault>,
}

impl<'a> Seen<'a> {
    fn note(&mut self, what: &'static str, name: &str, origin: &'a Origin) {
        match self.first.get(&(what, name.to_owned())) {
            None => {
                self.first.insert((what, name.to_owned()), origin);
            }
            Some(first) => {
                let Origin { file, line } = first;
                let message = format!("{what} `{name}` is there twice, first at {file}:{line}");
                self.faults.push(Fault { origin: origin.clone(), message });
            }
        }
    }

    fn note_id(&mut self, id: Option<uuid::Uuid>, origin: &'a Origin) {
        if let Some(id) = id {
            self.note("id", &id.to_string(), origin);
        }
    }
}
