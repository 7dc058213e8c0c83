use super::*;
use crate::domain::assurance::{AssuranceContract, Comparison, Question, StatedIn, Statement};
use crate::domain::policy::facts::HomeTrust;
use crate::domain::policy::methods::{Method, MethodSet};
use crate::domain::policy::strengths::StrengthId;

fn contract(keys: &str) -> AssuranceContract {
    partner(&format!("{PARTNER}[partner.assurance]\n{keys}")).assurance
}

/// Faults of a contract with `keys` from its fifth line.
fn refused_at(keys: &str, expected: &[&str]) {
    refused(&format!("{PARTNER}[partner.assurance]\n{keys}"), expected);
}

#[test]
fn nothing_is_trusted_until_it_is_said() {
    assert_eq!(partner(PARTNER).assurance, AssuranceContract::NOTHING_TRUSTED);
    assert_eq!(contract(""), AssuranceContract::NOTHING_TRUSTED);
    let trusted = |keys: &str| contract(keys).home_trust;
    assert_eq!(trusted("mfa_accepted = false\n"), HomeTrust::NotTrusted);
    assert_eq!(trusted("mfa_accepted = true\n"), HomeTrust::Trusted);
    assert_eq!(trusted("mfa_accepted = true\nmfa_at_home = 'preferred'\n"), HomeTrust::Trusted);
    assert_eq!(trusted("mfa_accepted = true\nmfa_at_home = 'required'\n"), HomeTrust::Required);
}

#[test]
fn every_key_of_a_contract_is_read() {
    let text = "mfa_accepted = true\nmay_assert = ['several_factors', 'fido2']\nfresh_within = 3600\n\
                [[partner.assurance.statements]]\nclass = ['urn:gold']\nmethods = ['phishing_resistant']\n\
                [[partner.assurance.statements]]\nacr = ['gold']\nmethods = ['single_factor']\n\
                [[partner.assurance.statements]]\namr = ['hwk', 'user']\nmethods = ['fido2']\n\
                [[partner.assurance.statements]]\nattribute = 'urn:how'\nvalues = ['sms']\nmethods = ['password', 'sms']\n\
                [[partner.assurance.requests]]\nstrength = 'multifactor'\nclasses = ['urn:two', 'urn:three']\n\
                [[partner.assurance.requests]]\nstrength = 'phishing-resistant'\nclasses = ['urn:key']\n\
                comparison = 'minimum'\n";
    let statement = |stated_in, values: &[&str], methods: &[Method]| Statement {
        stated_in,
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        methods: MethodSet::of(methods),
    };
    let question = |strength, words: &[&str], comparison| Question {
        strength,
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        comparison,
    };
    let expected = AssuranceContract {
        home_trust: HomeTrust::Trusted,
        may_assert: MethodSet::of(&[Method::FederatedMultiFactor, Method::Fido2]),
        fresh_within: Some(Duration::from_secs(3600)),
        statements: vec![
            statement(StatedIn::Class, &["urn:gold"], &[Method::FederatedPhishingResistant]),
            statement(StatedIn::Acr, &["gold"], &[Method::FederatedSingleFactor]),
            statement(StatedIn::Amr, &["hwk", "user"], &[Method::Fido2]),
            statement(StatedIn::Attribute("urn:how".to_owned()), &["sms"], &[Method::Password, Method::Sms]),
        ],
        questions: vec![
            question(StrengthId::MULTIFACTOR, &["urn:two", "urn:three"], Comparison::Exact),
            question(StrengthId::PHISHING_RESISTANT, &["urn:key"], Comparison::Minimum),
        ],
    };
    assert_eq!(contract(text), expected);
}

#[test]
fn each_key_of_a_contract_is_refused_by_cause() {
    refused_at("mfa_at_home = 'required'\n", &["5: `mfa_at_home = \"required\"` needs `mfa_accepted = true`"]);
    refused_at(
        "mfa_at_home = 'never'\n",
        &["5: `mfa_at_home` must be one of `preferred`, `required`: this version does not know `never`"],
    );
    refused_at(
        "may_assert = ['magic']\n",
        &["5: `may_assert`, `magic`: is no authentication method known to this version"],
    );
    refused_at("may_assert = ['email']\n", &["5: `may_assert`, `email`: can be shown here only, never at a partner"]);
    refused_at("fresh_within = 59\n", &["5: `fresh_within` must be within 60 and 2592000, not 59"]);
    refused_at("trust = true\n", &["5: unknown key `trust` in `[partner.assurance]`: not known to this version"]);
}

#[test]
fn each_row_of_a_contract_is_refused_by_cause() {
    let row = |keys: &str, expected: &str| {
        refused_at(&format!("[[partner.assurance.statements]]\n{keys}\n"), &[expected]);
    };
    let one = "5: `[[partner.assurance.statements]]` needs exactly one of `class`, `acr`, `amr` and `attribute`";
    row("methods = ['sms']", one);
    row("methods = ['sms']\nclass = ['a']\namr = ['b']", one);
    row("class = ['a']", "5: `[[partner.assurance.statements]]` needs the key `methods`");
    row("class = ['a']\nmethods = []", "7: `methods` must name at least one");
    row("class = []\nmethods = ['sms']", "6: `class` must list at least one value");
    row("class = ['a', 'b']\nmethods = ['sms']", "6: a statement has one class, so `class` must list one value");
    row("class = ['a']\nvalues = ['b']\nmethods = ['sms']", "7: `values` belongs to `attribute`");
    row("attribute = 'a'\nmethods = ['sms']", "5: `values` must list at least one value");
    let request = |keys: &str, expected: &str| {
        refused_at(&format!("[[partner.assurance.requests]]\n{keys}\n"), &[expected]);
    };
    request("strength = 'multifactor'\nclasses = []", "7: `classes` must list at least one class");
    request(
        "strength = 'gold'\nclasses = ['a']",
        "6: `strength` must be one of `multifactor`, `passwordless`, `phishing-resistant`: this version does not know \
         `gold`",
    );
    let twice = "strength = 'multifactor'\nclasses = ['a']\n[[partner.assurance.requests]]\nstrength = 'multifactor'\nclasses = ['b']";
    request(twice, "9: each strength has one row of `requests`");
    let many = "[[partner.assurance.statements]]\nclass = ['a']\nmethods = ['sms']\n".repeat(65);
    refused_at(&many, &["5: `statements` has more than 64 rows"]);
}
