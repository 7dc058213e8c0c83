//! The hub: chooses the next step of an attempt from what is known. Pure, so that every choice can be
//! tested without a browser.

use crate::base::clock::Timestamp;
use crate::domain::assurance::classes::is_one_factor;
use crate::domain::assurance::told::strengths_of;
use crate::domain::grants::SessionReading;
use crate::domain::partners::{PartnerId, PassiveRequests};
use crate::domain::policy::decision::{Decision, Need};
use crate::domain::policy::facts::Place;
use crate::domain::policy::parties::{Acceptance, Parties};
use crate::domain::policy::strengths::StrengthId;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::requests::{AcrWeight, AppError, AppRequest, FreshProof, Interaction};

use super::decide::{Decided, strongest};

/// Where an attempt stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Position<'a> {
    /// This browser has no live session.
    Nobody {
        /// Whether the partner that is named may be asked without showing anything.
        passive: PassiveRequests,
    },
    /// This browser has a live session, and its use has been decided on.
    Session(&'a SessionReading, &'a Decided),
    /// The partner has just proven the person, how the parties stand has been read, and it has been
    /// decided.
    Proven(&'a Parties, &'a Decided),
    /// The person has done a step, what is true of the session has been read again, and it has been
    /// decided again.
    Stepped(&'a SessionReading, &'a Decided, Agreement),
}

/// Whether the person has agreed in this attempt that the app is told who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// They have.
    Given,
    /// They have not been asked.
    Open,
}

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NextStep {
    /// Ask a partner, for any of these strengths where it is trusted with them.
    AskPartner(FreshProof, Vec<StrengthId>),
    /// Ask the person which account to use.
    ChooseAccount,
    /// Ask the person for a second factor.
    StepUp(Need),
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
    /// Whether a hint names a partner that is not known here, or none of those whose people the app takes.
    pub elsewhere: bool,
    /// Whether a hint names a domain that several partners share, or one at whose partner nobody new redeems.
    pub several: bool,
    /// That partner, to which whoever has redeemed there still goes.
    pub left_out: Option<PartnerId>,
}

impl Hinted {
    /// Whether the hints of `request` lead nowhere, so that a page must ask who is meant.
    #[must_use]
    pub(crate) const fn names_nobody(self, request: &AppRequest) -> bool {
        self.elsewhere || (self.partner.is_none() && !self.several && request.login_hint.is_some())
    }
}

/// Chooses the next step.
#[must_use]
pub(crate) fn advance(request: &AppRequest, position: Position<'_>, hinted: Hinted, now: Timestamp) -> NextStep {
    match position {
        Position::Nobody { passive: PassiveRequests::Never } if is_silent(request) => {
            NextStep::Refuse(Refusal::new(Code::InteractionNeeded, "no_session").telling(AppError::LoginRequired))
        }
        Position::Nobody { .. } => NextStep::AskPartner(fresh(request), wanted(request)),
        Position::Session(reading, decided) => with_session(request, reading, decided, hinted, now),
        Position::Proven(parties, decided) => {
            let needed = parties.refusal().map(NextStep::Refuse).or_else(|| needed(request, decided));
            needed.unwrap_or_else(|| consent_or_issue(request, Agreement::Open))
        }
        Position::Stepped(reading, decided, agreement) => {
            let refusal = Parties::of_session(reading).refusal();
            let needed = refusal.map(NextStep::Refuse).or_else(|| needed(request, decided));
            needed.unwrap_or_else(|| consent_or_issue(request, agreement))
        }
    }
}

fn is_silent(request: &AppRequest) -> bool {
    request.interaction == Interaction::Silent
}

fn consent_or_issue(request: &AppRequest, agreement: Agreement) -> NextStep {
    if request.interaction.wants_consent() && agreement == Agreement::Open {
        NextStep::AskConsent
    } else {
        NextStep::Issue
    }
}

fn with_session(
    request: &AppRequest,
    reading: &SessionReading,
    decided: &Decided,
    hinted: Hinted,
    now: Timestamp,
) -> NextStep {
    if request.interaction.wants_fresh_proof() {
        return NextStep::AskPartner(FreshProof::Asked, wanted(request));
    }
    if Acceptance::of(Some(&reading.partner), reading.app.as_ref()) == Acceptance::NotAccepted {
        if is_silent(request) {
            let refusal = Refusal::new(Code::PartnerNotAccepted, "session_of_partner_not_accepted");
            return NextStep::Refuse(refusal.telling(AppError::LoginRequired));
        }
        return NextStep::AskPartner(fresh(request), wanted(request));
    }
    if !is_expected(request, reading, hinted) {
        if is_silent(request) {
            let refusal = Refusal::new(Code::AccountMismatch, "session_of_another_account");
            return NextStep::Refuse(refusal.telling(AppError::LoginRequired));
        }
        // Nobody here is meant by the hints, and an account of ours by no token: the person knows whether it
        // is the one of this session.
        let may_be_meant = hinted.names_nobody(request) && request.expected_guest.is_none();
        if may_be_meant && Parties::of_session(reading).refusal().is_none() {
            return NextStep::ChooseAccount;
        }
        // The partner's own session may be of the same other account, so it is asked afresh where it
        // is the partner of this session.
        let same_partner =
            !hinted.elsewhere && !hinted.several && hinted.partner.is_none_or(|partner| partner == reading.partner.id);
        let proof = if same_partner { FreshProof::Asked } else { fresh(request) };
        return NextStep::AskPartner(proof, wanted(request));
    }
    if let Some(refusal) = Parties::of_session(reading).refusal() {
        return NextStep::Refuse(refusal);
    }
    if !reading.session.is_proof_within(request.max_age, now) {
        if is_silent(request) {
            return NextStep::Refuse(Refusal::new(Code::ProofTooOld, "session_older_than_max_age"));
        }
        return NextStep::AskPartner(FreshProof::WithinMaxAge, wanted(request));
    }
    match needed(request, decided) {
        Some(refused @ NextStep::Refuse(_)) => refused,
        // More is asked of who has been chosen.
        _ if request.interaction.wants_account_choice() => NextStep::ChooseAccount,
        Some(step) => step,
        None => consent_or_issue(request, Agreement::Open),
    }
}

/// The step that the decision asks for before anything may be issued, if any. What an app would merely
/// like is asked for only where something may be shown.
fn needed(request: &AppRequest, decided: &Decided) -> Option<NextStep> {
    let need = match (&decided.decision, &decided.wish) {
        (Decision::Refuse(refused), _) => return Some(NextStep::Refuse(refused.refusal())),
        (Decision::StepUp(_), _) if is_silent(request) => {
            return Some(NextStep::Refuse(Refusal::new(Code::InteractionNeeded, "second_factor_needs_the_person")));
        }
        (Decision::StepUp(need), _) => need,
        (Decision::Allow(_), Some(need)) if !is_silent(request) => need,
        (Decision::Allow(_), _) => return None,
    };
    let at_home = need.place == Place::Home;
    if need.fresh_sign_in || at_home {
        let proof = if decided.proof == FreshProof::Asked { FreshProof::Asked } else { fresh(request) };
        let strengths = if at_home { strongest(need).to_vec() } else { Vec::new() };
        return Some(NextStep::AskPartner(proof, strengths));
    }
    Some(NextStep::StepUp(need.clone()))
}

/// The strengths that the app itself asks for: those that it needs, else those that it would like. None
/// where one factor may do, which a partner shows without being asked.
fn wanted(request: &AppRequest) -> Vec<StrengthId> {
    if request.acr.iter().any(|wish| wish.weight == AcrWeight::Essential && is_one_factor(&wish.value)) {
        return Vec::new();
    }
    let essential = strengths_of(&request.acr, AcrWeight::Essential);
    if essential.is_empty() { strengths_of(&request.acr, AcrWeight::Voluntary) } else { essential }
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
    let mail = reading.guest.proven_mail().is_some_and(|mail| mail.key() == hint.to_ascii_lowercase());
    mail || reading.guest.user_principal_name.eq_ignore_ascii_case(hint)
}

#[cfg(test)]
mod tests;
