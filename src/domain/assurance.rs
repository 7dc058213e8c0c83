//! How strongly a person has been proven: one inner scale, never overstated, and its two-way tables
//! toward the words of protocols.

use std::time::Duration;

use super::policy::facts::HomeTrust;
use super::policy::methods::MethodSet;
use super::policy::strengths::StrengthId;

/// REFEDS single-factor profile.
pub const REFEDS_SFA: &str = "https://refeds.org/profile/sfa";
/// REFEDS multi-factor profile.
pub const REFEDS_MFA: &str = "https://refeds.org/profile/mfa";
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

/// What a partner may assert of the strength of a sign-in, what its words mean, and how it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssuranceContract {
    /// Whether its second factors count.
    pub home_trust: HomeTrust,
    /// What it may assert; what it states beyond that counts for nothing.
    pub may_assert: MethodSet,
    /// How old a second factor of it may be; no limit where absent.
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

/// What a partner stated of the strength of a sign-in, and what it means here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assurance {
    /// The meaning.
    pub level: AssuranceLevel,
    /// The classes as the partner stated them.
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

    /// Reads the classes and methods that a partner stated, by the table below. What no table knows
    /// counts as nothing.
    #[must_use]
    pub fn from_stated(stated: Vec<String>) -> Self {
        let mut level = AssuranceLevel::Unknown;
        let mut methods: Vec<String> = Vec::new();
        for class in &stated {
            let Some((_, meaning, found)) = TABLE.iter().find(|(name, ..)| name == class) else { continue };
            level = level.max(*meaning);
            for method in *found {
                if !methods.iter().any(|known| known == method) {
                    methods.push((*method).to_owned());
                }
            }
        }
        Self { level, stated, methods }
    }

    /// The `acr` that an OIDC app receives: absent where nothing is known, and REFEDS SFA only where
    /// the partner itself said so.
    #[must_use]
    pub fn acr(&self) -> Option<&'static str> {
        match self.level {
            AssuranceLevel::Unknown => None,
            AssuranceLevel::SingleFactor => self.stated.iter().any(|class| class == REFEDS_SFA).then_some(REFEDS_SFA),
            AssuranceLevel::SeveralFactors | AssuranceLevel::PhishingResistant => Some(REFEDS_MFA),
        }
    }
}

type Row = (&'static str, AssuranceLevel, &'static [&'static str]);

const TABLE: &[Row] = &[
    (REFEDS_SFA, AssuranceLevel::SingleFactor, &[]),
    (REFEDS_MFA, AssuranceLevel::SeveralFactors, &["mfa"]),
    (MICROSOFT_MULTIPLE, AssuranceLevel::SeveralFactors, &["mfa"]),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:Password", AssuranceLevel::SingleFactor, &["pwd"]),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", AssuranceLevel::SingleFactor, &["pwd"]),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos", AssuranceLevel::SingleFactor, &["wia"]),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:X509", AssuranceLevel::SingleFactor, &[]),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient", AssuranceLevel::SingleFactor, &[]),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI", AssuranceLevel::SingleFactor, &["sc"]),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken", AssuranceLevel::SingleFactor, &["otp"]),
    (
        "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password",
        AssuranceLevel::SingleFactor,
        &["pwd"],
    ),
    (
        "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows",
        AssuranceLevel::SingleFactor,
        &["wia"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn acr(stated: &[&str]) -> (AssuranceLevel, Option<&'static str>, Vec<String>) {
        let assurance = Assurance::from_stated(stated.iter().map(|text| (*text).to_owned()).collect());
        (assurance.level, assurance.acr(), assurance.methods)
    }

    #[test]
    fn assurance_is_never_overstated() {
        assert_eq!(acr(&[]), (AssuranceLevel::Unknown, None, vec![]));
        assert_eq!(acr(&["urn:example:gold"]), (AssuranceLevel::Unknown, None, vec![]));
        assert_eq!(
            acr(&["urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"]),
            (AssuranceLevel::SingleFactor, None, vec!["pwd".to_owned()])
        );
        assert_eq!(acr(&[REFEDS_SFA]).1, Some(REFEDS_SFA));
        assert_eq!(
            acr(&[MICROSOFT_MULTIPLE]),
            (AssuranceLevel::SeveralFactors, Some(REFEDS_MFA), vec!["mfa".to_owned()])
        );
    }
}
