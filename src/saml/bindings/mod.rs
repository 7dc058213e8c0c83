//! How messages travel through a browser: HTTP Redirect and HTTP POST.
//!
//! # Source
//! SAML Bindings 3.4 and 3.5.

use crate::xmlsig::limits::Limits;

pub mod post;
pub mod redirect;

/// The most bytes of RelayState that are sent (SAML Bindings 3.4.3). What is sent is an attempt's id
/// alone, so the limit is never near.
pub const MAX_RELAY_STATE_SENT: usize = 80;

/// The most bytes of RelayState that are accepted; partners in the field exceed the 80 of the text.
pub const MAX_RELAY_STATE_RECEIVED: usize = 1024;

/// The most bytes of a message, decoded and inflated: what the reader of XML accepts.
pub const MAX_MESSAGE: usize = Limits::MESSAGE.max_bytes();
