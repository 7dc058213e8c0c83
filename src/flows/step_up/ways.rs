//! Which ways a person has to answer a need. Pure, so that every choice can be tested without a browser.
//!
//! Nobody is talked down to a weaker way, who has enrolled something passes it before anything is added,
//! and the first factor is enrolled only straight after a fresh sign-in at the partner.

use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::domain::factors::choice::{AtHand, MailedCodes, offered};
use crate::domain::factors::kinds::Kinds;
use crate::domain::factors::proof::FactorStrength;
use crate::domain::factors::{Enrolled, FactorKind, MAX_FACTORS};
use crate::domain::guests::{Binding, Guest};
use crate::domain::partners::MAILED_CODE_PARTNER;
use crate::domain::policy::decision::Need;
use crate::domain::policy::methods::{Method, MethodSet};
use crate::domain::sessions::Session;
use crate::flows::services::{FactorSettings, Offer};

/// How old a proof may be for something to be enrolled or managed by it.
pub(super) const RECENT: Duration = Duration::from_secs(10 * 60);

/// What is known of a person who is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing<'a> {
    /// What is switched on here.
    pub settings: &'a FactorSettings,
    /// The account.
    pub guest: &'a Guest,
    /// The session.
    pub session: &'a Session,
    /// What is enrolled.
    pub enrolled: &'a [Enrolled],
    /// How many recovery codes are left.
    pub recovery_codes: usize,
    /// The present time.
    pub now: Timestamp,
}

/// What a person may do about a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ways {
    /// Pass one of these; or, where nothing is enrolled, enrol one of the others in its place.
    Pass { pass: Kinds, enrol: Kinds },
    /// Pass one of these, and then enrol what is needed.
    PassFirst { pass: Kinds, enrol: Kinds },
    /// Enrol one of these.
    Enrol(Kinds),
    /// Prove themselves afresh at the partner, and then enrol one of these.
    ProveAfresh(Kinds),
    /// Nothing.
    OutOfReach,
}

impl Ways {
    /// What may be passed.
    pub(super) const fn pass(self) -> Kinds {
        match self {
            Self::Pass { pass, .. } | Self::PassFirst { pass, .. } => pass,
            Self::Enrol(_) | Self::ProveAfresh(_) | Self::OutOfReach => Kinds::NONE,
        }
    }
}

impl Standing<'_> {
    /// What the person may do about a need that `wanted` answers.
    pub(super) fn ways(&self, wanted: Kinds) -> Ways {
        let at_hand = self.at_hand();
        let may_pass = self.may_pass(&at_hand);
        let pass = may_pass.and(wanted);
        let enrol = self.may_enrol(wanted);
        if !pass.is_empty() {
            return Ways::Pass { pass, enrol: if at_hand.is_enrolled() { Kinds::NONE } else { enrol } };
        }
        if enrol.is_empty() {
            return Ways::OutOfReach;
        }
        match (at_hand.is_enrolled(), self.has_recently_passed(), self.is_freshly_signed_in()) {
            (true, true, _) | (false, _, true) => Ways::Enrol(enrol),
            (true, false, _) if may_pass.is_empty() => Ways::OutOfReach,
            (true, false, _) => Ways::PassFirst { pass: may_pass, enrol },
            (false, _, false) => Ways::ProveAfresh(enrol),
        }
    }

    /// What the person may add, whatever it is needed for.
    pub(super) fn may_add(&self) -> Kinds {
        self.may_enrol(Kinds::ALL)
    }

    /// Whether something may be added at present; `slack` is how long it has taken since it was begun.
    pub(super) fn may_enrol_now(&self, slack: Duration) -> bool {
        let limit = RECENT + slack;
        if self.at_hand().is_enrolled() { self.passed_within(limit) } else { self.signed_in_within(limit) }
    }

    /// Whether a factor was passed in this session lately.
    pub(super) fn has_recently_passed(&self) -> bool {
        self.passed_within(RECENT)
    }

    /// Whether the person was proven by the partner lately.
    pub(super) fn is_freshly_signed_in(&self) -> bool {
        self.signed_in_within(RECENT)
    }

    /// Whether anything is enrolled.
    pub(super) fn is_enrolled(&self) -> bool {
        self.at_hand().is_enrolled()
    }

    /// The way that is opened first: the enrolled factor of these kinds that was used last, of several the
    /// passkey, else the strongest kind.
    pub(super) fn preferred(&self, pass: Kinds) -> Option<FactorKind> {
        let known = self.enrolled.iter().filter(|factor| pass.has(factor.material.kind()));
        let last = known.max_by_key(|factor| {
            (factor.used_at.unwrap_or(factor.created_at), factor.material.kind() == FactorKind::Passkey)
        });
        last.map(|factor| factor.material.kind()).or_else(|| pass.iter().next())
    }

    fn passed_within(&self, limit: Duration) -> bool {
        self.session.factors.iter().any(|proof| self.now.since(proof.at) <= limit)
    }

    fn signed_in_within(&self, limit: Duration) -> bool {
        self.now.since(self.session.authenticated_at) <= limit
    }

    /// What is enrolled counts also where its kind is switched off: nobody with a factor is treated as if
    /// they had none.
    fn at_hand(&self) -> AtHand {
        let count = |kind| self.enrolled.iter().filter(|factor| factor.material.kind() == kind).count();
        AtHand {
            passkeys: count(FactorKind::Passkey),
            totps: count(FactorKind::Totp),
            recovery_codes: self.recovery_codes,
            // Who is proven by a mailed code shows nothing more by another one.
            has_proven_mail: self.guest.proven_mail().is_some()
                && self.session.partner != MAILED_CODE_PARTNER
                && matches!(self.guest.binding, Binding::Accepted { .. }),
        }
    }

    fn may_pass(&self, at_hand: &AtHand) -> Kinds {
        let kinds = offered(FactorStrength::SeveralFactors, at_hand, self.settings.mailed_codes);
        kinds.into_iter().filter(|kind| is_on(self.settings, *kind)).collect()
    }

    fn may_enrol(&self, wanted: Kinds) -> Kinds {
        let has_room = self.enrolled.len() < MAX_FACTORS;
        wanted.and(Kinds::ENROLLED).iter().filter(|kind| has_room && is_on(self.settings, *kind)).collect()
    }
}

fn is_on(settings: &FactorSettings, kind: FactorKind) -> bool {
    match kind {
        FactorKind::Totp => settings.totp == Offer::On,
        FactorKind::Passkey => settings.passkeys == Offer::On,
        FactorKind::MailedCode => settings.mailed_codes == MailedCodes::On,
        FactorKind::RecoveryCode => settings.offered().has(Method::RecoveryCode),
    }
}

/// The kinds that answer a need: those that close all of it alone, or, where none does, those that
/// close a part of it, after which the rest is asked.
pub(super) fn wanted(need: &Need) -> Kinds {
    let closes = |gaps: &[MethodSet], kind| gaps.iter().any(|gap| gap.is_within(MethodSet::of(&[method(kind)])));
    let all = FactorKind::ALL.into_iter();
    let whole: Kinds = all.clone().filter(|kind| need.clauses.iter().all(|one| closes(&one.gaps, *kind))).collect();
    if !whole.is_empty() {
        return whole;
    }
    let gaps = need.clauses.iter().flat_map(|clause| &clause.gaps);
    all.filter(|kind| gaps.clone().any(|gap| gap.has(method(*kind)))).collect()
}

/// The method that a kind shows.
const fn method(kind: FactorKind) -> Method {
    match kind {
        FactorKind::Totp => Method::SoftwareOath,
        FactorKind::Passkey => Method::Fido2,
        FactorKind::MailedCode => Method::Email,
        FactorKind::RecoveryCode => Method::RecoveryCode,
    }
}

#[cfg(test)]
mod tests;
