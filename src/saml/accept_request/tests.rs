//! One good request in each binding, and what is refused of it after one change.

use super::*;
use crate::base::encoding::base64;
use crate::base::params::encode as percent;
use crate::keys::signing::SigningKey;
use crate::saml::testing::{KEY, NOW, PUBLIC};
use crate::xmlsig::sign::ToSign;
use crate::xmlsig::write::Halves;

const APP: &str = "https://travel.example/saml";
const SSO: &str = "https://gate.example/saml/idp/sso";
const ACS: &str = "https://travel.example/saml/acs";
const OTHER_ACS: &str = "https://travel.example/saml/other";

const GOOD: &str = concat!(
    r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol""#,
    r#" AssertionConsumerServiceURL="https://travel.example/saml/acs" Destination="https://gate.example/saml/idp/sso""#,
    r#" ForceAuthn="false" ID="_asked" IsPassive="false" IssueInstant="2026-09-21T14:13:20Z""#,
    r#" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Version="2.0">"#,
    r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://travel.example/saml</saml:Issuer>{s}"#,
    r#"<samlp:NameIDPolicy AllowCreate="true" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"></samlp:NameIDPolicy>"#,
    r#"<samlp:RequestedAuthnContext Comparison="exact"><saml:AuthnContextClassRef xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">"#,
    r#"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>"#,
    r#"<samlp:Scoping ProxyCount="2"><samlp:IDPList><samlp:IDPEntry ProviderID="https://idp.fabrikam.example/saml"></samlp:IDPEntry>"#,
    r#"</samlp:IDPList><samlp:RequesterID>urn:x</samlp:RequesterID></samlp:Scoping></samlp:AuthnRequest>"#
);

fn swapped(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "the good request has no `{old}`");
    GOOD.replace(old, new)
}

/// With what a request is signed, and how.
#[derive(Clone, Copy)]
enum Signing<'a> {
    Nothing,
    Inside(&'a SigningKey),
    Query(&'a SigningKey),
}

fn signed_inside(text: &str, key: &SigningKey) -> String {
    let (head, tail) = text.split_once("{s}").unwrap();
    let algorithm = key.default_algorithm();
    let halves = Halves { head: head.to_owned(), tail: tail.to_owned() };
    let to_sign = ToSign::new(halves, "_asked", algorithm, None).unwrap();
    let signature = key.sign(algorithm, to_sign.signed_info()).unwrap();
    to_sign.finish(&signature)
}

fn carry_posted(xml: &str) -> Result<Carried, RequestFault> {
    let form = format!("SAMLRequest={}&RelayState=r%20s", percent(&base64(xml)));
    Carried::by_post(&RawParams::parse(&form).unwrap())
}

fn query(xml: &str, key: Option<&SigningKey>) -> String {
    let algorithm = key.map_or(crate::keys::signing::SignatureAlgorithm::RsaSha256, SigningKey::default_algorithm);
    let waiting = redirect::encode_to_sign(SSO, MessageParam::Request, xml, Some("r s"), algorithm).unwrap();
    let signature = key.map(|key| key.sign(algorithm, waiting.bytes()).unwrap());
    let url = waiting.finish(signature.as_deref().unwrap_or_default());
    let query = url.split_once('?').unwrap().1.to_owned();
    match key {
        Some(_) => query,
        None => query.split("&SigAlg").next().unwrap().to_owned(),
    }
}

fn carry_query(query: &str) -> Result<Carried, RequestFault> {
    Carried::by_redirect(&RawParams::parse(query).unwrap())
}

fn carry(text: &str, signing: Signing<'_>) -> Result<Carried, RequestFault> {
    match signing {
        Signing::Nothing => carry_posted(&text.replace("{s}", "")),
        Signing::Inside(key) => carry_posted(&signed_inside(text, key)),
        Signing::Query(key) => carry_query(&query(&text.replace("{s}", ""), Some(key))),
    }
}

fn services() -> [Acs; 2] {
    [
        Acs { index: 0, location: OTHER_ACS.to_owned(), standing: Standing::ByName },
        Acs { index: 3, location: ACS.to_owned(), standing: Standing::Default },
    ]
}

fn judged_at(carried: Carried, signing: RequestSigning, now: Timestamp) -> Result<Asked, RequestFault> {
    let app = EntityId::parse(APP).unwrap();
    let acs = services();
    let expected = RequestExpectation { app: &app, keys: &PUBLIC, signing, destination: SSO, acs: &acs };
    judge(carried, &expected, now)
}

fn judged(carried: Result<Carried, RequestFault>, signing: RequestSigning) -> Result<Asked, RequestFault> {
    judged_at(carried?, signing, NOW)
}

fn refused(text: &str, cause: &str) {
    for signing in [Signing::Inside(&KEY), Signing::Query(&KEY)] {
        let fault = judged(carry(text, signing), RequestSigning::Required).expect_err(cause);
        assert_eq!(fault.cause(), cause, "{fault}");
    }
}

fn unmet(text: &str, status: &'static str, cause: &'static str) {
    let asked = judged(carry(text, Signing::Query(&KEY)), RequestSigning::Required).unwrap();
    assert_eq!((asked.acs.as_str(), asked.wishes), (ACS, Err(Unmet { status, cause })));
}

#[test]
fn a_good_request_is_read_in_both_bindings() {
    for signing in [Signing::Inside(&KEY), Signing::Query(&KEY), Signing::Nothing] {
        let asked = judged(carry(GOOD, signing), RequestSigning::Optional).unwrap();
        assert_eq!((asked.id.as_str(), asked.acs.as_str(), asked.relay_state.as_deref()), ("_asked", ACS, Some("r s")));
        let class = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport".to_owned();
        let wishes = Wishes {
            force_authn: Wish::NotAsked,
            passive: Wish::NotAsked,
            name_id: NameIdKind::Persistent,
            subject: None,
            context: Some((Comparison::Exact, vec![class])),
            scoping: Scoping {
                proxy_count: Some(2),
                idps: vec!["https://idp.fabrikam.example/saml".to_owned()],
                requesters: vec!["urn:x".to_owned()],
            },
        };
        assert_eq!(asked.wishes, Ok(wishes));
    }
}

#[test]
fn an_app_that_must_sign_is_refused_unsigned_and_by_another_key() {
    let other = SigningKey::generate_p256().unwrap();
    let check = |signing, rule, expected: Option<&str>| {
        let judged = judged(carry(GOOD, signing), rule);
        assert_eq!(judged.as_ref().err().map(RequestFault::cause), expected);
        assert!(judged.err().is_none_or(|fault| fault.is_of_signature()));
    };
    for rule in [RequestSigning::Required, RequestSigning::Optional] {
        check(Signing::Inside(&KEY), rule, None);
        check(Signing::Query(&KEY), rule, None);
        check(Signing::Inside(&other), rule, Some("signature_mismatch"));
        check(Signing::Query(&other), rule, Some("signature_invalid"));
    }
    check(Signing::Nothing, RequestSigning::Optional, None);
    check(Signing::Nothing, RequestSigning::Required, Some("request_not_signed"));
    let bare = carry_query(&query(&GOOD.replace("{s}", ""), None));
    assert_eq!(judged(bare, RequestSigning::Required), Err(RequestFault::NotSigned));
}

#[test]
fn what_is_not_covered_is_not_believed() {
    // Signed, then changed.
    let text = signed_inside(GOOD, &KEY).replace("ForceAuthn=\"false\"", "ForceAuthn=\"true\"");
    let cause = judged(carry_posted(&text), RequestSigning::Optional).unwrap_err().cause();
    assert_eq!(cause, "digest_mismatch");
    let query = query(&GOOD.replace("{s}", ""), Some(&KEY));
    for (old, new) in [("RelayState=r%20s", "RelayState=x"), ("RelayState=r%20s&", "")] {
        let judged = judged(carry_query(&query.replace(old, new)), RequestSigning::Optional);
        assert_eq!(judged.unwrap_err().cause(), "signature_invalid", "{old}");
    }
    // A signature inside a message that came by redirect would be nobody's to verify.
    let inside = carry_query(&self::query(&signed_inside(GOOD, &KEY), Some(&KEY)));
    assert_eq!(judged(inside, RequestSigning::Required), Err(RequestFault::SignatureInside));
    // A signed request wrapped in one that is not.
    let signed = signed_inside(GOOD, &KEY);
    let wrapped =
        GOOD.replace("_asked", "_other").replace("{s}", &format!("<samlp:Extensions>{signed}</samlp:Extensions>"));
    let cause = judged(carry_posted(&wrapped), RequestSigning::Optional).unwrap_err().cause();
    assert_eq!(cause, "signature_stray");
}

#[test]
fn who_asks_whom_is_held_against_the_record() {
    let issuer = |new: &str| swapped(">https://travel.example/saml<", new);
    refused(&issuer(">https://payroll.example/saml<"), "request_issuer_other");
    refused(&issuer("> https://travel.example/saml<"), "request_issuer_other");
    let with_format = |format: &str| {
        swapped("\">https://travel.example/saml<", &format!("\" Format=\"{format}\">https://travel.example/saml<"))
    };
    refused(&with_format(FORMAT_PERSISTENT), "request_issuer_format");
    let destination = |new: &str| swapped(" Destination=\"https://gate.example/saml/idp/sso\"", new);
    refused(&destination(" Destination=\"https://gate.example/saml/idp/sso/\""), "request_destination_other");
    refused(&destination(""), "request_destination_missing");
    // Unsigned, it may leave the destination out, but not name another.
    assert!(judged(carry(&destination(""), Signing::Nothing), RequestSigning::Optional).is_ok());
    let other = destination(" Destination=\"https://other.example/\"");
    let cause = judged(carry(&other, Signing::Nothing), RequestSigning::Optional).unwrap_err().cause();
    assert_eq!(cause, "request_destination_other");
}

#[test]
fn a_request_is_good_for_minutes() {
    let at = |now| judged_at(carry(GOOD, Signing::Query(&KEY)).unwrap(), RequestSigning::Required, now);
    let tick = Duration::from_micros(1);
    let end = NOW.plus(MAX_REQUEST_AGE).plus(CLOCK_SKEW);
    assert!(at(end.minus(tick)).is_ok());
    assert_eq!(at(end), Err(RequestFault::TooOld { found: NOW }));
    assert!(at(NOW.minus(CLOCK_SKEW)).is_ok());
    assert_eq!(at(NOW.minus(CLOCK_SKEW).minus(tick)), Err(RequestFault::Future { found: NOW }));
}

#[test]
fn answers_go_only_where_the_app_is() {
    let named = " AssertionConsumerServiceURL=\"https://travel.example/saml/acs\"";
    let check = |new: &str, acs: &str| {
        let asked = judged(carry(&swapped(named, new), Signing::Query(&KEY)), RequestSigning::Required).unwrap();
        assert_eq!(asked.acs, acs, "{new}");
    };
    check("", ACS);
    check(" AssertionConsumerServiceIndex=\"0\"", OTHER_ACS);
    check(" AssertionConsumerServiceIndex=\"3\"", ACS);
    check(" AssertionConsumerServiceURL=\"https://travel.example/saml/other\"", OTHER_ACS);
    refused(&swapped(named, " AssertionConsumerServiceIndex=\"1\""), "acs_not_registered");
    refused(&swapped(named, &format!(" AssertionConsumerServiceIndex=\"3\"{named}")), "acs_named_twice");
    refused(&swapped(named, " AssertionConsumerServiceIndex=\"-1\""), "value_malformed");
    for other in ["https://evil.example/acs", "https://travel.example/saml/acs/", "https://travel.example/saml/ACS", ""]
    {
        refused(&swapped(named, &format!(" AssertionConsumerServiceURL=\"{other}\"")), "acs_not_registered");
    }
}

#[test]
fn what_cannot_be_had_is_a_status_for_the_app() {
    let format = "Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\"";
    let kerberos = "Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos\"";
    unmet(&swapped(format, kerberos), INVALID_NAME_ID_POLICY, "name_id_format_not_offered");
    unmet(&swapped(format, "SPNameQualifier=\"urn:other\""), INVALID_NAME_ID_POLICY, "name_id_for_another");
    unmet(&swapped("HTTP-POST", "HTTP-Artifact"), UNSUPPORTED_BINDING, "request_binding_not_post");
    unmet(&swapped("Comparison=\"exact\"", "Comparison=\"best\""), NO_AUTHN_CONTEXT, "context_comparison_unknown");
    unmet(&GOOD.replace("AuthnContextClassRef", "AuthnContextDeclRef"), NO_AUTHN_CONTEXT, "context_declarations_asked");
    let subject = |inside: &str| {
        swapped(
            "{s}",
            &format!("{{s}}<saml:Subject xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{inside}</saml:Subject>"),
        )
    };
    let confirmed = "<saml:NameID>ana@fabrikam.example</saml:NameID><saml:SubjectConfirmation Method=\"urn:x\"></saml:SubjectConfirmation>";
    unmet(&subject(confirmed), REQUEST_UNSUPPORTED, "request_subject_unsupported");
    unmet(&subject(""), REQUEST_UNSUPPORTED, "request_subject_unsupported");
    let named = subject("<saml:NameID>ana@fabrikam.example</saml:NameID>");
    let asked = judged(carry(&named, Signing::Query(&KEY)), RequestSigning::Required).unwrap();
    assert_eq!(asked.wishes.unwrap().subject.unwrap().value, "ana@fabrikam.example");
}

#[test]
fn the_offered_identifiers_are_understood() {
    let format = " Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\"";
    for (new, kind) in [
        ("", NameIdKind::AsAgreed),
        (FORMAT_UNSPECIFIED, NameIdKind::AsAgreed),
        (FORMAT_PERSISTENT, NameIdKind::Persistent),
        (FORMAT_EMAIL, NameIdKind::Email),
        (FORMAT_TRANSIENT, NameIdKind::Transient),
    ] {
        let new = if new.is_empty() { String::new() } else { format!(" Format=\"{new}\"") };
        let asked = judged(carry(&swapped(format, &new), Signing::Query(&KEY)), RequestSigning::Required).unwrap();
        assert_eq!(asked.wishes.unwrap().name_id, kind);
    }
}

#[test]
fn what_is_no_request_is_refused() {
    let cases = [
        (swapped("_asked", "1"), "request_id_malformed"),
        (swapped("_asked", &format!("_{}", "x".repeat(MAX_ID))), "request_id_malformed"),
        (swapped("Version=\"2.0\"", "Version=\"1.1\""), "message_not_an_authn_request"),
        (swapped("samlp:AuthnRequest", "samlp:LogoutRequest"), "message_not_an_authn_request"),
        (swapped("ForceAuthn=\"false\"", "ForceAuthn=\"no\""), "value_malformed"),
        (swapped("2026-09-21T14:13:20Z", "yesterday"), "time_malformed"),
        (swapped("ProxyCount=\"2\"", "ProxyCount=\"-1\""), "value_malformed"),
        (swapped("{s}", "{s}<samlp:Evil></samlp:Evil>"), "element_unexpected"),
    ];
    for (text, cause) in cases {
        let carried = carry_query(&query(&text.replace("{s}", ""), Some(&KEY)));
        assert_eq!(judged(carried, RequestSigning::Required).expect_err(cause).cause(), cause);
    }
    let dtd = format!("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>{}", GOOD.replace("{s}", ""));
    for carried in [carry_posted(&dtd), carry_query(&query(&dtd, Some(&KEY)))] {
        assert_eq!(carried.expect_err("doctype").cause(), "doctype");
    }
    let doubled = format!("{0}&{0}", query(&GOOD.replace("{s}", ""), Some(&KEY)));
    assert_eq!(carry_query(&doubled).unwrap_err().cause(), "parameter_doubled");
}
