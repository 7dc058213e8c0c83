//! The directory audit and the sign-in log in the shape of Graph.

use std::time::Duration;

use entente::domain::guests::UserType;
use entente::domain::permissions::Permission;
use entente::domain::roles::Role;
use serde_json::{Value, json};

use super::scene::{Scene, assert_fault, ids};
use crate::factors::person::Demand;
use crate::support::gateway::address;
use crate::support::partner::Person;
use crate::support::stores::{Backend, on_both_stores};

const AUDITS: &str = "/v1.0/auditLogs/directoryAudits";
const SIGN_INS: &str = "/v1.0/auditLogs/signIns";

/// A sign-in that was good, one that was refused, and an administrator who changed an account.
async fn open(backend: Backend) -> (Scene, String) {
    let scene = Scene::start(backend).await;
    let gateway = &scene.gateway;
    gateway.clock.advance(Duration::from_secs(5));
    let person = scene.ana().await;
    gateway.clock.advance(Duration::from_secs(5));
    let mut stranger = gateway.client();
    let request = gateway.ask(&mut stranger, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
    let mut answer = gateway.answer(&request, &Person::ana());
    answer.assertion.as_mut().unwrap().audience = "urn:another".to_owned();
    gateway.post(&mut stranger, &request, &answer).await;
    gateway.services.refusals.flush().await;
    gateway.clock.advance(Duration::from_secs(5));
    scene.give(gateway.ana, &[Role::UserAdministrator]).await;
    let ben = gateway.invite("ben@fabrikam.example", None, &[]).await;
    let change = json!({ "companyName": "Fabrikam" });
    scene.done(&person, "PATCH", &format!("/v1.0/users/{ben}"), Some(change)).await;
    scene.give(gateway.ana, &[]).await;
    let token = scene.service_with(&[Permission::AuditLogReadAll]).await;
    (scene, token)
}

async fn filtered(scene: &Scene, token: &str, path: &str, filter: &str) -> Vec<Value> {
    let list = scene.read(token, &address(path, &[("$filter", filter)])).await;
    list["value"].as_array().unwrap().clone()
}

on_both_stores! {
    async fn f97_sign_ins_are_read_in_the_shape_of_graph_and_found_by_each_filter(backend: Backend) {
        let (scene, token) = open(backend).await;
        let gateway = &scene.gateway;
        let list = scene.read(&token, SIGN_INS).await;
        assert_eq!(list["@odata.context"], format!("{}/v1.0/$metadata#auditLogs/signIns", gateway.url));
        assert_eq!(list["@odata.nextLink"], Value::Null);
        let (failed, good) = (&list["value"][0], &list["value"][1]);
        assert_eq!(ids(&list).len(), 2, "{list}");
        assert_eq!(good["status"], json!({ "errorCode": 0, "failureReason": null, "additionalDetails": "success" }));
        let refused =
            json!({ "errorCode": 1015, "failureReason": "SAML_RESPONSE_REFUSED", "additionalDetails": "audience_not_ours" });
        assert_eq!(failed["status"], refused);
        let ana = gateway.ana.to_string();
        assert_eq!((&good["userId"], &good["userType"]), (&json!(ana), &json!("guest")));
        assert_eq!((&good["appId"], &good["authenticationProtocol"]), (&json!("payroll"), &json!("oAuth2")));
        let payroll = gateway.payroll.to_string();
        assert_eq!((&good["resourceId"], &good["resourceDisplayName"]), (&json!(payroll), &json!("payroll")));
        // No policies decided, so nothing is known of what was demanded.
        assert_eq!(good["authenticationRequirement"], Value::Null);
        assert_eq!(good["homeTenantId"], gateway.partner_id.to_string());
        assert_eq!(good["resourceTenantId"], gateway.services.settings.organization.id.to_string());
        assert_eq!((&good["crossTenantAccessType"], &good["conditionalAccessStatus"]), (&json!("b2bCollaboration"), &json!("notApplied")));
        assert!(failed["userId"].is_null() && failed["homeTenantId"] == good["homeTenantId"], "{failed}");

        let id = good["id"].as_str().unwrap();
        let one = scene.read(&token, &format!("{SIGN_INS}/{id}")).await;
        assert_eq!((&one["id"], &one["status"]), (&good["id"], &good["status"]));
        assert_fault(&scene.get(&token, &format!("{AUDITS}/{id}")).await, 404, "Request_ResourceNotFound");

        let text = |name: &str| good[name].as_str().unwrap().to_owned();
        let (at, name, attempt) = (text("createdDateTime"), text("userPrincipalName"), text("correlationId"));
        for (filter, expected) in [
            (format!("createdDateTime ge {at}"), 2),
            (format!("createdDateTime gt {at}"), 1),
            (format!("createdDateTime le {at}"), 1),
            (format!("createdDateTime lt {at}"), 0),
            (format!("createdDateTime eq {at}"), 1),
            (format!("createdDateTime ge {at} and createdDateTime lt 2099-01-01"), 2),
            (format!("userId eq '{ana}'"), 1),
            (format!("userId eq '{}'", ana.to_uppercase()), 1),
            ("userId eq 'x'".to_owned(), 0),
            (format!("userId ne '{ana}'"), 1),
            (format!("userPrincipalName eq '{}'", name.to_uppercase()), 1),
            (format!("startswith(userPrincipalName,'{}')", &name[..3]), 1),
            ("userPrincipalName eq 'x'".to_owned(), 0),
            ("appId eq 'payroll'".to_owned(), 2),
            (format!("appId eq '{}'", gateway.payroll), 2),
            ("appId eq 'travel'".to_owned(), 0),
            (format!("resourceId eq '{payroll}'"), 2),
            (format!("resourceId eq '{}'", gateway.travel), 0),
            ("resourceId eq 'payroll'".to_owned(), 0),
            (format!("correlationId eq '{attempt}'"), 1),
            ("correlationId eq 'x'".to_owned(), 0),
            (format!("correlationId eq '{attempt}' and userId eq '{ana}'"), 1),
            ("status/errorCode eq 0".to_owned(), 1),
            ("status/errorCode ne 0".to_owned(), 1),
            ("status/errorCode eq 1015".to_owned(), 1),
            ("status/errorCode in (0,1015)".to_owned(), 2),
            ("status/errorCode eq 1".to_owned(), 0),
            ("status/errorCode eq 0 or status/errorCode eq 1015".to_owned(), 2),
            ("ipAddress eq '127.0.0.1'".to_owned(), 2),
            ("conditionalAccessStatus eq 'notApplied'".to_owned(), 2),
            ("crossTenantAccessType eq 'b2bCollaboration' and status/errorCode eq 0".to_owned(), 1),
        ] {
            let found = filtered(&scene, &token, SIGN_INS, &filter).await;
            assert_eq!(found.len(), expected, "{filter}: {found:?}");
        }
    }

    async fn f97_a_sign_in_says_whether_more_than_one_factor_was_demanded(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        gateway.demand("mfa", gateway.travel, Demand::Mfa).await;
        let token = scene.service_with(&[Permission::AuditLogReadAll]).await;
        let mut client = gateway.client();
        gateway.sign_in(&mut client, &Person::ana()).await;
        let newest = async || scene.read(&token, SIGN_INS).await["value"][0].clone();
        let free = newest().await;
        assert_eq!((&free["authenticationRequirement"], &free["appId"]), (&json!("singleFactorAuthentication"), &json!("payroll")));
        gateway.clock.advance(Duration::from_secs(1));
        client.get(&gateway.authorize_travel(&[])).await;
        let asked = newest().await;
        assert_eq!((&asked["authenticationRequirement"], &asked["appId"]), (&json!("multiFactorAuthentication"), &json!("travel")));
        assert_eq!(asked["status"]["errorCode"], 1);
    }

    async fn f96_acts_on_the_directory_are_read_in_the_shape_of_graph_and_found_by_each_filter(backend: Backend) {
        let (scene, token) = open(backend).await;
        let gateway = &scene.gateway;
        let list = scene.read(&token, AUDITS).await;
        assert_eq!(list["@odata.context"], format!("{}/v1.0/$metadata#auditLogs/directoryAudits", gateway.url));
        let changed = &list["value"][0];
        assert_eq!((&changed["activityDisplayName"], &changed["category"]), (&json!("Update user"), &json!("UserManagement")));
        assert_eq!((&changed["result"], &changed["loggedByService"]), (&json!("success"), &json!("Core Directory")));
        let ana = gateway.ana.to_string();
        let person = gateway.guest(gateway.ana).await.guest.user_principal_name;
        let by = &changed["initiatedBy"]["user"];
        assert_eq!((&by["id"], &by["userPrincipalName"]), (&json!(ana), &json!(person)), "{changed}");
        assert_eq!(changed["initiatedBy"]["app"]["servicePrincipalId"], gateway.payroll.to_string());
        assert_eq!(changed["additionalDetails"][0], json!({ "key": "activity", "value": "guest_changed" }));
        let target = changed["targetResources"][0]["id"].as_str().unwrap();
        assert_eq!(changed["targetResources"][0]["type"], "User");
        assert_eq!(changed["targetResources"][0]["displayName"], "ben_fabrikam.example#EXT#@contoso.example");
        let names: Vec<_> = list["value"].as_array().unwrap().iter().map(|one| one["activityDisplayName"].as_str().unwrap()).collect();
        assert!(names.contains(&"Redeem external user invite"), "{names:?}");
        assert!(!names.iter().any(|name| name.contains("sign_in") || name.contains("token_")), "{names:?}");

        let id = changed["id"].as_str().unwrap();
        assert_eq!(scene.read(&token, &format!("{AUDITS}/{id}")).await["activityDateTime"], changed["activityDateTime"]);
        assert_fault(&scene.get(&token, &format!("{SIGN_INS}/{id}")).await, 404, "Request_ResourceNotFound");
        let at = changed["activityDateTime"].as_str().unwrap();
        let all = names.len();
        for (filter, expected) in [
            ("activityDisplayName eq 'Redeem external user invite'".to_owned(), 1),
            ("activityDisplayName eq 'redeem external user invite'".to_owned(), 1),
            ("activityDisplayName eq 'Sign in'".to_owned(), 0),
            ("startswith(activityDisplayName,'Update')".to_owned(), 1),
            ("category eq 'UserManagement' and result eq 'success'".to_owned(), 2),
            ("category eq 'Nothing'".to_owned(), 0),
            ("result eq 'failure'".to_owned(), 0),
            ("loggedByService eq 'Core Directory' and category eq 'UserManagement'".to_owned(), 1),
            (format!("initiatedBy/user/id eq '{ana}'"), 2),
            (format!("initiatedBy/user/id eq '{target}'"), 0),
            (format!("targetResources/any(t:t/id eq '{target}')"), 1),
            (format!("targetResources/any(t: t/id eq '{ana}')"), 1),
            ("targetResources/any(t:t/id eq 'x')".to_owned(), 0),
            (format!("activityDateTime ge {at}"), 1),
            (format!("activityDateTime lt {at}"), all - 1),
            (format!("activityDateTime lt {at} or activityDateTime ge {at}"), all),
        ] {
            let found = filtered(&scene, &token, AUDITS, &filter).await;
            assert_eq!(found.len(), expected, "{filter}: {found:?}");
        }
    }

    async fn a_log_is_read_page_by_page_in_both_directions_while_it_grows(backend: Backend) {
        let (scene, token) = open(backend).await;
        let down = ids(&scene.read(&token, AUDITS).await);
        assert!(down.len() >= 2, "{down:?}");
        for (order, top) in [("activityDateTime desc", "1"), ("activityDateTime", "1"), ("activityDateTime asc", "999")] {
            let mut expected = down.clone();
            if !order.ends_with("desc") {
                expected.reverse();
            }
            let mut list = scene.read(&token, &address(AUDITS, &[("$orderby", order), ("$top", top)])).await;
            let mut found = ids(&list);
            while let Some(link) = list["@odata.nextLink"].as_str() {
                assert!(ids(&list).len() <= top.parse().unwrap());
                list = scene.read(&token, link).await;
                found.extend(ids(&list));
                assert!(found.len() <= expected.len());
            }
            assert_eq!(found, expected, "{order} {top}");
        }
        let first = scene.read(&token, &address(SIGN_INS, &[("$top", "1")])).await;
        let older = ids(&scene.read(&token, SIGN_INS).await)[1].clone();
        scene.ana().await;
        let second = scene.read(&token, first["@odata.nextLink"].as_str().unwrap()).await;
        assert_eq!(ids(&second), [older], "what came since does not move the pages");
    }

    async fn logs_refuse_what_they_do_not_read_and_name_it(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::AuditLogReadAll]).await;
        for (path, name, value, expected) in [
            (AUDITS, "$count", "true", "`$count` is not supported here; this address reads `$filter`, `$orderby`, `$top`, `$skiptoken`"),
            (AUDITS, "$select", "id", "`$select` is not supported here"),
            (AUDITS, "$search", "\"x\"", "`$search` is not supported here"),
            (AUDITS, "$orderby", "category", "`category` is no order that can be had; there are `activityDateTime`"),
            (SIGN_INS, "$orderby", "activityDateTime", "there are `createdDateTime`"),
            (AUDITS, "$filter", "createdDateTime ge 2026-01-01", "`createdDateTime` is no property to filter by; there are `activityDateTime`"),
            (SIGN_INS, "$filter", "activityDisplayName eq 'x'", "`activityDisplayName` is no property to filter by"),
            (SIGN_INS, "$filter", "createdDateTime ge '2026-01-01'", "compared with a time"),
            (SIGN_INS, "$filter", "status/errorCode eq '0'", "compared with a whole number"),
            (AUDITS, "$filter", "targetResources/id eq 'x'", "`targetResources/id` is no property"),
            (AUDITS, "$top", "1000", "from 1 to 999"),
            (AUDITS, "$skiptoken", "YQpi", "`$skiptoken` is none of this list"),
        ] {
            let page = scene.get(&token, &address(path, &[(name, value)])).await;
            assert_eq!(page.status, 400, "{name} {value}: {}", page.body);
            assert!(page.json()["error"]["message"].as_str().unwrap().contains(expected), "{value}: {}", page.body);
        }
        assert_fault(&scene.get(&token, &format!("{AUDITS}/x?$expand=y")).await, 400, "Request_UnsupportedQuery");
        assert_fault(&scene.get(&token, &format!("{AUDITS}/x")).await, 404, "Request_ResourceNotFound");
    }

    async fn who_may_read_users_may_not_read_logs(backend: Backend) {
        let (scene, token) = open(backend).await;
        let gateway = &scene.gateway;
        assert_eq!(scene.get(&token, AUDITS).await.status, 200);
        let reader = scene.service_with(&[Permission::DirectoryReadWriteAll, Permission::ReportsReadAll]).await;
        for path in [AUDITS, SIGN_INS, "/api/v1/audit/verify", "/api/v1/audit/export?kind=sign-ins"] {
            assert_fault(&scene.get(&reader, path).await, 403, "Authorization_RequestDenied");
        }
        let person = scene.ana().await;
        scene.make(gateway.ana, UserType::Member).await;
        assert_fault(&scene.get(&person, SIGN_INS).await, 403, "Authorization_RequestDenied");
        scene.give(gateway.ana, &[Role::ReportsReader]).await;
        assert_eq!(scene.get(&person, SIGN_INS).await.status, 200);
        let batch = json!({ "requests": [{ "id": "1", "method": "GET", "url": "/auditLogs/signIns?$top=1" }] });
        let answered = scene.done(&person, "POST", "/v1.0/$batch", Some(batch)).await.json();
        assert_eq!(answered["responses"][0]["status"], 200, "{answered}");
    }
}
