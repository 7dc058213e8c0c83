//! The way back to a SAML app: a response with an assertion, or with a status.
//!
//! # Source
//! SAML Core 2.3.3 and 3.2.2, SAML Profiles 4.1.4.2, SAML Bindings 3.5.4.

use std::time::Duration;

use super::{Ours, SamlStatus, encryption};
use crate::base::clock::Timestamp;
use crate::base::random::{new_handle, new_xml_id};
use crate::base::secret::SecretBytes;
use crate::domain::apps::{AnswerEncryption, App, SamlApp, SignedAnswers};
use crate::domain::assurance::AssuranceLevel;
use crate::domain::assurance::told::Proof;
use crate::domain::claims::facts::{Carrier, Fact, Value};
use crate::domain::claims::rule::NameIdFormat;
use crate::domain::grants::SessionReading;
use crate::domain::groups::GroupId;
use crate::domain::guests::{Binding, Guest};
use crate::domain::organization::Organization;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{NameIdKind, SamlReturn};
use crate::domain::subjects::pairwise_subject;
use crate::downstream::Reply;
use crate::downstream::claims::{self, Known};
use crate::downstream::metadata::IDP_ENTITY_PATH;
use crate::keys::ring::{KeyPurpose, RingKey};
use crate::keys::signing::{SignError, SignatureAlgorithm};
use crate::saml::bindings::post;
use crate::saml::messages::name_id::NameId;
use crate::saml::messages::write_response::{
    AssertionDescription, FormattedAttribute, ResponseDescription, SignedWith,
};
use crate::saml::names::{
    FORMAT_EMAIL, FORMAT_PERSISTENT, FORMAT_TRANSIENT, FORMAT_UNSPECIFIED, NAME_FORMAT_BASIC, writable,
};
use crate::saml::status::{SUCCESS, Status};

/// How long an assertion may take on its way. **Units**: from when it is written.
const LIFE: Duration = Duration::from_secs(5 * 60);

/// What every SAML app is told: by the names of inetOrgPerson, which apps of research and education know, and
/// by those of an external-user token, which the others do.
const USUAL: [(&str, Fact); 12] = [
    ("urn:oid:0.9.2342.19200300.100.1.3", Fact::Mail),
    ("urn:oid:2.16.840.1.113730.3.1.241", Fact::Name),
    ("urn:oid:2.5.4.42", Fact::GivenName),
    ("urn:oid:2.5.4.4", Fact::FamilyName),
    ("http://schemas.microsoft.com/identity/claims/objectidentifier", Fact::Id),
    ("http://schemas.microsoft.com/identity/claims/tenantid", Fact::Organization),
    ("http://schemas.microsoft.com/identity/claims/identityprovider", Fact::IdentityProvider),
    ("http://schemas.microsoft.com/identity/claims/displayname", Fact::Name),
    ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", Fact::PrincipalName),
    ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", Fact::GivenName),
    ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", Fact::FamilyName),
    ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", Fact::Mail),
];
/// By which means a phishing-resistant proof was made, since no class of SAML says that it was one.
const METHODS: &str = "amr";

/// Where an answer goes, and what it repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The assertion consumer service, one of the app's.
    pub acs: String,
    /// The ID of the request; none where the app has not asked.
    pub request_id: Option<String>,
    /// Given back untouched.
    pub relay_state: Option<String>,
}

impl From<&SamlReturn> for Address {
    fn from(request: &SamlReturn) -> Self {
        let SamlReturn { acs, request_id, relay_state, .. } = request.clone();
        Self { acs, request_id, relay_state }
    }
}

/// What an assertion is made of, read fresh.
#[derive(Debug)]
pub struct Vouched<'a> {
    /// What the app asked.
    pub request: &'a SamlReturn,
    /// What is true of session, guest and app.
    pub reading: &'a SessionReading,
    /// How strongly the person is proven.
    pub proof: &'a Proof<'a>,
    /// The app.
    pub app: &'a App,
    /// The salt of subjects.
    pub salt: &'a SecretBytes,
    /// When the session ends at the latest.
    pub session_end: Timestamp,
    /// The guest's groups, where the app's rules ask for them.
    pub groups: &'a [GroupId],
    /// Ours.
    pub organization: &'a Organization,
}

/// An answer that waits for its signature.
#[derive(Debug)]
pub struct Prepared {
    response: ResponseDescription,
    assertion: AssertionDescription,
    answers: SignedAnswers,
    encryption: Option<AnswerEncryption>,
    relay_state: Option<String>,
}

/// Makes the answer of what is vouched for. Pure but for the names that it draws, so that it can be made
/// inside the unit that has read all this.
///
/// # Errors
/// [`Code::AccountMismatch`], [`Code::PartnerNotAccepted`], [`Code::NameIdUnavailable`] and
/// [`Code::AssuranceUnmet`], where what the app asks for is not true of who signed in.
pub fn prepare(vouched: &Vouched<'_>, ours: &Ours<'_>) -> Result<Prepared, Refusal> {
    let Vouched { request, reading, proof, app, .. } = vouched;
    let guest = &reading.guest;
    let saml = app.saml().ok_or(Refusal::new(Code::AppDisabled, "app_protocol_changed"))?;
    let Binding::Accepted { identity, .. } = &guest.binding else {
        return Err(Refusal::new(Code::Internal, "guest_unbound"));
    };
    if !request.issuers.is_empty() && !request.issuers.contains(&identity.issuer) {
        return Err(Refusal::new(Code::PartnerNotAccepted, "partner_not_among_idps"));
    }
    let imported = reading.imported_subject.clone();
    let persistent = imported.unwrap_or_else(|| pairwise_subject(vouched.salt, app, guest.id));
    let tenant = vouched.organization.id.to_string();
    let methods = proof.amr();
    let known = Known {
        guest,
        protocol: reading.account_protocol(),
        groups: vouched.groups,
        carrier: Carrier::Token,
        subject: &persistent,
        tenant: &tenant,
        methods: &methods,
    };
    let mut formatted = claims::of_assertion(app, &known);
    formatted.extend(told_methods(app, &known, proof));

    let attributes = usual(&known, app).map(|(name, value)| (name.to_owned(), vec![value])).collect();
    let agreed = agreed(app, &known);
    check_subject(request, guest, &persistent, agreed.as_ref())?;
    let class_ref = proof.class(&request.classes);
    let class_ref = class_ref.ok_or(Refusal::new(Code::AssuranceUnmet, "class_not_shown"))?;
    let session = &reading.session;
    let issuer = ours.public_url.join(IDP_ENTITY_PATH);
    let assertion = AssertionDescription {
        id: new_xml_id(ours.random),
        issue_instant: ours.now,
        issuer: issuer.clone(),
        subject: name_id(request.name_id, guest, persistent, agreed, ours)?,
        recipient: request.acs.clone(),
        in_response_to: request.request_id.clone(),
        audience: saml.entity_id.clone(),
        not_on_or_after: ours.now.plus(LIFE),
        authn_instant: session.authenticated_at,
        class_ref,
        session_index: Some(session.id.to_string()),
        session_not_on_or_after: Some(session.partner_session_ends.into_iter().fold(vouched.session_end, Ord::min)),
        authenticating_authorities: vec![identity.issuer.clone()],
        attributes,
        formatted,
    };
    let status = Status { top: SUCCESS.to_owned(), second: None, message: None };
    Ok(Prepared {
        response: response(&request.acs, request.request_id.as_deref(), issuer, status, ours),
        assertion,
        answers: saml.answers,
        encryption: saml.encryption.clone(),
        relay_state: request.relay_state.clone(),
    })
}

impl Prepared {
    /// Signs what the app wants signed, encrypts the assertion where the app's record says so, and makes the
    /// form. The assertion is signed before it is encrypted, the response after (SAML Core 6.2).
    ///
    /// # Errors
    /// [`SignError`] where there is no current key or it cannot sign, a value cannot be written, or the
    /// assertion cannot be encrypted; it is never sent in the clear instead.
    pub async fn sign(self, ours: &Ours<'_>) -> Result<Reply, SignError> {
        let key = current(ours)?;
        let with = SignedWith { algorithm: ALGORITHM, certificate: key.certificate.as_ref() };
        let assertion = if self.answers == SignedAnswers::Response {
            self.assertion.unsigned().map_err(|_| SignError::Failed)?
        } else {
            let to_sign = self.assertion.to_sign(with).map_err(|_| SignError::Failed)?;
            let signature = ours.signer.sign(key.id, ALGORITHM, to_sign.signed_info()).await?;
            to_sign.finish(&signature)
        };
        let assertion = match &self.encryption {
            Some(encryption) => encryption::encrypted(&assertion, encryption, ours).ok_or(SignError::Failed)?,
            None => assertion,
        };
        let xml = written(&self.response, Some(&assertion), self.answers, &key, ours).await?;
        Ok(form(self.response.destination, &xml, self.relay_state))
    }
}

/// The form that tells an app of a status; `None` where it cannot be made. It is signed where the app
/// wants responses signed.
pub async fn error(app: &App, to: &Address, status: SamlStatus, ours: &Ours<'_>) -> Option<Reply> {
    let SamlApp { answers, .. } = app.saml()?;
    let issuer = ours.public_url.join(IDP_ENTITY_PATH);
    let status = Status { top: status.top.to_owned(), second: status.second.map(str::to_owned), message: None };
    let response = response(&to.acs, to.request_id.as_deref(), issuer, status, ours);
    let key = current(ours).ok()?;
    let xml = written(&response, None, *answers, &key, ours).await.ok()?;
    Some(form(to.acs.clone(), &xml, to.relay_state.clone()))
}

const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::RsaSha256;

fn current(ours: &Ours<'_>) -> Result<std::sync::Arc<RingKey>, SignError> {
    ours.keys.current(KeyPurpose::SamlSigning, ALGORITHM).ok_or(SignError::UnknownKey)
}

async fn written(
    response: &ResponseDescription,
    assertion: Option<&str>,
    answers: SignedAnswers,
    key: &RingKey,
    ours: &Ours<'_>,
) -> Result<String, SignError> {
    if answers == SignedAnswers::Assertion {
        return response.unsigned(assertion).map_err(|_| SignError::Failed);
    }
    let with = SignedWith { algorithm: ALGORITHM, certificate: key.certificate.as_ref() };
    let to_sign = response.to_sign(assertion, with).map_err(|_| SignError::Failed)?;
    let signature = ours.signer.sign(key.id, ALGORITHM, to_sign.signed_info()).await?;
    Ok(to_sign.finish(&signature))
}

fn response(
    acs: &str,
    request_id: Option<&str>,
    issuer: String,
    status: Status,
    ours: &Ours<'_>,
) -> ResponseDescription {
    ResponseDescription {
        id: new_xml_id(ours.random),
        issue_instant: ours.now,
        issuer,
        destination: acs.to_owned(),
        in_response_to: request_id.map(str::to_owned),
        status,
    }
}

fn form(action: String, xml: &str, relay_state: Option<String>) -> Reply {
    let mut fields = vec![("SAMLResponse", post::encode(xml))];
    fields.extend(relay_state.map(|state| ("RelayState", state)));
    Reply::Form { action, fields }
}

/// An answer about another than the one that the app names would be worse than none (SAML Core 3.4.1.4).
fn check_subject(
    request: &SamlReturn,
    guest: &Guest,
    persistent: &str,
    agreed: Option<&(String, NameIdFormat)>,
) -> Result<(), Refusal> {
    let Some(subject) = &request.subject else { return Ok(()) };
    let is_mail = guest.proven_mail().is_some_and(|mail| mail.key() == subject.to_ascii_lowercase());
    if is_mail || subject == persistent || agreed.is_some_and(|(name, _)| name == subject) {
        Ok(())
    } else {
        Err(Refusal::new(Code::AccountMismatch, "not_the_named_subject"))
    }
}

/// The name that the app's record asks for, where the account has one.
fn agreed(app: &App, known: &Known<'_>) -> Option<(String, NameIdFormat)> {
    let rule = app.claims.terms().name_id?;
    Some((app.claims.name_id(&known.facts())?, rule.format))
}

/// What is agreed with the app holds where the request leaves the name open, or asks for the Format of it;
/// else the name is what its Format says.
fn name_id(
    kind: NameIdKind,
    guest: &Guest,
    persistent: String,
    agreed: Option<(String, NameIdFormat)>,
    ours: &Ours<'_>,
) -> Result<NameId, Refusal> {
    let asked = match kind {
        NameIdKind::Persistent => Some(NameIdFormat::Persistent),
        NameIdKind::Email => Some(NameIdFormat::Email),
        NameIdKind::Transient | NameIdKind::AsAgreed => None,
    };
    let agreed = agreed.filter(|(_, format)| kind == NameIdKind::AsAgreed || asked == Some(*format));
    let (value, format) = match (kind, agreed) {
        (_, Some((value, NameIdFormat::Persistent))) => (value, FORMAT_PERSISTENT),
        (_, Some((value, NameIdFormat::Email))) => (value, FORMAT_EMAIL),
        (_, Some((value, NameIdFormat::Unspecified))) => (value, FORMAT_UNSPECIFIED),
        (NameIdKind::Persistent | NameIdKind::AsAgreed, None) => (persistent, FORMAT_PERSISTENT),
        (NameIdKind::Transient, None) => (new_handle(ours.random), FORMAT_TRANSIENT),
        (NameIdKind::Email, None) => {
            // What nobody has proven names nobody.
            let mail = guest.proven_mail().ok_or(Refusal::new(Code::NameIdUnavailable, "mail_for_name_id_missing"))?;
            (mail.as_str().to_owned(), FORMAT_EMAIL)
        }
    };
    Ok(NameId { value, format: Some(format.to_owned()), name_qualifier: None, sp_name_qualifier: None })
}

/// The methods of a phishing-resistant proof, unless a rule of the app gives them already.
fn told_methods(app: &App, known: &Known<'_>, proof: &Proof<'_>) -> Option<FormattedAttribute> {
    let is_given = app.claims.terms().rules.iter().any(|rule| rule.name == METHODS);
    let is_told = proof.level() >= AssuranceLevel::PhishingResistant && !is_given;
    is_told.then(|| FormattedAttribute {
        name: METHODS.to_owned(),
        format: NAME_FORMAT_BASIC,
        values: known.methods.to_vec(),
    })
}

/// The attributes that an app is sent without a rule, as far as its rules leave them.
pub(in crate::downstream) fn usual<'a>(
    known: &Known<'a>,
    app: &App,
) -> impl Iterator<Item = (&'static str, String)> + use<'a> {
    let facts = known.facts();
    let sent: Vec<_> = USUAL.into_iter().filter(|(name, _)| app.claims.sends_basic(name)).collect();
    let stated = sent.into_iter().filter_map(move |(name, fact)| match facts.read(fact) {
        Ok(Value::Text(text)) => Some((name, writable(&text))),
        _ => None,
    });
    stated.filter(|(_, value)| !value.is_empty())
}
