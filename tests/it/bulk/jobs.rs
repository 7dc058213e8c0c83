//! What becomes of the rows.

use std::sync::atomic::{AtomicU32, Ordering};

use entente::domain::audit::{Activity, AuditQuery};
use entente::domain::bulk::job::{Counts, JobState};
use entente::domain::invitations::Invitation;
use entente::flows::bulk::{BulkError, remove, report::report, resume, run, stop};

use super::scene::{MIXED, go_on, hand_in, is_finished, now, operator, reported};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

fn rows(count: usize) -> String {
    let rows: String = (0..count).map(|at| format!("guest{at}@adatum.example,Guest {at}\n")).collect();
    format!("Email,DisplayName\n{rows}")
}

/// The invitations of an address.
async fn invitations(gateway: &Gateway, address: &str) -> Vec<Invitation> {
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let guest = unit.guest_by_mail_key(address).await.unwrap().unwrap().value.guest.id;
    unit.invitations_of(guest).await.unwrap()
}

async fn audited(gateway: &Gateway, activity: Activity) -> usize {
    let query = AuditQuery { limit: 1_000, ..AuditQuery::default() };
    let entries = gateway.services.store.audit(&query).await.unwrap();
    entries.iter().filter(|record| record.activity == activity.as_str()).count()
}

on_both_stores! {
    async fn f15_good_rows_are_done_and_each_bad_one_says_why(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let before = gateway.guest_count().await;
        let job = hand_in(&gateway, MIXED).await;
        assert_eq!((job.file_name.as_str(), job.state, job.total), ("guests.csv", JobState::Running, 6));
        assert_eq!(gateway.guest_count().await, before, "nobody is invited while the file is taken");
        let job = go_on(&gateway, &job).await;
        assert_eq!(job.counts, Counts { invited: 3, skipped: 1, failed: 2 });
        assert!(is_finished(&job));
        assert_eq!(gateway.guest_count().await, before + 3);
        let found = reported(&gateway, &job).await;
        let codes: Vec<(&str, &str, &str)> =
            found.iter().map(|row| (row[0].as_str(), row[1].as_str(), row[2].as_str())).collect();
        let expected = [
            ("2", "Invited", ""),
            ("3", "Invited", ""),
            ("4", "Skipped", "ALREADY_INVITED"),
            ("5", "Failed", "CSV_ROW_EMAIL"),
            ("6", "Failed", "GROUP_UNKNOWN"),
            ("7", "Invited", ""),
        ];
        assert_eq!(codes, expected);
        assert!(found[0][5].contains("/redeem?ticket="), "{:?}", found[0]);
        assert!(found[3][3].contains("mail address") && found[4][3].contains("strangers"), "{found:?}");
        let text = report(&gateway.services, &operator(), job.id).await.unwrap();
        assert!(text.contains("\"'=cmd()\""), "no cell is a formula: {text}");
    }

    async fn f16_a_job_counts_its_rows_and_is_audited(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let job = hand_in(&gateway, &rows(3)).await;
        assert_eq!(audited(&gateway, Activity::BulkInviteStarted).await, 1);
        let job = go_on(&gateway, &job).await;
        assert_eq!(job.counts, Counts { invited: 3, ..Counts::default() });
        assert_eq!(audited(&gateway, Activity::BulkInviteFinished).await, 1);
        assert_eq!(audited(&gateway, Activity::GuestInvited).await, 3);
    }

    async fn f17_a_row_without_a_place_to_go_leads_to_the_access_panel_of_this_organisation(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let text = "Email,DisplayName,InviteRedirectURL\nzoe@adatum.example,Zoe,\nyan@adatum.example,Yan,https://wiki.example/a\n";
        let job = hand_in(&gateway, text).await;
        go_on(&gateway, &job).await;
        let organization = gateway.services.settings.organization.id;
        let panel = format!("{}/?tenantId={organization}", gateway.url);
        assert_eq!(invitations(&gateway, "zoe@adatum.example").await[0].redirect_url.as_str(), panel);
        assert_eq!(invitations(&gateway, "yan@adatum.example").await[0].redirect_url.as_str(), "https://wiki.example/a");
    }

    async fn a_job_that_was_broken_off_goes_on_and_does_no_row_twice(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let job = hand_in(&gateway, &rows(5)).await;
        let asked = AtomicU32::new(0);
        let ends = || asked.fetch_add(1, Ordering::SeqCst) == 2;
        assert_eq!(run::run(&gateway.services, &job, &ends, &mut |_| {}).await.unwrap(), 2);
        let half = now(&gateway, &job).await;
        assert_eq!((half.next_row, half.counts.invited, half.state), (2, 2, JobState::Running));
        // Another node goes on, as one that has just been started would.
        let other = gateway.second_node().await.services;
        assert_eq!(run::step(&other, &|| false).await.unwrap(), 3);
        let done = now(&gateway, &job).await;
        assert_eq!((done.counts.invited, is_finished(&done)), (5, true));
        for at in 0..5 {
            assert_eq!(invitations(&gateway, &format!("guest{at}@adatum.example")).await.len(), 1, "{at}");
        }
        assert_eq!(run::step(&other, &|| false).await.unwrap(), 0);
    }

    async fn several_nodes_share_a_job_without_doing_a_row_twice(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let job = hand_in(&gateway, &rows(12)).await;
        let (one, two) = (gateway.services.clone(), gateway.second_node().await.services);
        let (first, second) = (
            tokio::spawn(async move { run::step(&one, &|| false).await.unwrap() }),
            tokio::spawn(async move { run::step(&two, &|| false).await.unwrap() }),
        );
        assert_eq!(first.await.unwrap() + second.await.unwrap(), 12);
        assert_eq!(go_on(&gateway, &job).await.counts.invited, 12);
        for at in 0..12 {
            assert_eq!(invitations(&gateway, &format!("guest{at}@adatum.example")).await.len(), 1, "{at}");
        }
    }

    async fn a_job_is_stopped_resumed_and_removed(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (services, caller) = (&gateway.services, operator());
        let job = hand_in(&gateway, &rows(2)).await;
        assert!(matches!(remove(services, &caller, job.id).await, Err(BulkError::State { state: "running", .. })));
        assert_eq!(stop(services, &caller, job.id).await.unwrap().state, JobState::Stopped);
        assert_eq!(run::step(services, &|| false).await.unwrap(), 0);
        assert!(matches!(stop(services, &caller, job.id).await, Err(BulkError::State { state: "stopped", .. })));
        assert_eq!(reported(&gateway, &job).await[0][1], "Waiting");
        assert_eq!(resume(services, &caller, job.id).await.unwrap().state, JobState::Running);
        assert_eq!(run::step(services, &|| false).await.unwrap(), 2);
        assert!(matches!(resume(services, &caller, job.id).await, Err(BulkError::State { state: "finished", .. })));
        remove(services, &caller, job.id).await.unwrap();
        assert!(matches!(remove(services, &caller, job.id).await, Err(BulkError::Unknown { .. })));
        assert_eq!(invitations(&gateway, "guest0@adatum.example").await.len(), 1, "who was invited stays invited");
    }
}
