//! What the directory audit says of an act: who did it and through what, whom and what it was about, and what was changed.

use std::time::Duration;

use entente::domain::permissions::Permission;
use entente::domain::roles::Role;
use serde_json::{Value, json};

use super::scene::Scene;
use crate::support::gateway::address;
use crate::support::stores::on_both_stores;

const AUDITS: &str = "/v1.0/auditLogs/directoryAudits";

/// Does something, a second after what was done before.
async fn act(scene: &Scene, token: &str, method: &str, path: &str, body: Option<Value>) {
    scene.gateway.clock.advance(Duration::from_secs(1));
    scene.done(token, method, path, body).await;
}

/// The newest entry of this kind.
async fn newest(scene: &Scene, token: &str, activity: &str) -> Value {
    let list = scene.read(token, AUDITS).await;
    let is_it = |one: &&Value| one["additionalDetails"][0]["value"] == activity;
    list["value"].as_array().unwrap().iter().find(is_it).unwrap().clone()
}

async fn about(scene: &Scene, token: &str, id: &str) -> usize {
    let filter = format!("targetResources/any(t:t/id eq '{id}')");
    scene.read(token, &address(AUDITS, &[("$filter", &filter)])).await["value"].as_array().unwrap().len()
}

/// Type, id and name of what an entry is about.
fn targets(entry: &Value) -> Vec<(&str, &str, &str)> {
    entry["targetResources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["type"].as_str().unwrap(),
                one["id"].as_str().unwrap(),
                one["displayName"].as_str().unwrap_or_default(),
            )
        })
        .collect()
}

on_both_stores! {
    async fn f96_the_app_that_acts_is_who_began_it_and_the_app_that_is_assigned_is_a_target(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await;
        let group = gateway.add_group("auditors", &[ben], &[]).await;
        let token = scene.service_with(&[Permission::AppRoleAssignmentReadWriteAll, Permission::AuditLogReadAll]).await;
        let (travel, payroll) = (gateway.travel.to_string(), gateway.payroll.to_string());
        let (ben, group) = (ben.to_string(), group.to_string());
        assert_eq!(about(&scene, &token, &travel).await, 0);
        let body = json!({ "principalId": ben, "resourceId": travel });
        act(&scene, &token, "POST", &format!("/v1.0/users/{ben}/appRoleAssignments"), Some(body)).await;
        let entry = newest(&scene, &token, "guest_changed").await;
        assert_eq!(entry["initiatedBy"]["user"], Value::Null, "{entry}");
        assert_eq!(entry["initiatedBy"]["app"]["servicePrincipalId"], payroll);
        let upn = "ben_fabrikam.example#EXT#@contoso.example";
        assert_eq!(targets(&entry), [("User", ben.as_str(), upn), ("Application", travel.as_str(), "travel")]);

        let body = json!({ "principalId": group, "resourceId": travel });
        act(&scene, &token, "POST", &format!("/v1.0/groups/{group}/appRoleAssignments"), Some(body)).await;
        let entry = newest(&scene, &token, "object_changed").await;
        assert_eq!(targets(&entry), [("Group", group.as_str(), "auditors"), ("Application", travel.as_str(), "travel")]);

        // Found by whom and by what, and not by the app that acted.
        let counts = async |id: &str| about(&scene, &token, id).await;
        assert_eq!((counts(&travel).await, counts(&ben).await, counts(&group).await), (2, 1, 1));
        assert_eq!(counts(&payroll).await, 0);
        let by = address(AUDITS, &[("$filter", &format!("initiatedBy/app/servicePrincipalId eq '{payroll}'"))]);
        assert_eq!(scene.read(&token, &by).await["value"].as_array().unwrap().len(), 2);
        let export = async |id: &str| {
            let page = scene.get(&token, &format!("/api/v1/audit/export?kind=directory&target={id}")).await;
            page.body.lines().count()
        };
        assert_eq!((export(&travel).await, export(&ben).await, export(&payroll).await), (2, 1, 0));
    }

    async fn f96_a_person_who_acts_through_an_app_is_named_with_it(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await;
        scene.give(gateway.ana, &[Role::UserAdministrator]).await;
        let person = scene.ana().await;
        act(&scene, &person, "PATCH", &format!("/v1.0/users/{ben}"), Some(json!({ "companyName": "Fabrikam" }))).await;
        let token = scene.service_with(&[Permission::AuditLogReadAll]).await;
        let entry = newest(&scene, &token, "guest_changed").await;
        let by = &entry["initiatedBy"];
        assert_eq!(by["user"]["id"], gateway.ana.to_string(), "{entry}");
        assert_eq!(by["user"]["ipAddress"], "127.0.0.1");
        assert_eq!((&by["app"]["appId"], &by["app"]["servicePrincipalId"]), (&json!("payroll"), &json!(gateway.payroll.to_string())));
        assert_eq!(targets(&entry).len(), 1, "{entry}");
        let upn = gateway.guest(gateway.ana).await.guest.user_principal_name;
        let page = scene.get(&token, "/api/v1/audit/export?kind=directory&activity=guest_changed").await;
        let row: Value = serde_json::from_str(page.body.lines().next().unwrap()).unwrap();
        assert_eq!((&row["initiatedBy"]["user"]["displayName"], &row["initiatedBy"]["app"]["displayName"]), (&json!(upn), &json!("payroll")));
    }

    async fn f96_an_invitation_that_gives_an_app_is_found_by_it(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let mut asked = crate::invite::scene::wish(gateway, "zoe@adatum.example");
        asked.apps = vec![gateway.travel, gateway.payroll];
        let zoe = gateway.invited_by(&crate::invite::scene::operator(), &asked).await.unwrap().guest.id.to_string();
        let token = scene.service_with(&[Permission::AuditLogReadAll]).await;
        let entry = newest(&scene, &token, "guest_invited").await;
        let (travel, payroll) = (gateway.travel.to_string(), gateway.payroll.to_string());
        let found = targets(&entry);
        assert!(found.contains(&("Application", travel.as_str(), "travel")), "{entry}");
        assert_eq!((found[0].1, about(&scene, &token, &travel).await), (zoe.as_str(), 1));
        assert_eq!(about(&scene, &token, &payroll).await, 1);
    }

    async fn f96_what_was_changed_is_named_and_its_values_where_they_are_not_personal(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await;
        let group = gateway.add_group("auditors", &[], &[]).await;
        let token = scene
            .service_with(&[
                Permission::UserReadWriteAll,
                Permission::GroupReadWriteAll,
                Permission::AuditLogReadAll,
            ])
            .await;
        let user = format!("/v1.0/users/{ben}");
        let changed = async |activity: &str| newest(&scene, &token, activity).await["targetResources"][0]["modifiedProperties"].clone();
        act(&scene, &token, "PATCH", &user, Some(json!({ "displayName": "Ben Secret", "accountEnabled": false }))).await;
        let found = changed("guest_changed").await;
        let standing = json!({ "displayName": "accountEnabled", "oldValue": "true", "newValue": "false" });
        assert_eq!(found, json!([standing, { "displayName": "displayName" }]));
        assert!(!scene.get(&token, AUDITS).await.body.contains("Ben Secret"));

        let sponsor = json!({ "@odata.id": format!("{}/v1.0/users/{}", gateway.url, gateway.ana) });
        act(&scene, &token, "POST", &format!("{user}/sponsors/$ref"), Some(sponsor)).await;
        let count = json!([{ "displayName": "sponsors", "oldValue": "0", "newValue": "1" }]);
        assert_eq!(changed("guest_changed").await, count);

        let path = format!("/v1.0/groups/{group}");
        act(&scene, &token, "PATCH", &path, Some(json!({ "displayName": "All", "mailNickname": "all" }))).await;
        let slug = json!({ "displayName": "slug", "oldValue": "auditors", "newValue": "all" });
        assert_eq!(changed("object_changed").await, json!([slug, { "displayName": "name" }]));
        act(&scene, &token, "PATCH", &path, Some(json!({ "displayName": "Some" }))).await;
        assert_eq!(changed("object_changed").await, json!([{ "displayName": "name" }]));
    }
}
