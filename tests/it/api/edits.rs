//! Changing the address of an account, and whether it is a guest or a member: nobody becomes somebody else by it.

use entente::domain::collaboration::{DomainList, DomainRule};
use entente::domain::guests::{Binding, UserType};
use entente::domain::mail::MailDomain;
use entente::domain::partners::PartnerKind;
use entente::domain::permissions::Permission;
use entente::domain::roles::Role;
use entente::flows::administrators;
use serde_json::{Value, json};

use super::scene::{Scene, assert_fault};
use crate::factors::person::{Demand, answer, assert_asks};
use crate::support::client::Page;
use crate::support::journey::{Tokens, assert_refused, granted, with_mail};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const EVE: &str = "eve@fabrikam.example";

impl Scene {
    async fn patch(&self, token: &str, guest: impl std::fmt::Display, body: Value) -> Page {
        self.call(token, "PATCH", &format!("/v1.0/users/{guest}"), Some(body)).await
    }
}

/// Somebody else of the same partner, who has this address.
fn eve(mail: &str) -> Person {
    with_mail(Person::ben(), Some(mail))
}

on_both_stores! {
    async fn the_address_of_an_account_that_waits_leads_whoever_proves_it_and_nobody_else(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let token = scene.service_with(&[Permission::UserReadWriteAll]).await;
        let zoe = gateway.invite("zoe@fabrikam.example", None, &[gateway.payroll]).await;
        let page = scene.patch(&token, zoe, json!({ "otherMails": [EVE], "mail": EVE })).await;
        assert_eq!(page.status, 204, "{}", page.body);
        let user = scene.read(&token, &format!("/v1.0/users/{zoe}")).await;
        assert_eq!((&user["mail"], &user["otherMails"]), (&json!(EVE), &json!([])));
        assert_eq!(user["userPrincipalName"], "zoe_fabrikam.example#EXT#@contoso.example");
        let page = gateway.sign_in(&mut gateway.client(), &eve("zoe@fabrikam.example")).await;
        assert_refused(gateway, &page, "IDP_USER_UNKNOWN", "not_invited").await;
        gateway.sign_in(&mut gateway.client(), &eve(EVE)).await;
        assert!(matches!(gateway.guest(zoe).await.guest.binding, Binding::Accepted { .. }));
        let records = scene.audited("guest_changed").await;
        assert_eq!(records.len(), 1);
        // A mail address is nothing for the audit.
        assert!(!format!("{records:?}").contains(EVE), "{records:?}");
    }

    async fn another_address_of_an_account_that_has_its_person_binds_nobody_else(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        scene.ana_with(&[]).await;
        let before = gateway.guest(gateway.ana).await.guest;
        let token = scene.service_with(&[Permission::UserReadWriteAll]).await;
        assert_eq!(scene.patch(&token, gateway.ana, json!({ "mail": EVE })).await.status, 204);
        let page = gateway.sign_in(&mut gateway.client(), &eve(EVE)).await;
        assert_refused(gateway, &page, "ADDRESS_CONFLICT", "mail_of_another_identity").await;
        let after = gateway.guest(gateway.ana).await.guest;
        assert_eq!((&after.binding, after.mail.as_ref().unwrap().as_str()), (&before.binding, EVE));
        // Ana is who she was, and no app that asks who she is takes her for Eve.
        let me = scene.ana_with(&[Permission::UserRead]).await;
        let me = scene.read(&me, "/v1.0/me").await;
        assert_eq!((&me["id"], &me["mail"]), (&json!(gateway.ana.to_string()), &Value::Null));
    }

    async fn no_code_goes_to_an_address_that_was_set_and_not_proven(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        gateway.demand("mfa", gateway.payroll, Demand::Mfa).await;
        let mut client = gateway.client();
        let page = gateway.challenged(&mut client).await;
        let offered = answer(&mut client, &page, &[("action", "pass"), ("kind", "mailed_code")]).await;
        assert_asks(&offered, "Get a code by e-mail");
        let token = scene.service_with(&[Permission::UserReadWriteAll]).await;
        assert_eq!(scene.patch(&token, gateway.ana, json!({ "mail": EVE })).await.status, 204);
        // Neither where a code was offered before, nor where one is needed afresh.
        let refused = answer(&mut client, &offered, &[("action", "send")]).await;
        assert!(!refused.body.contains("Enter the code from the e-mail"), "{}", refused.body);
        let afresh = gateway.challenged(&mut gateway.client()).await;
        assert!(!afresh.body.contains("mailed_code"), "{}", afresh.body);
        assert!(gateway.mailbox.to(EVE).is_empty() && gateway.mailbox.to("ana@fabrikam.example").is_empty());
    }

    async fn apps_are_told_no_address_that_was_set_and_not_proven(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let email = async || {
            let page = gateway.sign_in(&mut gateway.client(), &Person::ana()).await;
            let tokens = Tokens::of(&gateway.redeem(&granted(&page)).await);
            let claims = gateway.userinfo(&tokens.access).await.json();
            (claims.get("email").cloned(), claims.get("preferred_username").cloned())
        };
        let ana = json!("ana@fabrikam.example");
        assert_eq!(email().await.0, Some(ana.clone()));
        // Somebody who may change accounts frees an address and gives it to a friend, who was never vouched for with it.
        let token = scene.service_with(&[Permission::UserReadWriteAll]).await;
        assert_eq!(scene.patch(&token, gateway.ana, json!({ "mail": EVE })).await.status, 204);
        let (told, name) = email().await;
        assert_eq!(told, None);
        assert!(!name.is_some_and(|name| name == EVE));
        // Administrators see it.
        assert_eq!(scene.read(&token, &format!("/v1.0/users/{}", gateway.ana)).await["mail"], EVE);
        // Her partner says that it is hers, and then it is.
        granted(&gateway.sign_in(&mut gateway.client(), &with_mail(Person::ana(), Some(EVE))).await);
        assert_eq!(email().await, (Some(json!(EVE)), Some(json!(EVE))));
        // Or she redeems anew.
        let other = "anna@fabrikam.example";
        assert_eq!(scene.patch(&token, gateway.ana, json!({ "mail": other })).await.status, 204);
        assert_eq!(gateway.guest(gateway.ana).await.guest.proven_mail(), None);
        let reset = json!({
            "invitedUserEmailAddress": other, "inviteRedirectUrl": "https://app.example/start",
            "resetRedemption": true, "invitedUser": { "id": gateway.ana.to_string() },
        });
        scene.done(&token, "POST", "/v1.0/invitations", Some(reset)).await;
        let guest = gateway.guest(gateway.ana).await.guest;
        assert_eq!(guest.proven_mail(), guest.mail.as_ref());
    }

    async fn nothing_is_given_to_an_address_that_was_set_and_not_proven(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        scene.ana_with(&[]).await;
        let token = scene.service_with(&[Permission::UserReadWriteAll, Permission::UserInviteAll]).await;
        assert_eq!(scene.patch(&token, gateway.ana, json!({ "mail": EVE })).await.status, 204);
        // Whoever invites Eve means another person than Ana.
        let invite = json!({ "invitedUserEmailAddress": EVE, "inviteRedirectUrl": "https://app.example/start" });
        let page = scene.call(&token, "POST", "/v1.0/invitations", Some(invite)).await;
        assert_fault(&page, 409, "ADDRESS_CONFLICT");
        assert!(page.body.contains(&gateway.ana.to_string()), "{}", page.body);
        // And so does whoever gives her a role; by the id it is meant.
        let act = || entente::flows::operate::Act { operator: "olga", now: gateway.now() };
        let grant = async |name: &str| administrators::grant(&gateway.services, act(), name, Role::ReportsReader).await;
        let refused = grant(EVE).await.unwrap_err();
        assert!(refused.to_string().contains("name the account by its id"), "{refused}");
        assert!(gateway.guest(gateway.ana).await.roles.is_empty());
        grant(&gateway.ana.to_string()).await.unwrap();
        // Nor is it shown to who sees an outline of the account.
        let ben = gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        gateway.sign_in(&mut gateway.client(), &Person::ben()).await;
        let ana = scene.ana_with(&[Permission::UserReadAll]).await;
        scene.give(gateway.ana, &[]).await;
        let seen = async || scene.read(&ana, &format!("/v1.0/users/{ben}")).await["mail"].clone();
        assert_eq!(seen().await, "ben@fabrikam.example");
        assert_eq!(scene.patch(&token, ben, json!({ "mail": "bert@fabrikam.example" })).await.status, 204);
        assert_eq!(seen().await, Value::Null);
    }

    async fn a_reset_hands_no_group_to_another_address(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        scene.ana_with(&[]).await;
        let group = gateway.add_group("auditors", &[], &[]).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.add_owner(group, gateway.ana).await.unwrap();
        unit.commit().await.unwrap();
        let reset = async |token: &str, address: &str| {
            let body = json!({
                "invitedUserEmailAddress": address, "inviteRedirectUrl": "https://app.example/start",
                "resetRedemption": true, "invitedUser": { "id": gateway.ana.to_string() },
            });
            scene.call(token, "POST", "/v1.0/invitations", Some(body)).await
        };
        let users = scene.service_with(&[Permission::UserReadWriteAll]).await;
        assert_eq!(scene.patch(&users, gateway.ana, json!({ "otherMails": [EVE] })).await.status, 204);
        assert_fault(&reset(&users, EVE).await, 403, "NOT_ALLOWED");
        assert_eq!(scene.patch(&users, gateway.ana, json!({ "mail": EVE })).await.status, 204);
        assert_fault(&reset(&users, EVE).await, 403, "NOT_ALLOWED");
        assert!(matches!(gateway.guest(gateway.ana).await.guest.binding, Binding::Accepted { .. }));
        let both = scene.service_with(&[Permission::UserReadWriteAll, Permission::GroupReadWriteAll]).await;
        assert_eq!(reset(&both, EVE).await.status, 201);
    }

    async fn an_address_is_judged_as_if_it_were_invited(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let token = scene.service_with(&[Permission::UserReadWriteAll]).await;
        let zoe = gateway.invite("zoe@fabrikam.example", None, &[]).await;
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await;
        assert_eq!(scene.patch(&token, ben, json!({ "otherMails": ["team@fabrikam.example"] })).await.status, 204);
        let blocked = DomainList::new([MailDomain::parse("adatum.example").unwrap()]).unwrap();
        gateway.set(|settings| settings.domains = DomainRule::Blocked(blocked)).await;
        for (address, status, code) in [
            ("ben@fabrikam.example", 409, "ADDRESS_CONFLICT"),
            ("team@fabrikam.example", 409, "ADDRESS_CONFLICT"),
            ("zoe@contoso.example", 400, "OWN_DOMAIN"),
            ("zoe@adatum.example", 403, "DOMAIN_BLOCKED"),
            ("z+e@fabrikam.example", 400, "EMAIL_CHARS"),
            ("zoe", 400, "EMAIL_INVALID"),
        ] {
            let page = scene.patch(&token, zoe, json!({ "mail": address, "companyName": "x" })).await;
            assert_fault(&page, status, code);
            assert!(page.body.contains("`mail`"), "{}", page.body);
        }
        let user = scene.read(&token, &format!("/v1.0/users/{zoe}")).await;
        assert_eq!((&user["mail"], &user["companyName"]), (&json!("zoe@fabrikam.example"), &Value::Null));
        // The same address in other letters is no change.
        assert_eq!(scene.patch(&token, zoe, json!({ "mail": "ZOE@fabrikam.example" })).await.status, 204);
        assert_eq!(scene.audited("guest_changed").await.len(), 1);
    }

    async fn who_may_change_accounts_gains_no_rights_by_an_address(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        let zoe = gateway.invite("zoe@fabrikam.example", None, &[]).await;
        gateway.alter_app(&gateway.services, gateway.travel, |app| app.owners = vec!["Otto@fabrikam.example".to_owned()]).await;
        let otto = || json!({ "mail": "otto@fabrikam.example" });
        let token = scene.service_with(&[Permission::UserReadWriteAll]).await;
        assert_fault(&scene.patch(&token, zoe, otto()).await, 403, "Authorization_RequestDenied");
        // Whoever may block or invite may not change an address.
        let token = scene.service_with(&[Permission::UserEnableDisableAccountAll, Permission::UserInviteAll]).await;
        for body in [json!({ "mail": EVE }), json!({ "userType": "Member" })] {
            assert_fault(&scene.patch(&token, zoe, body).await, 403, "Authorization_RequestDenied");
        }
        let token = scene.service_with(&[Permission::UserReadWriteAll, Permission::AppRoleAssignmentReadWriteAll]).await;
        assert_eq!(scene.patch(&token, zoe, otto()).await.status, 204);
        // An account that waits and holds roles is given to nobody by an app.
        let person = scene.ana().await;
        scene.give(gateway.ana, &[Role::UserAdministrator]).await;
        scene.give(zoe, &[Role::UserAdministrator]).await;
        assert_fault(&scene.patch(&person, zoe, json!({ "mail": EVE })).await, 403, "RESET_FORBIDDEN");
        assert_fault(&scene.patch(&token, zoe, json!({ "mail": EVE })).await, 403, "Authorization_RequestDenied");
        assert_eq!(scene.patch(&person, zoe, json!({ "companyName": "x" })).await.status, 204);
        scene.give(zoe, &[]).await;
        // Nor is one that waits and owns a group, by who may not manage groups.
        let group = gateway.add_group("auditors", &[], &[]).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.add_owner(group, zoe).await.unwrap();
        unit.commit().await.unwrap();
        let users = scene.service_with(&[Permission::UserReadWriteAll]).await;
        assert_fault(&scene.patch(&users, zoe, json!({ "mail": EVE })).await, 403, "Authorization_RequestDenied");
        assert_eq!(scene.patch(&person, zoe, json!({ "mail": EVE })).await.status, 204);
    }

    async fn a_guest_becomes_a_member_and_back(backend: Backend) {
        let scene = Scene::start(backend).await;
        let token = scene.service_with(&[Permission::UserReadWriteAll]).await;
        let ana = scene.gateway.ana;
        for (word, user_type) in [("Member", UserType::Member), ("Member", UserType::Member), ("Guest", UserType::Guest)] {
            assert_eq!(scene.patch(&token, ana, json!({ "userType": word })).await.status, 204);
            assert_eq!(scene.gateway.guest(ana).await.guest.user_type, user_type);
        }
        assert_eq!(scene.audited("guest_changed").await.len(), 2);
    }

    async fn f28_an_internal_account_is_converted_over_the_api(backend: Backend) {
        let gateway = crate::support::gateway::Gateway::start_with(backend, |partner| partner.kind = PartnerKind::Home).await;
        let scene = Scene { gateway };
        let gateway = &scene.gateway;
        scene.let_app(&[Permission::UserReadWriteAll]).await;
        scene.ana_with(&[]).await;
        let token = scene.service().await;
        let convert = json!({
            "invitedUserEmailAddress": "ana@adatum.example", "inviteRedirectUrl": "https://app.example/start",
            "invitedUser": { "id": gateway.ana.to_string() },
        });
        let page = scene.call(&token, "POST", "/v1.0/invitations", Some(convert.clone())).await;
        assert_fault(&page, 409, "ADDRESS_NOT_SET");
        // Our own people may have addresses of ours, and are given one elsewhere before they go.
        for address in ["ana.b@fabrikam.example", "ana@contoso.example", "ana@adatum.example"] {
            let page = scene.patch(&token, gateway.ana, json!({ "mail": address })).await;
            assert_eq!(page.status, 204, "{address}: {}", page.body);
        }
        let invited = scene.done(&token, "POST", "/v1.0/invitations", Some(convert)).await.json();
        assert_eq!(invited["invitedUser"]["id"], gateway.ana.to_string());
        assert_eq!((&invited["status"], &invited["invitedUserType"]), (&json!("PendingAcceptance"), &json!("Member")));
        assert_eq!(scene.audited("internal_invited").await.len(), 1);
    }
}
