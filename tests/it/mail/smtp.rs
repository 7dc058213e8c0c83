//! SMTP against a server on loopback: what arrives, and what is told where it does not.

use std::sync::Arc;
use std::time::Duration;

use entente::base::clock::Timestamp;
use entente::base::random::SystemRandom;
use entente::base::secret::SecretText;
use entente::outbound::mail::smtp::{Login, Security, Server, Smtp, SmtpSettings};
use entente::outbound::mail::{Address, Handed, Line, MailFault, Mailer, Message, Sender};
use tokio::sync::Semaphore;

use crate::support::smtp_server::{Manner, Misbehaviour, SmtpServer, Stage, Tls};

/// Who gets the mail.
pub const ANA: &str = "ana@fabrikam.example";
const STAGES: [Stage; 6] = [Stage::Greeting, Stage::Hello, Stage::From, Stage::To, Stage::Data, Stage::Message];
/// How long a test waits for a server that says nothing.
const SHORT: Duration = Duration::from_millis(300);

/// Who the mail comes from.
pub fn sender() -> Sender {
    Sender { address: Address::parse("no-reply@contoso.example").unwrap(), name: Some(Line::parse("Contoso").unwrap()) }
}

fn settings(server: &SmtpServer, security: Security) -> SmtpSettings {
    SmtpSettings {
        server: Server { host: "localhost".to_owned(), port: server.address.port(), security },
        login: None,
        authorities: (security != Security::ThisMachine).then(|| server.authority.clone().into_bytes()),
        hello: "gate.contoso.example".to_owned(),
    }
}

fn made(settings: SmtpSettings) -> Smtp {
    Smtp::new(settings, sender(), Arc::new(SystemRandom)).unwrap()
}

/// The same, with another sender.
pub fn from(sender: Sender, server: &SmtpServer) -> Smtp {
    Smtp::new(settings(server, Security::ThisMachine), sender, Arc::new(SystemRandom)).unwrap()
}

/// The transport to a server of this machine in the clear.
pub fn mailer(server: &SmtpServer) -> Smtp {
    made(settings(server, Security::ThisMachine))
}

fn message(text: &str) -> Message {
    let sent_at = Timestamp::from_seconds(1_790_000_000);
    Message::plain(Address::parse(ANA).unwrap(), Line::parse("Your code").unwrap(), text.to_owned(), sent_at)
}

async fn sent(mailer: Smtp) -> Result<Handed, MailFault> {
    mailer.send(&message("Hello\n")).await
}

#[tokio::test]
async fn a_message_arrives_whole() {
    let server = SmtpServer::start(Manner::plain()).await;
    mailer(&server).send(&message("Hello Zoë,\n.\n..two dots\n.one\n\nend\n")).await.unwrap();
    let [mail] = &server.received()[..] else { panic!("not one mail") };
    assert_eq!((mail.hello.as_str(), mail.from.as_str()), ("gate.contoso.example", "<no-reply@contoso.example>"));
    assert_eq!(mail.to, ["<ana@fabrikam.example>"]);
    for (name, expected) in [
        ("From", "Contoso <no-reply@contoso.example>"),
        ("To", "ana@fabrikam.example"),
        ("Subject", "Your code"),
        ("Date", "Mon, 21 Sep 2026 14:13:20 +0000"),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
    ] {
        assert_eq!(mail.header(name).as_deref(), Some(expected), "{name}");
    }
    let id = mail.header("Message-ID").unwrap();
    assert!(id.starts_with('<') && id.ends_with("@contoso.example>"), "{id}");
    assert_eq!(mail.text().trim_end(), "Hello Zoë,\r\n.\r\n..two dots\r\n.one\r\n\r\nend");
    assert!(!mail.encrypted && mail.login.is_none());
}

#[tokio::test]
async fn a_refusal_is_told_with_its_reply_wherever_it_comes() {
    for stage in STAGES {
        for (said, expected) in [
            ("550 5.1.1 <ana@fabrikam.example> is unknown", MailFault::Refused { reply: 550 }),
            ("554 no", MailFault::Refused { reply: 554 }),
            ("421 4.3.2 come again", MailFault::Deferred { reply: 421 }),
            ("451-first line\r\n451 and second", MailFault::Deferred { reply: 451 }),
        ] {
            let server = SmtpServer::start(Manner::plain().but(stage, Misbehaviour::Reply(said))).await;
            let fault = sent(mailer(&server)).await.unwrap_err();
            let expected = match expected {
                // Before there is a message, no refusal is one of the message.
                MailFault::Refused { reply } if matches!(stage, Stage::Greeting | Stage::Hello) => {
                    MailFault::TurnedAway { reply }
                }
                other => other,
            };
            assert_eq!(fault, expected, "{stage:?} {said}");
            assert!(server.received().is_empty());
            let told = format!("{fault} {fault:?} {}", fault.cause());
            assert!(!told.contains("ana") && !told.contains('@'), "{told}");
        }
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left_in_time() {
    for stage in STAGES {
        let server = SmtpServer::start(Manner::plain().but(stage, Misbehaviour::Silence)).await;
        assert_eq!(sent(mailer(&server).with_time(SHORT)).await, Err(MailFault::Unreachable), "{stage:?}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_or_talks_of_something_else_is_no_answer() {
    for stage in STAGES {
        for misbehaviour in [Misbehaviour::HangUp, Misbehaviour::Reply("what?")] {
            let server = SmtpServer::start(Manner::plain().but(stage, misbehaviour)).await;
            assert_eq!(sent(mailer(&server)).await, Err(MailFault::Unreachable), "{stage:?} {misbehaviour:?}");
        }
    }
}

#[tokio::test]
async fn a_reply_without_end_is_left_in_time() {
    for stage in [Stage::Greeting, Stage::Message] {
        let server = SmtpServer::start(Manner::plain().but(stage, Misbehaviour::Flood)).await;
        assert_eq!(sent(mailer(&server).with_time(SHORT)).await, Err(MailFault::Unreachable), "{stage:?}");
    }
}

#[tokio::test]
async fn a_goodbye_is_not_waited_for() {
    for misbehaviour in [Misbehaviour::Silence, Misbehaviour::HangUp, Misbehaviour::Reply("500 stay")] {
        let server = SmtpServer::start(Manner::plain().but(Stage::Quit, misbehaviour)).await;
        assert_eq!(sent(mailer(&server)).await, Ok(Handed::Whole), "{misbehaviour:?}");
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test]
async fn nobody_there_is_no_answer() {
    for host in ["localhost", "mail.invalid"] {
        let server = Server { host: host.to_owned(), port: 1, security: Security::ThisMachine };
        let settings = SmtpSettings { server, login: None, authorities: None, hello: "[::1]".to_owned() };
        assert_eq!(sent(made(settings).with_time(SHORT)).await, Err(MailFault::Unreachable), "{host}");
    }
}

#[tokio::test]
async fn mail_goes_encrypted_by_starttls_or_from_the_first_byte() {
    for (tls, security) in [(Tls::Starttls, Security::Starttls), (Tls::Wrapped, Security::Tls)] {
        let server = SmtpServer::start(Manner::with_tls(tls)).await;
        assert_eq!(sent(made(settings(&server, security))).await, Ok(Handed::Whole), "{tls:?}");
        assert!(server.received()[0].encrypted, "{tls:?}");
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing() {
    let stripped = Manner { mechanisms: "PLAIN LOGIN", login: Some(("u", "p")), ..Manner::plain() };
    let refused = Manner { mechanisms: "PLAIN", ..Manner::with_tls(Tls::Starttls) };
    let refused = refused.but(Stage::Starttls, Misbehaviour::Reply("454 not now"));
    for manner in [stripped, refused] {
        let server = SmtpServer::start(manner).await;
        let login = Some(Login { username: "u".to_owned(), password: SecretText::new("p".to_owned()) });
        let settings = SmtpSettings { login, ..settings(&server, Security::Starttls) };
        assert_eq!(sent(made(settings)).await, Err(MailFault::Insecure));
        let said = server.lines();
        assert!(
            said.iter().all(|line| line.starts_with("EHLO ") || ["STARTTLS", "QUIT"].contains(&line.as_str())),
            "{said:?}"
        );
    }
}

#[tokio::test]
async fn a_certificate_of_another_name_or_authority_is_not_taken() {
    for (tls, security) in [(Tls::Starttls, Security::Starttls), (Tls::Wrapped, Security::Tls)] {
        let elsewhere = SmtpServer::start(Manner { name: "mail.example", ..Manner::with_tls(tls) }).await;
        assert_eq!(sent(made(settings(&elsewhere, security))).await, Err(MailFault::Insecure), "name, {tls:?}");
        let unknown = SmtpServer::start(Manner::with_tls(tls)).await;
        for authorities in [None, Some(elsewhere.authority.clone().into_bytes())] {
            let settings = SmtpSettings { authorities, ..settings(&unknown, security) };
            assert_eq!(sent(made(settings)).await, Err(MailFault::Insecure), "authority, {tls:?}");
        }
        assert!(unknown.received().is_empty() && elsewhere.received().is_empty());
    }
}

#[tokio::test]
async fn a_server_in_the_clear_is_not_taken_for_one_with_tls() {
    let server = SmtpServer::start(Manner::plain()).await;
    assert_eq!(sent(made(settings(&server, Security::Tls))).await, Err(MailFault::Insecure));
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_login_is_shown_by_what_the_server_offers() {
    for (mechanisms, password, wrong, expected) in [
        ("PLAIN", "right word", None, Ok(Handed::Whole)),
        ("LOGIN", "right word", None, Ok(Handed::Whole)),
        ("LOGIN PLAIN", "right word", None, Ok(Handed::Whole)),
        ("PLAIN", "wrong", None, Err(MailFault::LoginRefused)),
        ("LOGIN", "wrong", None, Err(MailFault::LoginRefused)),
        ("SCRAM-SHA-256", "right word", None, Err(MailFault::LoginRefused)),
        ("", "right word", None, Err(MailFault::LoginRefused)),
        ("PLAIN", "right word", Some("454 4.7.0 try later"), Err(MailFault::Deferred { reply: 454 })),
        ("PLAIN", "right word", Some("534 5.7.9 too weak"), Err(MailFault::LoginRefused)),
    ] {
        let mut manner = Manner { mechanisms, login: Some(("gate", "right word")), ..Manner::with_tls(Tls::Wrapped) };
        manner.wrong = wrong.map(|reply| (Stage::Login, Misbehaviour::Reply(reply)));
        let server = SmtpServer::start(manner).await;
        let login = Some(Login { username: "gate".to_owned(), password: SecretText::new(password.to_owned()) });
        let settings = SmtpSettings { login, ..settings(&server, Security::Tls) };
        assert!(!format!("{settings:?}").contains(password));
        assert_eq!(sent(made(settings)).await, expected, "{mechanisms} {password} {wrong:?}");
        let logins: Vec<_> = server.received().into_iter().map(|mail| mail.login.unwrap()).collect();
        let right = ("gate".to_owned(), "right word".to_owned());
        assert_eq!(logins, if expected.is_ok() { vec![right] } else { Vec::new() });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_connections_than_eight_at_once() {
    let gate = Arc::new(Semaphore::new(0));
    let server = SmtpServer::start(Manner { gate: gate.clone(), ..Manner::plain() }).await;
    let mailer = Arc::new(mailer(&server));
    let sending: Vec<_> = (0..20)
        .map(|_| {
            let mailer = mailer.clone();
            tokio::spawn(async move { mailer.send(&message("Hello\n")).await })
        })
        .collect();
    while server.connected() < 8 {
        tokio::task::yield_now().await;
    }
    gate.add_permits(20);
    for sent in sending {
        assert_eq!(sent.await.unwrap(), Ok(Handed::Whole));
    }
    assert_eq!(server.received().len(), 20);
    // A connection that says goodbye may still stand while the next one comes.
    assert!(server.most_connected() <= 16, "{}", server.most_connected());
}
