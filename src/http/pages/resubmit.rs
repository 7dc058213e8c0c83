//! The page that sends a partner's answer once more, from our own site.
//!
//! A partner's answer comes as a POST from another site, and browsers leave out cookies that are
//! `SameSite=Lax`. The same POST from a page of ours carries them. Our script presses the button;
//! without script the visitor does.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::assets::RESUBMIT;
use super::layout::{Frame, HiddenField, Layout, Say, write};
use super::policy::{PagePolicy, Scripts};
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// A form that sends what came, to where it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resubmit {
    /// Whose page it is.
    pub frame: Frame,
    /// Where the form is sent, by POST: the address at which the answer arrived.
    pub action: LocalPath,
    /// `SAMLResponse` and `RelayState` as they came, and whatever marks the second pass.
    pub fields: Vec<HiddenField>,
}

#[derive(Template)]
#[template(path = "resubmit.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a Resubmit,
    script: String,
}

impl Page for Resubmit {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let layout = Layout::new(&self.frame, say, say.text("resubmit-title"));
        write(&Html { layout, page: self, script: RESUBMIT.href() })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy { scripts: Scripts::OwnFile, ..PagePolicy::on_the_way() }
    }
}
