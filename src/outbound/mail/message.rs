//! The message: to whom, from whom, and its parts. What it becomes on the wire is in `compose`.

use std::fmt;

use super::line::{LanguageTag, Line, Unsubscribe};
use crate::base::clock::Timestamp;

/// The longest address (RFC 5321 4.5.3.1.3 less the angle brackets). **Units**: bytes.
const MAX_ADDRESS: usize = 254;
/// The longest text, of either part. **Units**: bytes.
pub const MAX_TEXT: usize = 64 * 1024;

/// A text that is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a mail address of the form `ana@fabrikam.example`")]
pub struct AddressError;

/// A mail address to send to or from. **Shape**: `local@domain` of at most 254 ASCII bytes, the local
/// part an RFC 5322 dot-atom of at most 64, the domain a DNS name of at least two labels; no quoted
/// local part, no comment, no address in brackets.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(pub(super) lettre::Address);

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

/// The name of a message, the same however often it is sent, so that a mail program that gets it twice can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageId(pub [u8; 16]);

/// How long an answer of the server is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// A person waits.
    Person,
    /// Nobody waits. A server that has the message gets the time to say so, since what is not known to have arrived
    /// is sent again (RFC 5321 4.5.3.2.6).
    Queue,
}

/// A message to one person.
#[derive(Clone)]
pub struct Message {
    /// To whom.
    pub to: Address,
    /// Who gets a copy.
    pub cc: Option<Address>,
    /// Who gets the answers, where it is not the sender.
    pub reply_to: Option<Address>,
    /// The name beside the sender's address, where it is not the sender's own.
    pub sender_name: Option<Line>,
    /// What it is about.
    pub subject: Line,
    /// The text. **Shape**: lines end with `\n`; at most [`MAX_TEXT`] bytes.
    pub text: String,
    /// The same in HTML, which a mail program may show instead. **Shape**: at most [`MAX_TEXT`] bytes.
    pub html: Option<String>,
    /// How mails like this one are stopped.
    pub unsubscribe: Option<Unsubscribe>,
    /// In which language it is.
    pub language: Option<LanguageTag>,
    /// Its name; a random one where it is absent.
    pub id: Option<MessageId>,
    /// When it is sent.
    pub sent_at: Timestamp,
    /// How long the server may take.
    pub patience: Patience,
}

impl Message {
    /// A plain text, for which a person waits.
    #[must_use]
    pub const fn plain(to: Address, subject: Line, text: String, sent_at: Timestamp) -> Self {
        Self {
            to,
            cc: None,
            reply_to: None,
            sender_name: None,
            subject,
            text,
            html: None,
            unsubscribe: None,
            language: None,
            id: None,
            sent_at,
            patience: Patience::Person,
        }
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Message").field("sent_at", &self.sent_at).finish_non_exhaustive()
    }
}

/// From whom all mail comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The address; failures come there, and answers where a message says nothing else.
    pub address: Address,
    /// The name that a mail program shows.
    pub name: Option<Line>,
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let subject = Line::parse("secret subject").unwrap();
        let to = || Address::parse("ana@fabrikam.example").unwrap();
        let message = Message::plain(to(), subject, "secret text".to_owned(), Timestamp::EPOCH);
        let printed = format!("{message:?} {:?}", Sender { address: to(), name: None });
        assert!(!printed.contains("fabrikam") && !printed.contains("secret") && !printed.contains('@'), "{printed}");
    }
}
