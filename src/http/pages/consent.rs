//! The page that asks before an app is told who the visitor is (`prompt=consent`, OIDC Core
//! 3.1.2.4).

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::layout::{Frame, HiddenField, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// Something that the app will receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// Scope `openid`.
    Identity,
    /// Scope `profile`.
    Profile,
    /// Scope `email`.
    Email,
    /// Scope `groups`.
    Groups,
    /// What rules of the organisation tell the app, whatever the scopes.
    Chosen,
}

impl Shared {
    /// What a scope shares; nothing for a scope that is not known here.
    #[must_use]
    pub fn of_scope(scope: &str) -> Option<Self> {
        match scope {
            "openid" => Some(Self::Identity),
            "profile" => Some(Self::Profile),
            "email" => Some(Self::Email),
            "groups" => Some(Self::Groups),
            _ => None,
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Identity => "consent-identity",
            Self::Profile => "consent-profile",
            Self::Email => "consent-email",
            Self::Groups => "consent-groups",
            Self::Chosen => "consent-chosen",
        }
    }
}

/// The question whether to go on to the app. Its buttons send `decision`: `accept` or `cancel`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Whose page it is.
    pub frame: Frame,
    /// The app that asks.
    pub app: String,
    /// Who signs in: a name or a mail address.
    pub person: String,
    /// What the app will receive, in the order of its scopes.
    pub shared: Vec<Shared>,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
    /// What the form carries back.
    pub fields: Vec<HiddenField>,
}

#[derive(Template)]
#[template(path = "consent.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a Consent,
    intro: String,
}

impl Page for Consent {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let intro = say.with("consent-intro", "app", &self.app);
        let layout = Layout::new(&self.frame, say, say.with("consent-title", "app", &self.app));
        write(&Html { layout, page: self, intro })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_shares_what_it_names_and_an_unknown_one_nothing() {
        assert_eq!(Shared::of_scope("openid"), Some(Shared::Identity));
        assert_eq!(Shared::of_scope("profile"), Some(Shared::Profile));
        assert_eq!(Shared::of_scope("email"), Some(Shared::Email));
        assert_eq!(Shared::of_scope("groups"), Some(Shared::Groups));
        assert_eq!(Shared::of_scope("Openid"), None);
        assert_eq!(Shared::of_scope(""), None);
    }
}
