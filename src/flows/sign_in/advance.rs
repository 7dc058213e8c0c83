//! The hub: chooses the next step of an attempt from what is known. Pure, so that every choice can be
//! tested without a browser.

use crate::base::clock::Timestamp;
use crate::domain::grants::SessionReading;
use crate::domain::partners::{PartnerId, PassiveRequests};
use crate::domain::policy::parties::Parties;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{AppError, AppRequest, FreshProof, Interaction};

/// Where an attempt stands.
#[derive(Debug, Clone, Copy)]
pub enum Position<'a> {
    /// This browser has no live session.
    Nobody {
        /// Whether the partner that is named may be asked without showing anything.
        passive: PassiveRequests,
    },
    /// This browser has a live session.
    Session(&'a SessionReading),
    /// The partner has just proven the person, and how the parties stand has been read.
    Proven(&'a Parties),
    /// The person has agreed, and what is true of the session has been read again.
    Agreed(&'a SessionReading),
}

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// Ask a partner.
    AskPartner(FreshProof),
    /// Ask the person which account to use.
    ChooseAccount,
    /// Ask the person to agree.
    AskConsent,
    /// Issue the answer.
    Issue,
    /// Refuse.
    Refuse(Refusal),
}

/// What a request names of the person and the partner, looked up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hinted {
    /// The partner that a hint names.
    pub partner: Option<PartnerId>,
    /// Whether a hint names a partner that is not known here.
    pub elsewhere: bool,
}

/// Chooses the next step.
#[must_use]
pub fn advance(request: &AppRequest, position: Position<'_>, hinted: Hinted, now: Timestamp) -> NextStep {
    let silent = request.interaction == Interaction::Silent;
    match position {
        Position::Nobody { passive: PassiveRequests::Never } if silent => {
            NextStep::Refuse(Refusal::new(Code::InteractionNeeded, "no_session").telling(AppError::LoginRequired))
        }
        Position::Nobody { .. } => NextStep::AskPartner(fresh(request)),
        Position::Session(reading) => with_session(request, reading, hinted, now, silent),
        Position::Proven(parties) => match parties.refusal() {
            Some(refusal) => NextStep::Refuse(refusal),
            None if request.interaction.wants_consent() => NextStep::AskConsent,
            None => NextStep::Issue,
        },
        Position::Agreed(reading) => match Parties::of_session(reading).refusal() {
            Some(refusal) => NextStep::Refuse(refusal),
            None => NextStep::Issue,
        },
    }
}

fn with_session(
    request: &AppRequest,
    reading: &SessionReading,
    hinted: Hinted,
    now: Timestamp,
    silent: bool,
) -> NextStep {
    if request.interaction.wants_fresh_proof() {
        return NextStep::AskPartner(FreshProof::Asked);
    }
    if !is_expected(request, reading, hinted) {
        if silent {
            let refusal = Refusal::new(Code::AccountMismatch, "session_of_another_account");
            return NextStep::Refuse(refusal.telling(AppError::LoginRequired));
        }
        // The partner's own session may be of the same other account, so it is asked afresh where it
        // is the partner of this session.
        let same_partner = !hinted.elsewhere && hinted.partner.is_none_or(|partner| partner == reading.partner.id);
        return NextStep::AskPartner(if same_partner { FreshProof::Asked } else { fresh(request) });
    }
    if let Some(refusal) = Parties::of_session(reading).refusal() {
        return NextStep::Refuse(refusal);
    }
    if !reading.session.is_proof_within(request.max_age, now) {
        if silent {
            return NextStep::Refuse(Refusal::new(Code::ProofTooOld, "session_older_than_max_age"));
        }
        return NextStep::AskPartner(FreshProof::WithinMaxAge);
    }
    if request.interaction.wants_account_choice() {
        NextStep::ChooseAccount
    } else if request.interaction.wants_consent() {
        NextStep::AskConsent
    } else {
        NextStep::Issue
    }
}

/// Whether a fresh proof is asked where no session counts: by the app's word, or since the proof that
/// the partner already has may be too old.
fn fresh(request: &AppRequest) -> FreshProof {
    if request.interaction.wants_fresh_proof() {
        FreshProof::Asked
    } else if request.max_age.is_some() {
        FreshProof::WithinMaxAge
    } else {
        FreshProof::NotAsked
    }
}

/// A live session of another account than the hints name is never used silently.
fn is_expected(request: &AppRequest, reading: &SessionReading, hinted: Hinted) -> bool {
    let guest_fits = request.expected_guest.is_none_or(|expected| expected == reading.guest.id);
    let partner_fits = !hinted.elsewhere && hinted.partner.is_none_or(|partner| partner == reading.partner.id);
    let login_fits = request.login_hint.as_deref().is_none_or(|hint| names(reading, hint));
    guest_fits && partner_fits && login_fits
}

fn names(reading: &SessionReading, hint: &str) -> bool {
    let mail = reading.guest.mail.as_ref().is_some_and(|mail| mail.key() == hint.to_ascii_lowercase());
    mail || reading.guest.user_principal_name.eq_ignore_ascii_case(hint)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::base::random::SystemRandom;
    use crate::domain::apps::{AppId, Assignment};
    use crate::domain::assurance::{Assurance, AssuranceContract};
    use crate::domain::attempts::AttemptId;
    use crate::domain::authentication::Identity;
    use crate::domain::grants::{AppNow, Grant, PartnerNow};
    use crate::domain::guests::{Binding, Guest, GuestId, NameSource, Standing, UserType};
    use crate::domain::mail::MailAddress;
    use crate::domain::partners::Switch;
    use crate::domain::policy::methods::MethodSet;
    use crate::domain::requests::{AskAccount, AskConsent, OidcReturn, ReturnTo, Scopes};
    use crate::domain::sessions::{HandleHash, Session, SessionId};

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

    fn request() -> AppRequest {
        AppRequest {
            app: AppId::new(NOW, &SystemRandom),
            app_version: 1,
            return_to: ReturnTo::Oidc(OidcReturn {
                redirect_uri: "https://app.example/cb".to_owned(),
                state: None,
                nonce: None,
                scopes: Scopes::default(),
                code_challenge: None,
            }),
            interaction: Interaction::AS_NEEDED,
            max_age: None,
            login_hint: None,
            domain_hint: None,
            expected_guest: None,
            acr: Vec::new(),
            ui_locales: Vec::new(),
        }
    }

    fn reading() -> SessionReading {
        let guest = GuestId::new(NOW, &SystemRandom);
        let partner = PartnerId::new(NOW, &SystemRandom);
        SessionReading {
            session: Session {
                id: SessionId::new(NOW, &SystemRandom),
                handle: HandleHash::of("x"),
                guest,
                partner,
                attempt: AttemptId::new(NOW, &SystemRandom),
                started_at: NOW,
                used_at: NOW,
                authenticated_at: NOW,
                assurance: Assurance::unknown(),
                partner_session_index: None,
                partner_session_ends: None,
                home_methods: MethodSet::EMPTY,
                asked_strengths: Vec::new(),
                factors: Vec::new(),
            },
            guest: Guest {
                id: guest,
                user_principal_name: "ana_fabrikam.example#EXT#@contoso.example".to_owned(),
                mail: MailAddress::parse("ana@fabrikam.example").ok(),
                display_name: None,
                name_source: NameSource::Partner,
                given_name: None,
                family_name: None,
                user_type: UserType::Guest,
                binding: Binding::Accepted {
                    partner,
                    identity: Identity { issuer: "i".to_owned(), subject: "s".to_owned() },
                },
                pinned_partner: None,
                standing: Standing::Active,
                sessions_valid_from: Timestamp::EPOCH,
                created_at: NOW,
            },
            partner: PartnerNow {
                id: partner,
                version: 1,
                switch: Switch::Enabled,
                assurance: AssuranceContract::NOTHING_TRUSTED,
            },
            app: Some(AppNow {
                id: AppId::new(NOW, &SystemRandom),
                version: 1,
                switch: Switch::Enabled,
                assignment: Assignment::Required,
            }),
            grant: Grant::Assigned,
            imported_subject: None,
        }
    }

    fn shown(proof: FreshProof, consent: AskConsent, account: AskAccount) -> Interaction {
        Interaction::Shown { proof, consent, account }
    }

    fn with_session(change: impl FnOnce(&mut AppRequest, &mut SessionReading, &mut Hinted)) -> NextStep {
        let (mut request, mut reading, mut hinted) = (request(), reading(), Hinted::default());
        change(&mut request, &mut reading, &mut hinted);
        advance(&request, Position::Session(&reading), hinted, NOW.plus(Duration::from_secs(60)))
    }

    fn cause(step: &NextStep) -> Option<(&'static str, AppError)> {
        match step {
            NextStep::Refuse(refusal) => Some((refusal.cause, refusal.app_error)),
            _ => None,
        }
    }

    #[test]
    fn a_session_that_fits_is_enough() {
        assert_eq!(with_session(|_, _, _| {}), NextStep::Issue);
        assert_eq!(
            with_session(|request, _, _| request.login_hint = Some("ANA@fabrikam.example".to_owned())),
            NextStep::Issue
        );
        assert_eq!(with_session(|request, _, _| request.max_age = Some(60)), NextStep::Issue);
        assert_eq!(with_session(|request, _, _| request.interaction = Interaction::Silent), NextStep::Issue);
    }

    #[test]
    fn the_app_may_ask_for_more_than_the_session() {
        let (proof, consent, account) = (FreshProof::Asked, AskConsent::Asked, AskAccount::Asked);
        let step = with_session(|request, _, _| {
            request.interaction = shown(proof, AskConsent::NotAsked, AskAccount::NotAsked);
        });
        assert_eq!(step, NextStep::AskPartner(FreshProof::Asked));
        let step = with_session(|request, _, _| {
            request.interaction = shown(FreshProof::NotAsked, consent, AskAccount::NotAsked);
        });
        assert_eq!(step, NextStep::AskConsent);
        let step = with_session(|request, _, _| request.interaction = shown(FreshProof::NotAsked, consent, account));
        assert_eq!(step, NextStep::ChooseAccount);
        let step = with_session(|request, _, _| request.max_age = Some(59));
        assert_eq!(step, NextStep::AskPartner(FreshProof::WithinMaxAge));
    }

    #[test]
    fn a_session_of_another_account_is_never_used_silently() {
        let other = |request: &mut AppRequest| request.login_hint = Some("ben@fabrikam.example".to_owned());
        assert_eq!(with_session(|request, _, _| other(request)), NextStep::AskPartner(FreshProof::Asked));
        let step = with_session(|request, _, _| {
            other(request);
            request.interaction = Interaction::Silent;
        });
        assert_eq!(cause(&step), Some(("session_of_another_account", AppError::LoginRequired)));
        let step = with_session(|request, _, _| request.expected_guest = Some(GuestId::new(NOW, &SystemRandom)));
        assert_eq!(step, NextStep::AskPartner(FreshProof::Asked));
        let elsewhere = with_session(|_, _, hinted| hinted.partner = Some(PartnerId::new(NOW, &SystemRandom)));
        assert_eq!(elsewhere, NextStep::AskPartner(FreshProof::NotAsked));
        assert_eq!(with_session(|_, _, hinted| hinted.elsewhere = true), NextStep::AskPartner(FreshProof::NotAsked));
        let aged = with_session(|request, _, hinted| {
            request.max_age = Some(3_600);
            hinted.elsewhere = true;
        });
        assert_eq!(aged, NextStep::AskPartner(FreshProof::WithinMaxAge));
    }

    #[test]
    fn a_session_is_decided_on_at_each_use() {
        let step = with_session(|_, reading, _| reading.guest.standing = Standing::Blocked);
        assert_eq!(cause(&step), Some(("guest_blocked", AppError::AccessDenied)));
        let step = with_session(|_, reading, _| reading.partner.switch = Switch::Disabled);
        assert_eq!(cause(&step), Some(("partner_disabled", AppError::AccessDenied)));
        let step = with_session(|_, reading, _| reading.grant = Grant::NotAssigned);
        assert_eq!(cause(&step), Some(("not_assigned", AppError::AccessDenied)));
    }

    #[test]
    fn without_a_session_a_silent_request_needs_a_partner_that_may_be_asked_silently() {
        let silent = AppRequest { interaction: Interaction::Silent, ..request() };
        let nobody = |passive| advance(&silent, Position::Nobody { passive }, Hinted::default(), NOW);
        assert_eq!(cause(&nobody(PassiveRequests::Never)), Some(("no_session", AppError::LoginRequired)));
        assert_eq!(nobody(PassiveRequests::Allowed), NextStep::AskPartner(FreshProof::NotAsked));
        let aged = AppRequest { max_age: Some(60), ..request() };
        let step = advance(&aged, Position::Nobody { passive: PassiveRequests::Never }, Hinted::default(), NOW);
        assert_eq!(step, NextStep::AskPartner(FreshProof::WithinMaxAge));
    }
}
