//! Signing out at the end-session endpoint.

mod afterwards;
mod backchannel;
mod with_hint;
mod without_hint;
