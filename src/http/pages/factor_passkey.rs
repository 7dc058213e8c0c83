//! The page on which a passkey is used or made. It is the one page that cannot do without a script, and
//! says so where none runs.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::assets::PASSKEY;
use super::fault::{Fault, note};
use super::layout::{Frame, HiddenField, Layout, Say, write};
use super::policy::{PagePolicy, Scripts};
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// Which ceremony.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceremony {
    /// A passkey is used.
    Get,
    /// A passkey is made.
    Create,
}

/// A passkey is asked for. The form sends `credential`, which the script fills, and where a passkey is
/// made its `label`; the buttons send `action`: `check` or `ways`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorPasskey {
    /// Whose page it is.
    pub frame: Frame,
    /// Who is signed in.
    pub person: String,
    /// Which ceremony.
    pub ceremony: Ceremony,
    /// What the browser's call takes, as JSON.
    pub options: String,
    /// What was wrong with the last answer.
    pub fault: Option<Fault>,
    /// The attempt, to quote.
    pub attempt: String,
    /// Whether there is another way.
    pub has_other_ways: bool,
    /// Where the forms are sent, by POST.
    pub action: LocalPath,
    /// What the forms carry back.
    pub fields: Vec<HiddenField>,
}

impl FactorPasskey {
    fn is_made(&self) -> bool {
        self.ceremony == Ceremony::Create
    }
}

#[derive(Template)]
#[template(path = "factor_passkey.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a FactorPasskey,
    intro: String,
    submit: String,
    fault: Option<String>,
    script: String,
}

impl Page for FactorPasskey {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let (title, intro, submit) = match self.ceremony {
            Ceremony::Get => ("factor-passkey-title", "factor-passkey-intro", "factor-passkey-submit"),
            Ceremony::Create => {
                ("factor-passkey-setup-title", "factor-passkey-setup-intro", "factor-passkey-setup-submit")
            }
        };
        let fault = self.fault.map(|fault| fault.text(say, &self.frame));
        let mut layout = Layout::new(&self.frame, say, say.text(title));
        note(&mut layout, fault.as_ref());
        let (intro, submit) = (say.text(intro), say.text(submit));
        write(&Html { layout, page: self, intro, submit, fault, script: PASSKEY.href() })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy { scripts: Scripts::OwnFile, ..PagePolicy::on_the_way() }
    }
}
