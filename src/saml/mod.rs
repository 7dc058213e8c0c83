//! SAML 2.0 on paper: bindings, messages, metadata and the table of checks. Bytes and `now` go in,
//! values come out.
//!
//! Owns what the standard says of a service provider toward partners, and the writers of the other
//! face (a partner's metadata, a signed Response) that a partner of one's own needs. Imports `base`,
//! `keys` and `xmlsig`.
//!
//! Invariant: never knows the network, the database, the clock or OpenID Connect, and reads nothing
//! that matters from a node that no signature covers.
//!
//! Start reading at [`accept`], then [`checks`].

pub mod accept;
pub mod accept_request;
pub mod bindings;
pub mod captured;
pub mod checks;
pub mod expectation;
pub mod messages;
pub mod metadata;
pub mod names;
pub mod status;
pub mod subject;

#[cfg(test)]
mod testing;
