//! A person of a partner that speaks SAML signs in to an app that speaks SAML. Start reading at
//! [`whole`].

mod claims;
mod context;
mod encrypted;
mod identifiers;
mod refused;
mod schemas;
mod sessions;
mod whole;
