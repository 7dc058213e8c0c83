//! Second factors of a guest: what is kept of each, what each proves, which of them may answer a
//! need, and how many tries there are.
//!
//! Owns the records and the rules. The protocols behind them (TOTP, WebAuthn, codes) are in the room
//! `factors`; how they are kept is said by [`Factors`](crate::domain::store::factors::Factors).
//!
//! Start reading at [`proof`] and [`limits`].

pub mod choice;
pub mod codes;
pub mod kinds;
pub mod limits;
pub mod proof;

use super::guests::GuestId;
use crate::base::clock::Timestamp;

crate::id_type!(
    /// Names an enrolled factor.
    FactorId
);

/// The most factors that one guest may enrol; a page lists them all.
pub const MAX_FACTORS: usize = 10;
/// The longest label that a person may give a factor. **Units**: characters.
pub const MAX_LABEL: usize = 64;

/// The kinds of second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactorKind {
    /// A code of an authenticator app (RFC 6238).
    Totp,
    /// A WebAuthn credential.
    Passkey,
    /// A code sent to the guest's mail address.
    MailedCode,
    /// One of the codes handed out at enrolment.
    RecoveryCode,
}

impl FactorKind {
    /// Every kind, strongest first: the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Passkey, Self::Totp, Self::MailedCode, Self::RecoveryCode];

    /// The stable name in rows, forms and output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::MailedCode => "mailed_code",
            Self::RecoveryCode => "recovery_code",
        }
    }

    /// The kind of a stable name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What a person calls a factor. **Shape**: 1 to [`MAX_LABEL`] characters, none of them a control
/// character or one that reorders text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorLabel(String);

impl FactorLabel {
    /// Reads a label, without the white space around it; absent where it has not the shape.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = (1..=MAX_LABEL).contains(&text.chars().count());
        let printable = crate::base::trace::printable(text.to_owned()) == text;
        (fits && printable).then(|| Self(text.to_owned()))
    }

    /// The stable name of its kind, for a factor that nobody has named.
    #[must_use]
    pub fn of(kind: FactorKind) -> Self {
        Self(kind.as_str().to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A factor that a guest has enrolled and confirmed. Mailed codes need no enrolment, and recovery
/// codes are rows of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Its row.
    pub id: FactorId,
    /// Whose.
    pub guest: GuestId,
    /// What its owner calls it.
    pub label: FactorLabel,
    /// What checks it.
    pub material: Material,
    /// When it was confirmed.
    pub created_at: Timestamp,
    /// When it was last passed.
    pub used_at: Option<Timestamp>,
}

/// What checks an enrolled factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Material {
    /// An authenticator app.
    Totp(TotpMaterial),
    /// A WebAuthn credential.
    Passkey(PasskeyMaterial),
}

impl Material {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> FactorKind {
        match self {
            Self::Totp(_) => FactorKind::Totp,
            Self::Passkey(_) => FactorKind::Passkey,
        }
    }
}

/// What is kept of an authenticator app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpMaterial {
    /// The secret, sealed for the row of its factor.
    pub sealed_secret: Vec<u8>,
    /// The last time step whose code was accepted; it and all before it are spent. **Units**: steps of
    /// 30 seconds since the Unix epoch.
    pub last_step: i64,
}

/// What is kept of a WebAuthn credential. Nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyMaterial {
    /// The credential's id, unique here. **Shape**: at most 1,023 bytes.
    pub credential_id: Vec<u8>,
    /// The public key and what was learned at registration, in the form of the room `factors`.
    pub record: Vec<u8>,
    /// The last signature counter; zero where the authenticator has none.
    pub counter: u32,
    /// What is known of where the private key lives.
    pub protection: KeyProtection,
}

/// What is known of where a passkey's private key lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyProtection {
    /// An attestation that was verified says: in hardware that does not give it away.
    Attested,
    /// The authenticator says that it is copied between devices.
    Synchronised,
    /// Nothing that can be relied upon.
    Unstated,
}

impl KeyProtection {
    /// Every value, for reading rows.
    pub const ALL: [Self; 3] = [Self::Attested, Self::Synchronised, Self::Unstated];

    /// The stable name in rows and output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attested => "attested",
            Self::Synchronised => "synchronised",
            Self::Unstated => "unstated",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in FactorKind::ALL {
            assert_eq!(FactorKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(FactorKind::parse("sms"), None);
    }

    #[test]
    fn a_label_is_short_and_printable() {
        let label = |text: &str| FactorLabel::parse(text).map(|label| label.as_str().to_owned());
        assert_eq!(label("  Phone of Ana "), Some("Phone of Ana".to_owned()));
        assert_eq!(label(&"é".repeat(MAX_LABEL)), Some("é".repeat(MAX_LABEL)));
        for refused in ["", "  ", "a\nb", "a\u{202e}b", &"a".repeat(MAX_LABEL + 1)] {
            assert_eq!(label(refused), None, "{refused:?}");
        }
    }
}
