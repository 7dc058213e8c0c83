//! The table of checks that a Response must pass, in the order of SAML Profiles 4.1.4.
//!
//! One file holds one check; each takes what was read and gives a [`Verdict`]. All rows are judged,
//! so that an administrator sees every fault at once, and the first that failed names the refusal.
//! A check adds a file and a line in one of the two tables: [`RESPONSE_RULES`] look at the envelope
//! and run even for an error answer, [`ASSERTION_RULES`] look into the signed assertion.

pub mod assertion_issuer;
pub mod assertion_life;
pub mod assertion_version;
pub mod attributes;
pub mod audience;
pub mod authn_instant;
pub mod authn_statement;
pub mod bearer_confirmation;
pub mod conditions;
pub mod conditions_not_before;
pub mod conditions_not_on_or_after;
pub mod confirmation_in_response_to;
pub mod confirmation_not_before;
pub mod confirmation_not_on_or_after;
pub mod destination;
pub mod issue_instant;
pub mod name_id_qualifiers;
pub mod proxy_restriction;
pub mod recipient;
pub mod response_in_response_to;
pub mod response_issuer;
pub mod response_version;
pub mod session_end;
pub mod status;
pub mod subject;

use super::expectation::Expectation;
use super::messages::assertion::Content;
use super::messages::envelope::Envelope;
use super::messages::subject::{ConfirmationData, SubjectConfirmation};
use crate::base::clock::Timestamp;
use crate::base::trace::Checked;

/// Whether the Response has a signature of its own that verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// The partner's key covers the whole Response.
    Signed,
    /// Nothing covers the Response; it may only refuse.
    Unsigned,
}

/// What the rules of the Response look at.
#[derive(Debug, Clone, Copy)]
pub struct ResponseEvidence<'a> {
    /// The Response without its assertion.
    pub envelope: &'a Envelope,
    /// Whether it is signed.
    pub cover: Cover,
    /// What it is held against.
    pub expected: &'a Expectation<'a>,
    /// The present time.
    pub now: Timestamp,
}

/// What the rules of the assertion look at.
#[derive(Debug, Clone, Copy)]
pub struct AssertionEvidence<'a> {
    /// What the assertion says.
    pub assertion: &'a Content,
    /// The bearer confirmation that is judged, see [`bearer_confirmation::choose`].
    pub confirmation: Option<&'a SubjectConfirmation>,
    /// What it is held against.
    pub expected: &'a Expectation<'a>,
    /// The present time.
    pub now: Timestamp,
}

impl<'a> AssertionEvidence<'a> {
    /// The limits of the chosen confirmation.
    fn confirmation_data(&self) -> Option<&'a ConfirmationData> {
        self.confirmation.and_then(|confirmation| confirmation.data.as_ref())
    }
}

/// How a rule ended, with what it saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It held.
    Held(String),
    /// It did not hold, for this cause.
    Broken(&'static str, String),
    /// It could not be judged, for this reason.
    NotJudged(&'static str),
}

impl Verdict {
    fn held(saw: impl Into<String>) -> Self {
        Self::Held(saw.into())
    }

    fn broken(cause: &'static str, saw: impl Into<String>) -> Self {
        Self::Broken(cause, saw.into())
    }

    fn under(self, name: &'static str) -> Checked {
        match self {
            Self::Held(saw) => Checked::passed(name, saw),
            Self::Broken(cause, saw) => Checked::failed(name, cause, saw),
            Self::NotJudged(why) => Checked::not_judged(name, why),
        }
    }
}

/// One row of a table: its stable name, where the rule is written, and the rule.
pub struct Rule<Judge> {
    /// The name of the row.
    pub name: &'static str,
    /// The section of the standard.
    pub source: &'static str,
    judge: Judge,
}

/// A row that looks at the Response.
pub type ResponseRule = Rule<for<'a> fn(ResponseEvidence<'a>) -> Verdict>;

/// A row that looks at the assertion.
pub type AssertionRule = Rule<for<'a> fn(AssertionEvidence<'a>) -> Verdict>;

const fn rule<Judge>(name: &'static str, source: &'static str, judge: Judge) -> Rule<Judge> {
    Rule { name, source, judge }
}

/// The rules of the Response.
pub const RESPONSE_RULES: [ResponseRule; 6] = [
    rule("response_version", "SAML Core 3.2.2", response_version::judge),
    rule("response_issue_instant", "SAML Core 3.2.2", issue_instant::judge_response),
    rule("response_in_response_to", "SAML Core 3.2.2", response_in_response_to::judge),
    rule("destination", "SAML Core 3.2.2, SAML Bindings 3.5.5.2", destination::judge),
    rule("response_issuer", "SAML Profiles 4.1.4.2", response_issuer::judge),
    rule("status", "SAML Core 3.2.2.1", status::judge),
];

/// The rules of the assertion.
pub const ASSERTION_RULES: [AssertionRule; 20] = [
    rule("assertion_version", "SAML Core 2.3.3", assertion_version::judge),
    rule("assertion_issue_instant", "SAML Core 2.3.3", issue_instant::judge_assertion),
    rule("assertion_issuer", "SAML Profiles 4.1.4.2", assertion_issuer::judge),
    rule("bearer_confirmation", "SAML Profiles 4.1.4.2", bearer_confirmation::judge),
    rule("recipient", "SAML Profiles 4.1.4.3", recipient::judge),
    rule("confirmation_not_on_or_after", "SAML Profiles 4.1.4.3", confirmation_not_on_or_after::judge),
    rule("confirmation_not_before", "SAML Profiles 4.1.4.2", confirmation_not_before::judge),
    rule("confirmation_in_response_to", "SAML Profiles 4.1.4.3", confirmation_in_response_to::judge),
    rule("conditions", "SAML Core 2.5.1", conditions::judge),
    rule("conditions_not_before", "SAML Core 2.5.1.2", conditions_not_before::judge),
    rule("conditions_not_on_or_after", "SAML Core 2.5.1.2", conditions_not_on_or_after::judge),
    rule("audience", "SAML Core 2.5.1.4, SAML Profiles 4.1.4.2", audience::judge),
    rule("proxy_restriction", "SAML Core 2.5.1.6", proxy_restriction::judge),
    rule("assertion_life", "profile of this gateway", assertion_life::judge),
    rule("authn_statement", "SAML Profiles 4.1.4.2", authn_statement::judge),
    rule("authn_instant", "SAML Core 2.7.2", authn_instant::judge),
    rule("session_end", "SAML Core 2.7.2, SAML Profiles 4.1.4.3", session_end::judge),
    rule("subject", "SAML Core 8.3", subject::judge),
    rule("name_id_qualifiers", "SAML Core 8.3.7", name_id_qualifiers::judge),
    rule("attributes", "SAML Core 2.7.3", attributes::judge),
];

/// Judges every row that looks at the Response.
pub fn judge_response(evidence: ResponseEvidence<'_>, rows: &mut Vec<Checked>) {
    rows.extend(RESPONSE_RULES.iter().map(|rule| (rule.judge)(evidence).under(rule.name)));
}

/// Judges every row that looks at the assertion.
pub fn judge_assertion(evidence: AssertionEvidence<'_>, rows: &mut Vec<Checked>) {
    rows.extend(ASSERTION_RULES.iter().map(|rule| (rule.judge)(evidence).under(rule.name)));
}

/// Writes every row of a table as not judged.
pub fn skip_all<Judge>(rules: &[Rule<Judge>], why: &str, rows: &mut Vec<Checked>) {
    rows.extend(rules.iter().map(|rule| Checked::not_judged(rule.name, why)));
}

#[cfg(test)]
mod tests;
