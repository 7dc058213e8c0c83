//! Object files: partners, apps, groups and guests as people write them in TOML, read into the
//! definitions of the domain with every fault at its line.
//!
//! Owns the shapes (which keys there are, what they mean, what is accepted) and the reading of tables
//! with faults, which the configuration file uses too. Imports `base` and `domain`. Reads no file,
//! no environment and no clock: what lies outside the text comes through [`sources::Sources`].
//!
//! Invariant: never knows what is stored. Whether a reference leads anywhere is judged by the flow
//! that applies.
//!
//! Two halves. [`tree`], [`toml`], [`shape`], [`table`] and [`secrets`] read any table of any syntax;
//! [`partner`] with [`assurance`], [`app`], [`group`] and [`guest`] know what such a table says. Start reading at
//! [`files`].

pub mod app;
pub mod app_group;
pub mod assurance;
pub mod authentication_strength;
mod backchannel_logout;
mod claims;
pub mod collaboration;
mod duplicates;
pub mod files;
pub mod group;
pub mod guest;
mod metadata;
pub mod named_location;
pub mod oidc_app;
pub mod partner;
pub mod partner_oidc;
pub mod policies;
pub mod policy;
pub mod policy_cases;
pub mod saml_app;
pub mod secrets;
pub mod shape;
pub mod sources;
pub(crate) mod suggestion;
pub mod table;
pub(crate) mod texts;
pub mod toml;
pub mod tree;
