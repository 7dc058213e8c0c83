//! Toward partners: asks a partner to prove a person, and turns its answer into an
//! [`Authentication`].
//!
//! Owns the translation between the rooms of protocols and `domain`. Imports `base`, `keys`, `saml`,
//! `oidc`, `domain` and `outbound`.
//!
//! Invariant: never knows an app's protocol, a cookie or a table.
//!
//! Start reading at [`ask`] and [`judge`].

pub mod backchannel;
pub mod lives;
pub mod mailed_code;
pub mod metadata;
mod oidc;
pub mod providers;
mod saml;

use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::random::Random;
use crate::base::sealing::Sealer;
use crate::base::trace::Checked;
use crate::domain::authentication::Authentication;
use crate::domain::names::Slug;
use crate::domain::organization::{PublicUrl, is_loopback_host};
use crate::domain::partners::{OidcTerms, Partner, Trust};
use crate::domain::policy::strengths::StrengthId;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{FreshProof, Scoping};
use crate::keys::ring::KeyRing;
use crate::keys::signing::Signer;
use crate::oidc::relying::provider::Addresses;

use self::mailed_code::MailedCode;
pub use self::oidc::{BroughtAnswer, CALLBACK_PATH, read_brought};
use self::providers::Providers;

/// The cause of a refusal in which the partner knows none of the requested classes.
pub const NO_AUTHN_CONTEXT: &str = "partner_no_authn_context";

/// What a partner is asked.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// The ID of the message, fresh, which the answer must name.
    pub request_id: &'a str,
    /// Comes back with the answer.
    pub relay_state: &'a str,
    /// The secret of this question, which only the attempt holds.
    pub verifier: &'a str,
    /// Whether a fresh proof is asked.
    pub proof: FreshProof,
    /// The oldest proof that will do. **Units**: seconds.
    pub max_age: Option<u32>,
    /// Who is expected, where it is one of the partner's people.
    pub login_hint: Option<&'a str>,
    /// Whether anything may be shown.
    pub visibility: Visibility,
    /// Which classes of authentication are asked for.
    pub classes: Classes<'a>,
    /// How the app lets its request be passed on.
    pub scoping: Option<&'a Scoping>,
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
    /// Opens what we keep sealed.
    pub sealer: &'a Sealer,
    /// The documents of OIDC partners.
    pub providers: &'a Providers,
}

/// The address on which the browser takes our question to the partner.
///
/// # Errors
/// A fault of ours: no signing key, or a record that cannot be written.
pub async fn ask(partner: &Partner, wish: &Wish<'_>, ours: &Ours<'_>) -> Result<String, Refusal> {
    match &partner.trust {
        Trust::Saml(trust) => saml::ask(&partner.assurance, trust, wish, ours).await,
        Trust::Oidc(trust) => oidc::ask(partner, trust, wish, ours),
        Trust::MailedCode => Err(other_protocol()),
    }
}

/// Whether the partner's record names classes to ask for.
#[must_use]
pub fn asked_for_classes(partner: &Partner) -> bool {
    match &partner.trust {
        Trust::Saml(trust) => !trust.request.requested_classes.is_empty(),
        Trust::Oidc(trust) => !trust.terms.acr_values.is_empty(),
        Trust::MailedCode => false,
    }
}

/// What is wrong with the terms that are to be agreed with an OIDC partner, in words.
#[must_use]
pub fn registration_faults(terms: &OidcTerms, public_url: &PublicUrl) -> Vec<String> {
    oidc::registration_faults(terms, addresses(public_url))
}

/// From where documents of partners may come: plain http only where we are on loopback ourselves.
#[must_use]
pub fn addresses(public_url: &PublicUrl) -> Addresses {
    if is_loopback_host(public_url.host()) { Addresses::LoopbackToo } else { Addresses::HttpsOnly }
}

/// A question that was sent to an OIDC partner, and where its answer came.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// The attempt.
    pub attempt: &'a str,
    /// The ID of the question.
    pub request_id: &'a str,
    /// Its secret.
    pub verifier: &'a str,
    /// Whether a fresh proof was asked.
    pub proof: FreshProof,
    /// The handle in the address to which the answer came.
    pub handle: &'a str,
    /// Chance.
    pub random: &'a dyn Random,
    /// The present time.
    pub now: Timestamp,
}

/// Redeems what a browser brought from an OIDC partner. The network is asked, nothing of ours is spent.
///
/// # Errors
/// What the browser brought answers no question of this attempt, the partner said no, or its service did.
pub async fn redeem(
    partner: &Partner,
    brought: &BroughtAnswer,
    asking: &Asking<'_>,
    ours: &Ours<'_>,
) -> Result<PostedAnswer, Refusal> {
    match &partner.trust {
        Trust::Oidc(trust) => {
            let redeemed = oidc::redeem(partner, trust, brought, asking, ours).await?;
            Ok(PostedAnswer { body: Body::Oidc(Box::new(redeemed)), relay_state: None })
        }
        Trust::Saml(_) | Trust::MailedCode => Err(other_protocol()),
    }
}

/// Whether an answer is signed by a key that the record of an OIDC partner does not have, so that its
/// documents are worth another reading.
#[must_use]
pub fn names_unknown_key(partner: &Partner, answer: &PostedAnswer, providers: &Providers, now: Timestamp) -> bool {
    match (&partner.trust, &answer.body) {
        (Trust::Oidc(trust), Body::Oidc(redeemed)) => oidc::names_unknown_key(partner, trust, redeemed, providers, now),
        _ => false,
    }
}

/// Asks the partner for what is missing in an answer that was redeemed, where it is good so far.
///
/// # Errors
/// The partner's service gave no answer, or none that can be read.
pub async fn complete(
    partner: &Partner,
    answer: &mut PostedAnswer,
    ours: &Ours<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    match (&partner.trust, &mut answer.body) {
        (Trust::Oidc(trust), Body::Oidc(redeemed)) => oidc::complete(partner, trust, redeemed, ours, now).await,
        _ => Err(other_protocol()),
    }
}

/// The partner's record speaks another protocol than its answer.
fn other_protocol() -> Refusal {
    Refusal::new(Code::PartnerRefused, "answer_of_another_protocol")
}

/// An answer of a partner, not judged yet.
#[derive(Debug, Clone)]
pub struct PostedAnswer {
    body: Body,
    relay_state: Option<String>,
}

#[derive(Debug, Clone)]
enum Body {
    Saml(Vec<u8>),
    Oidc(Box<oidc::Redeemed>),
    MailedCode(Box<MailedCode>),
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
            .map(|message| Self { body: Body::Saml(message), relay_state: None })
            .map_err(|error| error.to_string())
    }
}

/// Reads the form that a browser brought to the assertion consumer service.
///
/// # Errors
/// [`Code::SamlResponseMalformed`].
pub fn read_posted(params: &RawParams) -> Result<PostedAnswer, Refusal> {
    saml::read_posted(params)
}

/// What an answer is held against, beside the partner's record.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// What it must answer.
    pub answers: Answers<'a>,
    /// Where we are.
    pub public_url: &'a PublicUrl,
    /// Our keys, of which some decrypt.
    pub keys: &'a KeyRing,
    /// The documents of OIDC partners.
    pub providers: &'a Providers,
}

/// What an answer must answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers<'a> {
    /// Our request of this ID.
    Request(&'a str),
    /// Nothing: it comes unasked, as the partner's record lets it.
    Nothing,
    /// Not known: a captured answer is explained, and nothing is issued.
    UnknownToExplain,
}

/// Who says to have sent an answer: good for finding the partner's record, and for nothing else.
#[must_use]
pub fn claimed_issuer(answer: &PostedAnswer) -> Option<String> {
    match &answer.body {
        Body::Saml(message) => crate::saml::accept::issuer::claimed(message),
        Body::Oidc(_) | Body::MailedCode(_) => None,
    }
}

/// The app to which an answer of this partner leads that was not asked for; `None` where none may come.
#[must_use]
pub const fn unsolicited_app(partner: &Partner) -> Option<&Slug> {
    match &partner.trust {
        Trust::Saml(trust) => trust.request.unsolicited.as_ref(),
        Trust::Oidc(_) | Trust::MailedCode => None,
    }
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
    match (&partner.trust, &answer.body) {
        (Trust::Saml(trust), Body::Saml(message)) => saml::judge(partner, trust, message, expected, now),
        (Trust::Oidc(trust), Body::Oidc(redeemed)) => oidc::judge(partner, trust, redeemed, expected.providers, now),
        (Trust::MailedCode, Body::MailedCode(typed)) => mailed_code::judge(partner, typed, now),
        (Trust::Saml(_) | Trust::Oidc(_) | Trust::MailedCode, _) => {
            Judged { rows: Vec::new(), outcome: Err(other_protocol()) }
        }
    }
}

/// Judges an ID token that was captured, by the documents in the partner's record; nothing is issued. Without
/// `nonce` the check that needs it is shown as not judged.
#[must_use]
pub fn explain_token(
    partner: &Partner,
    token: &str,
    nonce: Option<&str>,
    providers: &Providers,
    now: Timestamp,
) -> Judged {
    match &partner.trust {
        Trust::Oidc(trust) => oidc::explain(partner, trust, token, nonce, providers, now),
        Trust::Saml(_) | Trust::MailedCode => Judged { rows: Vec::new(), outcome: Err(other_protocol()) },
    }
}
