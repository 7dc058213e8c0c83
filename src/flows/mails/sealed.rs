//! What is written in a mail, as it is kept: sealed for its row, so that who reads the database reads no mail.

use crate::base::binary::{BinaryError, Reader, Writer};
use crate::base::clock::Timestamp;
use crate::base::random::Random;
use crate::base::sealing::{Purpose, SealError, Sealer};
use crate::domain::guests::GuestId;
use crate::domain::mail::MailAddress;
use crate::domain::mails::{MailId, MailKind, QueuedMail, SealedMail};

const VERSION: u8 = 1;
/// A field of a record holds no more.
const PIECE: usize = 32 * 1024;

/// Seals a mail.
///
/// # Errors
/// [`SealError`], which no mail within its limits meets.
pub(super) fn seal(sealer: &Sealer, random: &dyn Random, mail: &QueuedMail) -> Result<SealedMail, SealError> {
    let mut writer = Writer::new();
    writer
        .byte(VERSION)
        .text(mail.to.as_str())
        .optional_text(mail.cc.as_ref().map(MailAddress::as_str))
        .optional_text(mail.reply_to.as_ref().map(MailAddress::as_str))
        .texts(pieces(&mail.sender_name).into_iter())
        .texts(pieces(&mail.subject).into_iter())
        .texts(pieces(&mail.text).into_iter())
        .byte(u8::from(mail.html.is_some()))
        .texts(pieces(mail.html.as_deref().unwrap_or_default()).into_iter())
        .optional_text(mail.list_unsubscribe.as_deref())
        .text(&mail.language);
    let sealed = sealer.seal(random, Purpose::OutboxMail, &place(mail.id), &writer.finish())?;
    let QueuedMail { id, kind, about, queued_at, .. } = *mail;
    Ok(SealedMail { id, kind, about, sealed, queued_at })
}

/// What was sealed does not open, or is nothing that [`seal`] has sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

impl From<SealError> for Unreadable {
    fn from(_: SealError) -> Self {
        Self
    }
}

impl From<BinaryError> for Unreadable {
    fn from(_: BinaryError) -> Self {
        Self
    }
}

/// Opens what [`seal`] has sealed.
///
/// # Errors
/// [`Unreadable`].
pub(super) fn open(sealer: &Sealer, mail: &SealedMail) -> Result<QueuedMail, Unreadable> {
    open_parts(sealer, mail.id, mail.kind, mail.about, &mail.sealed, mail.queued_at)
}

/// The same, of the parts of a row.
///
/// # Errors
/// [`Unreadable`].
pub(super) fn open_parts(
    sealer: &Sealer,
    id: MailId,
    kind: MailKind,
    about: Option<GuestId>,
    sealed: &[u8],
    queued_at: Timestamp,
) -> Result<QueuedMail, Unreadable> {
    let plain = sealer.open(Purpose::OutboxMail, &place(id), sealed)?;
    let mut reader = Reader::new(&plain);
    if reader.byte()? != VERSION {
        return Err(Unreadable);
    }
    let address = |text: &str| MailAddress::parse(text).map_err(|_| Unreadable);
    let to = address(&reader.text()?)?;
    let cc = reader.optional_text()?.as_deref().map(address).transpose()?;
    let reply_to = reader.optional_text()?.as_deref().map(address).transpose()?;
    let sender_name = reader.texts()?.concat();
    let subject = reader.texts()?.concat();
    let text = reader.texts()?.concat();
    let has_html = reader.byte()? == 1;
    let html = Some(reader.texts()?.concat()).filter(|_| has_html);
    let list_unsubscribe = reader.optional_text()?;
    let language = reader.text()?;
    reader.finish()?;
    Ok(QueuedMail {
        id,
        kind,
        about,
        to,
        cc,
        reply_to,
        sender_name,
        subject,
        text,
        html,
        list_unsubscribe,
        language,
        queued_at,
    })
}

/// A sealed mail opens in its own row alone.
fn place(id: MailId) -> Vec<u8> {
    [b"outbox ".as_slice(), id.as_bytes()].concat()
}

/// A text in pieces that a record holds.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, tail) = rest.split_at(rest.floor_char_boundary(PIECE));
        pieces.push(piece);
        rest = tail;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::random::SystemRandom;
    use crate::base::secret::SecretBytes;

    fn sealer() -> Sealer {
        Sealer::new(&SecretBytes::new(vec![7; 32]), &[]).unwrap()
    }

    fn mail(text: &str) -> QueuedMail {
        let queued_at = Timestamp::from_seconds(1_790_000_000);
        let address = |text| MailAddress::parse(text).unwrap();
        QueuedMail {
            id: MailId::new(queued_at, &SystemRandom),
            kind: MailKind::Invitation,
            about: None,
            to: address("ana@fabrikam.example"),
            cc: Some(address("eva@fabrikam.example")),
            reply_to: None,
            sender_name: "Contoso".to_owned(),
            subject: "Größe".to_owned(),
            text: text.to_owned(),
            html: Some(format!("<p>{text}</p>")),
            list_unsubscribe: None,
            language: "en".to_owned(),
            queued_at,
        }
    }

    #[test]
    fn what_was_sealed_opens_as_it_was_however_long() {
        for text in ["", "Hello\n", &"ö".repeat(40_000)] {
            let mail = mail(text);
            let sealed = seal(&sealer(), &SystemRandom, &mail).unwrap();
            assert!(open(&sealer(), &sealed) == Ok(mail.clone()), "{}", text.len());
            let plain = QueuedMail { html: None, cc: None, ..mail };
            assert!(open(&sealer(), &seal(&sealer(), &SystemRandom, &plain).unwrap()) == Ok(plain));
        }
    }

    #[test]
    fn a_mail_opens_in_its_own_row_alone() {
        let (one, other) = (mail("one"), mail("other"));
        let sealed = seal(&sealer(), &SystemRandom, &one).unwrap();
        assert!(!sealed.sealed.windows(3).any(|part| part == b"ana"));
        assert_eq!(open(&sealer(), &SealedMail { id: other.id, ..sealed }), Err(Unreadable));
    }
}
