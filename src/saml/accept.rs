//! One way in for a Response, whoever asks: the assertion consumer service and the offline
//! explanation judge by the same code.
//!
//! # Source
//! SAML Profiles 4.1.4.3, SAML Core 5.

pub mod issuer;
mod prove;

use super::checks::{
    ASSERTION_RULES, AssertionEvidence, RESPONSE_RULES, ResponseEvidence, bearer_confirmation, judge_assertion,
    judge_response, skip_all, subject,
};
use super::expectation::{Expectation, MAX_CLOCK_SKEW};
use super::messages::assertion::Content;
use super::messages::structure::StructureError;
use super::names::EntityId;
use super::status::{PartnerAnswer, Status};
use super::subject::Subject;
use crate::base::clock::Timestamp;
use crate::base::trace::{Checked, first_cause};

use self::prove::prove;

/// How a Response was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Every row of the table, in its order.
    pub rows: Vec<Checked>,
    /// What it comes to.
    pub outcome: Result<Accepted, Refused>,
}

/// What a partner vouched for, all of it read from signed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The partner.
    pub issuer: EntityId,
    /// The person, by the partner's rule.
    pub subject: Subject,
    /// Attributes by name, in their order; at most 200 names and 2000 values of 4096 bytes.
    pub attributes: Vec<(String, Vec<String>)>,
    /// When the person signed in.
    pub authn_instant: Timestamp,
    /// How, a URI.
    pub class_ref: Option<String>,
    /// Names the session at the partner.
    pub session_index: Option<String>,
    /// When the session at the partner ends.
    pub session_not_on_or_after: Option<Timestamp>,
    /// The assertion's ID. The caller remembers (issuer, ID) once, until [`Self::assertion_end`].
    pub assertion_id: String,
    /// From here on the assertion is refused for its age: the end of its conditions and the largest
    /// skew that a partner may be given, so that a changed setting opens no gap.
    pub assertion_end: Timestamp,
    /// Who else took part in the authentication.
    pub authenticating_authorities: Vec<String>,
}

/// Why a Response was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It is no document within the limits.
    Xml(&'static str),
    /// It is no Response as the schema and our profile have it.
    Structure(&'static str),
    /// No key of the partner covers it.
    Signature(&'static str),
    /// Its encrypted assertion is not read, or no key of the partner covers what was inside, or it should
    /// have been encrypted. Strangers are told the same of all of them.
    Encryption(&'static str),
    /// The partner answered with an error.
    Status(Status),
    /// A row of the table failed; the first of them.
    Check(&'static str),
}

impl Refused {
    /// The stable, fine name.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Xml(cause)
            | Self::Structure(cause)
            | Self::Signature(cause)
            | Self::Encryption(cause)
            | Self::Check(cause) => cause,
            Self::Status(_) => "status_not_success",
        }
    }

    /// What the partner answered, where it answered.
    #[must_use]
    pub fn answer(&self) -> Option<PartnerAnswer> {
        match self {
            Self::Status(status) => Some(status.answer()),
            _ => None,
        }
    }
}

/// Judges a Response. Every row is judged that can be; before the signature has been verified
/// nothing but the envelope is read.
#[must_use]
pub fn judge(message: &[u8], expected: &Expectation<'_>, now: Timestamp) -> Judgement {
    let mut rows = Vec::with_capacity(4 + RESPONSE_RULES.len() + ASSERTION_RULES.len());
    let outcome = weigh(message, expected, now, &mut rows);
    Judgement { rows, outcome }
}

fn weigh(
    message: &[u8],
    expected: &Expectation<'_>,
    now: Timestamp,
    rows: &mut Vec<Checked>,
) -> Result<Accepted, Refused> {
    let proven = match prove(message, expected, rows) {
        Ok(proven) => proven,
        Err(refused) => {
            for name in ["xml", "structure", "signature"] {
                if rows.iter().all(|row| row.name != name) {
                    rows.push(Checked::not_judged(name, "not reached"));
                }
            }
            let why = "nothing is read from a message that is not proven";
            skip_all(&RESPONSE_RULES, why, rows);
            skip_all(&ASSERTION_RULES, why, rows);
            return Err(refused);
        }
    };
    let response = ResponseEvidence { envelope: &proven.envelope, cover: proven.cover, expected, now };
    judge_response(response, rows);
    if !proven.envelope.status.is_success() {
        skip_all(&ASSERTION_RULES, "the partner answered with an error", rows);
        let fault = rows.iter().filter(|row| row.name != "status").find_map(Checked::cause);
        return Err(fault.map_or(Refused::Status(proven.envelope.status), Refused::Check));
    }
    let Some(assertion) = &proven.assertion else {
        // `prove` gives a success only with its assertion.
        return Err(Refused::Structure(StructureError::NoAssertion.cause()));
    };
    let evidence = AssertionEvidence { assertion: assertion.content(), confirmation: None, expected, now };
    let evidence = AssertionEvidence { confirmation: bearer_confirmation::choose(evidence), ..evidence };
    judge_assertion(evidence, rows);
    match first_cause(rows) {
        Some(cause) => Err(Refused::Check(cause)),
        None => accept(evidence),
    }
}

/// Takes what is needed out of an assertion whose every row held.
fn accept(evidence: AssertionEvidence<'_>) -> Result<Accepted, Refused> {
    let content: &Content = evidence.assertion;
    let subject = subject::read(evidence).map_err(|(cause, _)| Refused::Check(cause))?;
    let Some(statement) = content.authn_statements.first() else {
        return Err(Refused::Check("authn_statement_absent"));
    };
    let Some(end) = content.conditions.as_ref().and_then(|conditions| conditions.not_on_or_after) else {
        return Err(Refused::Check("conditions_end_absent"));
    };
    Ok(Accepted {
        issuer: evidence.expected.partner.clone(),
        subject,
        attributes: content.attributes.named.clone(),
        authn_instant: statement.authn_instant,
        class_ref: statement.class_ref.clone(),
        session_index: statement.session_index.clone(),
        session_not_on_or_after: statement.session_not_on_or_after,
        assertion_id: content.id.clone(),
        assertion_end: end.plus(MAX_CLOCK_SKEW.max(evidence.expected.clock_skew)),
        authenticating_authorities: statement.authenticating_authorities.clone(),
    })
}

#[cfg(test)]
mod tests;
