//! Inviting those of a file.

use std::time::Duration;

use entente::domain::bulk::job::JobState;
use entente::domain::collaboration::InvitesFrom;
use entente::domain::permissions::Caller;
use entente::flows::bulk::{resume, run, stop};

use super::scene::{MIXED, act, ana, ben, decide, hand_in, jobs, looked_through, token};
use crate::support::client::between;
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

fn olga() -> Caller {
    Caller::Operator("olga".to_owned())
}

on_both_stores! {
    async fn f12_a_file_is_looked_through_before_anything_is_done(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let before = gateway.guest_count().await;
        let (page, path) = looked_through(&mut client, MIXED).await;
        let count = |id: &str| between(&page.body, &format!("id=\"{id}\">"), "<").unwrap().to_owned();
        assert_eq!((count("good"), count("skipped"), count("failed")), ("2".to_owned(), "1".to_owned(), "1".to_owned()));
        for said in ["Email is not an e-mail address", "The address stands in line 2 already", "Invite 2"] {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
        assert!(!client.get(&path).await.body.is_empty());
        assert_eq!((jobs(&gateway).await.len(), gateway.guest_count().await), (0, before));
        // It is forgotten where that is wanted.
        let cancelled = decide(&mut client, &page, "cancel").await;
        assert_eq!((cancelled.status, cancelled.location()), (303, "/invite/files"));
        assert!(client.get(&path).await.body.contains("Choose it again"));
        assert_eq!(jobs(&gateway).await.len(), 0);
    }

    async fn a_file_is_confirmed_watched_and_its_report_downloaded(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let (page, _) = looked_through(&mut client, MIXED).await;
        let confirmed = decide(&mut client, &page, "confirm").await;
        assert_eq!(confirmed.status, 303, "{}", confirmed.body);
        let path = confirmed.location().to_owned();
        let running = client.get(&path).await;
        assert!(running.body.contains("0 of 4 rows are done"), "{}", running.body);
        assert!(running.body.contains("http-equiv=\"refresh\"") && !running.body.contains("<script"), "{}", running.body);
        run::step(&gateway.services, &|| false).await.unwrap();
        let done = client.get(&path).await;
        assert!(done.body.contains("4 of 4 rows are done") && !done.body.contains("http-equiv=\"refresh\""), "{}", done.body);
        let report = act(&mut client, "/invite/report", &done, &[]).await;
        assert_eq!((report.status, &report.headers["content-type"]), (200, &"text/csv; charset=utf-8".parse().unwrap()));
        assert!(report.headers["content-disposition"].to_str().unwrap().starts_with("attachment;"));
        assert!(report.body.contains("/redeem?ticket=") && report.body.contains("'=Yan"), "{}", report.body);
        let list = client.get("/invite/files").await;
        assert!(list.body.contains("guests.csv") && list.body.contains("4/4"), "{}", list.body);
        // What was confirmed once is not confirmed again.
        let again = decide(&mut client, &page, "confirm").await;
        assert!(again.body.contains("was taken already"), "{}", again.body);
        assert_eq!(jobs(&gateway).await.len(), 1);
    }

    async fn what_was_true_when_it_was_looked_through_is_asked_again(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let (page, _) = looked_through(&mut client, MIXED).await;
        gateway.set(|settings| settings.allow_invites_from = InvitesFrom::Nobody).await;
        assert_eq!(decide(&mut client, &page, "confirm").await.refusal_code(), Some("INVITE_DISABLED"));
        gateway.set(|settings| settings.allow_invites_from = InvitesFrom::Everyone).await;
        gateway.clock.advance(Duration::from_secs(3_600));
        assert!(decide(&mut client, &page, "confirm").await.body.contains("has waited for too long"));
        assert_eq!(jobs(&gateway).await.len(), 0);
        let (page, _) = looked_through(&mut client, MIXED).await;
        assert_eq!(decide(&mut client, &page, "confirm").await.status, 303);
    }

    async fn a_file_and_its_job_are_those_of_one_person(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, mut other) = (ana(&gateway).await, ben(&gateway).await);
        let (page, path) = looked_through(&mut client, MIXED).await;
        assert!(other.get(&path).await.body.contains("Choose it again"));
        // With a token of their own, too.
        let own = token(&mut other, "/invite").await;
        let upload = page.field("upload").unwrap();
        for decision in ["confirm", "cancel"] {
            other.post("/invite/preview", &[("token", &own), ("upload", upload), ("decision", decision)]).await;
        }
        assert_eq!(jobs(&gateway).await.len(), 0);
        let job = decide(&mut client, &page, "confirm").await.location().to_owned();
        let shown = client.get(&job).await;
        let id = shown.field("job").unwrap();
        assert_eq!(other.get(&job).await.refusal_code(), Some("BAD_REQUEST"));
        for (path, action) in [("/invite/job", "stop"), ("/invite/job", "resume"), ("/invite/report", "")] {
            let sent = other.post(path, &[("token", own.as_str()), ("job", id), ("action", action)]).await;
            assert_eq!(sent.refusal_code(), Some("BAD_REQUEST"), "{path} {action}: {}", sent.body);
        }
        assert!(!other.get("/invite/files").await.body.contains("guests.csv"));
        assert_eq!(jobs(&gateway).await[0].state, JobState::Running);
    }

    async fn a_job_is_stopped_and_goes_on_and_an_administrators_stop_stays(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let (page, _) = looked_through(&mut client, MIXED).await;
        let path = decide(&mut client, &page, "confirm").await.location().to_owned();
        let page = client.get(&path).await;
        let stopped = act(&mut client, "/invite/job", &page, &[("action", "stop")]).await;
        assert_eq!((stopped.status, stopped.location()), (303, path.as_str()));
        assert_eq!(jobs(&gateway).await[0].state, JobState::Stopped);
        let page = client.get(&path).await;
        assert!(page.body.contains("value=\"resume\""), "{}", page.body);
        act(&mut client, "/invite/job", &page, &[("action", "resume")]).await;
        assert_eq!(jobs(&gateway).await[0].state, JobState::Running);
        let id = jobs(&gateway).await[0].id;
        stop(&gateway.services, &olga(), id).await.unwrap();
        let page = client.get(&path).await;
        assert!(page.body.contains("An administrator has stopped this file") && !page.body.contains("value=\"resume\""));
        let tried = act(&mut client, "/invite/job", &page, &[("action", "resume")]).await;
        assert_eq!((tried.status, jobs(&gateway).await[0].state), (303, JobState::Held));
        resume(&gateway.services, &olga(), id).await.unwrap();
        assert_eq!(jobs(&gateway).await[0].state, JobState::Running);
    }

    async fn a_file_that_cannot_be_used_says_why(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        for (text, said) in [
            ("", "has no rows below"),
            ("PK\u{3}\u{4}", "That is not a CSV file"),
            ("Email,Name\nzoe@adatum.example,Zoe\n", "The column Name is not known"),
            ("Email\nzoe@adatum.example\n", "The column DisplayName is missing"),
            ("Email,DisplayName\nzoe@adatum.example,\"Zoe\n", "The quotation marks in line 2 do not fit"),
        ] {
            let page = hand_in(&mut client, text).await;
            assert!(page.status == 200 && page.body.contains(said), "{text:?}: {}", page.body);
            assert!(page.body.contains("<title>Error: "), "{}", page.body);
        }
        let many = format!("Email,DisplayName\n{}", "zoe@adatum.example,Zoe\n".repeat(2_001));
        assert!(hand_in(&mut client, &many).await.body.contains("more than 2000 rows"));
        looked_through(&mut client, &many.replacen("zoe@adatum.example,Zoe\n", "", 1)).await;
    }
}
