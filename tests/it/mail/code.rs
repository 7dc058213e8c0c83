//! The mail with a code, whole.

use std::sync::Arc;

use entente::base::random::SystemRandom;
use entente::base::secret::SecretText;
use entente::domain::factors::codes::CodePurpose;
use entente::domain::mail::MailAddress;
use entente::flows::mails::{CodeFor, send_code};
use entente::outbound::mail::outbox::Outbox;
use entente::outbound::mail::{Line, MailFault, Mailer, Sender};
use entente::texts::language::Language;

use super::smtp::{ANA, from, mailer, sender};
use crate::support::gateway::Gateway;
use crate::support::smtp_server::{Manner, SmtpServer};
use crate::support::stores::Backend;

const SECOND_FACTOR: CodeFor = CodeFor { purpose: CodePurpose::SecondFactor, language: Language::English };

async fn gateway(mail: Arc<dyn Mailer>) -> Gateway {
    let mut gateway = Gateway::start(Backend::Sqlite).await;
    gateway.services.mail = mail;
    gateway
}

#[tokio::test]
async fn a_code_arrives_by_smtp_and_is_clear_to_read() {
    let server = SmtpServer::start(Manner::plain()).await;
    let gateway = gateway(Arc::new(mailer(&server))).await;
    let (to, code) = (MailAddress::parse(ANA).unwrap(), SecretText::new("01234567".to_owned()));
    send_code(&gateway.services, &to, &code, SECOND_FACTOR, gateway.now()).await.unwrap();
    let [mail] = &server.received()[..] else { panic!("not one mail") };
    assert_eq!(mail.header("Subject").unwrap(), "Your sign-in code for Contoso");
    let text = mail.text();
    assert!(text.contains("\r\n    0123 4567\r\n"), "{text}");
    assert!(text.contains("at Contoso") && text.contains("30 minutes"), "{text}");
    assert!(!text.contains("http") && !text.contains("localhost"), "{text}");
}

#[tokio::test]
async fn a_code_lies_in_the_outbox_as_it_would_be_sent() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::new(folder.path().join("outbox"), sender(), Arc::new(SystemRandom));
    let gateway = gateway(Arc::new(outbox)).await;
    let (to, code) = (MailAddress::parse(ANA).unwrap(), SecretText::new("01234567".to_owned()));
    send_code(&gateway.services, &to, &code, SECOND_FACTOR, gateway.now()).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path().join("outbox")).unwrap().collect();
    let [file] = &files[..] else { panic!("not one file") };
    let mail = std::fs::read_to_string(file.as_ref().unwrap().path()).unwrap();
    assert!(mail.contains("To: ana@fabrikam.example\r\n") && mail.contains("    0123 4567"), "{mail}");
}

#[tokio::test]
async fn an_address_that_no_server_takes_is_told_before_one_is_asked() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let to = MailAddress::parse("a..b@fabrikam.example").unwrap();
    let code = SecretText::new("01234567".to_owned());
    let refused = send_code(&gateway.services, &to, &code, SECOND_FACTOR, gateway.now()).await;
    assert_eq!(refused, Err(MailFault::Malformed));
    assert!(gateway.mailbox.to("a..b@fabrikam.example").is_empty());
}

#[tokio::test]
async fn a_name_of_an_organisation_becomes_no_header() {
    let server = SmtpServer::start(Manner::plain()).await;
    let name = "Größe & Söhne, \"Ltd.\" <eve@evil.example>";
    let sender = Sender { name: Line::cleaned(name, 100), ..sender() };
    let mut gateway = gateway(Arc::new(from(sender, &server))).await;
    let mut settings = gateway.services.settings.as_ref().clone();
    settings.organization.name = name.to_owned();
    gateway.services.settings = Arc::new(settings);
    let (to, code) = (MailAddress::parse(ANA).unwrap(), SecretText::new("01234567".to_owned()));
    send_code(&gateway.services, &to, &code, SECOND_FACTOR, gateway.now()).await.unwrap();
    let [mail] = &server.received()[..] else { panic!("not one mail") };
    assert_eq!(
        (mail.from.as_str(), &mail.to[..]),
        ("<no-reply@contoso.example>", &["<ana@fabrikam.example>".to_owned()][..])
    );
    let from = mail.header("From").unwrap();
    assert!(from.ends_with(" <no-reply@contoso.example>") && from.matches('@').count() == 1, "{from}");
    let mut names = mail.header_names();
    names.sort_unstable();
    let expected = [
        "Auto-Submitted",
        "Content-Transfer-Encoding",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
    ];
    assert_eq!(names, expected);
    assert!(mail.message.is_ascii() && mail.text().contains(name), "{}", mail.message);
}
