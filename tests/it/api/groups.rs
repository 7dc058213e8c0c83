//! Groups and their members.

use entente::domain::permissions::Permission;
use entente::domain::roles::Role;
use serde_json::json;

use super::scene::{Scene, assert_fault, ids};
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn a_group_lives_from_its_making_to_its_removal(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::GroupReadWriteAll]).await;
        let body = json!({
            "displayName": "Auditors", "mailNickname": "auditors", "mailEnabled": false, "securityEnabled": true,
            "groupTypes": [],
        });
        let page = scene.done(&token, "POST", "/v1.0/groups", Some(body.clone())).await;
        assert_eq!(page.status, 201);
        let id = page.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(page.location(), format!("{}/v1.0/groups/{id}", scene.gateway.url));
        assert_fault(&scene.call(&token, "POST", "/v1.0/groups", Some(body)).await, 409, "Request_Conflict");
        let path = format!("/v1.0/groups/{id}");
        scene.done(&token, "PATCH", &path, Some(json!({ "displayName": "All auditors" }))).await;
        let group = scene.read(&token, &path).await;
        assert_eq!((&group["displayName"], &group["mailNickname"]), (&json!("All auditors"), &json!("auditors")));
        assert_eq!(ids(&scene.read(&token, "/v1.0/groups?$top=1").await), [id.as_str()]);
        let members = format!("{path}/members");
        let reference = |id: &str| Some(json!({ "@odata.id": format!("{}/v1.0/directoryObjects/{id}", scene.gateway.url) }));
        let ana = scene.gateway.ana.to_string();
        let added = scene.done(&token, "POST", &format!("{members}/$ref"), reference(&ana)).await;
        assert_eq!(added.status, 204);
        let again = scene.call(&token, "POST", &format!("{members}/$ref"), reference(&ana)).await;
        assert_fault(&again, 409, "Request_Conflict");
        assert_eq!(ids(&scene.read(&token, &members).await), [ana.as_str()]);
        let nobody = "00000000-0000-4000-8000-000000000000";
        let unknown = scene.call(&token, "POST", &format!("{members}/$ref"), reference(nobody)).await;
        assert_fault(&unknown, 404, "Request_ResourceNotFound");
        scene.done(&token, "DELETE", &format!("{members}/{ana}/$ref"), None).await;
        let gone = scene.call(&token, "DELETE", &format!("{members}/{ana}/$ref"), None).await;
        assert_fault(&gone, 404, "Request_ResourceNotFound");
        scene.done(&token, "DELETE", &path, None).await;
        assert_fault(&scene.get(&token, &path).await, 404, "Request_ResourceNotFound");
        assert_fault(&scene.call(&token, "DELETE", &path, None).await, 404, "Request_ResourceNotFound");
        let changes = scene.audited("object_changed").await;
        let details: Vec<_> = changes.iter().flat_map(|record| &record.details).map(|(name, _)| name.as_str()).collect();
        assert!(details.contains(&"member_added") && details.contains(&"member_removed"), "{details:?}");
        assert_eq!(scene.audited("object_removed").await.len(), 1);
    }

    async fn members_come_in_pages_and_no_group_lends_its_members(backend: Backend) {
        let scene = Scene::start(backend).await;
        let mut people = Vec::new();
        for number in 0..5 {
            people.push(scene.gateway.invite(&format!("user{number}@fabrikam.example"), None, &[]).await);
        }
        let one = scene.gateway.add_group("one", &people[..4], &[]).await;
        let other = scene.gateway.add_group("other", &people[4..], &[]).await;
        let token = scene.service_with(&[Permission::GroupMemberReadWriteAll]).await;
        let mut list = scene.read(&token, &format!("/v1.0/groups/{one}/members?$top=3&$select=id")).await;
        let mut found = ids(&list);
        while let Some(link) = list["@odata.nextLink"].as_str() {
            list = scene.read(&token, link).await;
            found.extend(ids(&list));
        }
        assert_eq!(found.len(), 4);
        // The member of another group is none of this one.
        let swapped = format!("/v1.0/groups/{one}/members/{}/$ref", people[4]);
        assert_fault(&scene.call(&token, "DELETE", &swapped, None).await, 404, "Request_ResourceNotFound");
        assert_eq!(ids(&scene.read(&token, &format!("/v1.0/groups/{other}/members")).await).len(), 1);
    }

    async fn what_a_group_cannot_be_is_refused(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::GroupReadWriteAll]).await;
        let whole = json!({ "displayName": "A", "mailNickname": "a" });
        for (name, value) in [
            ("displayName", json!(null)),
            ("displayName", json!("")),
            ("mailNickname", json!("Not A Slug")),
            ("mailNickname", json!(7)),
            ("mailEnabled", json!(true)),
            ("securityEnabled", json!(false)),
            ("groupTypes", json!(["DynamicMembership"])),
            ("membershipRule", json!("user.x -eq 1")),
            ("isAssignableToRole", json!(true)),
        ] {
            let mut body = whole.clone();
            body[name] = value;
            let page = scene.call(&token, "POST", "/v1.0/groups", Some(body)).await;
            assert_fault(&page, 400, "Request_BadRequest");
            assert!(page.body.contains(name), "{name}: {}", page.body);
        }
        assert_eq!(ids(&scene.read(&token, "/v1.0/groups").await).len(), 0);
        for id in ["https://evil.example/v1.0/directoryObjects/x", "x", "", "/v1.0/users/ana"] {
            let body = Some(json!({ "@odata.id": id }));
            let path = "/v1.0/groups/00000000-0000-4000-8000-000000000000/members/$ref";
            assert_fault(&scene.call(&token, "POST", path, body).await, 400, "Request_BadRequest");
        }
    }

    async fn an_administrator_is_moved_by_administrators_alone(backend: Backend) {
        let scene = Scene::start(backend).await;
        let group = scene.gateway.add_group("spared", &[], &[]).await;
        scene.give(scene.gateway.ana, &[Role::GlobalAdministrator]).await;
        let token = scene.service_with(&[Permission::GroupReadWriteAll]).await;
        let id = format!("{}/v1.0/users/{}", scene.gateway.url, scene.gateway.ana);
        let path = format!("/v1.0/groups/{group}/members/$ref");
        let page = scene.call(&token, "POST", &path, Some(json!({ "@odata.id": id }))).await;
        assert_fault(&page, 403, "Authorization_RequestDenied");
        scene.give(scene.gateway.ana, &[]).await;
        scene.done(&token, "POST", &path, Some(json!({ "@odata.id": id }))).await;
    }
}
