//! What a passed factor proves, in the words of RFC 8176 and on the inner scale. It is never
//! overstated: a hardware key is claimed only where an attestation was verified, and how an
//! authenticator verified its user (PIN, fingerprint) is never claimed, since WebAuthn does not say.

use super::{FactorKind, KeyProtection};
use crate::base::clock::Timestamp;

/// How much a need asks for, or a factor proves on top of the partner's own proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactorStrength {
    /// Several factors, which one of ours and the partner's proof are together.
    SeveralFactors,
    /// Several factors, of which one cannot be given away to another site.
    PhishingResistant,
}

/// A factor that was passed here, and when. A session keeps it, so that `max_age`, sign-in frequency
/// and a stronger app can ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactorProof {
    /// Which means.
    pub means: Means,
    /// When.
    pub at: Timestamp,
}

/// By which means something was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Means {
    /// A code of an authenticator app.
    Totp,
    /// A passkey with its user verified, whose key is kept as said.
    Passkey(KeyProtection),
    /// A code sent by mail.
    MailedCode,
    /// A recovery code.
    RecoveryCode,
}

impl Means {
    /// Its kind.
    #[must_use]
    pub const fn kind(self) -> FactorKind {
        match self {
            Self::Totp => FactorKind::Totp,
            Self::Passkey(_) => FactorKind::Passkey,
            Self::MailedCode => FactorKind::MailedCode,
            Self::RecoveryCode => FactorKind::RecoveryCode,
        }
    }

    /// The strength that it proves beside the partner's proof.
    #[must_use]
    pub const fn strength(self) -> FactorStrength {
        match self {
            Self::Passkey(_) => FactorStrength::PhishingResistant,
            Self::Totp | Self::MailedCode | Self::RecoveryCode => FactorStrength::SeveralFactors,
        }
    }

    /// The values for `amr`, beside those of the partner. `pop` is a key of which nothing more is
    /// known, `user` a test of presence; codes by mail and recovery codes are one-time passwords, as
    /// RFC 8176 has no value of their own for them.
    ///
    /// # Source
    /// RFC 8176 2; IANA Authentication Method Reference Values (`pop`).
    #[must_use]
    pub const fn methods(self) -> &'static [&'static str] {
        match self {
            Self::Totp | Self::MailedCode | Self::RecoveryCode => &["otp", "mfa"],
            Self::Passkey(KeyProtection::Attested) => &["hwk", "user", "mfa"],
            Self::Passkey(KeyProtection::Synchronised) => &["swk", "user", "mfa"],
            Self::Passkey(KeyProtection::Unstated) => &["pop", "user", "mfa"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_passkey_resists_phishing() {
        assert!(FactorStrength::SeveralFactors < FactorStrength::PhishingResistant);
        for means in [Means::Totp, Means::MailedCode, Means::RecoveryCode] {
            assert_eq!(means.strength(), FactorStrength::SeveralFactors);
        }
        for protection in KeyProtection::ALL {
            assert_eq!(Means::Passkey(protection).strength(), FactorStrength::PhishingResistant);
        }
    }

    #[test]
    fn hardware_is_claimed_only_where_it_was_attested() {
        let claims = |means: Means| means.methods().contains(&"hwk");
        assert!(claims(Means::Passkey(KeyProtection::Attested)));
        for means in [
            Means::Passkey(KeyProtection::Synchronised),
            Means::Passkey(KeyProtection::Unstated),
            Means::Totp,
            Means::MailedCode,
            Means::RecoveryCode,
        ] {
            assert!(!claims(means), "{means:?}");
            assert!(means.methods().contains(&"mfa"), "{means:?}");
        }
    }
}
