//! One way in for a Response, whoever asks: the assertion consumer service and the offline
//! explanation judge by the same code.
//!
//! # Source
//! SAML Profiles 4.1.4.3, SAML Core 5.

use super::checks::{
    ASSERTION_RULES, AssertionEvidence, Cover, RESPONSE_RULES, ResponseEvidence, bearer_confirmation, judge_assertion,
    judge_response, skip_all, subject,
};
use super::expectation::{Expectation, MAX_CLOCK_SKEW};
use super::messages::assertion::{Assertion, Content};
use super::messages::envelope::Envelope;
use super::messages::response::Response;
use super::messages::structure::StructureError;
use super::messages::survey::Survey;
use super::names::EntityId;
use super::status::{PartnerAnswer, Status};
use super::subject::Subject;
use crate::base::clock::Timestamp;
use crate::base::trace::{Checked, first_cause};
use crate::xmlsig::dom::Document;
use crate::xmlsig::limits::Limits;
use crate::xmlsig::verify::verify;

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
            Self::Xml(cause) | Self::Structure(cause) | Self::Signature(cause) | Self::Check(cause) => cause,
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
    let mut rows = Vec::with_capacity(3 + RESPONSE_RULES.len() + ASSERTION_RULES.len());
    let outcome = weigh(message, expected, now, &mut rows);
    Judgement { rows, outcome }
}

/// The parts of a message that may be read.
struct Proven {
    envelope: Envelope,
    cover: Cover,
    assertion: Option<Assertion>,
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
            for name in ["xml", "structure", "signature"].iter().skip(rows.len()) {
                rows.push(Checked::not_judged(name, "not reached"));
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

/// Reads, looks the message over and verifies every signature that it carries.
fn prove(message: &[u8], expected: &Expectation<'_>, rows: &mut Vec<Checked>) -> Result<Proven, Refused> {
    let document = Document::parse(message, &Limits::MESSAGE).map_err(|fault| {
        rows.push(Checked::failed("xml", fault.cause(), fault.to_string()));
        Refused::Xml(fault.cause())
    })?;
    rows.push(Checked::passed("xml", format!("{} bytes", message.len())));
    let (survey, unproven) = look_over(&document).map_err(|fault| structure_fault(&fault, rows))?;
    let is_success = unproven.status.is_success();
    if is_success && survey.assertion.is_none() {
        return Err(structure_fault(&StructureError::NoAssertion, rows));
    }

    let mut response = None;
    let mut assertion = None;
    let signed =
        [survey.response_signed.then_some(survey.response), survey.assertion.filter(|_| survey.assertion_signed)];
    for (place, element) in signed.into_iter().enumerate() {
        let Some(element) = element else { continue };
        let verified = verify(element, expected.keys).map_err(|fault| {
            rows.push(Checked::passed("structure", "one response"));
            rows.push(Checked::failed("signature", fault.cause(), fault.to_string()));
            Refused::Signature(fault.cause())
        })?;
        if place == 0 { response = Some(verified) } else { assertion = Some(verified) }
    }
    let saw = match (&response, &assertion) {
        (Some(_), Some(_)) => "response and assertion",
        (Some(_), None) => "response",
        (None, Some(_)) => "assertion",
        (None, None) => "none",
    };
    if is_success && saw == "none" {
        rows.push(Checked::passed("structure", "one response"));
        rows.push(Checked::failed("signature", "signature_missing", saw));
        return Err(Refused::Signature("signature_missing"));
    }

    let read = || -> Result<Proven, StructureError> {
        let covering = assertion.as_ref().or(response.as_ref());
        let (envelope, cover) = match &response {
            Some(verified) => (Response::new(verified)?.into_envelope(), Cover::Signed),
            None => (unproven, Cover::Unsigned),
        };
        let assertion = covering.filter(|_| is_success).map(Assertion::new).transpose()?;
        Ok(Proven { envelope, cover, assertion })
    };
    let proven = read().map_err(|fault| structure_fault(&fault, rows))?;
    rows.push(Checked::passed("structure", if is_success { "one response, one assertion" } else { "one response" }));
    rows.push(match saw {
        "none" => Checked::not_judged("signature", "an error answer without a signature"),
        saw => Checked::passed("signature", saw),
    });
    Ok(proven)
}

fn look_over<'doc, 'input>(
    document: &'doc Document<'input>,
) -> Result<(Survey<'doc, 'input>, Envelope), StructureError> {
    let survey = Survey::of(document)?;
    let envelope = Envelope::read(survey.response)?;
    Ok((survey, envelope))
}

fn structure_fault(fault: &StructureError, rows: &mut Vec<Checked>) -> Refused {
    rows.push(Checked::failed("structure", fault.cause(), fault.to_string()));
    Refused::Structure(fault.cause())
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
