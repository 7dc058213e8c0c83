//! Roles over the API: who may grant them and take them away, and what never happens.

use entente::domain::guests::{GuestId, Standing};
use entente::domain::permissions::{Permission, Permissions};
use entente::domain::roles::Role;
use serde_json::{Value, json};

use super::scene::{Scene, assert_fault, ids};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const ASSIGNMENTS: &str = "/v1.0/roleManagement/directory/roleAssignments";
const DEFINITIONS: &str = "/v1.0/roleManagement/directory/roleDefinitions";
const DENIED: &str = "Authorization_RequestDenied";

fn wanted(guest: GuestId, role: Role) -> Option<Value> {
    Some(json!({ "principalId": guest.to_string(), "roleDefinitionId": role.template_id(), "directoryScopeId": "/" }))
}

impl Scene {
    /// A token of Ana, who is a global administrator, through an app that may do all for her.
    async fn in_charge(&self) -> String {
        self.give(self.gateway.ana, &[Role::GlobalAdministrator]).await;
        self.ana().await
    }

    async fn roles_of(&self, guest: GuestId) -> Vec<Role> {
        self.gateway.guest(guest).await.roles.iter().collect()
    }

    /// The id of an assignment, as who may read it finds it.
    async fn assignment(&self, token: &str, guest: GuestId, role: Role) -> String {
        let path = format!(
            "{ASSIGNMENTS}?$filter=principalId%20eq%20%27{guest}%27%20and%20roleDefinitionId%20eq%20%27{}%27",
            role.template_id()
        );
        let found = ids(&self.read(token, &path).await);
        assert_eq!(found.len(), 1, "{role:?}");
        found[0].clone()
    }
}

on_both_stores! {
    async fn a_global_administrator_grants_roles_and_takes_them_away(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let (ana, ben) = (gateway.ana, gateway.invite("ben@fabrikam.example", None, &[]).await);
        let token = scene.in_charge().await;
        let made = scene.done(&token, "POST", ASSIGNMENTS, wanted(ben, Role::GuestInviter)).await;
        assert_eq!(made.status, 201);
        let one = made.json();
        assert_eq!((&one["principalId"], &one["directoryScopeId"]), (&json!(ben.to_string()), &json!("/")));
        assert_eq!(one["roleDefinitionId"], Role::GuestInviter.template_id());
        assert!(one["@entente.warning"].as_str().unwrap().contains("nobody has signed in"), "{one}");
        assert_eq!(scene.roles_of(ben).await, [Role::GuestInviter]);
        let location = made.headers["location"].to_str().unwrap().to_owned();
        assert_eq!(scene.read(&token, &location).await["id"], one["id"]);
        let record = scene.audited("role_granted").await.pop().unwrap();
        assert_eq!((record.actor, record.guest), (format!("person:{ana}"), Some(ben)));
        assert!(record.details.contains(&("role".to_owned(), "guest_inviter".to_owned())), "{:?}", record.details);
        // An account of a partner warns by its name, as the command line does.
        let warned = scene.done(&token, "POST", ASSIGNMENTS, wanted(ana, Role::ReportsReader)).await.json();
        assert!(warned["@entente.warning"].as_str().unwrap().contains("partner `fabrikam`"), "{warned}");
        assert_fault(&scene.call(&token, "POST", ASSIGNMENTS, wanted(ben, Role::GuestInviter)).await, 409, "Request_Conflict");
        let path = format!("{ASSIGNMENTS}/{}", one["id"].as_str().unwrap());
        scene.done(&token, "DELETE", &path, None).await;
        assert_eq!(scene.roles_of(ben).await, []);
        assert_eq!(scene.audited("role_revoked").await.len(), 1);
        for method in ["GET", "DELETE"] {
            assert_fault(&scene.call(&token, method, &path, None).await, 404, "Request_ResourceNotFound");
        }
        assert_eq!(scene.audited("role_revoked").await.len(), 1);
    }

    async fn roles_and_who_has_them_are_listed(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await;
        let gone = gateway.invite("zoe@fabrikam.example", None, &[]).await;
        scene.give(gateway.ana, &[Role::GlobalAdministrator, Role::ReportsReader]).await;
        scene.give(ben, &[Role::ReportsReader]).await;
        scene.give(gone, &[Role::ReportsReader]).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.set_guest_standing(gone, Standing::Deleted, gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        let token = scene.service_with(&[Permission::RoleManagementReadDirectory]).await;
        let all = scene.read(&token, ASSIGNMENTS).await;
        assert_eq!(ids(&all).len(), 3, "what was removed has none: {all}");
        let of = |filter: String| format!("{ASSIGNMENTS}?$filter={}", entente::base::params::encode(&filter));
        let of_ben = scene.read(&token, &of(format!("principalId eq '{ben}'"))).await;
        assert_eq!(of_ben["value"].as_array().unwrap().len(), 1);
        assert_eq!(of_ben["value"][0]["roleDefinitionId"], Role::ReportsReader.template_id());
        let readers = scene.read(&token, &of(format!("roleDefinitionId eq '{}'", Role::ReportsReader.template_id()))).await;
        assert_eq!(ids(&readers).len(), 2);
        let (mut found, mut next) = (Vec::new(), Some(format!("{ASSIGNMENTS}?$top=1")));
        while let Some(path) = next {
            let page = scene.read(&token, &path).await;
            found.extend(ids(&page));
            next = page["@odata.nextLink"].as_str().map(str::to_owned);
        }
        assert_eq!(found, ids(&all));
        assert_fault(&scene.get(&token, &of("displayName eq 'x'".to_owned())).await, 400, "Request_BadRequest");
        let roles = scene.read(&token, DEFINITIONS).await;
        assert_eq!(ids(&roles), Role::ALL.map(Role::template_id));
        for role in Role::ALL {
            let one = scene.read(&token, &format!("{DEFINITIONS}/{}", role.template_id())).await;
            assert!(one["description"].as_str().unwrap().contains(role.as_str()), "{one}");
        }
    }

    async fn nobody_else_grants_a_role(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let (ana, ben) = (gateway.ana, gateway.invite("ben@fabrikam.example", None, &[]).await);
        scene.give(ben, &[Role::ReportsReader]).await;
        let global = scene.in_charge().await;
        let id = scene.assignment(&global, ben, Role::ReportsReader).await;
        let path = format!("{ASSIGNMENTS}/{id}");
        // Not whoever has any other role, or all others, neither themselves nor somebody else.
        let others: Vec<Role> = Role::ALL.into_iter().filter(|role| *role != Role::GlobalAdministrator).collect();
        for roles in others.iter().map(std::slice::from_ref).chain([&others[..], &[]]) {
            scene.give(ana, roles).await;
            for (guest, role) in [(ana, Role::GlobalAdministrator), (ana, Role::GuestInviter), (ben, Role::GuestInviter)] {
                assert_fault(&scene.call(&global, "POST", ASSIGNMENTS, wanted(guest, role)).await, 403, DENIED);
            }
            assert_fault(&scene.call(&global, "DELETE", &path, None).await, 403, DENIED);
            let may_read = roles.contains(&Role::SecurityAdministrator);
            for path in [ASSIGNMENTS, DEFINITIONS, &path] {
                assert_eq!(scene.get(&global, path).await.status, if may_read { 200 } else { 403 }, "{roles:?} {path}");
            }
        }
        // Not a global administrator through an app that was not let do it, whatever else it was let do.
        scene.give(ana, &[Role::GlobalAdministrator]).await;
        let without: Vec<_> = Permission::ALL
            .into_iter()
            .filter(|permission| *permission != Permission::RoleManagementReadWriteDirectory)
            .collect();
        let token = scene.ana_with(&without).await;
        assert_fault(&scene.call(&token, "POST", ASSIGNMENTS, wanted(ben, Role::GuestInviter)).await, 403, DENIED);
        assert_fault(&scene.call(&token, "DELETE", &path, None).await, 403, DENIED);
        assert_eq!(scene.get(&token, ASSIGNMENTS).await.status, 200);
        let token = scene.ana_with(&[Permission::RoleManagementReadWriteDirectory]).await;
        scene.done(&token, "POST", ASSIGNMENTS, wanted(ben, Role::GuestInviter)).await;
        // What the app's record lets it do for people no more is gone from the token.
        scene.let_app_through(&[], Permissions::of(&without)).await;
        assert_fault(&scene.call(&token, "POST", ASSIGNMENTS, wanted(ben, Role::HelpdeskAdministrator)).await, 403, DENIED);
        assert_eq!(scene.roles_of(ben).await, [Role::GuestInviter, Role::ReportsReader]);
    }

    async fn an_app_in_its_own_name_neither_makes_nor_unmakes_who_may_do_all(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let (ana, ben) = (gateway.ana, gateway.invite("ben@fabrikam.example", None, &[]).await);
        scene.give(ana, &[Role::GlobalAdministrator]).await;
        scene.give(ben, &[Role::GlobalAdministrator]).await;
        let without: Vec<_> = Permission::ALL
            .into_iter()
            .filter(|one| one.is_of_apps() && *one != Permission::RoleManagementReadWriteDirectory)
            .collect();
        let token = scene.service_with(&without).await;
        assert_fault(&scene.call(&token, "POST", ASSIGNMENTS, wanted(ben, Role::GuestInviter)).await, 403, DENIED);
        let token = scene.service_with(&[Permission::RoleManagementReadWriteDirectory]).await;
        let zoe = gateway.invite("zoe@fabrikam.example", None, &[]).await;
        let made = scene.done(&token, "POST", ASSIGNMENTS, wanted(zoe, Role::GuestInviter)).await.json();
        let by = scene.audited("role_granted").await.pop().unwrap().app;
        assert_eq!(by.map(|(app, _)| app), Some(gateway.payroll));
        let refused = scene.call(&token, "POST", ASSIGNMENTS, wanted(zoe, Role::GlobalAdministrator)).await;
        assert_fault(&refused, 403, DENIED);
        assert!(refused.body.contains("in person"), "{}", refused.body);
        let id = scene.assignment(&token, ben, Role::GlobalAdministrator).await;
        let refused = scene.call(&token, "DELETE", &format!("{ASSIGNMENTS}/{id}"), None).await;
        assert_fault(&refused, 403, DENIED);
        scene.done(&token, "DELETE", &format!("{ASSIGNMENTS}/{}", made["id"].as_str().unwrap()), None).await;
        assert_eq!((scene.roles_of(zoe).await, scene.roles_of(ben).await), (vec![], vec![Role::GlobalAdministrator]));
    }

    async fn somebody_stays_who_may_do_all(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let (ana, ben) = (gateway.ana, gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await);
        let token = scene.in_charge().await;
        let of_ana = format!("{ASSIGNMENTS}/{}", scene.assignment(&token, ana, Role::GlobalAdministrator).await);
        let last = scene.call(&token, "DELETE", &of_ana, None).await;
        assert_fault(&last, 409, "Request_Conflict");
        // Nor does the last one go in another way.
        let own = format!("/v1.0/users/{ana}");
        let blocked = scene.call(&token, "PATCH", &own, Some(json!({ "accountEnabled": false }))).await;
        assert_fault(&blocked, 409, "Request_Conflict");
        assert_fault(&scene.call(&token, "DELETE", &own, None).await, 409, "Request_Conflict");
        gateway.set(|settings| settings.privacy_contact = Some("Otto".to_owned())).await;
        let mut client = gateway.client();
        gateway.sign_in(&mut client, &Person::ana()).await;
        assert_eq!(client.get("/leave").await.refusal_code(), Some("LEAVE_NOT_ALLOWED"));
        // Who has never signed in does not count, and who may not sign in does not either.
        scene.done(&token, "POST", ASSIGNMENTS, wanted(ben, Role::GlobalAdministrator)).await;
        assert_fault(&scene.call(&token, "DELETE", &of_ana, None).await, 409, "Request_Conflict");
        gateway.sign_in(&mut gateway.client(), &Person::ben()).await;
        let user = format!("/v1.0/users/{ben}");
        scene.done(&token, "PATCH", &user, Some(json!({ "accountEnabled": false }))).await;
        assert_fault(&scene.call(&token, "DELETE", &of_ana, None).await, 409, "Request_Conflict");
        assert_eq!(scene.roles_of(ana).await, [Role::GlobalAdministrator]);
        let of_ben = format!("{ASSIGNMENTS}/{}", scene.assignment(&token, ben, Role::GlobalAdministrator).await);
        scene.done(&token, "DELETE", &of_ben, None).await;
        scene.done(&token, "PATCH", &user, Some(json!({ "accountEnabled": true }))).await;
        scene.done(&token, "POST", ASSIGNMENTS, wanted(ben, Role::GlobalAdministrator)).await;
        scene.done(&token, "DELETE", &of_ana, None).await;
        // It is gone with the next request.
        assert_fault(&scene.call(&token, "POST", ASSIGNMENTS, wanted(ana, Role::GlobalAdministrator)).await, 403, DENIED);
    }

    async fn of_two_that_are_taken_at_once_one_stays(backend: Backend) {
        let scene = std::sync::Arc::new(Scene::start(backend).await);
        let apps = [scene.gateway.payroll];
        let (ana, ben) = (scene.gateway.ana, scene.gateway.invite("ben@fabrikam.example", None, &apps).await);
        scene.gateway.sign_in(&mut scene.gateway.client(), &Person::ben()).await;
        for _ in 0..4 {
            scene.give(ben, &[Role::GlobalAdministrator]).await;
            let token = scene.in_charge().await;
            let mut ids = Vec::new();
            for guest in [ana, ben] {
                ids.push(scene.assignment(&token, guest, Role::GlobalAdministrator).await);
            }
            let call = |id: String| {
                let (scene, token) = (scene.clone(), token.clone());
                tokio::spawn(async move {
                    scene.call(&token, "DELETE", &format!("{ASSIGNMENTS}/{id}"), None).await.status
                })
            };
            let calls: Vec<_> = ids.into_iter().map(call).collect();
            let mut statuses = Vec::new();
            for call in calls {
                statuses.push(call.await.unwrap());
            }
            let left = scene.roles_of(ana).await.len() + scene.roles_of(ben).await.len();
            assert_eq!((statuses.iter().filter(|status| **status == 204).count(), left), (1, 1), "{statuses:?}");
        }
    }

    async fn what_is_wrong_in_the_body_is_named_and_ids_are_of_their_own_kind(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let ben = gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        let group = gateway.add_group("auditors", &[ben], &[]).await;
        let token = scene.in_charge().await;
        scene.give(ben, &[Role::GuestInviter]).await;
        let role = Role::ReportsReader.template_id();
        let (ben_id, nobody) = (ben.to_string(), "00000000-0000-4000-8000-000000000000");
        for (body, status) in [
            (json!({ "principalId": ben_id, "roleDefinitionId": "reports_reader" }), 400),
            (json!({ "principalId": ben_id, "roleDefinitionId": nobody }), 400),
            (json!({ "principalId": ben_id }), 400),
            (json!({ "roleDefinitionId": role }), 400),
            (json!({ "principalId": "ben@fabrikam.example", "roleDefinitionId": role }), 400),
            (json!({ "principalId": ben_id, "roleDefinitionId": role, "directoryScopeId": "/x" }), 400),
            (json!({ "principalId": ben_id, "roleDefinitionId": role, "condition": "x" }), 400),
            (json!({ "principalId": nobody, "roleDefinitionId": role }), 404),
            (json!({ "principalId": group.to_string(), "roleDefinitionId": role }), 404),
            (json!({ "principalId": gateway.payroll.to_string(), "roleDefinitionId": role }), 404),
        ] {
            let page = scene.call(&token, "POST", ASSIGNMENTS, Some(body.clone())).await;
            assert_eq!(page.status, status, "{body}: {}", page.body);
        }
        let of_app = scene.read(&token, &format!("/v1.0/users/{ben}/appRoleAssignments")).await;
        let (of_app, of_role) = (ids(&of_app)[0].clone(), scene.assignment(&token, ben, Role::GuestInviter).await);
        for path in [
            format!("{ASSIGNMENTS}/{of_app}"),
            format!("{ASSIGNMENTS}/{role}"),
            format!("{ASSIGNMENTS}/{ben}"),
            format!("/v1.0/users/{ben}/appRoleAssignments/{of_role}"),
        ] {
            assert_fault(&scene.call(&token, "DELETE", &path, None).await, 404, "Request_ResourceNotFound");
        }
        assert_fault(&scene.get(&token, &format!("{DEFINITIONS}/{of_role}")).await, 404, "Request_ResourceNotFound");
        // An assignment that nobody has: of another account, or of another role.
        let mut bytes = entente::base::encoding::from_base64url(&of_role).unwrap();
        bytes[..16].copy_from_slice(gateway.ana.as_bytes());
        let swapped = entente::base::encoding::base64url(bytes);
        for method in ["GET", "DELETE"] {
            let page = scene.call(&token, method, &format!("{ASSIGNMENTS}/{swapped}"), None).await;
            assert_fault(&page, 404, "Request_ResourceNotFound");
        }
        assert_eq!(scene.roles_of(ben).await, [Role::GuestInviter]);
        assert_eq!(scene.roles_of(gateway.ana).await, [Role::GlobalAdministrator]);
        // What was removed is given nothing and keeps what it had.
        scene.done(&token, "DELETE", &format!("/v1.0/users/{ben}"), None).await;
        assert_fault(&scene.call(&token, "POST", ASSIGNMENTS, wanted(ben, Role::ReportsReader)).await, 404, "Request_ResourceNotFound");
        assert_fault(&scene.call(&token, "DELETE", &format!("{ASSIGNMENTS}/{of_role}"), None).await, 404, "Request_ResourceNotFound");
    }
}
