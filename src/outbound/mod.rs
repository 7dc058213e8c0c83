//! What leaves this process and is no answer to a browser: requests of our own over HTTP.
//!
//! Owns the one HTTP client. Imports `base`.
//!
//! Invariant: never knows what it fetches, nor for whom.
//!
//! Start reading at [`client`].

pub mod client;
