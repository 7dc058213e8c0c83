//! What is written is judged as the gateway judges it, signed in every way, under each kind of key.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::base::random::SystemRandom;
use crate::keys::generate::self_signed;
use crate::keys::public::PublicKey;
use crate::keys::signing::SigningKey;
use crate::saml::accept::{Judgement, Refused, judge};
use crate::saml::expectation::{AskedBy, Decryption, Expectation};
use crate::saml::names::{EntityId, FORMAT_PERSISTENT};
use crate::saml::status::{NO_PASSIVE, PartnerAnswer, RESPONDER, SUCCESS};
use crate::saml::subject::SubjectRule;
use crate::saml::testing::{ACS, NOW, OURS, PARTNER, REQUEST};

fn assertion(value: &str) -> AssertionDescription {
    AssertionDescription {
        id: "_a".to_owned(),
        issue_instant: NOW,
        issuer: PARTNER.to_owned(),
        subject: NameId {
            value: value.to_owned(),
            format: Some(FORMAT_PERSISTENT.to_owned()),
            name_qualifier: Some(PARTNER.to_owned()),
            sp_name_qualifier: Some(OURS.to_owned()),
        },
        recipient: ACS.to_owned(),
        in_response_to: Some(REQUEST.to_owned()),
        audience: OURS.to_owned(),
        not_on_or_after: NOW.plus(Duration::from_secs(300)),
        authn_instant: NOW,
        class_ref: "urn:oasis:names:tc:SAML:2.0:ac:classes:Password".to_owned(),
        session_index: Some("_s".to_owned()),
        session_not_on_or_after: Some(NOW.plus(Duration::from_secs(3600))),
        authenticating_authorities: vec!["urn:up".to_owned()],
        attributes: vec![
            ("urn:oid:2.5.4.42".to_owned(), vec!["Änä <&> \"'".to_owned()]),
            ("groups".to_owned(), vec!["a".to_owned(), String::new()]),
        ],
        formatted: Vec::new(),
    }
}

fn response(top: &str, second: Option<&str>) -> ResponseDescription {
    ResponseDescription {
        id: "_r".to_owned(),
        issue_instant: NOW,
        issuer: PARTNER.to_owned(),
        destination: ACS.to_owned(),
        in_response_to: Some(REQUEST.to_owned()),
        status: Status {
            top: top.to_owned(),
            second: second.map(str::to_owned),
            message: second.map(|_| "not now".to_owned()),
        },
    }
}

fn judge_with(key: &SigningKey, xml: &str) -> Judgement {
    let (partner, audience) = (EntityId::parse(PARTNER).unwrap(), EntityId::parse(OURS).unwrap());
    let keys = [Arc::new(PublicKey::from_spki(&key.spki().unwrap()).unwrap())];
    let expected = Expectation {
        partner: &partner,
        keys: &keys,
        audience: &audience,
        acs: ACS,
        asked_by: AskedBy::Request(REQUEST),
        clock_skew: Duration::ZERO,
        subject: &SubjectRule::PersistentNameId,
        decryption: Decryption::Refused,
    };
    judge(xml.as_bytes(), &expected, NOW)
}

fn seal(key: &SigningKey, waiting: ToSign) -> String {
    let signature = key.sign(key.default_algorithm(), waiting.signed_info()).unwrap();
    waiting.finish(&signature)
}

#[test]
fn what_is_written_is_accepted_however_it_is_signed() {
    for key in [SigningKey::generate_rsa().unwrap(), SigningKey::generate_p256().unwrap()] {
        let certificate = self_signed(&SystemRandom, &key, "idp", NOW, NOW.plus(Duration::from_secs(60))).unwrap();
        let with = SignedWith { algorithm: key.default_algorithm(), certificate: Some(&certificate) };
        let (described, around) = (assertion("p-7f3a"), response(SUCCESS, None));
        let signed = seal(&key, described.to_sign(with).unwrap());
        let unsigned = described.unsigned().unwrap();
        for (saw, xml) in [
            ("assertion", around.unsigned(Some(&signed)).unwrap()),
            ("response", seal(&key, around.to_sign(Some(&unsigned), with).unwrap())),
            ("response and assertion", seal(&key, around.to_sign(Some(&signed), with).unwrap())),
        ] {
            let judgement = judge_with(&key, &xml);
            assert_eq!(judgement.rows[2].saw, saw);
            let accepted = judgement.outcome.unwrap();
            assert_eq!(accepted.subject.value, "p-7f3a");
            assert_eq!(accepted.attributes, described.attributes);
            assert_eq!(accepted.session_not_on_or_after, described.session_not_on_or_after);
            assert_eq!(accepted.authenticating_authorities, described.authenticating_authorities);
            assert_eq!(accepted.class_ref, Some(described.class_ref.clone()));
        }
        let nothing = around.unsigned(Some(&unsigned)).unwrap();
        assert_eq!(judge_with(&key, &nothing).outcome, Err(Refused::Signature("signature_missing")));
    }
}

#[test]
fn an_error_answer_is_written_with_and_without_a_signature() {
    let key = SigningKey::generate_p256().unwrap();
    let with = SignedWith { algorithm: key.default_algorithm(), certificate: None };
    let around = response(RESPONDER, Some(NO_PASSIVE));
    for xml in [around.unsigned(None).unwrap(), seal(&key, around.to_sign(None, with).unwrap())] {
        let refused = judge_with(&key, &xml).outcome.unwrap_err();
        assert_eq!(refused, Refused::Status(around.status.clone()));
        assert_eq!(refused.answer(), Some(PartnerAnswer::NoPassive));
    }
}

#[test]
fn a_value_that_xml_cannot_carry_is_refused() {
    assert_eq!(assertion("p\u{0}").unsigned(), Err(WriteError::ForbiddenCharacter));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn writing_then_reading_is_identity(value in "[a-zA-Zäß<>&\"'][ -~ä]{0,30}[a-z]", attribute in "[ -~\t\nä]{0,40}") {
        prop_assume!(!crate::saml::subject::is_mail_like(&value));
        let key = &*crate::saml::testing::KEY;
        let with = SignedWith { algorithm: key.default_algorithm(), certificate: None };
        let described = AssertionDescription {
            attributes: vec![("x".to_owned(), vec![attribute])],
            ..assertion(&value)
        };
        let signed = seal(key, described.to_sign(with).unwrap());
        let accepted = judge_with(key, &response(SUCCESS, None).unsigned(Some(&signed)).unwrap()).outcome.unwrap();
        prop_assert_eq!(accepted.subject.value, value);
        prop_assert_eq!(accepted.attributes, described.attributes);
    }
}
