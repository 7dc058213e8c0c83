//! The page, and the JSON, that tell a visitor that the sign-in was refused.

use askama::Template;
use serde::Serialize;

use super::Page;
use super::addresses::WebLink;
use super::handover::AppForm;
use super::layout::{Frame, Layout, Say, write};
use super::policy::PagePolicy;
use crate::texts::catalogue::Catalogue;
use crate::texts::language::Language;

/// What the visitor quotes to those who can look it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// The attempt, for `entente audit show`.
    Attempt(String),
    /// The request, for the log, where no attempt is known.
    Request(String),
}

impl Reference {
    /// The identifier itself.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Attempt(id) | Self::Request(id) => id,
        }
    }
}

/// A sign-in that was refused. Says what the visitor can do and never why in detail: the cause is
/// in log and audit, under the same reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalPage {
    /// Whose page it is.
    pub frame: Frame,
    /// The public, stable code: `SAML_SIGNATURE_REFUSED`.
    pub code: String,
    /// The message of the catalogue, one of [`REFUSALS`](crate::texts::refusals::REFUSALS).
    pub message: String,
    /// Arguments of the message and of its advice.
    pub args: Vec<(&'static str, String)>,
    /// Whom to ask about privacy, where that is the person's business here.
    pub contact: Option<String>,
    /// What to quote.
    pub reference: Reference,
    /// On which way the app is told and starts a new sign-in, only if its address was validated.
    pub again: Option<Again>,
}

/// The way back to an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// A link.
    Link(WebLink),
    /// A form.
    Form(AppForm),
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct Html<'a> {
    layout: Layout<'a>,
    page: &'a RefusalPage,
    message: String,
    advice: String,
    reference_name: String,
}

#[derive(Serialize)]
struct Json<'a> {
    refusal_code: &'a str,
    attempt_id: &'a str,
    message: String,
    advice: String,
}

impl RefusalPage {
    /// The same as JSON, for `Accept: application/json`:
    /// `{"refusal_code","attempt_id","message","advice"}`.
    #[must_use]
    pub fn json(&self, catalogue: &Catalogue, language: Language) -> String {
        let (message, advice) = self.sentences(Say::new(catalogue, language));
        let json = Json { refusal_code: &self.code, attempt_id: self.reference.id(), message, advice };
        // A struct of texts always serialises; the empty object is the answer that says nothing.
        serde_json::to_string(&json).unwrap_or_else(|_| "{}".to_owned())
    }

    fn sentences(&self, say: Say<'_>) -> (String, String) {
        (say.with_all(&self.message, &self.args), say.with_all(&format!("{}.advice", self.message), &self.args))
    }
}

impl Page for RefusalPage {
    fn render(&self, catalogue: &Catalogue, language: Language) -> String {
        let say = Say::new(catalogue, language);
        let (message, advice) = self.sentences(say);
        let reference_name = match self.reference {
            Reference::Attempt(_) => say.text("refused-attempt"),
            Reference::Request(_) => say.text("refused-request"),
        };
        let layout = Layout::new(&self.frame, say, say.text("refused-title"));
        write(&Html { layout, page: self, message, advice, reference_name })
    }

    fn policy(&self) -> PagePolicy {
        let form_targets = match &self.again {
            Some(Again::Form(form)) => form.targets(),
            Some(Again::Link(_)) | None => Vec::new(),
        };
        PagePolicy { form_targets, ..PagePolicy::default() }
    }
}
