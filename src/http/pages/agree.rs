//! The page that asks whether an invited account is to be the person's, once, after they were proven.

use askama::Template;

use super::Page;
use super::addresses::{LocalPath, WebLink};
use super::layout::{Frame, HiddenField, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// The question. Its buttons send `decision`: `accept` or `cancel`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agree {
    /// Whose page it is.
    pub frame: Frame,
    /// Who was invited.
    pub person: String,
    /// Who vouches for the person; nobody where a mailed code does.
    pub partner: Option<String>,
    /// What the organisation says of privacy.
    pub privacy: Option<WebLink>,
    /// Whom to ask about it.
    pub contact: Option<String>,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
    /// What the form carries back.
    pub fields: Vec<HiddenField>,
}

#[derive(Template)]
#[template(path = "agree.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a Agree,
}

impl Page for Agree {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let title = say.with("agree-title", "organization", &self.frame.organization);
        let layout = Layout::new(&self.frame, say, title);
        write(&Html { layout, page: self })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}
