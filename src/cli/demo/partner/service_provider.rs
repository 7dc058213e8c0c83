//! What the demo partner knows of the gateway: its metadata as service provider.
//!
//! # Source
//! SAML Metadata 2.4.4.

use std::sync::Arc;

use http::HeaderMap;

use super::DemoPartner;
use super::fault::PartnerFault;
use crate::base::clock::Timestamp;
use crate::keys::public::PublicKey;
use crate::saml::metadata::keys::signing_keys;
use crate::saml::names::{BINDING_POST, METADATA};
use crate::xmlsig::dom::{Document, Element};
use crate::xmlsig::limits::Limits;

/// Where the gateway's metadata comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceProviderSource {
    /// Fetched from this address when it is first needed, and again where a request does not verify.
    Fetched(String),
    /// A document.
    Document(String),
}

/// The gateway as its metadata shows it.
#[derive(Debug, Clone)]
pub struct ServiceProvider {
    /// Its entity ID.
    pub entity_id: String,
    /// The keys that its requests are signed with.
    pub keys: Vec<Arc<PublicKey>>,
    /// Where answers go by POST, the default first.
    pub acs: Vec<String>,
}

impl ServiceProvider {
    /// Reads a document.
    ///
    /// # Errors
    /// [`PartnerFault::Xml`], [`PartnerFault::Metadata`] and [`PartnerFault::MetadataLacks`].
    pub fn read(document: &str, now: Timestamp) -> Result<Self, PartnerFault> {
        let document = Document::parse(document.as_bytes(), &Limits::METADATA)?;
        let root = document.root();
        let role = root.child(METADATA, "SPSSODescriptor")?.ok_or(PartnerFault::MetadataLacks("SPSSODescriptor"))?;
        let is_default = |service: &Element<'_, '_>| service.attribute("isDefault") == Some("true");
        let mut services: Vec<_> = role
            .children_named(METADATA, "AssertionConsumerService")
            .filter(|service| service.attribute("Binding") == Some(BINDING_POST))
            .collect();
        services.sort_by_key(|service| !is_default(service));
        let acs: Vec<String> =
            services.iter().filter_map(|service| service.attribute("Location")).map(str::to_owned).collect();
        if acs.is_empty() {
            return Err(PartnerFault::MetadataLacks("AssertionConsumerService"));
        }
        let certificates = signing_keys(role, now, &mut Vec::new())?;
        Ok(Self {
            entity_id: root.attribute("entityID").ok_or(PartnerFault::MetadataLacks("entityID"))?.to_owned(),
            keys: certificates.iter().map(|certificate| certificate.key().clone()).collect(),
            acs,
        })
    }
}

/// Whether what was once fetched will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    /// It will.
    AnyAge,
    /// It may have changed.
    Fresh,
}

impl DemoPartner {
    /// The gateway's metadata.
    pub(super) async fn service_provider(&self, freshness: Freshness) -> Result<Arc<ServiceProvider>, PartnerFault> {
        let config = self.config();
        let mut known = self.0.service_provider.lock().await;
        let url = match &config.service_provider {
            ServiceProviderSource::Fetched(url) => {
                Some(url).filter(|_| freshness == Freshness::Fresh || known.is_none())
            }
            ServiceProviderSource::Document(_) => None,
        };
        let text = match (url, &*known, &config.service_provider) {
            (Some(url), _, _) => {
                let fetched = config.http.get(url, HeaderMap::new()).await?;
                if !fetched.status.is_success() {
                    return Err(PartnerFault::FetchStatus { status: fetched.status.as_u16() });
                }
                fetched.text()
            }
            (None, Some(known), _) => return Ok(known.clone()),
            (None, None, ServiceProviderSource::Document(text) | ServiceProviderSource::Fetched(text)) => text.clone(),
        };
        let read = Arc::new(ServiceProvider::read(&text, config.clock.now())?);
        *known = Some(read.clone());
        Ok(read)
    }
}
