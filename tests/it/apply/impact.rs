//! What policies that are only reported would have done, from the audit.

use std::time::Duration;

use entente::base::clock::Timestamp;
use entente::base::random::SystemRandom;
use entente::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use entente::flows::policies::impact::{REPORT_ONLY, Results, impact, impact_by_pages};

use super::{Gateway, NOW};

const REPORTED: &str = "\
[[policy]]
slug = 'quiet'
state = 'enabled_for_reporting_but_not_enforced'
conditions.users.include_users = ['All']
conditions.applications.include_applications = ['All']
grant_controls.built_in_controls = ['mfa']
";

async fn record(gateway: &Gateway, at: Timestamp, activity: Activity, results: &str) {
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let mut entry = AuditEntry::new(AuditId::new(at, &SystemRandom), at, activity, Actor::Visitor);
    entry.details.push((REPORT_ONLY, results.to_owned()));
    unit.append_audit(&entry).await.unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn f75_results_of_reported_policies_are_summed_over_the_days_asked_for() {
    let gateway = Gateway::start().await;
    gateway.apply(REPORTED).await.unwrap();
    let ago = |seconds: u64| NOW.minus(Duration::from_secs(seconds));
    let since = ago(7 * 86_400);
    let rows = [
        (since.minus(Duration::from_micros(1)), Activity::SignIn, "quiet=failure"),
        (since, Activity::SignIn, "quiet=success"),
        (ago(3), Activity::SignIn, "other=failure quiet=user_action_required"),
        (ago(2), Activity::SessionUse, "quiet=not_applied"),
        (ago(2), Activity::SessionUse, "quiet=success"),
        (ago(1), Activity::SignInRefused, "quiet=failure other=perhaps"),
    ];
    for (at, activity, results) in rows {
        record(&gateway, at, activity, results).await;
    }
    let whole = impact(&gateway.services, since).await.unwrap();
    let quiet = Results { success: 2, failure: 1, user_action_required: 1, not_applied: 1 };
    assert_eq!(whole.get("quiet"), Some(&quiet));
    assert_eq!(whole.get("other"), Some(&Results { failure: 1, ..Results::default() }));
    for page in [1, 2, 3, 4] {
        assert_eq!(impact_by_pages(&gateway.services, since, page).await.unwrap(), whole, "pages of {page}");
    }
}

#[tokio::test]
async fn f75_entries_of_one_instant_are_each_counted_once() {
    let gateway = Gateway::start().await;
    for _ in 0..7 {
        record(&gateway, NOW, Activity::SignIn, "quiet=success").await;
    }
    for page in [1, 2, 3, 7, 8] {
        let sums = impact_by_pages(&gateway.services, NOW, page).await.unwrap();
        assert_eq!(sums.get("quiet").map(|results| results.success), Some(7), "pages of {page}");
    }
}

#[tokio::test]
async fn f75_a_reported_policy_without_a_result_is_there_with_zeros() {
    let gateway = Gateway::start().await;
    gateway.apply(REPORTED).await.unwrap();
    let sums = impact(&gateway.services, NOW).await.unwrap();
    assert_eq!(sums.into_iter().collect::<Vec<_>>(), [("quiet".to_owned(), Results::default())]);
}
