//! Metadata: a partner's document read, ours written, and a partner's written for those who play one.
//!
//! A document is believed because of where it came from, an administrator's file or a known address;
//! a signature inside it is not looked at here.
//!
//! # Source
//! SAML Metadata 2, SAML Metadata Interoperability Profile 2.

pub mod duration;
pub mod fault;
pub mod idp;
pub mod idp_writer;
pub mod keys;
pub mod locations;
pub mod sp;
