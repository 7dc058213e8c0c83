//! Second factors over HTTP: enrolling, passing, managing and resetting them, and every way around them
//! that somebody might try.

#[path = "../../../src/factors/passkey/tests/authenticator.rs"]
#[allow(dead_code, reason = "shared with the unit tests and the benchmark")]
mod authenticator;
mod enrolment;
mod limits;
mod mailed;
mod manage;
mod passkey;
pub mod person;
mod recovery;
mod reset;
mod sign_in;
mod steps;
mod totp;
