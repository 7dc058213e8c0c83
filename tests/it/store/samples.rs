//! Objects to store, made from a small number so that two of them differ in every unique value.

use std::sync::Arc;
use std::sync::LazyLock;
use std::time::Duration;

use entente::base::clock::Timestamp;
use entente::base::random::SystemRandom;
use entente::domain::apps::grant_types::GrantTypes;
use entente::domain::apps::{
    AcsEndpoint, AcsStanding, AllowedPartners, AnswerCipher, AnswerEncryption, App, AppId, AppProtocol,
    ApplicationType, Assignment, Confidentiality, EncryptedAnswers, IdTokenAlgorithm, IdpInitiated, OidcApp, PkceRule,
    RelayStateOfLinks, RequestRule, SamlApp, SignedAnswers, SignedRequests,
};
use entente::domain::assurance::{Assurance, AssuranceContract, AssuranceLevel, REFEDS_MFA};
use entente::domain::attempts::AttemptId;
use entente::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use entente::domain::authentication::Identity;
use entente::domain::circumstances::Circumstances;
use entente::domain::claims::names::Protocol;
use entente::domain::claims::set::ClaimSet;
use entente::domain::documents::{AppSource, MetadataSource};
use entente::domain::factors::codes::{CodePurpose, MailedCode, MailedCodeId, RecoveryCode, RecoveryCodeId};
use entente::domain::factors::{
    Enrolled, FactorId, FactorLabel, KeyProtection, Material, PasskeyMaterial, TotpMaterial,
};
use entente::domain::groups::{Group, GroupId};
use entente::domain::guests::{Binding, Guest, GuestId, MailStanding, NameSource, Standing, UserType};
use entente::domain::holders::DomainPattern;
use entente::domain::mail::{MailAddress, MailDomain};
use entente::domain::names::Slug;
use entente::domain::notices::PartnerSid;
use entente::domain::partners::{
    Admission, AssertionEncryption, AttributeNames, MailAuthority, Network, Partner, PartnerId, PartnerKind,
    PassedScoping, PassiveRequests, SamlRequestRules, SamlTrust, SubjectRule, Switch, Trust,
};
use entente::domain::permissions::{Permission, Permissions};
use entente::domain::policy::app_groups::AppGroup;
use entente::domain::policy::conditions::Conditions;
use entente::domain::policy::facts::AppGroupId;
use entente::domain::policy::methods::{Method, MethodSet};
use entente::domain::policy::named_locations::{LocationId, LocationPlace, NamedLocation};
use entente::domain::policy::object::{Control, GrantControls, Operator, Policy, PolicyId, SessionControls};
use entente::domain::policy::strengths::{Strength, StrengthId};
use entente::domain::policy::words::{Platform, State};
use entente::domain::requests::{AcrWeight, AcrWish, OidcReturn, ResponseMode, Scopes};
use entente::domain::sessions::{AccessToken, Code, CodeId, HandleHash, Session, SessionId};
use entente::domain::store::objects::{Provenance, WholeGroup};
use entente::domain::store::{Store, StoreError, UnitOfWork};
use entente::domain::terms::{ClaimNames, TokenTerms};
use entente::keys::certificates::Certificate;
use entente::keys::generate::self_signed;
use entente::keys::oaep::Oaep;
use entente::keys::signing::SigningKey;
use entente::keys::thumbprint::Thumbprint;
use uuid::Uuid;

pub const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

pub fn after(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

fn uuid(kind: u8, number: u32) -> Uuid {
    Uuid::from_u128(u128::from(kind) << 120 | u128::from(number))
}

pub fn partner_id(number: u32) -> PartnerId {
    PartnerId::from_uuid(uuid(1, number))
}
pub fn app_id(number: u32) -> AppId {
    AppId::from_uuid(uuid(2, number))
}
pub fn guest_id(number: u32) -> GuestId {
    GuestId::from_uuid(uuid(3, number))
}
pub fn group_id(number: u32) -> GroupId {
    GroupId::from_uuid(uuid(4, number))
}
pub fn session_id(number: u32) -> SessionId {
    SessionId::from_uuid(uuid(5, number))
}
pub fn code_id(number: u32) -> CodeId {
    CodeId::from_uuid(uuid(6, number))
}
pub fn attempt_id(number: u32) -> AttemptId {
    AttemptId::from_uuid(uuid(7, number))
}
pub fn audit_id(number: u32) -> AuditId {
    AuditId::from_uuid(uuid(8, number))
}
pub fn factor_id(number: u32) -> FactorId {
    FactorId::from_uuid(uuid(9, number))
}
pub fn recovery_code_id(number: u32) -> RecoveryCodeId {
    RecoveryCodeId::from_uuid(uuid(10, number))
}
pub fn policy_id(number: u32) -> PolicyId {
    PolicyId::from_uuid(uuid(12, number))
}
pub fn location_id(number: u32) -> LocationId {
    LocationId::from_uuid(uuid(13, number))
}
pub fn strength_id(number: u32) -> StrengthId {
    StrengthId::from_uuid(uuid(14, number))
}
pub fn app_group_id(number: u32) -> AppGroupId {
    AppGroupId::from_uuid(uuid(15, number))
}
pub fn mailed_code_id(number: u32) -> MailedCodeId {
    MailedCodeId::from_uuid(uuid(11, number))
}

pub fn handle(kind: &str, number: u32) -> HandleHash {
    HandleHash::of(&format!("{kind} {number}"))
}

pub fn identity(number: u32) -> Identity {
    Identity { issuer: format!("urn:partner:{number}"), subject: format!("subject {number}") }
}

pub fn certificate() -> Certificate {
    static MADE: LazyLock<Certificate> = LazyLock::new(|| {
        let key = SigningKey::generate_p256().unwrap();
        self_signed(&SystemRandom, &key, "partner", NOW, after(86_400)).unwrap()
    });
    MADE.clone()
}

pub fn partner(number: u32) -> Partner {
    let certificate = certificate();
    Partner {
        id: partner_id(number),
        version: 1,
        slug: Slug::parse(&format!("partner-{number}")).unwrap(),
        name: format!("Partner {number}"),
        handle: format!("handle-{number}"),
        domains: vec![domain(&format!("z{number}.example")).into(), domain(&format!("a{number}.example")).into()],
        shared_domains: vec![DomainPattern::parse("*.group.example").unwrap(), domain("group.example").into()],
        dns_proven: Vec::new(),
        addresses: vec![MailAddress::parse(&format!("ana{number}@group.example")).unwrap()],
        admission: Admission::Invited,
        switch: Switch::Enabled,
        clock_skew: Duration::from_secs(60),
        kind: PartnerKind::Partner,
        mail_authority: MailAuthority::Domains,
        language: None,
        attributes: AttributeNames::default(),
        assurance: AssuranceContract::NOTHING_TRUSTED,
        trust: Trust::Saml(SamlTrust {
            entity_id: format!("urn:partner:{number}"),
            sso_redirect_url: "https://idp.example/sso".to_owned(),
            keys: vec![certificate.key().clone()],
            certificates: vec![certificate],
            valid_until: None,
            metadata: Some("<EntityDescriptor/>".to_owned()),
            source: Some(source(number)),
            subject: SubjectRule::PersistentNameId,
            request: SamlRequestRules {
                name_id_format: None,
                requested_classes: Vec::new(),
                passive: PassiveRequests::Never,
                encryption: AssertionEncryption::Refused,
                scoping: PassedScoping::PassedOn,
                unsolicited: None,
            },
        }),
    }
}

/// Where documents come from: for odd numbers with a pinned certificate, in a private network.
pub fn source(number: u32) -> MetadataSource {
    let is_odd = number % 2 == 1;
    MetadataSource {
        url: format!("https://idp{number}.example/metadata"),
        certificate: is_odd.then(certificate),
        network: if is_odd { Network::DangerousPrivate } else { Network::Public },
    }
}

pub fn domain(text: &str) -> MailDomain {
    MailDomain::parse(text).unwrap()
}

pub fn app(number: u32) -> App {
    App {
        id: app_id(number),
        version: 1,
        slug: Slug::parse(&format!("app-{number}")).unwrap(),
        name: format!("App {number}"),
        switch: Switch::Enabled,
        assignment: Assignment::Required,
        partners: AllowedPartners::Only(vec![partner_id(1), partner_id(2)]),
        owners: vec!["olga@contoso.example".to_owned()],
        sector: format!("sector {number}"),
        protocol: AppProtocol::Oidc(OidcApp {
            client_id: format!("client-{number}"),
            confidentiality: Confidentiality::Secret { mac: vec![7; 32] },
            redirect_uris: vec!["https://app.example/callback".to_owned()],
            application_type: ApplicationType::Web,
            id_token_algorithm: IdTokenAlgorithm::Rs256,
            pkce: PkceRule::Optional,
            post_logout_redirect_uris: Vec::new(),
            grants: GrantTypes::STANDARD,
            requests: RequestRule::Any,
            initiate_login_uri: None,
            tokens: entente::domain::apps::token_rules::TokenRules::STANDARD,
            backchannel_logout: None,
        }),
        claims: Arc::new(ClaimSet::none(Protocol::Oidc)),
    }
}

/// An app that speaks SAML.
pub fn saml_app(number: u32) -> App {
    let acs = |index, standing| AcsEndpoint { index, url: format!("https://app.example/acs/{index}"), standing };
    let saml = SamlApp {
        entity_id: format!("https://app{number}.example/saml"),
        acs: vec![acs(0, AcsStanding::ByName), acs(7, AcsStanding::Default)],
        certificates: vec![certificate()],
        requests: SignedRequests::Required,
        answers: SignedAnswers::Assertion,
        encryption: Some(AnswerEncryption {
            certificate: certificate(),
            cipher: AnswerCipher::Aes256Gcm,
            oaep: Oaep::Sha1,
        }),
        idp_initiated: (number % 2 == 1)
            .then(|| IdpInitiated { relay_state: Some("start".to_owned()), links: RelayStateOfLinks::Taken }),
        valid_until: Some(after(86_400)),
        metadata: Some("<document/>".to_owned()),
        source: Some(AppSource {
            metadata: source(number),
            requests: SignedRequests::Optional,
            answers: SignedAnswers::Both,
            encryption: EncryptedAnswers::Required,
        }),
    };
    let claims = Arc::new(ClaimSet::none(Protocol::Saml));
    App { protocol: AppProtocol::Saml(saml), claims, ..app(number) }
}

/// A guest that is bound to [`identity`] at [`partner`] of the same number.
pub fn guest(number: u32) -> Guest {
    Guest { binding: Binding::Accepted { partner: partner_id(number), identity: identity(number) }, ..invited(number) }
}

pub fn invited(number: u32) -> Guest {
    Guest {
        id: guest_id(number),
        user_principal_name: format!("guest{number}#EXT#@contoso.example"),
        mail: Some(MailAddress::parse(&format!("Guest{number}@a{number}.example")).unwrap()),
        mail_standing: MailStanding::Known,
        display_name: Some(format!("Guest {number}")),
        name_source: NameSource::Partner,
        given_name: None,
        family_name: None,
        user_type: UserType::Guest,
        binding: Binding::PendingAcceptance,
        pinned_partner: None,
        standing: Standing::Active,
        sessions_valid_from: Timestamp::EPOCH,
        created_at: NOW,
    }
}

pub fn group(number: u32, members: &[u32], apps: &[u32]) -> WholeGroup {
    let slug = Slug::parse(&format!("group-{number}")).unwrap();
    WholeGroup {
        group: Group { id: group_id(number), slug, name: format!("Group {number}") },
        members: members.iter().map(|number| guest_id(*number)).collect(),
        owners: Vec::new(),
        apps: apps.iter().map(|number| app_id(*number)).collect(),
    }
}

/// A session of guest 1 at partner 1.
pub fn session(number: u32) -> Session {
    Session {
        id: session_id(number),
        handle: handle("session", number),
        guest: guest_id(1),
        partner: partner_id(1),
        attempt: attempt_id(number),
        started_at: NOW,
        used_at: NOW,
        authenticated_at: NOW.minus(Duration::from_secs(5)),
        assurance: Assurance {
            level: AssuranceLevel::SeveralFactors,
            stated: vec![REFEDS_MFA.to_owned()],
            methods: vec!["mfa".to_owned()],
        },
        partner_session_index: Some("index".to_owned()),
        partner_session_ends: Some(after(36_000)),
        partner_sid: Some(PartnerSid([u8::try_from(number % 251).unwrap(); 32])),
        home_methods: MethodSet::of(&[Method::Password, Method::FederatedMultiFactor]),
        asked_strengths: vec![StrengthId::MULTIFACTOR],
        factors: Vec::new(),
    }
}

pub fn circumstances() -> Circumstances {
    Circumstances {
        address: Some("192.0.2.7".parse().unwrap()),
        platform: Some(Platform::Linux),
        judged_at: NOW,
        factors_since: Some(after(0)),
        acr: vec![AcrWish { value: REFEDS_MFA.to_owned(), weight: AcrWeight::Essential }],
    }
}

/// A code of session 1 for app 1.
pub fn code(number: u32) -> Code {
    Code {
        id: code_id(number),
        handle: handle("code", number),
        app: app_id(1),
        guest: guest_id(1),
        session: session_id(1),
        attempt: attempt_id(number),
        request: OidcReturn {
            redirect_uri: "https://app.example/callback".to_owned(),
            state: Some("state".to_owned()),
            nonce: None,
            scopes: Scopes::EMAIL,
            code_challenge: None,
            mode: ResponseMode::Query,
            pushed: None,
            terms: terms(),
            subjects: Vec::new(),
        },
        circumstances: circumstances(),
        issued_at: NOW,
        expires_at: after(60),
    }
}

/// Terms with everything in them.
pub fn terms() -> TokenTerms {
    TokenTerms {
        key: Some(Thumbprint::from_bytes([9; 32])),
        resources: vec!["https://api.contoso.example".to_owned()],
        in_id_token: ClaimNames::from_bits(1),
        at_userinfo: ClaimNames::from_bits(2),
        permissions: Permissions::of(&[Permission::UserRead]),
    }
}

/// A token of code 1.
pub fn token(number: u32) -> AccessToken {
    AccessToken {
        handle: handle("token", number),
        code: code_id(1),
        app: app_id(1),
        guest: guest_id(1),
        session: session_id(1),
        scopes: Scopes::EMAIL.with(Scopes::GROUPS),
        terms: terms(),
        circumstances: circumstances(),
        issued_at: NOW,
        expires_at: after(3600),
    }
}

/// An authenticator app of guest 1, whose step 10 is spent.
pub fn totp(number: u32) -> Enrolled {
    Enrolled {
        id: factor_id(number),
        guest: guest_id(1),
        label: FactorLabel::parse(&format!("Phone {number}")).unwrap(),
        material: Material::Totp(TotpMaterial { sealed_secret: vec![3; 60], last_step: 10 }),
        created_at: after(u64::from(number)),
        used_at: None,
    }
}

/// A passkey of guest 1.
pub fn passkey(number: u32, counter: u32) -> Enrolled {
    Enrolled { material: Material::Passkey(passkey_material(number, counter)), ..totp(number) }
}

pub fn passkey_material(number: u32, counter: u32) -> PasskeyMaterial {
    PasskeyMaterial {
        credential_id: format!("credential {number}").into_bytes(),
        record: vec![4; 200],
        counter,
        protection: KeyProtection::Unstated,
    }
}

/// A recovery code of guest 1.
pub fn recovery_code(number: u32) -> RecoveryCode {
    let mac = *handle("recovery code", number).as_bytes();
    RecoveryCode { id: recovery_code_id(number), guest: guest_id(1), mac, created_at: NOW }
}

/// A code that was sent to guest 1.
pub fn mailed_code(number: u32) -> MailedCode {
    let mac = *handle("mailed code", number).as_bytes();
    MailedCode {
        id: mailed_code_id(number),
        guest: guest_id(1),
        purpose: CodePurpose::SecondFactor,
        mac,
        sent_at: NOW,
        tries: 0,
    }
}

/// A policy that blocks everybody everywhere.
pub fn policy(number: u32) -> Policy {
    Policy {
        id: policy_id(number),
        slug: Slug::parse(&format!("policy-{number}")).unwrap(),
        display_name: format!("Policy {number}"),
        state: State::Enabled,
        conditions: Conditions::EVERYTHING,
        grant: Some(GrantControls { operator: Operator::And, controls: vec![Control::Block] }),
        session: SessionControls::default(),
    }
}

pub fn location(number: u32, place: LocationPlace) -> NamedLocation {
    let slug = Slug::parse(&format!("location-{number}")).unwrap();
    NamedLocation { id: location_id(number), slug, display_name: format!("Location {number}"), place }
}

pub fn network(number: u32) -> NamedLocation {
    let ranges = vec!["192.0.2.0/24".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
    location(number, LocationPlace::Networks { ranges, is_trusted: true })
}

pub fn strength(number: u32) -> Strength {
    Strength {
        id: strength_id(number),
        slug: Slug::parse(&format!("strength-{number}")).unwrap(),
        display_name: format!("Strength {number}"),
        combinations: vec![MethodSet::of(&[Method::Fido2]), MethodSet::of(&[Method::Password, Method::HardwareOath])],
    }
}

pub fn app_group(number: u32, apps: &[u32]) -> AppGroup {
    let slug = Slug::parse(&format!("apps-{number}")).unwrap();
    let apps = apps.iter().map(|number| app_id(*number)).collect();
    AppGroup { id: app_group_id(number), slug, name: format!("Apps {number}"), apps }
}

pub fn entry(number: u32) -> AuditEntry {
    AuditEntry::new(audit_id(number), NOW, Activity::SignIn, Actor::Visitor)
}

pub async fn unit(store: &dyn Store) -> Box<dyn UnitOfWork> {
    store.unit_of_work().await.unwrap()
}

/// Partner 1, app 1 and guest 1, who is assigned to app 1.
pub async fn furnish(store: &dyn Store) {
    let mut unit = unit(store).await;
    unit.insert_partner(&partner(1), Provenance::Applied).await.unwrap();
    unit.insert_app(&app(1), Provenance::Applied).await.unwrap();
    unit.insert_guest(&guest(1), Provenance::SignIn).await.unwrap();
    unit.set_guest_apps(guest_id(1), &[app_id(1)]).await.unwrap();
    unit.commit().await.unwrap();
}

/// What [`furnish`] makes, guest 2 and factors, recovery codes and mailed codes of guest 1.
pub async fn furnish_factors(store: &dyn Store) {
    furnish(store).await;
    let mut unit = unit(store).await;
    unit.insert_guest(&guest(2), Provenance::SignIn).await.unwrap();
    unit.insert_factor(&totp(1)).await.unwrap();
    unit.insert_factor(&passkey(2, 1)).await.unwrap();
    unit.replace_recovery_codes(guest_id(1), &[recovery_code(1), recovery_code(2)]).await.unwrap();
    unit.insert_mailed_code(&mailed_code(1)).await.unwrap();
    unit.commit().await.unwrap();
}

/// What [`furnish`] makes, and session 1, code 1 and token 1.
pub async fn furnish_whole(store: &dyn Store) {
    furnish(store).await;
    let mut unit = unit(store).await;
    unit.insert_session(&session(1)).await.unwrap();
    unit.insert_code(&code(1)).await.unwrap();
    unit.insert_access_token(&token(1)).await.unwrap();
    unit.commit().await.unwrap();
}

pub fn taken(constraint: &str) -> StoreError {
    StoreError::Taken { constraint: constraint.to_owned() }
}
