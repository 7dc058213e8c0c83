//! The mail that invites a person: its parts gathered, cleaned and put into words.

use url::Url;

use super::unwanted;
use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;
use crate::domain::mail::MailAddress;
use crate::domain::mails::{MailId, MailKind, QueuedMail};
use crate::flows::services::Services;
use crate::outbound::mail::Line;
use crate::outbound::mail::line::readable;
use crate::texts::invitation::{self, Invitation, Templates};
use crate::texts::language::Language;

/// The longest message of an inviter. **Units**: characters.
pub const MAX_MESSAGE: usize = 4_000;
/// The longest name that is shown. **Units**: characters.
const MAX_NAME: usize = 100;

/// What an invitation says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationMail {
    /// Who is invited.
    pub to: MailAddress,
    /// Who gets a copy.
    pub cc: Option<MailAddress>,
    /// Who invites; absent where an app or an operator does.
    pub inviter_name: Option<String>,
    /// Where the inviter is reached; answers go there.
    pub inviter_mail: Option<MailAddress>,
    /// What the inviter has written. It is left out where the inviter has no address, so that nobody writes to
    /// strangers who cannot be answered.
    pub message: Option<String>,
    /// The link that accepts.
    pub link: String,
    /// Where it leads in the end: an address of the web.
    pub lands_on: String,
    /// In which language; [`language`] chooses.
    pub language: Language,
    /// The privacy statement.
    pub privacy_url: Option<String>,
    /// Whether there is nothing to accept.
    pub pre_redeemed: bool,
    /// Whom it is about.
    pub about: GuestId,
    /// The present time.
    pub now: Timestamp,
}

/// The language of a mail: the first of these tags that is spoken here, by itself or without its last subtags, else
/// that of the organisation. The order is: what was asked for, what the person prefers, what their organisation does.
#[must_use]
pub fn language(services: &Services, wishes: &[Option<&str>]) -> Language {
    Language::first_of(wishes).unwrap_or(services.settings.mail.language)
}

/// The mail, for [`enqueue_mail`](super::queue::enqueue_mail). A template of the administrator's that fails is logged,
/// and the built-in one serves in its place: an invitation is not lost by it.
#[must_use]
pub fn invitation(services: &Services, said: &InvitationMail) -> QueuedMail {
    let organization = &services.settings.organization;
    let block_link = unwanted::link(services, &said.to);
    let answerable = said.inviter_mail.is_some();
    let shown = Invitation {
        inviter: said.inviter_name.as_deref().and_then(name),
        inviter_mail: said.inviter_mail.as_ref().map(ToString::to_string),
        organization: name(&organization.name).unwrap_or_else(|| organization.domain.to_string()),
        domain: organization.domain.to_string(),
        message_lines: lines(said.message.as_deref().filter(|_| answerable).unwrap_or_default()),
        link: said.link.clone(),
        host: host(&said.link),
        target: host(&said.lands_on),
        accepted: said.pre_redeemed,
        privacy_url: said.privacy_url.clone().filter(|url| is_web(url)),
        block_link: block_link.clone(),
        address: said.to.to_string(),
    };
    let in_words =
        |templates: &Templates| invitation::invitation(&services.catalogue, templates, said.language, &shown);
    let words = in_words(&services.settings.mail.templates).or_else(|fault| {
        tracing::error!(%fault, "the template of an invitation fails; the built-in one is used");
        in_words(&Templates::default())
    });
    let words = words.unwrap_or_else(|fault| {
        // The built-in ones are held by tests; a mail with its link alone is better than none.
        tracing::error!(%fault, "the built-in template of an invitation fails");
        invitation::bare(&services.catalogue, said.language, &shown)
    });
    QueuedMail {
        id: MailId::new(said.now, services.random.as_ref()),
        kind: MailKind::Invitation,
        about: Some(said.about),
        to: said.to.clone(),
        cc: said.cc.clone(),
        reply_to: said.inviter_mail.clone(),
        sender_name: words.sender,
        subject: words.subject,
        text: words.text,
        html: words.html,
        list_unsubscribe: Some(block_link),
        language: said.language.tag().to_owned(),
        queued_at: said.now,
    }
}

/// A name on one line.
pub(super) fn name(text: &str) -> Option<String> {
    Line::cleaned(text, MAX_NAME).map(|line| line.as_str().to_owned())
}

/// A message line by line, each without what is not for reading.
fn lines(message: &str) -> Vec<String> {
    let message: String = message.chars().take(MAX_MESSAGE).collect();
    message.trim().lines().map(readable).collect()
}

fn is_web(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
}

/// The host and port of an address; the text itself, on one line, where it is none.
fn host(address: &str) -> String {
    let host = Url::parse(address).ok().and_then(|url| {
        let host = url.host_str()?.to_owned();
        Some(url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}")))
    });
    host.or_else(|| name(address)).unwrap_or_default()
}
