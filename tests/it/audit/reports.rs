//! The directory audit, the sign-in log and what they are filtered by; which accounts are used.

use std::time::Duration;

use entente::base::clock::Timestamp;
use entente::domain::attempts::AttemptId;
use entente::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use entente::domain::guests::{GuestId, UserType};
use entente::domain::reports::{Active, Kind};
use entente::domain::store::objects::Provenance;
use entente::flows::reports::accounts::{Accounts, monthly_active};
use entente::flows::reports::log::{Log, LogError, Wanted};
use entente::flows::reports::month::Month;
use entente::flows::reports::sign_ins::PolicyStatus;
use entente::flows::reports::{Field, Row};

use crate::support::gateway::{Gateway, guest};
use crate::support::journey::assert_refused;
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

async fn rows(gateway: &Gateway, kind: Kind, wanted: &Wanted) -> Vec<Row> {
    let mut log = Log::open(&gateway.services, kind, wanted).await.unwrap();
    let mut rows = Vec::new();
    while let Some(page) = log.next().await.unwrap() {
        rows.extend(page);
    }
    rows
}

fn text<'r>(row: &'r Row, column: &str) -> Option<&'r str> {
    match row.iter().find(|(name, _)| *name == column).map(|(_, field)| field) {
        Some(Field::Text(text)) => Some(text),
        Some(Field::Absent) => None,
        other => panic!("{column}: {other:?}"),
    }
}

/// Writes that an account was let in, or not.
async fn signed_in(gateway: &Gateway, guest: GuestId, at: Timestamp, activity: Activity, next: Option<&str>) {
    let mut entry = AuditEntry::new(AuditId::new(at, gateway.services.random.as_ref()), at, activity, Actor::Visitor);
    entry.guest = Some(guest);
    entry.details.extend(next.map(|next| ("next", next.to_owned())));
    // A text that looks like the answer is none.
    entry.details.push(("evidence", r#"["next","code"]"#.to_owned()));
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    unit.append_audit(&entry).await.unwrap();
    unit.commit().await.unwrap();
}

async fn add(gateway: &Gateway, mail: &str, user_type: UserType) -> GuestId {
    let mut made = guest(mail, None);
    made.user_type = user_type;
    let id = made.id;
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    unit.insert_guest(&made, Provenance::SignIn).await.unwrap();
    unit.commit().await.unwrap();
    id
}

async fn unused(gateway: &Gateway, days: u64) -> Vec<GuestId> {
    let time = Duration::from_secs(days * 86_400);
    let mut accounts = Accounts::unused(&gateway.services, time);
    let mut ids = Vec::new();
    while let Some(page) = accounts.next().await.unwrap() {
        ids.extend(page.iter().map(|account| account.id));
    }
    ids
}

async fn never_redeemed(gateway: &Gateway) -> Vec<GuestId> {
    let mut accounts = Accounts::never_redeemed(&gateway.services);
    let mut ids = Vec::new();
    while let Some(page) = accounts.next().await.unwrap() {
        ids.extend(page.iter().map(|account| account.id));
    }
    ids
}

on_both_stores! {
    async fn f97_a_sign_in_is_logged_with_both_organisations_and_found_by_each_filter(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let before = gateway.now();
        gateway.clock.advance(Duration::from_secs(5));
        let (_, _) = gateway.ana_signed_in().await;
        gateway.clock.advance(Duration::from_secs(5));
        let mut stranger = gateway.client();
        let request = gateway.ask(&mut stranger, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let mut answer = gateway.answer(&request, &Person::ana());
        answer.assertion.as_mut().unwrap().audience = "urn:another".to_owned();
        let page = gateway.post(&mut stranger, &request, &answer).await;
        assert_refused(&gateway, &page, "SAML_RESPONSE_REFUSED", "audience_not_ours").await;
        gateway.services.refusals.flush().await;

        let log = rows(&gateway, Kind::SignIns, &Wanted::default()).await;
        assert_eq!(log.len(), 2, "{log:?}");
        let (failed, good) = (&log[0], &log[1]);
        assert_eq!(text(good, "status.result"), Some("success"));
        assert_eq!(text(good, "userId"), Some(gateway.ana.to_string().as_str()));
        assert_eq!((text(good, "userType"), text(good, "crossTenantAccessType")), (Some("guest"), Some("b2bCollaboration")));
        assert_eq!(text(good, "resourceTenantId"), Some(gateway.services.settings.organization.id.to_string().as_str()));
        assert_eq!(text(good, "homeTenantId"), Some(gateway.partner_id.to_string().as_str()));
        assert_eq!(text(good, "appId"), Some(gateway.payroll.to_string().as_str()));
        assert_eq!((text(good, "authenticationProtocol"), text(good, "ipAddress")), (Some("oAuth2"), Some("127.0.0.1")));
        // There are no policies, so nothing more is known.
        assert_eq!((text(good, "conditionalAccessStatus"), text(good, "clientAppUsed")), (Some("notApplied"), None));
        assert_eq!(text(failed, "status.result"), Some("failure"));
        assert_eq!(text(failed, "status.code"), Some("SAML_RESPONSE_REFUSED"));
        assert_eq!((text(failed, "status.failureReason"), text(failed, "userId")), (Some("audience_not_ours"), None));

        let attempt = AttemptId::parse(text(good, "correlationId").unwrap()).unwrap();
        let all = Wanted::default();
        for (wanted, expected) in [
            (Wanted { since: Some(before.plus(Duration::from_secs(10))), ..all.clone() }, 1),
            (Wanted { until: Some(before.plus(Duration::from_secs(5))), ..all.clone() }, 0),
            (Wanted { until: Some(before.plus(Duration::from_secs(6))), ..all.clone() }, 1),
            (Wanted { user: Some("ana@fabrikam.example".to_owned()), ..all.clone() }, 1),
            (Wanted { app: Some("payroll".to_owned()), ..all.clone() }, 2),
            (Wanted { app: Some("travel".to_owned()), ..all.clone() }, 0),
            (Wanted { ip: Some("127.0.0.1".to_owned()), ..all.clone() }, 2),
            (Wanted { ip: Some("192.0.2.1".to_owned()), ..all.clone() }, 0),
            (Wanted { correlation_id: Some(attempt), ..all.clone() }, 1),
            (Wanted { policy_status: Some(PolicyStatus::NotApplied), ..all.clone() }, 2),
            (Wanted { policy_status: Some(PolicyStatus::Failure), ..all.clone() }, 0),
            (Wanted { client_app: Some("browser".to_owned()), ..all.clone() }, 0),
            (Wanted { activity: Some("sign_in_refused".to_owned()), ..all.clone() }, 1),
        ] {
            assert_eq!(rows(&gateway, Kind::SignIns, &wanted).await.len(), expected, "{wanted:?}");
        }
        let wrong = Wanted { category: Some("UserManagement".to_owned()), ..all };
        assert!(matches!(Log::open(&gateway.services, Kind::SignIns, &wrong).await, Err(LogError::Filter("category"))));
    }

    async fn f96_acts_on_the_directory_have_the_names_of_the_directory(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, _) = gateway.ana_signed_in().await;
        entente::flows::operate::revoke_guest(&gateway.services, gateway.act(), "ana@fabrikam.example").await.unwrap();
        let all = Wanted::default();
        let log = rows(&gateway, Kind::Directory, &all).await;
        let names: Vec<_> = log.iter().map(|row| text(row, "activityDisplayName").unwrap()).collect();
        assert!(names.contains(&"Redeem external user invite") && names.contains(&"Revoke sign-in sessions"), "{names:?}");
        assert!(!names.iter().any(|name| name.contains("sign_in") || name.contains("token")), "{names:?}");
        let redeemed = Wanted { activity: Some("Redeem external user invite".to_owned()), ..all.clone() };
        let found = rows(&gateway, Kind::Directory, &redeemed).await;
        assert_eq!(found.len(), 1);
        assert_eq!((text(&found[0], "category"), text(&found[0], "result")), (Some("UserManagement"), Some("success")));
        assert_eq!(text(&found[0], "initiatedBy.user.id"), Some(gateway.ana.to_string().as_str()));
        let target = found[0].iter().find(|(name, _)| *name == "targetResources").map(|(_, field)| field.clone()).unwrap();
        let Field::List(targets) = target else { panic!("{target:?}") };
        assert_eq!((text(&targets[0], "type"), text(&targets[0], "id")), (Some("User"), Some(gateway.ana.to_string().as_str())));

        let ana = uuid::Uuid::from_bytes(*gateway.ana.as_bytes());
        let by = format!("operator:{}", gateway.act().operator);
        for (wanted, expected) in [
            (Wanted { category: Some("UserManagement".to_owned()), target: Some(ana), ..all.clone() }, 2),
            (Wanted { actor: Some(by), ..all.clone() }, 1),
            (Wanted { target: Some(uuid::Uuid::nil()), ..all.clone() }, 0),
            (Wanted { activity: Some("sessions_revoked".to_owned()), category: Some("RoleManagement".to_owned()), ..all.clone() }, 9),
        ] {
            let found = Log::open(&gateway.services, Kind::Directory, &wanted).await;
            if expected == 9 {
                assert!(matches!(found, Err(LogError::Activity(_))), "{wanted:?}");
                continue;
            }
            drop(found);
            assert_eq!(rows(&gateway, Kind::Directory, &wanted).await.len(), expected, "{wanted:?}");
        }
        for wanted in [
            Wanted { activity: Some("sign_in".to_owned()), ..all.clone() },
            Wanted { category: Some("Nothing".to_owned()), ..all.clone() },
            Wanted { client_app: Some("browser".to_owned()), ..all },
        ] {
            assert!(Log::open(&gateway.services, Kind::Directory, &wanted).await.is_err(), "{wanted:?}");
        }
    }

    async fn a_log_longer_than_a_page_is_read_whole_and_in_order(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        for number in 0..1_100_u64 {
            // Several of one instant.
            let at = gateway.now().plus(Duration::from_secs(number / 3));
            let id = AuditId::new(at, gateway.services.random.as_ref());
            unit.append_audit(&AuditEntry::new(id, at, Activity::SessionUse, Actor::Visitor)).await.unwrap();
        }
        unit.commit().await.unwrap();
        let log = rows(&gateway, Kind::SignIns, &Wanted::default()).await;
        let times: Vec<_> = log.iter().map(|row| text(row, "createdDateTime").unwrap()).collect();
        let ids: std::collections::BTreeSet<_> = log.iter().map(|row| text(row, "id").unwrap()).collect();
        assert_eq!((log.len(), ids.len()), (1_100, 1_100));
        assert!(times.is_sorted_by(|left, right| left >= right));
    }

    async fn f98_guests_are_counted_once_a_month_and_members_not(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (month, start) = (Month::parse("2026-10").unwrap(), Timestamp::parse("2026-10-01T00:00:00Z").unwrap());
        let end = Timestamp::parse("2026-11-01T00:00:00Z").unwrap();
        let tick = Duration::from_micros(1);
        let member = add(&gateway, "mia@fabrikam.example", UserType::Member).await;
        let other = add(&gateway, "otto@fabrikam.example", UserType::Guest).await;
        let third = add(&gateway, "tom@fabrikam.example", UserType::Guest).await;
        let count = async || monthly_active(&gateway.services, month).await.unwrap();
        assert_eq!(count().await, Active::default());
        signed_in(&gateway, gateway.ana, start.minus(tick), Activity::SessionUse, None).await;
        signed_in(&gateway, gateway.ana, end, Activity::SessionUse, None).await;
        signed_in(&gateway, member, start, Activity::SessionUse, None).await;
        signed_in(&gateway, third, start, Activity::SignIn, Some("factor")).await;
        signed_in(&gateway, third, start, Activity::SignInRefused, None).await;
        assert_eq!(count().await, Active::default());
        signed_in(&gateway, gateway.ana, start, Activity::SignIn, Some("code")).await;
        signed_in(&gateway, gateway.ana, end.minus(tick), Activity::SessionUse, None).await;
        assert_eq!(count().await, Active { guests: 1, removed: 0 });
        signed_in(&gateway, other, start, Activity::SignIn, Some("answer")).await;
        signed_in(&gateway, GuestId::from_uuid(uuid::Uuid::from_u128(9)), start, Activity::SessionUse, None).await;
        assert_eq!(count().await, Active { guests: 2, removed: 1 });
    }

    async fn accounts_that_were_never_redeemed_or_are_unused_are_listed(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let member = add(&gateway, "mia@fabrikam.example", UserType::Member).await;
        let waiting = never_redeemed(&gateway).await;
        assert!(waiting.contains(&gateway.ana) && !waiting.contains(&member));
        assert_eq!(unused(&gateway, 90).await, []);
        let (_, _) = gateway.ana_signed_in().await;
        assert!(!never_redeemed(&gateway).await.contains(&gateway.ana));
        gateway.clock.advance(Duration::from_secs(89 * 86_400));
        assert_eq!(unused(&gateway, 90).await, []);
        gateway.clock.advance(Duration::from_secs(2 * 86_400));
        assert_eq!(unused(&gateway, 90).await, [gateway.ana]);
        assert_eq!(unused(&gateway, 92).await, []);
        // A sign-in that ended at a second factor is no use.
        signed_in(&gateway, gateway.ana, gateway.now(), Activity::SignIn, Some("factor")).await;
        assert_eq!(unused(&gateway, 90).await, [gateway.ana]);
        signed_in(&gateway, gateway.ana, gateway.now(), Activity::SessionUse, None).await;
        assert_eq!(unused(&gateway, 90).await, []);
    }
}
