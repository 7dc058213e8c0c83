//! OpenID Connect Back-Channel Logout, both ways: apps are told of sessions that end, and partners say which ended.

mod contents;
mod delivery;
mod ends;
mod partners;
mod refused;

use entente::flows::backchannel::send::Sent;

/// A step that told so many.
const fn told(told: u32) -> Sent {
    Sent { told, put_off: 0, given_up: 0 }
}

/// A step that told nobody and tries so many again.
const fn put_off(put_off: u32) -> Sent {
    Sent { told: 0, put_off, given_up: 0 }
}

/// A step that gave up so many.
const fn given_up(given_up: u32) -> Sent {
    Sent { told: 0, put_off: 0, given_up }
}
