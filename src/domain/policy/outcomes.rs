//! What became of each policy at one decision: kept as bits in a buffer that is used again, and read
//! only where somebody asks.

use super::bits;
use super::set::PolicySet;
use super::words::State;

/// A condition of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Condition {
    /// Accounts, by whatever names them.
    Users,
    /// Accounts by group.
    Groups,
    /// Accounts by role.
    Roles,
    /// Accounts by kind and partner.
    GuestTypes,
    /// Apps, by whatever names them.
    Applications,
    /// Apps by group.
    ApplicationGroups,
    /// What the person uses.
    ClientAppTypes,
    /// What it runs on.
    Platforms,
    /// Where it is.
    Locations,
    /// How the sign-in reaches it.
    AuthenticationFlows,
    /// Anything else.
    Expression,
}

impl Condition {
    /// Every condition, in the order in which they are judged.
    pub const ALL: [Self; 11] = [
        Self::Users,
        Self::Groups,
        Self::Roles,
        Self::GuestTypes,
        Self::Applications,
        Self::ApplicationGroups,
        Self::ClientAppTypes,
        Self::Platforms,
        Self::Locations,
        Self::AuthenticationFlows,
        Self::Expression,
    ];

    /// The word in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Roles => "roles",
            Self::GuestTypes => "guest_types",
            Self::Applications => "applications",
            Self::ApplicationGroups => "application_groups",
            Self::ClientAppTypes => "client_app_types",
            Self::Platforms => "platforms",
            Self::Locations => "locations",
            Self::AuthenticationFlows => "authentication_flows",
            Self::Expression => "expression",
        }
    }
}

/// Why a condition does not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// What the facts say is not included.
    NotIncluded,
    /// What the facts say is excluded.
    Excluded,
    /// A what-if did not give the fact.
    NotGiven,
}

impl Why {
    /// The word in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotIncluded => "not_included",
            Self::Excluded => "excluded",
            Self::NotGiven => "not_given",
        }
    }
}

/// What became of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It does not apply, first for this reason.
    NotApplied(Condition, Why),
    /// It applies, and what it demands is there.
    Satisfied,
    /// It applies, and something that it demands is lacking.
    Lacking,
    /// It applies and blocks.
    Blocked,
}

impl Outcome {
    /// The word of a sign-in log: of four results where the policy is only reported, of three where it
    /// is enforced.
    #[must_use]
    pub const fn as_str(self, state: State) -> &'static str {
        match (self, state) {
            (Self::NotApplied(..), _) => "not_applied",
            (Self::Satisfied, _) => "success",
            (Self::Lacking, State::ReportOnly) => "user_action_required",
            (Self::Lacking | Self::Blocked, _) => "failure",
        }
    }
}

const SIDES: usize = 2;

/// The outcomes of the last decision that it was handed to. One buffer serves any number of
/// decisions, one after the other, and any policy set.
#[derive(Debug, Default)]
pub struct Outcomes {
    policies: usize,
    words: usize,
    not_given: u16,
    fell: Vec<u64>,
    pub(crate) alive: Vec<u64>,
    pub(crate) included: Vec<u64>,
    pub(crate) lacking: Vec<u64>,
    pub(crate) blocked: Vec<u64>,
}

impl Outcomes {
    /// An empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What became of the policy of this number in [`PolicySet::policies`]; none beyond them.
    #[must_use]
    pub fn of(&self, policy: usize) -> Option<Outcome> {
        if policy >= self.policies {
            return None;
        }
        for condition in Condition::ALL {
            let why = match () {
                () if bits::has(self.fell(condition, Why::NotIncluded), policy) => Why::NotIncluded,
                () if bits::has(self.fell(condition, Why::Excluded), policy) => Why::Excluded,
                () => continue,
            };
            let is_given = self.not_given >> condition as u8 & 1 == 0
                && (condition, why) != (Condition::Expression, Why::Excluded);
            return Some(Outcome::NotApplied(condition, if is_given { why } else { Why::NotGiven }));
        }
        Some(match () {
            () if bits::has(&self.blocked, policy) => Outcome::Blocked,
            () if bits::has(&self.lacking, policy) => Outcome::Lacking,
            () => Outcome::Satisfied,
        })
    }

    /// All of them, in the order of [`PolicySet::policies`].
    pub fn all(&self) -> impl Iterator<Item = Outcome> + '_ {
        (0..self.policies).filter_map(|policy| self.of(policy))
    }

    /// Empties the buffer for a decision of `set`, in which every policy may still apply.
    pub(crate) fn reset(&mut self, set: &PolicySet, not_given: u16) {
        self.policies = set.policies.len();
        self.words = bits::words(self.policies);
        self.not_given = not_given;
        refill(&mut self.fell, self.words * Condition::ALL.len() * SIDES, 0);
        refill(&mut self.alive, self.words, u64::MAX);
        for empty in [&mut self.included, &mut self.lacking, &mut self.blocked] {
            refill(empty, self.words, 0);
        }
        if let (Some(last), rest @ 1..) = (self.alive.last_mut(), self.policies % 64) {
            *last = (1 << rest) - 1;
        }
    }

    /// The policies that fell by a condition.
    pub(crate) fn fell_mut(&mut self, condition: Condition, why: Why) -> &mut [u64] {
        let start = self.start(condition, why);
        self.fell.get_mut(start..start + self.words).unwrap_or_default()
    }

    /// What was included, and the policies that fell by a condition, to be written side by side.
    pub(crate) fn sides_mut(&mut self, condition: Condition) -> (&mut [u64], &mut [u64]) {
        let start = self.start(condition, Why::Excluded);
        (&mut self.included, self.fell.get_mut(start..start + self.words).unwrap_or_default())
    }

    fn fell(&self, condition: Condition, why: Why) -> &[u64] {
        let start = self.start(condition, why);
        self.fell.get(start..start + self.words).unwrap_or_default()
    }

    /// An expression excludes nothing, so what it lacks stands on the side that is free.
    fn start(&self, condition: Condition, why: Why) -> usize {
        let side = usize::from(why != Why::NotIncluded);
        (condition as usize * SIDES + side) * self.words
    }

    /// Settles the conditions that say together what is included: drops what none of them includes and
    /// what one of them excludes.
    pub(crate) fn settle(&mut self, conditions: &[Condition]) {
        if let Some(first) = conditions.first() {
            let start = self.start(*first, Why::NotIncluded);
            for word in 0..self.words {
                let missing = self.alive[word] & !self.included[word];
                self.fell[start + word] = missing;
                self.alive[word] &= !missing;
                self.included[word] = 0;
            }
        }
        for condition in conditions {
            let start = self.start(*condition, Why::Excluded);
            for word in 0..self.words {
                self.fell[start + word] &= self.alive[word];
                self.alive[word] &= !self.fell[start + word];
            }
        }
    }
}

fn refill(bits: &mut Vec<u64>, len: usize, value: u64) {
    bits.clear();
    bits.resize(len, value);
}
