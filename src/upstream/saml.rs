//! SAML partners: we are the service provider.

use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::domain::assurance::statements::{Meaning, Stated};
use crate::domain::assurance::{AssuranceContract, Comparison as Compared};
use crate::domain::authentication::{Authentication, Identity, OnceKey};
use crate::domain::organization::PublicUrl;
use crate::domain::partners::{AssertionEncryption, Partner, PassedScoping, PassiveRequests, SamlTrust, SubjectRule};
use crate::domain::policy::strengths::StrengthId;
use crate::domain::refusal::{Code, Refusal, Side};
use crate::domain::requests::{AppError, FreshProof, Scoping};
use crate::keys::ring::KeyPurpose;
use crate::keys::signing::SignatureAlgorithm;
use crate::saml::accept::{self, Accepted, Refused};
use crate::saml::bindings::{post, redirect};
use crate::saml::expectation::{AskedBy, Decryption, Expectation};
use crate::saml::messages::authn_request::read::Scoping as Passed;
use crate::saml::messages::authn_request::{
    AuthnRequest, Comparison, NameIdPolicy, RequestedAuthnContext, Wish as Flag,
};
use crate::saml::names::EntityId;
use crate::saml::status::PartnerAnswer;
use crate::saml::subject::{self, SubjectAttribute, SubjectKind};

use super::metadata::{ACS_PATH, SP_ENTITY_PATH};
use super::{Answers, Body, Classes, Expected, Judged, NO_AUTHN_CONTEXT, Ours, PostedAnswer, Visibility, Wish};

pub(super) async fn ask(
    contract: &AssuranceContract,
    trust: &SamlTrust,
    wish: &Wish<'_>,
    ours: &Ours<'_>,
) -> Result<String, Refusal> {
    let internal = |cause| Refusal::new(Code::Internal, cause);
    not_ended(trust, wish.now)?;
    let issuer = entity_id(&ours.public_url.join(SP_ENTITY_PATH))?;
    let acs = ours.public_url.join(ACS_PATH);
    let policy = trust
        .request
        .name_id_format
        .as_ref()
        .map(|format| NameIdPolicy { format: Some(format.clone()), allow_create: Flag::Asked });
    let context = requested(contract, trust, wish.classes);
    let scoping = wish.scoping.filter(|_| trust.request.scoping == PassedScoping::PassedOn).map(passed_on);
    let passive = wish.visibility == Visibility::Passive && trust.request.passive == PassiveRequests::Allowed;
    let xml = AuthnRequest {
        id: wish.request_id,
        issue_instant: wish.now,
        destination: &trust.sso_redirect_url,
        acs: &acs,
        issuer: &issuer,
        force_authn: flag(wish.proof != FreshProof::NotAsked),
        passive: flag(passive),
        name_id_policy: policy.as_ref(),
        requested_authn_context: context.as_ref(),
        scoping: scoping.as_ref(),
    }
    .write()
    .map_err(|_| internal("request_unwritable"))?;
    let algorithm = SignatureAlgorithm::RsaSha256;
    let key = ours.keys.current(KeyPurpose::SamlSigning, algorithm).ok_or(internal("saml_signing_key_missing"))?;
    let to_sign = redirect::encode_to_sign(
        &trust.sso_redirect_url,
        redirect::MessageParam::Request,
        &xml,
        Some(wish.relay_state),
        algorithm,
    )
    .map_err(|_| internal("request_unwritable"))?;
    let signature = ours.signer.sign(key.id, algorithm, to_sign.bytes()).await;
    signature.map(|signature| to_sign.finish(&signature)).map_err(|_| internal("signing_failed"))
}

/// The context that is asked for: the partner's words for the strength that is needed, else the classes
/// of its record, which has none by default.
fn requested(contract: &AssuranceContract, trust: &SamlTrust, classes: Classes<'_>) -> Option<RequestedAuthnContext> {
    let configured =
        || RequestedAuthnContext { comparison: Comparison::Exact, classes: trust.request.requested_classes.clone() };
    let context = match classes {
        Classes::None => return None,
        Classes::AsConfigured => configured(),
        Classes::For(strengths) => in_words(contract, strengths).unwrap_or_else(configured),
    };
    (!context.classes.is_empty()).then_some(context)
}

/// The words for any of the strengths. Those that are compared in another way than the first are left
/// out, since one request has one comparison.
fn in_words(contract: &AssuranceContract, strengths: &[StrengthId]) -> Option<RequestedAuthnContext> {
    let mut questions = strengths.iter().map(|strength| contract.question(*strength));
    let first = questions.next()?;
    let mut classes = first.words;
    for word in questions.filter(|more| more.comparison == first.comparison).flat_map(|more| more.words) {
        if !classes.contains(&word) {
            classes.push(word);
        }
    }
    let comparison = match first.comparison {
        Compared::Exact => Comparison::Exact,
        Compared::Minimum => Comparison::Minimum,
        Compared::Better => Comparison::Better,
    };
    Some(RequestedAuthnContext { comparison, classes })
}

/// An app's Scoping as it goes on: passed on once more, and nobody is taken out of its list (SAML Core
/// 3.4.1.5.1). A request that may not be passed on has been refused.
fn passed_on(scoping: &Scoping) -> Passed {
    Passed {
        proxy_count: scoping.proxy_count.map(|count| count.saturating_sub(1)),
        idps: scoping.idps.clone(),
        requesters: scoping.requesters.clone(),
    }
}

const fn flag(wanted: bool) -> Flag {
    if wanted { Flag::Asked } else { Flag::NotAsked }
}

fn entity_id(text: &str) -> Result<EntityId, Refusal> {
    EntityId::parse(text).map_err(|_| Refusal::new(Code::Internal, "entity_id_malformed"))
}

pub(super) fn read_posted(params: &RawParams) -> Result<PostedAnswer, Refusal> {
    post::decode(params)
        .map(|posted| PostedAnswer { body: Body::Saml(posted.xml), relay_state: posted.relay_state })
        .map_err(|error| Refusal::new(Code::SamlResponseMalformed, error.cause()))
}

pub(super) fn judge(
    partner: &Partner,
    trust: &SamlTrust,
    message: &[u8],
    expected: &Expected<'_>,
    now: Timestamp,
) -> Judged {
    match not_ended(trust, now).and_then(|()| held_against(trust, expected.public_url)) {
        Err(refusal) => Judged { rows: Vec::new(), outcome: Err(refusal) },
        Ok(held) => {
            let keys = expected.keys.decryption();
            let expectation = Expectation {
                partner: &held.partner,
                keys: &trust.keys,
                audience: &held.audience,
                acs: &held.acs,
                asked_by: match expected.answers {
                    Answers::Request(id) => AskedBy::Request(id),
                    Answers::Nothing => AskedBy::Nobody,
                    Answers::UnknownToExplain => AskedBy::UnknownToExplain,
                },
                clock_skew: partner.clock_skew,
                subject: &held.subject,
                decryption: match trust.request.encryption {
                    AssertionEncryption::Refused => Decryption::Refused,
                    AssertionEncryption::Accepted => Decryption::Accepted(&keys),
                    AssertionEncryption::Required => Decryption::Required(&keys),
                },
            };
            let judgement = accept::judge(message, &expectation, now);
            let outcome = match judgement.outcome {
                Ok(accepted) => Ok(authentication(partner, accepted)),
                Err(refused) => Err(refusal(&refused)),
            };
            Judged { rows: judgement.rows, outcome }
        }
    }
}

/// A document that is fetched ends when it says so, since it is how its owner withdraws keys (SAML Metadata
/// 2.3.2); one that an administrator has applied is the administrator's word, and warned of.
fn not_ended(trust: &SamlTrust, now: Timestamp) -> Result<(), Refusal> {
    let end = trust.valid_until.filter(|end| trust.source.is_some() && *end <= now);
    end.map_or(
        Ok(()),
        |end| Err(Refusal::new(Code::PartnerDisabled, "partner_metadata_expired").seen(end.to_rfc3339())),
    )
}

struct Held {
    partner: EntityId,
    audience: EntityId,
    acs: String,
    subject: subject::SubjectRule,
}

fn held_against(trust: &SamlTrust, public_url: &PublicUrl) -> Result<Held, Refusal> {
    Ok(Held {
        partner: entity_id(&trust.entity_id)?,
        audience: entity_id(&public_url.join(SP_ENTITY_PATH))?,
        acs: public_url.join(ACS_PATH),
        subject: match &trust.subject {
            SubjectRule::PersistentNameId => subject::SubjectRule::PersistentNameId,
            SubjectRule::DangerousEmailNameId => subject::SubjectRule::DangerousEmailNameId,
            SubjectRule::Attribute(name) => subject::SubjectRule::Attribute(
                SubjectAttribute::parse(name).map_err(|_| Refusal::new(Code::Internal, "subject_rule_malformed"))?,
            ),
        },
    })
}

fn authentication(partner: &Partner, accepted: Accepted) -> Authentication {
    let issuer = accepted.issuer.as_str().to_owned();
    let mut attributes = accepted.attributes;
    let stated = Stated { class: accepted.class_ref.as_deref(), attributes: &attributes };
    let Meaning { assurance, methods } = Meaning::of(stated, &partner.assurance);
    if accepted.subject.kind == SubjectKind::EmailNameId {
        // The partner's record says that its NameID is a mail address; a mail attribute, where there is
        // one, is found before it.
        attributes.push(("email".to_owned(), vec![accepted.subject.value.clone()]));
    }
    Authentication {
        partner: partner.id,
        partner_version: partner.version,
        identity: Identity { issuer: issuer.clone(), subject: accepted.subject.value },
        attributes,
        assurance,
        home_methods: methods,
        authenticated_at: accepted.authn_instant,
        session_ends: accepted.session_not_on_or_after,
        session_index: accepted.session_index,
        once: OnceKey { issuer, id: accepted.assertion_id, until: accepted.assertion_end },
    }
}

fn refusal(refused: &Refused) -> Refusal {
    let cause = refused.cause();
    match refused {
        Refused::Status(status) => {
            let refusal = match status.answer() {
                PartnerAnswer::NoPassive => {
                    Refusal::new(Code::PartnerRefused, "partner_no_passive").telling(AppError::LoginRequired)
                }
                PartnerAnswer::AuthnFailed => Refusal::new(Code::PartnerRefused, "partner_authn_failed"),
                PartnerAnswer::RequestDenied => Refusal::new(Code::PartnerRefused, "partner_request_denied"),
                PartnerAnswer::NoAuthnContext => Refusal::new(Code::AssuranceUnmet, NO_AUTHN_CONTEXT),
                PartnerAnswer::Other => {
                    Refusal::new(Code::PartnerRefused, "partner_failed").telling(AppError::ServerError)
                }
            };
            let second = status.second.as_deref().unwrap_or("-");
            refusal.seen(format!("{} {second} {}", status.top, status.message.as_deref().unwrap_or_default()))
        }
        Refused::Xml(_) => Refusal::new(Code::SamlResponseMalformed, cause),
        Refused::Structure("assertion_encrypted" | "name_id_encrypted" | "attribute_encrypted") => {
            Refusal::new(Code::SamlEncrypted, cause)
        }
        Refused::Structure(_) => Refusal::new(Code::SamlResponseMalformed, cause),
        Refused::Encryption(_) => Refusal::new(Code::SamlEncrypted, cause),
        Refused::Signature(_) => Refusal::new(Code::SamlSignatureRefused, cause),
        Refused::Check(_) if is_about_subject(cause) => Refusal::new(Code::SubjectRefused, cause),
        Refused::Check("response_unsolicited") => Refusal::new(Code::SamlUnsolicited, cause),
        Refused::Check(_) => {
            let mut refusal = Refusal::new(Code::SamlResponseRefused, cause);
            refusal.side = Side::Partner;
            refusal
        }
    }
}

fn is_about_subject(cause: &str) -> bool {
    ["name_id_", "subject_", "sp_name_qualifier_", "name_qualifier_"].iter().any(|start| cause.starts_with(start))
}
