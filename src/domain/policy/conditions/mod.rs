//! The conditions of a policy, one file each: how the facts of one condition mark the policies that
//! include or exclude them.

pub mod application_groups;
pub mod applications;
pub mod authentication_flows;
pub mod client_app_types;
pub mod expression;
pub mod groups;
pub mod guest_types;
pub mod locations;
pub mod platforms;
pub mod roles;
pub mod users;

use self::expression::Expression;
use self::guest_types::GuestKey;
use self::locations::LocationKey;
use super::facts::AppGroupId;
use super::scope::Scope;
use super::words::{ClientAppType, Flow, Platform};
use crate::domain::apps::AppId;
use crate::domain::groups::GroupId;
use crate::domain::guests::GuestId;

/// When a policy applies. Users, groups, roles and guest types say together whom it is about: one of
/// them that includes is enough, and one that excludes beats them all. So do apps and groups of apps.
/// Beyond that, every condition must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditions {
    /// Accounts.
    pub users: Scope<GuestId>,
    /// Accounts by group.
    pub groups: Scope<GroupId>,
    /// Accounts by role.
    pub roles: Scope<String>,
    /// Accounts by kind and partner.
    pub guest_types: Scope<GuestKey>,
    /// Apps.
    pub applications: Scope<AppId>,
    /// Apps by group.
    pub application_groups: Scope<AppGroupId>,
    /// What the person uses.
    pub client_app_types: Scope<ClientAppType>,
    /// What it runs on.
    pub platforms: Scope<Platform>,
    /// Where it is.
    pub locations: Scope<LocationKey>,
    /// How the sign-in reaches it.
    pub authentication_flows: Scope<Flow>,
    /// Anything else.
    pub expression: Option<Expression>,
}

impl Conditions {
    /// Everybody, every app, and nothing else asked.
    pub const EVERYTHING: Self = Self {
        users: Scope::EVERYTHING,
        groups: Scope::NOTHING,
        roles: Scope::NOTHING,
        guest_types: Scope::NOTHING,
        applications: Scope::EVERYTHING,
        application_groups: Scope::NOTHING,
        client_app_types: Scope::EVERYTHING,
        platforms: Scope::EVERYTHING,
        locations: Scope::EVERYTHING,
        authentication_flows: Scope::EVERYTHING,
        expression: None,
    };

    /// How many values and comparisons they name.
    #[must_use]
    pub fn terms(&self) -> usize {
        self.users.terms()
            + self.groups.terms()
            + self.roles.terms()
            + self.guest_types.terms()
            + self.applications.terms()
            + self.application_groups.terms()
            + self.client_app_types.terms()
            + self.platforms.terms()
            + self.locations.terms()
            + self.authentication_flows.terms()
            + self.expression.as_ref().map_or(0, Expression::terms)
    }
}
