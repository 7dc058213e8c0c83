//! The page that asks for a code: of an authenticator app, by mail, or for recovery.

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::fault::{Fault, note};
use super::layout::{Frame, HiddenField, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// Which code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeOf {
    /// An authenticator app.
    App,
    /// A mail that was sent to this address.
    Mail {
        /// The address, masked.
        address: String,
    },
    /// The list of recovery codes.
    Recovery,
}

/// A code is asked for. Its buttons send `action`: `check`, for a mail also `send`, or `ways`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorCode {
    /// Whose page it is.
    pub frame: Frame,
    /// Who is signed in.
    pub person: String,
    /// Which code.
    pub code: CodeOf,
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

#[derive(Template)]
#[template(path = "factor_code.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a FactorCode,
    intro: String,
    label: &'static str,
    hint: &'static str,
    fault: Option<String>,
}

impl FactorCode {
    const fn is_digits(&self) -> bool {
        !matches!(self.code, CodeOf::Recovery)
    }

    const fn is_mail(&self) -> bool {
        matches!(self.code, CodeOf::Mail { .. })
    }
}

impl Page for FactorCode {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let (title, label, hint) = match self.code {
            CodeOf::App => ("factor-totp-title", "factor-totp-label", "factor-totp-hint"),
            CodeOf::Mail { .. } => ("factor-mail-title", "factor-mail-label", "factor-mail-hint"),
            CodeOf::Recovery => ("factor-recovery-title", "factor-recovery-label", "factor-recovery-hint"),
        };
        let intro = match &self.code {
            CodeOf::App => say.with("factor-totp-intro", "organization", &self.frame.organization),
            CodeOf::Mail { address } => say.with("factor-mail-intro", "address", address),
            CodeOf::Recovery => say.text("factor-recovery-intro"),
        };
        let fault = self.fault.map(|fault| fault.text(say, &self.frame));
        let mut layout = Layout::new(&self.frame, say, say.text(title));
        note(&mut layout, fault.as_ref());
        write(&Html { layout, page: self, intro, label, hint, fault })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}
