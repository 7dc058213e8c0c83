//! The commands, one file each: arguments in, what was found or done out.
//!
//! A command acts as operator, named by the system user, and reaches the database through `flows` only.
//! Start reading at [`mod@print`], then any command.

pub mod admin;
pub mod app;
mod app_claims;
pub mod apply;
pub mod audit;
pub mod audit_chain;
pub mod bulk;
pub mod check;
mod documents;
pub mod explain;
pub mod group;
pub mod guest;
pub mod guest_lives;
pub mod invite;
pub mod keys;
pub mod mail;
mod named;
pub mod operator;
pub mod partner;
pub mod partner_domains;
pub mod policy;
pub mod print;
pub mod report;
pub mod timeline;

use crate::domain::permissions::Caller;
use crate::flows::operate::Act;

/// Who acts, for what asks whether somebody may.
#[must_use]
pub fn caller(act: Act<'_>) -> Caller {
    Caller::Operator(act.operator.to_owned())
}

/// How a command ended; a failure is an error instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// What was judged is refused; the reason has been printed.
    Refused,
}
