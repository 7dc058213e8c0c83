//! Policies that are only reported: judged and recorded, and nobody notices.

use super::{ALL_APPS, ALL_USERS, BLOCK, MFA, apply_by, detail, policy};
use crate::support::gateway::Gateway;
use crate::support::journey::granted;
use crate::support::stores::on_both_stores;

fn reported(slug: &str, keys: &[&str]) -> String {
    policy(slug, keys).replace("'enabled'", "'enabled_for_reporting_but_not_enforced'")
}

on_both_stores! {
    async fn f75_what_is_only_reported_never_asks_and_is_recorded(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let elsewhere = "conditions.applications.include_applications = ['travel']\n";
        let often = "session_controls.sign_in_frequency = { is_enabled = true, type = 'days', value = 1 }\n";
        let text = [
            reported("a-blocks", &[ALL_USERS, ALL_APPS, BLOCK]),
            reported("b-asks", &[ALL_USERS, ALL_APPS, MFA]),
            reported("c-elsewhere", &[ALL_USERS, elsewhere, BLOCK]),
            reported("d-met", &[ALL_USERS, ALL_APPS, often]),
            policy("e-enforced", &[ALL_USERS, ALL_APPS, often]),
        ];
        apply_by(&gateway.services, &text.concat()).await;
        let mut client = gateway.client();
        granted(&gateway.ana_signs_in(&mut client).await);
        let record = gateway.last("sign_in").await;
        let expected = "a-blocks=failure b-asks=user_action_required c-elsewhere=not_applied d-met=success";
        assert_eq!(detail(&record, "report_only"), expected);
        assert_eq!(detail(&record, "policies"), "e-enforced=success");
        assert_eq!(detail(&record, "decision"), "allow");
        granted(&client.get(&gateway.authorize(&[])).await);
        assert_eq!(detail(&gateway.last("session_use").await, "report_only"), expected);
    }

    async fn a_decision_is_kept_with_its_facts_and_the_version_of_the_policies(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        granted(&gateway.ana_signs_in(&mut gateway.client()).await);
        let without = gateway.last("sign_in").await;
        assert!(without.details.iter().all(|(name, _)| name != "policy_version"), "{:?}", without.details);
        apply_by(&gateway.services, &reported("asks", &[ALL_USERS, ALL_APPS, MFA])).await;
        granted(&gateway.ana_signs_in(&mut gateway.client()).await);
        let record = gateway.last("sign_in").await;
        let version = gateway.services.policies.current().set.version().to_string();
        assert_eq!(detail(&record, "policy_version"), version);
        assert_eq!(detail(&record, "user.id"), gateway.ana.to_string());
        assert_eq!(detail(&record, "partner"), gateway.partner_id.to_string());
        assert_eq!(detail(&record, "user.guest_type"), "b2b_collaboration_guest");
        assert!(detail(&record, "authentication.shown").contains("federated_single_factor@home@"));
        assert!(record.details.iter().all(|(_, text)| !text.contains("ana@fabrikam.example")), "{:?}", record.details);
    }
}
