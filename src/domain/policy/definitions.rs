//! What object files ask for: policies and what they name, with references still as they were written.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::methods::MethodSet;
use super::named_locations::LocationPlace;
use super::object::{Operator, SessionControls};
use super::scope::Scope;
use super::words::{ClientAppType, Flow, GuestType, Platform, State};
use crate::domain::definitions::{Located, Origin};
use crate::domain::names::Slug;

/// A slug, a mail address or an id, as it was written.
pub type Reference = String;

/// Where the keys of an object stand that are not at its first line, so that a fault found later can be
/// told by its line.
pub type Places = BTreeMap<&'static str, Origin>;

/// All that a set of object files says of policies.
#[derive(Debug, Clone, Default)]
pub struct PolicyDefinitions {
    /// Policies.
    pub policies: Vec<Located<PolicyDefinition>>,
    /// Named locations.
    pub locations: Vec<Located<LocationDefinition>>,
    /// Authentication strengths.
    pub strengths: Vec<Located<StrengthDefinition>>,
    /// Groups of apps.
    pub app_groups: Vec<Located<AppGroupDefinition>>,
}

/// A policy as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDefinition {
    /// A given id.
    pub id: Option<Uuid>,
    /// Name in files.
    pub slug: Slug,
    /// Name on pages.
    pub display_name: String,
    /// Whether it is enforced.
    pub state: State,
    /// When it applies.
    pub conditions: ConditionsDefinition,
    /// What it demands.
    pub grant: Option<GrantDefinition>,
    /// What it sets for the session.
    pub session: SessionControls,
    /// Where its keys stand.
    pub places: Places,
}

impl PolicyDefinition {
    /// Every text that may name a guest. In an expression that is any literal, since what it is compared
    /// with is judged only when guests are known.
    pub fn possible_guests(&self) -> impl Iterator<Item = &str> {
        let users = &self.conditions.users;
        let named = users.included().unwrap_or_default().iter().chain(&users.exclude).map(String::as_str);
        let expression = self.conditions.expression.as_deref().unwrap_or_default();
        named.chain(expression.split(['\'', '"']))
    }
}

/// When a policy applies, as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionsDefinition {
    /// Accounts by mail address or id.
    pub users: Scope<Reference>,
    /// Groups by slug or id.
    pub groups: Scope<Reference>,
    /// Roles by name.
    pub roles: Scope<Reference>,
    /// Kinds of guest, with partners by slug or id.
    pub guest_types: Scope<GuestTypeReference>,
    /// Apps by slug or id.
    pub applications: Scope<Reference>,
    /// Groups of apps by slug or id.
    pub application_groups: Scope<Reference>,
    /// What the person uses.
    pub client_app_types: Scope<ClientAppType>,
    /// What it runs on.
    pub platforms: Scope<Platform>,
    /// Named locations by slug or id.
    pub locations: Scope<LocationReference>,
    /// How the sign-in reaches it.
    pub authentication_flows: Scope<Flow>,
    /// Anything else, in CEL.
    pub expression: Option<String>,
}

/// A kind of guest as a policy names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GuestTypeReference {
    /// The kind.
    pub guest_type: GuestType,
    /// The partner by slug or id; none where it does not matter.
    pub partner: Option<Reference>,
}

/// A location as a policy names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LocationReference {
    /// Every trusted location.
    AllTrusted,
    /// One by slug or id.
    Named(Reference),
}

/// What a policy demands, as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantDefinition {
    /// Whether all or one of them.
    pub operator: Operator,
    /// The controls.
    pub controls: Vec<ControlDefinition>,
}

/// A grant control as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ControlDefinition {
    /// Nothing is issued.
    Block,
    /// Several factors.
    Mfa,
    /// A strength by slug or id.
    Strength(Reference),
}

/// A named location as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationDefinition {
    /// A given id.
    pub id: Option<Uuid>,
    /// Name in files.
    pub slug: Slug,
    /// Name on pages.
    pub display_name: String,
    /// Where it is.
    pub place: LocationPlace,
    /// Where its keys stand.
    pub places: Places,
}

/// An authentication strength as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrengthDefinition {
    /// A given id.
    pub id: Option<Uuid>,
    /// Name in files.
    pub slug: Slug,
    /// Name on pages.
    pub display_name: String,
    /// Each is enough.
    pub combinations: Vec<MethodSet>,
    /// Where its keys stand.
    pub places: Places,
}

/// A group of apps as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppGroupDefinition {
    /// A given id.
    pub id: Option<Uuid>,
    /// Name in files.
    pub slug: Slug,
    /// Name on pages.
    pub name: String,
    /// Apps by slug or id.
    pub apps: Vec<Slug>,
}
