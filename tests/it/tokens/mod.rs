//! Redeeming codes at the token endpoint.

mod binding;
mod client_authentication;
mod racing;
mod single_use;
