//! Everything that is tested from outside the rooms, in one binary so that it is linked once.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails by panicking")]

mod advice;
mod api;
mod apply;
mod attacks;
mod audit;
mod bad_input;
mod browser;
mod bulk;
mod cli;
mod factors;
mod invite;
mod inviting;
mod layering;
mod mail;
mod metadata;
mod policy;
mod redemption;
mod sessions;
mod sign_in;
mod sign_out;
mod store;
mod support;
mod tokens;
mod xmlenc_against_xmlsec1;
mod xmlsig_against_xmllint;
mod xmlsig_against_xmlsec1;
