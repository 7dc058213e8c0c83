//! Every address that we answer on. [`table`] lists them as data, with their parameters, and tests
//! walk it; each file beside it holds the handlers of one face.

pub mod app;
pub mod codes;
pub mod factors;
pub mod graph;
pub mod health;
pub mod invite;
pub mod mail;
pub mod oidc;
pub mod pages;
pub mod panel;
pub mod redeem;
pub mod relying;
pub mod saml;
pub mod start;
pub mod table;

pub use app::router;
