//! Several requests in one.

use entente::domain::permissions::Permission;
use serde_json::{Value, json};

use super::scene::{Scene, assert_fault};
use crate::support::stores::on_both_stores;

fn statuses(body: &Value) -> Vec<(String, u64)> {
    let responses = body["responses"].as_array().unwrap();
    responses.iter().map(|one| (one["id"].as_str().unwrap().to_owned(), one["status"].as_u64().unwrap())).collect()
}

on_both_stores! {
    async fn parts_are_answered_in_their_order_each_for_itself(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserReadAll, Permission::GroupReadWriteAll]).await;
        let body = json!({ "requests": [
            { "id": "a", "method": "POST", "url": "/groups", "headers": { "Content-Type": "application/json" },
              "body": { "displayName": "Auditors", "mailNickname": "auditors" } },
            { "id": "b", "method": "GET", "url": "/groups?$top=5", "dependsOn": ["a"] },
            { "id": "c", "method": "GET", "url": "/nothing" },
            { "id": "d", "method": "GET", "url": "/users", "dependsOn": ["c"] },
            { "id": "e", "method": "PATCH", "url": format!("/users/{}", scene.gateway.ana), "body": { "displayName": "x" } },
            { "id": "f", "method": "PUT", "url": "/users" },
            { "id": "g", "method": "GET", "url": "/users?$count=true", "headers": { "ConsistencyLevel": "eventual" } },
            { "id": "h", "method": "POST", "url": "/$batch", "body": { "requests": [] } },
        ] });
        let answer = scene.done(&token, "POST", "/v1.0/$batch", Some(body)).await.json();
        let expected = [("a", 201), ("b", 200), ("c", 404), ("d", 424), ("e", 403), ("f", 405), ("g", 200), ("h", 400)];
        assert_eq!(statuses(&answer), expected.map(|(id, status)| (id.to_owned(), status)));
        assert_eq!(answer["responses"][1]["body"]["value"][0]["mailNickname"], "auditors", "what was written is read");
        assert_eq!(answer["responses"][6]["body"]["@odata.count"], 1);
        assert_eq!(answer["responses"][4]["body"]["error"]["code"], "Authorization_RequestDenied");
    }

    async fn parts_wait_for_what_they_depend_on_wherever_it_stands(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserReadAll, Permission::GroupReadWriteAll]).await;
        let group = |id: &str, slug: &str, needs: &[&str]| json!({
            "id": id, "method": "POST", "url": "/groups", "dependsOn": needs,
            "body": { "displayName": slug, "mailNickname": slug },
        });
        let body = json!({ "requests": [
            { "id": "list", "method": "GET", "url": "/groups", "dependsOn": ["second"] },
            group("second", "second", &["first"]),
            group("first", "first", &[]),
            { "id": "late", "method": "GET", "url": "/users", "dependsOn": ["wrong", "list"] },
            group("wrong", "first", &["second"]),
            { "id": "count", "method": "GET", "url": "/groups/$count", "headers": { "ConsistencyLevel": "eventual" } },
        ] });
        let answer = scene.done(&token, "POST", "/v1.0/$batch", Some(body)).await.json();
        let expected = [("list", 200), ("second", 201), ("first", 201), ("late", 424), ("wrong", 409), ("count", 200)];
        assert_eq!(statuses(&answer), expected.map(|(id, status)| (id.to_owned(), status)), "{answer}");
        assert_eq!(answer["responses"][0]["body"]["value"].as_array().unwrap().len(), 2, "it came after both");
        assert_eq!((&answer["responses"][5]["body"], &answer["responses"][5]["headers"]["Content-Type"]), (&json!(2), &json!("text/plain")));
        // What waits for itself, for one another or for nobody is named, and nothing is done.
        for (requests, named) in [
            (json!([group("a", "a", &["a"])]), "request `a`: `dependsOn` leads in a circle"),
            (json!([group("c", "c", &[]), group("a", "a", &["b"]), group("b", "b", &["a"])]), "request `a`: `dependsOn` leads in a circle"),
            (json!([group("a", "a", &["nobody"])]), "`dependsOn` names `nobody`"),
        ] {
            let page = scene.call(&token, "POST", "/v1.0/$batch", Some(json!({ "requests": requests }))).await;
            assert_fault(&page, 400, "Request_BadRequest");
            assert!(page.body.contains(named), "{}", page.body);
        }
        assert_eq!(scene.read(&token, "/v1.0/groups").await["value"].as_array().unwrap().len(), 2);
    }

    async fn a_batch_that_is_wrong_does_nothing(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::GroupReadWriteAll]).await;
        let part = |id: &str| json!({ "id": id, "method": "POST", "url": "/groups", "body": { "displayName": "A", "mailNickname": "a" } });
        let of = |count: usize| (0..count).map(|number| part(&number.to_string())).collect::<Vec<_>>();
        for body in [
            json!({}),
            json!({ "requests": [] }),
            json!({ "requests": of(21) }),
            json!({ "requests": "x" }),
            json!({ "requests": [part("a"), part("a")] }),
            json!({ "requests": [part("a"), { "id": "b", "method": "GET", "url": "https://evil.example/" }] }),
            json!({ "requests": [part("a"), { "id": "b", "method": "GET", "url": "users" }] }),
            json!({ "requests": [part("a"), { "id": "b", "method": "GET", "url": "/users", "dependsOn": ["c"] }] }),
            json!({ "requests": [part("a"), { "id": "b", "method": "GET", "url": "/users", "dependsOn": "a" }] }),
            json!({ "requests": [part("a"), { "id": "", "method": "GET", "url": "/users" }] }),
            json!({ "requests": [part("a"), { "id": "b", "url": "/users" }] }),
            json!({ "requests": [part("a")], "more": 1 }),
            json!({ "requests": [part("a"), 1] }),
        ] {
            let page = scene.call(&token, "POST", "/v1.0/$batch", Some(body)).await;
            assert_fault(&page, 400, "Request_BadRequest");
        }
        let groups = scene.read(&token, "/v1.0/groups").await;
        assert_eq!(groups["value"], json!([]));
        scene.done(&token, "POST", "/v1.0/$batch", Some(json!({ "requests": of(20) }))).await;
    }
}
