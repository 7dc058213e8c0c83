//! The page that offers to send a code by mail.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::fault::{Fault, note};
use super::layout::{Frame, HiddenField, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// The offer. Its buttons send `action`: `send` or `ways`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorSend {
    /// Whose page it is.
    pub frame: Frame,
    /// Who is signed in.
    pub person: String,
    /// Where the code goes, masked.
    pub address: String,
    /// What was wrong with the last answer.
    pub fault: Option<Fault>,
    /// The attempt, to quote.
    pub attempt: String,
    /// Whether there is another way.
    pub has_other_ways: bool,
    /// Where the forms are sent, by POST.
    pub action: LocalPath,
    /// What the forms carry back.
    pub fields: Vec<HiddenField>,
}

#[derive(Template)]
#[template(path = "factor_send.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a FactorSend,
    intro: String,
    fault: Option<String>,
}

impl Page for FactorSend {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let intro = say.with("factor-send-intro", "address", &self.address);
        let fault = self.fault.map(|fault| fault.text(say, &self.frame));
        let mut layout = Layout::new(&self.frame, say, say.text("factor-send-title"));
        note(&mut layout, fault.as_ref());
        write(&Html { layout, page: self, intro, fault })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}
