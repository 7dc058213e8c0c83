//! Reports and exports over the API.

use std::time::Duration;

use entente::domain::apps::{AppId, Assignment};
use entente::domain::guests::UserType;
use entente::domain::permissions::Permission;
use serde_json::Value;

use super::scene::{Scene, assert_fault};
use crate::support::client::Page;
use crate::support::journey::granted;
use crate::support::partner::Person;
use crate::support::stores::{Backend, on_both_stores};

async fn open(backend: Backend) -> (Scene, String) {
    let scene = Scene::start(backend).await;
    let id = scene.gateway.invite("evil@fabrikam.example", None, &[]).await;
    let mut unit = scene.gateway.services.store.unit_of_work().await.unwrap();
    let mut guest = unit.guest(id).await.unwrap().unwrap().value.guest;
    guest.display_name = Some("=HYPERLINK(\"http://x\",\"y\")".to_owned());
    unit.write_names(&guest).await.unwrap();
    unit.commit().await.unwrap();
    let token = scene.service_with(&[Permission::AuditLogReadAll]).await;
    (scene, token)
}

fn lines(page: &Page) -> Vec<Value> {
    assert_eq!(
        (page.status, &page.headers["content-type"]),
        (200, &"application/x-ndjson".parse().unwrap()),
        "{}",
        page.body
    );
    page.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

on_both_stores! {
    async fn f98_how_many_guests_were_active_is_told_by_the_month(backend: Backend) {
        let (scene, token) = open(backend).await;
        let month = scene.gateway.now().to_rfc3339()[..7].to_owned();
        let path = "/api/v1/reports/monthly-active";
        let count = async || scene.read(&token, path).await;
        assert_eq!((&count().await["month"], &count().await["active_guests"]), (&month.as_str().into(), &0.into()));
        scene.ana().await;
        scene.ana().await;
        assert_eq!(count().await["active_guests"], 1);
        let other = scene.read(&token, &format!("{path}?month=2020-02")).await;
        assert_eq!((&other["month"], &other["active_guests"]), (&"2020-02".into(), &0.into()));
        for month in ["2020-13", "2020", "1969-01", "x"] {
            assert_fault(&scene.get(&token, &format!("{path}?month={month}")).await, 400, "Request_BadRequest");
        }
    }

    async fn f98_sign_ins_are_counted_by_partner_and_app(backend: Backend) {
        let (scene, token) = open(backend).await;
        let gateway = &scene.gateway;
        let path = "/api/v1/reports/partners";
        let month = gateway.now().to_rfc3339()[..7].to_owned();
        let none = serde_json::json!({ "month": month, "is_whole": true, "lines": [] });
        let read = async || {
            let mut whole = scene.read(&token, path).await;
            whole.as_object_mut().unwrap().remove("@odata.context");
            whole
        };
        assert_eq!(read().await, none);
        scene.ana().await;
        scene.ana().await;
        gateway.alter_app(&gateway.services, gateway.payroll, |app| app.assignment = Assignment::Everyone).await;
        gateway.services.directory.forget();
        gateway.invite("ben@fabrikam.example", None, &[]).await;
        gateway.sign_in(&mut gateway.client(), &Person::ben()).await;
        // A session is enough for the gateway itself.
        let mut ana = gateway.client();
        gateway.sign_in(&mut ana, &Person::ana()).await;
        granted(&ana.get(&gateway.authorize_travel(&[])).await);
        let line = |app: AppId, name: &str, sign_ins: u64, guests: u64| {
            serde_json::json!({
                "partner_id": gateway.partner_id.to_string(),
                "partner_name": "Fabrikam",
                "app_id": app.to_string(),
                "app_name": name,
                "sign_ins": sign_ins,
                "unique_guests": guests,
            })
        };
        let expected = [line(gateway.payroll, "payroll", 4, 2), line(gateway.travel, "travel", 1, 1)];
        assert_eq!(read().await["lines"], serde_json::json!(expected));
        let other = scene.read(&token, &format!("{path}?month=2020-02")).await;
        assert_eq!(other["lines"], serde_json::json!([]));
        assert_fault(&scene.get(&token, &format!("{path}?month=2020-13")).await, 400, "Request_BadRequest");
        // Members are not counted.
        scene.make(gateway.ana, UserType::Member).await;
        assert_eq!(read().await["lines"], serde_json::json!([line(gateway.payroll, "payroll", 1, 1)]));
    }

    async fn accounts_that_were_never_redeemed_or_are_unused_are_streamed(backend: Backend) {
        let (scene, token) = open(backend).await;
        scene.ana().await;
        let waiting = lines(&scene.get(&token, "/api/v1/reports/never-redeemed").await);
        assert_eq!(waiting.iter().map(|one| one["mail"].as_str().unwrap()).collect::<Vec<_>>(), ["evil@fabrikam.example"]);
        let page = scene.get(&token, "/api/v1/reports/never-redeemed?format=csv").await;
        assert_eq!(page.headers["content-type"], "text/csv; charset=utf-8");
        assert_eq!(page.headers["content-disposition"], "attachment; filename=\"never-redeemed.csv\"");
        assert_eq!((&page.headers["cache-control"], &page.headers["x-content-type-options"]), (&"no-store".parse().unwrap(), &"nosniff".parse().unwrap()));
        assert!(page.body.starts_with("id,user_principal_name,mail,display_name,standing,created_at\r\n"), "{}", page.body);
        assert!(page.body.contains("\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""), "{}", page.body);

        scene.gateway.clock.advance(Duration::from_secs(40 * 86_400));
        let token = scene.service().await;
        assert_eq!(lines(&scene.get(&token, "/api/v1/reports/unused").await), Vec::<Value>::new());
        let unused = lines(&scene.get(&token, "/api/v1/reports/unused?days=30").await);
        assert_eq!(unused.iter().map(|one| one["mail"].as_str().unwrap()).collect::<Vec<_>>(), ["ana@fabrikam.example"]);
        scene.ana().await;
        assert_eq!(lines(&scene.get(&token, "/api/v1/reports/unused?days=30&format=jsonl").await), Vec::<Value>::new());
    }

    async fn f97_logs_are_exported_as_json_lines_and_as_csv(backend: Backend) {
        let (scene, token) = open(backend).await;
        scene.ana().await;
        let export = async |query: &str| scene.get(&token, &format!("/api/v1/audit/export?{query}")).await;
        let found = lines(&export("kind=sign-ins").await);
        assert_eq!((found.len(), &found[0]["userId"]), (1, &scene.gateway.ana.to_string().into()));
        assert_eq!(lines(&export("kind=sign-ins&user=ana%40fabrikam.example&app=payroll").await).len(), 1);
        assert_eq!(lines(&export("kind=sign-ins&app=travel").await).len(), 0);
        assert_eq!(lines(&export("kind=directory&activity=Redeem%20external%20user%20invite").await).len(), 1);
        assert_eq!(lines(&export("kind=directory&category=UserManagement&until=2020-01-01T00:00:00Z").await).len(), 0);
        // By what logged it, and by what came of it.
        let invited = lines(&export("kind=directory&service=Invited%20users").await);
        assert!(!invited.is_empty() && invited.iter().all(|one| one["loggedByService"] == "Invited users"), "{invited:?}");
        assert_eq!(lines(&export("kind=directory&service=Core%20Directory&category=KeyManagement&status=success").await).len(), lines(&export("kind=directory&category=KeyManagement").await).len());
        assert_eq!(lines(&export("kind=directory&service=Partners").await).len(), 0);
        assert_eq!(lines(&export("kind=directory&status=failure").await).len(), 0);
        assert_eq!(lines(&export("kind=directory&status=success&service=Invited%20users").await).len(), invited.len());
        for (status, expected) in [("success", 1), ("failure", 0), ("interrupted", 0)] {
            assert_eq!(lines(&export(&format!("kind=sign-ins&status={status}")).await).len(), expected, "{status}");
        }
        let page = export("kind=directory&format=csv").await;
        assert!(page.body.starts_with("id,activityDateTime,category,loggedByService,"), "{}", page.body);
        assert_eq!(page.headers["content-disposition"], "attachment; filename=\"directory-audit.csv\"");
    }

    async fn what_an_export_does_not_read_is_refused_and_named(backend: Backend) {
        let (scene, token) = open(backend).await;
        for (query, expected) in [
            ("", "`kind` must say which log"),
            ("kind=all", "`kind` must be one of `directory`, `sign-ins`"),
            ("kind=directory&kind=directory", "`kind` is given more than once"),
            ("kind=directory&format=xml", "`format` must be one of `csv`, `jsonl`"),
            ("kind=directory&since=yesterday", "`since` cannot be read"),
            ("kind=directory&until=", "`until` is empty"),
            ("kind=directory&target=x", "`target` cannot be read"),
            ("kind=directory&ip=300.1.1.1", "`ip` cannot be read"),
            ("kind=directory&correlation_id=x", "`correlation_id` cannot be read"),
            ("kind=directory&activity=sign_in", "no activity `sign_in` in this log"),
            ("kind=directory&activity=a%0Ab", "`activity` must be at most 512 bytes without control characters"),
            ("kind=directory&category=x", "no category `x`"),
            ("kind=directory&client_app=browser", "`client app` is a filter of the other log"),
            ("kind=sign-ins&category=UserManagement", "`category` is a filter of the other log"),
            ("kind=directory&service=x", "no service `x`"),
            ("kind=directory&status=x", "`status` must be one of `success`, `failure`, `interrupted`"),
            ("kind=directory&status=interrupted", "`status interrupted` is a filter of the other log"),
            ("kind=sign-ins&service=Partners", "`service` is a filter of the other log"),
            ("kind=sign-ins&client_app=x", "`client_app` must be one of"),
            ("kind=sign-ins&conditional_access=x", "`conditional_access` must be one of `success`"),
            ("kind=sign-ins&app=nothing", "nothing"),
            ("kind=sign-ins&user=nobody%40x.example", "nobody@x.example"),
            ("kind=sign-ins&$top=1", "`$top` is not supported here"),
        ] {
            let page = scene.get(&token, &format!("/api/v1/audit/export?{query}")).await;
            assert_eq!(page.status, 400, "{query}: {}", page.body);
            assert!(page.json()["error"]["message"].as_str().unwrap().contains(expected), "{query}: {}", page.body);
        }
        for query in ["days=0", "days=3651", "days=-1", "days=x", "days=99999", "format=x", "month=2026-11"] {
            let page = scene.get(&token, &format!("/api/v1/reports/unused?{query}")).await;
            assert_eq!(page.status, 400, "{query}: {}", page.body);
        }
        let page = scene.call(&token, "POST", "/api/v1/audit/verify", None).await;
        assert_fault(&page, 405, "Request_MethodNotAllowed");
    }

    async fn f96_whether_the_audit_holds_is_told(backend: Backend) {
        let (scene, token) = open(backend).await;
        scene.ana().await;
        entente::flows::audit_chain::heads::sign(&scene.gateway.services).await.unwrap();
        let seen = scene.read(&token, "/api/v1/audit/verify").await;
        assert_eq!((&seen["holds"], &seen["faults"], &seen["told"]), (&true.into(), &0.into(), &serde_json::json!([])));
        assert!(seen["entries"].as_u64().unwrap() > 2 && seen["heads"].as_u64().unwrap() > 0, "{seen}");
        let gateway = &scene.gateway;
        crate::audit::execute(backend, gateway, "update audit set actor = 'system' where activity = 'sign_in'").await;
        let seen = scene.read(&token, "/api/v1/audit/verify").await;
        assert_eq!((&seen["holds"], &seen["told"][0]["fault"]), (&false.into(), &"altered".into()));
    }
}
