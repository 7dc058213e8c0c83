//! Every route of the API with every role and every permission: what the table of acts says happens, and nothing else.

use std::collections::BTreeSet;

use entente::domain::guests::{GuestId, UserType};
use entente::domain::people::PersonKey;
use entente::domain::permissions::{Act, Caller, Permission, Permissions};
use entente::domain::roles::{Role, Roles};
use entente::http::routes::graph::table::{ApiRoute, Method, ROLE_ASSIGNMENTS, ROUTES, Rule};
use serde_json::{Value, json};

use super::scene::{ALL, Scene};
use crate::support::stores::on_both_stores;

/// What a route is asked with, so that nothing but the right to do it can be lacking; the objects that are named are not
/// there, or the change changes nothing, so that one call does not spoil the next.
fn request(scene: &Scene, route: &ApiRoute, ana: GuestId) -> (String, Option<Value>) {
    let payroll = scene.gateway.payroll;
    let nobody = "00000000-0000-4000-8000-000000000000";
    let is_about_user = route.path.starts_with("/v1.0/users/");
    let is_removal = (route.method, route.path) == (Method::Delete, "/v1.0/users/{id}");
    let id = if is_about_user && !is_removal { ana.to_string() } else { nobody.to_owned() };
    let id = if route.path.starts_with("/v1.0/servicePrincipals/") { payroll.to_string() } else { id };
    let path = route
        .path
        .replace("{id}", &id)
        .replace("{assignment}", "AA")
        .replace("{member}", nobody)
        .replace("{sponsor}", nobody)
        .replace("{owner}", nobody);
    let body = match (route.method, route.path) {
        (Method::Get | Method::Delete, _) => None,
        (Method::Patch, "/v1.0/users/{id}") => Some(json!({ "companyName": "Fabrikam" })),
        (Method::Patch, _) => Some(json!({ "displayName": "x" })),
        (_, "/v1.0/groups") => Some(json!({ "displayName": "x", "mailNickname": "x" })),
        // Nobody answers for themselves.
        (Method::Post, path) if path.contains("/sponsors") => {
            Some(json!({ "@odata.id": format!("{}/v1.0/users/{ana}", scene.gateway.url) }))
        }
        (_, path) if path.ends_with("/members/$ref") || path.ends_with("/owners/$ref") => {
            Some(json!({ "@odata.id": format!("{}/v1.0/directoryObjects/{ana}", scene.gateway.url) }))
        }
        (_, path) if path.ends_with("/appRoleAssignments") => {
            let resource = nobody;
            Some(json!({ "principalId": id, "resourceId": resource }))
        }
        // There is no such account.
        (_, ROLE_ASSIGNMENTS) => {
            Some(json!({ "principalId": nobody, "roleDefinitionId": Role::GuestInviter.template_id() }))
        }
        // It is refused for its domain, to whoever may invite.
        (_, "/v1.0/invitations") => Some(json!({
            "invitedUserEmailAddress": "zoe@contoso.example", "inviteRedirectUrl": "https://app.example/start",
        })),
        (_, "/v1.0/$batch") => Some(json!({ "requests": [{ "id": "1", "method": "GET", "url": "/me" }] })),
        (_, "/api/v1/policy/what-if") => Some(json!({
            "guest": ana.to_string(), "app": "payroll", "platform": "linux", "client_app_type": "browser",
        })),
        (_, path) if path.ends_with("/revokeSignInSessions") || path.ends_with("/restore") => None,
        (_, path) if path.starts_with("/api/v1/bulk-invitations/") => None,
        // What is no file is refused after whoever may not hand one in.
        (_, "/api/v1/bulk-invitations") => Some(json!({})),
        (method, path) => panic!("the test has no request for {method:?} {path}: add one"),
    };
    (path, body)
}

/// What one of two acts allows is asked once by each of them, and once by both where one request can be of both.
fn halves(route: &ApiRoute, path: &str, body: Option<Value>) -> Vec<(String, Option<Value>, Vec<Act>)> {
    match (route.rule, route.path) {
        (Rule::Either(one, other), "/v1.0/users/{id}") => vec![
            (path.to_owned(), Some(json!({ "companyName": "Fabrikam" })), vec![one]),
            (path.to_owned(), Some(json!({ "accountEnabled": true })), vec![other]),
            (path.to_owned(), Some(json!({ "companyName": "Fabrikam", "accountEnabled": true })), vec![one, other]),
        ],
        (Rule::Either(one, other), "/api/v1/audit/export") => vec![
            (format!("{path}?kind=directory"), None, vec![one]),
            (format!("{path}?kind=sign-ins"), None, vec![other]),
        ],
        (Rule::Either(..), path) => panic!("the test does not know the halves of {path}: add them"),
        _ => vec![(path.to_owned(), body, Vec::new())],
    }
}

/// What guests see who have no right to it, by the setting that holds where nothing is said.
const KNOWN_TO_GUESTS: [&str; 9] = [
    "/v1.0/users/{id}",
    "/v1.0/users/{id}/memberOf",
    "/v1.0/groups",
    "/v1.0/groups/$count",
    "/v1.0/groups/{id}",
    "/v1.0/groups/{id}/members",
    "/v1.0/groups/{id}/owners",
    "/v1.0/servicePrincipals",
    "/v1.0/servicePrincipals/{id}",
];

/// Whether the table lets this caller ask this, by the acts that the request is of where the rule leaves that open.
fn is_allowed(route: &ApiRoute, acts: &[Act], caller: &Caller) -> bool {
    match route.rule {
        Rule::Parts => true,
        // Nobody here owns an app or a group.
        Rule::Act(act) | Rule::ActOrOwner(act) => caller.may(act),
        Rule::Either(..) => acts.iter().all(|act| caller.may(*act)),
        // By the setting everybody may invite here.
        Rule::ActOrSetting(act) => caller.may(act) || (matches!(caller, Caller::Person { .. }) && caller.is_let(act)),
        Rule::Own(act) => matches!(caller, Caller::Person { .. }) && caller.is_let(act),
        Rule::Sight(act) => match caller {
            Caller::Person { user_type, .. } => {
                let sees = *user_type == UserType::Member || KNOWN_TO_GUESTS.contains(&route.path);
                caller.may(act) || (sees && caller.is_let(act))
            }
            _ => caller.may(act),
        },
    }
}

async fn walk(scene: &Scene, token: &str, caller: &Caller, who: &str, faults: &mut Vec<String>) {
    let other = scene.gateway.services.store.person(&PersonKey::Mail("ben@fabrikam.example".to_owned())).await.unwrap();
    let ben = match other {
        Some(person) => person.guest.id,
        None => scene.gateway.invite("ben@fabrikam.example", None, &[]).await,
    };
    for route in ROUTES {
        // It would end the session of who asks.
        if route.path.starts_with("/v1.0/me/revoke") && matches!(caller, Caller::Person { .. }) {
            continue;
        }
        let (path, body) = request(scene, route, ben);
        for (path, body, acts) in halves(route, &path, body) {
            let page = scene.call(token, route.method.as_str(), &path, body).await;
            let is_denied = page.status == 403;
            let expected = is_allowed(route, &acts, caller);
            if is_denied == expected || matches!(page.status, 401 | 405 | 500..) {
                let method = route.method.as_str();
                faults.push(format!(
                    "{who}: {method} {path} is {} though allowed is {expected}: {}",
                    page.status, page.body
                ));
            }
        }
    }
}

on_both_stores! {
    async fn every_route_is_open_to_the_permissions_of_the_table_alone(backend: Backend) {
        let scene = Scene::start(backend).await;
        let app = scene.gateway.payroll;
        let mut faults = Vec::new();
        let each = Permission::ALL.into_iter().filter(|one| one.is_of_apps()).map(|one| vec![one]);
        for permissions in each.chain([vec![]]) {
            let token = scene.service_with(&permissions).await;
            let caller = Caller::App { app, permissions: Permissions::of(&permissions), from: None };
            walk(&scene, &token, &caller, &format!("{permissions:?}"), &mut faults).await;
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    async fn every_route_is_open_to_the_roles_of_the_table_alone(backend: Backend) {
        let scene = Scene::start(backend).await;
        let (app, ana) = (scene.gateway.payroll, scene.gateway.ana);
        let whole = scene.ana().await;
        let mut faults = Vec::new();
        for role in Role::ALL {
            scene.give(ana, &[role]).await;
            let caller = person(ana, &[role], ALL, app);
            walk(&scene, &whole, &caller, &format!("{role:?}"), &mut faults).await;
        }
        scene.give(ana, &[]).await;
        scene.make(ana, UserType::Member).await;
        let through = Some((app, ALL));
        let member = Caller::Person { guest: ana, user_type: UserType::Member, roles: Roles::NONE, through, from: None };
        walk(&scene, &whole, &member, "a member", &mut faults).await;
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    async fn an_app_in_between_lets_an_administrator_do_no_more_than_it_was_let(backend: Backend) {
        let scene = Scene::start(backend).await;
        let (app, ana) = (scene.gateway.payroll, scene.gateway.ana);
        scene.give(ana, &[Role::GlobalAdministrator]).await;
        let mut faults = Vec::new();
        for permission in Permission::ALL {
            let token = scene.ana_with(&[permission]).await;
            let caller = person(ana, &[Role::GlobalAdministrator], Permissions::of(&[permission]), app);
            walk(&scene, &token, &caller, &format!("through {permission:?}"), &mut faults).await;
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

fn person(guest: GuestId, roles: &[Role], let_do: Permissions, app: entente::domain::apps::AppId) -> Caller {
    Caller::Person {
        guest,
        user_type: UserType::Guest,
        roles: Roles::of(roles),
        through: Some((app, let_do)),
        from: None,
    }
}

/// What no route asks: it is done at the command line and by object files alone, or asked within another act.
const OF_NO_ROUTE: [Act; 8] = [
    Act::InviteMember,
    Act::ResetRedemption,
    Act::ManagePolicies,
    Act::ReadCollaboration,
    Act::ManageCollaboration,
    Act::ReadPartners,
    Act::ManagePartners,
    Act::ManageMailTemplates,
];

#[test]
fn every_act_is_asked_by_a_route_or_is_known_to_be_of_none() {
    let asked: BTreeSet<Act> = ROUTES
        .iter()
        .flat_map(|route| match route.rule {
            Rule::Act(act) | Rule::ActOrOwner(act) | Rule::ActOrSetting(act) | Rule::Own(act) | Rule::Sight(act) => {
                vec![act]
            }
            Rule::Either(one, other) => vec![one, other],
            Rule::Parts => vec![],
        })
        .collect();
    let all: BTreeSet<Act> = Act::ALL.into_iter().collect();
    let of_none: BTreeSet<Act> = all.difference(&asked).copied().collect();
    assert_eq!(of_none, OF_NO_ROUTE.into_iter().collect());
}
