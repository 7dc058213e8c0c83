//! How strongly a person has been proven: one inner scale, never overstated, and its two-way tables
//! toward the words of protocols.
//!
//! Owns what a partner may assert ([`AssuranceContract`]), what its words mean ([`statements`]), which
//! classes an app takes ([`classes`]) and what it is told ([`told`]).

pub mod classes;
pub mod statements;
pub mod told;

use std::time::Duration;

use super::policy::facts::HomeTrust;
use super::policy::methods::{Method, MethodSet};
use super::policy::strengths::{self, StrengthId};

/// REFEDS single-factor profile.
pub const REFEDS_SFA: &str = "https://refeds.org/profile/sfa";
/// REFEDS multi-factor profile.
pub const REFEDS_MFA: &str = "https://refeds.org/profile/mfa";
/// Phishing-resistant (OpenID Connect Extended Authentication Profile 1.0).
pub const PHISHING_RESISTANT: &str = "phr";
/// Phishing-resistant, with the key in hardware.
pub const PHISHING_RESISTANT_HARDWARE: &str = "phrh";
/// What ADFS and Entra ID state for several factors.
pub const MICROSOFT_MULTIPLE: &str = "http://schemas.microsoft.com/claims/multipleauthn";

/// The inner scale, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssuranceLevel {
    /// Nothing was said, or nothing that a table knows.
    Unknown,
    /// One factor.
    SingleFactor,
    /// Several factors.
    SeveralFactors,
    /// Several factors, of which one cannot be given away to another site.
    PhishingResistant,
}

impl AssuranceLevel {
    /// The level of `methods` that were shown together; unknown where there are none.
    #[must_use]
    pub const fn of(methods: MethodSet) -> Self {
        if strengths::resists_phishing(methods) {
            Self::PhishingResistant
        } else if strengths::is_several(methods) {
            Self::SeveralFactors
        } else if methods.is_empty() {
            Self::Unknown
        } else {
            Self::SingleFactor
        }
    }
}

/// What a partner may assert of the strength of a sign-in, what its words mean, and how it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssuranceContract {
    /// Whether its second factors count.
    pub home_trust: HomeTrust,
    /// What it may assert; what it states beyond that counts for nothing.
    pub may_assert: MethodSet,
    /// How old its proof of several factors may be; no limit where absent.
    pub fresh_within: Option<Duration>,
    /// What its words mean, before the usual meanings.
    pub statements: Vec<Statement>,
    /// The words to ask it with.
    pub questions: Vec<Question>,
}

impl AssuranceContract {
    /// Its second factors do not count, and no word of its own means anything.
    pub const NOTHING_TRUSTED: Self = Self {
        home_trust: HomeTrust::NotTrusted,
        may_assert: MethodSet::AT_HOME,
        fresh_within: None,
        statements: Vec::new(),
        questions: Vec::new(),
    };

    /// What counts of what the partner's statement showed `age` ago. That it vouched counts in any case;
    /// where its second factors do not count, or are too old, its statement is one factor at most.
    #[must_use]
    pub fn accepted(&self, shown: MethodSet, age: Duration) -> MethodSet {
        let is_fresh = self.fresh_within.is_none_or(|limit| age <= limit);
        let counts = if self.home_trust == HomeTrust::NotTrusted || !is_fresh {
            self.may_assert.and(MethodSet::FIRST)
        } else {
            self.may_assert
        };
        shown.and(counts).with(Method::FederatedSingleFactor)
    }

    /// The words with which the partner is asked for `strength`: its own, or those for several factors,
    /// or those of REFEDS.
    #[must_use]
    pub fn question(&self, strength: StrengthId) -> Asking {
        let own = |wanted: StrengthId| self.questions.iter().find(|question| question.strength == wanted);
        match own(strength).or_else(|| own(StrengthId::MULTIFACTOR)) {
            Some(question) => Asking { words: question.words.clone(), comparison: question.comparison },
            None => Asking { words: vec![REFEDS_MFA.to_owned()], comparison: Comparison::Exact },
        }
    }
}

/// Where a partner states how a person signed in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StatedIn {
    /// The class of the authentication statement.
    Class,
    /// `acr`.
    Acr,
    /// `amr`.
    Amr,
    /// The attribute of this name.
    Attribute(String),
}

/// A row of a partner's own table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Where it stands.
    pub stated_in: StatedIn,
    /// All of these values must be stated there.
    pub values: Vec<String>,
    /// What they mean.
    pub methods: MethodSet,
}

/// How a partner is asked for a strength.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// For which strength.
    pub strength: StrengthId,
    /// The partner's own words for it, the preferred first.
    pub words: Vec<String>,
    /// How its answer may differ from the words.
    pub comparison: Comparison,
}

/// What a partner is asked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Words, the preferred first.
    pub words: Vec<String>,
    /// How its answer may differ from them.
    pub comparison: Comparison,
}

/// How words that are asked for are compared with what is answered (SAML Core 3.3.2.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// One of the words.
    Exact,
    /// At least as strong as one of them.
    Minimum,
    /// Stronger than all of them.
    Better,
}

/// What a partner stated of the strength of a sign-in, and what it means by its table, whether it counts
/// or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assurance {
    /// The meaning.
    pub level: AssuranceLevel,
    /// The words as the partner stated them.
    pub stated: Vec<String>,
    /// Methods as RFC 8176 values, `mfa` beside the methods.
    pub methods: Vec<String>,
}

impl Assurance {
    /// Nothing was said.
    #[must_use]
    pub const fn unknown() -> Self {
        Self { level: AssuranceLevel::Unknown, stated: Vec::new(), methods: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn contract(home_trust: HomeTrust) -> AssuranceContract {
        AssuranceContract { home_trust, ..AssuranceContract::NOTHING_TRUSTED }
    }

    #[test]
    fn the_level_of_methods_is_that_of_the_built_in_strengths() {
        let of = |methods: &[Method]| AssuranceLevel::of(MethodSet::of(methods));
        let first = Method::FederatedSingleFactor;
        assert_eq!(of(&[]), AssuranceLevel::Unknown);
        assert_eq!(of(&[first, Method::Password]), AssuranceLevel::SingleFactor);
        assert_eq!(of(&[Method::SoftwareOath]), AssuranceLevel::SingleFactor);
        assert_eq!(of(&[first, Method::SoftwareOath]), AssuranceLevel::SeveralFactors);
        assert_eq!(of(&[Method::FederatedMultiFactor]), AssuranceLevel::SeveralFactors);
        assert_eq!(of(&[first, Method::DeviceBasedPush]), AssuranceLevel::SeveralFactors);
        assert_eq!(of(&[first, Method::Fido2]), AssuranceLevel::PhishingResistant);
    }

    #[test]
    fn a_partner_counts_for_one_factor_until_it_is_trusted() {
        let shown = MethodSet::of(&[Method::Password, Method::FederatedMultiFactor, Method::Fido2]);
        let vouched = MethodSet::of(&[Method::FederatedSingleFactor]);
        let one_factor = vouched.with(Method::Password);
        assert_eq!(contract(HomeTrust::NotTrusted).accepted(shown, Duration::ZERO), one_factor);
        for trust in [HomeTrust::Trusted, HomeTrust::Required] {
            assert_eq!(contract(trust).accepted(shown, DAY), shown.or(vouched));
        }
        let narrow = MethodSet::of(&[Method::Fido2]);
        let narrow = AssuranceContract { may_assert: narrow, ..contract(HomeTrust::Trusted) };
        assert_eq!(narrow.accepted(shown, DAY), vouched.with(Method::Fido2), "what it may not assert counts not");
        let fresh = AssuranceContract { fresh_within: Some(DAY), ..contract(HomeTrust::Trusted) };
        assert_eq!(fresh.accepted(shown, DAY), shown.or(vouched));
        assert_eq!(fresh.accepted(shown, DAY + Duration::from_micros(1)), one_factor);
    }

    #[test]
    fn a_partner_is_asked_in_its_own_words() {
        let asking = |words: &str, comparison| Asking { words: vec![words.to_owned()], comparison };
        let question = |strength, words: &str| Question {
            strength,
            words: vec![words.to_owned()],
            comparison: Comparison::Minimum,
        };
        let mut contract = contract(HomeTrust::Trusted);
        assert_eq!(contract.question(StrengthId::MULTIFACTOR), asking(REFEDS_MFA, Comparison::Exact));
        contract.questions.push(question(StrengthId::MULTIFACTOR, "urn:two"));
        assert_eq!(contract.question(StrengthId::PHISHING_RESISTANT), asking("urn:two", Comparison::Minimum));
        contract.questions.push(question(StrengthId::PHISHING_RESISTANT, "urn:key"));
        assert_eq!(contract.question(StrengthId::PHISHING_RESISTANT), asking("urn:key", Comparison::Minimum));
    }
}
