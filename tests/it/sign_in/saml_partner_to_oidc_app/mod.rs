//! A person of a partner that speaks SAML signs in to an app that speaks OpenID Connect. Start reading
//! at [`whole`].

mod account;
mod admission;
mod assignment;
mod attempts;
mod audit;
mod claims;
mod consent;
mod crossed;
mod encrypted;
mod hints;
mod home_realm;
mod mapped;
mod max_age;
mod mid_flow;
mod ordinary_client;
mod partner_status;
mod post_again;
mod prompt;
mod second_app;
mod select_account;
mod token;
mod userinfo;
mod whole;
