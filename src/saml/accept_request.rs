//! One way in for an AuthnRequest of an app: who asks, whether it is really the app, and where the answer
//! may go; then what is asked.
//!
//! Until the address of the answer is known to be the app's, a fault is told to nobody but the visitor.
//! After that it is the app's business: [`Asked::wishes`] has it as a status.
//!
//! # Source
//! SAML Core 3.4.1, SAML Profiles 4.1.4.1, SAML Bindings 3.4.4.1 and 3.5.4.

use std::sync::Arc;
use std::time::Duration;

use super::bindings::post::{self, PostError};
use super::bindings::redirect::{self, MessageParam, RedirectError, RedirectMessage};
use super::messages::authn_request::read::{AskedAuthn, AskedSubject, AuthnRequestError, Scoping, read, read_element};
use super::messages::authn_request::{Comparison, Wish};
use super::messages::name_id::NameId;
use super::metadata::acs::{Acs, Standing};
use super::metadata::sp_reader::RequestSigning;
use super::names::{
    BINDING_POST, EntityId, FORMAT_EMAIL, FORMAT_ENTITY, FORMAT_PERSISTENT, FORMAT_TRANSIENT, FORMAT_UNSPECIFIED,
};
use super::status::{INVALID_NAME_ID_POLICY, NO_AUTHN_CONTEXT, REQUEST_UNSUPPORTED, UNSUPPORTED_BINDING};
use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::trace::shorten;
use crate::keys::public::PublicKey;
use crate::xmlsig::dom::Document;
use crate::xmlsig::limits::Limits;
use crate::xmlsig::names::is_ncname;
use crate::xmlsig::signature_error::SignatureError;
use crate::xmlsig::verify::{count_signatures, has_signature, refuse_stray_signatures, verify};
use crate::xmlsig::xml_error::XmlError;

/// How old a request may be. A browser brings it at once.
pub const MAX_REQUEST_AGE: Duration = Duration::from_secs(5 * 60);
/// How far an app's clock may be off.
pub const CLOCK_SKEW: Duration = Duration::from_secs(60);
/// The most bytes of a request's ID, which the answer repeats.
pub const MAX_ID: usize = 256;

/// Why a request is not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestFault {
    /// The query holds no message.
    #[error(transparent)]
    Redirect(#[from] RedirectError),
    /// The form holds no message.
    #[error(transparent)]
    Post(#[from] PostError),
    /// No AuthnRequest.
    #[error(transparent)]
    Message(#[from] AuthnRequestError),
    /// A signature inside the message does not hold.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The app must sign and did not.
    #[error("the request is not signed")]
    NotSigned,
    /// The message was sent by redirect with a signature inside, which nobody would verify
    /// (SAML Bindings 3.4.4.1).
    #[error("a message sent by redirect carries a signature inside")]
    SignatureInside,
    /// The issuer is no entity.
    #[error("the issuer is not named as an entity")]
    IssuerFormat,
    /// Another than the app that is meant.
    #[error("the request is of `{found}`")]
    Issuer {
        /// Who, shortened.
        found: String,
    },
    /// The ID cannot be repeated in an answer.
    #[error("the ID of the request is no name of at most {MAX_ID} bytes")]
    Id,
    /// The request was sent elsewhere.
    #[error("the request is for `{found}`")]
    Destination {
        /// Where to, shortened.
        found: String,
    },
    /// A signed request says not where it was sent (SAML Bindings 3.4.5.2).
    #[error("the signed request has no destination")]
    DestinationMissing,
    /// Written too long ago.
    #[error("the request was written at {found}")]
    TooOld {
        /// When.
        found: Timestamp,
    },
    /// Written in the future.
    #[error("the request was written at {found}")]
    Future {
        /// When.
        found: Timestamp,
    },
    /// The answer should go where the app is not.
    #[error("`{found}` is none of the app's assertion consumer services")]
    Acs {
        /// Where to, shortened; or the index.
        found: String,
    },
    /// The request names an address and an index.
    #[error("the request names its assertion consumer service twice")]
    AcsTwice,
}

impl From<XmlError> for RequestFault {
    fn from(error: XmlError) -> Self {
        Self::Message(error.into())
    }
}

impl RequestFault {
    /// The stable, fine name.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Redirect(error) => error.cause(),
            Self::Post(error) => error.request_cause(),
            Self::Message(error) => error.cause(),
            Self::Signature(error) => error.cause(),
            Self::NotSigned => "request_not_signed",
            Self::SignatureInside => "request_signature_inside",
            Self::IssuerFormat => "request_issuer_format",
            Self::Issuer { .. } => "request_issuer_other",
            Self::Id => "request_id_malformed",
            Self::Destination { .. } => "request_destination_other",
            Self::DestinationMissing => "request_destination_missing",
            Self::TooOld { .. } => "request_too_old",
            Self::Future { .. } => "request_in_the_future",
            Self::Acs { .. } => "acs_not_registered",
            Self::AcsTwice => "acs_named_twice",
        }
    }

    /// Whether the fault is one of the signature, missing or wrong.
    #[must_use]
    pub const fn is_of_signature(&self) -> bool {
        matches!(
            self,
            Self::Signature(_)
                | Self::NotSigned
                | Self::SignatureInside
                | Self::Redirect(RedirectError::NotSigned | RedirectError::Algorithm { .. } | RedirectError::Signature)
        )
    }
}

/// A request as it was carried here, unproven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    message: Message,
    issuer: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Message {
    Redirect(RedirectMessage),
    Post { xml: Vec<u8>, relay_state: Option<String> },
}

impl Carried {
    /// Reads the query string of a request to our SSO location.
    ///
    /// # Errors
    /// [`RequestFault::Redirect`] and [`RequestFault::Message`].
    pub fn by_redirect(params: &RawParams) -> Result<Self, RequestFault> {
        let message = redirect::decode(params, MessageParam::Request)?;
        let issuer = read(&message.xml)?.issuer;
        Ok(Self { message: Message::Redirect(message), issuer })
    }

    /// Reads the form of a request to our SSO location.
    ///
    /// # Errors
    /// [`RequestFault::Post`] and [`RequestFault::Message`].
    pub fn by_post(form: &RawParams) -> Result<Self, RequestFault> {
        let posted = post::decode_request(form)?;
        let issuer = read(&posted.xml)?.issuer;
        Ok(Self { message: Message::Post { xml: posted.xml, relay_state: posted.relay_state }, issuer })
    }

    /// Who says to ask: good for finding the app's record, and for nothing else.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}

/// What a request is held against.
#[derive(Debug, Clone)]
pub struct RequestExpectation<'a> {
    /// The app.
    pub app: &'a EntityId,
    /// Its signing keys.
    pub keys: &'a [Arc<PublicKey>],
    /// Whether it must sign.
    pub signing: RequestSigning,
    /// Our SSO location.
    pub destination: &'a str,
    /// Where it takes answers.
    pub acs: &'a [Acs],
}

/// A request that may be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The ID that the answer repeats: an `NCName` of at most [`MAX_ID`] bytes.
    pub id: String,
    /// Where the answer goes: one of the app's.
    pub acs: String,
    /// Given back untouched.
    pub relay_state: Option<String>,
    /// Which of the app's keys made the signature, counted from zero; none where there is no signature.
    pub signed_by: Option<usize>,
    /// What is asked, or the status with which the app is told that it cannot be had.
    pub wishes: Result<Wishes, Unmet>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// Whether the person must sign in anew.
    pub force_authn: Wish,
    /// Whether nothing may be shown.
    pub passive: Wish,
    /// The identifier.
    pub name_id: NameIdKind,
    /// Of whom an answer is wanted; of anyone where absent.
    pub subject: Option<NameId>,
    /// The authentication context.
    pub context: Option<(Comparison, Vec<String>)>,
    /// How and to whom the request may be passed on.
    pub scoping: Scoping,
}

/// The identifiers that we give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameIdKind {
    /// The same at each sign-in, and another for each app.
    Persistent,
    /// The mail address.
    Email,
    /// Another at each sign-in.
    Transient,
    /// Whichever is agreed with the app.
    AsAgreed,
}

/// What is asked for cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unmet {
    /// The second-level status code.
    pub status: &'static str,
    /// The stable, fine name.
    pub cause: &'static str,
}

/// Judges a request. The signature comes first; nothing else is read from a message whose signature
/// does not hold.
///
/// # Errors
/// [`RequestFault`], of which the app is not told.
pub fn judge(carried: Carried, expected: &RequestExpectation<'_>, now: Timestamp) -> Result<Asked, RequestFault> {
    let (asked, relay_state, signed_by) = prove(carried, expected)?;
    if asked.issuer_format.as_deref().is_some_and(|format| format != FORMAT_ENTITY) {
        return Err(RequestFault::IssuerFormat);
    }
    if asked.issuer != expected.app.as_str() {
        return Err(RequestFault::Issuer { found: shorten(asked.issuer) });
    }
    if asked.id.len() > MAX_ID || !is_ncname(&asked.id) {
        return Err(RequestFault::Id);
    }
    match asked.destination {
        Some(ref found) if found != expected.destination => {
            return Err(RequestFault::Destination { found: shorten(found.clone()) });
        }
        None if signed_by.is_some() => return Err(RequestFault::DestinationMissing),
        _ => {}
    }
    let found = asked.issue_instant;
    if found > now.plus(CLOCK_SKEW) {
        return Err(RequestFault::Future { found });
    }
    if now >= found.plus(MAX_REQUEST_AGE).plus(CLOCK_SKEW) {
        return Err(RequestFault::TooOld { found });
    }
    let acs = choose(&asked, expected.acs)?.location.clone();
    let id = asked.id.clone();
    Ok(Asked { id, acs, relay_state, signed_by, wishes: wishes(asked, expected.app) })
}

type Proven = (AskedAuthn, Option<String>, Option<usize>);

/// Verifies the signature by the rules of the binding, and reads what it covers. A signature that is
/// there must hold, also of an app that need not sign.
fn prove(carried: Carried, expected: &RequestExpectation<'_>) -> Result<Proven, RequestFault> {
    let signed = match carried.message {
        Message::Redirect(message) if message.is_signed() => {
            let verified = message.verify(expected.keys)?;
            let relay_state = verified.relay_state().map(str::to_owned);
            (read_bare(verified.xml())?, relay_state, Some(verified.key_index()))
        }
        Message::Redirect(message) => (read_bare(&message.xml)?, message.relay_state, None),
        Message::Post { xml, relay_state } => {
            let document = Document::parse(&xml, &Limits::MESSAGE)?;
            let root = document.root();
            refuse_stray_signatures(&document, &[root])?;
            if has_signature(root) {
                let verified = verify(root, expected.keys)?;
                (read_element(verified.element())?, relay_state, Some(verified.key_index()))
            } else {
                (read_element(root)?, relay_state, None)
            }
        }
    };
    match (signed.2, expected.signing) {
        (None, RequestSigning::Required) => Err(RequestFault::NotSigned),
        _ => Ok(signed),
    }
}

/// Reads a message whose signature, if any, stands beside it.
fn read_bare(xml: &[u8]) -> Result<AskedAuthn, RequestFault> {
    let document = Document::parse(xml, &Limits::MESSAGE)?;
    if count_signatures(&document) != 0 {
        return Err(RequestFault::SignatureInside);
    }
    Ok(read_element(document.root())?)
}

/// Where the answer goes: the service that the request names, which must be one of the app's, else the
/// default.
fn choose<'a>(asked: &AskedAuthn, acs: &'a [Acs]) -> Result<&'a Acs, RequestFault> {
    let (found, named) = match (&asked.acs, asked.acs_index) {
        (Some(_), Some(_)) => return Err(RequestFault::AcsTwice),
        (Some(location), None) => (acs.iter().find(|acs| acs.location == *location), location.clone()),
        (None, Some(index)) => (acs.iter().find(|acs| acs.index == index), index.to_string()),
        (None, None) => (acs.iter().find(|acs| acs.standing == Standing::Default), String::new()),
    };
    found.ok_or_else(|| RequestFault::Acs { found: shorten(named) })
}

/// Reads what is asked of an answer that has an address.
fn wishes(asked: AskedAuthn, app: &EntityId) -> Result<Wishes, Unmet> {
    let unmet = |status, cause| Unmet { status, cause };
    if asked.protocol_binding.is_some_and(|binding| binding != BINDING_POST) {
        return Err(unmet(UNSUPPORTED_BINDING, "request_binding_not_post"));
    }
    let name_id = match asked.name_id_format.as_deref() {
        None | Some(FORMAT_UNSPECIFIED) => NameIdKind::AsAgreed,
        Some(FORMAT_PERSISTENT) => NameIdKind::Persistent,
        Some(FORMAT_EMAIL) => NameIdKind::Email,
        Some(FORMAT_TRANSIENT) => NameIdKind::Transient,
        Some(_) => return Err(unmet(INVALID_NAME_ID_POLICY, "name_id_format_not_offered")),
    };
    if asked.sp_name_qualifier.is_some_and(|qualifier| qualifier != app.as_str()) {
        return Err(unmet(INVALID_NAME_ID_POLICY, "name_id_for_another"));
    }
    let subject = match asked.subject {
        AskedSubject::Anyone => None,
        AskedSubject::Named(name_id) => Some(name_id),
        AskedSubject::Unsupported => return Err(unmet(REQUEST_UNSUPPORTED, "request_subject_unsupported")),
    };
    if asked.declarations == Wish::Asked {
        return Err(unmet(NO_AUTHN_CONTEXT, "context_declarations_asked"));
    }
    let context = match (asked.comparison, asked.classes) {
        (None, _) => return Err(unmet(NO_AUTHN_CONTEXT, "context_comparison_unknown")),
        (Some(_), classes) if classes.is_empty() => None,
        (Some(comparison), classes) => Some((comparison, classes)),
    };
    Ok(Wishes {
        force_authn: asked.force_authn,
        passive: asked.passive,
        name_id,
        subject,
        context,
        scoping: asked.scoping,
    })
}

#[cfg(test)]
mod tests;
