//! The canonical bytes of an audit entry: the whole entry as JSON, keys sorted, no white space. A chain
//! of hashes is made over these bytes, and check table and details are read back from them.

use serde::{Deserialize, Serialize};

use crate::base::trace::{CheckOutcome, Checked};
use crate::domain::audit::{Actor, AuditEntry, AuditedCheck};
use crate::domain::audit_chain::ChainPlace;
use crate::store::handle::Node;

/// An entry as JSON. The fields stand in the order of their names, which is the order in the bytes.
#[derive(Serialize)]
struct Canonical<'entry> {
    activity: &'static str,
    actor: &'entry str,
    address: Option<&'entry str>,
    app: Option<String>,
    at: i64,
    attempt: Option<String>,
    cause: Option<&'static str>,
    chain: i64,
    checks: Vec<CheckOut<'entry>>,
    code: Option<&'static str>,
    details: &'entry [(&'static str, String)],
    guest: Option<String>,
    id: String,
    node: &'entry str,
    number: i64,
    partner: Option<String>,
    sequence: i64,
    session: Option<String>,
    target: Option<String>,
}

/// A check that passed, as nearly all do, says neither outcome nor cause.
#[derive(Serialize)]
struct CheckOut<'entry> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    name: &'static str,
    #[serde(skip_serializing_if = "is_passed")]
    outcome: &'static str,
    saw: &'entry str,
}

/// What is read back from the bytes; the rest has columns of its own.
#[derive(Deserialize)]
pub(super) struct Reread {
    checks: Vec<CheckIn>,
    pub(super) details: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct CheckIn {
    cause: Option<String>,
    name: String,
    #[serde(default = "passed")]
    outcome: String,
    saw: String,
}

const PASSED: &str = "passed";

fn passed() -> String {
    PASSED.to_owned()
}

fn is_passed(outcome: &&str) -> bool {
    *outcome == PASSED
}

/// Writes the bytes of `entry` as number `sequence` of `node`, at `place` in a chain.
pub(super) fn write(
    entry: &AuditEntry,
    actor: &str,
    node: &Node,
    sequence: i64,
    place: ChainPlace,
) -> Result<Vec<u8>, serde_json::Error> {
    let text = |id: Option<&dyn ToString>| id.map(ToString::to_string);
    serde_json::to_vec(&Canonical {
        activity: entry.activity.as_str(),
        actor,
        address: entry.address.as_deref(),
        app: text(entry.app.as_ref().map(|id| id as _)),
        at: entry.at.micros(),
        attempt: text(entry.attempt.as_ref().map(|id| id as _)),
        cause: entry.cause,
        chain: place.chain,
        checks: entry.checks.iter().map(check_out).collect(),
        code: entry.code,
        details: &entry.details,
        guest: text(entry.guest.as_ref().map(|id| id as _)),
        id: entry.id.to_string(),
        node: &node.name,
        number: place.number,
        partner: text(entry.partner.as_ref().map(|id| id as _)),
        sequence,
        session: text(entry.session.as_ref().map(|id| id as _)),
        target: text(entry.target.as_ref().map(|id| id as _)),
    })
}

/// Reads checks and details back.
pub(super) fn reread(bytes: &[u8]) -> Result<Reread, serde_json::Error> {
    serde_json::from_slice(bytes)
}

impl Reread {
    /// The check table.
    pub(super) fn take_checks(&mut self) -> Vec<AuditedCheck> {
        let checks = std::mem::take(&mut self.checks);
        let checked = |CheckIn { cause, name, outcome, saw }| AuditedCheck { name, saw, outcome, cause };
        checks.into_iter().map(checked).collect()
    }
}

/// The actor as it is kept: `visitor`, `app`, `partner`, `operator:NAME` or `system`.
pub(super) fn actor_text(actor: &Actor) -> String {
    match actor {
        Actor::Visitor => "visitor".to_owned(),
        Actor::App => "app".to_owned(),
        Actor::Partner => "partner".to_owned(),
        Actor::Operator(name) => format!("operator:{name}"),
        Actor::System => "system".to_owned(),
        Actor::Person(guest) => format!("person:{guest}"),
    }
}

fn check_out(checked: &Checked) -> CheckOut<'_> {
    let outcome = match checked.outcome {
        CheckOutcome::Passed => PASSED,
        CheckOutcome::Failed(_) => "failed",
        CheckOutcome::NotJudged => "not_judged",
    };
    CheckOut { cause: checked.cause(), name: checked.name, outcome, saw: &checked.saw }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_says_only_what_is_special_and_is_read_back_whole() {
        let checks = [
            Checked { name: "status", outcome: CheckOutcome::Passed, saw: "Success".to_owned() },
            Checked { name: "audience", outcome: CheckOutcome::Failed("audience_other"), saw: "x".to_owned() },
            Checked { name: "subject", outcome: CheckOutcome::NotJudged, saw: String::new() },
        ];
        let out: Vec<_> = checks.iter().map(check_out).collect();
        let text = serde_json::to_string(&out).unwrap();
        let expected = r#"[{"name":"status","saw":"Success"},{"cause":"audience_other","name":"audience","outcome":"failed","saw":"x"},{"name":"subject","outcome":"not_judged","saw":""}]"#;
        assert_eq!(text, expected);
        let mut back = reread(format!(r#"{{"checks":{text},"details":[]}}"#).as_bytes()).unwrap();
        let back: Vec<_> =
            back.take_checks().into_iter().map(|check| (check.name, check.outcome, check.cause)).collect();
        let told = |name: &str, outcome: &str, cause: Option<&str>| {
            (name.to_owned(), outcome.to_owned(), cause.map(str::to_owned))
        };
        let expected = [
            told("status", "passed", None),
            told("audience", "failed", Some("audience_other")),
            told("subject", "not_judged", None),
        ];
        assert_eq!(back, expected);
    }

    #[test]
    fn what_was_written_in_full_is_still_read() {
        let text = r#"{"checks":[{"cause":null,"name":"status","outcome":"passed","saw":"Success"}],"details":[]}"#;
        let checks = reread(text.as_bytes()).unwrap().take_checks();
        assert_eq!(checks[0].outcome, "passed");
        assert_eq!(checks[0].cause, None);
    }
}
