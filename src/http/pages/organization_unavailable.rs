//! The page for a mail address that leads to no organisation.
//!
//! It is the same, status 200 included, whether the domain is unknown, its partner is switched
//! off or its trust has expired: whom we work with is not told to those who guess.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::layout::{Frame, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// No organisation to sign in at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationUnavailable {
    /// Whose page it is.
    pub frame: Frame,
    /// The address that was entered, so that a typing mistake is seen.
    pub address: String,
    /// The public, stable code.
    pub code: String,
    /// The attempt, for those who can look it up.
    pub attempt: String,
    /// Whether the link of an invitation may help.
    pub link: LinkHint,
    /// Where another address can be entered, by GET.
    pub again: LocalPath,
}

/// Whether a person is told of the link of their invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkHint {
    /// They are.
    Given,
    /// They came by it.
    Unneeded,
}

impl OrganizationUnavailable {
    fn hints_at_link(&self) -> bool {
        self.link == LinkHint::Given
    }
}

#[derive(Template)]
#[template(path = "organization_unavailable.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a OrganizationUnavailable,
}

impl Page for OrganizationUnavailable {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let layout = Layout::new(&self.frame, say, say.text("organization-unavailable-title"));
        write(&Html { layout, page: self })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}
