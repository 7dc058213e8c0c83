//! How often one person may invite by the API, and what who may only invite learns of accounts.

use entente::domain::collaboration::InvitesFrom;
use entente::domain::permissions::Permission;
use serde_json::{Value, json};

use super::scene::{Scene, assert_fault};
use crate::support::client::Page;
use crate::support::stores::on_both_stores;

const AN_HOUR: usize = 120;
const INVITATIONS: &str = "/v1.0/invitations";
const BULK: &str = "/api/v1/bulk-invitations";
/// The same address.
const BULK_ESCAPED: &str = "/api/v1/bulk%2Dinvitations";

async fn file(scene: &Scene, token: &str, path: &str, text: String) -> Page {
    let mut client = scene.gateway.client();
    let request = client.request(reqwest::Method::POST, path).bearer_auth(token);
    client.send(request.header("content-type", "text/csv").body(text)).await
}

fn invitation(address: &str) -> Value {
    json!({ "invitedUserEmailAddress": address, "inviteRedirectUrl": "https://app.example/start" })
}

on_both_stores! {
    async fn a_person_invites_so_often_in_an_hour_whichever_way(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let person = scene.ana_with(&[Permission::UserInviteAll]).await;
        let app = scene.service_with(&[Permission::UserInviteAll]).await;
        let before = gateway.guest_count().await;
        // Also what is refused counts, and each part of a batch.
        let part = |id: usize| json!({ "id": id.to_string(), "method": "POST", "url": "/invitations", "body": {} });
        let parts = json!({ "requests": (0..20).map(part).collect::<Vec<_>>() });
        for _ in 0..AN_HOUR / 20 - 1 {
            let answer = scene.done(&person, "POST", "/v1.0/$batch", Some(parts.clone())).await.json();
            assert!(answer["responses"].as_array().unwrap().iter().all(|part| part["status"] == 400), "{answer}");
        }
        for number in 0..10 {
            let address = format!("zoe{number}@adatum.example");
            let page = scene.call(&person, "POST", INVITATIONS, Some(invitation(&address))).await;
            assert_eq!(page.status, 201, "{}", page.body);
        }
        for path in [BULK, BULK_ESCAPED] {
            for _ in 0..5 {
                let page = file(&scene, &person, &format!("{path}?dryRun=true"), "Email\nzoe@adatum.example\n".to_owned()).await;
                assert!(page.status < 429, "{} {}", page.status, page.body);
            }
        }
        let page = scene.call(&person, "POST", INVITATIONS, Some(invitation("yan@adatum.example"))).await;
        assert_fault(&page, 429, "TooManyRequests");
        assert!(page.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
        let page = file(&scene, &person, BULK, "Email\nyan@adatum.example\n".to_owned()).await;
        assert_fault(&page, 429, "TooManyRequests");
        let answer = scene.done(&person, "POST", "/v1.0/$batch", Some(json!({ "requests": [part(1)] }))).await.json();
        let refused = &answer["responses"][0];
        assert_eq!(refused["status"], 429, "{answer}");
        assert!(refused["headers"]["Retry-After"].is_string(), "{answer}");
        assert_eq!(gateway.guest_count().await, before + 10);
        // An app in its own name is an administrator's matter, and nobody else is kept from inviting.
        let page = scene.call(&app, "POST", INVITATIONS, Some(invitation("yan@adatum.example"))).await;
        assert_eq!(page.status, 201, "{}", page.body);
    }

    async fn an_address_written_otherwise_is_the_same_door(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserInviteAll]).await;
        let text = "Email,DisplayName\nzoe@adatum.example,Zoe\n";
        let page = file(&scene, &token, BULK_ESCAPED, text.to_owned()).await;
        assert_eq!(page.status, 202, "{}", page.body);
        // And it is closed to the same.
        let other = scene.service_with(&[Permission::UserReadAll]).await;
        for path in [BULK, BULK_ESCAPED] {
            let page = file(&scene, &other, path, text.to_owned()).await;
            assert_fault(&page, 403, "Authorization_RequestDenied");
        }
    }

    async fn who_may_only_invite_learns_nothing_of_who_is_there(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        gateway.set(|settings| settings.allow_invites_from = InvitesFrom::Everyone).await;
        scene.ana_with(&[Permission::UserInviteAll]).await;
        let reader = scene.service_with(&[Permission::UserInviteAll, Permission::UserReadAll]).await;
        let mut named = invitation("zoe@adatum.example");
        named["invitedUserDisplayName"] = "Zoe Zimmer".into();
        let made = scene.done(&reader, "POST", INVITATIONS, Some(named)).await.json();
        assert_eq!(made["invitedUserDisplayName"], "Zoe Zimmer");
        let person = scene.ana_with(&[Permission::UserInviteAll]).await;
        let mut asked = invitation("zoe@adatum.example");
        asked["invitedUserDisplayName"] = "Zo".into();
        let told = scene.done(&person, "POST", INVITATIONS, Some(asked.clone())).await.json();
        assert_eq!((&told["invitedUserDisplayName"], &told["invitedUserType"]), (&json!("Zo"), &json!("Guest")), "{told}");
        assert_eq!(scene.done(&reader, "POST", INVITATIONS, Some(asked)).await.json()["invitedUserDisplayName"], "Zoe Zimmer");
    }
}
