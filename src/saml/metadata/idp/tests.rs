//! Documents as they are found in the field, and what is wrong with some.

use proptest::prelude::*;

use super::*;
use crate::base::encoding::from_base64_lines;
use crate::saml::metadata::idp_writer::IdpDescription;

const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);
const ODDITIES: &str = include_str!("../../../../tests/fixtures/saml/metadata/oddities.xml");
const CERTIFICATES: [(&str, &str); 5] = [
    ("@rsa-2048@", include_str!("../../../../tests/fixtures/saml/metadata/rsa-2048.pem")),
    ("@rsa-2048-next@", include_str!("../../../../tests/fixtures/saml/metadata/rsa-2048-next.pem")),
    ("@rsa-1024@", include_str!("../../../../tests/fixtures/saml/metadata/rsa-1024.pem")),
    ("@p-256@", include_str!("../../../../tests/fixtures/saml/metadata/p-256.pem")),
    ("@p-384@", include_str!("../../../../tests/fixtures/saml/metadata/p-384.pem")),
];

/// The base64 of a certificate, broken into lines as in its file.
fn base64_of(place: &str) -> String {
    let (_, pem) = CERTIFICATES.iter().find(|(name, _)| *name == place).unwrap();
    pem.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>().join("\n")
}

fn certificate(place: &str) -> Certificate {
    Certificate::from_der(&from_base64_lines(&base64_of(place)).unwrap()).unwrap()
}

fn fill(text: &str) -> String {
    CERTIFICATES.iter().fold(text.to_owned(), |text, (place, _)| text.replace(place, &base64_of(place)))
}

fn read_text(text: &str) -> Result<IdpMetadata, MetadataFault> {
    read(fill(text).as_bytes(), None, LoopbackHttp::Refused, NOW)
}

/// The document with one change, which must concern something that is there.
fn changed(old: &str, new: &str) -> Result<IdpMetadata, MetadataFault> {
    assert!(ODDITIES.contains(old), "{old}");
    read_text(&ODDITIES.replace(old, new))
}

fn id(text: &str) -> EntityId {
    EntityId::parse(text).unwrap()
}

fn entity(name: &str) -> String {
    let start = ODDITIES.find("<EntityDescriptor").unwrap();
    ODDITIES[start..].replace("urn:example:idp", name).replace("ID=\"_m\"", "")
}

fn aggregate(attributes: &str, entities: &str) -> String {
    format!(
        r#"<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" {attributes}>{entities}</EntitiesDescriptor>"#
    )
}

#[test]
fn a_document_of_the_field_is_read_whatever_else_it_holds() {
    let metadata = read_text(ODDITIES).unwrap();
    assert_eq!(metadata.entity_id, id("urn:example:idp"));
    assert_eq!(metadata.signing_certificates, [certificate("@rsa-2048@"), certificate("@p-256@")]);
    assert_eq!(metadata.location(SsoBinding::Redirect), Some("https://idp.example/redirect?tenant=1"));
    assert_eq!(metadata.location(SsoBinding::Post), Some("https://idp.example/post"));
    assert!(metadata.wants_signed_requests);
    assert_eq!(metadata.name_id_formats.len(), 2);
    assert_eq!(metadata.name_id_formats[0], crate::saml::names::FORMAT_PERSISTENT);
    assert_eq!(metadata.valid_until, Some(Timestamp::parse("2027-01-01T00:00:00Z").unwrap()));
    assert_eq!(metadata.cache_duration, Some(Duration::from_secs(6 * 3600)));
    assert_eq!(metadata.warnings, []);
}

#[test]
fn keys_that_cannot_be_used_are_skipped_with_a_warning() {
    for (place, reason) in [
        ("@rsa-1024@", "RSA key of 1024 bits, 2048 to 8192 are accepted"),
        ("@p-384@", "key is neither RSA nor ECDSA P-256"),
        ("AAAA", "not an X.509 certificate"),
        ("*", "its certificate is not base64"),
    ] {
        let metadata = changed("@rsa-2048@", place).unwrap();
        assert_eq!(metadata.signing_certificates, [certificate("@p-256@")]);
        assert_eq!(metadata.warnings, [MetadataWarning::KeySkipped { place: 1, reason: reason.to_owned() }]);
    }
    let bare = changed("X509Data", "Nothing").unwrap_err();
    assert_eq!(bare, MetadataFault::NoSigningKey { skipped: vec!["it has no X509Certificate".to_owned(); 2] });
}

#[test]
fn without_a_usable_key_the_document_is_refused() {
    let text = ODDITIES.replace("@rsa-2048@", "@rsa-1024@").replace("@p-256@", "@p-384@");
    let fault = read_text(&text).unwrap_err();
    let skipped = ["RSA key of 1024 bits, 2048 to 8192 are accepted", "key is neither RSA nor ECDSA P-256"];
    assert_eq!(fault, MetadataFault::NoSigningKey { skipped: skipped.map(str::to_owned).to_vec() });
    assert!(fault.to_string().contains("1024 bits") && fault.remedy().contains("2048 bits"));
    let encryption_only = ODDITIES
        .replace("<KeyDescriptor>", r#"<KeyDescriptor use="encryption">"#)
        .replace("use=\"signing\"", "use=\"encryption\"");
    assert_eq!(read_text(&encryption_only), Err(MetadataFault::NoSigningKey { skipped: vec![] }));
}

#[test]
fn a_key_that_stands_twice_is_kept_once_and_an_old_certificate_is_only_a_warning() {
    assert_eq!(changed("@p-256@", "@rsa-2048@").unwrap().signing_certificates.len(), 1);
    let late = Timestamp::parse("2050-01-01T00:00:00Z").unwrap();
    let text = fill(&ODDITIES.replace("2027-01-01", "2060-01-01"));
    let metadata = read(text.as_bytes(), None, LoopbackHttp::Refused, late).unwrap();
    let not_after = certificate("@rsa-2048@").not_after();
    assert_eq!(metadata.signing_certificates.len(), 2);
    assert_eq!(metadata.warnings[0], MetadataWarning::CertificateExpired { place: 1, not_after });
}

#[test]
fn an_expired_document_is_refused_at_the_very_moment() {
    let until = Timestamp::parse("2027-01-01T00:00:00Z").unwrap();
    let at =
        |now| read(fill(ODDITIES).as_bytes(), None, LoopbackHttp::Refused, now).map(|metadata| metadata.valid_until);
    assert_eq!(at(Timestamp::from_micros(until.micros() - 1)), Ok(Some(until)));
    assert_eq!(at(until), Err(MetadataFault::Expired { valid_until: until }));
    let role = "<IDPSSODescriptor validUntil=\"2026-01-01T00:00:00Z\"";
    let expired = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    assert_eq!(changed("<IDPSSODescriptor", role), Err(MetadataFault::Expired { valid_until: expired }));
    let around = aggregate(r#"validUntil="2026-01-01T00:00:00Z""#, &entity("urn:a"));
    assert_eq!(read_text(&around), Err(MetadataFault::Expired { valid_until: expired }));
    let without = changed(r#"validUntil="2027-01-01T00:00:00.000Z" cacheDuration="PT6H""#, "").unwrap();
    assert_eq!((without.valid_until, without.cache_duration), (None, None));
}

#[test]
fn the_least_lifetime_around_an_entity_counts() {
    let text = aggregate(r#"validUntil="2026-12-01T00:00:00Z" cacheDuration="PT1H""#, &entity("urn:a"));
    let metadata = read_text(&text).unwrap();
    assert_eq!(metadata.valid_until, Some(Timestamp::parse("2026-12-01T00:00:00Z").unwrap()));
    assert_eq!(metadata.cache_duration, Some(Duration::from_secs(3600)));
}

#[test]
fn malformed_times_are_named() {
    for (old, attribute, found) in [("2027-01-01T00:00:00.000Z", "validUntil", "soon"), ("PT6H", "cacheDuration", "6h")]
    {
        let fault = MetadataFault::Malformed { attribute, found: found.to_owned() };
        assert_eq!(changed(old, found), Err(fault));
    }
}

#[test]
fn one_entity_of_an_aggregate_is_found_by_its_name() {
    let nested = aggregate("", &entity("urn:b"));
    let text = fill(&aggregate("", &format!("{}{nested}", entity("urn:a"))));
    let find = |wanted: Option<&EntityId>| {
        read(text.as_bytes(), wanted, LoopbackHttp::Refused, NOW).map(|metadata| metadata.entity_id)
    };
    for name in ["urn:a", "urn:b"] {
        assert_eq!(find(Some(&id(name))), Ok(id(name)));
    }
    assert_eq!(find(Some(&id("urn:c"))), Err(MetadataFault::NoIdp { wanted: Some("urn:c".to_owned()) }));
    assert_eq!(find(None), Err(MetadataFault::SeveralIdps { found: 2 }));
    let same = aggregate("", &format!("{0}{0}", entity("urn:a")));
    assert_eq!(
        read(fill(&same).as_bytes(), Some(&id("urn:a")), LoopbackHttp::Refused, NOW),
        Err(MetadataFault::SeveralIdps { found: 2 })
    );
    let alone = read(fill(ODDITIES).as_bytes(), Some(&id("urn:other")), LoopbackHttp::Refused, NOW);
    assert_eq!(alone, Err(MetadataFault::NoIdp { wanted: Some("urn:other".to_owned()) }));
}

#[test]
fn what_is_no_saml_2_identity_provider_is_refused() {
    assert_eq!(changed("IDPSSODescriptor", "PDPDescriptor"), Err(MetadataFault::NoIdp { wanted: None }));
    let saml_1 = changed("urn:mace:shibboleth:1.0 urn:oasis:names:tc:SAML:2.0:protocol", "urn:mace:shibboleth:1.0");
    assert_eq!(saml_1, Err(MetadataFault::NoIdp { wanted: None }));
    assert_eq!(read_text("<html/>"), Err(MetadataFault::Root { found: "html".to_owned() }));
    assert!(matches!(read_text("no"), Err(MetadataFault::Xml(_))));
    assert!(matches!(read_text(&format!("<!DOCTYPE x>{}", entity("urn:a"))), Err(MetadataFault::Xml(_))));
    assert!(matches!(changed("urn:example:idp", "fabrikam"), Err(MetadataFault::EntityId(_))));
    assert!(matches!(changed("entityID=\"urn:example:idp\"", ""), Err(MetadataFault::EntityId(_))));
}

#[test]
fn locations_that_are_not_https_are_skipped_and_one_must_be_left() {
    let one = changed("https://idp.example/redirect?tenant=1", "http://idp.example/redirect").unwrap();
    assert_eq!(one.location(SsoBinding::Redirect), None);
    let location = "http://idp.example/redirect".to_owned();
    assert_eq!(one.warnings, [MetadataWarning::LocationSkipped { location }]);
    assert_eq!(changed("SingleSignOnService", "ManageNameIDService"), Err(MetadataFault::NoSsoLocation));
}

#[test]
fn every_fault_has_a_remedy_and_a_cause_of_its_own() {
    let faults = [
        MetadataFault::Root { found: String::new() },
        MetadataFault::EntityId(crate::saml::names::EntityIdError::NotAbsolute),
        MetadataFault::NoIdp { wanted: None },
        MetadataFault::SeveralIdps { found: 2 },
        MetadataFault::Expired { valid_until: NOW },
        MetadataFault::Malformed { attribute: "validUntil", found: String::new() },
        MetadataFault::NoSigningKey { skipped: vec![] },
        MetadataFault::NoSsoLocation,
    ];
    let mut causes: Vec<&str> = faults.iter().map(MetadataFault::cause).collect();
    assert!(faults.iter().all(|fault| !fault.remedy().is_empty() && !fault.to_string().is_empty()));
    causes.sort_unstable();
    causes.dedup();
    assert_eq!(causes.len(), faults.len());
}

#[test]
fn what_the_writer_wrote_is_read_back() {
    let entity_id = id("http://localhost:8081/idp");
    let locations = [SsoLocation { binding: SsoBinding::Redirect, location: "http://localhost:8081/sso".to_owned() }];
    let certificates = [certificate("@p-256@"), certificate("@rsa-2048@")];
    let until = NOW.plus(Duration::from_secs(5));
    let description = IdpDescription {
        entity_id: &entity_id,
        signing_certificates: &certificates,
        sso_locations: &locations,
        valid_until: Some(until),
    };
    let text = description.write().unwrap();
    let metadata = read(text.as_bytes(), Some(&entity_id), LoopbackHttp::Allowed, NOW).unwrap();
    assert_eq!(metadata.signing_certificates, certificates);
    assert_eq!(metadata.sso_locations, locations);
    assert_eq!((metadata.valid_until, metadata.warnings), (Some(until), vec![]));
    let refused = read(text.as_bytes(), None, LoopbackHttp::Refused, NOW);
    assert_eq!(refused, Err(MetadataFault::NoSsoLocation));
}

proptest! {
    #[test]
    fn reading_never_panics(at in 0..ODDITIES.len(), piece in ".{0,12}") {
        let at = (0..=at).rev().find(|at| ODDITIES.is_char_boundary(*at)).unwrap();
        let _ = read_text(&format!("{}{piece}{}", &ODDITIES[..at], &ODDITIES[at..]));
        let _ = read_text(&format!("{}{piece}", &ODDITIES[..at]));
    }
}
