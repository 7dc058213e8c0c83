//! The page that lets the visitor choose an account (`prompt=select_account`, OIDC Core 3.1.2.1).

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::layout::{Frame, HiddenField, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// The choice between the account of the session and another. Its buttons send `account`:
/// `current` or `other`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectAccount {
    /// Whose page it is.
    pub frame: Frame,
    /// Who is signed in: a name, or the mail address where no name is known.
    pub person: String,
    /// The mail address beside a name.
    pub address: Option<String>,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
    /// What the form carries back.
    pub fields: Vec<HiddenField>,
}

#[derive(Template)]
#[template(path = "select_account.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a SelectAccount,
}

impl Page for SelectAccount {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let layout = Layout::new(&self.frame, say, say.text("select-account-title"));
        write(&Html { layout, page: self })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}
