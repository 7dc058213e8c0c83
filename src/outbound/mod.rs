//! What leaves this process and is no answer to a browser: requests of our own over HTTP, mail, and questions
//! to the DNS.
//!
//! Owns the one HTTP client, the mail transports and the resolver. Imports `base`.
//!
//! Invariant: never knows what it fetches or whom it mails, nor for whom.
//!
//! Start reading at [`client`], [`web`], [`mail`] and [`txt`].

mod address;
pub mod client;
pub mod mail;
pub mod txt;
pub mod web;
