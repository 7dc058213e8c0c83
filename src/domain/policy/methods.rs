//! Authentication methods, and sets of them.

/// How a person can prove themselves. Graph's names, and three of ours where Graph has no word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Method {
    /// A password at the partner.
    Password,
    /// The partner vouched, by whichever means.
    FederatedSingleFactor,
    /// A certificate that counts as one factor.
    X509CertificateSingleFactor,
    /// A code by text message.
    Sms,
    /// A call.
    Voice,
    /// A push to an app that the person approves.
    MicrosoftAuthenticatorPush,
    /// A time-based code made by software.
    SoftwareOath,
    /// A code made by a device of its own.
    HardwareOath,
    /// A code by mail.
    Email,
    /// A code from the list of codes for emergencies (ours).
    RecoveryCode,
    /// The partner says that several factors were shown, and not which.
    FederatedMultiFactor,
    /// Sign-in by an app on a phone, without a password.
    DeviceBasedPush,
    /// A passkey with user verification.
    Fido2,
    /// A key of the platform with user verification.
    WindowsHelloForBusiness,
    /// A certificate that counts as several factors.
    X509CertificateMultiFactor,
    /// The partner says that what was shown resists phishing, and not what it was (ours).
    FederatedPhishingResistant,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 16] = [
        Self::Password,
        Self::FederatedSingleFactor,
        Self::X509CertificateSingleFactor,
        Self::Sms,
        Self::Voice,
        Self::MicrosoftAuthenticatorPush,
        Self::SoftwareOath,
        Self::HardwareOath,
        Self::Email,
        Self::RecoveryCode,
        Self::FederatedMultiFactor,
        Self::DeviceBasedPush,
        Self::Fido2,
        Self::WindowsHelloForBusiness,
        Self::X509CertificateMultiFactor,
        Self::FederatedPhishingResistant,
    ];

    /// The word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::FederatedSingleFactor => "federated_single_factor",
            Self::X509CertificateSingleFactor => "x509_certificate_single_factor",
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::MicrosoftAuthenticatorPush => "microsoft_authenticator_push",
            Self::SoftwareOath => "software_oath",
            Self::HardwareOath => "hardware_oath",
            Self::Email => "email",
            Self::RecoveryCode => "recovery_code",
            Self::FederatedMultiFactor => "federated_multi_factor",
            Self::DeviceBasedPush => "device_based_push",
            Self::Fido2 => "fido2",
            Self::WindowsHelloForBusiness => "windows_hello_for_business",
            Self::X509CertificateMultiFactor => "x509_certificate_multi_factor",
            Self::FederatedPhishingResistant => "federated_phishing_resistant",
        }
    }

    /// The method of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == word)
    }
}

/// A set of methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MethodSet(u32);

impl MethodSet {
    /// No method.
    pub const EMPTY: Self = Self(0);

    /// One factor: what every sign-in shows, which alone is never a second factor.
    pub const FIRST: Self =
        Self::of(&[Method::Password, Method::FederatedSingleFactor, Method::X509CertificateSingleFactor]);

    /// What is a second factor beside one of [`Self::FIRST`].
    pub const SECOND: Self = Self::of(&[
        Method::Sms,
        Method::Voice,
        Method::MicrosoftAuthenticatorPush,
        Method::SoftwareOath,
        Method::HardwareOath,
        Method::Email,
        Method::RecoveryCode,
    ]);

    /// What can be shown at a partner: everything but codes that only we send or print. A mailed code
    /// of a partner proves the mailbox that the partner itself keeps.
    pub const AT_HOME: Self = Self::of(&Method::ALL).without(Self::of(&[Method::Email, Method::RecoveryCode]));

    /// What this gateway has at all; which of them are switched on is a setting.
    pub const HERE: Self = Self::of(&[Method::SoftwareOath, Method::Fido2, Method::Email, Method::RecoveryCode]);

    /// A set of these.
    #[must_use]
    pub const fn of(methods: &[Method]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < methods.len() {
            bits |= 1 << methods[index] as u8;
            index += 1;
        }
        Self(bits)
    }

    /// Whether `method` is in it.
    #[must_use]
    pub const fn has(self, method: Method) -> bool {
        self.0 >> method as u8 & 1 == 1
    }

    /// Whether nothing is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of it is in `other`.
    #[must_use]
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// What is in one of both.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this and not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The same with `method`.
    #[must_use]
    pub const fn with(self, method: Method) -> Self {
        Self(self.0 | 1 << method as u8)
    }

    /// Its methods, in the order of [`Method::ALL`].
    pub fn methods(self) -> impl Iterator<Item = Method> {
        Method::ALL.into_iter().filter(move |method| self.has(*method))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_have_words_and_places() {
        for (index, method) in Method::ALL.into_iter().enumerate() {
            assert_eq!((Method::parse(method.as_str()), method as usize), (Some(method), index));
        }
        assert_eq!(Method::parse("Password"), None);
        assert!(MethodSet::AT_HOME.has(Method::HardwareOath) && !MethodSet::AT_HOME.has(Method::Email));
        assert!(MethodSet::HERE.has(Method::Fido2) && !MethodSet::HERE.has(Method::HardwareOath));
    }

    #[test]
    fn sets_are_sets() {
        let set = MethodSet::of(&[Method::Sms, Method::Fido2]);
        assert_eq!(set.methods().collect::<Vec<_>>(), [Method::Sms, Method::Fido2]);
        assert!(set.without(MethodSet::SECOND).is_within(MethodSet::HERE));
        assert!(!set.is_within(MethodSet::HERE) && !set.is_empty());
        assert_eq!(set.and(MethodSet::SECOND), MethodSet::of(&[Method::Sms]));
    }
}
