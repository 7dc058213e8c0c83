//! Invitations that come again by a key: one account, one link, one mail, one answer, and nobody else's.

use std::time::Duration;

use entente::base::sealing::Purpose;
use entente::domain::collaboration::InvitesFrom;
use entente::domain::permissions::Permission;
use entente::domain::repeats::{RepeatId, RequestKey};
use entente::flows::mails::send::{Stop, send};
use entente::flows::upkeep::sweep;
use serde_json::{Value, json};

use super::scene::{Scene, assert_fault};
use crate::support::client::{Client, Page};
use crate::support::stores::{Backend, on_both_stores};

const ZOE: &str = "zoe@adatum.example";
const KEY: &str = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"";

fn body() -> Value {
    json!({
        "invitedUserEmailAddress": ZOE, "inviteRedirectUrl": "https://app.example/start", "sendInvitationMessage": true,
    })
}

/// Invites at a node by these keys.
async fn at(mut client: Client, token: &str, keys: &[&str], path: &str, body: &Value) -> Page {
    let mut request = client.request(reqwest::Method::POST, path).bearer_auth(token);
    for key in keys {
        request = request.header("idempotency-key", *key);
    }
    client.send(request.header("content-type", "application/json").body(body.to_string())).await
}

impl Scene {
    async fn keyed(&self, token: &str, key: &str, body: &Value) -> Page {
        at(self.gateway.client(), token, &[key], "/v1.0/invitations", body).await
    }

    /// How many links and mails there are to the address.
    async fn links_and_mails(&self, address: &str) -> (usize, usize) {
        send(&self.gateway.services, &Stop::default()).await.unwrap();
        let mut unit = self.gateway.services.store.unit_of_work().await.unwrap();
        let links = match unit.guest_by_mail_key(address).await.unwrap() {
            None => 0,
            Some(kept) => unit.invitations_of(kept.value.guest.id).await.unwrap().len(),
        };
        (links, self.gateway.mailbox.to(address).len())
    }
}

on_both_stores! {
    async fn the_same_request_again_has_the_same_answer_and_invites_nobody(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll]).await;
        let first = scene.keyed(&token, KEY, &body()).await;
        assert_eq!(first.status, 201, "{}", first.body);
        let entries = scene.gateway.audited().await;
        // The order of members and a key without quotes make no other request of it; nor does another node, as after a
        // restart.
        let reordered = json!({
            "sendInvitationMessage": true, "inviteRedirectUrl": "https://app.example/start", "invitedUserEmailAddress": ZOE,
        });
        let (url, node) = scene.gateway.second_address().await;
        for again in [
            scene.keyed(&token, KEY, &body()).await,
            scene.keyed(&token, KEY.trim_matches('"'), &reordered).await,
            at(Client::new(&url), &token, &[KEY], "/v1.0/invitations", &body()).await,
        ] {
            assert_eq!((again.status, &again.body), (201, &first.body));
            assert_eq!(again.headers["location"], first.headers["location"]);
        }
        node.abort();
        assert_eq!(scene.gateway.audited().await, entries);
        assert_eq!(scene.links_and_mails(ZOE).await, (1, 1));
        // Without a key, or by another, it is another request.
        assert_eq!(scene.keyed(&token, "\"other\"", &body()).await.status, 201);
        assert_eq!(scene.links_and_mails(ZOE).await, (2, 2));
    }

    async fn a_key_that_stands_for_another_request_is_refused(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll]).await;
        scene.keyed(&token, KEY, &body()).await;
        let mut other = body();
        other["invitedUserEmailAddress"] = json!("yan@adatum.example");
        let page = scene.keyed(&token, KEY, &other).await;
        assert_fault(&page, 422, "IDEMPOTENCY_KEY_REUSED");
        assert!(!page.body.contains("ticket="));
        assert_eq!(scene.links_and_mails("yan@adatum.example").await, (0, 0));
        assert_eq!(scene.keyed(&token, "\"another\"", &other).await.status, 201);
    }

    async fn a_key_that_is_malformed_or_stands_twice_is_refused(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll]).await;
        let long = format!("\"{}\"", "x".repeat(256));
        for keys in [&["\"\""][..], &["\"a"], &["a b"], &["\"a\";b=1"], &["a,b"], &[&long], &["a", "a"]] {
            let page = at(scene.gateway.client(), &token, keys, "/v1.0/invitations", &body()).await;
            assert_fault(&page, 400, "IDEMPOTENCY_KEY_INVALID");
        }
        assert_eq!(scene.links_and_mails(ZOE).await, (0, 0));
        let longest = format!("\"{}\"", "x".repeat(255));
        assert_eq!(scene.keyed(&token, &longest, &body()).await.status, 201);
        // A batch has none of its own.
        let part = json!({ "id": "a", "method": "POST", "url": "/invitations", "body": body() });
        let page = at(scene.gateway.client(), &token, &[KEY], "/v1.0/$batch", &json!({ "requests": [part] })).await;
        assert_fault(&page, 400, "Request_BadRequest");
    }

    async fn a_key_is_refused_where_none_is_honoured(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::DirectoryReadWriteAll]).await;
        let group = json!({ "displayName": "Auditors", "mailNickname": "auditors" });
        let page = at(scene.gateway.client(), &token, &[KEY], "/v1.0/groups", &group).await;
        assert_fault(&page, 400, "Request_BadRequest");
        assert!(page.body.contains("`Idempotency-Key` is not read at this address"), "{}", page.body);
        let ana = format!("/v1.0/users/{}", scene.gateway.ana);
        let mut client = scene.gateway.client().with_header("idempotency-key", KEY);
        let request = client.request(reqwest::Method::PATCH, &ana).bearer_auth(&token);
        let page = client.send(request.header("content-type", "application/json").body("{\"companyName\":\"x\"}")).await;
        assert_fault(&page, 400, "Request_BadRequest");
        let part = |id: &str, headers: Value| json!({
            "id": id, "method": "POST", "url": "/groups", "headers": headers, "body": group,
        });
        let parts = [part("a", json!({ "Idempotency-Key": KEY })), part("b", json!({}))];
        let answer = scene.done(&token, "POST", "/v1.0/$batch", Some(json!({ "requests": parts }))).await.json();
        assert_eq!((&answer["responses"][0]["status"], &answer["responses"][1]["status"]), (&json!(400), &json!(201)), "{answer}");
        assert!(answer["responses"][0].to_string().contains("Idempotency-Key"), "{answer}");
    }

    async fn nobody_gets_the_answer_of_another_caller(backend: Backend) {
        let scene = Scene::start(backend).await;
        let person = scene.ana().await;
        let app = scene.service_with(&[Permission::UserInviteAll]).await;
        let of_app = scene.keyed(&app, KEY, &body()).await.json();
        let of_person = scene.keyed(&person, KEY, &body()).await.json();
        assert_ne!(of_app["inviteRedeemUrl"], of_person["inviteRedeemUrl"]);
        assert_eq!(of_app["invitedUser"], of_person["invitedUser"]);
        for (token, answer) in [(&app, &of_app), (&person, &of_person)] {
            assert_eq!(scene.keyed(token, KEY, &body()).await.json(), *answer);
        }
        // Nor does who was let see it, and is not any more.
        scene.gateway.set(|settings| settings.allow_invites_from = InvitesFrom::AdminsAndGuestInviters).await;
        for token in [&app, &person] {
            assert_fault(&scene.keyed(token, KEY, &body()).await, 403, "INVITE_DISABLED");
        }
        scene.let_app(&[Permission::UserReadAll]).await;
        assert_fault(&scene.keyed(&app, KEY, &body()).await, 403, "Authorization_RequestDenied");
    }

    async fn what_was_refused_is_not_kept(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll]).await;
        scene.gateway.set(|settings| settings.allow_invites_from = InvitesFrom::Nobody).await;
        assert_fault(&scene.keyed(&token, KEY, &body()).await, 403, "INVITE_DISABLED");
        scene.gateway.set(|settings| settings.allow_invites_from = InvitesFrom::Everyone).await;
        assert_eq!(scene.keyed(&token, KEY, &body()).await.status, 201);
        assert_eq!(scene.links_and_mails(ZOE).await, (1, 1));
    }

    async fn an_answer_is_kept_for_a_day_and_then_swept(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll]).await;
        let first = scene.keyed(&token, KEY, &body()).await.json();
        scene.gateway.clock.advance(Duration::from_secs(86_400 - 1));
        assert_eq!(sweep(&scene.gateway.services).await.unwrap().answers, 0);
        let token = scene.service().await;
        assert_eq!(scene.keyed(&token, KEY, &body()).await.json(), first);
        scene.gateway.clock.advance(Duration::from_secs(1));
        // What is not swept yet counts no more.
        let second = scene.keyed(&token, KEY, &body()).await.json();
        assert_ne!(second["inviteRedeemUrl"], first["inviteRedeemUrl"]);
        assert_eq!(scene.keyed(&token, KEY, &body()).await.json(), second);
        assert_eq!(sweep(&scene.gateway.services).await.unwrap().answers, 0);
        scene.gateway.clock.advance(Duration::from_secs(86_400));
        assert_eq!(sweep(&scene.gateway.services).await.unwrap().answers, 1);
    }

    async fn the_link_is_kept_sealed_and_opens_in_its_row_alone(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll]).await;
        let answer = scene.keyed(&token, KEY, &body()).await.json();
        let services = &scene.gateway.services;
        let key = RequestKey::parse(KEY.trim_matches('"')).unwrap();
        let id = RepeatId::of(&format!("app {}", scene.gateway.payroll), &key);
        let mut unit = services.store.unit_of_work().await.unwrap();
        let kept = unit.kept_answer(id, scene.gateway.now()).await.unwrap().unwrap();
        drop(unit);
        let link = answer["inviteRedeemUrl"].as_str().unwrap();
        let has = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        for text in [link, ZOE, "ticket", "inviteRedeemUrl"] {
            assert!(!has(&kept.sealed, text), "{text}");
        }
        let place = [b"kept_answers ".as_slice(), id.as_bytes()].concat();
        assert!(has(&services.sealer.open(Purpose::KeptAnswer, &place, &kept.sealed).unwrap(), link));
        // An answer that was moved to another row, as by somebody who writes to the database, is not given away.
        let person = scene.ana().await;
        let other = RepeatId::of(&format!("person {} app {}", scene.gateway.ana, scene.gateway.payroll), &key);
        let mut unit = services.store.unit_of_work().await.unwrap();
        unit.keep_answer(other, &kept, scene.gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        let page = scene.keyed(&person, KEY, &body()).await;
        assert_fault(&page, 409, "IDEMPOTENCY_KEY_UNREADABLE");
        assert!(!page.body.contains("ticket="));
    }

    async fn two_at_once_make_one_invitation(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll]).await;
        let (url, node) = scene.gateway.second_address().await;
        let calls: Vec<_> = (0..6)
            .map(|number| {
                let client = if number % 2 == 0 { scene.gateway.client() } else { Client::new(&url) };
                let token = token.clone();
                tokio::spawn(async move { at(client, &token, &[KEY], "/v1.0/invitations", &body()).await })
            })
            .collect();
        let mut answers = Vec::new();
        for call in calls {
            let page = call.await.unwrap();
            match page.status {
                201 => answers.push(page.body),
                409 => {
                    assert_fault(&page, 409, "IDEMPOTENCY_KEY_IN_WORK");
                    assert_eq!(page.headers["retry-after"], "1");
                }
                _ => panic!("{}: {}", page.status, page.body),
            }
        }
        answers.push(scene.keyed(&token, KEY, &body()).await.body);
        node.abort();
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(scene.links_and_mails(ZOE).await, (1, 1));
    }

    async fn while_the_first_is_worked_on_the_second_is_told_so(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll]).await;
        let zoe = scene.gateway.invite(ZOE, None, &[]).await;
        // Whoever holds the account lets nobody invite it. On SQLite nobody gets so far.
        let mut held = scene.gateway.services.store.unit_of_work().await.unwrap();
        held.hold_guest(zoe).await.unwrap();
        let call = || {
            let (client, token) = (scene.gateway.client(), token.clone());
            tokio::spawn(async move { at(client, &token, &[KEY], "/v1.0/invitations", &body()).await })
        };
        let (mut one, mut other) = (call(), call());
        if backend == Backend::Postgres {
            let (first, rest) = tokio::select! {
                page = &mut one => (page.unwrap(), other),
                page = &mut other => (page.unwrap(), one),
            };
            assert_fault(&first, 409, "IDEMPOTENCY_KEY_IN_WORK");
            drop(held);
            assert_eq!(rest.await.unwrap().status, 201);
        } else {
            drop(held);
            for page in [one.await.unwrap(), other.await.unwrap()] {
                assert!(matches!(page.status, 201 | 409), "{}", page.body);
            }
        }
        assert_eq!(scene.keyed(&token, KEY, &body()).await.status, 201);
        assert_eq!(scene.links_and_mails(ZOE).await, (1, 1));
    }

    async fn a_part_of_a_batch_has_a_key_of_its_own(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll]).await;
        let part = |id: &str, key: &str| json!({
            "id": id, "method": "POST", "url": "/invitations", "headers": { "Idempotency-Key": key }, "body": body(),
        });
        let requests = json!({ "requests": [part("a", KEY), part("b", KEY), part("c", "a b")] });
        let page = scene.call(&token, "POST", "/v1.0/$batch", Some(requests)).await;
        assert_fault(&page, 400, "IDEMPOTENCY_KEY_INVALID");
        let requests = json!({ "requests": [part("a", KEY), part("b", KEY)] });
        let answer = scene.done(&token, "POST", "/v1.0/$batch", Some(requests)).await.json();
        assert_eq!(answer["responses"][0]["status"], 201, "{answer}");
        assert_eq!(answer["responses"][0]["body"], answer["responses"][1]["body"]);
        assert_eq!(scene.keyed(&token, KEY, &body()).await.json(), answer["responses"][0]["body"]);
        assert_eq!(scene.links_and_mails(ZOE).await, (1, 1));
    }
}
