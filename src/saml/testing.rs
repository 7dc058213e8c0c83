//! A good response as canonical text, changed by one swap, signed and judged.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use super::accept::{Judgement, judge};
use super::expectation::{AskedBy, Decryption, Expectation};
use super::names::EntityId;
use super::subject::{SubjectAttribute, SubjectRule};
use crate::base::clock::Timestamp;
use crate::keys::public::PublicKey;
use crate::keys::signing::SigningKey;
use crate::xmlsig::sign::ToSign;
use crate::xmlsig::write::Halves;

pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
pub(super) const PARTNER: &str = "https://idp.fabrikam.example/saml";
pub(super) const OURS: &str = "https://gate.example/saml/sp";
pub(super) const ACS: &str = "https://gate.example/saml/sp/acs";
pub(super) const REQUEST: &str = "_asked";

/// The key of the partner; the tests share it, since nothing depends on its value.
pub(super) static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_p256().unwrap());
pub(super) static PUBLIC: LazyLock<Vec<Arc<PublicKey>>> = LazyLock::new(|| public(&KEY));

pub(super) fn public(key: &SigningKey) -> Vec<Arc<PublicKey>> {
    vec![Arc::new(PublicKey::from_spki(&key.spki().unwrap()).unwrap())]
}

const GOOD: &str = concat!(
    r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="https://gate.example/saml/sp/acs""#,
    r#" ID="_r" InResponseTo="_asked" IssueInstant="2026-09-21T14:13:20Z" Version="2.0">"#,
    r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://idp.fabrikam.example/saml</saml:Issuer>{r}"#,
    r#"<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status>"#,
    r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a" IssueInstant="2026-09-21T14:13:20Z" Version="2.0">"#,
    r#"<saml:Issuer>https://idp.fabrikam.example/saml</saml:Issuer>{a}"#,
    r#"<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">p-7f3a</saml:NameID>"#,
    r#"<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">"#,
    r#"<saml:SubjectConfirmationData InResponseTo="_asked" NotOnOrAfter="2026-09-21T14:18:20Z""#,
    r#" Recipient="https://gate.example/saml/sp/acs"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>"#,
    r#"<saml:Conditions NotBefore="2026-09-21T14:13:20Z" NotOnOrAfter="2026-09-21T14:18:20Z">"#,
    r#"<saml:AudienceRestriction><saml:Audience>https://gate.example/saml/sp</saml:Audience></saml:AudienceRestriction></saml:Conditions>"#,
    r#"<saml:AuthnStatement AuthnInstant="2026-09-21T14:13:00Z" SessionIndex="_s"><saml:AuthnContext>"#,
    r#"<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>"#,
    r#"</saml:AuthnContext></saml:AuthnStatement>"#,
    r#"<saml:AttributeStatement><saml:Attribute Name="mail"><saml:AttributeValue>ana@fabrikam.example</saml:AttributeValue>"#,
    r#"</saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>"#
);

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signed {
    Assertion,
    Response,
    Both,
    Nothing,
}

/// One response and what it is held against.
pub(super) struct Case {
    text: String,
    signed: Signed,
    now: Timestamp,
    rule: SubjectRule,
    request: Option<&'static str>,
    skew: Duration,
    keys: Vec<Arc<PublicKey>>,
}

/// The good response, its assertion signed.
pub(super) fn good() -> Case {
    Case {
        text: GOOD.to_owned(),
        signed: Signed::Assertion,
        now: NOW,
        rule: SubjectRule::PersistentNameId,
        request: Some(REQUEST),
        skew: Duration::from_secs(60),
        keys: PUBLIC.clone(),
    }
}

impl Case {
    /// Puts `new` in the place of each `old` before signing.
    pub(super) fn swap(mut self, old: &str, new: &str) -> Self {
        assert!(self.text.contains(old), "the good response has no `{old}`");
        self.text = self.text.replace(old, new);
        self
    }

    /// Puts `new` in the place of the last `old`.
    pub(super) fn swap_last(mut self, old: &str, new: &str) -> Self {
        let at = self.text.rfind(old).unwrap();
        self.text.replace_range(at..at + old.len(), new);
        self
    }

    /// Puts `new` in the place of the first `old`.
    pub(super) fn swap_first(mut self, old: &str, new: &str) -> Self {
        let at = self.text.find(old).unwrap();
        self.text.replace_range(at..at + old.len(), new);
        self
    }

    pub(super) fn signed(mut self, signed: Signed) -> Self {
        self.signed = signed;
        self
    }

    pub(super) fn later(mut self, seconds: u64) -> Self {
        self.now = NOW.plus(Duration::from_secs(seconds));
        self
    }

    pub(super) fn earlier(mut self, seconds: u64) -> Self {
        self.now = NOW.minus(Duration::from_secs(seconds));
        self
    }

    pub(super) fn rule(mut self, rule: SubjectRule) -> Self {
        self.rule = rule;
        self
    }

    pub(super) fn by_attribute(self, name: &str) -> Self {
        let attribute = SubjectAttribute::parse(name).unwrap();
        self.rule(SubjectRule::Attribute(attribute))
    }

    pub(super) fn without_request(mut self) -> Self {
        self.request = None;
        self
    }

    pub(super) fn keys(mut self, keys: Vec<Arc<PublicKey>>) -> Self {
        self.keys = keys;
        self
    }

    /// The signed text.
    pub(super) fn xml(&self) -> String {
        let mut text = self.text.clone();
        if matches!(self.signed, Signed::Assertion | Signed::Both) {
            let start = text.find("<saml:Assertion").unwrap();
            let end = text.rfind("</saml:Assertion>").unwrap() + "</saml:Assertion>".len();
            let signed = sign(&text[start..end], "{a}", "_a");
            text.replace_range(start..end, &signed);
        }
        let text = text.replace("{a}", "");
        if matches!(self.signed, Signed::Response | Signed::Both) {
            sign(&text, "{r}", "_r")
        } else {
            text.replace("{r}", "")
        }
    }

    pub(super) fn judge_text(&self, xml: &str) -> Judgement {
        let (partner, audience) = (EntityId::parse(PARTNER).unwrap(), EntityId::parse(OURS).unwrap());
        let expected = Expectation {
            partner: &partner,
            keys: &self.keys,
            audience: &audience,
            acs: ACS,
            asked_by: self.request.map_or(AskedBy::UnknownToExplain, AskedBy::Request),
            clock_skew: self.skew,
            subject: &self.rule,
            decryption: Decryption::Refused,
        };
        judge(xml.as_bytes(), &expected, self.now)
    }

    pub(super) fn judge(&self) -> Judgement {
        self.judge_text(&self.xml())
    }

    /// Holds that the causes of all failed rows are exactly these, and the outcome agrees.
    #[track_caller]
    pub(super) fn fails(&self, causes: &[&str]) {
        let judgement = self.judge();
        let found: Vec<&str> = judgement.rows.iter().filter_map(|row| row.cause()).collect();
        assert_eq!(found, causes, "{}", self.text);
        match &judgement.outcome {
            Ok(_) => assert!(causes.is_empty()),
            Err(refused) => assert_eq!(Some(&refused.cause()), causes.first()),
        }
    }

    /// Holds that it is accepted.
    #[track_caller]
    pub(super) fn is_accepted(&self) {
        self.fails(&[]);
    }
}

fn sign(element: &str, place: &str, id: &str) -> String {
    let (head, tail) = element.split_once(place).unwrap();
    let halves = Halves { head: head.to_owned(), tail: tail.to_owned() };
    let algorithm = KEY.default_algorithm();
    let waiting = ToSign::new(halves, id, algorithm, None).unwrap();
    let signature = KEY.sign(algorithm, waiting.signed_info()).unwrap();
    waiting.finish(&signature)
}
