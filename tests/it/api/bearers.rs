//! Who asks: the token that is shown, read fresh at each use.

use entente::base::encoding::{base64url, sha256};
use entente::domain::apps::token_rules::{AccessTokenForm, TokenBinding};
use entente::domain::guests::Standing;
use entente::domain::partners::Switch;
use entente::domain::permissions::{Permission, Permissions};
use entente::domain::roles::Role;
use entente::flows::operate::{set_guest_standing, switch_partner};

use super::scene::{ALL, Scene, assert_fault};
use crate::support::gateway::oidc;
use crate::support::possession::Holder;
use crate::support::renewing::AS_PAYROLL;
use crate::support::stores::on_both_stores;

const DENIED: (u16, &str) = (403, "Authorization_RequestDenied");
const NOBODY: (u16, &str) = (401, "InvalidAuthenticationToken");

on_both_stores! {
    async fn without_a_good_token_nobody_asks(backend: Backend) {
        let scene = Scene::start(backend).await;
        let mut client = scene.gateway.client();
        let page = client.get("/v1.0/users").await;
        assert_fault(&page, NOBODY.0, NOBODY.1);
        assert!(page.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer realm="));
        for token in ["x", "a.b.c", &"y".repeat(43)] {
            let page = scene.get(token, "/v1.0/users").await;
            assert_fault(&page, NOBODY.0, NOBODY.1);
            assert!(page.headers["www-authenticate"].to_str().unwrap().contains("error=\"invalid_token\""));
            // Strangers do not learn which addresses there are.
            assert_fault(&scene.get(token, "/v1.0/nothing").await, NOBODY.0, NOBODY.1);
        }
        let mut doubled = scene.gateway.client().with_header("authorization", "Bearer a");
        let request = doubled.request(reqwest::Method::GET, "/v1.0/users").header("authorization", "Bearer b");
        assert_fault(&doubled.send(request).await, 400, "Request_BadRequest");
        let page = scene.gateway.client().get("/v1.0/users?access_token=x").await;
        assert_fault(&page, NOBODY.0, NOBODY.1);
    }

    async fn a_permission_counts_as_the_record_has_it_when_the_token_is_used(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserReadAll]).await;
        assert_eq!(scene.get(&token, "/v1.0/users").await.status, 200);
        scene.let_app(&[]).await;
        assert_fault(&scene.get(&token, "/v1.0/users").await, DENIED.0, DENIED.1);
        scene.let_app(&[Permission::DirectoryReadAll]).await;
        assert_eq!(scene.get(&token, "/v1.0/users").await.status, 200);
        let off = |app: &mut entente::domain::apps::App| app.switch = Switch::Disabled;
        scene.gateway.alter_app(&scene.gateway.services, scene.gateway.payroll, off).await;
        assert_fault(&scene.get(&token, "/v1.0/users").await, NOBODY.0, NOBODY.1);
    }

    async fn a_person_may_do_what_role_and_app_let_them(backend: Backend) {
        let scene = Scene::start(backend).await;
        let ana = scene.gateway.ana;
        let whole = scene.ana().await;
        let narrow = scene.ana_with(&[Permission::UserReadAll]).await;
        let body = || Some(serde_json::json!({ "displayName": "Ana" }));
        let path = format!("/v1.0/users/{ana}");
        assert_fault(&scene.call(&whole, "PATCH", &path, body()).await, DENIED.0, DENIED.1);
        scene.give(ana, &[Role::UserAdministrator]).await;
        assert_eq!(scene.call(&whole, "PATCH", &path, body()).await.status, 204, "a role acts at once");
        assert_fault(&scene.call(&narrow, "PATCH", &path, body()).await, DENIED.0, DENIED.1);
        assert_eq!(scene.get(&narrow, &path).await.status, 200);
        // What is taken from the app is taken from its tokens.
        scene.let_app_through(&[], Permissions::of(&[Permission::UserReadAll])).await;
        assert_fault(&scene.call(&whole, "PATCH", &path, body()).await, DENIED.0, DENIED.1);
        scene.let_app_through(&[], ALL).await;
        scene.give(ana, &[]).await;
        assert_fault(&scene.call(&whole, "PATCH", &path, body()).await, DENIED.0, DENIED.1);
    }

    async fn what_the_app_may_for_itself_it_may_not_in_the_name_of_a_person(backend: Backend) {
        let scene = Scene::start(backend).await;
        scene.let_app(&[Permission::DirectoryReadWriteAll]).await;
        let token = scene.ana_with(&[]).await;
        scene.give(scene.gateway.ana, &[Role::GlobalAdministrator]).await;
        assert_fault(&scene.get(&token, "/v1.0/users").await, DENIED.0, DENIED.1);
        assert_fault(&scene.get(&token, "/v1.0/me").await, DENIED.0, DENIED.1);
    }

    async fn a_person_who_may_not_sign_in_may_not_ask(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        scene.give(gateway.ana, &[Role::GlobalAdministrator]).await;
        let token = scene.ana().await;
        assert_eq!(scene.get(&token, "/v1.0/users").await.status, 200);
        switch_partner(&gateway.services, gateway.act(), "fabrikam", Switch::Disabled).await.unwrap();
        assert_fault(&scene.get(&token, "/v1.0/users").await, NOBODY.0, NOBODY.1);
        switch_partner(&gateway.services, gateway.act(), "fabrikam", Switch::Enabled).await.unwrap();
        let id = gateway.ana.to_string();
        set_guest_standing(&gateway.services, gateway.act(), &id, Standing::Blocked).await.unwrap();
        assert_fault(&scene.get(&token, "/v1.0/users").await, NOBODY.0, NOBODY.1);
    }

    async fn a_token_for_another_api_opens_nothing(backend: Backend) {
        const API: &str = "https://api.contoso.example";
        for form in [AccessTokenForm::Jwt, AccessTokenForm::Opaque] {
            let scene = Scene::start(backend).await;
            scene.let_app(&[Permission::DirectoryReadWriteAll]).await;
            scene
                .gateway
                .alter_app(&scene.gateway.services, scene.gateway.payroll, |app| {
                    oidc(app).tokens.form = form;
                    oidc(app).tokens.resources = vec![API.to_owned()];
                })
                .await;
            scene.gateway.services.directory.forget();
            let asked = [("grant_type", "client_credentials"), ("resource", API)];
            let page = scene.gateway.at_desk("/oidc/token", &[&AS_PAYROLL, &asked]).await;
            let token = page.json()["access_token"].as_str().unwrap().to_owned();
            assert_eq!(page.json().get("scope"), None, "it lets nobody do anything here");
            assert_fault(&scene.get(&token, "/v1.0/users").await, NOBODY.0, NOBODY.1);
            assert_eq!(scene.get(&scene.service().await, "/v1.0/users").await.status, 200, "the twin without an API");
        }
    }

    async fn a_bound_token_shows_its_proof_for_the_very_request(backend: Backend) {
        let scene = Scene::start(backend).await;
        scene.let_app(&[Permission::UserReadAll]).await;
        let (gateway, holder) = (&scene.gateway, Holder::new());
        let own = [("grant_type", "client_credentials")];
        let page = holder.post(gateway, "/oidc/token", &[&AS_PAYROLL, &own]).await;
        let token = page.json()["access_token"].as_str().unwrap().to_owned();
        let proof = |holder: &Holder, method: &str, path: &str| {
            let mut claims = holder.claims(gateway, method, path);
            claims["ath"] = base64url(sha256(token.as_bytes())).into();
            holder.sign(&claims)
        };
        let shown = async |scheme: &str, proof: Option<&str>| {
            let client = gateway.client().with_header("authorization", &format!("{scheme} {token}"));
            let mut client = match proof {
                Some(proof) => client.with_header("dpop", proof),
                None => client,
            };
            client.get("/v1.0/users").await
        };
        let good = proof(&holder, "GET", "/v1.0/users");
        assert_eq!(shown("DPoP", Some(&good)).await.status, 200);
        let again = shown("DPoP", Some(&good)).await;
        assert_fault(&again, NOBODY.0, NOBODY.1);
        assert!(again.headers["www-authenticate"].to_str().unwrap().starts_with("DPoP "), "a proof is good once");
        for (scheme, proof) in [
            ("Bearer", None),
            ("DPoP", None),
            ("DPoP", Some(proof(&holder, "GET", "/v1.0/groups"))),
            ("DPoP", Some(proof(&holder, "POST", "/v1.0/users"))),
            ("DPoP", Some(proof(&Holder::new(), "GET", "/v1.0/users"))),
        ] {
            assert_fault(&shown(scheme, proof.as_deref()).await, NOBODY.0, NOBODY.1);
        }
        // Where the app has none but bound tokens by now, an older one is good for nothing.
        let plain = scene.service().await;
        assert_eq!(scene.get(&plain, "/v1.0/users").await.status, 200);
        let bind = |app: &mut entente::domain::apps::App| oidc(app).tokens.binding = TokenBinding::Required;
        gateway.alter_app(&gateway.services, gateway.payroll, bind).await;
        assert_fault(&scene.get(&plain, "/v1.0/users").await, NOBODY.0, NOBODY.1);
    }

    async fn a_revoked_token_is_gone(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserReadAll]).await;
        assert_eq!(scene.get(&token, "/v1.0/users").await.status, 200);
        scene.gateway.at_desk("/oidc/revoke", &[&AS_PAYROLL, &[("token", &token)]]).await;
        assert_fault(&scene.get(&token, "/v1.0/users").await, NOBODY.0, NOBODY.1);
        let expiring = scene.service().await;
        scene.gateway.clock.advance(std::time::Duration::from_secs(3_600));
        assert_fault(&scene.get(&expiring, "/v1.0/users").await, NOBODY.0, NOBODY.1);
    }
}
