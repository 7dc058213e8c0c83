//! Policies from object files to decisions. `decisions.rs` is a table of decisions as data: each row is
//! a test, named after what it shows and, where it shows one, after the row of chapter 13. `journeys` decides whole sign-ins over HTTP.

mod decisions;
mod faults;
pub mod journeys;
mod scenario;
mod what_if;
