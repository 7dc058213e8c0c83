//! Files of invitations over HTTP.

use entente::domain::bulk::MAX_FILE;
use entente::domain::collaboration::InvitesFrom;
use entente::domain::permissions::Permission;
use entente::domain::roles::Role;
use entente::flows::bulk::run;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::scene::{Scene, assert_fault, ids};
use crate::support::client::Page;
use crate::support::stores::on_both_stores;

const PATH: &str = "/api/v1/bulk-invitations";
const TWO: &str = "Email,DisplayName\nzoe@adatum.example,Zoe\nyan@adatum.example,Yan\n";
const MIXED: &str =
    "Email,DisplayName\nzoe@adatum.example,Zoe\nnobody,Nobody\nana@fabrikam.example,Ana\nZOE@adatum.example,Zoe\n";

async fn send(scene: &Scene, token: &str, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Page {
    let mut client = scene.gateway.client();
    let request = client.request(reqwest::Method::POST, path).bearer_auth(token);
    client.send(request.header("content-type", content_type).body(body)).await
}

async fn hand_in(scene: &Scene, token: &str, text: &str) -> Value {
    let page = send(scene, token, PATH, "text/csv", text.to_owned()).await;
    assert_eq!(page.status, 202, "{}", page.body);
    let job = page.json();
    assert!(page.location().ends_with(&format!("{PATH}/{}", job["id"].as_str().unwrap())), "{}", page.location());
    job
}

/// The address of a job, or of what can be done with it.
fn of(job: &Value, rest: &str) -> String {
    format!("{PATH}/{}{rest}", job["id"].as_str().unwrap())
}

async fn inviter(scene: &Scene) -> String {
    scene.service_with(&[Permission::UserInviteAll]).await
}

/// Says that a file is coming, sends so much of one and reads the answer.
async fn talk(scene: &Scene, token: &str, head: &str, bytes: usize) -> String {
    let port = scene.gateway.url.rsplit(':').next().unwrap();
    let mut stream = tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await.unwrap();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\ncontent-type: text/csv\r\n\
         authorization: Bearer {token}\r\n{head}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    if bytes > 0 {
        let chunk = format!("{bytes:x}\r\n{}\r\n0\r\n\r\n", "a".repeat(bytes));
        stream.write_all(chunk.as_bytes()).await.unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Does the rows that wait.
async fn work(scene: &Scene) {
    run::step(&scene.gateway.services, &|| false).await.unwrap();
}

on_both_stores! {
    async fn a_file_is_handed_in_watched_and_its_report_read(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = inviter(&scene).await;
        let path = format!("{PATH}?fileName=guests.csv");
        let page = send(&scene, &token, &path, "text/csv; charset=utf-8", MIXED).await;
        assert_eq!(page.status, 202, "{}", page.body);
        let job = page.json();
        let seen = |job: &Value| (job["state"].as_str().unwrap().to_owned(), job["done"].clone());
        assert_eq!((job["fileName"].as_str(), job["rows"].as_u64()), (Some("guests.csv"), Some(4)));
        assert_eq!(job["requestedBy"], format!("app:{}", scene.gateway.payroll));
        assert_eq!(seen(&job), ("running".to_owned(), 0.into()));
        work(&scene).await;
        let job = scene.read(&token, &of(&job, "")).await;
        assert_eq!(seen(&job), ("finished".to_owned(), 4.into()));
        assert_eq!((&job["invited"], &job["skipped"], &job["failed"]), (&1.into(), &2.into(), &1.into()));
        let report = scene.get(&token, &of(&job, "/report")).await;
        assert_eq!((report.status, &report.headers["content-type"]), (200, &"text/csv; charset=utf-8".parse().unwrap()));
        assert!(report.headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"report-"));
        assert_eq!(report.headers["cache-control"], "no-store");
        assert!(report.body.contains("CSV_ROW_EMAIL") && report.body.contains("/redeem?ticket="), "{}", report.body);
        let read = scene.audited("bulk_report_read").await;
        assert_eq!((read.len(), read[0].app.as_ref().map(|app| app.0)), (1, Some(scene.gateway.payroll)));
        assert_eq!(scene.call(&token, "DELETE", &of(&job, ""), None).await.status, 204);
        assert_fault(&scene.get(&token, &of(&job, "")).await, 404, "JOB_UNKNOWN");
        assert_eq!(scene.audited("bulk_invite_removed").await.len(), 1);
    }

    async fn a_file_is_judged_without_being_taken(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll, Permission::UserReadAll]).await;
        let path = format!("{PATH}?dryRun=true");
        let page = send(&scene, &token, &path, "text/csv", MIXED).await;
        assert_eq!(page.status, 200, "{}", page.body);
        let judged = page.json();
        assert_eq!((&judged["rows"], &judged["good"], judged["form"].as_str()), (&4.into(), &1.into(), Some("2016")));
        let faults = judged["faults"].as_array().unwrap();
        let told: Vec<_> = faults.iter().map(|one| (one["line"].as_u64().unwrap(), one["errorCode"].as_str().unwrap())).collect();
        assert_eq!(told, [(3, "CSV_ROW_EMAIL"), (4, "ALREADY_INVITED"), (5, "CSV_ROW_DUPLICATE")]);
        assert!(ids(&scene.read(&token, PATH).await).is_empty());
        // Who may not read accounts does not learn by it who has one.
        let token = inviter(&scene).await;
        let judged = send(&scene, &token, &path, "text/csv", MIXED).await.json();
        assert!(!judged.to_string().contains("ALREADY_INVITED") && judged["good"] == 2, "{judged}");
    }

    async fn what_is_no_file_of_invitations_is_refused_at_the_door(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = inviter(&scene).await;
        let check = async |content_type: &str, body: Vec<u8>, status, code| {
            assert_fault(&send(&scene, &token, PATH, content_type, body).await, status, code);
        };
        let zip = [b"PK\x03\x04".as_slice(), &[7; 100_000]].concat();
        check("text/csv", zip, 400, "CSV_ENCODING").await;
        check("text/csv", b"\xff\xfeE\0m\0".to_vec(), 400, "CSV_ENCODING").await;
        check("text/csv", b"\x1f\x8b\x08".to_vec(), 400, "CSV_ENCODING").await;
        check("text/csv", Vec::new(), 400, "CSV_EMPTY").await;
        check("text/csv", b"Mail,Name\na@adatum.example,A\n".to_vec(), 400, "CSV_HEADER").await;
        check("text/csv", b"Email,DisplayName\na@adatum.example,\"A\n".to_vec(), 400, "CSV_QUOTING").await;
        let many = format!("Email,DisplayName\n{}", "a@adatum.example,A\n".repeat(2_001));
        check("text/csv", many.into_bytes(), 400, "CSV_TOO_MANY_ROWS").await;
        check("application/zip", TWO.into(), 415, "Request_UnsupportedMediaType").await;
        check("application/json", TWO.into(), 415, "Request_UnsupportedMediaType").await;
        check("multipart/form-data; boundary=x", TWO.into(), 415, "Request_UnsupportedMediaType").await;
        for query in ["dryRun=yes", "dryRun=true&dryRun=true", "fileName=a&fileName=b", "x=1"] {
            let page = send(&scene, &token, &format!("{PATH}?{query}"), "text/csv", TWO).await;
            assert_eq!(page.status, 400, "{query}: {}", page.body);
        }
        assert!(ids(&scene.read(&token, PATH).await).is_empty());
        hand_in(&scene, &token, TWO).await;
    }

    async fn a_file_that_is_too_large_is_refused_before_it_is_read(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = inviter(&scene).await;
        // What says how long it is is not read at all, and what does not is read up to the limit.
        for (head, bytes) in [("content-length: 104857600", 0), ("transfer-encoding: chunked", MAX_FILE + 1)] {
            let answer = talk(&scene, &token, head, bytes).await;
            assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("CSV_TOO_LARGE"), "{head}: {answer}");
        }
        // Who may not invite is told so first.
        let stranger = scene.service_with(&[Permission::UserReadAll]).await;
        let answer = talk(&scene, &stranger, "content-length: 104857600", 0).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    }

    async fn a_job_is_seen_by_whoever_asked_for_it_and_by_administrators(backend: Backend) {
        let scene = Scene::start(backend).await;
        let ana = scene.gateway.ana;
        let token = inviter(&scene).await;
        let job = hand_in(&scene, &token, TWO).await;
        scene.give(ana, &[Role::GuestInviter]).await;
        let person = scene.ana().await;
        assert!(ids(&scene.read(&person, PATH).await).is_empty());
        for (method, rest) in [("GET", ""), ("GET", "/report"), ("POST", "/stop"), ("POST", "/resume"), ("DELETE", "")] {
            let page = scene.call(&person, method, &of(&job, rest), None).await;
            assert_fault(&page, 404, "JOB_UNKNOWN");
        }
        scene.give(ana, &[Role::UserAdministrator]).await;
        assert_eq!(ids(&scene.read(&person, PATH).await), [job["id"].as_str().unwrap()]);
        for (method, rest) in [("GET", ""), ("GET", "/report"), ("POST", "/stop"), ("POST", "/resume"), ("POST", "/stop"), ("DELETE", "")] {
            scene.done(&person, method, &of(&job, rest), None).await;
        }
    }

    async fn what_an_administrator_has_stopped_nobody_else_lets_go_on(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = inviter(&scene).await;
        let job = hand_in(&scene, &token, TWO).await;
        // Whoever asked stops it and lets it go on.
        assert_eq!(scene.done(&token, "POST", &of(&job, "/stop"), None).await.json()["state"], "stopped");
        assert_fault(&scene.call(&token, "POST", &of(&job, "/stop"), None).await, 409, "JOB_STATE");
        assert_eq!(scene.done(&token, "POST", &of(&job, "/resume"), None).await.json()["state"], "running");
        assert_fault(&scene.call(&token, "POST", &of(&job, "/resume"), None).await, 409, "JOB_STATE");
        scene.done(&token, "POST", &of(&job, "/stop"), None).await;
        // An administrator stops what is stopped, too.
        scene.give(scene.gateway.ana, &[Role::UserAdministrator]).await;
        let person = scene.ana().await;
        assert_eq!(scene.done(&person, "POST", &of(&job, "/stop"), None).await.json()["state"], "held");
        for (method, rest) in [("POST", "/resume"), ("DELETE", "")] {
            assert_fault(&scene.call(&token, method, &of(&job, rest), None).await, 403, "JOB_HELD");
        }
        work(&scene).await;
        assert_eq!(scene.read(&token, &of(&job, "")).await["done"], 0);
        assert_eq!(scene.done(&person, "POST", &of(&job, "/resume"), None).await.json()["state"], "running");
        work(&scene).await;
        assert_eq!(scene.read(&token, &of(&job, "")).await["state"], "finished");
        let stopped = scene.audited("bulk_invite_stopped").await;
        let by: Vec<_> = stopped.iter().map(|record| record.actor.clone()).collect();
        assert_eq!(by, ["app".to_owned(), "app".to_owned(), format!("person:{}", scene.gateway.ana)]);
        assert!(stopped.iter().all(|record| record.target.map(|id| id.to_string()).as_deref() == job["id"].as_str()));
        assert_eq!(scene.audited("bulk_invite_resumed").await.len(), 2);
    }

    async fn nobody_has_many_files_worked_on_at_once(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = inviter(&scene).await;
        let mut jobs = Vec::new();
        for _ in 0..5 {
            jobs.push(hand_in(&scene, &token, TWO).await);
        }
        let page = send(&scene, &token, PATH, "text/csv", TWO).await;
        assert_fault(&page, 429, "JOBS_TOO_MANY");
        assert_eq!(page.headers["retry-after"], "60");
        scene.done(&token, "POST", &of(&jobs[0], "/stop"), None).await;
        hand_in(&scene, &token, TWO).await;
    }

    async fn jobs_are_listed_page_by_page_newest_first(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = inviter(&scene).await;
        let mut handed_in = Vec::new();
        for _ in 0..3 {
            handed_in.push(hand_in(&scene, &token, TWO).await["id"].as_str().unwrap().to_owned());
            scene.gateway.clock.advance(std::time::Duration::from_millis(5));
        }
        handed_in.reverse();
        let first = scene.read(&token, &format!("{PATH}?$top=2")).await;
        assert_eq!(ids(&first), handed_in[..2]);
        let next = first["@odata.nextLink"].as_str().unwrap().to_owned();
        let last = scene.read(&token, &next).await;
        assert_eq!(ids(&last), handed_in[2..]);
        assert!(last.get("@odata.nextLink").is_none());
        for query in ["$count=true", "$select=id", "$skiptoken=x", "$top=0"] {
            assert_eq!(scene.get(&token, &format!("{PATH}?{query}")).await.status, 400, "{query}");
        }
    }

    async fn a_person_hands_in_no_file_through_an_app(backend: Backend) {
        let scene = Scene::start(backend).await;
        scene.give(scene.gateway.ana, &[Role::GuestInviter]).await;
        let person = scene.ana().await;
        assert_fault(&send(&scene, &person, PATH, "text/csv", TWO).await, 403, "NOT_ALLOWED");
        let path = format!("{PATH}?dryRun=true");
        assert_eq!(send(&scene, &person, &path, "text/csv", TWO).await.status, 200);
        let body = serde_json::json!({ "requests": [{ "id": "1", "method": "GET", "url": "/users" }] });
        assert_eq!(scene.call(&person, "POST", "/v1.0/$batch", Some(body)).await.status, 200);
    }

    async fn where_nobody_may_invite_administrators_still_stop_what_runs(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = inviter(&scene).await;
        let job = hand_in(&scene, &token, TWO).await;
        scene.gateway.set(|settings| settings.allow_invites_from = InvitesFrom::Nobody).await;
        assert_fault(&scene.get(&token, &of(&job, "")).await, 403, "INVITE_DISABLED");
        scene.give(scene.gateway.ana, &[Role::UserAdministrator]).await;
        let person = scene.ana().await;
        scene.done(&person, "POST", &of(&job, "/stop"), None).await;
    }
}
