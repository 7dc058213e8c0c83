//! Toward partners: asks a partner to prove a person, and turns its answer into an
//! [`Authentication`].
//!
//! Owns the translation between the `saml` room and `domain`. Imports `base`, `keys`, `saml` and
//! `domain`.
//!
//! Invariant: never knows an app's protocol, a cookie or a table.
//!
//! Start reading at [`ask`] and [`judge`].

pub mod metadata;
mod saml;

use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::trace::Checked;
use crate::domain::authentication::Authentication;
use crate::domain::organization::PublicUrl;
use crate::domain::partners::{Partner, Trust};
use crate::domain::policy::strengths::StrengthId;
use crate::domain::refusal::Refusal;
use crate::domain::requests::FreshProof;
use crate::keys::ring::KeyRing;
use crate::keys::signing::Signer;

/// The cause of a refusal in which the partner knows none of the requested classes.
pub const NO_AUTHN_CONTEXT: &str = "partner_no_authn_context";

/// What a partner is asked.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The ID of the message, fresh, which the answer must name.
    pub request_id: &'a str,
    /// Comes back with the answer.
    pub relay_state: &'a str,
    /// Whether a fresh proof is asked.
    pub proof: FreshProof,
    /// Whether anything may be shown.
    pub visibility: Visibility,
    /// Which classes of authentication are asked for.
    pub classes: Classes<'a>,
    /// The present time.
    pub now: Timestamp,
}

/// Whether the partner may show anything to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// It may.
    Shown,
    /// It may not.
    Passive,
}

/// Which classes of authentication are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Classes<'a> {
    /// Those of the partner's record, which has none by default.
    AsConfigured,
    /// The partner's words for any of these strengths.
    For(&'a [StrengthId]),
    /// None.
    None,
}

/// What of ours a request needs.
#[derive(Clone, Copy)]
pub struct Ours<'a> {
    /// Where we are.
    pub public_url: &'a PublicUrl,
    /// Our keys.
    pub keys: &'a KeyRing,
    /// Signs.
    pub signer: &'a dyn Signer,
}

/// The address on which the browser takes our question to the partner.
///
/// # Errors
/// A fault of ours: no signing key, or a record that cannot be written.
pub async fn ask(partner: &Partner, wish: &Wish<'_>, ours: &Ours<'_>) -> Result<String, Refusal> {
    match &partner.trust {
        Trust::Saml(trust) => saml::ask(&partner.assurance, trust, wish, ours).await,
    }
}

/// Whether the partner's record names classes to ask for.
#[must_use]
pub fn asked_for_classes(partner: &Partner) -> bool {
    match &partner.trust {
        Trust::Saml(trust) => !trust.request.requested_classes.is_empty(),
    }
}

/// An answer that a browser posted, not judged yet.
#[derive(Debug, Clone)]
pub struct PostedAnswer {
    message: Vec<u8>,
    relay_state: Option<String>,
}

impl PostedAnswer {
    /// What came back of our relay state; nothing but a hint from the browser.
    #[must_use]
    pub fn relay_state(&self) -> Option<&str> {
        self.relay_state.as_deref()
    }

    /// An answer that was captured: XML, base64 or the form's body.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn captured(text: &[u8]) -> Result<Self, String> {
        crate::saml::captured::captured_xml(text)
            .map(|message| Self { message, relay_state: None })
            .map_err(|error| error.to_string())
    }
}

/// Reads the form that a browser brought to the assertion consumer service.
///
/// # Errors
/// [`Code::SamlResponseMalformed`](crate::domain::refusal::Code::SamlResponseMalformed).
pub fn read_posted(params: &RawParams) -> Result<PostedAnswer, Refusal> {
    saml::read_posted(params)
}

/// What an answer is held against, beside the partner's record.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The ID of our request; `None` only to explain a captured answer, from which nothing is issued.
    pub request_id: Option<&'a str>,
    /// Where we are.
    pub public_url: &'a PublicUrl,
}

/// What an answer comes to.
#[derive(Debug)]
pub struct Judged {
    /// Every row of the table.
    pub rows: Vec<Checked>,
    /// What the partner vouched for, or why not.
    pub outcome: Result<Authentication, Refusal>,
}

/// Judges an answer by the partner's record. Pure.
#[must_use]
pub fn judge(partner: &Partner, answer: &PostedAnswer, expected: &Expected<'_>, now: Timestamp) -> Judged {
    match &partner.trust {
        Trust::Saml(trust) => saml::judge(partner, trust, &answer.message, expected, now),
    }
}
