//! The page of the link in a mail: may invitations be sent to this address? Its button sends `decision`.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::layout::{Frame, HiddenField, Layout, Say, write};
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// Whether invitations are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invitations {
    /// They are; the button blocks them.
    Sent,
    /// They are blocked; the button allows them.
    Blocked,
}

/// How things stand, and the button that turns them round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailBlock {
    /// Whose page it is.
    pub frame: Frame,
    /// The address that the mail went to.
    pub address: String,
    /// How things stand.
    pub invitations: Invitations,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
    /// What the form carries back: the token of the link.
    pub fields: Vec<HiddenField>,
}

#[derive(Template)]
#[template(path = "mail_block.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a MailBlock,
    stands: &'static str,
    decision: &'static str,
    button: &'static str,
}

impl Page for MailBlock {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let (stands, decision, button) = match self.invitations {
            Invitations::Sent => ("mail-block-open", "block", "mail-block-block"),
            Invitations::Blocked => ("mail-block-blocked", "unblock", "mail-block-unblock"),
        };
        let layout = Layout::new(&self.frame, say, say.text("mail-block-title"));
        write(&Html { layout, page: self, stands, decision, button })
    }
}
