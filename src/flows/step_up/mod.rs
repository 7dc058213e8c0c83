//! Second factors as a part of a journey: from what a decision needs to the factor that was passed, and
//! the page on which people manage their own.
//!
//! Owns which ways a person has (`ways`), the steps with their rows (`held`), and what is recorded.
//! What decides, and what follows a passed factor, is said by `sign_in`. Every answer takes the row of
//! its step and leaves another one under another handle; nothing is issued here.
//!
//! Read in the order of the walk: `begin`, `enter`, [`answer`], `codes` and its neighbours,
//! `go_on`.

pub mod answer;
pub(crate) mod begin;
mod codes;
mod enrol;
mod enter;
mod go_on;
mod held;
mod known;
mod mailed;
pub mod manage;
mod passkeys;
mod record;
mod scene;
mod show;
mod slips;
mod ways;

use crate::base::clock::Timestamp;
use crate::flows::next::Visitor;
use crate::flows::services::Services;

/// With what, for whom and when an answer is judged.
#[derive(Debug, Clone, Copy)]
struct Act<'a> {
    services: &'a Services,
    visitor: &'a Visitor,
    now: Timestamp,
}
