//! What every other room stands on: time, chance, identifiers, secrets, sealing, raw parameters
//! and the trace of checks.
//!
//! Owns the traits through which time and randomness enter the program. Imports nothing of ours.
//!
//! Invariant: knows no protocol, no database and no page.
//!
//! Start reading at [`clock`] and [`trace`].

pub mod binary;
pub mod clock;
pub mod csv;
pub mod encoding;
pub mod fields;
pub mod ids;
pub mod multipart;
pub mod params;
pub mod random;
pub mod sealing;
pub mod secret;
pub mod trace;
