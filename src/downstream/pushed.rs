//! Requests that an app pushes beforehand (RFC 9126): sealed into the very `request_uri` that it gets for them, so
//! that nothing is stored, and nobody on the way through the browser can read or change them.

use std::time::Duration;

use super::proofs::{KeyProof, invalid_proof};
use super::tokens::{AppAnswer, invalid_request, refused};
use crate::base::binary::{Reader, Writer};
use crate::base::clock::Timestamp;
use crate::base::encoding::{base64url, from_base64url, sha256};
use crate::base::params::{RawParams, encode};
use crate::base::random::Random;
use crate::base::sealing::{Purpose, Sealer};
use crate::domain::apps::App;
use crate::domain::refusal::{Code, Refusal};
use crate::oidc::errors::AuthorizeError;
use crate::oidc::token_error::CACHE_CONTROL;

/// How every `request_uri` of ours begins (RFC 9126 2.2).
pub const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// How long one is good.
pub const LIFE: Duration = Duration::from_secs(90);
/// The longest request, form-encoded: sealed it must pass through a browser's address. **Units**: bytes.
pub const MAX_REQUEST: usize = 6 * 1024;
/// The longest `request_uri`: nonce, tag and times in base64 beside the request. **Units**: bytes.
const MAX_URI: usize = PREFIX.len() + (MAX_REQUEST + 128) * 4 / 3;
const FORMAT: u8 = 1;

/// What an authorization request has that was pushed.
#[derive(Debug, Clone, Copy)]
pub struct Reference<'p> {
    /// Who asks.
    pub client_id: &'p str,
    sealed: &'p str,
}

/// A request that was pushed.
#[derive(Debug)]
pub struct Pushed {
    /// Its parameters.
    pub params: RawParams,
    /// What it is known by.
    pub id: String,
}

impl<'p> Reference<'p> {
    /// Reads the reference, where the request has one of ours; whatever stands beside it is not looked at (RFC 9126
    /// 4).
    ///
    /// # Errors
    /// [`Code::BadRequest`] where nobody, or somebody twice, says who asks.
    pub fn read(params: &'p RawParams) -> Result<Option<Self>, Refusal> {
        // One that is doubled is none of ours, and told as every doubled parameter is.
        let uri = params.one("request_uri").ok().flatten();
        let Some(sealed) = uri.and_then(|uri| uri.strip_prefix(PREFIX)) else { return Ok(None) };
        let client_id = params.one("client_id").map_err(|_| Refusal::new(Code::BadRequest, "client_id_doubled"))?;
        let client_id = client_id.ok_or(Refusal::new(Code::BadRequest, "client_id_missing"))?;
        Ok(Some(Self { client_id, sealed }))
    }

    /// Opens what `app` has pushed.
    ///
    /// # Errors
    /// [`Code::BadRequest`] where it is none of this app's, or no longer good.
    pub fn open(self, app: &App, sealer: &Sealer, now: Timestamp) -> Result<Pushed, Refusal> {
        let unknown = || Refusal::new(Code::BadRequest, "pushed_request_unknown");
        let sealed = Some(self.sealed).filter(|text| text.len() <= MAX_URI).and_then(from_base64url);
        let sealed = sealed.ok_or_else(unknown)?;
        let plain = sealer.open(Purpose::PushedRequest, app.id.as_bytes(), &sealed).map_err(|_| unknown())?;
        let mut reader = Reader::new(&plain);
        let read = |reader: &mut Reader<'_>| {
            let (format, until, text) = (reader.byte()?, reader.number()?, reader.text()?);
            Ok::<_, crate::base::binary::BinaryError>((format, until, text))
        };
        let (format, until, text) = read(&mut reader).map_err(|_| unknown())?;
        if format != FORMAT {
            return Err(unknown());
        }
        if now >= Timestamp::from_micros(until) {
            return Err(Refusal::new(Code::BadRequest, "pushed_request_expired"));
        }
        let params = RawParams::parse(&text).map_err(|_| unknown())?;
        Ok(Pushed { params, id: base64url(sha256(&sealed)) })
    }
}

/// The parameters of a pushed request: all of the form but what proves the app. A proof beside it binds the code to its
/// key, as `dpop_jkt` would (RFC 9449 10.1).
///
/// # Errors
/// `invalid_request` where they are too long together, `invalid_dpop_proof` where they name another key.
pub fn request_of(
    form: &RawParams,
    client_id: &str,
    proof: Option<&KeyProof>,
) -> Result<(String, RawParams), AppAnswer> {
    const PROOF: [&str; 4] = ["client_id", "client_secret", "client_assertion", "client_assertion_type"];
    let key = match (proof, form.one("dpop_jkt")) {
        (Some(proof), Ok(Some(named))) if named != proof.key().to_string() => {
            return Err(invalid_proof("dpop_jkt_differs"));
        }
        (Some(proof), Ok(None)) => Some(format!("dpop_jkt={}", proof.key())),
        // One that is doubled is told as every doubled parameter is.
        _ => None,
    };
    // An empty one counts as absent, and gives way.
    let is_left = |name: &str| PROOF.contains(&name) || (key.is_some() && name == "dpop_jkt");
    let kept = form.iter().filter(|param| !is_left(&param.name));
    let pairs: Vec<String> = kept.map(|param| format!("{}={}", encode(&param.name), encode(&param.value))).collect();
    let client_id = format!("client_id={}", encode(client_id));
    let pairs: Vec<String> = std::iter::once(client_id).chain(key).chain(pairs).collect();
    let text = pairs.join("&");
    if text.len() > MAX_REQUEST {
        return Err(invalid_request("pushed_request_too_long"));
    }
    let params = RawParams::parse(&text).map_err(|_| invalid_request("parameters_too_many"))?;
    Ok((text, params))
}

/// Seals a request that was judged, and answers with its name (RFC 9126 2.2).
///
/// # Errors
/// `temporarily_unavailable` where it cannot be sealed.
pub fn accept(
    app: &App,
    request: &str,
    sealer: &Sealer,
    random: &dyn Random,
    now: Timestamp,
) -> Result<AppAnswer, AppAnswer> {
    let mut writer = Writer::new();
    writer.byte(FORMAT).number(now.plus(LIFE).micros()).text(request);
    let sealed = sealer.seal(random, Purpose::PushedRequest, app.id.as_bytes(), &writer.finish());
    let sealed = sealed.map_err(|_| super::tokens::unavailable("pushed_request_unsealable"))?;
    let uri = format!("{PREFIX}{}", base64url(sealed));
    let body = serde_json::json!({ "request_uri": uri, "expires_in": LIFE.as_secs() }).to_string();
    Ok(AppAnswer { status: 201, body, challenge: None, cache_control: CACHE_CONTROL, cause: None })
}

/// The answer to a request with a fault (RFC 9126 2.3): what the browser would have brought, at once.
#[must_use]
pub fn faulty(error: &AuthorizeError) -> AppAnswer {
    let body = serde_json::json!({ "error": error.error.as_str(), "error_description": error.description });
    AppAnswer {
        status: 400,
        body: body.to_string(),
        challenge: None,
        cache_control: CACHE_CONTROL,
        cause: Some(error.cause),
    }
}

/// The answer to a request whose redirect URI or app is not right.
#[must_use]
pub fn unanswerable(refusal: &Refusal) -> AppAnswer {
    use crate::oidc::parameter::ParamFault;
    use crate::oidc::token_error::{TokenError, TokenErrorCode};
    let description = match refusal.code {
        Code::RedirectUriRefused => "redirect_uri is none of those of the app's registration",
        _ => "the request is malformed",
    };
    refused(&TokenError::new(TokenErrorCode::InvalidRequest, ParamFault { cause: refusal.cause, description }))
}
