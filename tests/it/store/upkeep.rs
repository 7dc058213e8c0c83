//! Keys, sweeping and the audit.

use std::time::Duration;

use entente::base::clock::Timestamp;
use entente::base::random::SystemRandom;
use entente::base::trace::Checked;
use entente::domain::audit::{Activity, Actor, AuditEntry, AuditQuery, AuditedCheck};
use entente::domain::authentication::OnceKey;
use entente::domain::sessions::{AccessToken, Code, Session, SessionId};
use entente::domain::store::Store;
use entente::domain::store::sign_ins::{Once, TakenCode};
use entente::domain::store::upkeep::{KeyRow, Swept};
use entente::keys::ring::{KeyPurpose, KeyState};
use entente::keys::signing::{KeyId, SignatureAlgorithm};
use uuid::Uuid;

use super::databases::{Fresh, Kind};
use super::samples::*;

/// Later than the time that any sample's id stands for.
const AFTER_ALL_IDS: Timestamp = Timestamp::from_seconds(7_700_000_000);

pub async fn keys_read_back_and_one_is_current(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let key = |number: u128, purpose, algorithm, state| KeyRow {
        id: KeyId::from_uuid(Uuid::from_u128(number)),
        purpose,
        algorithm,
        state,
        sealed_private: vec![9; 50],
        certificate: (number == 1).then(|| vec![1, 2, 3]),
        created_at: after(u64::try_from(number).unwrap()),
    };
    let (rsa, p256) = (SignatureAlgorithm::RsaSha256, SignatureAlgorithm::EcdsaP256Sha256);
    let keys = [
        key(1, KeyPurpose::Oidc, rsa, KeyState::Current),
        key(2, KeyPurpose::Oidc, p256, KeyState::Current),
        key(3, KeyPurpose::SamlSigning, rsa, KeyState::Current),
        key(4, KeyPurpose::SamlDecryption, SignatureAlgorithm::RsaSha512, KeyState::Current),
        key(5, KeyPurpose::Oidc, rsa, KeyState::Next),
        key(6, KeyPurpose::Oidc, rsa, KeyState::Previous),
        key(7, KeyPurpose::Oidc, rsa, KeyState::Previous),
    ];
    let mut unit = unit(&*store).await;
    for key in keys.iter().rev() {
        unit.insert_key(key).await.unwrap();
    }
    let second = key(8, KeyPurpose::Oidc, rsa, KeyState::Current);
    assert_eq!(unit.insert_key(&second).await, Err(taken("keys_one_current")));
    assert_eq!(unit.keys().await, Ok(keys.to_vec()));
}

pub async fn what_has_ended_is_swept_and_nothing_else(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let now = after(10_000);
    let tick = Duration::from_micros(1);
    let (idle_since, begun_since) = (now.minus(Duration::from_secs(800)), now.minus(Duration::from_secs(2_400)));
    let mut unit = unit(&*store).await;
    let alive = Session {
        started_at: begun_since,
        used_at: idle_since,
        partner_session_ends: Some(now.plus(tick)),
        ..session(1)
    };
    let idle = Session { used_at: idle_since.minus(tick), ..alive.clone() };
    let old = Session { started_at: begun_since.minus(tick), ..alive.clone() };
    let limited = Session { partner_session_ends: Some(now), ..alive.clone() };
    for (number, session) in [(1, alive), (2, idle), (3, old), (4, limited)] {
        let handle = handle("session", number);
        let id = if number == 1 { session_id(1) } else { SessionId::new(session.started_at, &SystemRandom) };
        unit.insert_session(&Session { id, handle, ..session }).await.unwrap();
    }
    for (number, end) in [(1, now.plus(tick)), (2, now)] {
        unit.insert_code(&Code { expires_at: end, ..code(number) }).await.unwrap();
        let token = AccessToken { code: code_id(9), expires_at: end, ..token(number) };
        unit.insert_access_token(&token).await.unwrap();
        unit.insert_attempt(attempt_id(number), &handle("attempt", number), b"x", end).await.unwrap();
        unit.take_attempt(attempt_id(number), end).await.unwrap();
        unit.remember_once(&once_key(number, end)).await.unwrap();
    }
    let swept = unit.sweep(now, idle_since, begun_since, AFTER_ALL_IDS, 100).await.unwrap();
    assert_eq!(swept, Swept { sessions: 3, codes: 1, tokens: 1, attempts: 3, ..Swept::default() });
    assert_eq!(unit.sweep(now, idle_since, begun_since, AFTER_ALL_IDS, 100).await, Ok(Swept::default()));
    assert!(unit.read_session(&handle("session", 1), app_id(1)).await.unwrap().is_some());
    // What was swept may come again, what was not may not.
    for (number, once) in [(1, Once::Again), (2, Once::First)] {
        assert_eq!(unit.take_attempt(attempt_id(number), now).await, Ok(once));
        assert_eq!(unit.remember_once(&once_key(number, now)).await, Ok(once));
        let code = unit.take_code(&handle("code", number), now).await.unwrap();
        assert_eq!(code == TakenCode::Unknown, once == Once::First);
    }
    assert!(unit.find_attempt_row(&handle("attempt", 1), now).await.unwrap().is_some());
    unit.commit().await.unwrap();
    assert!(store.bearer(&handle("token", 1)).await.unwrap().is_some());
}

fn once_key(number: u32, until: Timestamp) -> OnceKey {
    OnceKey { issuer: "urn:partner".to_owned(), id: number.to_string(), until }
}

pub async fn a_sweep_is_bounded(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut unit = unit(&*store).await;
    for number in 1..=5 {
        unit.take_attempt(attempt_id(number), after(u64::from(number))).await.unwrap();
    }
    assert_eq!(unit.sweep(after(9), NOW, NOW, NOW, 3).await.unwrap().attempts, 3);
    assert_eq!(unit.take_attempt(attempt_id(4), after(9)).await, Ok(Once::Again));
    assert_eq!(unit.sweep(after(9), NOW, NOW, NOW, 3).await.unwrap().attempts, 2);
}

pub async fn a_code_that_may_have_tokens_is_not_looked_at(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    let later = token(1).expires_at;
    assert_eq!(unit.sweep(later, NOW, NOW, NOW, 9).await, Ok(Swept { tokens: 1, ..Swept::default() }));
    let code = Swept { codes: 1, ..Swept::default() };
    assert_eq!(unit.sweep(later, NOW, NOW, AFTER_ALL_IDS, 9).await, Ok(code));
}

pub async fn a_taken_code_is_kept_while_its_tokens_live(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_whole(&*store).await;
    let mut unit = unit(&*store).await;
    unit.take_code(&handle("code", 1), after(1)).await.unwrap();
    let end = token(1).expires_at;
    assert_eq!(unit.sweep(end.minus(Duration::from_micros(1)), NOW, NOW, AFTER_ALL_IDS, 9).await, Ok(Swept::default()));
    assert_eq!(unit.take_code(&handle("code", 1), end).await, Ok(TakenCode::Again(code(1))));
    let both = Swept { codes: 1, tokens: 1, ..Swept::default() };
    assert_eq!(unit.sweep(end, NOW, NOW, AFTER_ALL_IDS, 9).await, Ok(both));
    assert_eq!(unit.take_code(&handle("code", 1), end).await, Ok(TakenCode::Unknown));
}

fn full_entry() -> AuditEntry {
    let mut full = AuditEntry::new(audit_id(2), after(1), Activity::SignInRefused, Actor::Operator("olga".to_owned()));
    full.code = Some("NOT_ASSIGNED");
    full.cause = Some("not_assigned");
    full.attempt = Some(attempt_id(1));
    full.partner = Some(partner_id(1));
    full.app = Some(app_id(9));
    full.guest = Some(guest_id(1));
    full.session = Some(session_id(1));
    full.target = Some(Uuid::from_u128(5));
    full.address = Some("192.0.2.1".to_owned());
    full.checks = vec![
        Checked::passed("version", "2.0"),
        Checked::failed("audience", "audience_not_ours", "urn:\"x\""),
        Checked::not_judged("in_response_to", "no request"),
    ];
    full.details = vec![("side", "us".to_owned()), ("evidence", "é".to_owned())];
    full
}

async fn append(store: &dyn Store, entry: &AuditEntry) {
    let mut unit = unit(store).await;
    unit.append_audit(entry).await.unwrap();
    unit.commit().await.unwrap();
}

pub async fn audit_entries_read_back_by_each_filter(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    append(&*store, &entry(1)).await;
    append(&*store, &full_entry()).await;
    let all = AuditQuery { limit: 10, ..AuditQuery::default() };
    let records = store.audit(&all).await.unwrap();
    assert_eq!(records.iter().map(|record| record.id).collect::<Vec<_>>(), [audit_id(2), audit_id(1)]);
    let full = &records[0];
    assert_eq!((full.at, full.node.as_str(), full.sequence), (after(1), "one", 2));
    assert_eq!((full.activity.as_str(), full.actor.as_str()), ("sign_in_refused", "operator:olga"));
    assert_eq!((full.code.as_deref(), full.cause.as_deref()), (Some("NOT_ASSIGNED"), Some("not_assigned")));
    assert_eq!(full.partner, Some((partner_id(1), Some("partner-1".to_owned()))));
    assert_eq!(full.app, Some((app_id(9), None)));
    assert_eq!((full.attempt, full.guest), (Some(attempt_id(1)), Some(guest_id(1))));
    assert_eq!((full.session, full.target), (Some(session_id(1)), Some(Uuid::from_u128(5))));
    assert_eq!(full.address.as_deref(), Some("192.0.2.1"));
    let check = |name: &str, saw: &str, outcome: &str, cause: Option<&str>| AuditedCheck {
        name: name.to_owned(),
        saw: saw.to_owned(),
        outcome: outcome.to_owned(),
        cause: cause.map(str::to_owned),
    };
    assert_eq!(
        full.checks,
        [
            check("version", "2.0", "passed", None),
            check("audience", "urn:\"x\"", "failed", Some("audience_not_ours")),
            check("in_response_to", "no request", "not_judged", None),
        ]
    );
    let details = [("side", "us"), ("evidence", "é")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(full.details, details);
    assert_eq!((&records[1].partner, &records[1].attempt, records[1].checks.len()), (&None, &None, 0));

    for (query, expected) in [
        (AuditQuery { attempt: Some(attempt_id(1)), ..all.clone() }, 1),
        (AuditQuery { attempt: Some(attempt_id(2)), ..all.clone() }, 0),
        (AuditQuery { attempt: Some(attempt_id(1)), code: Some("OTHER".to_owned()), ..all.clone() }, 0),
        (AuditQuery { guest: Some(guest_id(1)), ..all.clone() }, 1),
        (AuditQuery { partner: Some(partner_id(1)), ..all.clone() }, 1),
        (AuditQuery { app: Some(app_id(9)), ..all.clone() }, 1),
        (AuditQuery { app: Some(app_id(1)), ..all.clone() }, 0),
        (AuditQuery { activity: Some("sign_in".to_owned()), ..all.clone() }, 1),
        (AuditQuery { code: Some("NOT_ASSIGNED".to_owned()), ..all.clone() }, 1),
        (AuditQuery { since: Some(after(1)), ..all.clone() }, 1),
        (AuditQuery { since: Some(after(2)), ..all.clone() }, 0),
        (AuditQuery { until: Some(after(1)), ..all.clone() }, 1),
        (AuditQuery { until: Some(NOW), ..all.clone() }, 0),
        (AuditQuery { limit: 1, ..all.clone() }, 1),
    ] {
        assert_eq!(store.audit(&query).await.unwrap().len(), expected, "{query:?}");
    }
}

pub async fn audit_numbers_go_on_after_a_restart(fresh: Fresh) {
    append(&*fresh.node("one").await.store, &entry(1)).await;
    append(&*fresh.node("two").await.store, &entry(2)).await;
    let store = fresh.node("one").await.store;
    append(&*store, &entry(3)).await;
    let records = store.audit(&AuditQuery { limit: 10, ..AuditQuery::default() }).await.unwrap();
    let numbers: Vec<_> = records.iter().map(|record| (record.node.as_str(), record.sequence)).collect();
    assert_eq!(numbers, [("one", 2), ("two", 1), ("one", 1)]);
}

pub async fn audit_bytes_are_canonical(fresh: Fresh) {
    append(&*fresh.node("one").await.store, &full_entry()).await;
    let canonical: Vec<u8> = match fresh.kind {
        Kind::Sqlite => {
            let pool = sqlx::SqlitePool::connect(&fresh.url).await.unwrap();
            sqlx::query_scalar("select canonical from audit").fetch_one(&pool).await.unwrap()
        }
        Kind::Postgres => {
            let pool = sqlx::PgPool::connect(&fresh.url).await.unwrap();
            sqlx::query_scalar("select canonical from audit").fetch_one(&pool).await.unwrap()
        }
    };
    let text = String::from_utf8(canonical).unwrap();
    let expected = concat!(
        r#"{"activity":"sign_in_refused","actor":"operator:olga","address":"192.0.2.1","#,
        r#""app":"02000000-0000-0000-0000-000000000009","at":1790000001000000,"#,
        r#""attempt":"07000000-0000-0000-0000-000000000001","cause":"not_assigned","chain":1,"checks":["#,
        r#"{"name":"version","saw":"2.0"},"#,
        r#"{"cause":"audience_not_ours","name":"audience","outcome":"failed","saw":"urn:\"x\""},"#,
        r#"{"name":"in_response_to","outcome":"not_judged","saw":"no request"}],"#,
        r#""code":"NOT_ASSIGNED","details":[["side","us"],["evidence","é"]],"#,
        r#""guest":"03000000-0000-0000-0000-000000000001","id":"08000000-0000-0000-0000-000000000002","#,
        r#""node":"one","number":1,"partner":"01000000-0000-0000-0000-000000000001","sequence":1,"#,
        r#""session":"05000000-0000-0000-0000-000000000001","target":"00000000-0000-0000-0000-000000000005"}"#,
    );
    assert_eq!(text, expected);
}
