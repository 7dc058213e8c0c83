//! What an OIDC partner's service gave for a code, and what its token comes to by the partner's record.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::{expectation, refresh};
use crate::base::clock::Timestamp;
use crate::domain::partners::{OidcTrust, Partner, PartnerId};
use crate::oidc::relying::id_token::{self, AuthTime, Expectation, Nonce};
use crate::oidc::relying::token_reply::Tokens;
use crate::oidc::relying::userinfo::UserInfo;
use crate::upstream::providers::Documents;

/// What was redeemed: an ID token and what is needed to judge it, as often as the partner's record moves.
#[derive(Clone)]
pub(in crate::upstream) struct Redeemed {
    pub(super) tokens: Tokens,
    pub(super) userinfo: Option<UserInfo>,
    /// Whose service redeemed it.
    pub(super) issuer: String,
    pub(super) nonce: String,
    pub(super) auth_time: AuthTime,
    /// What its token first came to.
    judged: OnceLock<Arc<FirstJudgement>>,
}

/// What a token came to, and by what: judging is pure, so that it comes to the same by the same.
struct FirstJudgement {
    documents: Arc<Documents>,
    partner: PartnerId,
    version: i64,
    now: Timestamp,
    judgement: id_token::Judgement,
}

impl FirstJudgement {
    fn is_by(&self, partner: &Partner, documents: &Arc<Documents>, now: Timestamp) -> bool {
        (self.partner, self.version, self.now) == (partner.id, partner.version, now)
            && Arc::ptr_eq(&self.documents, documents)
    }
}

impl std::fmt::Debug for Redeemed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Redeemed").field("userinfo", &self.userinfo.is_some()).finish_non_exhaustive()
    }
}

impl Redeemed {
    /// Of what the service of this issuer gave.
    pub(super) fn new(tokens: Tokens, issuer: String, nonce: String, auth_time: AuthTime) -> Self {
        Self { tokens, userinfo: None, issuer, nonce, auth_time, judged: OnceLock::new() }
    }

    /// What is kept to ask the partner again, where it gave a refresh token.
    pub(in crate::upstream) fn kept(&self, subject: &str) -> Option<refresh::Kept> {
        let refresh_token = self.tokens.refresh_token.clone()?;
        Some(refresh::Kept::new(self.issuer.clone(), refresh_token, self.nonce.clone(), subject.to_owned()))
    }

    /// What the token comes to by the partner's record.
    pub(super) fn judge(
        &self,
        partner: &Partner,
        trust: &OidcTrust,
        documents: &Arc<Documents>,
        now: Timestamp,
    ) -> Cow<'_, id_token::Judgement> {
        let first = self.judged.get_or_init(|| {
            let (documents, judgement) = (Arc::clone(documents), self.judge_anew(partner, trust, documents, now));
            Arc::new(FirstJudgement { documents, partner: partner.id, version: partner.version, now, judgement })
        });
        if first.is_by(partner, documents, now) {
            return Cow::Borrowed(&first.judgement);
        }
        Cow::Owned(self.judge_anew(partner, trust, documents, now))
    }

    fn judge_anew(
        &self,
        partner: &Partner,
        trust: &OidcTrust,
        documents: &Documents,
        now: Timestamp,
    ) -> id_token::Judgement {
        let expectation = Expectation {
            access_token: Some(&self.tokens.access_token),
            auth_time: self.auth_time,
            ..expectation(partner, &trust.terms, documents, Nonce::Of(&self.nonce))
        };
        id_token::judge(&self.tokens.id_token, &expectation, now)
    }
}
