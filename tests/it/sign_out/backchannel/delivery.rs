//! A notice arrives once the app takes it, whatever happens on the way, or is given up at last.

use std::sync::Arc;
use std::time::Duration;

use entente::domain::apps::{BackchannelLogout, LogoutNames};
use entente::domain::organization::PublicUrl;
use entente::domain::partners::{Network, Switch};
use entente::flows::backchannel::send::{Sent, send};
use entente::flows::backchannel::{LEASE, MAX_TRIES, WAITS};
use entente::flows::inspect;
use entente::flows::operate::{revoke_guest, switch_app};
use entente::upstream::providers::Providers;
use tokio::sync::Semaphore;

use super::{given_up, put_off, told};
use crate::support::gateway::{Gateway, oidc};
use crate::support::journey::{Tokens, granted};
use crate::support::notified::{Notified, Says};
use crate::support::source::{self, Source};
use crate::support::stores::{Backend, on_both_stores};

/// A gateway whose confidential app is told, and a session of Ana with it that has ended.
async fn ended(backend: Backend) -> (Gateway, Notified) {
    let gateway = Gateway::start(backend).await;
    let payroll = Notified::of(&gateway, gateway.payroll).await;
    gateway.ana_signed_in().await;
    end(&gateway).await;
    (gateway, payroll)
}

async fn end(gateway: &Gateway) {
    revoke_guest(&gateway.services, gateway.act(), "ana@fabrikam.example").await.unwrap();
}

/// Lets so much time go by that what was put off is due.
fn wait(gateway: &Gateway, tries: usize) {
    gateway.clock.advance(WAITS[tries - 1]);
}

async fn cause(gateway: &Gateway) -> Option<String> {
    gateway.entries("app_not_told").await.into_iter().next().and_then(|entry| entry.cause)
}

on_both_stores! {
    async fn an_app_that_was_down_is_told_when_it_is_back(backend: Backend) {
        let (gateway, mut payroll) = ended(backend).await;
        payroll.stop().await;
        assert_eq!(gateway.send_notices().await, put_off(1));
        assert_eq!(gateway.send_notices().await, put_off(0), "it waits");
        let waiting = inspect::waiting_notices(&gateway.services, gateway.payroll).await.unwrap();
        assert_eq!(waiting.notices, 1);
        assert!(waiting.fault.as_ref().is_some_and(|fault| fault.starts_with("logout_notice_no_answer")), "{waiting:?}");
        payroll.start_again().await;
        wait(&gateway, 1);
        assert_eq!(gateway.send_notices().await, told(1));
        let news = payroll.told(&gateway, "payroll").await;
        assert_eq!(news[0]["iat"], gateway.now().seconds(), "a token is made when it is sent");
        let entry = gateway.entries("app_told").await.pop().unwrap();
        assert!(entry.details.contains(&("tries".to_owned(), "2".to_owned())), "{entry:?}");
        let waiting = inspect::waiting_notices(&gateway.services, gateway.payroll).await.unwrap();
        assert_eq!(waiting.notices, 0);
    }

    async fn only_a_good_answer_counts(backend: Backend) {
        let (gateway, payroll) = ended(backend).await;
        let other = Notified::start().await;
        let bad = [
            Says::Status(400),
            Says::Status(500),
            Says::Redirect(other.url.clone()),
            Says::Status(201),
        ];
        for (tries, says) in (1..).zip(bad) {
            payroll.say(says);
            assert_eq!(gateway.send_notices().await, put_off(1), "{tries}");
            assert_eq!(payroll.got().len(), 1);
            wait(&gateway, tries);
        }
        assert!(other.got().is_empty(), "no redirect is followed");
        payroll.say(Says::Status(204));
        assert_eq!(gateway.send_notices().await, told(1));
    }

    async fn the_body_of_an_answer_is_not_read(backend: Backend) {
        let (gateway, payroll) = ended(backend).await;
        let endless = Source::start(String::new()).await;
        endless.say(source::Says::Endless);
        gateway.tell(gateway.payroll, Some(&endless.url)).await;
        assert_eq!(gateway.send_notices().await, told(1));
        assert!(payroll.got().is_empty());
    }

    async fn what_is_never_taken_is_given_up_and_audited(backend: Backend) {
        let (gateway, payroll) = ended(backend).await;
        payroll.say(Says::Status(400));
        for tries in 1..usize::try_from(MAX_TRIES).unwrap() {
            assert_eq!(gateway.send_notices().await, put_off(1), "{tries}");
            wait(&gateway, tries);
        }
        assert_eq!(gateway.send_notices().await, given_up(1));
        assert_eq!(payroll.got().len(), usize::try_from(MAX_TRIES).unwrap());
        assert_eq!(cause(&gateway).await.as_deref(), Some("logout_notice_refused"));
        let entry = gateway.entries("app_not_told").await.pop().unwrap();
        assert_eq!((entry.app.as_ref().map(|(id, _)| *id), entry.guest), (Some(gateway.payroll), Some(gateway.ana)));
        assert!(entry.details.contains(&("evidence".to_owned(), "status 400".to_owned())), "{entry:?}");
        gateway.clock.advance(WAITS[4]);
        assert_eq!(gateway.send_notices().await, told(0));
    }

    async fn an_app_that_hangs_holds_up_nobody(backend: Backend) {
        let gateway = Gateway::start_impatient(backend, Duration::from_secs(2)).await;
        let payroll = Notified::of(&gateway, gateway.payroll).await;
        let travel = Notified::of(&gateway, gateway.travel).await;
        let sessions = 20;
        for _ in 0..sessions {
            let (mut client, _) = gateway.ana_signed_in().await;
            let page = client.get(&gateway.authorize_travel(&[])).await;
            Tokens::of(&gateway.redeem_travel(&granted(&page)).await);
        }
        end(&gateway).await;
        payroll.say(Says::Nothing(Arc::new(Semaphore::new(0))));
        let sent = gateway.send_notices().await;
        assert_eq!(sent, Sent { told: sessions, put_off: sessions, given_up: 0 });
        assert_eq!(travel.got().len(), usize::try_from(sessions).unwrap());
        // They were asked at once, and what had not been asked by then waits with the others.
        payroll.say(Says::Status(200));
        payroll.got();
        wait(&gateway, 1);
        assert_eq!(gateway.send_notices().await, told(sessions));
        assert_eq!(payroll.got().len(), usize::try_from(sessions).unwrap());
    }

    async fn several_apps_are_told_at_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let payroll = Notified::of(&gateway, gateway.payroll).await;
        let travel = Notified::of(&gateway, gateway.travel).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        Tokens::of(&gateway.redeem_travel(&granted(&client.get(&gateway.authorize_travel(&[])).await)).await);
        end(&gateway).await;
        // The first answers only when the second has been asked too.
        let until = Arc::new(Semaphore::new(0));
        payroll.say(Says::Nothing(until.clone()));
        travel.say(Says::Nothing(until.clone()));
        let (sent, ()) = tokio::join!(gateway.send_notices(), async {
            while payroll.count() + travel.count() < 2 {
                tokio::task::yield_now().await;
            }
            until.add_permits(2);
        });
        assert_eq!(sent, told(2));
    }

    async fn what_a_process_left_behind_another_one_sends(backend: Backend) {
        let (gateway, payroll) = ended(backend).await;
        // The process ends after it has taken the notice up, before it could say what came of it.
        let until = Arc::new(Semaphore::new(0));
        payroll.say(Says::Nothing(until));
        let services = gateway.services.clone();
        let sending = tokio::spawn(async move { send(&services).await });
        while payroll.count() == 0 {
            tokio::task::yield_now().await;
        }
        sending.abort();
        let _ = sending.await;
        payroll.say(Says::Status(200));
        payroll.got();
        assert_eq!(gateway.send_notices().await, told(0), "it may still be on its way");
        gateway.clock.advance(LEASE);
        let node = gateway.second_address_with(|_| ()).await.1;
        assert_eq!(send(&node).await.unwrap(), told(1));
        assert_eq!(payroll.told(&gateway, "payroll").await.len(), 1);
    }

    async fn of_two_nodes_one_sends(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let payroll = Notified::of(&gateway, gateway.payroll).await;
        let sessions = 10;
        for _ in 0..sessions {
            gateway.ana_signed_in().await;
        }
        end(&gateway).await;
        let other = gateway.second_address_with(|_| ()).await.1;
        let (one, two) = tokio::join!(send(&gateway.services), send(&other));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one.told + two.told, sessions, "{one:?} {two:?}");
        assert_eq!(payroll.got().len(), usize::try_from(sessions).unwrap());
        assert_eq!(gateway.entries("app_told").await.len(), usize::try_from(sessions).unwrap());
    }

    async fn an_app_that_is_off_or_wants_no_more_is_not_told(backend: Backend) {
        let (gateway, payroll) = ended(backend).await;
        switch_app(&gateway.services, gateway.act(), "payroll", Switch::Disabled).await.unwrap();
        assert_eq!(gateway.send_notices().await, given_up(1));
        assert_eq!(cause(&gateway).await.as_deref(), Some("app_disabled"));
        switch_app(&gateway.services, gateway.act(), "payroll", Switch::Enabled).await.unwrap();
        assert_eq!(gateway.send_notices().await, told(0));

        gateway.clock.advance(WAITS[0]);
        gateway.ana_signed_in().await;
        end(&gateway).await;
        gateway.tell(gateway.payroll, None).await;
        assert_eq!(gateway.send_notices().await, given_up(1));
        assert_eq!(cause(&gateway).await.as_deref(), Some("logout_notice_unwanted"));

        gateway.tell(gateway.payroll, Some(&payroll.url)).await;
        gateway.ana_signed_in().await;
        end(&gateway).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.delete_app(gateway.payroll).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(gateway.send_notices().await, told(0));
        assert!(payroll.got().is_empty());
    }

    async fn the_address_is_read_when_it_is_used(backend: Backend) {
        let (gateway, payroll) = ended(backend).await;
        let newer = Notified::of(&gateway, gateway.payroll).await;
        assert_eq!(gateway.send_notices().await, told(1));
        assert_eq!((payroll.got().len(), newer.got().len()), (0, 1));
    }

    async fn an_address_that_leads_into_our_network_is_not_asked(backend: Backend) {
        let (gateway, payroll) = ended(backend).await;
        // Behind an https address of its own, where nobody may be on this machine unless the record says so.
        let mut services = gateway.services.clone();
        services.providers = Arc::new(Providers::of(&PublicUrl::parse("https://gate.contoso.example").unwrap()));
        let here = payroll.url.replace("http://", "https://");
        let tries = [
            (here.as_str(), Network::Public, "logout_notice_address_refused"),
            ("https://localhost/logout", Network::Public, "logout_notice_address_refused"),
            ("http://169.254.169.254/latest", Network::DangerousPrivate, "logout_notice_address_refused"),
            ("file:///etc/passwd", Network::DangerousPrivate, "logout_notice_address_refused"),
            // This one is asked, and speaks no TLS.
            (here.as_str(), Network::DangerousPrivate, "logout_notice_no_answer"),
        ];
        for (tries, (uri, network, expected)) in (1..).zip(tries) {
            let logout = BackchannelLogout { uri: uri.to_owned(), names: LogoutNames::Any, network };
            gateway.alter_app(&services, gateway.payroll, |app| oidc(app).backchannel_logout = Some(logout)).await;
            assert_eq!(send(&services).await.unwrap(), put_off(1), "{uri}");
            let waiting = inspect::waiting_notices(&services, gateway.payroll).await.unwrap();
            assert!(waiting.fault.as_ref().is_some_and(|fault| fault.starts_with(expected)), "{uri} {waiting:?}");
            wait(&gateway, tries);
        }
        assert!(payroll.got().is_empty());
        gateway.tell(gateway.payroll, Some(&payroll.url)).await;
        assert_eq!(gateway.send_notices().await, told(1));
    }
}
