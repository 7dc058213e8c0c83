//! The demo: the gateway with two partners and four apps that are strangers to it, all on loopback.
//!
//! The partners and the apps have keys and stores of their own and meet the gateway only by documents
//! in a folder and by HTTP. The gateway itself is started by whoever calls, through [`run::Gateway`], as it
//! would be for anybody else: by the path of a configuration file.
//!
//! Start reading at [`run::run`].

pub mod app;
pub mod browser;
pub mod folder;
pub mod identity;
pub mod parties;
pub mod partner;
pub mod ports;
pub mod provider;
pub mod run;
pub mod saml_app;
pub mod shelf;
pub mod sign_in;
pub mod web;
