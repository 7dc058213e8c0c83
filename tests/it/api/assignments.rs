//! Apps and who is assigned to them.

use entente::domain::apps::{App, AppId};
use entente::domain::collaboration::GuestUserRole;
use entente::domain::guests::MailStanding;
use entente::domain::permissions::Permission;
use serde_json::json;

use super::scene::{Scene, assert_fault, ids};
use crate::support::stores::on_both_stores;

const DEFAULT_ACCESS: &str = "00000000-0000-0000-0000-000000000000";

on_both_stores! {
    async fn an_assignment_is_given_found_and_taken_back(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await;
        let group = gateway.add_group("auditors", &[ben], &[]).await;
        let token = scene.service_with(&[Permission::AppRoleAssignmentReadWriteAll]).await;
        let travel = gateway.travel.to_string();
        for (collection, id) in [("users", ben.to_string()), ("groups", group.to_string())] {
            let path = format!("/v1.0/{collection}/{id}/appRoleAssignments");
            assert_eq!(ids(&scene.read(&token, &path).await).len(), 0);
            let body = json!({ "principalId": id, "resourceId": travel, "appRoleId": DEFAULT_ACCESS });
            let page = scene.done(&token, "POST", &path, Some(body.clone())).await;
            assert_eq!((page.status, &page.json()["resourceDisplayName"]), (201, &json!("travel")));
            let assignment = page.json()["id"].as_str().unwrap().to_owned();
            assert_fault(&scene.call(&token, "POST", &path, Some(body)).await, 409, "Request_Conflict");
            assert_eq!(ids(&scene.read(&token, &path).await), [assignment.as_str()]);
            // It is not to be taken by another name.
            let foreign = format!("/v1.0/users/{}/appRoleAssignments/{assignment}", gateway.ana);
            assert_fault(&scene.call(&token, "DELETE", &foreign, None).await, 404, "Request_ResourceNotFound");
            scene.done(&token, "DELETE", &format!("{path}/{assignment}"), None).await;
            let again = scene.call(&token, "DELETE", &format!("{path}/{assignment}"), None).await;
            assert_fault(&again, 404, "Request_ResourceNotFound");
        }
        assert!(scene.audited("guest_changed").await.iter().any(|record| record.guest == Some(ben)));
    }

    async fn an_app_is_listed_with_who_is_assigned(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let group = gateway.add_group("auditors", &[], &[gateway.payroll]).await;
        let token = scene.service_with(&[Permission::ApplicationReadAll]).await;
        assert_eq!(ids(&scene.read(&token, "/v1.0/servicePrincipals").await).len(), 2);
        let path = format!("/v1.0/servicePrincipals/{}", gateway.payroll);
        let app = scene.read(&token, &path).await;
        assert_eq!((&app["appId"], &app["appRoleAssignmentRequired"]), (&json!("payroll"), &json!(true)));
        assert!(!app.to_string().contains("secret"));
        let mut list = scene.read(&token, &format!("{path}/appRoleAssignedTo?$top=1")).await;
        let mut principals = vec![list["value"][0]["principalId"].clone()];
        while let Some(link) = list["@odata.nextLink"].as_str() {
            list = scene.read(&token, link).await;
            principals.push(list["value"][0]["principalId"].clone());
        }
        assert_eq!(principals, [json!(gateway.ana.to_string()), json!(group.to_string())]);
    }

    async fn what_cannot_be_assigned_is_refused(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let token = scene.service_with(&[Permission::AppRoleAssignmentReadWriteAll]).await;
        let ana = gateway.ana.to_string();
        let path = format!("/v1.0/users/{ana}/appRoleAssignments");
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await.to_string();
        let payroll = gateway.payroll.to_string();
        let nobody = "00000000-0000-4000-8000-000000000000";
        for (body, status) in [
            (json!({ "principalId": ben, "resourceId": payroll }), 400),
            (json!({ "principalId": ana, "resourceId": "payroll" }), 400),
            (json!({ "principalId": ana }), 400),
            (json!({ "principalId": ana, "resourceId": payroll, "appRoleId": nobody }), 400),
            (json!({ "principalId": ana, "resourceId": payroll, "scope": "x" }), 400),
            (json!({ "principalId": ana, "resourceId": nobody }), 404),
        ] {
            let page = scene.call(&token, "POST", &path, Some(body)).await;
            assert_eq!(page.status, status, "{}", page.body);
        }
    }

    async fn an_owner_assigns_people_to_the_own_app_alone(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await.to_string();
        let token = scene.ana().await;
        let path = format!("/v1.0/users/{ben}/appRoleAssignments");
        let body = |app: entente::domain::apps::AppId| Some(json!({ "principalId": ben, "resourceId": app.to_string() }));
        let denied = scene.call(&token, "POST", &path, body(gateway.travel)).await;
        assert_fault(&denied, 403, "Authorization_RequestDenied");
        let own = |app: &mut entente::domain::apps::App| app.owners = vec!["Ana@fabrikam.example".to_owned()];
        gateway.alter_app(&gateway.services, gateway.travel, own).await;
        scene.done(&token, "POST", &path, body(gateway.travel)).await;
        let other = scene.call(&token, "POST", &path, body(gateway.payroll)).await;
        assert_fault(&other, 403, "Authorization_RequestDenied");
        // Through an app that was let do less, an owner does no more than that.
        let narrow = scene.ana_with(&[Permission::UserReadAll]).await;
        let page = scene.call(&narrow, "POST", &path, body(gateway.travel)).await;
        assert_fault(&page, 403, "Authorization_RequestDenied");
    }

    async fn who_may_not_read_people_learns_no_name_from_assignments(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let ben = gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        gateway.add_group("auditors", &[ben], &[gateway.payroll]).await;
        let path = format!("/v1.0/servicePrincipals/{}/appRoleAssignedTo", gateway.payroll);
        let names = |list: &serde_json::Value| {
            let rows = list["value"].as_array().unwrap().iter();
            rows.map(|row| row["principalDisplayName"].is_string()).collect::<Vec<_>>()
        };
        for (permissions, expected) in [
            (&[Permission::ApplicationReadAll][..], [false, false, false]),
            (&[Permission::ApplicationReadAll, Permission::GroupReadAll], [false, false, true]),
            (&[Permission::ApplicationReadAll, Permission::UserReadAll], [true, true, false]),
        ] {
            let token = scene.service_with(permissions).await;
            assert_eq!(names(&scene.read(&token, &path).await), expected, "{permissions:?}");
            let of_ben = scene.read(&token, &format!("/v1.0/users/{ben}/appRoleAssignments")).await;
            assert_eq!(names(&of_ben), [expected[0]], "{permissions:?}");
        }
        // Nor does whoever owns an app and may read nobody.
        let own = |app: &mut entente::domain::apps::App| app.owners = vec!["ana@fabrikam.example".to_owned()];
        gateway.alter_app(&gateway.services, gateway.travel, own).await;
        let body = json!({ "principalId": ben.to_string(), "resourceId": gateway.travel.to_string() });
        let path = format!("/v1.0/users/{ben}/appRoleAssignments");
        for (permissions, expected) in [
            (&[Permission::AppRoleAssignmentReadWriteAll][..], false),
            (&[Permission::AppRoleAssignmentReadWriteAll, Permission::UserReadAll], true),
        ] {
            let token = scene.ana_with(permissions).await;
            let page = scene.done(&token, "POST", &path, Some(body.clone())).await;
            assert_eq!(page.json()["principalDisplayName"].is_string(), expected, "{}", page.body);
            let assignment = page.json()["id"].as_str().unwrap().to_owned();
            scene.done(&token, "DELETE", &format!("{path}/{assignment}"), None).await;
        }
    }

    async fn an_owner_reads_who_is_assigned_to_the_own_app_and_nothing_else(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let ben = gateway.invite("ben@fabrikam.example", None, &[gateway.travel, gateway.payroll]).await;
        gateway.set(|settings| settings.guest_user_role = GuestUserRole::Restricted).await;
        let token = scene.ana_with(&[Permission::AppRoleAssignmentReadWriteAll]).await;
        let assigned = |app: AppId| format!("/v1.0/servicePrincipals/{app}/appRoleAssignedTo");
        assert_fault(&scene.get(&token, &assigned(gateway.travel)).await, 403, "Authorization_RequestDenied");
        let own = |app: &mut App| app.owners = vec!["Ana@fabrikam.example".to_owned()];
        gateway.alter_app(&gateway.services, gateway.travel, own).await;
        let list = scene.read(&token, &assigned(gateway.travel)).await;
        let row = list["value"].as_array().unwrap().iter().find(|row| row["principalId"] == ben.to_string()).unwrap();
        assert!(row["principalDisplayName"].is_null(), "owning an app lets nobody read people: {row}");
        // Another app, one that is not there and what is none look alike, and no more of the directory is shown.
        let nobody = "00000000-0000-4000-8000-000000000000";
        for path in [
            assigned(gateway.payroll),
            format!("/v1.0/servicePrincipals/{nobody}/appRoleAssignedTo"),
            "/v1.0/servicePrincipals/x/appRoleAssignedTo".to_owned(),
            format!("/v1.0/servicePrincipals/{}", gateway.travel),
            "/v1.0/servicePrincipals".to_owned(),
            format!("/v1.0/users/{ben}"),
            format!("/v1.0/users/{ben}/appRoleAssignments"),
        ] {
            assert_fault(&scene.get(&token, &path).await, 403, "Authorization_RequestDenied");
        }
        // Through an app that was let read no apps an owner reads nothing of them, and an app owns nothing.
        let narrow = scene.ana_with(&[Permission::UserReadAll]).await;
        assert_fault(&scene.get(&narrow, &assigned(gateway.travel)).await, 403, "Authorization_RequestDenied");
        let app = scene.service_with(&[Permission::UserReadAll]).await;
        assert_fault(&scene.get(&app, &assigned(gateway.travel)).await, 403, "Authorization_RequestDenied");
        // An address that was set here and not proven since owns nothing either.
        let token = scene.ana_with(&[Permission::AppRoleAssignmentReadWriteAll]).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let mut guest = unit.guest(gateway.ana).await.unwrap().unwrap().value.guest;
        guest.mail_standing = MailStanding::Unproven;
        unit.write_mail(&guest).await.unwrap();
        unit.commit().await.unwrap();
        gateway.services.directory.forget();
        assert_fault(&scene.get(&token, &assigned(gateway.travel)).await, 403, "Authorization_RequestDenied");
    }

    async fn the_audit_says_from_where_an_act_was_asked(backend: Backend) {
        let scene = Scene::start(backend).await;
        let group = scene.gateway.add_group("auditors", &[], &[]).await;
        scene.give(scene.gateway.ana, &[entente::domain::roles::Role::UserAdministrator]).await;
        let ben = scene.gateway.invite("ben@fabrikam.example", None, &[]).await;
        let person = scene.ana().await;
        let app = scene.service_with(&[Permission::UserReadWriteAll, Permission::GroupReadWriteAll]).await;
        let company = Some(json!({ "companyName": "Fabrikam" }));
        scene.done(&person, "PATCH", &format!("/v1.0/users/{ben}"), company).await;
        scene.done(&app, "PATCH", &format!("/v1.0/groups/{group}"), Some(json!({ "displayName": "A" }))).await;
        scene.done(&app, "DELETE", &format!("/v1.0/users/{ben}"), None).await;
        for activity in ["guest_changed", "object_changed", "guest_deleted"] {
            let record = scene.audited(activity).await.pop().unwrap();
            assert_eq!(record.address.as_deref(), Some("127.0.0.1"), "{activity}");
        }
    }
}
