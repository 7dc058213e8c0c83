//! The chains of the audit: heads are signed every minute and at the end of a process, and the whole is
//! verified when somebody asks. Start reading at [`heads`], then [`verify`].

pub mod heads;
pub mod verify;

/// How many rows are read at a time.
const PAGE: u32 = 500;
