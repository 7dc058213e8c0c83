//! What a message becomes on the wire (RFC 5322): a text in UTF-8, with the same in HTML beside it where there is one
//! (RFC 2046 5.1.4). Everything that reaches a header is of a type that holds nothing but its value.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{self, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

use super::fault::MailFault;
use super::message::{MAX_TEXT, Message, Sender};
use crate::base::encoding::hex;
use crate::base::random::Random;

/// Says that no person wrote the mail, so that no machine answers it (RFC 3834 5).
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
/// In which language the mail is (RFC 3282 2).
const CONTENT_LANGUAGE: HeaderName = HeaderName::new_from_ascii_str("Content-Language");
/// How mails like this one are stopped (RFC 2369 3.2).
const LIST_UNSUBSCRIBE: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe");
/// That one post stops them (RFC 8058 3.1).
const LIST_UNSUBSCRIBE_POST: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe-Post");

/// The mail in its form on the wire, and a name of its own where the message brings none.
///
/// # Errors
/// [`MailFault::Malformed`].
pub(super) fn compose(sender: &Sender, message: &Message, random: &dyn Random) -> Result<lettre::Message, MailFault> {
    let is_text = |c: char| c == '\n' || c == '\t' || !c.is_control();
    let holds = |text: &str| text.len() <= MAX_TEXT && text.chars().all(is_text);
    if !holds(&message.text) || !message.html.as_deref().is_none_or(holds) {
        return Err(MailFault::Malformed);
    }
    let sent_at = UNIX_EPOCH + Duration::from_secs(u64::try_from(message.sent_at.seconds()).unwrap_or(0));
    let id = message.id.map_or_else(
        || {
            let mut id = [0; 16];
            random.fill(&mut id);
            id
        },
        |id| id.0,
    );
    let id = format!("<{}@{}>", hex(&id), sender.address.domain());
    let name = message.sender_name.as_ref().or(sender.name.as_ref()).map(|name| name.written());
    let mut builder = lettre::Message::builder()
        .from(Mailbox::new(name, sender.address.0.clone()))
        .to(Mailbox::new(None, message.to.0.clone()))
        .date(sent_at)
        .message_id(Some(id))
        .header(header::Subject::from(message.subject.written()))
        .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()));
    if let Some(cc) = &message.cc {
        builder = builder.cc(Mailbox::new(None, cc.0.clone()));
    }
    if let Some(reply_to) = &message.reply_to {
        builder = builder.reply_to(Mailbox::new(None, reply_to.0.clone()));
    }
    if let Some(language) = &message.language {
        builder = builder.raw_header(HeaderValue::new(CONTENT_LANGUAGE, language.as_str().to_owned()));
    }
    if let Some(unsubscribe) = &message.unsubscribe {
        builder = builder.raw_header(HeaderValue::new(LIST_UNSUBSCRIBE, unsubscribe.written()));
        if unsubscribe.is_one_click() {
            let one_click = "List-Unsubscribe=One-Click".to_owned();
            builder = builder.raw_header(HeaderValue::new(LIST_UNSUBSCRIBE_POST, one_click));
        }
    }
    let part = |kind: ContentType, text: &str| SinglePart::builder().header(kind).body(text.replace('\n', "\r\n"));
    let text = part(ContentType::TEXT_PLAIN, &message.text);
    let mail = match &message.html {
        None => builder.singlepart(text),
        Some(html) => {
            builder.multipart(MultiPart::alternative().singlepart(text).singlepart(part(ContentType::TEXT_HTML, html)))
        }
    };
    mail.map_err(|_| MailFault::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Timestamp;
    use crate::base::random::SystemRandom;
    use crate::outbound::mail::line::{LanguageTag, Line, MAX_LINE, Unsubscribe};
    use crate::outbound::mail::message::{Address, MessageId};

    fn sender() -> Sender {
        Sender { address: address("no-reply@contoso.example"), name: line("Contoso") }
    }

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn line(text: &str) -> Option<Line> {
        Some(Line::parse(text).unwrap())
    }

    fn message(subject: &str, text: &str) -> Message {
        let subject = Line::parse(subject).unwrap();
        let sent_at = Timestamp::from_seconds(1_790_000_000);
        Message::plain(address("ana@fabrikam.example"), subject, text.to_owned(), sent_at)
    }

    fn formatted(sender: &Sender, message: &Message) -> Result<String, MailFault> {
        compose(sender, message, &SystemRandom).map(|mail| String::from_utf8(mail.formatted()).unwrap())
    }

    #[test]
    fn a_mail_has_its_headers_and_its_text() {
        let mail = formatted(&sender(), &message("Your code", "Hello\n1234 5678\n")).unwrap();
        let (head, body) = mail.split_once("\r\n\r\n").unwrap();
        let mut head: Vec<&str> = head.split("\r\n").collect();
        let id = head.iter().position(|line| line.starts_with("Message-ID: <")).unwrap();
        let id = head.remove(id);
        assert!(id.ends_with("@contoso.example>") && id.len() == "Message-ID: <@contoso.example>".len() + 32, "{id}");
        head.sort_unstable();
        assert_eq!(
            head,
            [
                "Auto-Submitted: auto-generated",
                "Content-Transfer-Encoding: 7bit",
                "Content-Type: text/plain; charset=utf-8",
                "Date: Mon, 21 Sep 2026 14:13:20 +0000",
                "From: Contoso <no-reply@contoso.example>",
                "MIME-Version: 1.0",
                "Subject: Your code",
                "To: ana@fabrikam.example",
            ]
        );
        assert_eq!(body.trim_end(), "Hello\r\n1234 5678");
    }

    #[test]
    fn two_mails_have_two_ids() {
        let id = || {
            compose(&sender(), &message("a", "b"), &SystemRandom)
                .unwrap()
                .headers()
                .get_raw("Message-ID")
                .map(str::to_owned)
        };
        assert!(id().is_some());
        assert_ne!(id(), id());
    }

    #[test]
    fn words_beyond_ascii_go_encoded() {
        let sender = Sender { name: line("Größe \"A\" <x@y.example>"), ..sender() };
        let mail = formatted(&sender, &message("Ihr Schlüssel für Größe", "Grüße an Zoë\n")).unwrap();
        assert!(mail.is_ascii(), "{mail}");
        let from = mail.lines().find(|line| line.starts_with("From: ")).unwrap();
        assert!(from.ends_with(" <no-reply@contoso.example>") && from.matches('@').count() == 1, "{from}");
        assert!(mail.contains("Gr=C3=BC=C3=9Fe") || mail.contains("Content-Transfer-Encoding: base64"), "{mail}");
    }

    /// The headers by name, unfolded.
    fn headers(mail: &str) -> Vec<(String, String)> {
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        let unfolded = head.replace("\r\n ", " ");
        let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
        unfolded.split("\r\n").map(pair).collect()
    }

    fn whole() -> Message {
        Message {
            cc: Some(address("eva@fabrikam.example")),
            reply_to: Some(address("boss@contoso.example")),
            sender_name: line("Invitations on behalf of Contoso"),
            html: Some("<p>Hello</p>\n".to_owned()),
            unsubscribe: Some(Unsubscribe::parse("https://gate.contoso.example/mail/block?token=abc").unwrap()),
            language: Some(LanguageTag::parse("fr").unwrap()),
            id: Some(MessageId([7; 16])),
            ..message("Hello", "Hello\n")
        }
    }

    #[test]
    fn a_mail_with_everything_has_two_parts_and_its_headers() {
        let mail = formatted(&sender(), &whole()).unwrap();
        let mut headers = headers(&mail);
        let kind = headers.iter().position(|(name, _)| name == "Content-Type").unwrap();
        let (_, kind) = headers.remove(kind);
        let boundary = kind.strip_prefix("multipart/alternative; boundary=\"").unwrap().strip_suffix('"').unwrap();
        headers.sort_unstable();
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            headers,
            [
                ("Auto-Submitted", "auto-generated"),
                ("Cc", "eva@fabrikam.example"),
                ("Content-Language", "fr"),
                ("Date", "Mon, 21 Sep 2026 14:13:20 +0000"),
                ("From", "\"Invitations on behalf of Contoso\" <no-reply@contoso.example>"),
                ("List-Unsubscribe", "<https://gate.contoso.example/mail/block?token=abc>"),
                ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
                ("MIME-Version", "1.0"),
                ("Message-ID", "<07070707070707070707070707070707@contoso.example>"),
                ("Reply-To", "boss@contoso.example"),
                ("Subject", "Hello"),
                ("To", "ana@fabrikam.example"),
            ]
        );
        let parts: Vec<&str> = mail.split(&format!("--{boundary}")).collect();
        let [_, text, html, end] = &parts[..] else { panic!("{mail}") };
        assert!(
            text.contains("Content-Type: text/plain; charset=utf-8") && text.contains("\r\n\r\nHello\r\n"),
            "{text}"
        );
        assert!(html.contains("Content-Type: text/html; charset=utf-8") && html.contains("<p>Hello</p>"), "{html}");
        assert_eq!(end.trim(), "--", "the part that is liked best comes last");
    }

    #[test]
    fn one_click_is_for_https_alone() {
        let unsubscribe = Some(Unsubscribe::parse("http://localhost:8080/mail/block?token=abc").unwrap());
        let mail = formatted(&sender(), &Message { unsubscribe, ..whole() }).unwrap();
        assert!(mail.contains("List-Unsubscribe: <http://localhost:8080/mail/block?token=abc>\r\n"), "{mail}");
        assert!(!mail.contains("List-Unsubscribe-Post"), "{mail}");
    }

    #[test]
    fn a_long_address_to_unsubscribe_stays_whole() {
        let address = format!("https://gate.contoso.example/mail/block?token={}", "a".repeat(600));
        let mail =
            formatted(&sender(), &Message { unsubscribe: Some(Unsubscribe::parse(&address).unwrap()), ..whole() });
        let mail = mail.unwrap();
        let found = headers(&mail).into_iter().find(|(name, _)| name == "List-Unsubscribe").unwrap().1;
        assert_eq!(found.trim(), format!("<{address}>"));
        assert!(mail.split("\r\n").all(|line| line.len() <= 998), "{mail}");
    }

    #[test]
    fn a_name_or_subject_is_never_taken_for_an_encoded_word() {
        let hostile = "=?utf-8?Q?Ana=0D=0ABcc:_eve=40evil.example?=";
        let message = Message { sender_name: line(hostile), subject: Line::parse(hostile).unwrap(), ..whole() };
        let mail = formatted(&sender(), &message).unwrap();
        let plain = headers(&mail);
        assert_eq!(plain.len(), 13, "{mail}");
        assert!(!mail.contains("=?utf-8?Q?Ana"), "{mail}");
        for name in ["From", "Subject"] {
            let value = &plain.iter().find(|(found, _)| found == name).unwrap().1;
            assert!(value.starts_with("=?utf-8?b?"), "{value}");
            assert_eq!(value.matches('@').count(), usize::from(name == "From"), "{value}");
        }
    }

    #[test]
    fn the_longest_name_and_subject_make_no_long_line() {
        for longest in ["s".repeat(MAX_LINE), "ö".repeat(MAX_LINE / 2), "a b ".repeat(MAX_LINE / 4)] {
            let message = Message { sender_name: line(&longest), subject: Line::parse(&longest).unwrap(), ..whole() };
            let mail = formatted(&sender(), &message).unwrap();
            assert!(mail.is_ascii() && mail.split("\r\n").all(|line| line.len() <= 998), "{mail}");
            assert_eq!(headers(&mail).len(), 13, "{mail}");
        }
    }

    #[test]
    fn lengths_are_held_at_both_edges() {
        assert!(formatted(&sender(), &message("s", &"x".repeat(MAX_TEXT))).is_ok());
        assert!(formatted(&sender(), &message("s", &"x".repeat(MAX_TEXT + 1))).is_err());
        for text in ["a\u{0}b", "a\rb", "a\u{1b}[2J"] {
            assert!(formatted(&sender(), &message("s", text)).is_err(), "{text:?}");
            assert!(formatted(&sender(), &Message { html: Some(text.to_owned()), ..whole() }).is_err(), "{text:?}");
        }
    }

    #[test]
    fn no_line_is_longer_than_mail_allows() {
        let mail = formatted(&sender(), &message(&"word ".repeat(100), &"x".repeat(5000))).unwrap();
        assert!(mail.split("\r\n").all(|line| line.len() <= 998), "{mail}");
    }
}
