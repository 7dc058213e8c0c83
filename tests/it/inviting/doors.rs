//! What the pages of inviting meet at the door: other sites, other sessions, and what is too much.

use entente::domain::bulk::MAX_FILE;
use entente::domain::collaboration::InvitesFrom;

use super::scene::{MIXED, ana, ben, form, invite, jobs, post_form, token};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

const ZOE: &str = "zoe@adatum.example";

on_both_stores! {
    async fn a_form_of_another_site_or_session_does_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, mut other) = (ana(&gateway).await, ben(&gateway).await);
        let before = gateway.guest_count().await;
        let (own, foreign) = (token(&mut client, "/invite").await, token(&mut other, "/invite").await);
        for (sent, cause) in [("", "without one"), ("x", "made up"), (foreign.as_str(), "of another session")] {
            let page = client.post("/invite", &[("token", sent), ("address", ZOE)]).await;
            assert_eq!(page.refusal_code(), Some("BAD_REQUEST"), "{cause}: {}", page.body);
            let page = post_form(&mut client, form(sent, "guests.csv", MIXED.as_bytes())).await;
            assert_eq!(page.refusal_code(), Some("BAD_REQUEST"), "{cause}: {}", page.body);
        }
        let mut elsewhere = client.clone().with_header("sec-fetch-site", "cross-site");
        let page = elsewhere.post("/invite", &[("token", &own), ("address", ZOE)]).await;
        assert_eq!(page.refusal_code(), Some("BAD_REQUEST"), "{}", page.body);
        let page = post_form(&mut elsewhere, form(&own, "guests.csv", MIXED.as_bytes())).await;
        assert_eq!(page.refusal_code(), Some("BAD_REQUEST"), "{}", page.body);
        assert_eq!((gateway.guest_count().await, jobs(&gateway).await.len()), (before, 0));
        let page = client.post("/invite", &[("token", &own), ("address", ZOE)]).await;
        assert!(page.body.contains("The invitation is on its way"), "{}", page.body);
        assert_eq!(post_form(&mut client, form(&own, "guests.csv", MIXED.as_bytes())).await.status, 303);
    }

    async fn who_is_not_signed_in_begins_at_the_panel(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        for path in ["/invite", "/invite/files", "/invite/preview?upload=x", "/invite/job?job=x", "/invite/rows?job=x"] {
            let page = client.get(path).await;
            assert_eq!((page.status, page.location()), (303, "/"), "{path}");
        }
        let page = post_form(&mut client, form("x", "guests.csv", MIXED.as_bytes())).await;
        assert_eq!((page.status, page.location()), (303, "/"));
    }

    async fn who_may_not_invite_has_no_file_read(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let own = token(&mut client, "/invite/files").await;
        gateway.set(|settings| settings.allow_invites_from = InvitesFrom::AdminsAndGuestInviters).await;
        let large = form(&own, "guests.csv", &vec![b'a'; MAX_FILE + 1]);
        let page = post_form(&mut client, large.clone()).await;
        assert!(!page.body.contains("larger than 8 MB") && page.status != 303, "{} {}", page.status, page.body);
        // Nor has a browser whose session has ended.
        gateway.set(|settings| settings.allow_invites_from = InvitesFrom::Everyone).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.revoke_guest(gateway.ana, gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        let page = post_form(&mut client, large).await;
        assert_eq!((page.status, page.location()), (303, "/"), "{}", page.body);
        assert!(jobs(&gateway).await.is_empty());
    }

    async fn a_form_with_a_file_is_read_within_its_limits(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let own = token(&mut client, "/invite/files").await;
        let none = post_form(&mut client, form(&own, "", b"")).await;
        assert!(none.body.contains("Choose a file."), "{}", none.body);
        for length in [MAX_FILE + 1, MAX_FILE + 1024 * 1024] {
            let page = post_form(&mut client, form(&own, "guests.csv", &vec![b'a'; length])).await;
            assert!(page.body.contains("The file is larger than 8 MB"), "{length}: {}", page.body);
        }
        let broken = post_form(&mut client, b"no form".to_vec()).await;
        assert_eq!(broken.refusal_code(), Some("BAD_REQUEST"), "{}", broken.body);
        let plain = client.post("/invite/files", &[("token", &own), ("file", MIXED)]).await;
        assert_eq!(plain.refusal_code(), Some("BAD_REQUEST"), "{}", plain.body);
        assert_eq!(post_form(&mut client, form(&own, "guests.csv", MIXED.as_bytes())).await.status, 303);
    }

    async fn an_account_invites_no_more_than_its_limit_an_hour(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = ana(&gateway).await;
        let own = token(&mut client, "/invite").await;
        for _ in 0..120 {
            client.post("/invite", &[("token", &own), ("address", "nobody")]).await;
        }
        let page = client.post("/invite", &[("token", &own), ("address", ZOE)]).await;
        assert_eq!((page.status, page.refusal_code()), (429, Some("TOO_MANY_REQUESTS")), "{}", page.body);
        assert!(page.headers.contains_key("retry-after"));
        // Others are not held to it.
        let mut other = ben(&gateway).await;
        let page = invite(&mut other, &[("address", ZOE)]).await;
        assert!(page.body.contains("The invitation is on its way"), "{}", page.body);
    }
}
