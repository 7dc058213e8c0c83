//! The pages on which a guest ends their account here: the question, and that it has ended.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::layout::{Frame, HiddenField, Layout, Say, write};
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// Whose page it is.
    pub frame: Frame,
    /// Who is signed in.
    pub person: String,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
    /// What the form carries back.
    pub fields: Vec<HiddenField>,
    /// Where everything stays as it is.
    pub back: LocalPath,
}

/// It has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Whose page it is.
    pub frame: Frame,
}

#[derive(Template)]
#[template(path = "leave.html")]
struct LeaveHtml<'a> {
    layout: Layout<'a>,
    page: &'a Leave,
}

#[derive(Template)]
#[template(path = "left.html")]
struct LeftHtml<'a> {
    layout: Layout<'a>,
}

impl Page for Leave {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let layout = Layout::new(&self.frame, say, say.with("leave-title", "organization", &self.frame.organization));
        write(&LeaveHtml { layout, page: self })
    }
}

impl Page for Left {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let layout = Layout::new(&self.frame, say, say.text("left-title"));
        write(&LeftHtml { layout })
    }
}
