//! SAML Profiles 4.1.4.2: at least one confirmation is of the bearer method and has its data.
//!
//! Several confirmations may stand there; any one bearer that fulfils every rule is enough. The
//! `Address` of a confirmation is not looked at: it names the browser as the partner saw it, which
//! behind translators is seldom as we see it.

use super::{
    AssertionEvidence, Verdict, confirmation_in_response_to, confirmation_not_before, confirmation_not_on_or_after,
    recipient,
};
use crate::saml::messages::subject::SubjectConfirmation;
use crate::saml::names::METHOD_BEARER;

/// The confirmation that is judged: the first bearer that fulfils every rule, else the first bearer
/// with data, else the first bearer.
#[must_use]
pub fn choose<'a>(evidence: AssertionEvidence<'a>) -> Option<&'a SubjectConfirmation> {
    let rules = [
        judge,
        recipient::judge,
        confirmation_not_on_or_after::judge,
        confirmation_not_before::judge,
        confirmation_in_response_to::judge,
    ];
    let confirmations = evidence.assertion.subject.as_ref().map(|subject| subject.confirmations.as_slice());
    let bearers = || confirmations.unwrap_or_default().iter().filter(|found| found.method == METHOD_BEARER);
    let fulfils = |confirmation: &&'a SubjectConfirmation| {
        let evidence = AssertionEvidence { confirmation: Some(confirmation), ..evidence };
        rules.iter().all(|rule| !matches!(rule(evidence), Verdict::Broken(..)))
    };
    bearers().find(fulfils).or_else(|| bearers().find(|found| found.data.is_some())).or_else(|| bearers().next())
}

/// Holds that there is a bearer confirmation with data, for the subject itself.
#[must_use]
pub fn judge(evidence: AssertionEvidence<'_>) -> Verdict {
    let Some(confirmation) = evidence.confirmation else {
        let methods = evidence.assertion.subject.iter().flat_map(|subject| &subject.confirmations);
        let found: Vec<&str> = methods.map(|confirmation| confirmation.method.as_str()).collect();
        return Verdict::broken(
            "bearer_confirmation_absent",
            if found.is_empty() { "none".into() } else { found.join(" ") },
        );
    };
    if confirmation.entity.is_some() {
        return Verdict::broken("bearer_for_another_entity", "the confirmation names an entity of its own");
    }
    if confirmation.data.is_none() {
        return Verdict::broken("confirmation_data_absent", "absent");
    }
    Verdict::held("bearer")
}
