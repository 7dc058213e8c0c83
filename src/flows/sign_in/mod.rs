//! One sign-in: from an app's question, over the partner's answer, to the code on its way back.
//!
//! `advance` is the only place that chooses the next step, on what `decide` has
//! found out; the other files carry the steps out. Read in the order of the walk: [`start`], [`send`],
//! [`finish`], `prove`, [`admit`], `decide`, [`issue`], and `resume` for what follows a step of the person.

pub mod account;
pub mod admit;
pub mod advance;
pub mod consent;
pub(crate) mod decide;
pub mod finish;
pub mod home_realm;
pub mod issue;
pub mod keep;
pub mod mailed;
pub(crate) mod memberships;
mod prove;
pub mod redeem;
pub mod remembered;
pub(crate) mod resume;
mod routing;
pub mod send;
mod sent_again;
pub mod session_use;
pub mod start;
mod unsolicited;

use crate::domain::refusal::{Code, Refusal};
use crate::domain::store::StoreError;
use crate::flows::services::Services;

/// How often a unit is done again where another writer was first.
pub(crate) const MAX_TRIES: u32 = 5;

/// Why a step inside a unit did not go on: a "no", or the store.
#[derive(Debug)]
pub(crate) enum Halt {
    /// A decision.
    Refused(Box<Refusal>),
    /// The store could not; the unit may be done again.
    Store(StoreError),
    /// Another process has changed the policies; they are loaded, and the unit is done again.
    PoliciesMoved,
}

/// How often a unit is done again, where another was first or has changed the policies.
#[derive(Debug, Default)]
pub(crate) struct Tries(u32);

impl Tries {
    /// Makes ready to do a unit again that has been dropped.
    ///
    /// # Errors
    /// What stopped the unit, where doing it again would not help or has been tried often enough.
    pub(crate) async fn again(&mut self, services: &Services, halt: Halt) -> Result<(), Halt> {
        self.0 += 1;
        match halt {
            Halt::Store(StoreError::Raced) if self.0 < MAX_TRIES => Ok(()),
            Halt::PoliciesMoved if self.0 < MAX_TRIES => {
                services.policies.reload(services.store.as_ref()).await?;
                Ok(())
            }
            halt => Err(halt),
        }
    }
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Halt {
    /// As a refusal: what the store could not do is a fault of ours.
    pub(crate) fn into_refusal(self) -> Refusal {
        match self {
            Self::Refused(refusal) => *refusal,
            Self::Store(error) => store_refusal(&error),
            Self::PoliciesMoved => store_refusal(&StoreError::Raced),
        }
    }
}

/// The refusal for a store that could not.
pub(crate) fn store_refusal(error: &StoreError) -> Refusal {
    tracing::error!(%error, "the store failed");
    match error {
        StoreError::Unavailable(_) => Refusal::new(Code::Unavailable, "database_unavailable"),
        StoreError::Raced => Refusal::new(Code::Unavailable, "raced_too_often"),
        StoreError::Taken { .. } => Refusal::new(Code::Internal, "constraint_unexpected"),
        StoreError::Corrupt { .. } => Refusal::new(Code::Internal, "data_contradictory"),
    }
}
