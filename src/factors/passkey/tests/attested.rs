//! A list of accepted authenticators, with a maker's root and attestation certificates of our own.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256,
};

use super::authenticator::{bytes, int, list, map, text};
use super::*;
use crate::factors::passkey::attestation::{AttestationList, Model};

const MODEL: [u8; 16] = [0xa5; 16];

/// A maker: its root, and the attestation certificate and key of its model.
struct Maker {
    root: String,
    certificate: Vec<u8>,
    attesting: Authenticator,
}

impl Maker {
    fn new(model: [u8; 16]) -> Self {
        let root_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Test maker root");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let root = params.self_signed(&root_key).unwrap().pem();
        let issuer = Issuer::new(params, root_key);

        // The demands of WebAuthn Level 2, 8.2.1.
        let leaf_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let mut params = CertificateParams::default();
        let name = &mut params.distinguished_name;
        name.push(DnType::CountryName, "SE");
        name.push(DnType::OrganizationName, "Test maker");
        name.push(DnType::OrganizationalUnitName, "Authenticator Attestation");
        name.push(DnType::CommonName, "Test attestation");
        params.is_ca = IsCa::ExplicitNoCa;
        let value = [&[0x04, 0x10], model.as_slice()].concat();
        params.custom_extensions = vec![CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4], value)];
        let certificate = params.signed_by(&leaf_key, &issuer).unwrap().der().to_vec();
        let key = aws_lc_rs::signature::EcdsaKeyPair::from_pkcs8(
            &aws_lc_rs::signature::ECDSA_P256_SHA256_ASN1_SIGNING,
            &leaf_key.serialize_der(),
        );
        let attesting = Authenticator { key: key.unwrap(), credential_id: Vec::new() };
        Self { root, certificate, attesting }
    }

    fn listing(&self, model: [u8; 16]) -> RelyingParty {
        let model = Model { root: self.root.as_bytes(), aaguid: uuid::Uuid::from_bytes(model) };
        let list = AttestationList::new(&[model]).unwrap();
        RelyingParty::new(ORIGIN, "Contoso", Attestation::Listed(list), Discoverable::Discouraged).unwrap()
    }

    /// Registers at `us` a key of this maker's model.
    fn register(&self, us: &RelyingParty, flags: u8) -> Result<KeyProtection, PasskeyFault> {
        let (guest, key) = (guest(), Authenticator::new(b"credential"));
        let begun = us.begin_registration(guest, NAMES, &[], NOW).unwrap();
        let mut ceremony = key.ceremony("webauthn.create", &begun.options, ORIGIN, HOST);
        ceremony.aaguid = MODEL;
        ceremony.flags |= flags;
        let answer = key.register_with(&ceremony, "packed", |signed| {
            map(&[
                (text("alg"), int(-7)),
                (text("sig"), bytes(&self.attesting.sign(signed))),
                (text("x5c"), list(&[bytes(&self.certificate)])),
            ])
        });
        us.finish_registration(guest, &begun.state, &answer, &[], NOW).map(|material| material.protection)
    }
}

#[test]
fn a_listed_model_is_accepted_and_called_attested() {
    let maker = Maker::new(MODEL);
    assert_eq!(maker.register(&maker.listing(MODEL), 0), Ok(KeyProtection::Attested));
}

#[test]
fn what_is_not_on_the_list_is_refused_each_by_its_cause() {
    let maker = Maker::new(MODEL);
    let us = maker.listing(MODEL);
    assert_eq!(maker.register(&maker.listing([0x5a; 16]), 0), Err(PasskeyFault::ModelNotListed));
    assert_eq!(Maker::new(MODEL).register(&us, 0), Err(PasskeyFault::AttestationRefused), "another root");
    assert_eq!(Maker::new([0x5a; 16]).register(&us, 0), Err(PasskeyFault::AttestationRefused), "another model");
    assert_eq!(maker.register(&us, BACKUP_ELIGIBLE), Err(PasskeyFault::NotHardwareBound));
}

#[test]
fn a_passkey_without_attestation_is_refused_where_there_is_a_list() {
    let us = Maker::new(MODEL).listing(MODEL);
    let (guest, key) = (guest(), Authenticator::new(b"credential"));
    let begun = us.begin_registration(guest, NAMES, &[], NOW).unwrap();
    assert!(begun.options.contains(r#""attestation":"direct""#), "{}", begun.options);
    let ceremony = key.ceremony("webauthn.create", &begun.options, ORIGIN, HOST);
    let finish = |answer: &[u8]| us.finish_registration(guest, &begun.state, answer, &[], NOW);
    assert_eq!(finish(&key.register(&ceremony)), Err(PasskeyFault::AttestationRefused));
    let own = key.register_with(&ceremony, "packed", |signed| {
        map(&[(text("alg"), int(-7)), (text("sig"), bytes(&key.sign(signed)))])
    });
    assert_eq!(finish(&own), Err(PasskeyFault::AttestationRefused), "self attestation");
}

#[test]
fn hardware_is_not_claimed_without_a_list() {
    let maker = Maker::new(MODEL);
    assert_eq!(maker.register(&ourselves(), 0), Ok(KeyProtection::Unstated));
}

#[test]
fn a_list_that_would_hold_nothing_is_refused() {
    let none = AttestationList::new(&[]).map(drop);
    assert_eq!(none, Err(PasskeyFault::AttestationListUnusable));
    let garbage = AttestationList::new(&[Model { root: b"no certificate", aaguid: uuid::Uuid::nil() }]).map(drop);
    assert_eq!(garbage, Err(PasskeyFault::AttestationListUnusable));
}
