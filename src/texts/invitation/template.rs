//! Templates of mails, which an administrator may replace. They hold the variables of [`VARIABLES`] and the words of
//! the catalogue, and can do nothing else: there is no filter, no function and no other template to include, what
//! they write in HTML is escaped whatever they say, and their work and output are bounded.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{Environment, UndefinedBehavior, context};

use super::{Invitation, WORDS};

/// The longest template. **Units**: bytes.
pub const MAX_TEMPLATE: usize = 64 * 1024;
/// The longest part that comes of one. **Units**: bytes.
const MAX_OUTPUT: usize = 64 * 1024;
/// How many instructions a template may take; the built-in ones take some hundreds, and a dozen for each line of a message.
const FUEL: u64 = 500_000;
/// How deep it may nest.
const DEPTH: usize = 50;

/// What templates may name beside `words`.
pub const VARIABLES: [&str; 15] = [
    "inviter",
    "inviter_mail",
    "initials",
    "organization",
    "domain",
    "message_lines",
    "link",
    "host",
    "target",
    "accepted",
    "privacy_url",
    "block_link",
    "address",
    "subject",
    "language",
];

/// A part of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Plain text.
    Text,
    /// HTML.
    Html,
}

impl Part {
    /// The key of the configuration that names the template.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Text => "invitation_text",
            Self::Html => "invitation_html",
        }
    }

    /// The template that is built in.
    #[must_use]
    pub const fn built_in(self) -> &'static str {
        match self {
            Self::Text => include_str!("invitation.txt"),
            Self::Html => include_str!("invitation.html"),
        }
    }
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    /// It is longer than [`MAX_TEMPLATE`].
    #[error("is longer than {MAX_TEMPLATE} bytes")]
    TooLong,
    /// It names what is not there.
    #[error("names `{name}`, which is not there; there are {}, and `words.` with {}", listed(&VARIABLES), listed(&WORDS))]
    Unknown {
        /// What it names.
        name: String,
    },
    /// It does not parse or does not run.
    #[error("line {line}: {what}")]
    Broken {
        /// Where.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// What comes of it is longer than a mail may be.
    #[error("makes a part of more than {MAX_OUTPUT} bytes")]
    OutputTooLong,
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The templates in use.
#[derive(Clone)]
pub struct Templates {
    text: String,
    html: String,
}

impl fmt::Debug for Templates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Templates")
    }
}

impl Default for Templates {
    fn default() -> Self {
        Self { text: Part::Text.built_in().to_owned(), html: Part::Html.built_in().to_owned() }
    }
}

/// What a template shows.
pub(super) struct Shown<'a> {
    pub(super) said: &'a Invitation,
    pub(super) words: &'a BTreeMap<&'static str, String>,
    pub(super) subject: &'a str,
    pub(super) language: &'a str,
}

impl Templates {
    /// These templates, with one replaced. What it names is known to be there; whether it runs is seen by rendering.
    ///
    /// # Errors
    /// [`TemplateFault`].
    pub fn with(mut self, part: Part, source: String) -> Result<Self, TemplateFault> {
        if source.len() > MAX_TEMPLATE {
            return Err(TemplateFault::TooLong);
        }
        let environment = environment(part);
        let template = environment.template_from_named_str(name(part), &source).map_err(|error| broken(&error))?;
        let mut named: Vec<String> = template.undeclared_variables(true).into_iter().collect();
        named.sort_unstable();
        if let Some(name) = named.into_iter().find(|name| !is_known(name)) {
            return Err(TemplateFault::Unknown { name });
        }
        match part {
            Part::Text => self.text = source,
            Part::Html => self.html = source,
        }
        Ok(self)
    }

    pub(super) fn render(&self, part: Part, shown: &Shown<'_>) -> Result<String, TemplateFault> {
        let source = match part {
            Part::Text => &self.text,
            Part::Html => &self.html,
        };
        let environment = environment(part);
        let template = environment.template_from_named_str(name(part), source).map_err(|error| broken(&error))?;
        let said = shown.said;
        let context = context! {
            inviter => said.inviter.as_deref(),
            inviter_mail => said.inviter_mail.as_deref(),
            initials => initials(said.inviter.as_deref().unwrap_or(&said.organization)),
            organization => said.organization.as_str(),
            domain => said.domain.as_str(),
            message_lines => said.message_lines.clone(),
            link => said.link.as_str(),
            host => said.host.as_str(),
            target => said.target.as_str(),
            accepted => said.accepted,
            privacy_url => said.privacy_url.as_deref(),
            block_link => said.block_link.as_str(),
            address => said.address.as_str(),
            subject => shown.subject,
            language => shown.language,
            words => Value::from_pairs(shown.words.iter().map(|(name, text)| (*name, text.as_str()))),
        };
        let mut written = Bounded::default();
        if let Err(error) = template.render_captured_to(context, &mut written) {
            return Err(if written.is_full { TemplateFault::OutputTooLong } else { broken(&error) });
        }
        // It was written as text.
        let text = String::from_utf8(written.bytes).unwrap_or_default();
        Ok(format!("{}\n", text.trim_end()))
    }
}

const fn name(part: Part) -> &'static str {
    match part {
        Part::Text => "invitation.txt",
        Part::Html => "invitation.html",
    }
}

fn is_known(name: &str) -> bool {
    name == "words"
        || name.strip_prefix("words.").map_or_else(|| VARIABLES.contains(&name), |word| WORDS.contains(&word))
}

/// An environment with nothing in it.
fn environment(part: Part) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(DEPTH);
    // The delimiters are the usual ones, which build.
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.unwrap_or_default());
    // Whether something is escaped is not for the template to say.
    match part {
        Part::Text => environment.set_formatter(|out, _, value| Ok(write!(out, "{value}")?)),
        Part::Html => environment.set_formatter(|out, _, value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Ok(out.write_str(&escaped(&text))?)
        }),
    }
    environment
}

/// A text as it stands in an element or a quoted attribute.
pub(in crate::texts) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn broken(error: &minijinja::Error) -> TemplateFault {
    let what = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    TemplateFault::Broken { line: error.line().unwrap_or(1), what }
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> Value {
    let letter = |word: &str| word.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().to_string());
    let letters: Vec<String> = name.split_whitespace().filter_map(letter).collect();
    let last = letters.last().filter(|_| letters.len() > 1);
    Value::from(letters.first().into_iter().chain(last).cloned().collect::<String>())
}

/// Takes no more than a part may be.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    is_full: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > MAX_OUTPUT - self.bytes.len() {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
