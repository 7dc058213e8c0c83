//! What an OIDC partner says of sessions that have ended there, and how its sessions are found here.

use crate::base::clock::Timestamp;
use crate::base::encoding::sha256;
use crate::base::params::RawParams;
use crate::base::trace::Checked;
use crate::domain::authentication::{Authentication, Identity, OnceKey};
use crate::domain::notices::{PartnerSid, SignedOut};
use crate::domain::partners::{OidcTrust, Partner, PartnerId, Trust};
use crate::domain::refusal::{Code, Refusal};
use crate::keys::jwk_set::KEY_UNKNOWN;
use crate::oidc::relying::id_token::{AuthTime, Expectation, Nonce};
use crate::oidc::relying::logout_token::{self, Ended, LogoutJudgement, LogoutStatement};

use super::oidc::{algorithm, refusal};
use super::providers::Providers;

/// Where partners say so, before the partner's handle.
pub const BACKCHANNEL_LOGOUT_PATH: &str = "/oidc/rp/backchannel-logout/";

/// What stands for an issuer where a logout token is remembered; no partner is called so.
const SEEN_TOKEN: &str = " logout token of ";

/// The logout token in a form.
///
/// # Errors
/// [`Code::BadRequest`].
pub fn read_logout(params: &RawParams) -> Result<&str, Refusal> {
    logout_token::read(params).map_err(|cause| Refusal::new(Code::BadRequest, cause))
}

/// What a logout token comes to.
#[derive(Debug)]
pub struct JudgedLogout {
    /// Every row of the table.
    pub rows: Vec<Checked>,
    /// Which sessions have ended, and what must not be accepted again; or why not.
    pub outcome: Result<(SignedOut, OnceKey), Refusal>,
    /// Whether it names a key that the partner's record does not have, so that its documents are worth another
    /// reading.
    pub names_unknown_key: bool,
}

/// Judges a logout token by the partner's record. Pure.
#[must_use]
pub fn judge_logout(partner: &Partner, token: &str, providers: &Providers, now: Timestamp) -> JudgedLogout {
    let refused = |refusal| JudgedLogout { rows: Vec::new(), outcome: Err(refusal), names_unknown_key: false };
    let Trust::Oidc(trust) = &partner.trust else { return refused(no_such_address()) };
    let LogoutJudgement { rows, outcome } = match judgement(partner, trust, token, providers, now) {
        Ok(judgement) => judgement,
        Err(refusal) => return refused(refusal),
    };
    let names_unknown_key = outcome == Err(KEY_UNKNOWN);
    let outcome = match outcome {
        Ok(statement) => Ok(signed_out(partner, trust, statement)),
        Err(cause) => Err(refusal(cause, &rows).with_checks(rows.clone())),
    };
    JudgedLogout { rows, outcome, names_unknown_key }
}

/// The address is nobody's.
#[must_use]
pub const fn no_such_address() -> Refusal {
    Refusal::new(Code::BadRequest, "logout_address_unknown")
}

fn judgement(
    partner: &Partner,
    trust: &OidcTrust,
    token: &str,
    providers: &Providers,
    now: Timestamp,
) -> Result<LogoutJudgement, Refusal> {
    let documents = providers.documents(partner.id, trust)?;
    let expectation = Expectation {
        issuer: &trust.terms.issuer,
        client_id: &trust.terms.client_id,
        algorithm: algorithm(&trust.terms),
        keys: &documents.keys,
        nonce: Nonce::UnknownToExplain,
        access_token: None,
        auth_time: AuthTime::Optional,
        clock_skew: partner.clock_skew,
    };
    Ok(logout_token::judge(token, &expectation, now))
}

fn signed_out(partner: &Partner, trust: &OidcTrust, statement: LogoutStatement) -> (SignedOut, OnceKey) {
    let person = |subject| Identity { issuer: trust.terms.issuer.clone(), subject };
    let sid = |sid: &str| partner_sid(partner.id, sid);
    let ended = match statement.ended {
        Ended::Session(name) => SignedOut::Session(sid(&name)),
        Ended::Person(subject) => SignedOut::Person(person(subject)),
        Ended::SessionOf(name, subject) => SignedOut::SessionOf(sid(&name), person(subject)),
    };
    let once = OnceKey { issuer: format!("{SEEN_TOKEN}{}", partner.id), id: statement.id, until: statement.until };
    (ended, once)
}

/// What is kept of the partner's name of a session; nothing where its protocol cannot sign people out by it.
#[must_use]
pub fn sid_of(partner: &Partner, authentication: &Authentication) -> Option<PartnerSid> {
    match &partner.trust {
        Trust::Oidc(_) => authentication.session_index.as_deref().map(|sid| partner_sid(partner.id, sid)),
        Trust::Saml(_) | Trust::MailedCode => None,
    }
}

/// The same `sid` of two partners is not the same session.
fn partner_sid(partner: PartnerId, sid: &str) -> PartnerSid {
    PartnerSid(sha256(&[partner.as_bytes().as_slice(), sid.as_bytes()].concat()))
}
