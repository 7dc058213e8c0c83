//! Redeeming codes at the token endpoint.

mod binding;
mod browsers;
mod client_authentication;
mod fapi;
mod lives;
mod named_claims;
mod permissions;
mod possession;
mod private_key_jwt;
mod racing;
mod renewal;
mod resources;
mod shown;
mod single_use;
