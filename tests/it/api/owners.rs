//! Owners of groups: they manage the members of their own groups, and nothing else.

use entente::base::random::SystemRandom;
use entente::domain::collaboration::GuestUserRole;
use entente::domain::groups::{Group, GroupId};
use entente::domain::guests::GuestId;
use entente::domain::names::Slug;
use entente::domain::permissions::Permission;
use entente::domain::roles::Role;
use entente::domain::store::objects::{Provenance, WholeGroup};
use serde_json::{Value, json};

use super::scene::{Scene, assert_fault, ids};
use crate::support::stores::on_both_stores;

const DENIED: &str = "Authorization_RequestDenied";

impl Scene {
    async fn group_of(&self, slug: &str, owners: &[GuestId]) -> GroupId {
        let id = GroupId::new(self.gateway.now(), &SystemRandom);
        let group = Group { id, slug: Slug::parse(slug).unwrap(), name: slug.to_owned() };
        let whole = WholeGroup { group, members: vec![], owners: owners.to_vec(), apps: vec![] };
        let mut unit = self.gateway.services.store.unit_of_work().await.unwrap();
        unit.upsert_group(&whole, Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
        id
    }

    fn reference(&self, id: impl ToString) -> Option<Value> {
        Some(json!({ "@odata.id": format!("{}/v1.0/directoryObjects/{}", self.gateway.url, id.to_string()) }))
    }
}

on_both_stores! {
    async fn an_owner_manages_the_members_of_their_own_group_alone(backend: Backend) {
        let scene = Scene::start(backend).await;
        let (ana, ben) = (scene.gateway.ana, scene.gateway.invite("ben@fabrikam.example", None, &[]).await);
        let (own, other) = (scene.group_of("own", &[ana]).await, scene.group_of("other", &[ben]).await);
        let token = scene.ana().await;
        let members = |group: GroupId| format!("/v1.0/groups/{group}/members");
        scene.done(&token, "POST", &format!("{}/$ref", members(own)), scene.reference(ben)).await;
        assert_eq!(ids(&scene.read(&token, &members(own)).await), [ben.to_string()]);
        let again = scene.call(&token, "POST", &format!("{}/$ref", members(own)), scene.reference(ben)).await;
        assert_fault(&again, 409, "Request_Conflict");
        scene.done(&token, "DELETE", &format!("{}/{ben}/$ref", members(own)), None).await;
        let gone = scene.call(&token, "DELETE", &format!("{}/{ben}/$ref", members(own)), None).await;
        assert_fault(&gone, 404, "Request_ResourceNotFound");
        let changes = scene.audited("object_changed").await;
        assert_eq!(changes.last().unwrap().actor, format!("person:{ana}"));
        // Another's group, and one that is not there, are the same to them.
        for group in [other.to_string(), "00000000-0000-4000-8000-000000000000".to_owned(), "x".to_owned()] {
            let path = format!("/v1.0/groups/{group}/members");
            assert_fault(&scene.call(&token, "POST", &format!("{path}/$ref"), scene.reference(ben)).await, 403, DENIED);
            assert_fault(&scene.call(&token, "DELETE", &format!("{path}/{ben}/$ref"), None).await, 403, DENIED);
        }
        // Nor may they do anything else with their own.
        let path = format!("/v1.0/groups/{own}");
        for (method, path, body) in [
            ("PATCH", path.clone(), Some(json!({ "displayName": "Mine" }))),
            ("DELETE", path.clone(), None),
            ("POST", format!("{path}/owners/$ref"), scene.reference(ben)),
            ("DELETE", format!("{path}/owners/{ana}/$ref"), None),
            ("POST", "/v1.0/groups".to_owned(), Some(json!({ "displayName": "A", "mailNickname": "a" }))),
        ] {
            assert_fault(&scene.call(&token, method, &path, body).await, 403, DENIED);
        }
        // Whoever holds roles is moved by those who have them.
        scene.give(ben, &[Role::ReportsReader]).await;
        let moved = scene.call(&token, "POST", &format!("{}/$ref", members(own)), scene.reference(ben)).await;
        assert_fault(&moved, 403, DENIED);
    }

    async fn an_owner_does_no_more_through_an_app_than_it_was_let(backend: Backend) {
        let scene = Scene::start(backend).await;
        let ana = scene.gateway.ana;
        let ben = scene.gateway.invite("ben@fabrikam.example", None, &[]).await;
        let path = format!("/v1.0/groups/{}/members/$ref", scene.group_of("own", &[ana]).await);
        let token = scene.ana_with(&[Permission::GroupMemberReadAll]).await;
        assert_fault(&scene.call(&token, "POST", &path, scene.reference(ben)).await, 403, DENIED);
        let token = scene.ana_with(&[Permission::GroupMemberReadWriteAll]).await;
        scene.done(&token, "POST", &path, scene.reference(ben)).await;
    }

    async fn who_owns_is_said_by_who_manages_groups_and_acts_at_once(backend: Backend) {
        let scene = Scene::start(backend).await;
        let ana = scene.gateway.ana;
        let ben = scene.gateway.invite("ben@fabrikam.example", None, &[]).await;
        let group = scene.group_of("own", &[]).await;
        let person = scene.ana().await;
        let token = scene.service_with(&[Permission::GroupReadWriteAll]).await;
        let (owners, members) = (format!("/v1.0/groups/{group}/owners"), format!("/v1.0/groups/{group}/members/$ref"));
        assert_fault(&scene.call(&person, "POST", &members, scene.reference(ben)).await, 403, DENIED);
        assert_eq!(ids(&scene.read(&token, &owners).await), Vec::<String>::new());
        scene.done(&token, "POST", &format!("{owners}/$ref"), scene.reference(ana)).await;
        let again = scene.call(&token, "POST", &format!("{owners}/$ref"), scene.reference(ana)).await;
        assert_fault(&again, 409, "Request_Conflict");
        assert_eq!(ids(&scene.read(&token, &format!("{owners}?$top=1&$select=id")).await), [ana.to_string()]);
        scene.done(&person, "POST", &members, scene.reference(ben)).await;
        scene.done(&token, "DELETE", &format!("{owners}/{ana}/$ref"), None).await;
        let gone = scene.call(&token, "DELETE", &format!("{owners}/{ana}/$ref"), None).await;
        assert_fault(&gone, 404, "Request_ResourceNotFound");
        let path = format!("/v1.0/groups/{group}/members/{ben}/$ref");
        assert_fault(&scene.call(&person, "DELETE", &path, None).await, 403, DENIED);
        let changes = scene.audited("object_changed").await;
        let details: Vec<_> = changes.iter().flat_map(|record| &record.details).map(|(name, _)| name.as_str()).collect();
        assert!(details.contains(&"owner_added") && details.contains(&"owner_removed"), "{details:?}");
    }

    async fn an_owner_who_sees_nothing_else_sees_their_own_group_in_outline(backend: Backend) {
        let scene = Scene::start(backend).await;
        let ana = scene.gateway.ana;
        let mut unit = scene.gateway.services.store.unit_of_work().await.unwrap();
        let mut settings = unit.collaboration().await.unwrap().value;
        settings.guest_user_role = GuestUserRole::Restricted;
        unit.write_collaboration(&settings, Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
        let (own, other) = (scene.group_of("own", &[ana]).await, scene.group_of("other", &[]).await);
        let token = scene.ana().await;
        for what in ["", "/members", "/owners"] {
            assert_fault(&scene.get(&token, &format!("/v1.0/groups/{other}{what}")).await, 403, DENIED);
            scene.read(&token, &format!("/v1.0/groups/{own}{what}")).await;
        }
        let owner = &scene.read(&token, &format!("/v1.0/groups/{own}/owners?$select=id,createdDateTime")).await["value"][0];
        assert_eq!((&owner["id"], &owner["createdDateTime"]), (&json!(ana.to_string()), &Value::Null));
        assert_fault(&scene.get(&token, "/v1.0/groups").await, 403, DENIED);
        let token = scene.ana_with(&[Permission::UserRead]).await;
        assert_fault(&scene.get(&token, &format!("/v1.0/groups/{own}")).await, 403, DENIED);
    }

    async fn two_who_rename_a_group_at_once_lose_nothing_of_each_other(backend: Backend) {
        let scene = Scene::start(backend).await;
        let group = scene.group_of("own", &[]).await;
        let token = scene.service_with(&[Permission::GroupReadWriteAll]).await;
        let path = format!("/v1.0/groups/{group}");
        let name = scene.call(&token, "PATCH", &path, Some(json!({ "displayName": "Owned" })));
        let slug = scene.call(&token, "PATCH", &path, Some(json!({ "mailNickname": "owned" })));
        let (name, slug) = tokio::join!(name, slug);
        assert_eq!((name.status, slug.status), (204, 204));
        let found = scene.read(&token, &path).await;
        assert_eq!((&found["displayName"], &found["mailNickname"]), (&json!("Owned"), &json!("owned")));
    }
}
