//! What the targets share: a partner with a key of its own, made anew for each run, and an app.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use entente::base::clock::Timestamp;
use entente::base::random::{SystemRandom, new_handle};
use entente::domain::assurance::AssuranceContract;
use entente::domain::names::Slug;
use entente::domain::organization::PublicUrl;
use entente::domain::partners::{
    Admission, AssertionEncryption, AttributeNames, MailAuthority, Partner, PartnerId, PartnerKind, PassedScoping,
    PassiveRequests, SamlRequestRules, SubjectRule, Switch, Trust,
};
use entente::keys::certificates::Certificate;
use entente::keys::generate::self_signed;
use entente::keys::public::PublicKey;
use entente::keys::ring::{KeyPurpose, KeyRing, KeyState, RingKey};
use entente::keys::signing::{KeyId, SigningKey};
use entente::upstream::providers::Providers;

/// The present time of every run: 2026-11-20T10:00:00Z.
pub const NOW: Timestamp = Timestamp::from_seconds(1_795_168_800);
/// The partner's entity ID.
pub const PARTNER: &str = "https://idp.fabrikam.example/saml";
/// The ID of the request that answers are held against.
pub const REQUEST: &str = "_a5ec2cba5aa76b6bd3f2a4b6ff26e3aa";

/// Where the gateway is.
pub static PUBLIC_URL: LazyLock<PublicUrl> =
    LazyLock::new(|| PublicUrl::parse("https://gate.contoso.example").unwrap());
/// The documents of OIDC partners, of which there are none.
pub static PROVIDERS: LazyLock<Providers> = LazyLock::new(|| Providers::of(&PUBLIC_URL));
/// The partner's key and certificate.
pub static PARTNER_KEY: LazyLock<(SigningKey, Certificate)> = LazyLock::new(|| {
    let key = SigningKey::generate_p256().unwrap();
    let end = NOW.plus(Duration::from_secs(86_400));
    let certificate = self_signed(&SystemRandom, &key, "fabrikam", NOW, end).unwrap();
    (key, certificate)
});
/// The partner's record.
pub static RECORD: LazyLock<Partner> = LazyLock::new(partner);
/// The gateway's keys.
pub static KEYS: LazyLock<Arc<KeyRing>> = LazyLock::new(|| Arc::new(keys()));

/// The partner's metadata.
pub fn metadata() -> String {
    let certificate = entente::base::encoding::base64(PARTNER_KEY.1.der());
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{PARTNER}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.fabrikam.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>"#
    )
}

/// The rules of the partner's record on requests.
pub fn request_rules() -> SamlRequestRules {
    SamlRequestRules {
        name_id_format: None,
        requested_classes: Vec::new(),
        passive: PassiveRequests::Never,
        encryption: AssertionEncryption::Accepted,
        scoping: PassedScoping::PassedOn,
        unsolicited: None,
    }
}

fn partner() -> Partner {
    let subject = SubjectRule::PersistentNameId;
    let read = entente::upstream::metadata::read_trust(&metadata(), subject, request_rules(), &PUBLIC_URL, NOW);
    Partner {
        id: PartnerId::new(NOW, &SystemRandom),
        version: 1,
        slug: Slug::parse("fabrikam").unwrap(),
        name: "Fabrikam".to_owned(),
        kind: PartnerKind::Partner,
        handle: new_handle(&SystemRandom),
        domains: Vec::new(),
        shared_domains: Vec::new(),
        addresses: Vec::new(),
        dns_proven: Vec::new(),
        admission: Admission::Invited,
        switch: Switch::Enabled,
        clock_skew: Duration::from_secs(60),
        mail_authority: MailAuthority::Domains,
        attributes: AttributeNames::default(),
        assurance: AssuranceContract::NOTHING_TRUSTED,
        language: None,
        trust: Trust::Saml(read.unwrap().trust),
    }
}

fn keys() -> KeyRing {
    let one = |purpose, key: SigningKey| RingKey {
        id: KeyId::new(NOW, &SystemRandom),
        purpose,
        state: KeyState::Current,
        public: PublicKey::from_spki(&key.spki().unwrap()).unwrap(),
        certificate: None,
        key,
        created_at: NOW,
    };
    KeyRing::new(vec![
        one(KeyPurpose::Oidc, SigningKey::generate_p256().unwrap()),
        one(KeyPurpose::SamlDecryption, SigningKey::generate_rsa().unwrap()),
    ])
}
