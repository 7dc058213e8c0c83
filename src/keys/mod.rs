//! Keys: ours that sign and others' that verify, certificates, rotation states, JWKS as data.
//!
//! Owns parsing (once) and the [`Signer`](signing::Signer) through which every signature is made, so
//! that a hardware signer can take its place. Imports `base`.
//!
//! Invariant: never knows who uses a key, and no private key leaves it but sealed.
//!
//! Start reading at [`signing`], then [`ring`].

pub mod certificates;
pub mod generate;
pub mod jwk_set;
pub mod jwks;
pub mod oaep;
pub mod public;
pub mod ring;
pub mod signing;
pub mod thumbprint;
