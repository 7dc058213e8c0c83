//! Why the demo's SAML app does not sign a person in.

use crate::base::params::ParamError;
use crate::keys::signing::SignError;
use crate::outbound::client::FetchError;
use crate::saml::bindings::post::PostError;
use crate::saml::bindings::redirect::RedirectError;
use crate::saml::metadata::fault::MetadataFault;
use crate::xmlsig::write::WriteError;

/// Why the app does not sign a person in.
#[derive(Debug, thiserror::Error)]
pub enum SamlAppFault {
    /// The form cannot be read.
    #[error(transparent)]
    Params(#[from] ParamError),
    /// The form holds no answer.
    #[error(transparent)]
    Post(#[from] PostError),
    /// No sign-in of this browser has this RelayState.
    #[error("relay_state_unknown")]
    RelayState,
    /// The gateway answered with a status.
    #[error("{second}")]
    Answered {
        /// The last word of the second-level code, else of the top-level one.
        second: String,
    },
    /// The answer is not believed.
    #[error("{cause}")]
    Refused {
        /// The fine cause.
        cause: &'static str,
    },
    /// The gateway cannot be reached.
    #[error("gateway_unreachable")]
    Fetch(#[from] FetchError),
    /// The gateway's metadata cannot be used.
    #[error("metadata_unusable: {0}")]
    Metadata(#[from] MetadataFault),
    /// The gateway takes no requests by HTTP-Redirect.
    #[error("metadata_without_redirect")]
    NoRedirect,
    /// A request cannot be sent by redirect.
    #[error(transparent)]
    Redirect(#[from] RedirectError),
    /// A value cannot be written as XML.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The key cannot sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}
