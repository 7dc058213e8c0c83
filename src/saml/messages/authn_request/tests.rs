//! What is written, and that it is read back.

use super::read::{AuthnRequestError, read};
use super::*;
use crate::saml::messages::structure::StructureError;

fn plain(issuer: &EntityId) -> AuthnRequest<'_> {
    AuthnRequest {
        id: "_0123456789abcdef0123456789abcdef",
        issue_instant: Timestamp::from_seconds(1_790_000_000),
        destination: "https://idp.example/sso?a=1&b=2",
        acs: "https://gate.example/saml/sp/acs",
        issuer,
        force_authn: Wish::NotAsked,
        passive: Wish::NotAsked,
        name_id_policy: None,
        requested_authn_context: None,
        scoping: None,
    }
}

fn ours() -> EntityId {
    EntityId::parse("https://gate.example/saml/sp").unwrap()
}

#[test]
fn nothing_optional_is_written_unless_asked() {
    let expected = concat!(
        r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" "#,
        r#"AssertionConsumerServiceURL="https://gate.example/saml/sp/acs" "#,
        r#"Destination="https://idp.example/sso?a=1&amp;b=2" ID="_0123456789abcdef0123456789abcdef" "#,
        r#"IssueInstant="2026-09-21T14:13:20Z" "#,
        r#"ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Version="2.0">"#,
        r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://gate.example/saml/sp</saml:Issuer>"#,
        r#"</samlp:AuthnRequest>"#
    );
    assert_eq!(plain(&ours()).write().unwrap(), expected);
}

#[test]
fn what_is_written_is_read_back() {
    let issuer = ours();
    let policy = NameIdPolicy { format: Some("urn:f".to_owned()), allow_create: Wish::Asked };
    let context = RequestedAuthnContext {
        comparison: Comparison::Exact,
        classes: vec!["https://refeds.org/profile/mfa".to_owned(), "urn:x".to_owned()],
    };
    let request = AuthnRequest {
        force_authn: Wish::Asked,
        passive: Wish::Asked,
        name_id_policy: Some(&policy),
        requested_authn_context: Some(&context),
        scoping: None,
        ..plain(&issuer)
    };
    let text = request.write().unwrap();
    assert!(text.contains(r#"AllowCreate="true""#) && text.contains(r#"Comparison="exact""#));
    let asked = read(text.as_bytes()).unwrap();
    assert_eq!(asked.id, request.id);
    assert_eq!(asked.issue_instant, request.issue_instant);
    assert_eq!(asked.destination.as_deref(), Some(request.destination));
    assert_eq!(asked.acs.as_deref(), Some(request.acs));
    assert_eq!(asked.protocol_binding.as_deref(), Some(BINDING_POST));
    assert_eq!(asked.issuer, issuer.as_str());
    assert_eq!((asked.force_authn, asked.passive), (Wish::Asked, Wish::Asked));
    assert_eq!(asked.name_id_format, policy.format);
    assert_eq!(asked.classes, context.classes);
    let asked = read(plain(&issuer).write().unwrap().as_bytes()).unwrap();
    assert_eq!((asked.force_authn, asked.passive), (Wish::NotAsked, Wish::NotAsked));
    assert_eq!((asked.name_id_format, asked.classes), (None, vec![]));
}

#[test]
fn other_messages_are_refused() {
    let text = plain(&ours()).write().unwrap();
    let other = text.replace("AuthnRequest", "LogoutRequest");
    assert_eq!(read(other.as_bytes()), Err(AuthnRequestError::NotAuthnRequest));
    let version = text.replace(r#"Version="2.0""#, r#"Version="1.1""#);
    assert_eq!(read(version.as_bytes()), Err(AuthnRequestError::NotAuthnRequest));
    let anonymous = text.replace("saml:Issuer", "saml:Nobody");
    let fault = StructureError::ElementMissing { parent: "AuthnRequest", child: "Issuer" };
    assert_eq!(read(anonymous.as_bytes()), Err(AuthnRequestError::Structure(fault)));
    let passive = text.replace("<samlp:AuthnRequest ", "<samlp:AuthnRequest IsPassive=\"yes\" ");
    let fault = StructureError::ValueMalformed { element: "AuthnRequest", attribute: "IsPassive" };
    assert_eq!(read(passive.as_bytes()), Err(AuthnRequestError::Structure(fault)));
    assert!(matches!(read(b"<"), Err(AuthnRequestError::Xml(_))));
}
