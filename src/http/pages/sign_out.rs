//! Signing out: the question before, where no valid hint came with the request, and the honest
//! page after.

use askama::Template;

use super::Page;
use super::addresses::{LocalPath, WebLink};
use super::layout::{Frame, HiddenField, Layout, NamedLink, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// The question whether to sign out, so that a stranger's page cannot do it alone. Its buttons
/// send `decision`: `sign_out` or `stay`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOutConfirm {
    /// Whose page it is; its app, if any, is the one that asks.
    pub frame: Frame,
    /// Who is signed in, if anyone.
    pub person: Option<String>,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
    /// What the form carries back, the state token among it.
    pub fields: Vec<HiddenField>,
}

#[derive(Template)]
#[template(path = "sign_out_confirm.html")]
struct ConfirmHtml<'a> {
    layout: Layout<'a>,
    page: &'a SignOutConfirm,
    sentence: String,
}

impl Page for SignOutConfirm {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let mut args = vec![("organization", self.frame.organization.clone())];
        let key = match &self.frame.app {
            Some(app) => {
                args.push(("app", app.clone()));
                "sign-out-app"
            }
            None => "sign-out-plain",
        };
        let sentence = say.with_all(key, &args);
        let mut layout = Layout::new(&self.frame, say, say.text("sign-out-title"));
        layout.on_the_way = false;
        write(&ConfirmHtml { layout, page: self, sentence })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}

/// The session here has ended; what that does not end is said plainly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOut {
    /// Whose page it is.
    pub frame: Frame,
    /// Back to the app, named in the frame, only if the address was validated.
    pub back: Option<WebLink>,
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOutHtml<'a> {
    layout: Layout<'a>,
    page: &'a SignedOut,
    back: Option<NamedLink<'a>>,
}

impl Page for SignedOut {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let back = NamedLink::to_app(say, "signed-out-back", &self.frame, self.back.as_ref());
        let mut layout = Layout::new(&self.frame, say, say.text("signed-out-title"));
        layout.on_the_way = false;
        write(&SignedOutHtml { layout, page: self, back })
    }
}
