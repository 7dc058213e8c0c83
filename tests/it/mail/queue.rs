//! Mails of the outbox, read out of the conversation with a server.

use std::sync::Arc;
use std::time::Duration;

use entente::base::random::SystemRandom;
use entente::domain::audit::AuditRecord;
use entente::domain::mail::MailAddress;
use entente::domain::mails::{Asked, MailId, MailKind, MailRecord, MailState, QueuedMail};
use entente::flows::mails::look;
use entente::flows::mails::queue::{Queued, enqueue_mail};
use entente::flows::mails::send::{LEASE, MAX_TRIES, Mailed, Stop, WAITS, send};
use entente::outbound::mail::Mailer;
use tokio::sync::Semaphore;

use super::smtp::mailer;
use crate::support::gateway::Gateway;
use crate::support::smtp_server::{Manner, Misbehaviour, SmtpServer, Stage};
use crate::support::stores::{Backend, on_both_stores};

const ANA: &str = "ana@fabrikam.example";
const SHORT: Duration = Duration::from_millis(300);

async fn gateway(backend: Backend, mail: impl Mailer + 'static) -> Gateway {
    let mut gateway = Gateway::start(backend).await;
    gateway.services.mail = Arc::new(mail);
    gateway
}

/// A mail as an invitation would be.
pub fn mail(gateway: &Gateway) -> QueuedMail {
    let address = |text| Some(MailAddress::parse(text).unwrap());
    QueuedMail {
        id: MailId::new(gateway.now(), &SystemRandom),
        kind: MailKind::Invitation,
        about: Some(gateway.ana),
        to: MailAddress::parse(ANA).unwrap(),
        cc: address("eva@fabrikam.example"),
        reply_to: address("boss@contoso.example"),
        sender_name: "Invitations on behalf of Contoso".to_owned(),
        subject: "Größe invited you".to_owned(),
        text: "Hello Zoë\n.\n".to_owned(),
        html: Some("<p>Hello Zoë</p>\n".to_owned()),
        list_unsubscribe: Some("https://gate.example/mail/block?token=x".to_owned()),
        language: "de".to_owned(),
        queued_at: gateway.now(),
    }
}

async fn queue(gateway: &Gateway, mail: &QueuedMail) -> Queued {
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let queued = enqueue_mail(&gateway.services, unit.as_mut(), mail).await.unwrap();
    unit.commit().await.unwrap();
    queued
}

async fn step(gateway: &Gateway) -> Mailed {
    send(&gateway.services, &Stop::default()).await.unwrap()
}

async fn record(gateway: &Gateway, id: MailId) -> MailRecord {
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    unit.find_mail(id).await.unwrap().unwrap()
}

fn detail<'e>(entry: &'e AuditRecord, name: &str) -> Option<&'e str> {
    entry.details.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

const SENT: Mailed = Mailed { sent: 1, put_off: 0, failed: 0, server_fails: false };
const PUT_OFF: Mailed = Mailed { sent: 0, put_off: 1, failed: 0, server_fails: false };
const FAILED: Mailed = Mailed { sent: 0, put_off: 0, failed: 1, server_fails: false };
const SERVER_FAILS: Mailed = Mailed { server_fails: true, ..PUT_OFF };

on_both_stores! {
    async fn a_mail_is_sent_once_its_unit_is_committed_and_once_only(backend: Backend) {
        let server = SmtpServer::start(Manner::plain()).await;
        let gateway = gateway(backend, mailer(&server)).await;
        let mail = mail(&gateway);
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        enqueue_mail(&gateway.services, unit.as_mut(), &mail).await.unwrap();
        drop(unit);
        assert_eq!(step(&gateway).await, Mailed::default());
        assert_eq!(queue(&gateway, &mail).await, Queued::Yes);
        assert_eq!(step(&gateway).await, SENT);
        assert_eq!(step(&gateway).await, Mailed::default());
        let [got] = &server.received()[..] else { panic!("not one mail") };
        assert_eq!(got.to, ["<ana@fabrikam.example>", "<eva@fabrikam.example>"]);
        assert_eq!(got.from, "<no-reply@contoso.example>");
        for (name, expected) in [
            ("From", "\"Invitations on behalf of Contoso\" <no-reply@contoso.example>"),
            ("To", "ana@fabrikam.example"),
            ("Cc", "eva@fabrikam.example"),
            ("Reply-To", "boss@contoso.example"),
            ("Content-Language", "de"),
            ("List-Unsubscribe", "<https://gate.example/mail/block?token=x>"),
        ] {
            assert_eq!(got.header(name).as_deref(), Some(expected), "{name}");
        }
        assert!(got.part("text/plain").contains("Hello Zoë\r\n.\r\n"), "{}", got.message);
        assert!(got.part("text/html").contains("<p>Hello Zoë</p>"), "{}", got.message);
        let record = record(&gateway, mail.id).await;
        assert_eq!((record.state(gateway.now()), record.sealed, record.cause), (MailState::Sent, None, None));
        let entry = gateway.entries("mail_sent").await.remove(0);
        assert_eq!((entry.guest, detail(&entry, "tries")), (Some(gateway.ana), Some("1")));
        assert_eq!(detail(&entry, "may_be_a_duplicate"), None);
    }

    async fn what_the_server_refuses_for_good_is_given_up_at_once_and_can_be_tried_again(backend: Backend) {
        let refusal = Manner::plain().but(Stage::To, Misbehaviour::Reply("550 5.1.1 no such user"));
        let server = SmtpServer::start(refusal).await;
        let mut gateway = gateway(backend, mailer(&server)).await;
        let mail = mail(&gateway);
        queue(&gateway, &mail).await;
        assert_eq!(step(&gateway).await, FAILED);
        gateway.clock.advance(WAITS[0]);
        assert_eq!(step(&gateway).await, Mailed::default());
        let record = record(&gateway, mail.id).await;
        assert_eq!((record.state(gateway.now()), record.cause.as_deref()), (MailState::Failed, Some("mail_refused")));
        let entry = gateway.entries("mail_failed").await.remove(0);
        assert_eq!((entry.cause.as_deref(), detail(&entry, "reply")), (Some("mail_refused"), Some("550")));

        let good = SmtpServer::start(Manner::plain()).await;
        gateway.services.mail = Arc::new(mailer(&good));
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.retry_mail(mail.id, gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(step(&gateway).await, SENT);
        assert_eq!(good.received().len(), 1);
    }

    async fn what_the_server_defers_is_tried_for_a_day(backend: Backend) {
        let refusal = Manner::plain().but(Stage::To, Misbehaviour::Reply("451 4.7.1 greylisted"));
        let server = SmtpServer::start(refusal).await;
        let gateway = gateway(backend, mailer(&server)).await;
        let mail = mail(&gateway);
        queue(&gateway, &mail).await;
        for wait in WAITS {
            assert_eq!(step(&gateway).await, PUT_OFF);
            assert_eq!(step(&gateway).await, Mailed::default(), "it waits");
            gateway.clock.advance(wait);
        }
        assert_eq!(step(&gateway).await, FAILED);
        assert_eq!(record(&gateway, mail.id).await.tries, MAX_TRIES);
        let entry = gateway.entries("mail_failed").await.remove(0);
        assert_eq!((entry.cause.as_deref(), detail(&entry, "tries")), (Some("mail_deferred"), Some("10")));
        assert_eq!(WAITS.iter().sum::<Duration>(), Duration::from_secs(25 * 3600));
    }

    async fn a_server_that_serves_nobody_uses_up_few_tries(backend: Backend) {
        let gateway = gateway(backend, mailer(&SmtpServer::start(Manner::plain()).await).with_time(SHORT)).await;
        // The server has ended.
        for _ in 0..20 {
            queue(&gateway, &mail(&gateway)).await;
        }
        let mailed = step(&gateway).await;
        assert!(mailed.server_fails && (1..=8).contains(&mailed.put_off), "{mailed:?}");
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let untouched = unit.list_mails(Asked::Unsent, 100).await.unwrap();
        assert_eq!(untouched.len(), 20);
        assert!(untouched.iter().filter(|mail| mail.tries == 0).count() >= 12);
    }

    async fn a_mail_whose_outcome_nobody_knows_is_sent_again_under_its_name(backend: Backend) {
        let server = SmtpServer::start(Manner::plain()).await;
        let gateway = gateway(backend, mailer(&server)).await;
        let mail = mail(&gateway);
        queue(&gateway, &mail).await;
        // A node that took it up and died, before or after the server had it.
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.lease_mail(mail.id, gateway.now(), gateway.now().plus(LEASE)).await.unwrap().unwrap();
        unit.commit().await.unwrap();
        assert_eq!(step(&gateway).await, Mailed::default(), "it may still be at it");
        gateway.clock.advance(LEASE);
        assert_eq!(step(&gateway).await, SENT);
        let name = format!("<{}@contoso.example>", mail.id.to_string().replace('-', ""));
        assert_eq!(server.received()[0].header("Message-ID"), Some(name));
        let entry = gateway.entries("mail_sent").await.remove(0);
        assert_eq!((detail(&entry, "tries"), detail(&entry, "may_be_a_duplicate")), (Some("2"), Some("yes")));
    }

    async fn a_server_that_does_not_say_that_it_has_the_mail_gets_it_again_under_its_name(backend: Backend) {
        let silent = SmtpServer::start(Manner::plain().but(Stage::Message, Misbehaviour::Silence)).await;
        let mut gateway = gateway(backend, mailer(&silent).with_time(SHORT)).await;
        let mail = mail(&gateway);
        queue(&gateway, &mail).await;
        assert_eq!(step(&gateway).await, SERVER_FAILS);
        let good = SmtpServer::start(Manner::plain()).await;
        gateway.services.mail = Arc::new(mailer(&good));
        gateway.clock.advance(WAITS[0]);
        assert_eq!(step(&gateway).await, SENT);
        let name = format!("<{}@contoso.example>", mail.id.to_string().replace('-', ""));
        assert_eq!(good.received()[0].header("Message-ID"), Some(name));
    }

    async fn f05_a_copy_that_is_refused_keeps_nothing_from_the_one_who_is_invited(backend: Backend) {
        let server = SmtpServer::start(Manner { refused_recipient: Some("<eva@fabrikam.example>"), ..Manner::plain() }).await;
        let gateway = gateway(backend, mailer(&server)).await;
        let mail = mail(&gateway);
        queue(&gateway, &mail).await;
        assert_eq!(step(&gateway).await, SENT);
        assert_eq!(server.received()[0].to, ["<ana@fabrikam.example>"]);
        let entry = gateway.entries("mail_sent").await.remove(0);
        assert_eq!((entry.cause.as_deref(), detail(&entry, "reply")), (Some("mail_copy_refused"), Some("550")));
    }

    async fn what_is_no_mail_is_given_up_and_holds_up_nobody(backend: Backend) {
        let server = SmtpServer::start(Manner::plain()).await;
        let gateway = gateway(backend, mailer(&server)).await;
        let hostile = [
            QueuedMail { subject: "a\r\nBcc: eve@evil.example".to_owned(), ..mail(&gateway) },
            QueuedMail { sender_name: "a\nb".to_owned(), ..mail(&gateway) },
            QueuedMail { language: "de\r\nX: y".to_owned(), ..mail(&gateway) },
            QueuedMail { list_unsubscribe: Some("mailto:x\r\nY: z".to_owned()), ..mail(&gateway) },
            QueuedMail { to: MailAddress::parse("a..b@fabrikam.example").unwrap(), ..mail(&gateway) },
            QueuedMail { html: Some("\u{0}".to_owned()), ..mail(&gateway) },
            QueuedMail { text: "x".repeat(70_000), ..mail(&gateway) },
        ];
        for mail in &hostile {
            queue(&gateway, mail).await;
        }
        queue(&gateway, &mail(&gateway)).await;
        let failed = u32::try_from(hostile.len()).unwrap();
        assert_eq!(step(&gateway).await, Mailed { failed, ..SENT });
        let causes: Vec<_> = gateway.entries("mail_failed").await.into_iter().map(|entry| entry.cause).collect();
        assert_eq!(causes, vec![Some("mail_malformed".to_owned()); hostile.len()]);
        assert_eq!(server.received().len(), 1);
    }

    async fn what_is_sealed_under_a_lost_key_is_given_up(backend: Backend) {
        let server = SmtpServer::start(Manner::plain()).await;
        let mut gateway = gateway(backend, mailer(&server)).await;
        queue(&gateway, &mail(&gateway)).await;
        let key = entente::base::secret::SecretBytes::new(vec![99; 32]);
        gateway.services.sealer = Arc::new(entente::base::sealing::Sealer::new(&key, &[]).unwrap());
        assert_eq!(step(&gateway).await, FAILED);
        assert_eq!(gateway.entries("mail_failed").await.remove(0).cause.as_deref(), Some("mail_unreadable"));
    }

    async fn told_to_stop_it_finishes_what_is_under_way_and_takes_up_nothing_more(backend: Backend) {
        let gate = Arc::new(Semaphore::new(0));
        let server = SmtpServer::start(Manner { gate: gate.clone(), ..Manner::plain() }).await;
        let gateway = gateway(backend, mailer(&server)).await;
        for _ in 0..10 {
            queue(&gateway, &mail(&gateway)).await;
        }
        let stop = Stop::default();
        let (mailed, ()) = tokio::join!(send(&gateway.services, &stop), async {
            while server.connected() < 4 {
                tokio::task::yield_now().await;
            }
            stop.stop();
            stop.stopped().await;
            gate.add_permits(10);
        });
        assert_eq!(mailed, Ok(Mailed { sent: 4, ..Mailed::default() }));
        assert_eq!(send(&gateway.services, &stop).await, Ok(Mailed::default()));
        assert_eq!(server.most_connected(), 4);
        assert_eq!(step(&gateway).await, Mailed { sent: 6, ..Mailed::default() });
        assert_eq!(server.received().len(), 10);
    }

    async fn whoever_looks_at_a_mail_stands_in_the_audit(backend: Backend) {
        let server = SmtpServer::start(Manner::plain()).await;
        let gateway = gateway(backend, mailer(&server)).await;
        let mail = mail(&gateway);
        queue(&gateway, &mail).await;
        let view = look::show(&gateway.services, gateway.act(), &mail.id.to_string()).await.unwrap();
        assert_eq!(view.mail.map(|mail| mail.to.as_str().to_owned()).as_deref(), Some(ANA));
        let entry = gateway.last("mail_shown").await;
        assert_eq!((entry.actor.as_str(), entry.guest), ("operator:tester", Some(gateway.ana)));
        assert_eq!(detail(&entry, "mail_id"), Some(mail.id.to_string().as_str()));
        // What is sent is not kept, so that there is nothing to see of it.
        step(&gateway).await;
        let before = gateway.audited().await;
        let view = look::show(&gateway.services, gateway.act(), &mail.id.to_string()).await.unwrap();
        assert_eq!((view.mail.is_none(), gateway.audited().await), (true, before));
    }
}
