//! The page that asks which of the organisations that share a mail domain the visitor is from. Its buttons send
//! `organization`, the random handle of one.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::home_realm::{ByMail, Choice};
use super::layout::{Frame, HiddenField, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// The choice between organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationChoice {
    /// Whose page it is.
    pub frame: Frame,
    /// The address that was entered; empty where the app named the domain.
    pub address: String,
    /// Between which.
    pub choices: Vec<Choice>,
    /// Whether a code by mail may be had beside them.
    pub by_mail: ByMail,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
    /// What the form carries back.
    pub fields: Vec<HiddenField>,
    /// Where another address can be entered, by GET.
    pub again: LocalPath,
}

impl OrganizationChoice {
    fn offers_code(&self) -> bool {
        self.by_mail == ByMail::Offered
    }
}

#[derive(Template)]
#[template(path = "organization_choice.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a OrganizationChoice,
}

impl Page for OrganizationChoice {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let layout = Layout::new(&self.frame, say, say.text("organization-choice-title"));
        write(&Html { layout, page: self })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}
