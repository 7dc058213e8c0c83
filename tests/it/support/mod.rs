//! What the tests share: stores, a gateway on a real socket, a mailbox and a mail server, a partner
//! that makes signed answers, and a scripted browser.

pub mod claims;
pub mod client;
pub mod encryption;
pub mod gateway;
pub mod journey;
pub mod keys;
pub mod mailbox;
pub mod notified;
pub mod partner;
pub mod possession;
pub mod provider;
pub mod renewing;
pub mod saml_app;
pub mod smtp_server;
pub mod source;
pub mod stores;
pub mod templates;
