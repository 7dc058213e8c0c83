//! The code itself: where it goes, how long and how often it is good, and what a sign-in by it says.

use std::time::Duration;

use entente::domain::guests::Binding;
use entente::domain::partners::MAILED_CODE_PARTNER;

use super::person::{VIC, by_session, offered, other_than, send, type_code};
use crate::factors::person::{Demand, amr, assert_asks, assert_slip};
use crate::support::gateway::Gateway;
use crate::support::journey::Tokens;
use crate::support::stores::on_both_stores;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// The codes of the refusals of an attempt, as its audit has them.
async fn codes(gateway: &Gateway, attempt: &str) -> Vec<String> {
    gateway.audit(attempt).await.into_iter().filter_map(|record| record.code).collect()
}

on_both_stores! {
    async fn f32_a_person_without_a_provider_signs_in_by_a_mailed_code(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let vic = gateway.invite_vic().await;
        let mut client = gateway.client();
        let page = offered(&gateway, &mut client, " Vic@Elsewhere.Example ").await;
        assert_asks(&page, "Sign in with a code by e-mail");
        assert!(gateway.mailbox.to(VIC).is_empty(), "nothing is sent before it is asked for");
        let page = send(&mut client, &page).await;
        assert_asks(&page, "Enter the code from the e-mail");
        let code = gateway.mailed(VIC, 1).await;
        assert_eq!((code.len(), code.bytes().all(|b| b.is_ascii_digit())), (8, true), "{code}");
        let wrong = type_code(&mut client, &page, other_than(&code)).await;
        assert_slip(&wrong, "That code is not right");
        assert_eq!(codes(&gateway, wrong.field("attempt").unwrap()).await, ["OTP_WRONG"]);
        let done = type_code(&mut client, &wrong, &format!("{} {}", &code[..4], &code[4..])).await;
        let code = crate::support::client::query(&done.onward(), "code").unwrap();
        let claims = gateway.claims(&Tokens::of(&gateway.redeem(&code).await).id, "payroll").await;
        assert_eq!((claims["idp"].as_str(), claims["email"].as_str()), (Some("mail"), Some(VIC)));
        assert_eq!((claims["oid"].as_str(), claims["acct"].as_i64()), (Some(vic.to_string().as_str()), Some(1)));
        let altsecid = claims["altsecid"].as_str().unwrap().strip_prefix("1:mail:").unwrap();
        assert!(altsecid.len() == 16 && altsecid.bytes().all(|b| b.is_ascii_hexdigit()), "{altsecid}");
        assert_eq!(amr(&claims), ["otp"]);
        assert!(claims.get("acr").is_none(), "{claims}");
        let guest = gateway.guest(vic).await.guest;
        let Binding::Accepted { partner, identity } = guest.binding else { panic!("not bound") };
        assert_eq!((partner, identity.issuer.as_str(), identity.subject.as_str()), (MAILED_CODE_PARTNER, "mail", VIC));
        // A second app needs no second code.
        by_session(&mut client, &gateway.authorize_travel(&[])).await;
    }

    async fn f39_a_code_is_good_for_half_an_hour(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        let mut client = gateway.client();
        let page = offered(&gateway, &mut client, VIC).await;
        let page = send(&mut client, &page).await;
        let code = gateway.mailed(VIC, 1).await;
        let mut late = client.clone();
        gateway.clock.advance(29 * MINUTE);
        let done = type_code(&mut client, &page, &code).await;
        assert!(done.onward().contains("code="), "{}", done.body);
        gateway.clock.advance(2 * MINUTE);
        let page = type_code(&mut late, &page, &code).await;
        assert_slip(&page, "That code is no longer good");
        assert_eq!(codes(&gateway, page.field("attempt").unwrap()).await, ["OTP_EXPIRED"]);
        // Another one can be had in the same sign-in, an hour from its beginning.
        let page = send(&mut late, &page).await;
        assert_asks(&page, "Enter the code from the e-mail");
        let fresh = gateway.mailed(VIC, 2).await;
        gateway.clock.advance(29 * MINUTE);
        // The sign-in itself was answered from the other tab.
        let spent = type_code(&mut late, &page, &fresh).await;
        assert_eq!(spent.refusal_code(), Some("ATTEMPT_SPENT"), "{}", spent.body);
    }

    async fn a_code_sent_again_counts_and_an_hour_is_the_end(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        let mut client = gateway.client();
        let page = offered(&gateway, &mut client, VIC).await;
        gateway.clock.advance(14 * MINUTE);
        let page = send(&mut client, &page).await;
        let first = gateway.mailed(VIC, 1).await;
        gateway.clock.advance(40 * MINUTE);
        let page = type_code(&mut client, &page, &first).await;
        assert_slip(&page, "That code is no longer good");
        let page = send(&mut client, &page).await;
        let fresh = gateway.mailed(VIC, 2).await;
        let page = type_code(&mut client, &page, if first == fresh { other_than(&first) } else { &first }).await;
        assert_slip(&page, "That code is not right");
        gateway.clock.advance(29 * MINUTE);
        let late = send(&mut client.clone(), &page).await;
        assert_eq!(late.refusal_code(), Some("ATTEMPT_EXPIRED"), "{}", late.body);
        let done = type_code(&mut client, &page, &fresh).await;
        assert!(done.onward().contains("code="), "{}", done.body);
    }

    async fn a_code_is_tried_five_times(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        for (wrong_tries, is_good) in [(4, true), (5, false)] {
            let mut client = gateway.client();
            let page = offered(&gateway, &mut client, VIC).await;
            let mut page = send(&mut client, &page).await;
            let code = gateway.mailed(VIC, if is_good { 1 } else { 2 }).await;
            assert_slip(&type_code(&mut client, &page, "1234").await, "Enter the eight digits");
            for _ in 0..wrong_tries {
                page = type_code(&mut client, &page, other_than(&code)).await;
                assert_slip(&page, "That code is not right, or it was tried too often");
            }
            let last = type_code(&mut client, &page, &code).await;
            if is_good {
                assert!(last.onward().contains("code="), "{}", last.body);
            } else {
                assert_slip(&last, "That code is not right, or it was tried too often");
            }
            gateway.clock.advance(MINUTE);
        }
    }

    async fn a_code_is_used_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        let mut client = gateway.client();
        let page = offered(&gateway, &mut client, VIC).await;
        let page = send(&mut client, &page).await;
        let code = gateway.mailed(VIC, 1).await;
        let mut copy = client.clone();
        let (one, two) =
            tokio::join!(type_code(&mut client, &page, &code), async { type_code(&mut copy, &page, &code).await });
        let is_done = |page: &crate::support::client::Page| page.param_of_redirect("code").is_some();
        assert_eq!([&one, &two].iter().filter(|page| is_done(page)).count(), 1, "{} {}", one.body, two.body);
    }

    async fn a_code_belongs_to_the_browser_and_the_sign_in_that_asked_for_it(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        let (mut client, mut other) = (gateway.client(), gateway.client());
        let page = offered(&gateway, &mut client, VIC).await;
        let page = send(&mut client, &page).await;
        let code = gateway.mailed(VIC, 1).await;
        gateway.clock.advance(MINUTE);
        let elsewhere = offered(&gateway, &mut other, VIC).await;
        let elsewhere = send(&mut other, &elsewhere).await;
        let theirs = gateway.mailed(VIC, 2).await;
        if code != theirs {
            assert_slip(&type_code(&mut other, &elsewhere, &code).await, "That code is not right");
        }
        let foreign = type_code(&mut other, &page, &code).await;
        assert_eq!(foreign.refusal_code(), Some("ATTEMPT_MISSING"), "{}", foreign.body);
        assert!(type_code(&mut client, &page, &code).await.onward().contains("code="));
    }

    async fn codes_are_sent_with_a_pause_and_five_an_hour_on_every_node(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        let (url, serving) = gateway.second_address().await;
        let mut client = gateway.client();
        let page = offered(&gateway, &mut client, VIC).await;
        let page = send(&mut client, &page).await;
        gateway.mailed(VIC, 1).await;
        gateway.clock.advance(59 * SECOND);
        assert_slip(&send(&mut client, &page).await, "A code was sent a moment ago");
        // From another browser, at another node, the same page comes and no mail.
        let mut other = crate::support::client::Client::new(&url);
        let elsewhere = offered(&gateway, &mut other, VIC).await;
        assert_asks(&send(&mut other, &elsewhere).await, "Enter the code from the e-mail");
        for count in 2..=5 {
            gateway.clock.advance(MINUTE);
            assert_asks(&send(&mut client, &page).await, "Enter the code from the e-mail");
            gateway.mailed(VIC, count).await;
        }
        gateway.clock.advance(MINUTE);
        let page = offered(&gateway, &mut client, VIC).await;
        assert_asks(&send(&mut client, &page).await, "Enter the code from the e-mail");
        gateway.clock.advance(HOUR);
        let page = offered(&gateway, &mut client, VIC).await;
        send(&mut client, &page).await;
        gateway.mailed(VIC, 6).await;
        serving.abort();
    }

    async fn f40_a_session_by_a_code_ends_after_a_day(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        let mut client = gateway.client();
        gateway.sign_in_by_code(&mut client, VIC, 1).await;
        for _ in 0..5 {
            gateway.clock.advance(4 * HOUR);
            by_session(&mut client, &gateway.authorize(&[])).await;
        }
        gateway.clock.advance(4 * HOUR - SECOND);
        by_session(&mut client.clone(), &gateway.authorize(&[])).await;
        gateway.clock.advance(SECOND);
        let page = client.get(&gateway.authorize(&[])).await;
        assert!(page.body.contains("name=\"email\""), "{}", page.body);
        gateway.sign_in_by_code(&mut client, VIC, 2).await;
    }

    async fn who_signs_in_by_a_code_is_asked_for_another_one_where_the_app_wants_a_fresh_proof(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        let mut client = gateway.client();
        gateway.sign_in_by_code(&mut client, VIC, 1).await;
        gateway.clock.advance(MINUTE);
        let page = client.get(&gateway.authorize(&[("prompt", "login")])).await;
        assert_asks(&page, "Sign in with a code by e-mail");
        let silent = client.get(&gateway.authorize(&[("prompt", "none"), ("max_age", "10")])).await;
        assert_eq!(silent.param("error").as_deref(), Some("login_required"), "{}", silent.location());
        let page = client.get(&gateway.authorize(&[("max_age", "10")])).await;
        assert_asks(&page, "Sign in with a code by e-mail");
        assert!(page.body.contains(VIC), "{}", page.body);
        let page = send(&mut client, &page).await;
        let done = type_code(&mut client, &page, &gateway.mailed(VIC, 2).await).await;
        assert!(done.onward().contains("code="), "{}", done.body);
    }

    async fn a_mailed_code_is_no_second_factor_beside_another(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        gateway.demand("mfa", gateway.payroll, Demand::Mfa).await;
        let mut client = gateway.client();
        let page = offered(&gateway, &mut client, VIC).await;
        let page = send(&mut client, &page).await;
        let page = type_code(&mut client, &page, &gateway.mailed(VIC, 1).await).await;
        assert_asks(&page, "Set up a second step");
        assert!(!page.body.contains("Get a code by e-mail"), "{}", page.body);
    }
}
