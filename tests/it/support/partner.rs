//! A well-behaved SAML partner that needs no socket: it reads the request that the browser is sent with
//! and makes signed answers. Tests alter the descriptions before they are signed.

use std::sync::Arc;
use std::time::Duration;

use entente::base::clock::Timestamp;
use entente::base::encoding::base64;
use entente::base::params::RawParams;
use entente::base::random::{SystemRandom, new_xml_id};
use entente::keys::certificates::Certificate;
use entente::keys::public::PublicKey;
use entente::keys::signing::{SignatureAlgorithm, SigningKey};
use entente::saml::bindings::redirect::{self, MessageParam};
use entente::saml::messages::authn_request::read::{self, AskedAuthn};
use entente::saml::messages::name_id::NameId;
use entente::saml::messages::write_response::{AssertionDescription, ResponseDescription, SignedWith};
use entente::saml::names::FORMAT_PERSISTENT;
use entente::saml::status::{SUCCESS, Status};
use entente::xmlsig::c14n::canonical;
use entente::xmlsig::dom::Document;
use entente::xmlsig::limits::Limits;

use super::keys;

/// What the partner signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    /// The assertion.
    Assertion,
    /// The response around it.
    Response,
    /// Both.
    Both,
    /// Nothing.
    Nothing,
}

/// The partner.
pub struct Partner {
    /// Its entity ID.
    pub entity_id: String,
    /// Where requests go.
    pub sso: String,
    /// Its key.
    pub key: SigningKey,
    /// The certificate around it.
    pub certificate: Certificate,
}

/// A request that reached the partner.
pub struct Request {
    /// What it says.
    pub asked: AskedAuthn,
    /// What goes back with the answer.
    pub relay_state: String,
}

/// A person of the partner.
#[derive(Clone)]
pub struct Person {
    /// The persistent NameID.
    pub subject: String,
    /// Attributes.
    pub attributes: Vec<(String, Vec<String>)>,
    /// How they sign in.
    pub class_ref: String,
}

impl Person {
    /// A person with a mail address and names.
    pub fn new(subject: &str, mail: &str, given: &str, family: &str) -> Self {
        let one = |name: &str, value: &str| (name.to_owned(), vec![value.to_owned()]);
        Self {
            subject: subject.to_owned(),
            attributes: vec![
                one("urn:oid:0.9.2342.19200300.100.1.3", mail),
                one("urn:oid:2.5.4.42", given),
                one("urn:oid:2.5.4.4", family),
                one("urn:oid:2.16.840.1.113730.3.1.241", &format!("{given} {family}")),
            ],
            class_ref: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport".to_owned(),
        }
    }

    /// Ana, who is invited to payroll and travel.
    pub fn ana() -> Self {
        Self::new("ana-1", "ana@fabrikam.example", "Ana", "Almeida")
    }

    /// Ben, who is invited to nothing.
    pub fn ben() -> Self {
        Self::new("ben-1", "ben@fabrikam.example", "Ben", "Bakker")
    }
}

/// An answer before it is signed.
pub struct Answer {
    /// The response.
    pub response: ResponseDescription,
    /// The assertion, absent for an error.
    pub assertion: Option<AssertionDescription>,
    /// What is signed.
    pub signs: Signs,
}

impl Partner {
    /// The partner `fabrikam`.
    pub fn fabrikam() -> Self {
        Self::named("https://idp.fabrikam.example/saml", "https://idp.fabrikam.example/sso", keys::partner())
    }

    /// Another partner.
    pub fn named(entity_id: &str, sso: &str, key: SigningKey) -> Self {
        let certificate = keys::certificate(&key);
        Self { entity_id: entity_id.to_owned(), sso: sso.to_owned(), key, certificate }
    }

    /// Its metadata.
    pub fn metadata(&self) -> String {
        format!(
            r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{}"/></md:IDPSSODescriptor></md:EntityDescriptor>"#,
            self.entity_id,
            base64(self.certificate.der()),
            self.sso
        )
    }

    /// Reads the request in the address that the browser is sent to, and checks our signature on it.
    pub fn read_request(&self, location: &str, gateway_keys: &[Arc<PublicKey>]) -> Request {
        let (address, query) = location.split_once('?').unwrap();
        assert_eq!(address, self.sso);
        let params = RawParams::parse(query).unwrap();
        let verified = redirect::decode(&params, MessageParam::Request).unwrap().verify(gateway_keys).unwrap();
        let relay_state = verified.relay_state().unwrap().to_owned();
        Request { asked: read::read(verified.xml()).unwrap(), relay_state }
    }

    /// A good answer, signed assertion.
    pub fn answer(&self, request: &Request, person: &Person, audience: &str, now: Timestamp) -> Answer {
        let acs = request.asked.acs.clone().unwrap();
        let assertion = AssertionDescription {
            id: new_xml_id(&SystemRandom),
            issue_instant: now,
            issuer: self.entity_id.clone(),
            subject: NameId {
                value: person.subject.clone(),
                format: Some(FORMAT_PERSISTENT.to_owned()),
                name_qualifier: None,
                sp_name_qualifier: None,
            },
            recipient: acs.clone(),
            in_response_to: Some(request.asked.id.clone()),
            audience: audience.to_owned(),
            not_on_or_after: now.plus(Duration::from_secs(300)),
            authn_instant: now,
            class_ref: person.class_ref.clone(),
            session_index: Some("session-1".to_owned()),
            session_not_on_or_after: None,
            authenticating_authorities: Vec::new(),
            attributes: person.attributes.clone(),
            formatted: Vec::new(),
        };
        Answer {
            response: self.response(request, SUCCESS, None, now),
            assertion: Some(assertion),
            signs: Signs::Assertion,
        }
    }

    /// An error answer, unsigned.
    pub fn refusal(&self, request: &Request, top: &str, second: &str, now: Timestamp) -> Answer {
        Answer { response: self.response(request, top, Some(second), now), assertion: None, signs: Signs::Nothing }
    }

    fn response(&self, request: &Request, top: &str, second: Option<&str>, now: Timestamp) -> ResponseDescription {
        ResponseDescription {
            id: new_xml_id(&SystemRandom),
            issue_instant: now,
            issuer: self.entity_id.clone(),
            destination: request.asked.acs.clone().unwrap(),
            in_response_to: Some(request.asked.id.clone()),
            status: Status { top: top.to_owned(), second: second.map(str::to_owned), message: None },
        }
    }
}

impl Answer {
    /// The signed document.
    pub fn sign(&self, partner: &Partner) -> String {
        let algorithm = SignatureAlgorithm::RsaSha256;
        let with = SignedWith { algorithm, certificate: Some(&partner.certificate) };
        let seal = |to_sign: entente::xmlsig::sign::ToSign| {
            let signature = partner.key.sign(algorithm, to_sign.signed_info()).unwrap();
            to_sign.finish(&signature)
        };
        let assertion = self.assertion.as_ref().map(|assertion| match self.signs {
            Signs::Assertion | Signs::Both => seal(assertion.to_sign(with).unwrap()),
            Signs::Response | Signs::Nothing => assertion.unsigned().unwrap(),
        });
        match self.signs {
            Signs::Response | Signs::Both => seal(self.response.to_sign(assertion.as_deref(), with).unwrap()),
            Signs::Assertion | Signs::Nothing => self.response.unsigned(assertion.as_deref()).unwrap(),
        }
    }

    /// The response around this text, which takes the place of the assertion; signed where the answer signs
    /// responses.
    #[allow(dead_code, reason = "for the tests alone: the bench shares this file")]
    pub fn around(&self, partner: &Partner, text: &str) -> String {
        let algorithm = SignatureAlgorithm::RsaSha256;
        let with = SignedWith { algorithm, certificate: Some(&partner.certificate) };
        if matches!(self.signs, Signs::Assertion | Signs::Nothing) {
            return self.response.unsigned(Some(text)).unwrap();
        }
        // What is signed as it stands must be canonical.
        let document = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
        let text = String::from_utf8(canonical(document.root(), &[])).unwrap();
        let to_sign = self.response.to_sign(Some(&text), with).unwrap();
        let signature = partner.key.sign(algorithm, to_sign.signed_info()).unwrap();
        to_sign.finish(&signature)
    }

    /// The form value of the signed document.
    pub fn post(&self, partner: &Partner) -> String {
        base64(self.sign(partner))
    }
}
