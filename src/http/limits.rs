//! Limits on size and time at every door.

use std::time::Duration;

use crate::domain::bulk::MAX_FILE;

/// The longest query string. **Units**: bytes.
pub const MAX_QUERY: usize = 32 * 1024;
/// The largest form of a small endpoint. **Units**: bytes.
pub const MAX_FORM: usize = 64 * 1024;
/// The largest form at the assertion consumer service: a message of 256 kB in base64, every character
/// of it percent-encoded at worst where it must be, and the relay state. **Units**: bytes.
pub const MAX_ACS_FORM: usize = 512 * 1024;
/// The largest body of a request to the API. **Units**: bytes.
pub const MAX_API_BODY: usize = 256 * 1024;
/// The largest file of invitations. **Units**: bytes.
pub const MAX_BULK_FILE: usize = MAX_FILE;
/// How long a body may take to arrive.
pub const BODY_TIME: Duration = Duration::from_secs(15);
/// How long a whole request may take to be answered.
pub const REQUEST_TIME: Duration = Duration::from_secs(30);
