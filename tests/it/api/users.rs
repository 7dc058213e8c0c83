//! Accounts: reading, changing, ending sessions.

use entente::domain::guests::Standing;
use entente::domain::permissions::Permission;
use entente::domain::roles::Role;
use serde_json::json;

use super::scene::{Scene, assert_fault, ids};
use crate::invite::scene::{operator, wish};
use crate::redemption::links::{decide, path, proven};
use crate::support::journey::{Tokens, granted};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn an_account_is_read_by_id_and_by_its_external_name(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserReadAll]).await;
        let ana = scene.gateway.ana;
        let user = scene.read(&token, &format!("/v1.0/users/{ana}")).await;
        assert_eq!(user["id"], ana.to_string());
        assert_eq!(user["userPrincipalName"], "ana_fabrikam.example#EXT#@contoso.example");
        assert_eq!((&user["mail"], &user["userType"]), (&json!("ana@fabrikam.example"), &json!("Guest")));
        assert_eq!((&user["externalUserState"], &user["accountEnabled"]), (&json!("PendingAcceptance"), &json!(true)));
        let name = &user["userPrincipalName"];
        let before = json!([{ "signInType": "userPrincipalName", "issuer": "contoso.example", "issuerAssignedId": name }]);
        assert_eq!(user["identities"], before, "until somebody has redeemed it");
        assert!(user["@odata.context"].as_str().unwrap().ends_with("/v1.0/$metadata#users/$entity"));
        let by_name = scene.read(&token, "/v1.0/users/Ana_fabrikam.example%23EXT%23@contoso.example").await;
        assert_eq!(by_name, user);
        let selected = scene.read(&token, &format!("/v1.0/users/{ana}?$select=id,mail")).await;
        assert_eq!(selected.as_object().unwrap().len(), 3, "{selected}");
        let nobody = "/v1.0/users/00000000-0000-4000-8000-000000000000";
        assert_fault(&scene.get(&token, nobody).await, 404, "Request_ResourceNotFound");
        // After the first sign-in the home is known.
        scene.let_app(&[Permission::UserReadAll]).await;
        scene.ana_with(&[]).await;
        let user = scene.read(&token, &format!("/v1.0/users/{ana}")).await;
        assert_eq!(user["externalUserState"], "Accepted");
        assert_eq!(user["identities"][0]["signInType"], "federated");
        assert_eq!(user["displayName"], "Ana Almeida");
    }

    async fn what_was_written_is_read_at_once(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserReadWriteAll]).await;
        let path = format!("/v1.0/users/{}", scene.gateway.ana);
        let body = json!({
            "displayName": "Ana of Fabrikam", "companyName": "Fabrikam", "preferredLanguage": "fr",
            "otherMails": ["a.fabrikam@fabrikam.example"], "showInAddressList": true, "accountEnabled": false,
        });
        scene.done(&token, "PATCH", &path, Some(body.clone())).await;
        let user = scene.read(&token, &path).await;
        for (name, value) in body.as_object().unwrap() {
            assert_eq!(user[name], *value, "{name}");
        }
        let listed = scene.read(&token, "/v1.0/users?$filter=companyName%20eq%20%27fabrikam%27").await;
        assert_eq!(listed["value"][0]["otherMails"], body["otherMails"]);
        assert_eq!(scene.gateway.guest(scene.gateway.ana).await.guest.standing, Standing::Blocked);
        let records = scene.audited("guest_changed").await;
        let record = records.last().unwrap();
        assert_eq!((record.guest, record.app.as_ref().map(|app| app.0)), (Some(scene.gateway.ana), Some(scene.gateway.payroll)));
        let back = json!({ "displayName": null, "companyName": null, "preferredLanguage": null, "otherMails": [], "accountEnabled": true });
        scene.done(&token, "PATCH", &path, Some(back)).await;
        let user = scene.read(&token, &path).await;
        assert_eq!((&user["companyName"], &user["accountEnabled"]), (&json!(null), &json!(true)));
    }

    async fn a_change_that_is_wrong_changes_nothing(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserReadWriteAll]).await;
        let path = format!("/v1.0/users/{}", scene.gateway.ana);
        let before = scene.read(&token, &path).await;
        for (body, named) in [
            (json!({}), "changes nothing"),
            (json!([]), "JSON object"),
            (json!({ "displayName": "x", "userPrincipalName": "y" }), "`userPrincipalName`"),
            (json!({ "displayName": "x", "mail": null }), "`mail`"),
            (json!({ "displayName": "x", "userType": "Owner" }), "`userType`"),
            (json!({ "givenName": "x" }), "`givenName`"),
            (json!({ "roles": ["global_administrator"] }), "`roles`"),
            (json!({ "displayName": "" }), "`displayName`"),
            (json!({ "displayName": 1 }), "`displayName`"),
            (json!({ "displayName": "a\u{0}b" }), "`displayName`"),
            (json!({ "displayName": "x".repeat(257) }), "`displayName`"),
            (json!({ "displayName": "x", "accountEnabled": "false" }), "`accountEnabled`"),
            (json!({ "companyName": "x".repeat(65) }), "`companyName`"),
            (json!({ "preferredLanguage": "no language at all" }), "`preferredLanguage`"),
            (json!({ "otherMails": "a@b.example" }), "`otherMails`"),
            (json!({ "otherMails": ["a@b.example", "A@b.example"] }), "`otherMails`"),
            (json!({ "otherMails": ["a@b.example\r\nBcc: x@y.example"] }), "`otherMails`"),
        ] {
            let page = scene.call(&token, "PATCH", &path, Some(body)).await;
            assert_fault(&page, 400, "Request_BadRequest");
            assert!(page.body.contains(named), "{named}: {}", page.body);
        }
        assert_eq!(scene.read(&token, &path).await, before);
        assert_eq!(scene.audited("guest_changed").await.len(), 0);
    }

    async fn whoever_may_block_may_not_rename(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserEnableDisableAccountAll]).await;
        let path = format!("/v1.0/users/{}", scene.gateway.ana);
        let denied = |page: &crate::support::client::Page| assert_fault(page, 403, "Authorization_RequestDenied");
        denied(&scene.call(&token, "PATCH", &path, Some(json!({ "displayName": "x" }))).await);
        denied(&scene.call(&token, "PATCH", &path, Some(json!({ "displayName": "x", "accountEnabled": false }))).await);
        scene.done(&token, "PATCH", &path, Some(json!({ "accountEnabled": false }))).await;
        assert_eq!(scene.gateway.guest(scene.gateway.ana).await.guest.standing, Standing::Blocked);
    }

    async fn an_administrator_is_changed_by_administrators_alone(backend: Backend) {
        let scene = Scene::start(backend).await;
        let ben = scene.gateway.invite("ben@fabrikam.example", None, &[]).await;
        let ana = scene.gateway.ana;
        let app = scene.service_with(&[Permission::UserReadWriteAll]).await;
        let person = scene.ana().await;
        let path = format!("/v1.0/users/{ben}");
        let body = || Some(json!({ "accountEnabled": true, "companyName": "x" }));
        scene.give(ana, &[Role::UserAdministrator]).await;
        scene.done(&app, "PATCH", &path, body()).await;
        scene.done(&person, "PATCH", &path, body()).await;
        scene.give(ben, &[Role::GlobalAdministrator]).await;
        for token in [&app, &person] {
            assert_fault(&scene.call(token, "PATCH", &path, body()).await, 403, "Authorization_RequestDenied");
            let revoke = format!("{path}/revokeSignInSessions");
            assert_fault(&scene.call(token, "POST", &revoke, None).await, 403, "Authorization_RequestDenied");
        }
        scene.give(ben, &[Role::UserAdministrator]).await;
        scene.done(&person, "PATCH", &path, body()).await;
        assert_fault(&scene.call(&app, "PATCH", &path, body()).await, 403, "Authorization_RequestDenied");
        scene.give(ana, &[Role::GlobalAdministrator]).await;
        scene.give(ben, &[Role::GlobalAdministrator]).await;
        scene.done(&person, "PATCH", &path, body()).await;
    }

    async fn f83_revoking_ends_sessions_and_tokens_at_once(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserRevokeSessionsAll]).await;
        let person = scene.ana_with(&[Permission::UserRead]).await;
        assert_eq!(scene.get(&person, "/v1.0/me").await.status, 200);
        scene.gateway.clock.advance(std::time::Duration::from_secs(1));
        let path = format!("/v1.0/users/{}/revokeSignInSessions", scene.gateway.ana);
        let page = scene.done(&token, "POST", &path, None).await;
        assert_eq!(page.json()["value"], true);
        assert_fault(&scene.get(&person, "/v1.0/me").await, 401, "InvalidAuthenticationToken");
        let records = scene.audited("sessions_revoked").await;
        assert_eq!(records.last().unwrap().guest, Some(scene.gateway.ana));
        // One may end one's own, where the app was let do it.
        let own = scene.ana_with(&[Permission::UserRead]).await;
        let page = scene.call(&own, "POST", "/v1.0/me/revokeSignInSessions", None).await;
        assert_fault(&page, 403, "Authorization_RequestDenied");
        let own = scene.ana_with(&[Permission::UserRevokeSessionsAll]).await;
        scene.gateway.clock.advance(std::time::Duration::from_secs(1));
        scene.done(&own, "POST", "/v1.0/me/revokeSignInSessions", None).await;
        assert_fault(&scene.get(&own, "/v1.0/me").await, 401, "InvalidAuthenticationToken");
    }

    async fn me_is_who_signed_in(backend: Backend) {
        let scene = Scene::start(backend).await;
        let person = scene.ana_with(&[Permission::UserRead]).await;
        let me = scene.read(&person, "/v1.0/me?$select=id,mail").await;
        assert_eq!((&me["id"], &me["mail"]), (&json!(scene.gateway.ana.to_string()), &json!("ana@fabrikam.example")));
        let auditors = scene.gateway.add_group("auditors", &[scene.gateway.ana], &[]).await;
        assert_eq!(ids(&scene.read(&person, "/v1.0/me/memberOf").await), [auditors.to_string()]);
        let app = scene.service_with(&[Permission::DirectoryReadWriteAll]).await;
        assert_fault(&scene.get(&app, "/v1.0/me").await, 403, "Authorization_RequestDenied");
    }

    async fn f48_identities_and_state_are_ours_before_redemption_and_filled_by_it(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let token = scene.service_with(&[Permission::UserReadAll]).await;
        let mut asked = wish(gateway, "gus@fabrikam.example");
        asked.apps = vec![gateway.payroll];
        let invited = gateway.invited_by(&operator(), &asked).await.unwrap();
        let address = format!("/v1.0/users/{}", invited.guest.id);
        let before = scene.read(&token, &address).await;
        let own = json!([{
            "signInType": "userPrincipalName",
            "issuer": "contoso.example",
            "issuerAssignedId": before["userPrincipalName"],
        }]);
        assert_eq!((&before["identities"], &before["externalUserState"]), (&own, &json!("PendingAcceptance")));
        assert_eq!((&before["creationType"], &before["displayName"]), (&json!("Invitation"), &json!(null)));
        gateway.clock.advance(std::time::Duration::from_secs(60));
        let gus = Person::new("gus-1", "gus@fabrikam.example", "Gus", "Guest");
        let mut client = gateway.client();
        let question = proven(gateway, &mut client, &path(gateway, &invited), &gus).await;
        decide(&mut client, &question, "accept").await;
        let after = scene.read(&token, &address).await;
        let issuer = "https://idp.fabrikam.example/saml";
        let identity = json!([{ "signInType": "federated", "issuer": issuer, "issuerAssignedId": "gus-1" }]);
        assert_eq!((&after["identities"], &after["externalUserState"]), (&identity, &json!("Accepted")));
        assert_ne!(after["externalUserStateChangeDateTime"], before["externalUserStateChangeDateTime"]);
        for same in ["id", "userPrincipalName", "mail", "creationType", "userType"] {
            assert_eq!(after[same], before[same], "{same}");
        }
        // The alternative security id is what apps are told: opaque, and there from the first sign-in on.
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        let claims = gateway.claims(&Tokens::of(&gateway.redeem(&code).await).id, "payroll").await;
        let altsecid = claims["altsecid"].as_str().unwrap();
        assert!(altsecid.starts_with("5::") && !altsecid.contains("gus"), "{altsecid}");
        assert_eq!(claims["oid"], after["id"]);
    }
}
