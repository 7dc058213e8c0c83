//! Sign-in, by the protocols of partner and app.

mod choosing;
mod entry_paths;
mod oidc_partner_to_oidc_app;
mod pushed;
mod saml_partner_to_oidc_app;
mod saml_partner_to_saml_app;
mod started_here;
mod unsolicited;
