//! From what object files ask for to policies that can be compiled: every reference is looked up.

use super::conditions::Conditions;
use super::conditions::expression::Expression;
use super::conditions::guest_types::GuestKey;
use super::conditions::locations::LocationKey;
use super::definitions::{
    ConditionsDefinition, ControlDefinition, LocationDefinition, LocationReference, Places, PolicyDefinition,
    PolicyDefinitions, StrengthDefinition,
};
use super::directory::Directory;
use super::faults::{FaultKind, Faulty, PolicyFault};
use super::named_locations::{LocationId, NamedLocation};
use super::object::{Control, GrantControls, Policy, PolicyId};
use super::scope::{Include, Scope};
use super::strengths::{Strength, StrengthId};
use crate::base::trace::shorten;
use crate::domain::definitions::{Fault, Located, Origin};

/// The policy that a definition asks for, under `id`.
///
/// # Errors
/// Every reference that leads nowhere, and a broken expression.
pub fn policy(definition: &PolicyDefinition, id: PolicyId, directory: &Directory) -> Result<Policy, Vec<PolicyFault>> {
    let mut lookup = Lookup { directory, faults: Vec::new() };
    let conditions = lookup.conditions(&definition.conditions);
    let grant = definition.grant.as_ref().map(|grant| GrantControls {
        operator: grant.operator,
        controls: grant.controls.iter().filter_map(|control| lookup.control(control)).collect(),
    });
    if !lookup.faults.is_empty() {
        let of = |(key, kind)| PolicyFault { object: Faulty::Policy(definition.slug.clone()), key, kind };
        return Err(lookup.faults.into_iter().map(of).collect());
    }
    Ok(Policy {
        id,
        slug: definition.slug.clone(),
        display_name: definition.display_name.clone(),
        state: definition.state,
        conditions,
        grant,
        session: definition.session,
    })
}

/// The named location that a definition asks for, under `id`.
#[must_use]
pub fn location(definition: &LocationDefinition, id: LocationId) -> NamedLocation {
    NamedLocation {
        id,
        slug: definition.slug.clone(),
        display_name: definition.display_name.clone(),
        place: definition.place.clone(),
    }
}

/// The authentication strength that a definition asks for, under `id`.
#[must_use]
pub fn strength(definition: &StrengthDefinition, id: StrengthId) -> Strength {
    Strength {
        id,
        slug: definition.slug.clone(),
        display_name: definition.display_name.clone(),
        combinations: definition.combinations.clone(),
    }
}

struct Lookup<'d> {
    directory: &'d Directory,
    faults: Vec<(&'static str, FaultKind)>,
}

impl Lookup<'_> {
    fn conditions(&mut self, asked: &ConditionsDefinition) -> Conditions {
        let known = self.directory;
        let guest = |text: &String| known.guests.find(&text.to_ascii_lowercase());
        Conditions {
            users: self.scope(&asked.users, ["include_users", "exclude_users"], "guest", guest),
            groups: self
                .scope(&asked.groups, ["include_groups", "exclude_groups"], "group", |text| known.groups.find(text)),
            roles: self
                .scope(&asked.roles, ["include_roles", "exclude_roles"], "role", |text| known.roles.get(text).cloned()),
            guest_types: self.scope(
                &asked.guest_types,
                ["include_guests_or_external_users", "exclude_guests_or_external_users"],
                "partner",
                |reference| match &reference.partner {
                    None => Some(GuestKey { guest_type: reference.guest_type, partner: None }),
                    Some(partner) => known
                        .partners
                        .find(partner)
                        .map(|partner| GuestKey { guest_type: reference.guest_type, partner: Some(partner) }),
                },
            ),
            applications: self.scope(
                &asked.applications,
                ["include_applications", "exclude_applications"],
                "app",
                |text| known.apps.find(text),
            ),
            application_groups: self.scope(
                &asked.application_groups,
                ["include_application_groups", "exclude_application_groups"],
                "group of apps",
                |text| known.app_groups.find(text),
            ),
            client_app_types: asked.client_app_types.clone(),
            platforms: asked.platforms.clone(),
            locations: self.scope(
                &asked.locations,
                ["include_locations", "exclude_locations"],
                "named location",
                |reference| match reference {
                    LocationReference::AllTrusted => Some(LocationKey::AllTrusted),
                    LocationReference::Named(text) => known.locations.find(text).map(LocationKey::Named),
                },
            ),
            authentication_flows: asked.authentication_flows.clone(),
            expression: asked.expression.as_ref().and_then(|source| {
                let parsed = Expression::parse(source, known);
                parsed.map_err(|error| self.faults.push(("expression", FaultKind::Expression(error)))).ok()
            }),
        }
    }

    fn scope<T: Named, K>(
        &mut self,
        asked: &Scope<T>,
        [include, exclude]: [&'static str; 2],
        kind: &'static str,
        find: impl Fn(&T) -> Option<K>,
    ) -> Scope<K> {
        let mut each = |key, references: &[T]| {
            let mut found = Vec::new();
            for reference in references {
                match find(reference) {
                    Some(id) => found.push(id),
                    None => {
                        let unknown = FaultKind::Unknown { kind, found: shorten(reference.name().to_owned()) };
                        // A list of partners is there once for each type of guest and told once.
                        if !self.faults.contains(&(key, unknown.clone())) {
                            self.faults.push((key, unknown));
                        }
                    }
                }
            }
            found
        };
        let included = match &asked.include {
            Include::All => Include::All,
            Include::Listed(references) => Include::Listed(each(include, references)),
        };
        Scope { include: included, exclude: each(exclude, &asked.exclude) }
    }

    fn control(&mut self, control: &ControlDefinition) -> Option<Control> {
        match control {
            ControlDefinition::Block => Some(Control::Block),
            ControlDefinition::Mfa => Some(Control::Mfa),
            ControlDefinition::Strength(text) => {
                let found = self.directory.strengths.find(text).map(Control::Strength);
                if found.is_none() {
                    let kind = FaultKind::Unknown { kind: "authentication strength", found: shorten(text.clone()) };
                    self.faults.push(("authentication_strength", kind));
                }
                found
            }
        }
    }
}

/// What a reference is called in a fault.
trait Named {
    fn name(&self) -> &str;
}

impl Named for String {
    fn name(&self) -> &str {
        self
    }
}

impl Named for super::definitions::GuestTypeReference {
    fn name(&self) -> &str {
        self.partner.as_deref().unwrap_or_default()
    }
}

impl Named for LocationReference {
    fn name(&self) -> &str {
        match self {
            Self::AllTrusted => "AllTrusted",
            Self::Named(text) => text,
        }
    }
}

/// Faults of policies at the lines of the files that define them; a fault of an object that no file
/// defines keeps the place `otherwise`.
#[must_use]
pub fn locate(faults: Vec<PolicyFault>, definitions: &PolicyDefinitions, otherwise: &Origin) -> Vec<Fault> {
    let place = |fault: &PolicyFault| match &fault.object {
        Faulty::Policy(slug) => find(&definitions.policies, |policy| (&policy.slug == slug).then_some(&policy.places)),
        Faulty::Location(slug) => {
            find(&definitions.locations, |location| (&location.slug == slug).then_some(&location.places))
        }
        Faulty::Strength(slug) => {
            find(&definitions.strengths, |strength| (&strength.slug == slug).then_some(&strength.places))
        }
    };
    let located = faults.into_iter().map(|fault| {
        let origin = place(&fault).map_or(otherwise, |(origin, places)| places.get(fault.key).unwrap_or(origin));
        Fault { origin: origin.clone(), message: fault.to_string() }
    });
    located.collect()
}

/// The last object of a name, since the second of two is the one at fault.
fn find<T>(objects: &[Located<T>], places: impl Fn(&T) -> Option<&Places>) -> Option<(&Origin, &Places)> {
    objects.iter().rev().find_map(|object| Some((&object.origin, places(&object.value)?)))
}
