//! What the gateway is about, without any protocol: partners, apps, guests, attempts, sessions,
//! policy, refusals and audit, and the traits through which they are stored.
//!
//! Owns the rules of partner collaboration. Imports `base` and `keys`.
//!
//! Invariant: knows no XML, no JWT, no HTTP, no SQL and no serialisation.
//!
//! Start reading at [`authentication`], [`attempts`] and [`store`].

pub mod admission;
pub mod apps;
pub mod assurance;
pub mod attempts;
pub mod audit;
pub mod audit_chain;
pub mod authentication;
pub mod bulk;
pub mod circumstances;
pub mod claims;
pub mod collaboration;
pub mod definitions;
pub mod documents;
pub mod domain_proofs;
pub mod factors;
pub mod filters;
pub mod grants;
pub mod groups;
pub mod guest_details;
pub mod guests;
pub mod holders;
pub mod home_directory;
pub mod invitations;
pub mod mail;
pub mod mails;
pub mod names;
pub mod notices;
pub mod organization;
pub mod partners;
pub mod people;
pub mod permissions;
pub mod policy;
pub mod refusal;
pub mod repeats;
pub mod reports;
pub mod requests;
pub mod roles;
pub mod sessions;
pub mod store;
pub mod subjects;
pub mod terms;
pub mod web_address;
