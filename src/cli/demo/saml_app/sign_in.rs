//! One sign-in, as the demo's SAML app sees it: off to the gateway with a signed request, and back with
//! an answer.
//!
//! # Source
//! SAML Profiles 4.1.

use std::time::Duration;

use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::DemoSamlApp;
use super::fault::SamlAppFault;
use crate::base::params::RawParams;
use crate::base::random::{new_handle, new_xml_id};
use crate::saml::accept::{Accepted, Refused, judge};
use crate::saml::bindings::post;
use crate::saml::bindings::redirect::{MessageParam, encode_to_sign};
use crate::saml::expectation::{AskedBy, Decryption, Expectation};
use crate::saml::messages::authn_request::{AuthnRequest, Wish};
use crate::saml::metadata::idp::{IdpMetadata, read};
use crate::saml::metadata::locations::{LoopbackHttp, SsoBinding};
use crate::saml::subject::SubjectRule;

/// How far the gateway's clock may be off.
const CLOCK_SKEW: Duration = Duration::from_secs(60);

/// The attributes that the app shows, and under which names.
const SHOWN: [(&str, &str); 4] = [
    ("urn:oid:0.9.2342.19200300.100.1.3", "email"),
    ("urn:oid:2.16.840.1.113730.3.1.241", "name"),
    ("urn:oid:2.5.4.42", "given_name"),
    ("urn:oid:2.5.4.4", "family_name"),
];

/// A sign-in that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The ID of the request.
    pub request_id: String,
    /// Comes back with the answer.
    pub relay_state: String,
}

impl DemoSamlApp {
    /// Starts a sign-in: where the browser goes, and what to remember.
    ///
    /// # Errors
    /// [`SamlAppFault`].
    pub async fn begin(&self) -> Result<(String, Pending), SamlAppFault> {
        let config = self.config();
        let gateway = self.gateway().await?;
        let sso = gateway.location(SsoBinding::Redirect).ok_or(SamlAppFault::NoRedirect)?;
        let pending = Pending { request_id: new_xml_id(&*config.random), relay_state: new_handle(&*config.random) };
        let xml = AuthnRequest {
            id: &pending.request_id,
            issue_instant: config.clock.now(),
            destination: sso,
            acs: &self.acs(),
            issuer: &config.entity_id,
            force_authn: Wish::NotAsked,
            passive: Wish::NotAsked,
            name_id_policy: None,
            requested_authn_context: None,
            scoping: None,
        }
        .write()?;
        let algorithm = config.key.default_algorithm();
        let to_sign = encode_to_sign(sso, MessageParam::Request, &xml, Some(&pending.relay_state), algorithm)?;
        let signature = config.key.sign(algorithm, to_sign.bytes())?;
        Ok((to_sign.finish(&signature), pending))
    }

    /// Ends a sign-in with the form that came back. `pending` is what this browser's cookie stands for.
    ///
    /// # Errors
    /// [`SamlAppFault`]: whatever a careful service provider refuses.
    pub async fn complete(
        &self,
        form: &RawParams,
        pending: Option<Pending>,
    ) -> Result<Map<String, Value>, SamlAppFault> {
        let posted = post::decode(form)?;
        let pending = pending.filter(|pending| posted.relay_state.as_ref() == Some(&pending.relay_state));
        let pending = pending.ok_or(SamlAppFault::RelayState)?;
        let gateway = self.gateway().await?;
        let config = self.config();
        let keys: Vec<_> = gateway.signing_certificates.iter().map(|one| one.key().clone()).collect();
        let expected = Expectation {
            partner: &gateway.entity_id,
            keys: &keys,
            audience: &config.entity_id,
            acs: &self.acs(),
            asked_by: AskedBy::Request(&pending.request_id),
            clock_skew: CLOCK_SKEW,
            subject: &SubjectRule::PersistentNameId,
            decryption: Decryption::Refused,
        };
        match judge(&posted.xml, &expected, config.clock.now()).outcome {
            Ok(accepted) => Ok(self.stated(&accepted)),
            Err(Refused::Status(status)) => {
                let code = status.second.unwrap_or(status.top);
                let second = code.rsplit(':').next().unwrap_or_default().to_owned();
                Err(SamlAppFault::Answered { second })
            }
            Err(refused) => Err(SamlAppFault::Refused { cause: refused.cause() }),
        }
    }

    /// What the assertion says, under the names that an ID token has for it.
    fn stated(&self, accepted: &Accepted) -> Map<String, Value> {
        let mut stated = Map::new();
        let mut put = |name: &str, value: Value| stated.insert(name.to_owned(), value);
        put("iss", json!(accepted.issuer.as_str()));
        put("aud", json!(self.config().entity_id.as_str()));
        put("sub", json!(accepted.subject.value));
        for (attribute, name) in SHOWN {
            let values = accepted.attributes.iter().find(|(known, _)| known == attribute).map(|(_, values)| values);
            if let Some(value) = values.and_then(|values| values.first()) {
                put(name, json!(value));
            }
        }
        put("acr", json!(accepted.class_ref));
        put("auth_time", json!(accepted.authn_instant.seconds()));
        put("sid", json!(accepted.session_index));
        put("idp", json!(accepted.authenticating_authorities.first()));
        stated
    }

    /// The gateway's metadata.
    async fn gateway(&self) -> Result<IdpMetadata, SamlAppFault> {
        let config = self.config();
        let fetched = config.http.get(&config.idp_metadata_url, HeaderMap::new()).await?;
        Ok(read(fetched.text().as_bytes(), None, LoopbackHttp::Allowed, config.clock.now())?)
    }
}
