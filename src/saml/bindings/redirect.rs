//! The Redirect binding: DEFLATE, base64, URL encoding, and a signature over the octets of the query
//! string.
//!
//! # Source
//! SAML Bindings 3.4.4.

use std::io::Read as _;
use std::sync::Arc;

use flate2::bufread::DeflateDecoder;

use super::{MAX_MESSAGE, MAX_RELAY_STATE_RECEIVED, MAX_RELAY_STATE_SENT};
use crate::base::encoding::{base64, from_base64_lines};
use crate::base::params::{ParamError, RawParams, encode};
use crate::base::trace::shorten;
use crate::keys::public::PublicKey;
use crate::keys::signing::SignatureAlgorithm;
use crate::xmlsig::algorithms::{signature_algorithm, signature_uri};

/// The most bytes of the encoded message in a query string.
pub const MAX_ENCODED: usize = 64 * 1024;

/// The one encoding of the binding (SAML Bindings 3.4.4.1).
const ENCODING_DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

/// Which parameter carries the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageParam {
    /// `SAMLRequest`.
    Request,
    /// `SAMLResponse`.
    Response,
}

impl MessageParam {
    const fn name(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

/// Why a message cannot be sent or read by redirect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedirectError {
    /// A parameter is doubled.
    #[error(transparent)]
    Params(#[from] ParamError),
    /// No message.
    #[error("the query has no `{name}`")]
    Absent {
        /// The parameter that should carry it.
        name: &'static str,
    },
    /// The message is larger than allowed, before or after it is inflated.
    #[error("message of more than {limit} bytes")]
    TooLarge {
        /// The size allowed.
        limit: usize,
    },
    /// Not base64.
    #[error("the message is not base64")]
    NotBase64,
    /// Not one whole DEFLATE stream, or something follows it.
    #[error("the message is not one DEFLATE stream")]
    NotDeflate,
    /// `SAMLEncoding` names another encoding.
    #[error("`SAMLEncoding` is not DEFLATE")]
    Encoding,
    /// RelayState is longer than allowed.
    #[error("`RelayState` of {found} bytes, at most {limit} are allowed")]
    RelayState {
        /// The size found.
        found: usize,
        /// The size allowed.
        limit: usize,
    },
    /// No signature, or a signature without its algorithm.
    #[error("the query is not signed")]
    NotSigned,
    /// `SigAlg` is none of ours.
    #[error("signature algorithm `{found}` is not accepted")]
    Algorithm {
        /// What the query names, shortened.
        found: String,
    },
    /// No key of the sender verifies the signature.
    #[error("no key of the sender verifies the signature")]
    Signature,
}

impl RedirectError {
    /// The stable, fine name.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Params(_) => "parameter_doubled",
            Self::Absent { .. } => "message_absent",
            Self::TooLarge { .. } => "message_too_large",
            Self::NotBase64 => "message_not_base64",
            Self::NotDeflate => "message_not_deflate",
            Self::Encoding => "encoding_unknown",
            Self::RelayState { .. } => "relay_state_too_long",
            Self::NotSigned => "signature_missing",
            Self::Algorithm { .. } => "signature_algorithm_refused",
            Self::Signature => "signature_invalid",
        }
    }
}

/// A redirect that waits for its signature, so that the signer may take its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectToSign {
    location: String,
    query: String,
}

/// Puts a message into a query string that awaits its signature.
///
/// `location` is the receiver's endpoint; a query that it has is kept and ours follows it, a fragment
/// would swallow ours and is cut off.
///
/// # Errors
/// [`RedirectError::RelayState`] where the state is longer than [`MAX_RELAY_STATE_SENT`].
pub fn encode_to_sign(
    location: &str,
    param: MessageParam,
    xml: &str,
    relay_state: Option<&str>,
    algorithm: SignatureAlgorithm,
) -> Result<RedirectToSign, RedirectError> {
    let mut query = format!("{}={}", param.name(), encode(&base64(deflate(xml)?)));
    if let Some(state) = relay_state {
        if state.len() > MAX_RELAY_STATE_SENT {
            return Err(RedirectError::RelayState { found: state.len(), limit: MAX_RELAY_STATE_SENT });
        }
        query.push_str("&RelayState=");
        query.push_str(&encode(state));
    }
    query.push_str("&SigAlg=");
    query.push_str(&encode(signature_uri(algorithm)));
    let location = location.split('#').next().unwrap_or_default().to_owned();
    Ok(RedirectToSign { location, query })
}

impl RedirectToSign {
    /// The octets that the signature covers.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.query.as_bytes()
    }

    /// The whole address, with the signature.
    #[must_use]
    pub fn finish(self, signature: &[u8]) -> String {
        let Self { location, query } = self;
        let joint = match location.split_once('?') {
            None => "?",
            Some((_, rest)) if rest.is_empty() || rest.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{location}{joint}{query}&Signature={}", encode(&base64(signature)))
    }
}

/// A message read from a query string, its signature not judged yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectMessage {
    /// The message, unproven.
    pub xml: Vec<u8>,
    /// The RelayState.
    pub relay_state: Option<String>,
    signed: Option<SignedOctets>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct SignedOctets {
    octets: String,
    algorithm: String,
    signature: Vec<u8>,
}

/// A message whose query string one of the sender's keys has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedRedirect {
    message: RedirectMessage,
    key_index: usize,
}

impl VerifiedRedirect {
    /// The message.
    #[must_use]
    pub fn xml(&self) -> &[u8] {
        &self.message.xml
    }

    /// Which of the keys handed to [`RedirectMessage::verify`] made the signature, counted from zero.
    #[must_use]
    pub const fn key_index(&self) -> usize {
        self.key_index
    }

    /// The RelayState, covered by the signature too.
    #[must_use]
    pub fn relay_state(&self) -> Option<&str> {
        self.message.relay_state.as_deref()
    }
}

/// Reads a message from a query string. Sizes are judged before anything is decoded, and inflation
/// stops at [`MAX_MESSAGE`].
///
/// # Errors
/// All of [`RedirectError`] but those of the signature.
pub fn decode(params: &RawParams, param: MessageParam) -> Result<RedirectMessage, RedirectError> {
    let name = param.name();
    let value = params.one_raw(name)?.ok_or(RedirectError::Absent { name })?;
    if value.value.len() > MAX_ENCODED {
        return Err(RedirectError::TooLarge { limit: MAX_ENCODED });
    }
    if params.one("SAMLEncoding")?.is_some_and(|encoding| encoding != ENCODING_DEFLATE) {
        return Err(RedirectError::Encoding);
    }
    let state = params.one_raw("RelayState")?;
    let algorithm = params.one_raw("SigAlg")?;
    let signature = params.one("Signature")?;
    if let Some(found) = state.map(|state| state.value.len()).filter(|found| *found > MAX_RELAY_STATE_RECEIVED) {
        return Err(RedirectError::RelayState { found, limit: MAX_RELAY_STATE_RECEIVED });
    }
    let signed = match (algorithm, signature) {
        (Some(algorithm), Some(signature)) => {
            // One that stands without a value was signed as it stands.
            let state = params.iter().find(|param| param.name == "RelayState");
            let state = state.map(|state| format!("&RelayState={}", state.raw_value)).unwrap_or_default();
            Some(SignedOctets {
                octets: format!("{name}={}{state}&SigAlg={}", value.raw_value, algorithm.raw_value),
                algorithm: algorithm.value.clone(),
                signature: from_base64_lines(signature).ok_or(RedirectError::Signature)?,
            })
        }
        (None, None) => None,
        _ => return Err(RedirectError::NotSigned),
    };
    let packed = from_base64_lines(&value.value).ok_or(RedirectError::NotBase64)?;
    Ok(RedirectMessage { xml: inflate(&packed)?, relay_state: state.map(|state| state.value.clone()), signed })
}

impl RedirectMessage {
    /// Whether the query carries a signature. It says nothing about its worth.
    #[must_use]
    pub const fn is_signed(&self) -> bool {
        self.signed.is_some()
    }

    /// Verifies the signature over the octets as they came, with the sender's `keys` alone.
    ///
    /// # Errors
    /// [`RedirectError::NotSigned`], [`RedirectError::Algorithm`], [`RedirectError::Signature`].
    pub fn verify(self, keys: &[Arc<PublicKey>]) -> Result<VerifiedRedirect, RedirectError> {
        let signed = self.signed.as_ref().ok_or(RedirectError::NotSigned)?;
        let algorithm = signature_algorithm(&signed.algorithm)
            .ok_or_else(|| RedirectError::Algorithm { found: shorten(signed.algorithm.clone()) })?;
        let octets = signed.octets.as_bytes();
        let made_it = |key: &Arc<PublicKey>| key.has_signed(algorithm, octets, &signed.signature);
        match keys.iter().position(made_it) {
            Some(key_index) => Ok(VerifiedRedirect { message: self, key_index }),
            None => Err(RedirectError::Signature),
        }
    }
}

/// Wraps a message as DEFLATE data (RFC 1951). Our messages are below a kilobyte and most of one is
/// names of the standard, URLs and random digits, so it goes out as one stored block (RFC 1951 3.2.4):
/// a compressor's 300 kB of state would cost more than all else that a request needs.
fn deflate(xml: &str) -> Result<Vec<u8>, RedirectError> {
    let length = u16::try_from(xml.len()).map_err(|_| RedirectError::TooLarge { limit: usize::from(u16::MAX) })?;
    let mut packed = Vec::with_capacity(xml.len() + 5);
    packed.push(FINAL_STORED_BLOCK);
    packed.extend_from_slice(&length.to_le_bytes());
    packed.extend_from_slice(&(!length).to_le_bytes());
    packed.extend_from_slice(xml.as_bytes());
    Ok(packed)
}

/// The header bits of a last block that is stored, padded to a byte.
const FINAL_STORED_BLOCK: u8 = 1;

fn inflate(packed: &[u8]) -> Result<Vec<u8>, RedirectError> {
    let mut decoder = DeflateDecoder::new(packed);
    let mut xml = Vec::new();
    let limit = u64::try_from(MAX_MESSAGE).unwrap_or(u64::MAX).saturating_add(1);
    (&mut decoder).take(limit).read_to_end(&mut xml).map_err(|_| RedirectError::NotDeflate)?;
    if xml.len() > MAX_MESSAGE {
        return Err(RedirectError::TooLarge { limit: MAX_MESSAGE });
    }
    if xml.is_empty() || usize::try_from(decoder.total_in()).ok() != Some(packed.len()) {
        return Err(RedirectError::NotDeflate);
    }
    Ok(xml)
}

#[cfg(test)]
mod tests;
