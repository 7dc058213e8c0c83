//! Policies and what they name, read from the tables of one file.

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

/// Reads the tables of [`POLICY_TABLES`] that stand in `root`, whose shape has them.
pub fn read(root: &Table<'_>, definitions: &mut PolicyDefinitions) {
    definitions.policies.extend(root.tables("policy").iter().filter_map(policy::read));
    definitions.locations.extend(root.tables("named_location").iter().filter_map(named_location::read));
    let strengths = root.tables("authentication_strength");
    definitions.strengths.extend(strengths.iter().filter_map(authentication_strength::read));
    definitions.app_groups.extend(root.tables("app_group").iter().filter_map(app_group::read));
}
