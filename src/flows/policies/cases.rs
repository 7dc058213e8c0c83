//! Cases of a team, held against the policies that are loaded.

use super::what_if::{Answer, ask};
use crate::base::clock::Timestamp;
use crate::domain::policy::cases::{Case, Expected, Verdict};
use crate::domain::policy::decision::Decision;
use crate::domain::store::StoreError;
use crate::flows::operate::OperateError;
use crate::flows::services::Services;

/// How a case differs from what is expected; empty where it does not.
///
/// # Errors
/// [`StoreError`].
pub async fn differences(services: &Services, case: &Case, now: Timestamp) -> Result<Vec<String>, StoreError> {
    match ask(services, &case.question, now).await {
        Ok(answer) => Ok(between(&case.expected, &answer)),
        Err(OperateError::Store(error)) => Err(error),
        Err(unknown) => Ok(vec![unknown.to_string()]),
    }
}

fn between(expected: &Expected, answer: &Answer) -> Vec<String> {
    let mut found = Vec::new();
    let verdict = Verdict::of(&answer.decision);
    if verdict != expected.verdict {
        found.push(format!("expected `{}`, found `{}`", expected.verdict.as_str(), verdict.as_str()));
    }
    if let Some(cause) = &expected.cause {
        let given = match &answer.decision {
            Decision::Refuse(refused) => refused.refusal().cause,
            Decision::Allow(_) | Decision::StepUp(_) => "none",
        };
        if given != cause {
            found.push(format!("expected the cause `{cause}`, found `{given}`"));
        }
    }
    let applying = answer.applying.iter();
    let applying: Vec<(&str, &str)> =
        applying.map(|(policy, outcome)| (policy.slug.as_str(), outcome.as_str(policy.state))).collect();
    let others = answer.others.iter();
    let others: Vec<(&str, &str)> =
        others.map(|(policy, condition, _)| (policy.slug.as_str(), condition.as_str())).collect();
    if let Some(expected) = &expected.applying {
        let lacks = expected.iter().filter(|wanted| !applying.iter().any(|found| is_meant(wanted, *found)));
        found.extend(lacks.map(|wanted| format!("expected `{wanted}` to apply{}", told(wanted, &applying, &others))));
        let beyond = applying.iter().filter(|found| !expected.iter().any(|wanted| is_meant(wanted, **found)));
        let beyond = beyond.filter(|(slug, _)| !expected.iter().any(|wanted| slug_of(wanted) == *slug));
        found.extend(beyond.map(|(slug, result)| format!("`{slug}` applies too: `{result}`")));
    }
    let lacks = expected.not_applying.iter().filter(|wanted| !others.iter().any(|found| is_meant(wanted, *found)));
    found.extend(lacks.map(|wanted| format!("expected `{wanted}` not to apply{}", told(wanted, &applying, &others))));
    found
}

/// Whether `slug` or `slug=word` means this policy and what became of it.
fn is_meant(wanted: &str, (slug, word): (&str, &str)) -> bool {
    wanted.split_once('=').map_or(wanted == slug, |(name, result)| name == slug && result == word)
}

fn slug_of(wanted: &str) -> &str {
    wanted.split_once('=').map_or(wanted, |(slug, _)| slug)
}

/// What became of the policy instead.
fn told(wanted: &str, applying: &[(&str, &str)], others: &[(&str, &str)]) -> String {
    let slug = slug_of(wanted);
    let find =
        |list: &[(&str, &str)]| list.iter().find(|(known, _)| *known == slug).map(|(_, word)| (*word).to_owned());
    match (find(applying), find(others)) {
        (Some(result), _) => format!("; it applies: `{result}`"),
        (None, Some(condition)) => format!("; it does not, by `{condition}`"),
        (None, None) => "; no policy of this name is evaluated".to_owned(),
    }
}
