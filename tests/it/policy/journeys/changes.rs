//! A change takes effect at the next request, at every endpoint, also where another process made it.

use entente::domain::roles::Role;

use super::{ALL_APPS, ALL_USERS, BLOCK, MFA, assert_asks_factor, assert_blocked, detail, for_all, policy};
use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, assert_invalid_grant, assert_invalid_token, granted};
use crate::support::stores::on_both_stores;

fn off(slug: &str, controls: &str) -> String {
    for_all(slug, controls).replace("'enabled'", "'disabled'")
}

/// Gives Ana these roles and no others, by another process.
async fn give(gateway: &Gateway, roles: &[Role]) {
    let node = gateway.second_node().await;
    let mut unit = node.services.store.unit_of_work().await.unwrap();
    for role in Role::ALL {
        if roles.contains(&role) {
            unit.grant_role(gateway.ana, role, gateway.now()).await.unwrap();
        } else {
            unit.revoke_role(gateway.ana, role).await.unwrap();
        }
    }
    unit.commit().await.unwrap();
}

on_both_stores! {
    async fn a_policy_of_another_process_decides_at_the_next_request_everywhere(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
        gateway.apply_elsewhere(&for_all("blocks", BLOCK)).await;
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
        assert_invalid_grant(&gateway.redeem(&code).await);
        assert_blocked(&client.get(&gateway.authorize(&[])).await);
        assert_blocked(&gateway.ana_signs_in(&mut gateway.client()).await);
        let refused = gateway.last("token_refused").await;
        assert_eq!(refused.cause.as_deref(), Some("blocked_by_policy"));
        assert_eq!(detail(&refused, "policies"), "blocks=failure");
        // What was refused was not spent, and the next change counts as soon.
        gateway.apply_elsewhere(&off("blocks", BLOCK)).await;
        Tokens::of(&gateway.redeem(&code).await);
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
        granted(&client.get(&gateway.authorize(&[])).await);
    }

    async fn more_that_is_needed_by_now_ends_what_was_issued_before(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        gateway.apply_elsewhere(&for_all("asks", MFA)).await;
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
        assert_invalid_grant(&gateway.redeem(&code).await);
        assert_asks_factor(&client.get(&gateway.authorize(&[])).await);
    }

    async fn a_group_of_another_process_decides_at_the_next_request_everywhere(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.add_group("suspects", &[], &[]).await;
        let suspects = "conditions.users.include_groups = ['suspects']\n";
        gateway.apply_elsewhere(&policy("suspects", &[suspects, ALL_APPS, BLOCK])).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        gateway.apply_elsewhere("[[group]]\nslug = 'suspects'\nmembers = ['ana@fabrikam.example']\n").await;
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
        assert_invalid_grant(&gateway.redeem(&code).await);
        assert_blocked(&client.get(&gateway.authorize(&[])).await);
    }

    async fn a_policy_that_changes_during_a_step_decides_when_the_step_is_passed(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let phone = gateway.anas_phone().await;
        gateway.apply_elsewhere(&for_all("asks", MFA)).await;
        let mut client = gateway.client();
        let page = gateway.ana_signs_in(&mut client).await;
        assert_asks_factor(&page);
        gateway.apply_elsewhere(&for_all("asks", BLOCK)).await;
        let page = crate::factors::person::type_code(&mut client, &page, &phone.code(gateway.now())).await;
        assert_blocked(&page);
    }

    async fn a_policy_that_changes_while_the_person_agrees_decides_then(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let page = client.get(&gateway.authorize(&[("prompt", "consent")])).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        gateway.apply_elsewhere(&policy("asks", &[ALL_USERS, ALL_APPS, MFA])).await;
        let page = client.post("/sign-in/consent", &[("attempt", &attempt), ("decision", "accept")]).await;
        assert_asks_factor(&page);
    }

    async fn a_role_of_another_process_decides_at_the_next_request_everywhere(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let blocked = "conditions.users.include_roles = ['helpdesk_administrator']\n";
        gateway.apply_elsewhere(&policy("roles", &[blocked, ALL_APPS, BLOCK])).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        give(&gateway, &[Role::HelpdeskAdministrator]).await;
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
        assert_invalid_grant(&gateway.redeem(&code).await);
        assert_blocked(&client.get(&gateway.authorize(&[])).await);
        assert_eq!(detail(&gateway.last("sign_in_refused").await, "user.roles"), "helpdesk_administrator");
        // Another role is none of it, and what was refused was not spent.
        give(&gateway, &[Role::ReportsReader]).await;
        Tokens::of(&gateway.redeem(&code).await);
        granted(&client.get(&gateway.authorize(&[])).await);
    }

    async fn a_role_that_is_excluded_or_asked_for_in_words_decides(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let but = "conditions.users = { include_users = ['All'], exclude_roles = ['security_administrator'] }\n";
        let by_words = "conditions.expression = \"'user_administrator' in user.roles\"\n";
        gateway.apply_elsewhere(&policy("others", &[but, ALL_APPS, BLOCK])).await;
        assert_blocked(&gateway.ana_signs_in(&mut gateway.client()).await);
        give(&gateway, &[Role::SecurityAdministrator]).await;
        gateway.ana_signed_in().await;
        gateway.apply_elsewhere(&policy("words", &[ALL_USERS, ALL_APPS, by_words, BLOCK])).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        give(&gateway, &[Role::SecurityAdministrator, Role::UserAdministrator]).await;
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
        assert_blocked(&client.get(&gateway.authorize(&[])).await);
    }

    async fn roles_are_read_where_a_policy_of_the_app_asks_for_them(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let blocked = "conditions.users.include_roles = ['helpdesk_administrator']\n";
        let travel = "conditions.applications.include_applications = ['travel']\n";
        gateway.apply_elsewhere(&policy("roles", &[blocked, travel, BLOCK])).await;
        give(&gateway, &[Role::HelpdeskAdministrator]).await;
        gateway.ana_signed_in().await;
        assert_eq!(detail(&gateway.last("sign_in").await, "user.roles"), "?");
    }
}
