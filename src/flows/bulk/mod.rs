//! Inviting the rows of a file: judged before anything is sent, then done one after another in the background.
//!
//! Start reading at [`take::take`] for what a file meets at the door, and at [`run::step`] for how its rows are done;
//! [`jobs`] is what can be done with a job, [`rows`] and [`report`] what became of its rows.
//! Each row is one transaction: the account, the link, what is to be mailed, what became of the row, and how far the
//! job has come. Who asked is read again for each row, so who may no longer invite invites nobody from then on.

pub mod jobs;
mod names;
pub mod report;
mod requesters;
pub mod rows;
pub mod run;
pub mod take;
mod wish;

pub use jobs::{find, list, remove, resume, stop};

use crate::domain::bulk::FileFault;
use crate::domain::invitations::fault::InviteError;
use crate::domain::store::StoreError;

/// Why something with a job was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BulkError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] FileFault),
    /// Whoever asks may not invite.
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// There is no such job, or it is somebody else's.
    #[error("there is no job `{id}` that you may see: the list of jobs shows those that there are")]
    Unknown {
        /// What was named.
        id: String,
    },
    /// The job stands where this cannot be done.
    #[error("the job is {state}: {remedy}")]
    State {
        /// Where it stands.
        state: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// An administrator has stopped the job, and whoever asks is none.
    #[error("an administrator has stopped the job: ask one to {remedy}")]
    Held {
        /// What an administrator can do.
        remedy: &'static str,
    },
    /// Whoever asks has asked for too much already.
    #[error("{fault}: {remedy}")]
    TooMany {
        /// What there is too much of.
        fault: String,
        /// What to do.
        remedy: &'static str,
    },
    /// What was sealed does not open.
    #[error("the file of the job cannot be opened: it was sealed under another secret key")]
    Sealed,
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BulkError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::File(fault) => fault.code(),
            Self::Invite(error) => error.code(),
            Self::Unknown { .. } => "JOB_UNKNOWN",
            Self::State { .. } => "JOB_STATE",
            Self::Held { .. } => "JOB_HELD",
            Self::TooMany { .. } => "JOBS_TOO_MANY",
            Self::Sealed | Self::Store(_) => "UNAVAILABLE",
        }
    }
}
