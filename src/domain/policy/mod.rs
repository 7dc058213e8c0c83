//! Who gets in: a pure function of facts.
//!
//! Owns the policies: what one says ([`object`]), when it applies ([`conditions`]), how all of them
//! are compiled ([`set`]) and asked ([`decide`]). [`parties`] says what must hold before any of them.
//! Every policy that applies must be met, in no order. What is unknown never helps: it matches what a
//! policy includes and never what it excludes.
//!
//! Start reading at [`facts`] and [`decide`].

pub mod app_groups;
mod applicable;
mod bits;
mod canonical;
pub mod cases;
mod checks;
pub mod conditions;
pub mod countries;
pub mod decide;
pub mod decision;
pub mod definitions;
mod demand;
pub mod described;
pub mod directory;
pub mod facts;
pub mod faults;
mod geography;
mod keyed;
pub mod methods;
pub mod named_locations;
mod need;
pub mod object;
pub mod outcomes;
pub mod parties;
#[cfg(test)]
mod properties;
pub mod references;
pub mod resolve;
#[cfg(test)]
pub(crate) mod samples;
pub mod scope;
pub mod set;
pub mod strengths;
pub mod what_if;
pub mod words;
