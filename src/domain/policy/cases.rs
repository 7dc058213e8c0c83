//! Questions about stored objects, and what their answers are expected to be: how a team tests its
//! policies.

use std::net::IpAddr;
use std::time::Duration;

use super::countries::{Country, CountryError};
use super::decision::Decision;
use super::facts::Place;
use super::methods::Method;
use super::what_if::Given;
use super::words::{ClientAppType, Flow, Platform};

/// What somebody asks. Who, which app and with what is always said; address, country and flow may be
/// left open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The guest, by mail address or id.
    pub guest: String,
    /// The app, by slug or id.
    pub app: String,
    /// What the device runs.
    pub platform: Platform,
    /// What the person uses.
    pub client_app_type: ClientAppType,
    /// The address.
    pub ip: Given<IpAddr>,
    /// The country; where it is left open, that of a given address, if a register knows it.
    pub country: Given<Option<Country>>,
    /// The flow.
    pub flow: Given<Flow>,
    /// What was shown beside the sign-in at the partner.
    pub shown: Vec<ShownBefore>,
}

/// A method that was shown some time ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownBefore {
    /// Which.
    pub method: Method,
    /// Where.
    pub place: Place,
    /// How long ago.
    pub age: Duration,
}

impl ShownBefore {
    /// Reads `home:METHOD` or `here:METHOD`, with `@SECONDS` where it was not just now.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (place, rest) = text.split_once(':')?;
        let place = match place {
            "home" => Place::Home,
            "here" => Place::Here,
            _ => return None,
        };
        let (method, age) = match rest.split_once('@') {
            None => (rest, 0),
            Some((method, seconds)) => (method, seconds.parse::<u32>().ok()?),
        };
        Some(Self { method: Method::parse(method)?, place, age: Duration::from_secs(u64::from(age)) })
    }
}

/// A question and what its answer is expected to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// The question.
    pub question: Question,
    /// The answer.
    pub expected: Expected,
}

/// What an answer is expected to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The decision.
    pub verdict: Verdict,
    /// The cause of a refusal; none where any is right.
    pub cause: Option<String>,
    /// Exactly the policies that apply, each a slug or `slug=result`; none where any may.
    pub applying: Option<Vec<String>>,
    /// Policies that do not apply, each a slug or `slug=condition`.
    pub not_applying: Vec<String>,
}

/// A decision in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Something is issued.
    Allow,
    /// More is asked first.
    StepUp,
    /// Nothing is issued.
    Refuse,
}

impl Verdict {
    /// Every word, as files have it.
    pub const WORDS: &'static [&'static str] = &["allow", "step_up", "refuse"];

    /// Of a decision.
    #[must_use]
    pub const fn of(decision: &Decision) -> Self {
        match decision {
            Decision::Allow(_) => Self::Allow,
            Decision::StepUp(_) => Self::StepUp,
            Decision::Refuse(_) => Self::Refuse,
        }
    }

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::StepUp => "step_up",
            Self::Refuse => "refuse",
        }
    }

    /// The verdict of a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Allow, Self::StepUp, Self::Refuse].into_iter().find(|verdict| verdict.as_str() == word)
    }
}

/// Reads a fact that may be `unknown`.
///
/// # Errors
/// Those of `read`.
pub fn given<T, E>(text: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Result<Given<T>, E> {
    if text == "unknown" { Ok(Given::Unknown) } else { read(text).map(Given::Known) }
}

/// Reads a country, or `none` for an address that has none.
///
/// # Errors
/// [`CountryError`].
pub fn country(text: &str) -> Result<Option<Country>, CountryError> {
    if text == "none" { Ok(None) } else { Country::parse(text).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_shown_is_read_with_its_place_and_age() {
        let shown = |method, place, seconds| Some(ShownBefore { method, place, age: Duration::from_secs(seconds) });
        assert_eq!(ShownBefore::parse("here:software_oath@60"), shown(Method::SoftwareOath, Place::Here, 60));
        assert_eq!(ShownBefore::parse("home:fido2"), shown(Method::Fido2, Place::Home, 0));
        for text in ["fido2", "there:fido2", "here:telepathy", "here:fido2@-1", "here:fido2@soon", ""] {
            assert_eq!(ShownBefore::parse(text), None, "{text}");
        }
    }
}
