//! Which factors may answer a need. A weaker way is never offered beside a stronger one that the
//! person has, so that nobody is talked down from a passkey to a mail.

use super::FactorKind;
use super::proof::{FactorStrength, Means};

/// Whether codes may be sent by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailedCodes {
    /// To people who have nothing better.
    On,
    /// Never; also codes that are under way are refused.
    Off,
}

/// What a guest has at hand, as read in the unit that decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AtHand {
    /// How many passkeys.
    pub passkeys: usize,
    /// How many authenticator apps.
    pub totps: usize,
    /// How many recovery codes are left.
    pub recovery_codes: usize,
    /// Whether the account has a mail address that its partner proved.
    pub has_proven_mail: bool,
}

impl AtHand {
    /// Whether anything is enrolled, so that nothing may be added without passing it first.
    #[must_use]
    pub const fn is_enrolled(&self) -> bool {
        self.passkeys > 0 || self.totps > 0
    }
}

/// The kinds that may answer `need`, the best first; empty where the person must enrol something.
///
/// Recovery codes stand in for enrolled factors only, and a mailed code only for people who have
/// enrolled nothing.
#[must_use]
pub fn offered(need: FactorStrength, at_hand: &AtHand, mailed: MailedCodes) -> Vec<FactorKind> {
    FactorKind::ALL.into_iter().filter(|kind| is_offered(*kind, need, at_hand, mailed)).collect()
}

fn is_offered(kind: FactorKind, need: FactorStrength, at_hand: &AtHand, mailed: MailedCodes) -> bool {
    if kind == FactorKind::Passkey {
        return at_hand.passkeys > 0;
    }
    need == FactorStrength::SeveralFactors
        && match kind {
            FactorKind::Passkey | FactorKind::Totp => at_hand.totps > 0,
            FactorKind::RecoveryCode => at_hand.is_enrolled() && at_hand.recovery_codes > 0,
            FactorKind::MailedCode => mailed == MailedCodes::On && at_hand.has_proven_mail && !at_hand.is_enrolled(),
        }
}

/// Whether what was passed answers `need`. Judged apart from what was offered, so that a form made by
/// hand gains nothing.
#[must_use]
pub fn answers(need: FactorStrength, means: Means) -> bool {
    means.strength() >= need
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::factors::KeyProtection;
    use FactorKind::{MailedCode, Passkey, RecoveryCode, Totp};
    use FactorStrength::{PhishingResistant, SeveralFactors};

    fn at_hand(passkeys: usize, totps: usize, recovery_codes: usize) -> AtHand {
        AtHand { passkeys, totps, recovery_codes, has_proven_mail: true }
    }

    #[test]
    fn nobody_is_talked_down_to_a_mail() {
        let check = |need, at_hand: &AtHand, mailed, expected: &[FactorKind]| {
            assert_eq!(offered(need, at_hand, mailed), expected, "{need:?} {at_hand:?} {mailed:?}");
        };
        check(SeveralFactors, &at_hand(1, 1, 3), MailedCodes::On, &[Passkey, Totp, RecoveryCode]);
        check(SeveralFactors, &at_hand(1, 0, 0), MailedCodes::On, &[Passkey]);
        check(SeveralFactors, &at_hand(0, 0, 0), MailedCodes::On, &[MailedCode]);
        check(SeveralFactors, &at_hand(0, 0, 3), MailedCodes::Off, &[]);
        check(SeveralFactors, &AtHand::default(), MailedCodes::On, &[]);
        check(PhishingResistant, &at_hand(1, 1, 3), MailedCodes::On, &[Passkey]);
        check(PhishingResistant, &at_hand(0, 1, 3), MailedCodes::On, &[]);
        check(PhishingResistant, &at_hand(0, 0, 0), MailedCodes::On, &[]);
    }

    #[test]
    fn a_mailed_code_never_answers_a_need_for_phishing_resistance() {
        assert!(answers(SeveralFactors, Means::MailedCode));
        for means in [Means::MailedCode, Means::Totp, Means::RecoveryCode] {
            assert!(!answers(PhishingResistant, means), "{means:?}");
        }
        assert!(answers(PhishingResistant, Means::Passkey(KeyProtection::Unstated)));
    }
}
