//! The answer of the built-in partner: a code that was mailed to an address has been typed.

use super::{Body, Judged, PostedAnswer};
use crate::base::clock::Timestamp;
use crate::base::trace::Checked;
use crate::domain::assurance::{Assurance, AssuranceLevel};
use crate::domain::authentication::{Authentication, Identity, OnceKey};
use crate::domain::factors::codes::{MAILED_CODE_LIFE, MAILED_CODE_SESSION, MailedCodeId};
use crate::domain::mail::MailAddress;
use crate::domain::partners::{MAILED_CODE_ISSUER, Partner};
use crate::domain::policy::methods::{Method, MethodSet};

/// How a mailed code is called among methods (RFC 8176 2).
const METHOD: &str = "otp";

/// A code that was typed.
#[derive(Debug, Clone)]
pub struct MailedCode {
    address: MailAddress,
    code: MailedCodeId,
    sent_at: Timestamp,
}

/// The answer that the code which was mailed to `address` at `sent_at` has been typed: the caller has judged that.
#[must_use]
pub fn typed(address: MailAddress, code: MailedCodeId, sent_at: Timestamp) -> PostedAnswer {
    let typed = MailedCode { address, code, sent_at };
    PostedAnswer { body: Body::MailedCode(Box::new(typed)), relay_state: None }
}

/// What it vouches for: one factor, for as long as such a session lives.
pub(super) fn judge(partner: &Partner, typed: &MailedCode, now: Timestamp) -> Judged {
    let MailedCode { address, code, sent_at } = typed;
    let authentication = Authentication {
        partner: partner.id,
        partner_version: partner.version,
        identity: Identity { issuer: MAILED_CODE_ISSUER.to_owned(), subject: address.key().to_owned() },
        attributes: vec![("email".to_owned(), vec![address.as_str().to_owned()])],
        assurance: Assurance {
            level: AssuranceLevel::SingleFactor,
            stated: Vec::new(),
            methods: vec![METHOD.to_owned()],
        },
        home_methods: MethodSet::of(&[Method::FederatedSingleFactor]),
        authenticated_at: now,
        session_ends: Some(now.plus(MAILED_CODE_SESSION)),
        session_index: None,
        once: OnceKey {
            issuer: MAILED_CODE_ISSUER.to_owned(),
            id: code.to_string(),
            until: sent_at.plus(MAILED_CODE_LIFE),
        },
    };
    Judged { rows: vec![Checked::passed("code", "typed in time")], outcome: Ok(authentication) }
}
