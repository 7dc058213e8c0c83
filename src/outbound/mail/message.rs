//! The message, and what it becomes on the wire (RFC 5322): plain text, in UTF-8.

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{self, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};

use super::fault::MailFault;
use crate::base::clock::Timestamp;
use crate::base::encoding::hex;
use crate::base::random::Random;

/// The longest address (RFC 5321 4.5.3.1.3 less the angle brackets). **Units**: bytes.
const MAX_ADDRESS: usize = 254;
/// The longest subject. **Units**: bytes.
const MAX_SUBJECT: usize = 900;
/// The longest text. **Units**: bytes.
pub const MAX_TEXT: usize = 64 * 1024;

/// Says that no person wrote the mail, so that no machine answers it (RFC 3834 5).
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// A text that is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a mail address of the form `ana@fabrikam.example`")]
pub struct AddressError;

/// A mail address to send to or from. **Shape**: `local@domain` of at most 254 ASCII bytes, the local
/// part an RFC 5322 dot-atom of at most 64, the domain a DNS name of at least two labels; no quoted
/// local part, no comment, no address in brackets.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(lettre::Address);

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (local, domain) = text.split_once('@').ok_or(AddressError)?;
        let is_atom = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&c);
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let holds = text.len() <= MAX_ADDRESS
            && local.len() <= 64
            && local.split('.').all(|atom| !atom.is_empty())
            && local.bytes().all(is_atom)
            && domain.contains('.')
            && domain.split('.').all(is_label);
        if !holds {
            return Err(AddressError);
        }
        lettre::Address::new(local, domain).map(Self).map_err(|_| AddressError)
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    pub(super) fn domain(&self) -> &str {
        self.0.domain()
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[address]")
    }
}

/// A message to one person.
#[derive(Clone)]
pub struct Message {
    /// To whom.
    pub to: Address,
    /// What it is about. **Shape**: one line of at most 900 bytes.
    pub subject: String,
    /// The text. **Shape**: lines end with `\n`; at most [`MAX_TEXT`] bytes.
    pub text: String,
    /// When it is sent.
    pub sent_at: Timestamp,
}

impl fmt::Debug for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Message").field("sent_at", &self.sent_at).finish_non_exhaustive()
    }
}

/// From whom all mail comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The address; answers and failures come there.
    pub address: Address,
    /// The name that a mail program shows.
    pub name: String,
}

/// The mail in its form on the wire, with an id of its own.
///
/// # Errors
/// [`MailFault::Malformed`].
pub(super) fn compose(sender: &Sender, message: &Message, random: &dyn Random) -> Result<lettre::Message, MailFault> {
    let subject = message.subject.trim();
    let is_line = |text: &str| !text.is_empty() && text.len() <= MAX_SUBJECT && !text.chars().any(char::is_control);
    let is_text = |c: char| c == '\n' || c == '\t' || !c.is_control();
    if !is_line(subject) || !is_line(&sender.name) {
        return Err(MailFault::Malformed);
    }
    if message.text.len() > MAX_TEXT || !message.text.chars().all(is_text) {
        return Err(MailFault::Malformed);
    }
    let sent_at = UNIX_EPOCH + Duration::from_secs(u64::try_from(message.sent_at.seconds()).unwrap_or(0));
    let mut id = [0; 16];
    random.fill(&mut id);
    let id = format!("<{}@{}>", hex(&id), sender.address.domain());
    lettre::Message::builder()
        .from(Mailbox::new(Some(sender.name.clone()), sender.address.0.clone()))
        .to(Mailbox::new(None, message.to.0.clone()))
        .date(sent_at)
        .message_id(Some(id))
        .header(header::Subject::from(subject.to_owned()))
        .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(message.text.replace('\n', "\r\n")))
        .map_err(|_| MailFault::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemRandom;

    fn sender() -> Sender {
        Sender { address: Address::parse("no-reply@contoso.example").unwrap(), name: "Contoso".to_owned() }
    }

    fn message(subject: &str, text: &str) -> Message {
        Message {
            to: Address::parse("ana@fabrikam.example").unwrap(),
            subject: subject.to_owned(),
            text: text.to_owned(),
            sent_at: Timestamp::from_seconds(1_790_000_000),
        }
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
        let sender = Sender { name: "Größe \"A\" <x@y.example>".to_owned(), ..sender() };
        let mail = formatted(&sender, &message("Ihr Schlüssel für Größe", "Grüße an Zoë\n")).unwrap();
        assert!(mail.is_ascii(), "{mail}");
        let from = mail.lines().find(|line| line.starts_with("From: ")).unwrap();
        assert!(from.ends_with(" <no-reply@contoso.example>") && from.matches('@').count() == 1, "{from}");
        assert!(mail.contains("Gr=C3=BC=C3=9Fe") || mail.contains("Content-Transfer-Encoding: base64"), "{mail}");
    }

    #[test]
    fn nothing_in_a_message_becomes_a_header() {
        for subject in ["", " ", "a\r\nBcc: eve@evil.example", "a\nb", "a\rb", "a\u{0}b", "a\u{85}b"] {
            assert_eq!(formatted(&sender(), &message(subject, "x")), Err(MailFault::Malformed), "{subject:?}");
        }
        let sender = Sender { name: "Contoso\r\nBcc: eve@evil.example".to_owned(), ..sender() };
        assert_eq!(formatted(&sender, &message("a", "x")), Err(MailFault::Malformed));
    }

    #[test]
    fn lengths_are_held_at_both_edges() {
        assert!(formatted(&sender(), &message(&"s".repeat(MAX_SUBJECT), "x")).is_ok());
        assert!(formatted(&sender(), &message(&"s".repeat(MAX_SUBJECT + 1), "x")).is_err());
        assert!(formatted(&sender(), &message("s", &"x".repeat(MAX_TEXT))).is_ok());
        assert!(formatted(&sender(), &message("s", &"x".repeat(MAX_TEXT + 1))).is_err());
        for text in ["a\u{0}b", "a\rb", "a\u{1b}[2J"] {
            assert!(formatted(&sender(), &message("s", text)).is_err(), "{text:?}");
        }
    }

    #[test]
    fn no_line_is_longer_than_mail_allows() {
        let mail = formatted(&sender(), &message(&"word ".repeat(100), &"x".repeat(5000))).unwrap();
        assert!(mail.split("\r\n").all(|line| line.len() <= 998), "{mail}");
    }

    #[test]
    fn an_address_is_one_mailbox_and_nothing_else() {
        let label = "d".repeat(63);
        let longest = format!("{}@{label}.{label}.{}.example", "l".repeat(64), "e".repeat(53));
        assert_eq!(longest.len(), MAX_ADDRESS);
        for good in ["ana@fabrikam.example", "a.b+c_d'e@x-y.example", "a@b.c", &longest] {
            assert_eq!(Address::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "ana",
            "@x.example",
            "ana@",
            "ana@example",
            "ana@x.example\r\nRCPT TO:<eve@evil.example>",
            "ana@x.example\n",
            " ana@x.example",
            "ana@x.example>",
            "<ana@x.example>",
            "\"a b\"@x.example",
            "a b@x.example",
            "a..b@x.example",
            ".a@x.example",
            "a.@x.example",
            "ana@[127.0.0.1]",
            "ana@127.0.0.1.",
            "ana@x..example",
            "ana@-x.example",
            "ana@x.example,eve@evil.example",
            "ana@x.example(comment)",
            "ana@eve@x.example",
            "anä@x.example",
            "ana@fäbrikam.example",
            &format!("a{longest}"),
            &format!("{}@x.example", "l".repeat(65)),
        ] {
            assert_eq!(Address::parse(bad), Err(AddressError), "{bad:?}");
        }
    }

    #[test]
    fn nobody_is_named_when_a_message_is_printed() {
        let printed = format!("{:?} {:?}", message("secret subject", "secret text"), sender());
        assert!(!printed.contains("fabrikam") && !printed.contains("secret") && !printed.contains('@'), "{printed}");
    }
}
