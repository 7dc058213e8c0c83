//! What leaves this process and is no answer to a browser: requests of our own over HTTP, and mail.
//!
//! Owns the one HTTP client and the mail transports. Imports `base`.
//!
//! Invariant: never knows what it fetches or whom it mails, nor for whom.
//!
//! Start reading at [`client`], [`web`] and [`mail`].

mod address;
pub mod client;
pub mod mail;
pub mod web;
