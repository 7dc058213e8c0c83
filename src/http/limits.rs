//! Limits on size and time at every door.

use std::time::Duration;

/// The longest query string. **Units**: bytes.
pub const MAX_QUERY: usize = 32 * 1024;
/// The largest form of a small endpoint. **Units**: bytes.
pub const MAX_FORM: usize = 64 * 1024;
/// The largest form at the assertion consumer service: a message of 256 kB in base64, every character
/// of it percent-encoded at worst where it must be, and the relay state. **Units**: bytes.
pub const MAX_ACS_FORM: usize = 512 * 1024;
/// The largest body of a request to the API. **Units**: bytes.
pub const MAX_API_BODY: usize = 256 * 1024;
/// How long a body may take to arrive.
pub const BODY_TIME: Duration = Duration::from_secs(15);
/// How many exports may be written at once.
pub const MAX_STREAMS: usize = 4;
/// How long to wait where that many are.
pub const STREAM_WAIT: Duration = Duration::from_secs(5);
/// How long whoever reads an export may leave a piece of it lying.
pub const MAX_STREAM_PAUSE: Duration = Duration::from_secs(60);
/// How long a whole request may take to be answered.
pub const REQUEST_TIME: Duration = Duration::from_secs(30);
