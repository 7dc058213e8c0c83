//! A page of a log costs what it shows, however long the log is.

use std::time::Duration;

use entente::domain::permissions::Permission;
use entente::domain::roles::Role;
use entente::store::sql::REGISTRY;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

use super::{append, execute};
use crate::api::scene::{Scene, ids};
use crate::support::gateway::{Gateway, address};
use crate::support::stores::{Backend, on_both_stores};

/// More entries than one page looks through.
const MANY: u32 = 25_000;

/// Writes many sign-ins in the place of one.
async fn multiply(backend: Backend, gateway: &Gateway) {
    let columns = "activity, actor, code, cause, attempt_id, partner_id, app_id, guest_id, session_id, target_id, address, canonical";
    let statement = match backend {
        Backend::Sqlite => format!(
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < {MANY})
             insert into audit (id, at, node, sequence, {columns})
             select randomblob(16), at + i, node, 1000000 + i, {columns} from n, (select * from audit where activity = 'sign_in' limit 1)"
        ),
        Backend::Postgres => format!(
            "insert into audit (id, at, node, sequence, {columns})
             select decode(md5(i::text), 'hex'), at + i, node, 1000000 + i, {columns}
             from generate_series(1, {MANY}) i, (select * from audit where activity = 'sign_in' limit 1) one"
        ),
    };
    execute(backend, gateway, &statement).await;
}

on_both_stores! {
    async fn a_question_that_few_entries_answer_is_answered_in_bounded_steps(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        append(gateway, "olga").await;
        scene.ana().await;
        multiply(backend, gateway).await;
        gateway.clock.advance(Duration::from_secs(60));
        append(gateway, "paul").await;
        let token = scene.service_with(&[Permission::AuditLogReadAll]).await;
        // The directory audit does not look through sign-ins.
        let audits = scene.read(&token, "/v1.0/auditLogs/directoryAudits?$top=3").await;
        assert_eq!(ids(&audits).len(), 3);
        let path = "/v1.0/auditLogs/signIns";
        let rare = address(path, &[("$filter", "appDisplayName eq 'nothing'")]);
        let first = scene.read(&token, &rare).await;
        let link = first["@odata.nextLink"].as_str().unwrap();
        assert_eq!(ids(&first), Vec::<String>::new());
        let second = scene.read(&token, link).await;
        assert_eq!((ids(&second), second["@odata.nextLink"].as_str()), (Vec::new(), None));
        // Whole pages, none twice and none left out where one request ends and the next begins.
        let mut list = scene.read(&token, &address(path, &[("$top", "999"), ("$filter", "status/errorCode eq 0")])).await;
        let mut found = std::collections::BTreeSet::new();
        let mut count = 0;
        loop {
            count += ids(&list).len();
            found.extend(ids(&list));
            let Some(link) = list["@odata.nextLink"].as_str() else { break };
            list = scene.read(&token, link).await;
        }
        assert_eq!((count, found.len()), (MANY as usize + 1, MANY as usize + 1));
    }

    async fn one_who_asks_has_one_export_at_a_time(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let person = scene.ana().await;
        scene.give(gateway.ana, &[Role::ReportsReader]).await;
        multiply(backend, gateway).await;
        let token = scene.service_with(&[Permission::AuditLogReadAll]).await;
        let client = gateway.client();
        let path = "/api/v1/audit/export?kind=sign-ins";
        let begin = async |token: &str| client.request(reqwest::Method::GET, path).bearer_auth(token).send().await.unwrap();
        let open = begin(&token).await;
        assert_eq!(open.status(), 200);
        for other in [path, "/api/v1/audit/verify", "/api/v1/reports/unused", "/api/v1/reports/monthly-active"] {
            let refused = scene.get(&token, other).await;
            assert_eq!((refused.status, &refused.headers["retry-after"]), (429, &"5".parse().unwrap()), "{}", refused.body);
        }
        // Others are not kept waiting by it.
        assert_eq!(begin(&person).await.status(), 200);
        // Whoever goes away frees the place.
        drop(open);
        let whole = tokio::time::timeout(Duration::from_secs(20), async {
            loop {
                let page = scene.get(&token, path).await;
                if page.status == 200 {
                    return page.body;
                }
                tokio::task::yield_now().await;
            }
        });
        assert_eq!(whole.await.unwrap().lines().count(), MANY as usize + 1);
    }
}

#[tokio::test]
async fn each_page_is_read_by_an_index_in_its_order() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let mut connection = SqliteConnection::connect(gateway.database_url()).await.unwrap();
    for (name, index) in [
        ("DIRECTORY", "audit_directory_idx"),
        ("DIRECTORY_UP", "audit_directory_idx"),
        ("DIRECTORY_PLACE", "COVERING INDEX audit_directory_idx"),
        ("DIRECTORY_OF_GUEST", "audit_guest_idx"),
        ("SIGN_INS_OF_GUEST", "audit_guest_idx"),
        ("SIGN_INS_OF_GUEST_UP", "audit_guest_idx"),
        ("SIGN_INS_OF_ATTEMPT", "audit_attempt_idx"),
        ("SIGN_INS", "audit_at_idx"),
        ("ANY_PLACE", "COVERING INDEX audit_at_idx"),
        ("ANY_PLACE_UP", "COVERING INDEX audit_at_idx"),
        ("REDEEMED", "audit_guest_idx"),
    ] {
        let statement = REGISTRY.iter().copied().flatten().find(|statement| statement.name == name).unwrap();
        let explain = format!("explain query plan {}", statement.sqlite);
        let rows = sqlx::query(AssertSqlSafe(explain)).fetch_all(&mut connection).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{name}: {plan:?}");
        let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
        assert!(!sorts || name.ends_with("ATTEMPT"), "{name}: {plan:?}");
    }
}
