//! The page on which people manage their own second factors, and who is not signed in is told so.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::layout::{Frame, HiddenField, Layout, Say, write};
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// A factor in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id, which its form sends as `factor`.
    pub id: String,
    /// What its owner calls it.
    pub label: String,
    /// Whether it is a passkey, else an authenticator app.
    pub is_passkey: bool,
    /// The day on which it was added. **Shape**: `2026-11-25`.
    pub added: String,
    /// The day on which it was last used.
    pub used: Option<String>,
}

/// What has just been done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// A factor has another name.
    Renamed,
    /// A factor was removed.
    Removed,
}

/// Whether something can be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adding {
    /// These kinds, by the value of `kind`.
    Kinds {
        /// A passkey.
        passkey: bool,
        /// An authenticator app.
        totp: bool,
    },
    /// After a fresh sign-in; this is where one signs out.
    AfterSignIn {
        /// Where to sign out.
        sign_out: LocalPath,
    },
}

/// One's own factors. Its forms send `action`: `add` with `kind`, `rename` and `remove` with `factor`,
/// or `new_codes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityInfo {
    /// Whose page it is.
    pub frame: Frame,
    /// Who is signed in.
    pub person: String,
    /// What is enrolled.
    pub factors: Vec<Line>,
    /// How many recovery codes are left.
    pub recovery_codes: usize,
    /// What can be added.
    pub adding: Adding,
    /// Whether the person is sent a code by mail at present.
    pub is_mailed: bool,
    /// What has just been done.
    pub done: Option<Done>,
    /// Where the forms are sent, by POST.
    pub action: LocalPath,
    /// What the forms carry back.
    pub fields: Vec<HiddenField>,
}

#[derive(Template)]
#[template(path = "security_info.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a SecurityInfo,
    done: Option<String>,
    none: String,
    codes: String,
    add: String,
}

impl Page for SecurityInfo {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let done = self.done.map(|done| match done {
            Done::Renamed => say.text("security-done-renamed"),
            Done::Removed => say.text("security-done-removed"),
        });
        let none = say.text(if self.is_mailed { "security-none-mail" } else { "security-none" });
        let codes = match self.recovery_codes {
            0 => say.text("security-codes-none"),
            count => say.with("security-codes-left", "count", &count.to_string()),
        };
        let add = say.text(if self.factors.is_empty() { "security-add-first" } else { "security-add" });
        let layout = Layout::new(&self.frame, say, say.text("security-title"));
        write(&Html { layout, page: self, done, none, codes, add })
    }
}

/// Nobody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityInfoSignedOut {
    /// Whose page it is.
    pub frame: Frame,
}

#[derive(Template)]
#[template(path = "security_info_signed_out.html")]
struct SignedOutHtml<'a> {
    layout: Layout<'a>,
}

impl Page for SecurityInfoSignedOut {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        write(&SignedOutHtml { layout: Layout::new(&self.frame, say, say.text("security-out-title")) })
    }
}
