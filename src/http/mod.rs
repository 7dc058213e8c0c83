//! The edge toward browsers and apps: requests in, responses out.
//!
//! Owns addresses, cookies, limits and pages.
//!
//! Invariant: knows no XML, no JWT, no SQL and no store.
//!
//! Start reading at [`routes`], then [`respond`].

pub mod client_address;
pub mod cookies;
pub mod exports;
pub mod limits;
pub mod pages;
pub mod platform;
pub mod request;
pub mod respond;
pub mod routes;
pub mod rows;
pub mod state;
pub mod verified;
pub mod view;
