//! Redeeming codes at the token endpoint.

mod binding;
mod browsers;
mod client_authentication;
mod lives;
mod private_key_jwt;
mod racing;
mod renewal;
mod shown;
mod single_use;
