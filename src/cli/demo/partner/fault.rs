//! Why the demo partner cannot answer.

use crate::base::params::ParamError;
use crate::keys::signing::SignError;
use crate::outbound::client::FetchError;
use crate::saml::bindings::redirect::RedirectError;
use crate::saml::messages::authn_request::read::AuthnRequestError;
use crate::saml::metadata::fault::MetadataFault;
use crate::xmlsig::write::WriteError;
use crate::xmlsig::xml_error::XmlError;

/// Why the partner cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum PartnerFault {
    /// The query cannot be read.
    #[error(transparent)]
    Params(#[from] ParamError),
    /// No message in the query, or not signed by the gateway.
    #[error(transparent)]
    Redirect(#[from] RedirectError),
    /// The message is no AuthnRequest.
    #[error(transparent)]
    Request(#[from] AuthnRequestError),
    /// Another than the gateway asks.
    #[error("`{found}` is not known here")]
    Issuer {
        /// Who asks.
        found: String,
    },
    /// The request is for another.
    #[error("the request is for `{found}`")]
    Destination {
        /// For whom.
        found: String,
    },
    /// The answer should go where the gateway's metadata has nothing.
    #[error("`{found}` is no assertion consumer service of the asker")]
    Acs {
        /// Where to.
        found: String,
    },
    /// The answer should travel by another binding than POST.
    #[error("binding `{found}` is not spoken here")]
    Binding {
        /// Which one.
        found: String,
    },
    /// The gateway's metadata is not to be had.
    #[error("the metadata of the gateway cannot be fetched")]
    Fetch(#[from] FetchError),
    /// The gateway answered something else than its metadata.
    #[error("the metadata of the gateway cannot be fetched: status {status}")]
    FetchStatus {
        /// The status.
        status: u16,
    },
    /// The gateway's metadata is no XML.
    #[error("the metadata of the gateway cannot be read: {0}")]
    Xml(#[from] XmlError),
    /// The gateway's metadata has no key.
    #[error("the metadata of the gateway cannot be read: {0}")]
    Metadata(#[from] MetadataFault),
    /// The gateway's metadata lacks a part.
    #[error("the metadata of the gateway has no `{0}`")]
    MetadataLacks(&'static str),
    /// A value cannot be written as XML.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The key cannot sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}
