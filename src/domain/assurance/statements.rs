//! What the words of partners mean: a partner's own table first, then the usual one.

use super::{
    Assurance, AssuranceContract, AssuranceLevel, MICROSOFT_MULTIPLE, PHISHING_RESISTANT, PHISHING_RESISTANT_HARDWARE,
    REFEDS_MFA, REFEDS_SFA, StatedIn, Statement,
};
use crate::domain::policy::methods::{Method, MethodSet};
use Method::{
    FederatedMultiFactor, FederatedPhishingResistant, FederatedSingleFactor, Password, X509CertificateSingleFactor,
};

/// What a partner stated, by where.
#[derive(Debug, Clone, Copy)]
pub struct Stated<'a> {
    /// The class of the authentication statement.
    pub class: Option<&'a str>,
    /// Every attribute with its values.
    pub attributes: &'a [(String, Vec<String>)],
}

/// The attribute in which a partner states an `acr`.
const ACR_NAME: &str = "acr";
/// The attributes in which partners state an `amr`.
const AMR_NAMES: &[&str] = &["amr", "http://schemas.microsoft.com/claims/authnmethodsreferences"];

impl<'a> Stated<'a> {
    /// The values that are stated there.
    fn of(self, place: &'a StatedIn) -> Box<dyn Iterator<Item = &'a str> + 'a> {
        match place {
            StatedIn::Class => Box::new(self.class.into_iter()),
            StatedIn::Acr => Box::new(self.named(|name| name == ACR_NAME)),
            StatedIn::Amr => Box::new(self.named(|name| AMR_NAMES.contains(&name))),
            StatedIn::Attribute(wanted) => Box::new(self.named(move |name| name == wanted)),
        }
    }

    fn named(self, is_wanted: impl Fn(&str) -> bool + 'a) -> impl Iterator<Item = &'a str> {
        self.attributes
            .iter()
            .filter(move |(name, _)| is_wanted(name))
            .flat_map(|(_, values)| values.iter().map(String::as_str))
    }

    /// What the usual table may know, each with its place.
    fn usual(self) -> impl Iterator<Item = (Place, &'a str)> {
        let class = self.class.into_iter().map(|value| (Place::Class, value));
        let acr = self.named(|name| name == ACR_NAME).map(|value| (Place::Acr, value));
        let amr = self.named(|name| AMR_NAMES.contains(&name)).map(|value| (Place::Amr, value));
        class.chain(acr).chain(amr)
    }
}

/// What a statement means by the contract of its partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// For the session and the app.
    pub assurance: Assurance,
    /// The methods, whether they count or not. That the partner vouched is among them.
    pub methods: MethodSet,
}

impl Meaning {
    /// Reads what a partner stated. A word that its own table names means what stands there and nothing
    /// else; what no table knows counts as nothing.
    #[must_use]
    pub fn of(stated: Stated<'_>, contract: &AssuranceContract) -> Self {
        let mut known = MethodSet::EMPTY;
        let mut words: Vec<String> = Vec::new();
        for row in contract.statements.iter().filter(|row| is_stated(stated, row)) {
            known = known.or(row.methods);
            row.methods.methods().for_each(|method| add(&mut words, words_of(method)));
        }
        let mut texts: Vec<String> = Vec::new();
        for (place, value) in stated.usual() {
            add(&mut texts, &[value]);
            let is_own = |row: &Statement| place.is(&row.stated_in) && row.values.iter().any(|own| own == value);
            if contract.statements.iter().any(is_own) {
                continue;
            }
            if let Some((_, _, methods, names)) = TABLE.iter().find(|row| row.0 == value && row.1.contains(&place)) {
                known = known.or(MethodSet::of(methods));
                add(&mut words, names);
            }
        }
        let methods = known.with(FederatedSingleFactor);
        let level = if known.is_empty() { AssuranceLevel::Unknown } else { AssuranceLevel::of(methods) };
        if level >= AssuranceLevel::SeveralFactors {
            add(&mut words, &["mfa"]);
        }
        Self { assurance: Assurance { level, stated: texts, methods: words }, methods }
    }
}

fn is_stated(stated: Stated<'_>, row: &Statement) -> bool {
    !row.values.is_empty() && row.values.iter().all(|value| stated.of(&row.stated_in).any(|found| found == value))
}

pub(super) fn add(words: &mut Vec<String>, more: &[&str]) {
    for word in more {
        if !words.iter().any(|known| known == word) {
            words.push((*word).to_owned());
        }
    }
}

/// A method of a partner in the words of RFC 8176 2. How a key is kept is not known, so it is `pop`.
pub(super) const fn words_of(method: Method) -> &'static [&'static str] {
    match method {
        Method::Password => &["pwd"],
        Method::Sms => &["sms"],
        Method::Voice => &["tel"],
        Method::SoftwareOath | Method::HardwareOath | Method::Email | Method::RecoveryCode => &["otp"],
        Method::Fido2 | Method::WindowsHelloForBusiness => &["pop", "user"],
        Method::X509CertificateSingleFactor | Method::X509CertificateMultiFactor => &["pop"],
        Method::FederatedSingleFactor
        | Method::MicrosoftAuthenticatorPush
        | Method::FederatedMultiFactor
        | Method::DeviceBasedPush
        | Method::FederatedPhishingResistant => &[],
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Class,
    Acr,
    Amr,
}

impl Place {
    const fn is(self, stated_in: &StatedIn) -> bool {
        matches!(
            (self, stated_in),
            (Self::Class, StatedIn::Class) | (Self::Acr, StatedIn::Acr) | (Self::Amr, StatedIn::Amr)
        )
    }
}

const ANYWHERE: &[Place] = &[Place::Class, Place::Acr, Place::Amr];
const CLASSES: &[Place] = &[Place::Class, Place::Acr];
const METHODS: &[Place] = &[Place::Amr];

/// A value, where it is known, the methods that it means, and its words of RFC 8176.
type Row = (&'static str, &'static [Place], &'static [Method], &'static [&'static str]);

const TABLE: &[Row] = &[
    (REFEDS_SFA, ANYWHERE, &[FederatedSingleFactor], &[]),
    (REFEDS_MFA, ANYWHERE, &[FederatedMultiFactor], &[]),
    (MICROSOFT_MULTIPLE, ANYWHERE, &[FederatedMultiFactor], &[]),
    (PHISHING_RESISTANT, CLASSES, &[FederatedPhishingResistant], &[]),
    (PHISHING_RESISTANT_HARDWARE, CLASSES, &[FederatedPhishingResistant], &[]),
    ("mfa", METHODS, &[FederatedMultiFactor], &[]),
    ("pwd", METHODS, &[Password], &["pwd"]),
    ("wia", METHODS, &[FederatedSingleFactor], &["wia"]),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:Password", ANYWHERE, &[Password], &["pwd"]),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", ANYWHERE, &[Password], &["pwd"]),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos", ANYWHERE, &[FederatedSingleFactor], &["wia"]),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:X509", ANYWHERE, &[X509CertificateSingleFactor], &[]),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient", ANYWHERE, &[X509CertificateSingleFactor], &[]),
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI", ANYWHERE, &[X509CertificateSingleFactor], &["sc"]),
    // Alone it may be all that was asked, so it is one factor.
    ("urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken", ANYWHERE, &[FederatedSingleFactor], &["otp"]),
    ("http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password", ANYWHERE, &[Password], &["pwd"]),
    (
        "http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows",
        ANYWHERE,
        &[FederatedSingleFactor],
        &["wia"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    const VOUCHED: MethodSet = MethodSet::of(&[FederatedSingleFactor]);

    fn attribute(name: &str, values: &[&str]) -> (String, Vec<String>) {
        (name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
    }

    fn meaning(class: Option<&str>, attributes: &[(String, Vec<String>)], own: &[Statement]) -> Meaning {
        let contract = AssuranceContract { statements: own.to_vec(), ..AssuranceContract::NOTHING_TRUSTED };
        Meaning::of(Stated { class, attributes }, &contract)
    }

    fn check(class: &str, level: AssuranceLevel, methods: &[Method], words: &[&str]) {
        let found = meaning(Some(class), &[], &[]);
        assert_eq!((found.assurance.level, found.methods), (level, MethodSet::of(methods).or(VOUCHED)), "{class}");
        assert_eq!(found.assurance.methods, words, "{class}");
        assert_eq!(found.assurance.stated, [class]);
    }

    #[test]
    fn a_class_means_what_the_table_says_and_an_unknown_one_nothing() {
        use AssuranceLevel::{PhishingResistant, SeveralFactors, SingleFactor, Unknown};
        let saml = |class: &str| format!("urn:oasis:names:tc:SAML:2.0:ac:classes:{class}");
        check("urn:example:gold", Unknown, &[], &[]);
        check("mfa", Unknown, &[], &[]);
        check(&saml("unspecified"), Unknown, &[], &[]);
        check(&saml("PasswordProtectedTransport"), SingleFactor, &[Password], &["pwd"]);
        check(&saml("SmartcardPKI"), SingleFactor, &[X509CertificateSingleFactor], &["sc"]);
        check(&saml("TimeSyncToken"), SingleFactor, &[], &["otp"]);
        check(REFEDS_SFA, SingleFactor, &[], &[]);
        check(REFEDS_MFA, SeveralFactors, &[FederatedMultiFactor], &["mfa"]);
        check(MICROSOFT_MULTIPLE, SeveralFactors, &[FederatedMultiFactor], &["mfa"]);
        check("phr", PhishingResistant, &[FederatedPhishingResistant], &["mfa"]);
        check("phrh", PhishingResistant, &[FederatedPhishingResistant], &["mfa"]);
        let nothing = meaning(None, &[], &[]);
        assert_eq!((nothing.assurance, nothing.methods), (Assurance::unknown(), VOUCHED));
    }

    #[test]
    fn methods_are_read_from_their_attributes_only() {
        let amr = [attribute("amr", &["pwd", "mfa", "otp", "phr"])];
        let found = meaning(None, &amr, &[]);
        assert_eq!(found.methods, MethodSet::of(&[Password, FederatedMultiFactor]).or(VOUCHED));
        assert_eq!(found.assurance.methods, ["pwd", "mfa"], "what no table knows is not told on");
        let elsewhere = [attribute("urn:how", &[REFEDS_MFA]), attribute("AMR", &["mfa"])];
        assert_eq!(meaning(None, &elsewhere, &[]).methods, VOUCHED);
        assert_eq!(
            meaning(None, &[attribute("acr", &["phr"])], &[]).assurance.level,
            AssuranceLevel::PhishingResistant
        );
    }

    #[test]
    fn a_partners_own_table_comes_first() {
        let row = |stated_in, values: &[&str], methods: &[Method]| Statement {
            stated_in,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            methods: MethodSet::of(methods),
        };
        let own = [
            row(StatedIn::Amr, &["hwk", "user"], &[Method::Fido2]),
            row(StatedIn::Class, &["urn:gold"], &[FederatedMultiFactor]),
            row(StatedIn::Class, &[REFEDS_MFA], &[Password]),
            row(StatedIn::Attribute("urn:how".to_owned()), &["sms"], &[Password, Method::Sms]),
            row(StatedIn::Acr, &[], &[Method::Fido2]),
        ];
        let of = |class: &str, attributes: &[(String, Vec<String>)]| meaning(Some(class), attributes, &own);
        assert_eq!(of("urn:gold", &[]).assurance.level, AssuranceLevel::SeveralFactors);
        assert_eq!(of(REFEDS_MFA, &[]).methods, MethodSet::of(&[Password]).or(VOUCHED), "its word means less");
        assert_eq!(of("x", &[attribute("amr", &["hwk"])]).methods, VOUCHED, "all values are needed");
        let both = of("x", &[attribute("amr", &["user", "hwk"])]);
        assert_eq!(both.methods, MethodSet::of(&[Method::Fido2]).or(VOUCHED));
        assert_eq!(both.assurance.methods, ["pop", "user", "mfa"]);
        let named = of("x", &[attribute("urn:how", &["sms"])]);
        assert_eq!(
            (named.assurance.level, named.assurance.methods),
            (AssuranceLevel::SeveralFactors, vec!["pwd".to_owned(), "sms".to_owned(), "mfa".to_owned()])
        );
        assert_eq!(of("x", &[]).methods, VOUCHED, "a row without values says nothing");
    }
}
