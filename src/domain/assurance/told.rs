//! What an app is told of the strength of a sign-in: the truth, in the words of its protocol.

use super::classes::{PASSWORD, PASSWORD_PROTECTED_TRANSPORT, UNSPECIFIED, is_one_factor};
use super::statements::{add, words_of};
use super::{AssuranceContract, AssuranceLevel, MICROSOFT_MULTIPLE, PHISHING_RESISTANT, REFEDS_MFA, REFEDS_SFA};
use crate::base::clock::Timestamp;
use crate::domain::factors::proof::{FactorProof, Means};
use crate::domain::partners::MAILED_CODE_PARTNER;
use crate::domain::policy::facts::HomeTrust;
use crate::domain::policy::methods::{Method, MethodSet};
use crate::domain::policy::strengths::StrengthId;
use crate::domain::requests::{AcrWeight, AcrWish};
use crate::domain::sessions::Session;

/// Words that say no more than one factor.
const FIRST_WORDS: &[&str] = &["pwd", "wia"];

/// What counts of what a person has shown for a session, at a time.
#[derive(Debug, Clone)]
pub struct Proof<'a> {
    session: &'a Session,
    /// What counts of the partner's statement.
    pub home: MethodSet,
    here: Vec<FactorProof>,
    level: AssuranceLevel,
}

/// The method that a means of ours is.
#[must_use]
pub const fn method_of(means: Means) -> Method {
    match means {
        Means::Totp => Method::SoftwareOath,
        Means::Passkey(_) => Method::Fido2,
        Means::MailedCode => Method::Email,
        Means::RecoveryCode => Method::RecoveryCode,
    }
}

impl<'a> Proof<'a> {
    /// What counts by the partner's present contract at `at`. Second factors that were passed before
    /// `since` do not count.
    #[must_use]
    pub fn of(session: &'a Session, contract: &AssuranceContract, since: Option<Timestamp>, at: Timestamp) -> Self {
        let home = contract.accepted(session.home_methods, at.since(session.authenticated_at));
        // Who is proven by a mailed code shows nothing more by another one.
        let is_by_mail = session.partner == MAILED_CODE_PARTNER;
        let counts = |proof: &&FactorProof| {
            since.is_none_or(|since| proof.at >= since) && !(is_by_mail && proof.means == Means::MailedCode)
        };
        let here = match contract.home_trust {
            HomeTrust::Required => Vec::new(),
            HomeTrust::NotTrusted | HomeTrust::Trusted => session.factors.iter().filter(counts).copied().collect(),
        };
        let methods = here.iter().fold(home, |methods, proof| methods.with(method_of(proof.means)));
        let says_nothing = here.is_empty() && session.assurance.level == AssuranceLevel::Unknown;
        let level = if says_nothing { AssuranceLevel::Unknown } else { AssuranceLevel::of(methods) };
        Self { session, home, here, level }
    }

    /// The second factors of ours that count.
    #[must_use]
    pub fn here(&self) -> &[FactorProof] {
        &self.here
    }

    /// Its place on the inner scale.
    #[must_use]
    pub const fn level(&self) -> AssuranceLevel {
        self.level
    }

    /// Whether this class is true. One factor is claimed only where the partner itself said so, and a
    /// password over a protected connection where it said that there was a password.
    #[must_use]
    pub fn is_true(&self, class: &str) -> bool {
        match class {
            REFEDS_SFA => self.has_stated(class),
            REFEDS_MFA | MICROSOFT_MULTIPLE => self.level >= AssuranceLevel::SeveralFactors,
            PHISHING_RESISTANT => self.level >= AssuranceLevel::PhishingResistant,
            PASSWORD | PASSWORD_PROTECTED_TRANSPORT if self.home.has(Method::Password) => true,
            _ => is_one_factor(class) && self.has_stated(class),
        }
    }

    fn has_stated(&self, class: &str) -> bool {
        self.session.assurance.stated.iter().any(|stated| stated == class)
    }

    /// The class for a SAML app: the first of those that it takes that is true; without a wish of its own
    /// the strongest that is. Nothing where none of those that it takes is true.
    #[must_use]
    pub fn class(&self, takes: &[String]) -> Option<String> {
        if takes.is_empty() {
            let stated = || self.session.assurance.stated.iter().find(|stated| self.is_true(stated));
            let strongest = if self.is_true(REFEDS_MFA) { None } else { Some(stated()) };
            let class = strongest.map_or(REFEDS_MFA, |stated| stated.map_or(UNSPECIFIED, String::as_str));
            return Some(class.to_owned());
        }
        takes.iter().find(|class| *class == UNSPECIFIED || self.is_true(class)).cloned()
    }

    /// The `acr` for an app: the first of its wishes that is true, essential ones before the others; else
    /// the strongest class that is.
    #[must_use]
    pub fn acr<'w>(&self, wishes: &'w [AcrWish]) -> Option<&'w str> {
        let wished = |weight| wishes.iter().filter(move |wish| wish.weight == weight);
        let wish =
            wished(AcrWeight::Essential).chain(wished(AcrWeight::Voluntary)).find(|wish| self.is_true(&wish.value));
        wish.map(|wish| wish.value.as_str())
            .or_else(|| [PHISHING_RESISTANT, REFEDS_MFA, REFEDS_SFA].into_iter().find(|class| self.is_true(class)))
    }

    /// The `amr` for an app: the partner's methods as far as they count, and ours, `mfa` beside them.
    #[must_use]
    pub fn amr(&self) -> Vec<String> {
        let Self { session, home, here, level } = self;
        let mut words: Vec<String> = Vec::new();
        let is_whole = session.home_methods.is_within(*home);
        for word in &session.assurance.methods {
            let counts = is_whole || FIRST_WORDS.contains(&word.as_str());
            if counts && word != "mfa" {
                add(&mut words, &[word]);
            }
        }
        if !is_whole {
            home.methods().for_each(|method| add(&mut words, words_of(method)));
        }
        let ours = here.iter().flat_map(|proof| proof.means.methods());
        ours.filter(|word| **word != "mfa").for_each(|word| add(&mut words, &[word]));
        if *level >= AssuranceLevel::SeveralFactors {
            add(&mut words, &["mfa"]);
        }
        words
    }
}

/// The strength that a class asks for; none for one that cannot be reached by showing more.
#[must_use]
pub fn strength_of(class: &str) -> Option<StrengthId> {
    match class {
        REFEDS_MFA | MICROSOFT_MULTIPLE => Some(StrengthId::MULTIFACTOR),
        PHISHING_RESISTANT => Some(StrengthId::PHISHING_RESISTANT),
        _ => None,
    }
}

/// The strengths that wishes of this weight ask for, any of which will do; the order is that of the
/// wishes.
#[must_use]
pub fn strengths_of(wishes: &[AcrWish], weight: AcrWeight) -> Vec<StrengthId> {
    let mut strengths = Vec::new();
    for wish in wishes.iter().filter(|wish| wish.weight == weight) {
        if let Some(strength) = strength_of(&wish.value)
            && !strengths.contains(&strength)
        {
            strengths.push(strength);
        }
    }
    strengths
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::base::random::SystemRandom;
    use crate::domain::assurance::statements::{Meaning, Stated};
    use crate::domain::attempts::AttemptId;
    use crate::domain::factors::KeyProtection;
    use crate::domain::guests::GuestId;
    use crate::domain::partners::PartnerId;
    use crate::domain::sessions::{HandleHash, SessionId};

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
    const PASSWORD: &str = PASSWORD_PROTECTED_TRANSPORT;

    fn trusting(home_trust: HomeTrust) -> AssuranceContract {
        AssuranceContract { home_trust, ..AssuranceContract::NOTHING_TRUSTED }
    }

    fn session(classes: &[&str], means: &[Means]) -> Session {
        let amr = [("acr".to_owned(), classes.iter().map(|class| (*class).to_owned()).collect())];
        let stated = Stated { class: None, attributes: &amr };
        let meaning = Meaning::of(stated, &AssuranceContract::NOTHING_TRUSTED);
        Session {
            id: SessionId::new(NOW, &SystemRandom),
            handle: HandleHash::of("x"),
            guest: GuestId::new(NOW, &SystemRandom),
            partner: PartnerId::new(NOW, &SystemRandom),
            attempt: AttemptId::new(NOW, &SystemRandom),
            started_at: NOW,
            used_at: NOW,
            authenticated_at: NOW,
            assurance: meaning.assurance,
            partner_session_index: None,
            partner_session_ends: None,
            partner_sid: None,
            home_methods: meaning.methods,
            asked_strengths: Vec::new(),
            factors: means.iter().map(|means| FactorProof { means: *means, at: NOW }).collect(),
        }
    }

    fn wish(value: &str, weight: AcrWeight) -> AcrWish {
        AcrWish { value: value.to_owned(), weight }
    }

    fn check(trust: HomeTrust, classes: &[&str], means: &[Means], acr: Option<&str>, amr: &[&str]) {
        let session = session(classes, means);
        let contract = trusting(trust);
        let proof = Proof::of(&session, &contract, None, NOW);
        assert_eq!(proof.acr(&[]), acr, "{trust:?} {classes:?} {means:?}");
        assert_eq!(proof.amr(), amr, "{trust:?} {classes:?} {means:?}");
    }

    #[test]
    fn an_app_is_told_what_counts_and_nothing_above_it() {
        use HomeTrust::{NotTrusted, Required, Trusted};
        let key = Means::Passkey(KeyProtection::Unstated);
        check(NotTrusted, &[], &[], None, &[]);
        check(NotTrusted, &[PASSWORD], &[], None, &["pwd"]);
        check(NotTrusted, &[REFEDS_SFA, PASSWORD], &[], Some(REFEDS_SFA), &["pwd"]);
        check(NotTrusted, &[REFEDS_MFA], &[], None, &[]);
        check(NotTrusted, &[REFEDS_MFA, PASSWORD], &[], None, &["pwd"]);
        check(NotTrusted, &[PHISHING_RESISTANT], &[], None, &[]);
        check(Trusted, &[REFEDS_MFA, PASSWORD], &[], Some(REFEDS_MFA), &["pwd", "mfa"]);
        check(Trusted, &[PHISHING_RESISTANT], &[], Some("phr"), &["mfa"]);
        check(NotTrusted, &[], &[Means::Totp], Some(REFEDS_MFA), &["otp", "mfa"]);
        check(NotTrusted, &[REFEDS_MFA, PASSWORD], &[Means::MailedCode], Some(REFEDS_MFA), &["pwd", "otp", "mfa"]);
        check(NotTrusted, &[PASSWORD], &[key], Some("phr"), &["pwd", "pop", "user", "mfa"]);
        check(Required, &[PASSWORD], &[key], None, &["pwd"]);
    }

    #[test]
    fn an_app_is_told_what_it_asked_for_where_that_is_true() {
        use AcrWeight::{Essential, Voluntary};
        let session = session(&[REFEDS_SFA], &[Means::Passkey(KeyProtection::Attested)]);
        let contract = trusting(HomeTrust::NotTrusted);
        let proof = Proof::of(&session, &contract, None, NOW);
        let acr = |wishes: &[AcrWish]| proof.acr(wishes).map(str::to_owned);
        assert_eq!(acr(&[]).as_deref(), Some("phr"));
        assert_eq!(acr(&[wish("urn:x", Voluntary)]).as_deref(), Some("phr"));
        assert_eq!(acr(&[wish(REFEDS_MFA, Voluntary)]).as_deref(), Some(REFEDS_MFA));
        assert_eq!(acr(&[wish(REFEDS_MFA, Voluntary), wish(REFEDS_SFA, Essential)]).as_deref(), Some(REFEDS_SFA));
        assert_eq!(acr(&[wish("phrh", Essential)]).as_deref(), Some("phr"), "hardware is not claimed");
    }

    #[test]
    fn a_saml_app_is_told_the_class_that_is_true_and_that_it_takes() {
        use HomeTrust::{NotTrusted, Trusted};
        let check = |trust, stated: &[&str], means: &[Means], takes: &[&str], expected: Option<&str>| {
            let (session, contract) = (session(stated, means), trusting(trust));
            let takes: Vec<String> = takes.iter().map(|class| (*class).to_owned()).collect();
            let told = Proof::of(&session, &contract, None, NOW).class(&takes);
            assert_eq!(told.as_deref(), expected, "{trust:?} {stated:?} {means:?} {takes:?}");
        };
        const KERBEROS: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos";
        const PLAIN: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
        check(NotTrusted, &[], &[], &[], Some(UNSPECIFIED));
        check(NotTrusted, &["urn:gold"], &[], &[], Some(UNSPECIFIED));
        check(NotTrusted, &[PASSWORD], &[], &[], Some(PASSWORD));
        check(NotTrusted, &[REFEDS_SFA], &[], &[], Some(REFEDS_SFA));
        check(NotTrusted, &[REFEDS_MFA], &[], &[], Some(UNSPECIFIED));
        check(NotTrusted, &[REFEDS_MFA, PASSWORD], &[], &[], Some(PASSWORD));
        check(Trusted, &[REFEDS_MFA, PASSWORD], &[], &[], Some(REFEDS_MFA));
        check(NotTrusted, &[PASSWORD], &[Means::Totp], &[], Some(REFEDS_MFA));
        check(NotTrusted, &[PASSWORD], &[Means::Passkey(KeyProtection::Unstated)], &[], Some(REFEDS_MFA));
        // A password is one over a protected connection, since the partner's page is on one.
        check(NotTrusted, &[PASSWORD], &[], &[PASSWORD], Some(PASSWORD));
        check(NotTrusted, &[PLAIN], &[], &[PASSWORD], Some(PASSWORD));
        check(NotTrusted, &[PASSWORD], &[Means::Totp], &[PASSWORD], Some(PASSWORD));
        check(NotTrusted, &[], &[], &[PASSWORD], None);
        check(NotTrusted, &[], &[Means::Totp], &[PASSWORD], None);
        check(NotTrusted, &[KERBEROS], &[], &[PASSWORD], None);
        check(NotTrusted, &[KERBEROS], &[], &[PASSWORD, KERBEROS], Some(KERBEROS));
        check(NotTrusted, &[], &[], &[PASSWORD, UNSPECIFIED], Some(UNSPECIFIED));
        check(Trusted, &[MICROSOFT_MULTIPLE], &[], &[MICROSOFT_MULTIPLE], Some(MICROSOFT_MULTIPLE));
        check(NotTrusted, &[MICROSOFT_MULTIPLE], &[], &[MICROSOFT_MULTIPLE], None);
    }

    #[test]
    fn factors_of_before_do_not_count_where_new_ones_are_asked() {
        let session = session(&[PASSWORD], &[Means::Totp]);
        let contract = trusting(HomeTrust::NotTrusted);
        let tick = Duration::from_micros(1);
        assert_eq!(Proof::of(&session, &contract, Some(NOW), NOW).level(), AssuranceLevel::SeveralFactors);
        let later = Proof::of(&session, &contract, Some(NOW.plus(tick)), NOW.plus(tick));
        assert_eq!((later.level(), later.amr()), (AssuranceLevel::SingleFactor, vec!["pwd".to_owned()]));
    }

    #[test]
    fn wishes_are_strengths_as_far_as_we_know_them() {
        let wishes = [wish("urn:x", AcrWeight::Essential), wish("phr", AcrWeight::Essential)];
        let with = [&wishes[..], &[wish(REFEDS_MFA, AcrWeight::Voluntary)]].concat();
        assert_eq!(strengths_of(&with, AcrWeight::Essential), [StrengthId::PHISHING_RESISTANT]);
        assert_eq!(strengths_of(&with, AcrWeight::Voluntary), [StrengthId::MULTIFACTOR]);
    }
}
