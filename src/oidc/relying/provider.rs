//! What a provider says of itself (OpenID Connect Discovery 1.0 section 3, RFC 8414 2).

use serde::Deserialize;
use url::{Host, Url};

/// The largest document that is read. **Units**: bytes.
pub const MAX_DOCUMENT: usize = 256 * 1024;

/// Which addresses a provider may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// Only https.
    HttpsOnly,
    /// Also http toward this machine, where everybody is on loopback.
    LoopbackToo,
}

/// A provider as its document describes it, its issuer held against our record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// The issuer, exactly as our record has it.
    pub issuer: String,
    /// Where browsers go.
    pub authorization_endpoint: String,
    /// Where codes are redeemed.
    pub token_endpoint: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Where claims are told, if anywhere.
    pub userinfo_endpoint: Option<String>,
    /// Whether its answers promise to name it.
    pub answers: AnswerIssuer,
}

/// Whether the answers of a provider name their issuer (RFC 9207 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerIssuer {
    /// Each does, so one without is refused.
    Promised,
    /// It is not said; where one does, it must be right.
    NotPromised,
}

/// Why a document is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Larger than [`MAX_DOCUMENT`].
    #[error("the discovery document has more than {MAX_DOCUMENT} bytes")]
    TooLarge,
    /// No JSON object with the members that are required.
    #[error("the discovery document cannot be read: {0}")]
    Malformed(String),
    /// It is the document of another issuer (OpenID Connect Discovery 4.3).
    #[error("the discovery document is that of `{found}`")]
    Issuer {
        /// Whose it is, shortened.
        found: String,
    },
    /// An endpoint that is no https address.
    #[error("`{member}` of the discovery document is no https address without user name and fragment")]
    Endpoint {
        /// Which.
        member: &'static str,
    },
}

impl ProviderError {
    /// The stable cause of a refusal.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::TooLarge => "discovery_too_large",
            Self::Malformed(_) => "discovery_malformed",
            Self::Issuer { .. } => "discovery_of_another_issuer",
            Self::Endpoint { .. } => "discovery_endpoint_refused",
        }
    }
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Where the document of an issuer is (OpenID Connect Discovery 4).
#[must_use]
pub fn document_address(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

/// Whether `text` may be an issuer: an https address without query and fragment (Discovery 3).
#[must_use]
pub fn is_issuer(text: &str, addresses: Addresses) -> bool {
    is_endpoint(text, addresses) && !text.contains(['?', '{', '}'])
}

/// Reads the document of `issuer`.
///
/// # Errors
/// [`ProviderError`].
pub fn read(document: &[u8], issuer: &str, addresses: Addresses) -> Result<Provider, ProviderError> {
    if document.len() > MAX_DOCUMENT {
        return Err(ProviderError::TooLarge);
    }
    let document: Document =
        serde_json::from_slice(document).map_err(|error| ProviderError::Malformed(error.to_string()))?;
    if document.issuer != issuer {
        return Err(ProviderError::Issuer { found: crate::base::trace::shorten(document.issuer) });
    }
    let endpoint = |member, text: String| {
        if is_endpoint(&text, addresses) { Ok(text) } else { Err(ProviderError::Endpoint { member }) }
    };
    Ok(Provider {
        issuer: document.issuer,
        authorization_endpoint: endpoint("authorization_endpoint", document.authorization_endpoint)?,
        token_endpoint: endpoint("token_endpoint", document.token_endpoint)?,
        jwks_uri: endpoint("jwks_uri", document.jwks_uri)?,
        userinfo_endpoint: document.userinfo_endpoint.map(|text| endpoint("userinfo_endpoint", text)).transpose()?,
        answers: if document.authorization_response_iss_parameter_supported {
            AnswerIssuer::Promised
        } else {
            AnswerIssuer::NotPromised
        },
    })
}

fn is_endpoint(text: &str, addresses: Addresses) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    let is_scheme =
        url.scheme() == "https" || (url.scheme() == "http" && is_here && addresses == Addresses::LoopbackToo);
    is_scheme && url.username().is_empty() && url.password().is_none() && url.fragment().is_none()
}
