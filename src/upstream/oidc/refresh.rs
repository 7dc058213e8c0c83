//! Asking a partner again whether an account lives, by the refresh token that it gave with the sign-in.
//!
//! # Source
//! RFC 6749 6, OpenID Connect Core 12.

use super::{expectation, token_endpoint};
use crate::base::binary::{Reader, Writer};
use crate::base::clock::Timestamp;
use crate::base::random::Random;
use crate::base::secret::SecretBytes;
use crate::domain::partners::{OidcTrust, Partner};
use crate::domain::refusal::Refusal;
use crate::keys::jwk_set::KEY_UNKNOWN;
use crate::oidc::relying::id_token::{self, Expectation, Nonce};
use crate::oidc::relying::token_reply::{self, Refreshed};
use crate::upstream::Ours;
use crate::upstream::providers::{Documents, Providers, unreachable};

const FORMAT: u8 = 1;

/// What is kept of a sign-in, to ask again: secret, and sealed by whoever keeps it.
#[derive(Clone)]
pub(in crate::upstream) struct Kept {
    /// Who gave it, and nobody else is shown it.
    issuer: String,
    refresh_token: String,
    /// What the ID token of the sign-in carried, which another one may carry too.
    nonce: String,
    subject: String,
}

impl Kept {
    pub(super) const fn new(issuer: String, refresh_token: String, nonce: String, subject: String) -> Self {
        Self { issuer, refresh_token, nonce, subject }
    }

    pub(in crate::upstream) fn to_bytes(&self) -> SecretBytes {
        let mut writer = Writer::new();
        writer.byte(FORMAT).text(&self.issuer).text(&self.refresh_token).text(&self.nonce).text(&self.subject);
        SecretBytes::new(writer.finish())
    }

    pub(in crate::upstream) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        if reader.byte().ok()? != FORMAT {
            return None;
        }
        let kept = Self {
            issuer: reader.text().ok()?,
            refresh_token: reader.text().ok()?,
            nonce: reader.text().ok()?,
            subject: reader.text().ok()?,
        };
        reader.finish().ok()?;
        Some(kept)
    }
}

/// What the partner answered, not judged yet.
pub(in crate::upstream) struct Answered {
    kept: Kept,
    refreshed: Refreshed,
}

/// What a partner answers to the question whether an account lives.
pub(in crate::upstream) enum Said {
    Answer(Box<Answered>),
    /// It does not, for this cause and in the partner's words.
    No(&'static str, String),
    /// Nothing that could be understood.
    Nothing(Refusal),
}

pub(in crate::upstream) async fn ask(
    partner: &Partner,
    trust: &OidcTrust,
    kept: Kept,
    random: &dyn Random,
    now: Timestamp,
    ours: &Ours<'_>,
) -> Said {
    if kept.issuer != trust.terms.issuer {
        return Said::No("issuer_changed_meanwhile", String::new());
    }
    let documents = match ours.providers.documents(partner.id, trust) {
        Ok(documents) => documents,
        Err(refusal) => return Said::Nothing(refusal),
    };
    let fields = vec![
        ("grant_type".to_owned(), "refresh_token".to_owned()),
        ("refresh_token".to_owned(), kept.refresh_token.clone()),
    ];
    let fetched = match token_endpoint::ask(partner, trust, &documents, fields, (random, now), ours).await {
        Ok(fetched) => fetched,
        Err(refusal) => return Said::Nothing(refusal),
    };
    match token_reply::read_refreshed(fetched.status.as_u16(), &fetched.body) {
        Ok(refreshed) => Said::Answer(Box::new(Answered { kept, refreshed })),
        Err(no) if no.cause == "refresh_token_refused" => Said::No(no.cause, no.saw),
        Err(no) => Said::Nothing(unreachable(no.cause).seen(no.saw)),
    }
}

impl Answered {
    /// What is kept from now on: the partner may have given another token, or the old one stays.
    pub(in crate::upstream) fn next(&self) -> Kept {
        let refresh_token = self.refreshed.refresh_token.as_ref().unwrap_or(&self.kept.refresh_token).clone();
        Kept { refresh_token, ..self.kept.clone() }
    }

    /// Whether the ID token is signed by a key that the partner's record does not have.
    pub(in crate::upstream) fn names_unknown_key(
        &self,
        partner: &Partner,
        trust: &OidcTrust,
        providers: &Providers,
        now: Timestamp,
    ) -> bool {
        let documents = providers.documents(partner.id, trust);
        documents.is_ok_and(|documents| self.judge(partner, trust, &documents, now) == Err(KEY_UNKNOWN))
    }

    /// Holds that the answer is about the same account. An ID token may be left out; one that is there must hold
    /// (OpenID Connect Core 12.2).
    ///
    /// # Errors
    /// The cause.
    pub(in crate::upstream) fn hold(
        &self,
        partner: &Partner,
        trust: &OidcTrust,
        providers: &Providers,
        now: Timestamp,
    ) -> Result<(), &'static str> {
        let documents = providers.documents(partner.id, trust).map_err(|refusal| refusal.cause)?;
        self.judge(partner, trust, &documents, now)
    }

    fn judge(
        &self,
        partner: &Partner,
        trust: &OidcTrust,
        documents: &Documents,
        now: Timestamp,
    ) -> Result<(), &'static str> {
        let Some(id_token) = &self.refreshed.id_token else { return Ok(()) };
        let expectation = Expectation {
            access_token: Some(&self.refreshed.access_token),
            ..expectation(partner, &trust.terms, documents, Nonce::OfBefore(&self.kept.nonce))
        };
        let statement = id_token::judge(id_token, &expectation, now).outcome?;
        if statement.subject == self.kept.subject { Ok(()) } else { Err("token_of_another_subject") }
    }
}
