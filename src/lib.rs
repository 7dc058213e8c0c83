//! Entente: a partner-federation gateway.
//!
//! The rooms in reading order; each may import only from earlier ones. `tests/it/layering.rs` holds
//! the table and fails on an import that it does not allow.

pub mod base;

pub mod keys;

pub mod xmlsig;

pub mod oidc;
pub mod saml;

pub mod domain;

pub mod objects;
pub mod texts;

pub mod factors;

pub mod outbound;

pub mod store;

pub mod downstream;
pub mod upstream;

pub mod flows;

pub mod http;

pub mod cli;
