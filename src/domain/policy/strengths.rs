//! Authentication strengths: which methods together are strong enough.

use uuid::Uuid;

use super::methods::{Method, MethodSet};
use crate::domain::names::Slug;

crate::id_type!(
    /// Names an authentication strength.
    StrengthId
);

impl StrengthId {
    /// Several factors; what the grant control `mfa` asks for. Graph's id.
    pub const MULTIFACTOR: Self = Self::from_uuid(Uuid::from_u128(2));
    /// Several factors without a password. Graph's id.
    pub const PASSWORDLESS: Self = Self::from_uuid(Uuid::from_u128(3));
    /// What cannot be passed on to another site. Graph's id.
    pub const PHISHING_RESISTANT: Self = Self::from_uuid(Uuid::from_u128(4));
}

/// The built-in strengths and their slugs, which no other may have.
pub const BUILT_IN: [(StrengthId, &str); 3] = [
    (StrengthId::MULTIFACTOR, "multifactor"),
    (StrengthId::PASSWORDLESS, "passwordless"),
    (StrengthId::PHISHING_RESISTANT, "phishing-resistant"),
];

/// How many strengths there may be, the built-in ones included.
pub const MAX_STRENGTHS: usize = 64;

/// How many combinations one strength may allow.
pub const MAX_COMBINATIONS: usize = 200;

/// A strength of the organisation's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strength {
    /// Its row.
    pub id: StrengthId,
    /// Its name in files.
    pub slug: Slug,
    /// Its name on pages.
    pub display_name: String,
    /// Each is enough: all methods of it have been shown.
    pub combinations: Vec<MethodSet>,
}

const PHISHING_RESISTANT: MethodSet = MethodSet::of(&[
    Method::Fido2,
    Method::WindowsHelloForBusiness,
    Method::X509CertificateMultiFactor,
    Method::FederatedPhishingResistant,
]);

const PASSWORDLESS: MethodSet = PHISHING_RESISTANT.with(Method::DeviceBasedPush);

const ALONE: MethodSet = PASSWORDLESS.with(Method::FederatedMultiFactor);

/// What a built-in strength allows; a person of any kind of partner can meet each, by what the table
/// of the partner makes of its statements and by what is shown here.
#[must_use]
pub fn built_in(id: StrengthId) -> Vec<MethodSet> {
    let single = |set: MethodSet| set.methods().map(|method| MethodSet::of(&[method])).collect::<Vec<_>>();
    match id {
        StrengthId::PHISHING_RESISTANT => single(PHISHING_RESISTANT),
        StrengthId::PASSWORDLESS => single(PASSWORDLESS),
        StrengthId::MULTIFACTOR => {
            let mut all = single(ALONE);
            for first in MethodSet::FIRST.methods() {
                all.extend(MethodSet::SECOND.methods().map(|second| MethodSet::of(&[first, second])));
            }
            all
        }
        _ => Vec::new(),
    }
}

/// Whether `shown` meets [`StrengthId::PHISHING_RESISTANT`].
#[must_use]
pub const fn resists_phishing(shown: MethodSet) -> bool {
    !shown.and(PHISHING_RESISTANT).is_empty()
}

/// Whether `shown` meets [`StrengthId::MULTIFACTOR`].
#[must_use]
pub const fn is_several(shown: MethodSet) -> bool {
    let is_pair = !shown.and(MethodSet::FIRST).is_empty() && !shown.and(MethodSet::SECOND).is_empty();
    is_pair || !shown.and(ALONE).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_met(id: StrengthId, shown: &[Method]) -> bool {
        let shown = MethodSet::of(shown);
        built_in(id).iter().any(|combination| combination.is_within(shown))
    }

    #[test]
    fn the_short_forms_say_what_the_lists_say() {
        for first in Method::ALL {
            for second in Method::ALL {
                let shown = [first, second];
                let set = MethodSet::of(&shown);
                assert_eq!(is_several(set), is_met(StrengthId::MULTIFACTOR, &shown), "{shown:?}");
                assert_eq!(resists_phishing(set), is_met(StrengthId::PHISHING_RESISTANT, &shown), "{shown:?}");
            }
        }
    }

    #[test]
    fn f72_each_method_meets_the_built_in_strengths_that_it_should() {
        let first = Method::FederatedSingleFactor;
        // Beside a first factor: several factors, without a password, resists phishing.
        let table = [
            (Method::Password, [false, false, false]),
            (Method::X509CertificateSingleFactor, [false, false, false]),
            (Method::Sms, [true, false, false]),
            (Method::Voice, [true, false, false]),
            (Method::MicrosoftAuthenticatorPush, [true, false, false]),
            (Method::SoftwareOath, [true, false, false]),
            (Method::HardwareOath, [true, false, false]),
            (Method::Email, [true, false, false]),
            (Method::RecoveryCode, [true, false, false]),
            (Method::FederatedMultiFactor, [true, false, false]),
            (Method::DeviceBasedPush, [true, true, false]),
            (Method::Fido2, [true, true, true]),
            (Method::WindowsHelloForBusiness, [true, true, true]),
            (Method::X509CertificateMultiFactor, [true, true, true]),
            (Method::FederatedPhishingResistant, [true, true, true]),
        ];
        for (method, expected) in table {
            let found = BUILT_IN.map(|(id, _)| is_met(id, &[first, method]));
            assert_eq!(found, expected, "{}", method.as_str());
        }
        assert!(BUILT_IN.iter().all(|(id, _)| !is_met(*id, &[first])), "one factor is never several");
        assert!(!is_met(StrengthId::MULTIFACTOR, &[Method::SoftwareOath]), "a code alone is one factor");
    }
}
