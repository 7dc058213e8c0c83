//! Limits on size and time at every door.

use std::num::NonZeroU32;
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
/// The largest form with such a file. **Units**: bytes.
pub const MAX_BULK_FORM: usize = MAX_BULK_FILE + 64 * 1024;
/// The most of a form that is thrown away so that the browser shows why it was refused. **Units**: bytes.
pub const MAX_DISCARDED: usize = 128 * 1024 * 1024;
/// How often one account may invite or hand in a file within an hour, on the pages and by the API.
pub const INVITATIONS_AN_HOUR: NonZeroU32 = NonZeroU32::new(120).unwrap();
/// How long a body may take to arrive.
pub const BODY_TIME: Duration = Duration::from_secs(15);
/// How many exports may be written at once; one caller has one of them.
pub const MAX_STREAMS: usize = 4;
/// How long an export may be written.
pub const MAX_STREAM_TIME: Duration = Duration::from_mins(30);
/// How long to wait where there are too many.
pub const STREAM_WAIT: Duration = Duration::from_secs(5);
/// How long whoever reads an export may leave a piece of it lying.
pub const MAX_STREAM_PAUSE: Duration = Duration::from_secs(60);
/// How long a whole request may take to be answered.
pub const REQUEST_TIME: Duration = Duration::from_secs(30);
