//! What the directory API reads and does: accounts, groups and assignments, for whoever may. Each act is one
//! transaction with its audit entry, and what was written is found by the next request on every node.
//!
//! [`access`] says what of the directory somebody may see; [`Act`] says what they may
//! do.

pub mod access;
pub mod apps;
pub mod assignments;
pub mod changes;
mod edits;
pub mod groups;
pub mod listing;
pub mod removed;
pub mod roles;
pub mod sponsors;
pub mod users;

use crate::domain::invitations::fault::InviteError;
use crate::domain::permissions::{Act, Caller};
use crate::domain::store::StoreError;

/// Why something was not read or done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// Whoever asks may not.
    #[error("insufficient privileges: {0}")]
    Denied(&'static str),
    /// There is no such object, or it is not to be seen.
    #[error("there is no {kind} `{id}`")]
    Unknown {
        /// What it would be.
        kind: &'static str,
        /// What was named.
        id: String,
    },
    /// It does not fit what is there.
    #[error("{0}")]
    Conflict(String),
    /// A field is wrong.
    #[error("`{field}` {fault}")]
    Field {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        fault: String,
    },
    /// The address is refused.
    #[error("`mail`: {0}")]
    Mail(InviteError),
    /// The list is too long for what is asked.
    #[error("{0}")]
    TooMuch(&'static str),
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DirectoryError {
    /// An object that is not there.
    pub fn unknown(kind: &'static str, id: impl ToString) -> Self {
        Self::Unknown { kind, id: crate::base::trace::shorten(id.to_string()) }
    }

    /// A field that is wrong.
    pub fn field(field: &'static str, fault: impl ToString) -> Self {
        Self::Field { field, fault: fault.to_string() }
    }

    /// Whether another try may help.
    const fn is_race(&self) -> bool {
        matches!(self, Self::Store(StoreError::Raced))
    }
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, P> {
    /// Its objects.
    pub items: Vec<T>,
    /// Where it ends, if there may be more.
    pub next: Option<P>,
    /// How many there are in all, where that was asked.
    pub count: Option<u64>,
}

/// Holds that somebody may do something.
///
/// # Errors
/// [`DirectoryError::Denied`].
pub fn permit(caller: &Caller, act: Act) -> Result<(), DirectoryError> {
    if caller.may(act) { Ok(()) } else { Err(DirectoryError::Denied(NOT_ALLOWED)) }
}

/// What is told to who may not.
pub const NOT_ALLOWED: &str = "neither a role nor a permission of yours allows this; see the documentation";

/// Does something again while others were first.
macro_rules! until_first {
    ($attempt:expr) => {{
        let mut tries = 1;
        loop {
            match $attempt {
                Err(error) if error.is_race() && tries < $crate::flows::sign_in::MAX_TRIES => tries += 1,
                outcome => break outcome,
            }
        }
    }};
}
pub(in crate::flows) use until_first;
