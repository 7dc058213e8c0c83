//! Metadata: the documents of partners and apps read, ours toward both written.
//!
//! A document is believed because of where it came from, an administrator's file or a known address.
//! Where a key is pinned, it must have signed the document, and only what it signed is read.
//!
//! # Source
//! SAML Metadata 2, SAML Metadata Interoperability Profile 2.

pub mod acs;
pub mod duration;
pub mod encryption_keys;
mod entity;
pub mod fault;
pub mod idp;
pub mod idp_writer;
pub mod keys;
pub mod locations;
pub mod published_idp;
pub mod signed;
pub mod sp;
pub mod sp_reader;
