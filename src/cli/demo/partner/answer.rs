//! What the demo partner answers, as a description that can be changed before it is signed.
//!
//! # Source
//! SAML Profiles 4.1.4.2.

use std::time::Duration;

use super::fault::PartnerFault;
use super::person::Person;
use super::question::Question;
use super::{DemoPartner, SESSION_LIFE, Session};
use crate::base::random::new_xml_id;
use crate::keys::certificates::Certificate;
use crate::keys::signing::SigningKey;
use crate::saml::messages::write_response::{AssertionDescription, ResponseDescription, SignedWith};
use crate::saml::status::{NO_AUTHN_CONTEXT, RESPONDER, SUCCESS, Status};
use crate::xmlsig::sign::ToSign;

/// How long an answer may be presented.
pub const ANSWER_LIFE: Duration = Duration::from_secs(5 * 60);

/// What a partner signs. An answer without an assertion is signed as a Response always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    /// The assertion alone.
    Assertion,
    /// The Response alone.
    Response,
    /// The assertion, and the Response around it.
    Both,
}

/// An answer that is not signed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What surrounds the assertion.
    pub response: ResponseDescription,
    /// The assertion; none in an error answer.
    pub assertion: Option<AssertionDescription>,
    /// What will be signed.
    pub signs: Signs,
}

impl Answer {
    /// The answer of `partner` to `question`: `person`, signed in as `session` says. Where other
    /// classes of authentication are asked for than the person has, NoAuthnContext.
    #[must_use]
    pub fn of(partner: &DemoPartner, question: &Question, person: &Person, session: &Session) -> Self {
        let classes = &question.asked.classes;
        if !classes.is_empty() && !classes.contains(&person.class_ref) {
            return Self::refusal(partner, question, RESPONDER, NO_AUTHN_CONTEXT);
        }
        let (config, now) = (partner.config(), partner.config().clock.now());
        let assertion = AssertionDescription {
            id: new_xml_id(&*config.random),
            issue_instant: now,
            issuer: config.entity_id.as_str().to_owned(),
            subject: person.name_id(config.entity_id.as_str(), &question.audience),
            recipient: question.acs.clone(),
            in_response_to: Some(question.asked.id.clone()),
            audience: question.audience.clone(),
            not_on_or_after: now.plus(ANSWER_LIFE),
            authn_instant: session.authn_instant,
            class_ref: person.class_ref.clone(),
            session_index: Some(session.index.clone()),
            session_not_on_or_after: Some(session.authn_instant.plus(SESSION_LIFE)),
            authenticating_authorities: Vec::new(),
            attributes: person.stated(),
            formatted: Vec::new(),
        };
        let status = Status { top: SUCCESS.to_owned(), second: None, message: None };
        Self { response: response(partner, question, status), assertion: Some(assertion), signs: config.signs }
    }

    /// An error answer with these two status codes.
    #[must_use]
    pub fn refusal(partner: &DemoPartner, question: &Question, top: &str, second: &str) -> Self {
        let status = Status { top: top.to_owned(), second: Some(second.to_owned()), message: None };
        Self { response: response(partner, question, status), assertion: None, signs: partner.config().signs }
    }

    /// The signed Response.
    ///
    /// # Errors
    /// [`PartnerFault::Write`] and [`PartnerFault::Sign`].
    pub fn sign(&self, key: &SigningKey, certificate: &Certificate) -> Result<String, PartnerFault> {
        let with = SignedWith { algorithm: key.default_algorithm(), certificate: Some(certificate) };
        let finish = |waiting: ToSign| -> Result<String, PartnerFault> {
            let signature = key.sign(with.algorithm, waiting.signed_info())?;
            Ok(waiting.finish(&signature))
        };
        let assertion = match (&self.assertion, self.signs) {
            (None, _) => None,
            (Some(assertion), Signs::Response) => Some(assertion.unsigned()?),
            (Some(assertion), Signs::Assertion | Signs::Both) => Some(finish(assertion.to_sign(with)?)?),
        };
        if self.signs == Signs::Assertion && assertion.is_some() {
            return Ok(self.response.unsigned(assertion.as_deref())?);
        }
        finish(self.response.to_sign(assertion.as_deref(), with)?)
    }
}

fn response(partner: &DemoPartner, question: &Question, status: Status) -> ResponseDescription {
    let config = partner.config();
    ResponseDescription {
        id: new_xml_id(&*config.random),
        issue_instant: config.clock.now(),
        issuer: config.entity_id.as_str().to_owned(),
        destination: question.acs.clone(),
        in_response_to: Some(question.asked.id.clone()),
        status,
    }
}
