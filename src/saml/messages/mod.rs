//! The messages: what is read from a Response, what an AuthnRequest says, and both written.
//!
//! [`Response`](response::Response) and [`Assertion`](assertion::Assertion) have one constructor
//! each, which takes a verified element; an [`Envelope`](envelope::Envelope) is what surrounds a
//! signed assertion and may only be used to refuse.
//!
//! # Source
//! SAML Core 2 and 3, and the order of elements in its two schemas.

pub mod assertion;
pub mod attributes;
pub mod authn_request;
pub mod authn_statement;
pub mod conditions;
pub mod encrypted_assertion;
pub mod envelope;
pub mod name_id;
pub mod response;
pub mod structure;
pub mod subject;
pub mod survey;
pub mod write_response;
