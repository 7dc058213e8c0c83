//! The page that hands an answer over to an app by a form, as SAML has it.
//!
//! Our script presses the button; without script the visitor does. The form goes to the address that was
//! held against the app's record.

use askama::Template;

use super::Page;
use super::addresses::{Origin, WebLink};
use super::assets::RESUBMIT;
use super::layout::{Frame, HiddenField, Layout, Say, write};
use super::policy::{FormTarget, PagePolicy, Scripts};
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// A form that takes an answer to an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// Whose page it is.
    pub frame: Frame,
    /// The name of where it goes.
    pub name: String,
    /// Where and what.
    pub form: AppForm,
}

/// A form whose address is an app's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppForm {
    /// Where it is sent, by POST; validated against the app's record.
    pub action: WebLink,
    /// What it carries.
    pub fields: Vec<HiddenField>,
}

impl AppForm {
    /// Whereto the form's journey may lead. What the app does with the answer is its own affair, a redirect
    /// to another of its hosts included, and Chromium holds every redirect against the policy; so https as
    /// such is allowed beside the address. An address on loopback is alone.
    #[must_use]
    pub fn targets(&self) -> Vec<FormTarget> {
        let address = self.action.to_string();
        let origin = Origin::parse(&address).ok().map(FormTarget::Origin);
        let https = address.starts_with("https:").then_some(FormTarget::AnyHttps);
        origin.into_iter().chain(https).collect()
    }
}

#[derive(Template)]
#[template(path = "handover.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a AppForm,
    button: String,
    script: String,
}

impl Page for Handover {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let button = say.with("handover-submit", "name", &self.name);
        let mut layout = Layout::new(&self.frame, say, say.with("handover-title", "name", &self.name));
        layout.on_the_way = false;
        write(&Html { layout, page: &self.form, button, script: RESUBMIT.href() })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy { scripts: Scripts::OwnFile, form_targets: self.form.targets(), ..PagePolicy::on_the_way() }
    }
}
