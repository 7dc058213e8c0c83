//! Documents of apps, and what is wrong with some.

use super::*;
use crate::saml::metadata::acs::{MAX_ACS, Standing};

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
const PEM: &str = include_str!("../../../../tests/fixtures/saml/metadata/rsa-2048.pem");
const NEXT: &str = include_str!("../../../../tests/fixtures/saml/metadata/rsa-2048-next.pem");

const GOOD: &str = concat!(
    r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://travel.example/saml""#,
    r#" validUntil="2026-10-01T00:00:00Z"><SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="1""#,
    r#" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">@signing@@encryption@"#,
    "<NameIDFormat>urn:f</NameIDFormat>",
    r#"<AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact" Location="https://travel.example/artifact" index="9"/>"#,
    r#"<AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="http://travel.example/plain" index="8"/>"#,
    r#"<AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://travel.example/a" index="1" isDefault="false"/>"#,
    r#"<AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://travel.example/b" index="2"/>"#,
    "</SPSSODescriptor></EntityDescriptor>"
);

fn key(usage: &str, pem: &str) -> String {
    let lines: Vec<_> = pem.lines().filter(|line| !line.starts_with('-')).collect();
    format!(
        r#"<KeyDescriptor use="{usage}"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"#,
        lines.join("\n")
    )
}

fn read_text(text: &str) -> Result<SpDocument, MetadataFault> {
    let text = text.replace("@signing@", &key("signing", PEM)).replace("@encryption@", &key("encryption", NEXT));
    read(text.as_bytes(), LoopbackHttp::Refused, NOW)
}

fn changed(old: &str, new: &str) -> Result<SpDocument, MetadataFault> {
    assert!(GOOD.contains(old), "{old}");
    read_text(&GOOD.replace(old, new))
}

#[test]
fn a_service_provider_is_read() {
    let found = read_text(GOOD).unwrap();
    assert_eq!(found.entity_id.as_str(), "https://travel.example/saml");
    assert_eq!((found.requests, found.signed_assertions), (RequestSigning::Required, Wanted::Yes));
    assert_eq!((found.signing_certificates.len(), found.encryption_keys.len()), (1, 1));
    assert_ne!(found.signing_certificates[0], found.encryption_keys[0].certificate);
    assert_eq!(found.name_id_formats, ["urn:f"]);
    assert_eq!(found.valid_until, Some(Timestamp::parse("2026-10-01T00:00:00Z").unwrap()));
    let acs: Vec<_> = found.acs.iter().map(|acs| (acs.index, acs.location.as_str(), acs.standing)).collect();
    let expected =
        [(1, "https://travel.example/a", Standing::ByName), (2, "https://travel.example/b", Standing::Default)];
    assert_eq!(acs, expected);
    assert_eq!(found.warnings.len(), 1, "the plain http location is told of");
}

#[test]
fn a_service_provider_need_not_sign() {
    let found = changed("AuthnRequestsSigned=\"true\"", "AuthnRequestsSigned=\"0\"").unwrap();
    assert_eq!(found.requests, RequestSigning::Optional);
    let unsigned = GOOD.replace("AuthnRequestsSigned=\"true\" WantAssertionsSigned=\"1\"", "").replace("@signing@", "");
    let found = read_text(&unsigned).unwrap();
    assert_eq!((found.requests, found.signed_assertions), (RequestSigning::Optional, Wanted::Unsaid));
    assert!(found.signing_certificates.is_empty());
}

#[test]
fn the_default_is_what_says_so_first() {
    let default = |old: &str, new: &str| {
        let found = changed(old, new).unwrap();
        let one: Vec<_> = found.acs.into_iter().filter(|acs| acs.standing == Standing::Default).collect();
        assert_eq!(one.len(), 1);
        one[0].index
    };
    assert_eq!(default("isDefault=\"false\"", "isDefault=\"true\""), 1);
    assert_eq!(default("index=\"2\"", "index=\"2\" isDefault=\"1\""), 2);
    assert_eq!(default("index=\"2\"", "index=\"2\" isDefault=\"false\""), 1);
}

#[test]
fn what_cannot_be_used_is_told() {
    let check = |old: &str, new: &str, cause: &str| {
        let fault = changed(old, new).expect_err(cause);
        assert_eq!(fault.cause(), cause, "{fault}");
        assert!(!fault.remedy().is_empty());
    };
    check("SPSSODescriptor", "IDPSSODescriptor", "metadata_no_sp");
    check("validUntil=\"2026-10-01", "validUntil=\"2026-09-01", "metadata_expired");
    check("@signing@", "", "metadata_no_signing_key");
    check("\"true\" WantAssertionsSigned", "\"yes\" WantAssertionsSigned", "metadata_malformed");
    check("index=\"1\"", "index=\"one\"", "metadata_malformed");
    check("index=\"1\"", "index=\"65536\"", "metadata_malformed");
    check("index=\"1\"", "index=\"2\"", "metadata_acs_index_twice");
    check("https://travel.example/", "http://travel.example/", "metadata_no_acs");
    check("entityID=\"https://travel.example/saml\"", "", "metadata_entity_id");
    check("EntityDescriptor", "Entity", "metadata_root_unknown");
    let many: String = (100..100 + MAX_ACS)
        .map(|index| {
            format!(
                r#"<AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://travel.example/{index}" index="{index}"/>"#
            )
        })
        .collect();
    check("</SPSSODescriptor>", &format!("{many}</SPSSODescriptor>"), "metadata_too_many_acs");
    let role = &GOOD[GOOD.find("<SPSSODescriptor").unwrap()..GOOD.find("</EntityDescriptor>").unwrap()];
    check("</EntityDescriptor>", &format!("{role}</EntityDescriptor>"), "metadata_several_sps");
}
