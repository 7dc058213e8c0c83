//! Second factors: TOTP, passkeys, mailed codes and recovery codes, as protocols on paper. Bytes, the
//! present time and randomness go in; values or a [`fault`] come out.
//!
//! Owns how a factor is made and checked. What is kept, what a factor proves and how many tries there
//! are is said by `domain::factors`. Imports `base`, `keys` and `domain`.
//!
//! Invariant: knows no page, no request and no table, and nothing that it returns as a fault tells a
//! stranger more than that the factor was not accepted.
//!
//! Start reading at [`totp`] and [`passkey`].

pub mod fault;
pub mod mailed_code;
pub mod passkey;
pub mod qr;
pub mod recovery_code;
pub mod totp;
