//! What the API says where something of ours fails: the form of Graph, as for every other refusal.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use entente::base::random::{Random, SystemRandom};
use entente::domain::permissions::Permission;
use serde_json::json;

use super::scene::{Scene, assert_fault};
use crate::bad_input::edge::{Call, Edge};
use crate::bad_input::transport::Stalled;
use crate::support::client::Client;
use crate::support::stores::on_both_stores;

/// Chance that fails after so many draws.
struct Failing(Arc<AtomicUsize>);

impl Random for Failing {
    fn fill(&self, bytes: &mut [u8]) {
        let left = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        assert!(left.is_ok(), "no chance is left, as the test wants it");
        SystemRandom.fill(bytes);
    }
}

on_both_stores! {
    async fn an_answer_that_takes_too_long_is_told_as_every_refusal(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::GroupReadWriteAll]).await;
        let (short, long) = (Duration::from_millis(200), Duration::from_secs(600));
        let edge = Edge::with_times(scene.gateway.services.clone(), long, short);
        for path in ["/v1.0/groups", "/v1.0/%67roups"] {
            let call = Call::new("POST", path)
                .header("authorization", &format!("Bearer {token}"))
                .header("content-type", "application/json")
                .header("client-request-id", "mine-1")
                .body(axum::body::Body::new(Stalled));
            let page = edge.call(call).await.page;
            assert_fault(&page, 503, "ServiceNotAvailable");
            assert_eq!(page.headers["retry-after"], "1");
            assert_eq!(page.headers["client-request-id"], "mine-1");
            assert_eq!(page.headers["request-id"], page.headers["x-request-id"]);
            assert_eq!(page.json()["error"]["innerError"]["request-id"], page.headers["request-id"].to_str().unwrap());
        }
    }

    async fn a_handler_that_fails_is_told_as_every_refusal(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::GroupReadWriteAll]).await;
        let left = Arc::new(AtomicUsize::new(usize::MAX));
        let random = Arc::new(Failing(left.clone()));
        let (url, _, node) = scene.gateway.second_address_with(|services| services.random = random).await;
        let call = async |slug: &str| {
            let mut client = Client::new(&url);
            let body = json!({ "displayName": "x", "mailNickname": slug }).to_string();
            let request = client.request(reqwest::Method::POST, "/v1.0/groups").bearer_auth(&token);
            client.send(request.header("content-type", "application/json").body(body)).await
        };
        assert_eq!(call("a").await.status, 201);
        // The id of the request is drawn, and nothing after it.
        left.store(1, Ordering::SeqCst);
        let page = call("b").await;
        assert_fault(&page, 500, "InternalServerError");
        assert_eq!(page.headers["request-id"], page.headers["x-request-id"]);
        left.store(usize::MAX, Ordering::SeqCst);
        assert_eq!(call("b").await.status, 201);
        node.abort();
    }
}
