//! What all pages share: whose page it is, the words, hidden fields, the frame around the content.

use askama::Template;

use super::addresses::WebLink;
use super::assets::{ICON, STYLE};
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// Whose page it is, shown at its top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The name of the organisation that runs this gateway.
    pub organization: String,
    /// The name of the app that the visitor is on the way to, where that is known.
    pub app: Option<String>,
}

/// A hidden field that a form carries back to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenField {
    /// Its name.
    pub name: &'static str,
    /// Its value, as it is to arrive.
    pub value: String,
}

/// The catalogue in one language, for templates.
#[derive(Clone, Copy)]
pub(super) struct Say<'a> {
    catalogue: &'a Catalogue,
    language: Language,
}

impl<'a> Say<'a> {
    pub(super) const fn new(catalogue: &'a Catalogue, language: Language) -> Self {
        Self { catalogue, language }
    }

    pub(super) const fn tag(&self) -> &'static str {
        self.language.tag()
    }

    pub(super) fn text(&self, key: &str) -> String {
        self.catalogue.text(self.language, key, &[])
    }

    /// A text with one argument, as most of them are.
    pub(super) fn with(&self, key: &str, name: &str, value: &str) -> String {
        self.catalogue.text(self.language, key, &[(name, value.to_owned())])
    }

    pub(super) fn with_all(&self, key: &str, args: &[(&str, String)]) -> String {
        self.catalogue.text(self.language, key, args)
    }
}

/// What `layout.html` reads; each page's template holds one under the name `layout`.
pub(super) struct Layout<'a> {
    pub(super) frame: &'a Frame,
    pub(super) say: Say<'a>,
    /// The one heading of first rank.
    pub(super) title: String,
    /// The title of the tab: the heading, then whose page it is.
    pub(super) tab: String,
    /// Whether the visitor is still on the way to the app, which the head of the page then names.
    pub(super) on_the_way: bool,
    pub(super) style: String,
    pub(super) icon: String,
}

impl<'a> Layout<'a> {
    pub(super) fn new(frame: &'a Frame, say: Say<'a>, title: String) -> Self {
        let args = [("title", title.clone()), ("organization", frame.organization.clone())];
        let tab = say.with_all("layout-title", &args);
        Self { frame, say, title, tab, on_the_way: true, style: STYLE.href(), icon: ICON.href() }
    }

    /// The first letter of the organisation, for the sign beside its name.
    pub(super) fn initial(&self) -> String {
        let letter = self.frame.organization.chars().find(|letter| letter.is_alphanumeric());
        letter.map(|letter| letter.to_uppercase().to_string()).unwrap_or_default()
    }
}

/// A link with its words.
pub(super) struct NamedLink<'a> {
    pub(super) target: &'a WebLink,
    pub(super) text: String,
}

impl<'a> NamedLink<'a> {
    /// A link to the app of the frame; none without an app or an address.
    pub(super) fn to_app(say: Say<'_>, key: &str, frame: &Frame, target: Option<&'a WebLink>) -> Option<Self> {
        Some(Self { target: target?, text: say.with(key, "app", frame.app.as_ref()?) })
    }
}

/// Writes the template out.
pub(super) fn write<T: Template>(template: &T) -> String {
    let mut html = String::with_capacity(T::SIZE_HINT);
    // Writing into a String cannot fail, and no template calls anything that does.
    let _ = template.render_into(&mut html);
    html
}
