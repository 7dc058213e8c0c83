//! The page of an invitation whose link was opened. It does nothing by itself, since mail scanners open links too.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::layout::{Frame, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// What the link and the form have.
pub const TICKET_FIELD: &str = "ticket";

/// An invitation.
#[derive(Clone, PartialEq, Eq)]
pub struct Invited {
    /// Whose page it is.
    pub frame: Frame,
    /// What opens it.
    pub ticket: String,
    /// Who invited, where that is told.
    pub inviter: Option<String>,
    /// The address that was invited.
    pub address: String,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
}

#[derive(Template)]
#[template(path = "invited.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a Invited,
}

impl Page for Invited {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let title = say.with("invited-title", "organization", &self.frame.organization);
        let layout = Layout::new(&self.frame, say, title);
        write(&Html { layout, page: self })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}
