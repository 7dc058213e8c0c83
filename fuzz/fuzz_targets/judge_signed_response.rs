//! Fields of a response, one a line, which is then signed with the partner's key. What is accepted says
//! exactly what was signed, and is for us, for this request and for now.

#![no_main]

use std::time::Duration;

use entente::base::encoding::base64;
use entente::keys::signing::SignatureAlgorithm;
use entente::saml::messages::name_id::NameId;
use entente::saml::messages::write_response::{AssertionDescription, ResponseDescription, SignedWith};
use entente::saml::names::FORMAT_PERSISTENT;
use entente::saml::status::{SUCCESS, Status};
use entente::upstream::{Answers, Expected, PostedAnswer, judge};
use entente_fuzz::{KEYS, NOW, PARTNER, PARTNER_KEY, PROVIDERS, PUBLIC_URL, RECORD, REQUEST};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // An empty or missing line takes the value that is right.
    let mut lines = text.split('\n');
    let mut field = |right: &str| lines.next().filter(|line| !line.is_empty()).unwrap_or(right).to_owned();
    let acs = PUBLIC_URL.join("/saml/sp/acs");
    let audience = PUBLIC_URL.join("/saml/sp");
    let seconds = |text: String| Duration::from_secs(text.parse::<u32>().unwrap_or(300).into());
    let assertion = AssertionDescription {
        id: field("_1"),
        issue_instant: NOW,
        issuer: field(PARTNER),
        subject: NameId {
            value: field("ana-1"),
            format: Some(field(FORMAT_PERSISTENT)),
            name_qualifier: None,
            sp_name_qualifier: None,
        },
        recipient: field(&acs),
        in_response_to: Some(field(REQUEST)),
        audience: field(&audience),
        not_on_or_after: NOW.plus(seconds(field("300"))),
        authn_instant: NOW.minus(seconds(field("0"))),
        class_ref: field("urn:oasis:names:tc:SAML:2.0:ac:classes:Password"),
        session_index: Some(field("s")),
        session_not_on_or_after: None,
        authenticating_authorities: vec![field("https://other.example/saml")],
        attributes: vec![(field("mail"), vec![field("ana@fabrikam.example"), field("x")])],
        formatted: Vec::new(),
    };
    let response = ResponseDescription {
        id: field("_2"),
        issue_instant: NOW,
        issuer: field(PARTNER),
        destination: field(&acs),
        in_response_to: Some(field(REQUEST)),
        status: Status { top: field(SUCCESS), second: None, message: None },
    };
    let algorithm = SignatureAlgorithm::EcdsaP256Sha256;
    let with = SignedWith { algorithm, certificate: None };
    let Ok(to_sign) = assertion.to_sign(with) else { return };
    let signature = PARTNER_KEY.0.sign(algorithm, to_sign.signed_info()).unwrap();
    let Ok(document) = response.unsigned(Some(&to_sign.finish(&signature))) else { return };
    let Ok(answer) = PostedAnswer::captured(base64(document).as_bytes()) else { return };
    let answers = Answers::Request(REQUEST);
    let expected = Expected { answers, public_url: &PUBLIC_URL, keys: &KEYS, providers: &PROVIDERS };
    if let Ok(accepted) = judge(&RECORD, &answer, &expected, NOW).outcome {
        assert_eq!(accepted.identity.issuer, PARTNER);
        assert_eq!(accepted.identity.subject, assertion.subject.value);
        assert_eq!((assertion.issuer.as_str(), response.issuer.as_str()), (PARTNER, PARTNER));
        assert_eq!((&assertion.recipient, &response.destination), (&acs, &acs));
        assert_eq!(assertion.audience, audience);
        assert_eq!(assertion.in_response_to.as_deref(), Some(REQUEST));
        assert_eq!(response.in_response_to.as_deref(), Some(REQUEST));
        assert_eq!(response.status.top, SUCCESS);
    }
});
