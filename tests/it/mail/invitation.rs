//! Invitations, read out of the conversation with a server, and the link that blocks them.

use std::sync::Arc;

use entente::domain::mail::MailAddress;
use entente::domain::mails::QueuedMail;
use entente::flows::mails::invitation::{InvitationMail, invitation, language};
use entente::flows::mails::queue::{Queued, enqueue_mail};
use entente::flows::mails::send::{Mailed, Stop, send};
use entente::flows::services::MailSettings;
use entente::texts::invitation::{Part, Templates};
use entente::texts::language::Language;

use super::smtp::mailer;
use crate::support::client::query;
use crate::support::gateway::Gateway;
use crate::support::smtp_server::{Manner, Received, SmtpServer};
use crate::support::stores::{Backend, on_both_stores};

fn address(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

/// What Boss writes to Ana.
fn said(gateway: &Gateway) -> InvitationMail {
    InvitationMail {
        to: address("Ana@fabrikam.example"),
        cc: None,
        inviter_name: Some("Bo Boss".to_owned()),
        inviter_mail: Some(address("boss@contoso.example")),
        message: Some("Hello <b>Ana</b>,\r\nhttps://evil.example/x".to_owned()),
        link: format!("{}/redeem?ticket=abc", gateway.url),
        lands_on: "https://travel.example:8443/start?x=1".to_owned(),
        language: Language::English,
        privacy_url: Some("https://contoso.example/privacy".to_owned()),
        pre_redeemed: false,
        about: gateway.ana,
        now: gateway.now(),
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

/// A gateway and its mail server.
async fn start(backend: Backend) -> (Gateway, SmtpServer) {
    let server = SmtpServer::start(Manner::plain()).await;
    let mut gateway = Gateway::start(backend).await;
    gateway.services.mail = Arc::new(mailer(&server));
    (gateway, server)
}

/// The mail as it arrives.
async fn arrived(said: impl FnOnce(InvitationMail) -> InvitationMail) -> Received {
    let (gateway, server) = start(Backend::Sqlite).await;
    let mail = invitation(&gateway.services, &said(self::said(&gateway)));
    assert_eq!(queue(&gateway, &mail).await, Queued::Yes);
    assert_eq!(step(&gateway).await.sent, 1);
    server.received().remove(0)
}

#[tokio::test]
async fn f08_head_and_foot_say_who_and_how_to_stop_it() {
    let mail = arrived(|said| said).await;
    assert_eq!(mail.header("From").unwrap(), "\"Invitations on behalf of Contoso\" <no-reply@contoso.example>");
    assert_eq!(mail.header("Reply-To").unwrap(), "boss@contoso.example");
    assert_eq!(mail.header("To").unwrap(), "Ana@fabrikam.example");
    assert_eq!(mail.header("Content-Language").unwrap(), "en");
    let subject = "Bo Boss invited you to access applications within their organisation";
    assert_eq!(mail.header("Subject").unwrap(), subject);
    let unsubscribe = mail.header("List-Unsubscribe").unwrap();
    let (text, html) = (mail.part("text/plain"), mail.part("text/html"));
    assert!(text.contains(unsubscribe.trim_matches(['<', '>'])), "{unsubscribe} {text}");
    assert!(text.contains("https://contoso.example/privacy") && html.contains(">Privacy statement of Contoso</a>"));
    assert!(text.contains("travel.example:8443."), "{text}");
    let none = arrived(|said| InvitationMail { privacy_url: None, ..said }).await;
    assert!(none.part("text/plain").contains("Contoso has given no privacy statement."));
    let script = arrived(|said| InvitationMail { privacy_url: Some("javascript:alert(1)".to_owned()), ..said }).await;
    assert!(script.part("text/html").contains("Contoso has given no privacy statement."));
}

#[tokio::test]
async fn f04_a_custom_message_is_plain_and_is_left_out_where_nobody_can_be_answered() {
    let mail = arrived(|said| said).await;
    let (text, html) = (mail.part("text/plain"), mail.part("text/html"));
    assert!(text.contains("> Hello <b>Ana</b>,\r\n> https://evil.example/x\r\n"), "{text}");
    assert!(html.contains("Hello &lt;b&gt;Ana&lt;/b&gt;,<br>") && !html.contains("href=\"https://evil"), "{html}");
    // An app has no name and no address; an inviter may have a name alone.
    for inviter_name in [None, Some("Bo Boss".to_owned())] {
        let mail = arrived(|said| InvitationMail { inviter_name, inviter_mail: None, ..said }).await;
        assert!(!mail.message.contains("evil.example") && !mail.part("text/plain").contains("Hello"));
        assert_eq!(mail.header("Reply-To"), None);
    }
}

#[tokio::test]
async fn f05_one_copy_goes_with_the_mail() {
    let mail = arrived(|said| InvitationMail { cc: Some(address("eva@fabrikam.example")), ..said }).await;
    assert_eq!(mail.to, ["<Ana@fabrikam.example>", "<eva@fabrikam.example>"]);
    assert_eq!(mail.header("Cc").unwrap(), "eva@fabrikam.example");
}

#[tokio::test]
async fn there_is_no_button_where_nothing_is_to_be_accepted() {
    let mail = arrived(|said| InvitationMail { pre_redeemed: true, ..said }).await;
    for part in ["text/plain", "text/html"] {
        let part = mail.part(part);
        assert!(!part.contains("redeem?ticket") && part.contains("You need not accept anything"), "{part}");
    }
}

#[tokio::test]
async fn a_hostile_name_or_message_becomes_no_header_and_no_markup() {
    let hostile = "Bo\r\nBcc: eve@evil.example\r\n\r\n<script>alert(1)</script> =?utf-8?q?x?= \u{202e}";
    let mail = arrived(|said| InvitationMail {
        inviter_name: Some(hostile.to_owned()),
        message: Some(format!("{hostile}\u{0}\u{1b}[2J")),
        lands_on: hostile.to_owned(),
        ..said
    })
    .await;
    let mut names = mail.header_names();
    names.sort_unstable();
    let expected = [
        "Auto-Submitted",
        "Content-Language",
        "Content-Type",
        "Date",
        "From",
        "List-Unsubscribe",
        "MIME-Version",
        "Message-ID",
        "Reply-To",
        "Subject",
        "To",
    ];
    assert_eq!(names, expected, "{}", mail.message);
    assert!(!mail.part("text/html").contains("<script"), "{}", mail.part("text/html"));
    assert_eq!(mail.to, ["<Ana@fabrikam.example>"]);
}

#[tokio::test]
async fn f06_the_first_language_that_is_spoken_is_taken() {
    let mut gateway = Gateway::start(Backend::Sqlite).await;
    let check = |gateway: &Gateway, wishes: &[Option<&str>], expected| {
        assert_eq!(language(&gateway.services, wishes), expected, "{wishes:?}");
    };
    check(&gateway, &[Some("fr-CA"), Some("nl"), Some("de")], Language::French);
    check(&gateway, &[None, Some("nl"), Some("de")], Language::Dutch);
    check(&gateway, &[Some("ja"), None, Some("de-AT")], Language::German);
    check(&gateway, &[Some(""), Some("x"), None], Language::English);
    let mut settings = gateway.services.settings.as_ref().clone();
    settings.mail = MailSettings { language: Language::Dutch, ..MailSettings::default() };
    gateway.services.settings = Arc::new(settings);
    check(&gateway, &[Some("ja"), None, None], Language::Dutch);
    check(&gateway, &[Some("en-US"), Some("fr")], Language::English);
    for (language, subject) in [
        (Language::French, "Bo Boss vous invite à accéder à des applications de son organisation"),
        (Language::German, "Bo Boss lädt Sie ein, Anwendungen seiner oder ihrer Organisation zu nutzen"),
    ] {
        let mail = invitation(&gateway.services, &InvitationMail { language, ..said(&gateway) });
        assert_eq!((mail.subject.as_str(), mail.language.as_str()), (subject, language.tag()));
    }
}

#[tokio::test]
async fn a_template_that_fails_loses_no_invitation() {
    let mut gateway = Gateway::start(Backend::Sqlite).await;
    let with = |source: &str| Templates::default().with(Part::Text, source.to_owned()).unwrap();
    let mut settings = gateway.services.settings.as_ref().clone();
    settings.mail.templates = with("Come, {{ inviter }}! {{ link }}");
    gateway.services.settings = Arc::new(settings.clone());
    let mail = invitation(&gateway.services, &said(&gateway));
    assert_eq!(mail.text, format!("Come, Bo Boss! {}/redeem?ticket=abc\n", gateway.url));
    settings.mail.templates = with("{{ inviter + 1 }}");
    gateway.services.settings = Arc::new(settings);
    let mail = invitation(&gateway.services, &said(&gateway));
    assert!(
        mail.text.contains("Act on this mail only if") && mail.text.contains("/redeem?ticket=abc"),
        "{}",
        mail.text
    );
}

/// The path of the link that blocks, and its token.
fn block_link(mail: &QueuedMail) -> (String, String) {
    let link = mail.list_unsubscribe.clone().unwrap();
    let token = query(&link, "token").unwrap();
    (link, token)
}

on_both_stores! {
    async fn f96_who_blocks_invitations_gets_none_until_they_allow_them(backend: Backend) {
        let (gateway, server) = start(backend).await;
        let mail = || invitation(&gateway.services, &said(&gateway));
        let (link, token) = block_link(&mail());
        let mut client = gateway.client();
        for _ in 0..2 {
            let page = client.get(&link).await;
            assert_eq!(page.status, 200, "{}", page.body);
            assert!(page.body.contains("Ana@fabrikam.example") && page.body.contains("value=\"block\""), "{}", page.body);
        }
        let head = client.request(reqwest::Method::HEAD, &link);
        assert_eq!(client.send(head).await.status, 405);
        assert_eq!(queue(&gateway, &mail()).await, Queued::Yes, "looking changes nothing");

        for _ in 0..2 {
            let page = client.post("/mail/block", &[("token", &token), ("decision", "block")]).await;
            assert_eq!(page.status, 200, "{}", page.body);
            assert!(page.body.contains("You have blocked invitations") && page.body.contains("value=\"unblock\""));
        }
        assert_eq!(gateway.entries("mail_unsubscribed").await.len(), 1);
        assert_eq!(gateway.entries("mail_unsubscribed").await[0].guest, Some(gateway.ana));
        assert_eq!(step(&gateway).await, Mailed { failed: 1, ..Mailed::default() }, "what waited is not sent either");
        let lower = InvitationMail { to: address("ana@FABRIKAM.example"), ..said(&gateway) };
        assert_eq!(queue(&gateway, &invitation(&gateway.services, &lower)).await, Queued::Unwanted);
        assert_eq!(gateway.entries("mail_unwanted").await.len(), 2);
        let copied = InvitationMail {
            to: address("eva@fabrikam.example"),
            cc: Some(address("ana@fabrikam.example")),
            ..said(&gateway)
        };
        assert_eq!(queue(&gateway, &invitation(&gateway.services, &copied)).await, Queued::Yes);
        assert_eq!(step(&gateway).await.sent, 1);
        assert_eq!(server.received().remove(0).to, ["<eva@fabrikam.example>"], "no copy either");

        let page = client.get(&link).await;
        assert!(page.body.contains("value=\"unblock\""), "{}", page.body);
        client.post("/mail/block", &[("token", &token), ("decision", "unblock")]).await;
        assert_eq!(gateway.entries("mail_subscribed").await.len(), 1);
        assert_eq!(queue(&gateway, &mail()).await, Queued::Yes);
        assert_eq!(step(&gateway).await.sent, 1);
    }

    async fn a_mail_program_blocks_by_one_post(backend: Backend) {
        let (gateway, _server) = start(backend).await;
        let mail = invitation(&gateway.services, &said(&gateway));
        let (link, _) = block_link(&mail);
        let page = gateway.client().post(&link, &[("List-Unsubscribe", "One-Click")]).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert_eq!(queue(&gateway, &mail).await, Queued::Unwanted);
    }

    async fn nobody_blocks_for_another(backend: Backend) {
        let (gateway, _server) = start(backend).await;
        let mail = invitation(&gateway.services, &said(&gateway));
        let (_, token) = block_link(&mail);
        let mut altered = token.clone();
        let last = altered.pop().unwrap();
        altered.push(if last == 'A' { 'B' } else { 'A' });
        let other = Gateway::start(Backend::Sqlite).await;
        let mut services = other.services.clone();
        let key = entente::base::secret::SecretBytes::new(vec![99; 32]);
        services.sealer = Arc::new(entente::base::sealing::Sealer::new(&key, &[]).unwrap());
        let (_, foreign) = block_link(&invitation(&services, &said(&other)));
        let twice = format!("{token}{token}");
        for token in ["", "x", &altered[..], &foreign[..], &twice[..], &"A".repeat(600)[..]] {
            let page = gateway.client().post("/mail/block", &[("token", token), ("decision", "block")]).await;
            assert_eq!((page.status, page.refusal_code()), (400, Some("BAD_REQUEST")), "{token}");
        }
        let mut elsewhere = gateway.client().with_header("origin", "https://evil.example");
        let page = elsewhere.post("/mail/block", &[("token", &token), ("decision", "block")]).await;
        assert_eq!(page.status, 400);
        assert_eq!(queue(&gateway, &mail).await, Queued::Yes);
        assert!(gateway.entries("mail_unsubscribed").await.is_empty());
    }
}
