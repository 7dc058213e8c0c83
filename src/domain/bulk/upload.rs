//! A file that somebody has handed in on a page and not confirmed: it is kept for a while, and nothing is done with it.

use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;

crate::id_type!(
    /// Names a file that waits to be confirmed.
    UploadId
);

/// How long a file waits.
pub const UPLOAD_LIFE: Duration = Duration::from_hours(1);
/// The most files of one person that wait; the oldest gives way.
pub const MAX_UPLOADS: u32 = 3;

/// A file that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its name.
    pub id: UploadId,
    /// Whose it is.
    pub guest: GuestId,
    /// How the file is called.
    pub file_name: String,
    /// When it came.
    pub created_at: Timestamp,
    /// Until when it waits.
    pub expires_at: Timestamp,
}

/// Where the file is sealed.
#[must_use]
pub fn place_of_upload(id: UploadId) -> Vec<u8> {
    [b"bulk_uploads.sealed_sheet ".as_slice(), id.as_bytes()].concat()
}
