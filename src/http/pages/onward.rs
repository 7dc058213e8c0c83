//! The page that takes the visitor to another site after a form was sent.
//!
//! Chromium applies `form-action` to every redirect that follows a submit, those of the partner
//! and of the app among them. A form's answer that leads off our site is therefore this page with
//! status 200: its refresh is a navigation of its own, to which `form-action` does not apply. No
//! list of partners has to stand in a policy for all to read. Works without script.

use askama::Template;

use super::Page;
use super::addresses::WebLink;
use super::layout::{Frame, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// On to a partner or to an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onward {
    /// Whose page it is.
    pub frame: Frame,
    /// The name of the partner or app.
    pub name: String,
    /// Where it goes; validated against the record of the partner or app.
    pub target: WebLink,
}

#[derive(Template)]
#[template(path = "onward.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a Onward,
    link: String,
}

impl Page for Onward {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let link = say.with("onward-link", "name", &self.name);
        let mut layout = Layout::new(&self.frame, say, say.with("onward-title", "name", &self.name));
        layout.on_the_way = false;
        write(&Html { layout, page: self, link })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}
