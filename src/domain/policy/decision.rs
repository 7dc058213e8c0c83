//! What is decided.

use std::time::Duration;

use super::facts::Place;
use super::methods::MethodSet;
use super::object::PolicyId;
use super::strengths::StrengthId;
use super::words::PersistentBrowser;
use crate::domain::refusal::{Code, Refusal};

/// The decision of all policies together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Issue, and keep the session to this.
    Allow(SessionTerms),
    /// Ask for more first.
    StepUp(Need),
    /// Issue nothing.
    Refuse(Refused),
}

/// What the policies that apply set for the session: the strictest of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SessionTerms {
    /// How old the sign-in at the partner may be.
    pub sign_in_within: Option<Duration>,
    /// How old a second factor may be.
    pub second_factor_within: Option<Duration>,
    /// Whether the browser is remembered; nothing where no policy says so.
    pub persistent_browser: Option<PersistentBrowser>,
}

/// What is lacking. A fresh sign-in comes first, then several factors, then stronger methods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The person signs in again at the partner, since the last time is too long ago.
    pub fresh_sign_in: bool,
    /// Where the rest is asked.
    pub place: Place,
    /// Each must be met.
    pub clauses: Vec<Clause>,
}

/// A part of what is lacking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Any of these strengths is enough.
    pub strengths: Vec<StrengthId>,
    /// What has to be shown beside what counts already: any of these, whole. Only what is in reach is
    /// named, and nothing that contains another.
    pub gaps: Vec<MethodSet>,
}

/// A "no" of the policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// The policy that says so, the first by slug where several do; none where it is their sum.
    pub policy: Option<PolicyId>,
    /// Why.
    pub reason: Reason,
}

/// Why the policies say no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A policy blocks.
    Blocked,
    /// What is needed can be shown neither at the partner nor here.
    OutOfReach,
    /// The partner must show a second factor and did not.
    NotShownAtHome,
    /// The partner was asked for a fresh sign-in and answered with an old one.
    NotFresh,
    /// The app needs a class of assurance that nothing which could be shown leads to.
    ClassOutOfReach,
}

impl Refused {
    /// The refusal, as it is told and audited.
    #[must_use]
    pub fn refusal(self) -> Refusal {
        let refusal = match self.reason {
            Reason::Blocked => Refusal::new(Code::BlockedByPolicy, "blocked_by_policy"),
            Reason::OutOfReach => Refusal::new(Code::AssuranceUnmet, "strength_out_of_reach"),
            Reason::NotShownAtHome => Refusal::new(Code::AssuranceUnmet, "second_factor_not_shown_at_home"),
            Reason::ClassOutOfReach => Refusal::new(Code::AssuranceUnmet, "essential_acr_out_of_reach"),
            Reason::NotFresh => Refusal::new(Code::ProofTooOld, "proof_older_than_policy_allows"),
        };
        match self.policy {
            Some(policy) => refusal.seen(policy.to_string()),
            None => refusal,
        }
    }
}
