//! The pages on which a person invites one guest: the form, and that it was done.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::invite_fault::invitation;
use super::layout::{Frame, HiddenField, Layout, Say, write};
use crate::domain::invitations::fault::InviteError;
use crate::domain::invitations::message::MAX_MESSAGE;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// The name of the field of the address.
pub const ADDRESS: &str = "address";
/// The name of the field of the name.
pub const NAME: &str = "name";
/// The name of the fields of apps.
pub const APP: &str = "app";
/// The name of the field of the message.
pub const MESSAGE: &str = "message";
/// The name of the field of the language.
pub const LANGUAGE: &str = "language";

/// An app that may be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppChoice {
    /// What the form sends.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Whose page it is.
    pub frame: Frame,
    /// Who invites.
    pub person: String,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
    /// What the form carries back.
    pub fields: Vec<HiddenField>,
    /// The address as it was typed.
    pub address: String,
    /// The name as it was typed.
    pub name: String,
    /// The message as it was typed.
    pub message: String,
    /// The tag of the language that was chosen.
    pub language: String,
    /// The apps that may be given.
    pub apps: Vec<AppChoice>,
    /// What was wrong.
    pub fault: Option<InviteError>,
    /// Where several are invited by a file.
    pub files: LocalPath,
    /// Back to the panel.
    pub back: LocalPath,
}

/// Where a fault stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Address,
    Name,
    Message,
    Whole,
}

const fn field(fault: &InviteError) -> Field {
    match fault {
        InviteError::DomainBlocked { .. }
        | InviteError::ConsumerAddress { .. }
        | InviteError::OwnDomain { .. }
        | InviteError::AddressConflict { .. }
        | InviteError::AddressInUse
        | InviteError::EmailChars
        | InviteError::EmailShape(_)
        | InviteError::Blocked { .. }
        | InviteError::BlockedUnnamed
        | InviteError::LinksTooMany { .. }
        | InviteError::LinksTooManyUnnamed => Field::Address,
        InviteError::DisplayName(_) => Field::Name,
        InviteError::Message(_) => Field::Message,
        _ => Field::Whole,
    }
}

/// A language that a mail may be written in.
struct Spoken {
    tag: &'static str,
    name: String,
}

impl Spoken {
    fn all(say: Say<'_>) -> [Self; 4] {
        [
            Self { tag: "en", name: say.text("invite-language-en") },
            Self { tag: "fr", name: say.text("invite-language-fr") },
            Self { tag: "nl", name: say.text("invite-language-nl") },
            Self { tag: "de", name: say.text("invite-language-de") },
        ]
    }
}

#[derive(Template)]
#[template(path = "invite.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a Invite,
    languages: [Spoken; 4],
    most: usize,
    address_fault: Option<String>,
    name_fault: Option<String>,
    message_fault: Option<String>,
    fault: Option<String>,
}

impl Page for Invite {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let mut layout = Layout::new(&self.frame, say, say.text("invite-title"));
        if self.fault.is_some() {
            // A screen reader reads the title first: the fault is then known before the form.
            layout.tab = format!("{} {}", say.text("layout-error-prefix"), layout.tab);
        }
        let at = |place| {
            let fault = self.fault.as_ref().filter(|fault| field(fault) == place)?;
            Some(invitation(say, fault))
        };
        write(&Html {
            layout,
            page: self,
            languages: Spoken::all(say),
            most: MAX_MESSAGE,
            address_fault: at(Field::Address),
            name_fault: at(Field::Name),
            message_fault: at(Field::Message),
            fault: at(Field::Whole),
        })
    }
}

/// How an invitation came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CameOut {
    /// There is a new account, and a mail is on its way.
    Invited,
    /// The account was there, and has another link and mail.
    Again,
    /// The person has come already.
    Accepted,
    /// The form was sent before.
    SentBefore,
}

/// It was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestInvited {
    /// Whose page it is.
    pub frame: Frame,
    /// Who invited.
    pub person: String,
    /// Who was invited.
    pub address: String,
    /// How it came out.
    pub came_out: CameOut,
    /// The link, where it may be seen.
    pub link: Option<String>,
    /// Where the next one is invited.
    pub again: LocalPath,
    /// Back to the panel.
    pub back: LocalPath,
}

#[derive(Template)]
#[template(path = "guest_invited.html")]
struct InvitedHtml<'a> {
    layout: Layout<'a>,
    page: &'a GuestInvited,
    said: String,
}

impl Page for GuestInvited {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let (title, said) = match self.came_out {
            CameOut::Invited => (say.text("guest-invited-title"), say.text("guest-invited-new")),
            CameOut::Again => (say.text("guest-invited-again-title"), say.text("guest-invited-again")),
            CameOut::Accepted => (say.text("guest-invited-here-title"), say.text("guest-invited-here")),
            CameOut::SentBefore => (say.text("guest-invited-before-title"), say.text("guest-invited-before")),
        };
        let layout = Layout::new(&self.frame, say, title);
        write(&InvitedHtml { layout, page: self, said })
    }
}
