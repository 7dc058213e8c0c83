//! Sessions that end, told from server to server (OpenID Connect Back-Channel Logout 1.0): [`send`] tells apps what
//! ended here, [`receive`] ends what a partner says has ended there.

pub mod receive;
mod schedule;
pub mod send;

pub use schedule::{LEASE, MAX_TRIES, WAITS};
