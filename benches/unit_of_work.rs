//! The units of work of one sign-in on SQLite in a file with `synchronous=FULL`: what the ACS does and
//! what the token endpoint does, one after another and with 32 in flight.
//!
//! Prints processor time a sign-in, that of SQLite's threads included, and sign-ins a second. The
//! directory is that of temporary files; `TMPDIR` chooses another disk.

use std::sync::Arc;
use std::time::Instant;

use entente::base::clock::Timestamp;
use entente::base::random::SystemRandom;
use entente::base::trace::Checked;
use entente::domain::apps::grant_types::GrantTypes;
use entente::domain::apps::{
    AllowedPartners, App, AppId, AppProtocol, ApplicationType, Assignment, Confidentiality, IdTokenAlgorithm, OidcApp,
    PkceRule, RequestRule,
};
use entente::domain::assurance::{Assurance, AssuranceContract};
use entente::domain::attempts::AttemptId;
use entente::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use entente::domain::authentication::{Identity, OnceKey};
use entente::domain::circumstances::Circumstances;
use entente::domain::claims::names::Protocol;
use entente::domain::claims::set::ClaimSet;
use entente::domain::guests::{Binding, Guest, GuestId, MailStanding, NameSource, Standing, UserType};
use entente::domain::names::Slug;
use entente::domain::partners::{
    Admission, AssertionEncryption, AttributeNames, MailAuthority, Partner, PartnerId, PartnerKind, PassedScoping,
    PassiveRequests, SamlRequestRules, SamlTrust, SubjectRule, Switch, Trust,
};
use entente::domain::policy::methods::MethodSet;
use entente::domain::requests::{OidcReturn, ResponseMode, Scopes};
use entente::domain::sessions::{AccessToken, Code, CodeId, HandleHash, Session, SessionId};
use entente::domain::store::objects::Provenance;
use entente::domain::store::{Store, StoreError};
use entente::store::open::open;

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);
const SIGN_INS: usize = 3_000;
const IN_FLIGHT: usize = 32;
/// What one tick of `/proc/self/stat` is on Linux. **Units**: microseconds.
const TICK: f64 = 10_000.0;

struct Parties {
    partner: PartnerId,
    app: AppId,
    guest: GuestId,
    identity: Identity,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let directory = tempfile::tempdir()?;
    let url = format!("sqlite://{}", directory.path().join("entente.db").display());
    runtime.block_on(async {
        let store = open(&url, "bench").await?.store;
        let parties = Arc::new(furnish(&*store).await?);
        many(&store, &parties, 1, SIGN_INS / 10).await?;
        for in_flight in [1, IN_FLIGHT] {
            many(&store, &parties, in_flight, SIGN_INS).await?;
        }
        Ok(())
    })
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
async fn many(
    store: &Arc<dyn Store>,
    parties: &Arc<Parties>,
    in_flight: usize,
    sign_ins: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    let (begin, cpu) = (Instant::now(), processor_time()?);
    let tasks: Vec<_> = (0..in_flight)
        .map(|_| {
            let (store, parties) = (Arc::clone(store), Arc::clone(parties));
            tokio::spawn(async move {
                for _ in 0..sign_ins / in_flight {
                    sign_in(&*store, &parties).await?;
                }
                Ok::<(), StoreError>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    let (wall, cpu) = (begin.elapsed().as_secs_f64(), processor_time()? - cpu);
    let done = (sign_ins / in_flight * in_flight) as f64;
    println!(
        "unit_of_work {in_flight:>3} in flight: {:>6.1} us of processor time a sign-in (two units), {:>7.0} a second",
        cpu / done,
        done / wall,
    );
    Ok(())
}

/// User and system time of this process. **Units**: microseconds.
fn processor_time() -> Result<f64, Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_ascii_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? * TICK)
}

async fn sign_in(store: &dyn Store, parties: &Parties) -> Result<(), StoreError> {
    let (attempt, session, code) =
        (AttemptId::new(NOW, &SystemRandom), SessionId::new(NOW, &SystemRandom), CodeId::new(NOW, &SystemRandom));
    let (code_handle, token_handle) = (HandleHash::of(&code.to_string()), HandleHash::of(&attempt.to_string()));
    let Parties { partner, app, guest, identity } = parties;

    let mut unit = store.unit_of_work().await?;
    unit.take_attempt(attempt, NOW).await?;
    unit.remember_once(&OnceKey { issuer: identity.issuer.clone(), id: attempt.to_string(), until: NOW }).await?;
    unit.read_sign_in(*partner, *app, identity).await?;
    unit.policy_revision().await?;
    unit.insert_session(&Session {
        id: session,
        handle: HandleHash::of(&session.to_string()),
        guest: *guest,
        partner: *partner,
        attempt,
        started_at: NOW,
        used_at: NOW,
        authenticated_at: NOW,
        assurance: Assurance::unknown(),
        partner_session_index: None,
        partner_session_ends: None,
        partner_sid: None,
        home_methods: MethodSet::EMPTY,
        asked_strengths: Vec::new(),
        factors: Vec::new(),
    })
    .await?;
    let request = OidcReturn {
        redirect_uri: "https://payroll.contoso.example/callback".to_owned(),
        state: Some("af0ifjsldkj".to_owned()),
        nonce: Some("n-0S6_WzA2Mj".to_owned()),
        scopes: Scopes::EMAIL,
        code_challenge: None,
        mode: ResponseMode::Query,
        pushed: None,
        terms: entente::domain::terms::TokenTerms::NONE,
        subjects: Vec::new(),
    };
    unit.insert_code(&Code {
        id: code,
        handle: code_handle,
        app: *app,
        guest: *guest,
        session,
        attempt,
        request,
        circumstances: Circumstances::unknown(NOW),
        issued_at: NOW,
        expires_at: NOW,
    })
    .await?;
    let mut entry = AuditEntry::new(AuditId::new(NOW, &SystemRandom), NOW, Activity::SignIn, Actor::Visitor);
    entry.attempt = Some(attempt);
    entry.checks = (0..20).map(|_| Checked::passed("not_on_or_after", "2026-09-21T14:13:20.000Z")).collect();
    unit.append_audit(&entry).await?;
    unit.commit().await?;

    let mut unit = store.unit_of_work().await?;
    unit.take_code(&code_handle, NOW).await?;
    unit.read_session_by_id(session, *app).await?;
    unit.policy_revision().await?;
    unit.insert_access_token(&AccessToken {
        handle: token_handle,
        code,
        app: *app,
        guest: *guest,
        session,
        scopes: Scopes::EMAIL,
        terms: entente::domain::terms::TokenTerms::NONE,
        circumstances: Circumstances::unknown(NOW),
        issued_at: NOW,
        expires_at: NOW,
    })
    .await?;
    let entry = AuditEntry::new(AuditId::new(NOW, &SystemRandom), NOW, Activity::TokenIssued, Actor::App);
    unit.append_audit(&entry).await?;
    unit.commit().await
}

async fn furnish(store: &dyn Store) -> Result<Parties, Box<dyn std::error::Error>> {
    let identity = Identity { issuer: "urn:fabrikam".to_owned(), subject: "8f1c".to_owned() };
    let partner = Partner {
        id: PartnerId::new(NOW, &SystemRandom),
        version: 1,
        slug: Slug::parse("fabrikam")?,
        name: "Fabrikam".to_owned(),
        handle: "handle".to_owned(),
        domains: Vec::new(),
        shared_domains: Vec::new(),
        addresses: Vec::new(),
        dns_proven: Vec::new(),
        admission: Admission::Anyone,
        switch: Switch::Enabled,
        clock_skew: std::time::Duration::from_secs(60),
        kind: PartnerKind::Partner,
        mail_authority: MailAuthority::Domains,
        language: None,
        attributes: AttributeNames::default(),
        assurance: AssuranceContract::NOTHING_TRUSTED,
        trust: Trust::Saml(SamlTrust {
            entity_id: identity.issuer.clone(),
            sso_redirect_url: "https://login.fabrikam.example/sso".to_owned(),
            certificates: Vec::new(),
            keys: Vec::new(),
            valid_until: None,
            metadata: Some(String::new()),
            source: None,
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
    };
    let app = App {
        id: AppId::new(NOW, &SystemRandom),
        version: 1,
        slug: Slug::parse("payroll")?,
        name: "Payroll".to_owned(),
        switch: Switch::Enabled,
        assignment: Assignment::Required,
        partners: AllowedPartners::All,
        owners: Vec::new(),
        sector: "payroll".to_owned(),
        protocol: AppProtocol::Oidc(OidcApp {
            client_id: "payroll".to_owned(),
            confidentiality: Confidentiality::Public,
            redirect_uris: Vec::new(),
            application_type: ApplicationType::Web,
            id_token_algorithm: IdTokenAlgorithm::Rs256,
            pkce: PkceRule::Required,
            post_logout_redirect_uris: Vec::new(),
            grants: GrantTypes::STANDARD,
            requests: RequestRule::Any,
            initiate_login_uri: None,
            tokens: entente::domain::apps::token_rules::TokenRules::STANDARD,
            backchannel_logout: None,
        }),
        claims: Arc::new(ClaimSet::none(Protocol::Oidc)),
    };
    let guest = Guest {
        id: GuestId::new(NOW, &SystemRandom),
        user_principal_name: "ana#EXT#@contoso.example".to_owned(),
        mail: None,
        mail_standing: MailStanding::Known,
        display_name: Some("Ana".to_owned()),
        name_source: NameSource::Partner,
        given_name: None,
        family_name: None,
        user_type: UserType::Guest,
        binding: Binding::Accepted { partner: partner.id, identity: identity.clone() },
        pinned_partner: None,
        standing: Standing::Active,
        sessions_valid_from: Timestamp::EPOCH,
        created_at: NOW,
    };
    let mut unit = store.unit_of_work().await?;
    unit.insert_partner(&partner, Provenance::Applied).await?;
    unit.insert_app(&app, Provenance::Applied).await?;
    unit.insert_guest(&guest, Provenance::SignIn).await?;
    unit.set_guest_apps(guest.id, &[app.id]).await?;
    unit.commit().await?;
    Ok(Parties { partner: partner.id, app: app.id, guest: guest.id, identity })
}
