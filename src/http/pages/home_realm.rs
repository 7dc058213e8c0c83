//! The page that asks from which organisation the visitor comes.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::layout::{Frame, HiddenField, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// The name of the form's one visible field.
pub const ADDRESS_FIELD: &str = "email";
/// What the button of an organisation sends: its handle.
pub const ORGANIZATION_FIELD: &str = "organization";
/// What the button sends that forgets the organisation of last time.
pub const FORGET_FIELD: &str = "forget";

/// What the button sends that asks for a code by mail: `code`.
pub const BY_FIELD: &str = "by";

/// An organisation that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// What its button sends.
    pub handle: String,
}

/// What is wrong with the address that was sent. An organisation that is not known here is no
/// fault of the address: see [`organization_unavailable`](super::organization_unavailable).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressFault {
    /// Nothing was entered.
    Missing,
    /// It is no mail address.
    Malformed,
}

/// The choice of an organisation by mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeRealm {
    /// Whose page it is.
    pub frame: Frame,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
    /// What the form carries back beside the address.
    pub fields: Vec<HiddenField>,
    /// The address as it was entered before, else empty.
    pub address: String,
    /// What was wrong with it.
    pub fault: Option<AddressFault>,
    /// The organisation of last time.
    pub remembered: Option<Choice>,
    /// Whether a code by mail may be had.
    pub by_mail: ByMail,
}

/// Whether the page has a button for a code by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByMail {
    /// It has.
    Offered,
    /// It has not.
    NotOffered,
}

impl HomeRealm {
    fn offers_code(&self) -> bool {
        self.by_mail == ByMail::Offered
    }
}

#[derive(Template)]
#[template(path = "home_realm.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a HomeRealm,
    fault: Option<String>,
}

impl Page for HomeRealm {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let fault = self.fault.map(|fault| match fault {
            AddressFault::Missing => say.text("home-realm-missing"),
            AddressFault::Malformed => say.text("home-realm-malformed"),
        });
        let mut layout = Layout::new(&self.frame, say, say.text("home-realm-title"));
        if fault.is_some() {
            // A screen reader reads the title first: the fault is then known before the form.
            layout.tab = format!("{} {}", say.text("layout-error-prefix"), layout.tab);
        }
        write(&Html { layout, page: self, fault })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}
