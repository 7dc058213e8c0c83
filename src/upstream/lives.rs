//! Asking a partner again whether an account lives.

use super::oidc::refresh::{self, Answered, Kept, Said};
use super::{Body, Ours, PostedAnswer};
use crate::base::clock::Timestamp;
use crate::base::random::Random;
use crate::base::secret::SecretBytes;
use crate::domain::partners::{AskedAgain, Partner, Trust};
use crate::domain::refusal::Refusal;

/// What a partner says.
pub enum Life {
    /// It answered; whether it is about the account is judged by [`StillLives::hold`].
    Answered(StillLives),
    /// The account lives no more, for this cause and in the partner's words.
    Ended(&'static str, String),
    /// Nothing that could be understood.
    Silent(Refusal),
}

/// A partner's answer that an account lives, not judged yet.
pub struct StillLives(Box<Answered>);

/// How this partner is asked again, where it is.
#[must_use]
pub const fn asked_again(partner: &Partner) -> Option<AskedAgain> {
    match &partner.trust {
        Trust::Oidc(trust) => trust.terms.asked_again,
        Trust::Saml(_) | Trust::MailedCode => None,
    }
}

/// What of an answer is kept to ask again, where the partner's record says so and it gave a refresh token: to be
/// sealed. `subject` is whom the answer was about.
#[must_use]
pub fn kept(partner: &Partner, answer: &PostedAnswer, subject: &str) -> Option<SecretBytes> {
    asked_again(partner)?;
    match &answer.body {
        Body::Oidc(redeemed) => redeemed.kept(subject).map(|kept| kept.to_bytes()),
        Body::Saml(_) | Body::MailedCode(_) => None,
    }
}

/// Asks. The network is asked, nothing of ours is written.
pub async fn ask(partner: &Partner, kept: &[u8], random: &dyn Random, now: Timestamp, ours: &Ours<'_>) -> Life {
    let (Trust::Oidc(trust), Some(kept)) = (&partner.trust, Kept::from_bytes(kept)) else {
        return Life::Silent(super::other_protocol());
    };
    match refresh::ask(partner, trust, kept, random, now, ours).await {
        Said::Answer(answered) => Life::Answered(StillLives(answered)),
        Said::No(cause, saw) => Life::Ended(cause, saw),
        Said::Nothing(refusal) => Life::Silent(refusal),
    }
}

impl StillLives {
    /// What is kept from now on, to be sealed.
    #[must_use]
    pub fn next(&self) -> SecretBytes {
        self.0.next().to_bytes()
    }

    /// Whether its ID token is signed by a key that the record does not have, so that the documents are worth
    /// another reading.
    #[must_use]
    pub fn names_unknown_key(&self, partner: &Partner, now: Timestamp, ours: &Ours<'_>) -> bool {
        match &partner.trust {
            Trust::Oidc(trust) => self.0.names_unknown_key(partner, trust, ours.providers, now),
            Trust::Saml(_) | Trust::MailedCode => false,
        }
    }

    /// Holds that it is about the same account.
    ///
    /// # Errors
    /// The cause.
    pub fn hold(&self, partner: &Partner, now: Timestamp, ours: &Ours<'_>) -> Result<(), &'static str> {
        match &partner.trust {
            Trust::Oidc(trust) => self.0.hold(partner, trust, ours.providers, now),
            Trust::Saml(_) | Trust::MailedCode => Err(super::other_protocol().cause),
        }
    }
}
