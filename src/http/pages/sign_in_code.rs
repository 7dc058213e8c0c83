//! The pages of sign-in by a code that is mailed: one offers it, one asks for it. They are the same whether the address
//! has an account, status 200 included.

use std::time::Duration;

use askama::Template;

use super::Page;
use super::addresses::LocalPath;
use super::fault::{Fault, note};
use super::layout::{Frame, HiddenField, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Whether a code is to be sent.
    MayBeSent,
    /// The code.
    Code,
}

/// What was wrong with the last answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFault {
    /// It has not eight digits.
    Malformed,
    /// It is not the code, or was tried too often.
    Wrong,
    /// It was sent too long ago.
    Expired,
    /// One was asked for a moment ago.
    SentAlready(Duration),
}

/// A code is offered or asked for. Its buttons send `action`: `send` or `check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInCode {
    /// Whose page it is.
    pub frame: Frame,
    /// The address that was entered.
    pub address: String,
    /// What is asked.
    pub asks: Asks,
    /// What was wrong with the last answer.
    pub fault: Option<CodeFault>,
    /// The attempt, to quote.
    pub attempt: String,
    /// Where the form is sent, by POST.
    pub action: LocalPath,
    /// What the form carries back.
    pub fields: Vec<HiddenField>,
    /// Where another address can be entered, by GET.
    pub again: LocalPath,
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a SignInCode,
    fault: Option<String>,
}

impl SignInCode {
    fn asks_code(&self) -> bool {
        self.asks == Asks::Code
    }
}

impl Page for SignInCode {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let fault = self.fault.map(|fault| match fault {
            CodeFault::Malformed => Fault::MailMalformed.text(say, &self.frame),
            CodeFault::Expired => Fault::MailSpent.text(say, &self.frame),
            CodeFault::SentAlready(wait) => Fault::SentAlready(wait).text(say, &self.frame),
            CodeFault::Wrong => say.text("sign-in-code-wrong"),
        });
        let title = if self.asks_code() { "sign-in-code-title" } else { "sign-in-code-offer-title" };
        let mut layout = Layout::new(&self.frame, say, say.text(title));
        note(&mut layout, fault.as_ref());
        write(&Html { layout, page: self, fault })
    }

    fn policy(&self) -> PagePolicy {
        PagePolicy::on_the_way()
    }
}
