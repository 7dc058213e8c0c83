//! Ids in the place of others, over the whole table of addresses: an object of another kind, of another parent, or none
//! at all is never found, and nothing fails over it.

use entente::domain::permissions::Permission;
use entente::domain::roles::Role;
use entente::http::routes::graph::table::{ApiRoute, Method, ROUTES};
use serde_json::{Value, json};

use super::scene::{Scene, ids};
use crate::support::stores::on_both_stores;

/// What an id is the id of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Account,
    RemovedAccount,
    Group,
    App,
    Role,
    Audit,
    SignIn,
    Job,
    AccountAssignment,
    GroupAssignment,
    RoleAssignment,
    Nothing,
}

/// Of which kind a slot is.
fn kind(route: &ApiRoute, slot: &str) -> Kind {
    let path = route.path;
    let begins = |start: &str| path.starts_with(start);
    match slot {
        "{id}" if begins("/v1.0/users/") => Kind::Account,
        "{id}" if begins("/v1.0/directory/deletedItems/") => Kind::RemovedAccount,
        "{id}" if begins("/v1.0/groups/") => Kind::Group,
        "{id}" if begins("/v1.0/servicePrincipals/") => Kind::App,
        "{id}" if begins("/v1.0/roleManagement/") => Kind::Role,
        "{id}" if begins("/v1.0/auditLogs/directoryAudits/") => Kind::Audit,
        "{id}" if begins("/v1.0/auditLogs/signIns/") => Kind::SignIn,
        "{id}" if begins("/api/v1/bulk-invitations/") => Kind::Job,
        "{member}" | "{owner}" | "{sponsor}" => Kind::Account,
        "{assignment}" if begins("/v1.0/users/") => Kind::AccountAssignment,
        "{assignment}" if begins("/v1.0/groups/") => Kind::GroupAssignment,
        "{assignment}" if begins("/v1.0/roleManagement/") => Kind::RoleAssignment,
        _ => panic!("the test does not know {slot} of {path}: add it"),
    }
}

/// A body with which nothing but the address can be wrong.
fn body(scene: &Scene, route: &ApiRoute, first: &str, account: &str) -> Option<Value> {
    let reference = || Some(json!({ "@odata.id": format!("{}/v1.0/users/{account}", scene.gateway.url) }));
    match (route.method, route.path) {
        (Method::Patch, "/v1.0/users/{id}") => Some(json!({ "companyName": "Fabrikam" })),
        (Method::Patch, _) => Some(json!({ "displayName": "x" })),
        (Method::Post, path) if path.ends_with("$ref") || path.ends_with("/sponsors") => reference(),
        (Method::Post, path) if path.ends_with("/appRoleAssignments") => {
            Some(json!({ "principalId": first, "resourceId": scene.gateway.travel.to_string() }))
        }
        _ => None,
    }
}

on_both_stores! {
    async fn no_id_stands_for_another_object(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let ben = gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        let gone = gateway.invite("gone@fabrikam.example", None, &[]).await;
        let group = gateway.add_group("auditors", &[ben], &[gateway.payroll]).await;
        scene.give(ben, &[Role::GuestInviter]).await;
        scene.ana().await;
        let token = scene.service_with(&Permission::ALL).await;
        scene.done(&token, "DELETE", &format!("/v1.0/users/{gone}"), None).await;
        let first = async |path: &str| ids(&scene.read(&token, path).await)[0].clone();
        let all = [
            (Kind::Account, ben.to_string()),
            (Kind::RemovedAccount, gone.to_string()),
            (Kind::Group, group.to_string()),
            (Kind::App, gateway.payroll.to_string()),
            (Kind::Role, Role::GuestInviter.template_id().to_owned()),
            (Kind::Audit, first("/v1.0/auditLogs/directoryAudits").await),
            (Kind::SignIn, first("/v1.0/auditLogs/signIns").await),
            (Kind::AccountAssignment, first(&format!("/v1.0/users/{ben}/appRoleAssignments")).await),
            (Kind::GroupAssignment, first(&format!("/v1.0/groups/{group}/appRoleAssignments")).await),
            (Kind::RoleAssignment, first("/v1.0/roleManagement/directory/roleAssignments").await),
            (Kind::Nothing, "00000000-0000-4000-8000-000000000000".to_owned()),
        ];
        let of = |kind: Kind| all.iter().find(|(other, _)| *other == kind).map_or("x", |(_, id)| id.as_str());
        let mut faults = Vec::new();
        for route in ROUTES.iter().filter(|route| route.path.contains('{')) {
            let slots: Vec<&str> = route.path.split('/').filter(|part| part.starts_with('{')).collect();
            let right = |path: &str, but: &str| {
                let others = slots.iter().filter(|slot| **slot != but);
                others.fold(path.to_owned(), |path, slot| path.replace(slot, of(kind(route, slot))))
            };
            let method = route.method.as_str();
            for slot in &slots {
                let wanted = kind(route, slot);
                let mut wrong: Vec<&str> = all.iter().filter(|(kind, _)| *kind != wanted).map(|(_, id)| id.as_str()).collect();
                // Of the same kind, and of nobody who stands there.
                let other = gateway.ana.to_string();
                if slots.len() == 2 && wanted == Kind::Account {
                    wrong.push(&other);
                }
                for id in wrong {
                    let path = right(route.path, slot).replace(slot, id);
                    let first = if *slot == "{id}" { id } else { of(kind(route, "{id}")) };
                    let page = scene.call(&token, method, &path, body(&scene, route, first, &other)).await;
                    if !matches!(page.status, 400 | 403 | 404) {
                        faults.push(format!("{method} {path}: {} {}", page.status, page.body));
                    }
                }
            }
            // What is right is found.
            if route.method == Method::Get && kind(route, slots[0]) != Kind::Job {
                let path = right(route.path, "");
                let page = scene.get(&token, &path).await;
                assert_eq!(page.status, 200, "{path}: {}", page.body);
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        // Nothing was changed on the way.
        let kept = gateway.guest(ben).await;
        assert_eq!(kept.apps, [gateway.payroll]);
        assert_eq!(kept.roles.iter().collect::<Vec<_>>(), [Role::GuestInviter]);
        let members = scene.read(&token, &format!("/v1.0/groups/{group}/members")).await;
        assert_eq!(ids(&members), [ben.to_string()]);
    }
}
