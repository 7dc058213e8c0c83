//! OIDC partners: we are the relying party.

mod redeemed;
pub(super) mod refresh;
mod token_endpoint;

use http::{HeaderMap, HeaderValue, header};

use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::base::trace::Checked;
use crate::domain::assurance::statements::{Meaning, Stated};
use crate::domain::authentication::{Authentication, Identity, OnceKey};
use crate::domain::partners::PartnerAlgorithm;
use crate::domain::partners::{OidcTerms, OidcTrust, Partner, PassiveRequests};
use crate::domain::refusal::{Code, Refusal, Side};
use crate::domain::requests::{AppError, FreshProof};
use crate::keys::jwk_set::{KEY_UNKNOWN, TokenAlgorithm};
use crate::oidc::relying::callback::{self, Callback, Said};
use crate::oidc::relying::id_token::{self, AuthTime, Expectation, MAX_AGE, Nonce, Statement};
use crate::oidc::relying::provider::{Addresses, is_issuer};
use crate::oidc::relying::question::{self, Question};
use crate::oidc::relying::token_reply::{self, Tokens};
use crate::oidc::relying::userinfo::UserInfo;

pub(super) use self::redeemed::Redeemed;
use super::providers::{Documents, Providers, no_answer, unreachable};
use super::{Asking, Classes, Judged, NO_AUTHN_CONTEXT, Ours, Visibility, Wish};

/// Where answers come to, before the partner's handle.
pub const CALLBACK_PATH: &str = "/oidc/rp/callback/";

pub(super) fn registration_faults(terms: &OidcTerms, addresses: Addresses) -> Vec<String> {
    if is_issuer(&terms.issuer, addresses) {
        return Vec::new();
    }
    let shown = crate::base::trace::shorten(terms.issuer.clone());
    vec![format!(
        "`issuer` `{shown}` is no https address of one tenant, without query, fragment and placeholder; write the \
         `issuer` of the provider's discovery document"
    )]
}

pub(super) fn ask(partner: &Partner, trust: &OidcTrust, wish: &Wish<'_>, ours: &Ours<'_>) -> Result<String, Refusal> {
    let terms = &trust.terms;
    let documents = ours.providers.documents(partner.id, trust)?;
    let passive = wish.visibility == Visibility::Passive && terms.passive == PassiveRequests::Allowed;
    let acr_values = requested(partner, terms, wish.classes);
    let question = Question {
        client_id: &terms.client_id,
        redirect_uri: &redirect_uri(partner, ours),
        scopes: &terms.scopes,
        state: &state(wish.relay_state, wish.request_id),
        verifier: wish.verifier,
        prompt: match wish.proof {
            _ if passive => Some("none"),
            FreshProof::Asked => Some("login"),
            FreshProof::NotAsked | FreshProof::WithinMaxAge => None,
        },
        max_age: match wish.proof {
            FreshProof::NotAsked => None,
            FreshProof::Asked => Some(0),
            FreshProof::WithinMaxAge => Some(wish.max_age.unwrap_or_default()),
        },
        acr_values: &acr_values,
        login_hint: wish.login_hint,
    };
    question::address(&question, &documents.provider).ok_or(Refusal::new(Code::Internal, "request_unwritable"))
}

/// The words for any of the strengths, else the classes of the record, which has none by default.
fn requested(partner: &Partner, terms: &OidcTerms, classes: Classes<'_>) -> Vec<String> {
    match classes {
        Classes::None => Vec::new(),
        Classes::AsConfigured => terms.acr_values.clone(),
        Classes::For(strengths) => {
            let mut words: Vec<String> = Vec::new();
            for word in strengths.iter().flat_map(|strength| partner.assurance.question(*strength).words) {
                if !words.contains(&word) && !word.contains(' ') {
                    words.push(word);
                }
            }
            if words.is_empty() { terms.acr_values.clone() } else { words }
        }
    }
}

fn redirect_uri(partner: &Partner, ours: &Ours<'_>) -> String {
    ours.public_url.join(&format!("{CALLBACK_PATH}{}", partner.handle))
}

/// Our state: the attempt that it belongs to, and the question within it.
pub(super) fn state(attempt: &str, request_id: &str) -> String {
    format!("{attempt}.{request_id}")
}

/// An answer that a browser brought, not redeemed yet.
#[derive(Debug, Clone)]
pub struct BroughtAnswer(Callback);

impl BroughtAnswer {
    /// The attempt that the browser names; nothing but a hint.
    #[must_use]
    pub fn attempt(&self) -> Option<&str> {
        self.0.state.as_deref().and_then(|state| state.split_once('.')).map(|(attempt, _)| attempt)
    }
}

/// Reads what a browser brought to a partner's callback.
///
/// # Errors
/// [`Code::OidcResponseMalformed`].
pub fn read_brought(params: &RawParams) -> Result<BroughtAnswer, Refusal> {
    callback::read(params).map(BroughtAnswer).map_err(|cause| Refusal::new(Code::OidcResponseMalformed, cause))
}

/// Redeems what a browser brought at the partner that was asked, and nowhere else.
pub(super) async fn redeem(
    partner: &Partner,
    trust: &OidcTrust,
    brought: &BroughtAnswer,
    asking: &Asking<'_>,
    ours: &Ours<'_>,
) -> Result<Redeemed, Refusal> {
    let refused = |cause| Refusal::new(Code::OidcResponseRefused, cause);
    if brought.0.state.as_deref() != Some(state(asking.attempt, asking.request_id).as_str()) {
        return Err(Refusal::new(Code::OidcUnsolicited, "state_of_another_question"));
    }
    if asking.handle != partner.handle {
        return Err(refused("callback_of_another_partner"));
    }
    let documents = ours.providers.documents(partner.id, trust)?;
    callback::check_issuer(&brought.0, &documents.provider)
        .map_err(|cause| refused(cause).seen(brought.0.issuer.clone().unwrap_or_default()))?;
    let code = match &brought.0.said {
        Said::Code(code) => code,
        Said::Error { error, description } => return Err(said_no(error, description.as_deref())),
    };
    let tokens = exchange(partner, trust, &documents, code, asking, ours).await?;
    let nonce = question::nonce(asking.verifier);
    let auth_time = if asking.proof == FreshProof::NotAsked { AuthTime::Optional } else { AuthTime::Required };
    Ok(Redeemed::new(tokens, trust.terms.issuer.clone(), nonce, auth_time))
}

/// Whether what was redeemed is signed by a key that the partner's record does not have.
pub(super) fn names_unknown_key(
    partner: &Partner,
    trust: &OidcTrust,
    redeemed: &Redeemed,
    providers: &Providers,
    now: Timestamp,
) -> bool {
    let documents = providers.documents(partner.id, trust);
    documents.is_ok_and(|documents| redeemed.judge(partner, trust, &documents, now).outcome == Err(KEY_UNKNOWN))
}

/// Asks UserInfo, only about a person that the token names, and only where the token says no address.
pub(super) async fn complete(
    partner: &Partner,
    trust: &OidcTrust,
    redeemed: &mut Redeemed,
    ours: &Ours<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let documents = ours.providers.documents(partner.id, trust)?;
    let is_asked = redeemed.judge(partner, trust, &documents, now).outcome.as_ref().is_ok_and(says_no_address);
    if let Some(endpoint) = documents.provider.userinfo_endpoint.as_ref().filter(|_| is_asked) {
        redeemed.userinfo = Some(userinfo(endpoint, &redeemed.tokens.access_token, &trust.terms, ours).await?);
    }
    Ok(())
}

fn says_no_address(statement: &Statement) -> bool {
    !statement.claims.iter().any(|(name, _)| name == "email")
}

/// A partner's "no", in our words (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6).
fn said_no(error: &str, description: Option<&str>) -> Refusal {
    let refusal = match error {
        "access_denied" => Refusal::new(Code::PartnerRefused, "partner_access_denied"),
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            Refusal::new(Code::PartnerRefused, "partner_no_passive").telling(AppError::LoginRequired)
        }
        "unmet_authentication_requirements" => Refusal::new(Code::AssuranceUnmet, NO_AUTHN_CONTEXT),
        _ => Refusal::new(Code::PartnerRefused, "partner_failed").telling(AppError::ServerError),
    };
    refusal.seen(format!("{error} {}", description.unwrap_or_default()).trim_end())
}

async fn exchange(
    partner: &Partner,
    trust: &OidcTrust,
    documents: &Documents,
    code: &str,
    asking: &Asking<'_>,
    ours: &Ours<'_>,
) -> Result<Tokens, Refusal> {
    let fields = vec![
        ("grant_type".to_owned(), "authorization_code".to_owned()),
        ("code".to_owned(), code.to_owned()),
        ("redirect_uri".to_owned(), redirect_uri(partner, ours)),
        ("code_verifier".to_owned(), asking.verifier.to_owned()),
    ];
    let fetched = token_endpoint::ask(partner, trust, documents, fields, (asking.random, asking.now), ours).await?;
    token_reply::read(fetched.status.as_u16(), &fetched.body).map_err(|no| {
        let refusal = if fetched.status.is_server_error() {
            unreachable(no.cause)
        } else {
            Refusal::new(Code::OidcResponseRefused, no.cause)
        };
        refusal.seen(no.saw)
    })
}

async fn userinfo(endpoint: &str, access_token: &str, terms: &OidcTerms, ours: &Ours<'_>) -> Result<UserInfo, Refusal> {
    let mut value = HeaderValue::try_from(format!("Bearer {access_token}"))
        .map_err(|_| Refusal::new(Code::OidcResponseMalformed, "access_token_malformed"))?;
    value.set_sensitive(true);
    let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
    let fetched = ours.providers.client(terms).await?.get(endpoint, headers).await;
    let fetched = fetched.map_err(|error| no_answer("userinfo_no_answer", &error))?;
    let media_type = fetched.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    UserInfo::read(fetched.status.as_u16(), media_type, &fetched.body)
        .map_err(|cause| Refusal::new(Code::OidcResponseRefused, cause).seen(fetched.status.as_str()))
}

/// What each of the partner's ID tokens is held against.
fn expectation<'a>(
    partner: &Partner,
    terms: &'a OidcTerms,
    documents: &'a Documents,
    nonce: Nonce<'a>,
) -> Expectation<'a> {
    Expectation {
        issuer: &terms.issuer,
        client_id: &terms.client_id,
        algorithm: algorithm(terms),
        keys: &documents.keys,
        nonce,
        access_token: None,
        auth_time: AuthTime::Optional,
        clock_skew: partner.clock_skew,
    }
}

pub(super) fn judge(
    partner: &Partner,
    trust: &OidcTrust,
    redeemed: &Redeemed,
    providers: &Providers,
    now: Timestamp,
) -> Judged {
    let refused = |refusal| Judged { rows: Vec::new(), outcome: Err(refusal) };
    if redeemed.issuer != trust.terms.issuer {
        return refused(Refusal::new(Code::OidcResponseRefused, "issuer_changed_meanwhile"));
    }
    let documents = match providers.documents(partner.id, trust) {
        Ok(documents) => documents,
        Err(refusal) => return refused(refusal),
    };
    let judgement = redeemed.judge(partner, trust, &documents, now).into_owned();
    let mut rows = judgement.rows;
    let outcome = match judgement.outcome {
        Err(cause) => Err(refusal(cause, &rows)),
        Ok(mut statement) => match join(redeemed, &mut statement) {
            Ok(row) => {
                rows.extend(row);
                Ok(authentication(partner, &trust.terms, &redeemed.nonce, statement))
            }
            Err(cause) => {
                rows.push(Checked::failed("userinfo", cause, ""));
                Err(Refusal::new(Code::OidcResponseRefused, cause))
            }
        },
    };
    Judged { rows, outcome }
}

/// Judges a captured ID token by the documents that are kept.
pub(super) fn explain(
    partner: &Partner,
    trust: &OidcTrust,
    token: &str,
    nonce: Option<&str>,
    providers: &Providers,
    now: Timestamp,
) -> Judged {
    let documents = match providers.documents(partner.id, trust) {
        Ok(documents) => documents,
        Err(refusal) => return Judged { rows: Vec::new(), outcome: Err(refusal) },
    };
    let asked = nonce.map_or(Nonce::UnknownToExplain, Nonce::Of);
    let id_token::Judgement { mut rows, outcome } =
        id_token::judge(token, &expectation(partner, &trust.terms, &documents, asked), now);
    rows.push(Checked::not_judged("userinfo", "a captured token comes alone"));
    let outcome = match outcome {
        Ok(statement) => Ok(authentication(partner, &trust.terms, nonce.unwrap_or_default(), statement)),
        Err(cause) => Err(refusal(cause, &rows)),
    };
    Judged { rows, outcome }
}

fn join(redeemed: &Redeemed, statement: &mut Statement) -> Result<Option<Checked>, &'static str> {
    let Some(userinfo) = &redeemed.userinfo else { return Ok(None) };
    userinfo.join(&statement.subject, &mut statement.claims)?;
    Ok(Some(Checked::passed("userinfo", "of the same subject")))
}

/// The one algorithm of the partner's tokens.
pub(super) const fn algorithm(terms: &OidcTerms) -> TokenAlgorithm {
    match terms.algorithm {
        PartnerAlgorithm::Rs256 => TokenAlgorithm::Rs256,
        PartnerAlgorithm::Ps256 => TokenAlgorithm::Ps256,
        PartnerAlgorithm::Es256 => TokenAlgorithm::Es256,
    }
}

pub(super) fn refusal(cause: &'static str, rows: &[Checked]) -> Refusal {
    let code = match cause {
        "token_malformed"
        | "token_header_malformed"
        | "token_claims_malformed"
        | "token_too_large"
        | "token_encrypted" => Code::OidcResponseMalformed,
        "token_signature_refused"
        | "token_algorithm_refused"
        | "token_key_of_another_kind"
        | "token_kid_missing"
        | "token_critical_extension"
        | KEY_UNKNOWN => Code::OidcSignatureRefused,
        "subject_refused" => Code::SubjectRefused,
        "token_auth_time_missing" => Code::ProofTooOld,
        _ => Code::OidcResponseRefused,
    };
    let mut refusal = Refusal::new(code, cause);
    refusal.side = Side::Partner;
    let saw = rows.iter().find(|row| row.cause() == Some(cause)).map(|row| row.saw.clone());
    refusal.seen(saw.unwrap_or_default())
}

fn authentication(partner: &Partner, terms: &OidcTerms, nonce: &str, statement: Statement) -> Authentication {
    let stated = Stated { class: None, attributes: &statement.claims };
    let Meaning { assurance, methods } = Meaning::of(stated, &partner.assurance);
    Authentication {
        partner: partner.id,
        partner_version: partner.version,
        identity: Identity { issuer: terms.issuer.clone(), subject: statement.subject },
        attributes: statement.claims,
        assurance,
        home_methods: methods,
        // Without `auth_time` nobody knows when; it was no later than the token, which is no proof of less.
        authenticated_at: statement.auth_time.unwrap_or(Authentication::TIME_UNKNOWN),
        session_ends: None,
        session_index: statement.session,
        once: OnceKey {
            issuer: terms.issuer.clone(),
            id: nonce.to_owned(),
            until: statement.issued_at.plus(partner.clock_skew).plus(MAX_AGE),
        },
    }
}
