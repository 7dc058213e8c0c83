//! Policies and what they name, read from the tables of one file.

use std::collections::BTreeSet;

use super::files::read_all;
use super::shape::{Key, Kind, Presence};
use super::table::Table;
use super::{app_group, authentication_strength, named_location, policy};
use crate::domain::policy::definitions::PolicyDefinitions;

/// The tables of policies and of what only policies name, to be keys of a top level.
pub const POLICY_TABLES: [Key; 4] = [
    tables("policy", &policy::POLICY, "A rule about who gets in."),
    tables("named_location", &named_location::NAMED_LOCATION, "A place that policies name."),
    tables(
        "authentication_strength",
        &authentication_strength::AUTHENTICATION_STRENGTH,
        "Methods that are together strong enough.",
    ),
    tables("app_group", &app_group::APP_GROUP, "Apps that policies name together."),
];

const fn tables(name: &'static str, shape: &'static super::shape::Shape, doc: &'static str) -> Key {
    Key { name, kind: Kind::Tables(shape), presence: Presence::Optional, doc }
}

/// Reads the tables of [`POLICY_TABLES`] that stand in `root`, whose shape has them. The names of those
/// that cannot be read are added to `unread`.
pub fn read(root: &Table<'_>, definitions: &mut PolicyDefinitions, unread: &mut BTreeSet<String>) {
    definitions.policies.extend(read_all(root, "policy", policy::read, unread));
    definitions.locations.extend(read_all(root, "named_location", named_location::read, unread));
    definitions.strengths.extend(read_all(root, "authentication_strength", authentication_strength::read, unread));
    definitions.app_groups.extend(read_all(root, "app_group", app_group::read, unread));
}
