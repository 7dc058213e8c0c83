//! The page that shows new recovery codes. It can be printed, and is left once they are kept.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::layout::{Frame, HiddenField, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// The codes. Its button sends `action`: `kept`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryCodes {
    /// Whose page it is.
    pub frame: Frame,
    /// Whose codes they are, for the print.
    pub person: String,
    /// The codes.
    pub codes: Vec<String>,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
    /// What the form carries back.
    pub fields: Vec<HiddenField>,
}

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a RecoveryCodes,
    whose: String,
}

impl Page for RecoveryCodes {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let args = [("person", self.person.clone()), ("organization", self.frame.organization.clone())];
        let whose = say.with_all("recovery-for", &args);
        let layout = Layout::new(&self.frame, say, say.text("recovery-title"));
        write(&Html { layout, page: self, whose })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}
