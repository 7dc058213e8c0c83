//! OAuth 2.0 and OpenID Connect on paper: what an app may ask, what it is answered, and the tokens.
//!
//! Owns the reading of authorize, token, userinfo and logout requests, the rule of redirect URIs,
//! PKCE, compact JWS, the claims of the external-user token, discovery and JWKS documents. Imports
//! `base` and `keys`.
//!
//! Invariant: parameters and `now` in, values out; no network, no database, no clock, no chance.
//!
//! Start reading at [`authorize`], whose checks stand one a file in `checks`, then [`token`] and
//! [`id_token`].

pub mod access_token;
pub mod app_claims;
pub mod authorize;
pub mod bearer;
mod checks;
pub mod client_assertion;
pub mod client_credentials;
pub mod client_rules;
pub mod discovery;
pub mod dpop;
pub mod errors;
pub mod foreign_token;
pub mod id_token;
pub mod id_token_hint;
pub mod introspection;
pub mod jose;
pub mod jwks;
pub mod logout;
pub mod logout_token;
pub mod parameter;
pub mod pkce;
pub mod redirect_uri;
pub mod refresh;
pub mod relying;
pub mod requested_claims;
pub mod resource;
pub mod scope;
pub mod token;
pub mod token_error;
pub mod userinfo;
