//! A question of the gateway, read and judged as an identity provider does.
//!
//! # Source
//! SAML Profiles 4.1.4.1, SAML Bindings 3.4.

use super::DemoPartner;
use super::fault::PartnerFault;
use super::service_provider::{Freshness, ServiceProvider};
use crate::base::params::RawParams;
use crate::saml::bindings::redirect::{MessageParam, RedirectError, VerifiedRedirect, decode};
use crate::saml::messages::authn_request::read::{AskedAuthn, read};
use crate::saml::names::BINDING_POST;

/// A question that the gateway has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What it asks.
    pub asked: AskedAuthn,
    /// What goes back with the answer.
    pub relay_state: Option<String>,
    /// Where the answer goes; from the asker's metadata.
    pub acs: String,
    /// For whom the answer is: the asker's entity ID.
    pub audience: String,
}

impl DemoPartner {
    /// Reads the query string of a request to [`sso_url`](Self::sso_url).
    ///
    /// # Errors
    /// [`PartnerFault`]: whatever a careful identity provider refuses.
    pub async fn question(&self, query: &str) -> Result<Question, PartnerFault> {
        let message = decode(&RawParams::parse(query)?, MessageParam::Request)?;
        let mut gateway = self.service_provider(Freshness::AnyAge).await?;
        let verified = match message.clone().verify(&gateway.keys) {
            // The gateway may have rotated its key.
            Err(RedirectError::Signature) => {
                gateway = self.service_provider(Freshness::Fresh).await?;
                message.verify(&gateway.keys)?
            }
            verified => verified?,
        };
        self.judge(&verified, &gateway)
    }

    fn judge(&self, verified: &VerifiedRedirect, gateway: &ServiceProvider) -> Result<Question, PartnerFault> {
        let asked = read(verified.xml())?;
        if asked.issuer != gateway.entity_id {
            return Err(PartnerFault::Issuer { found: asked.issuer });
        }
        if let Some(found) = asked.destination.as_ref().filter(|destination| **destination != self.sso_url()) {
            return Err(PartnerFault::Destination { found: found.clone() });
        }
        if let Some(found) = asked.protocol_binding.as_ref().filter(|binding| *binding != BINDING_POST) {
            return Err(PartnerFault::Binding { found: found.clone() });
        }
        let acs = match &asked.acs {
            Some(acs) if !gateway.acs.contains(acs) => return Err(PartnerFault::Acs { found: acs.clone() }),
            Some(acs) => acs.clone(),
            None => gateway.acs.first().cloned().ok_or(PartnerFault::MetadataLacks("AssertionConsumerService"))?,
        };
        Ok(Question {
            asked,
            relay_state: verified.relay_state().map(str::to_owned),
            acs,
            audience: gateway.entity_id.clone(),
        })
    }
}
