//! The journeys: a sign-in from the app's question to its answer, redemption of a code, logout,
//! revocation, applying object files, sweeping.
//!
//! Owns the order of steps and the transactions. Imports the translators and the domain.
//!
//! Invariant: never sees XML or a JWT, never names axum or sqlx.
//!
//! Start reading at [`services`].

pub mod administrators;
pub mod apply;
pub mod audit_chain;
pub mod author;
pub mod backchannel;
pub mod bulk;
pub mod callers;
pub mod claims;
pub mod directory;
pub mod documents;
pub mod domains;
pub mod explain;
pub mod guest_lives;
pub mod inspect;
pub mod install;
pub mod invite;
pub mod limits;
pub mod mails;
pub mod next;
pub mod operate;
pub mod panel;
pub mod paths;
pub mod policies;
pub mod publish;
pub mod refusals;
pub mod repeats;
pub mod reports;
mod schedule;
pub mod services;
pub mod sign_in;
pub mod sign_out;
pub mod step_up;
pub mod token;
pub mod upkeep;
pub mod userinfo;
