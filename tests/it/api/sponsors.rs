//! Who answers for an account, over the API.

use entente::domain::permissions::Permission;
use entente::domain::roles::Role;
use serde_json::{Value, json};

use super::scene::{Scene, assert_fault, ids};
use crate::support::stores::on_both_stores;

const INVITATIONS: &str = "/v1.0/invitations";

on_both_stores! {
    async fn f29_people_and_groups_answer_for_an_account_five_at_most(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let token = scene.service_with(&[Permission::UserReadWriteAll]).await;
        let zoe = gateway.invite("zoe@adatum.example", None, &[]).await;
        let path = format!("/v1.0/users/{zoe}/sponsors");
        let by = |reference: String| Some(json!({ "@odata.id": reference }));
        let mut all = vec![gateway.ana.to_string()];
        scene.done(&token, "POST", &path, by(format!("{}/v1.0/users/{}", gateway.url, gateway.ana))).await;
        for (number, collection) in ["groups", "directoryObjects", "groups"].iter().enumerate() {
            let group = gateway.add_group(&format!("sponsors-{number}"), &[], &[]).await;
            let base = if number == 0 { "https://graph.microsoft.com" } else { gateway.url.as_str() };
            scene.done(&token, "POST", &format!("{path}/$ref"), by(format!("{base}/v1.0/{collection}/{group}"))).await;
            all.push(group.to_string());
        }
        let ben = gateway.invite("ben@adatum.example", None, &[]).await;
        scene.done(&token, "POST", &format!("{path}/$ref"), by(format!("{}/v1.0/directoryObjects/{ben}", gateway.url))).await;
        all.push(ben.to_string());
        let list = scene.read(&token, &path).await;
        let mut found = ids(&list);
        found.sort();
        all.sort();
        assert_eq!(found, all);
        let kinds = list["value"].as_array().unwrap().iter().filter(|one| one["@odata.type"] == "#microsoft.graph.group");
        assert_eq!(kinds.count(), 3);
        // One more is too many, and who answers already answers once.
        let sixth = gateway.invite("sixth@adatum.example", None, &[]).await;
        let page = scene.call(&token, "POST", &format!("{path}/$ref"), by(format!("{}/v1.0/users/{sixth}", gateway.url))).await;
        assert_fault(&page, 400, "Request_BadRequest");
        let page = scene.call(&token, "POST", &format!("{path}/$ref"), by(format!("{}/v1.0/users/{ben}", gateway.url))).await;
        assert_fault(&page, 409, "Request_Conflict");
        // They go one by one, and each once.
        let of_ben = format!("{path}/{ben}/$ref");
        scene.done(&token, "DELETE", &of_ben, None).await;
        assert_fault(&scene.call(&token, "DELETE", &of_ben, None).await, 404, "Request_ResourceNotFound");
        assert_eq!(ids(&scene.read(&token, &path).await).len(), 4);
        scene.done(&token, "POST", &path, by(format!("{}/v1.0/users/{sixth}", gateway.url))).await;
        let records = scene.audited("guest_changed").await;
        assert_eq!(records.len(), 7);
        assert!(records.iter().all(|record| record.guest == Some(zoe)));
    }

    async fn a_sponsor_that_is_wrong_is_refused(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserReadWriteAll]).await;
        let zoe = scene.gateway.invite("zoe@adatum.example", None, &[]).await;
        let url = &scene.gateway.url;
        let ana = scene.gateway.ana;
        let nobody = "00000000-0000-4000-8000-000000000000";
        for body in [
            json!({}),
            json!({ "@odata.id": 1 }),
            json!({ "@odata.id": format!("{url}/v1.0/users/{ana}"), "more": 1 }),
            json!({ "@odata.id": format!("{url}/v1.0/users/{zoe}") }),
            json!({ "@odata.id": format!("{url}/v1.0/users/{nobody}") }),
            json!({ "@odata.id": format!("{url}/v1.0/groups/{nobody}") }),
            json!({ "@odata.id": format!("{url}/v1.0/groups/{ana}") }),
            json!({ "@odata.id": format!("{url}/v1.0/users/x") }),
            json!({ "@odata.id": format!("{url}/v1.0/servicePrincipals/{ana}") }),
            json!({ "@odata.id": format!("{url}/v1.0/users/{ana}/manager") }),
            json!({ "@odata.id": format!("https://evil.example/v1.0/users/{ana}") }),
            json!({ "@odata.id": format!("/users/{ana}") }),
        ] {
            for tail in ["", "/$ref"] {
                let page = scene.call(&token, "POST", &format!("/v1.0/users/{zoe}/sponsors{tail}"), Some(body.clone())).await;
                assert_fault(&page, 400, "Request_BadRequest");
            }
        }
        let list = scene.read(&token, &format!("/v1.0/users/{zoe}/sponsors")).await;
        assert_eq!(list["value"], Value::Array(Vec::new()));
        assert!(scene.audited("guest_changed").await.is_empty());
    }

    async fn sponsors_are_changed_by_who_may_change_the_account(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let zoe = gateway.invite("zoe@adatum.example", None, &[]).await;
        let other = gateway.invite("yan@adatum.example", None, &[]).await;
        let by_ana = || Some(json!({ "@odata.id": format!("{}/v1.0/users/{}", gateway.url, gateway.ana) }));
        let (add, remove) = (format!("/v1.0/users/{zoe}/sponsors/$ref"), |of| format!("/v1.0/users/{of}/sponsors/{}/$ref", gateway.ana));
        let reader = scene.service_with(&[Permission::UserReadAll, Permission::UserInviteAll]).await;
        assert_fault(&scene.call(&reader, "POST", &add, by_ana()).await, 403, "Authorization_RequestDenied");
        let token = scene.service_with(&[Permission::UserReadWriteAll]).await;
        scene.done(&token, "POST", &add, by_ana()).await;
        // It is named with the account that it is of.
        assert_fault(&scene.call(&token, "DELETE", &remove(other), None).await, 404, "Request_ResourceNotFound");
        scene.give(zoe, &[Role::ReportsReader]).await;
        assert_fault(&scene.call(&token, "DELETE", &remove(zoe), None).await, 403, "Authorization_RequestDenied");
        scene.give(zoe, &[]).await;
        scene.done(&token, "DELETE", &remove(zoe), None).await;
    }

    async fn f29_a_second_invitation_adds_sponsors_by_who_may(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let permissions = [Permission::UserInviteAll, Permission::UserReadAll];
        let first = scene.service_with(&permissions).await;
        let mut groups = Vec::new();
        for number in 0..6 {
            groups.push(gateway.add_group(&format!("sponsors-{number}"), &[], &[]).await.to_string());
        }
        let asked = |address: &str, sponsors: &[String]| {
            let sponsors: Vec<Value> = sponsors.iter().map(|id| json!({ "id": id })).collect();
            json!({
                "invitedUserEmailAddress": address, "inviteRedirectUrl": "https://app.example/start",
                "invitedUserSponsors": sponsors,
            })
        };
        let sponsors = async |guest: &str| ids(&scene.read(&first, &format!("/v1.0/users/{guest}/sponsors")).await);
        let address = "zoe@adatum.example";
        let made = scene.done(&first, "POST", INVITATIONS, Some(asked(address, &groups[..1]))).await.json();
        let zoe = made["invitedUser"]["id"].as_str().unwrap().to_owned();
        // Whoever invited first adds others while nobody has redeemed; a name and a type stay what they are.
        let mut again = asked(address, &groups[..3]);
        again["invitedUserDisplayName"] = json!("Another name");
        let again = scene.done(&first, "POST", INVITATIONS, Some(again)).await.json();
        assert_eq!((&again["invitedUser"]["id"], &again["invitedUserDisplayName"]), (&json!(zoe), &Value::Null));
        let mut found = sponsors(&zoe).await;
        found.sort();
        let mut expected = groups[..3].to_vec();
        expected.sort();
        assert_eq!(found, expected);
        let six = scene.call(&first, "POST", INVITATIONS, Some(asked(address, &groups[3..]))).await;
        assert_fault(&six, 400, "SPONSORS_TOO_MANY");
        let itself = scene.call(&first, "POST", INVITATIONS, Some(asked(address, std::slice::from_ref(&zoe)))).await;
        assert_fault(&itself, 400, "SPONSOR_UNKNOWN");
        // Another inviter is told that it was not done, and does not do it.
        let ana = scene.ana_with(&permissions).await;
        scene.give(gateway.ana, &[Role::GuestInviter]).await;
        let refused = scene.call(&ana, "POST", INVITATIONS, Some(asked(address, &groups[3..4]))).await;
        assert_fault(&refused, 403, "NOT_ALLOWED");
        // Who answers already is nothing new.
        scene.done(&ana, "POST", INVITATIONS, Some(asked(address, &groups[..1]))).await;
        scene.give(gateway.ana, &[Role::UserAdministrator]).await;
        let ana = scene.ana().await;
        scene.done(&ana, "POST", INVITATIONS, Some(asked(address, &groups[3..4]))).await;
        assert_eq!(sponsors(&zoe).await.len(), 4);
        // The same for an account that has its person: only who may change it.
        let known = "ana@fabrikam.example";
        let refused = scene.call(&first, "POST", INVITATIONS, Some(asked(known, &groups[..1]))).await;
        assert_fault(&refused, 403, "NOT_ALLOWED");
        scene.done(&ana, "POST", INVITATIONS, Some(asked(known, &groups[..1]))).await;
        assert_eq!(sponsors(&gateway.ana.to_string()).await, groups[..1]);
    }
}
