//! What `[partner.assurance]` says.

use std::time::Duration;

use super::shape::{Key, Kind, Presence, Shape};
use super::table::{Absent, Table};
use super::texts;
use crate::domain::assurance::{AssuranceContract, Comparison, Question, StatedIn, Statement};
use crate::domain::policy::facts::HomeTrust;
use crate::domain::policy::methods::{Method, MethodSet};
use crate::domain::policy::strengths::{BUILT_IN, StrengthId};

/// The most statements in one table, and the most requests.
const MAX_ROWS: usize = 64;

/// `[partner.assurance]`.
pub static ASSURANCE: Shape = Shape {
    name: "[partner.assurance]",
    doc: "What the partner may assert of the strength of a sign-in. Without it whatever the partner states is one \
          factor at most.",
    keys: &[
        Key {
            name: "mfa_accepted",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "Whether second factors that the partner asserts count, in decisions and in what apps are told. The \
                  partner is then asked for what is needed before anything is asked here.",
        },
        Key {
            name: "mfa_at_home",
            kind: Kind::Word(&["preferred", "required"]),
            presence: Presence::Default("\"preferred\""),
            doc: "`preferred`: what the partner does not show is asked here. `required`: only the partner can show a \
                  second factor; without it the sign-in is refused. Needs `mfa_accepted`.",
        },
        Key {
            name: "may_assert",
            kind: Kind::Texts,
            presence: Presence::Default("every method that can be shown at a partner"),
            doc: "The methods that count where the partner states them: names as in `[[authentication_strength]]`, or \
                  `single_factor`, `several_factors`, `phishing_resistant` for what is stated without a method.",
        },
        Key {
            name: "fresh_within",
            kind: Kind::Integer(60, 2_592_000),
            presence: Presence::Optional,
            doc: "How long ago the partner may have proven several factors, in seconds; what is older is one factor. \
                  Without it there is no limit but those of policies.",
        },
        Key {
            name: "statements",
            kind: Kind::Tables(&STATEMENT),
            presence: Presence::Default("[]"),
            doc: "What the partner's own words mean. A value that stands here means this and nothing else; other \
                  values mean what the usual table says, and what no table knows means nothing. At most 64.",
        },
        Key {
            name: "requests",
            kind: Kind::Tables(&REQUEST),
            presence: Presence::Default("[]"),
            doc: "The words with which the partner is asked. Without any it is asked for \
                  `https://refeds.org/profile/mfa`, exactly. At most 64.",
        },
    ],
};

/// `[[partner.assurance.statements]]`.
pub static STATEMENT: Shape = Shape {
    name: "[[partner.assurance.statements]]",
    doc: "One row: exactly one of `class`, `acr`, `amr` and `attribute`, and what it means.",
    keys: &[
        stated("class", "Values of AuthnContextClassRef, all of which must be stated. A statement has one."),
        stated("acr", "Values of the attribute `acr`, all of which must be stated."),
        stated(
            "amr",
            "Values of the attribute `amr` or `http://schemas.microsoft.com/claims/authnmethodsreferences`, all of \
             which must be stated, such as `[\"hwk\", \"user\"]`.",
        ),
        Key {
            name: "attribute",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The name of an attribute; its values stand in `values`.",
        },
        stated("values", "Values of `attribute`, all of which must be stated."),
        Key {
            name: "methods",
            kind: Kind::Texts,
            presence: Presence::Required,
            doc: "What it means, in words as in `may_assert`. `several_factors` says that several factors were shown \
                  and not which.",
        },
    ],
};

/// `[[partner.assurance.requests]]`.
pub static REQUEST: Shape = Shape {
    name: "[[partner.assurance.requests]]",
    doc: "How the partner is asked for a strength. Strengths without a row of their own are asked for in the words of \
          `multifactor`.",
    keys: &[
        Key {
            name: "strength",
            kind: Kind::Word(&["multifactor", "passwordless", "phishing-resistant"]),
            presence: Presence::Required,
            doc: "For which built-in strength.",
        },
        Key {
            name: "classes",
            kind: Kind::Texts,
            presence: Presence::Required,
            doc: "Classes of RequestedAuthnContext, the preferred first; at least one.",
        },
        Key {
            name: "comparison",
            kind: Kind::Word(&["exact", "minimum", "better"]),
            presence: Presence::Default("\"exact\""),
            doc: "How the partner compares them (SAML Core 3.3.2.2.1). Whatever it answers means what the tables say.",
        },
    ],
};

const fn stated(name: &'static str, doc: &'static str) -> Key {
    Key { name, kind: Kind::Texts, presence: Presence::Optional, doc }
}

/// A word that means no method.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum MethodError {
    /// No such word.
    #[error("is no authentication method known to this version")]
    Unknown,
    /// Only this gateway can show it.
    #[error("can be shown here only, never at a partner")]
    NotAtHome,
}

fn method(text: &str) -> Result<Method, MethodError> {
    let known = match text {
        "single_factor" => Method::FederatedSingleFactor,
        "several_factors" => Method::FederatedMultiFactor,
        "phishing_resistant" => Method::FederatedPhishingResistant,
        other => Method::parse(other).ok_or(MethodError::Unknown)?,
    };
    if MethodSet::AT_HOME.has(known) { Ok(known) } else { Err(MethodError::NotAtHome) }
}

fn methods(table: &Table<'_>, name: &str) -> MethodSet {
    table.parsed_texts(name, method).into_iter().fold(MethodSet::EMPTY, MethodSet::with)
}

/// Reads the contract; every fault is noted.
#[must_use]
pub fn read(table: &Table<'_>) -> AssuranceContract {
    let is_accepted = table.is_set("mfa_accepted", Absent::IsFalse);
    let is_required = table.text("mfa_at_home") == Some("required");
    if is_required && !is_accepted {
        table.fault("mfa_at_home", "`mfa_at_home = \"required\"` needs `mfa_accepted = true`");
    }
    let statements = table.tables("statements");
    let requests = table.tables("requests");
    for (name, count) in [("statements", statements.len()), ("requests", requests.len())] {
        if count > MAX_ROWS {
            table.fault(name, format!("`{name}` has more than {MAX_ROWS} rows"));
        }
    }
    AssuranceContract {
        home_trust: match (is_accepted, is_required) {
            (false, _) => HomeTrust::NotTrusted,
            (true, false) => HomeTrust::Trusted,
            (true, true) => HomeTrust::Required,
        },
        may_assert: match table.node("may_assert") {
            Some(_) => methods(table, "may_assert"),
            None => MethodSet::AT_HOME,
        },
        fresh_within: table.integer("fresh_within").map(Duration::from_secs),
        statements: statements.iter().filter_map(statement).collect(),
        questions: questions(&requests),
    }
}

fn statement(table: &Table<'_>) -> Option<Statement> {
    let stated: Vec<&str> =
        ["class", "acr", "amr", "attribute"].into_iter().filter(|name| table.node(name).is_some()).collect();
    let methods = methods(table, "methods");
    if table.node("methods").is_some() && table.texts("methods").is_empty() {
        table.fault("methods", "`methods` must name at least one");
    }
    let [place] = stated[..] else {
        let message = "`[[partner.assurance.statements]]` needs exactly one of `class`, `acr`, `amr` and `attribute`";
        table.reader().fault(table.origin(), message);
        return None;
    };
    let (stated_in, key) = match place {
        "class" => (StatedIn::Class, place),
        "acr" => (StatedIn::Acr, place),
        "amr" => (StatedIn::Amr, place),
        _ => (StatedIn::Attribute(table.parsed("attribute", texts::identifier)?), "values"),
    };
    if key != "values" && table.node("values").is_some() {
        table.fault("values", "`values` belongs to `attribute`");
    }
    let values = table.parsed_texts(key, texts::identifier);
    if values.is_empty() && table.texts(key).is_empty() {
        table.fault(key, format!("`{key}` must list at least one value"));
    }
    if key == "class" && values.len() > 1 {
        table.fault(key, "a statement has one class, so `class` must list one value");
    }
    Some(Statement { stated_in, values, methods })
}

fn questions(tables: &[Table<'_>]) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for table in tables {
        let Some(strength) = table.text("strength").and_then(built_in) else { continue };
        if questions.iter().any(|known| known.strength == strength) {
            table.fault("strength", "each strength has one row of `requests`");
        }
        let words = table.parsed_texts("classes", texts::identifier);
        if table.node("classes").is_some() && table.texts("classes").is_empty() {
            table.fault("classes", "`classes` must list at least one class");
        }
        let comparison = match table.text("comparison") {
            Some("minimum") => Comparison::Minimum,
            Some("better") => Comparison::Better,
            _ => Comparison::Exact,
        };
        questions.push(Question { strength, words, comparison });
    }
    questions
}

fn built_in(slug: &str) -> Option<StrengthId> {
    BUILT_IN.into_iter().find(|(_, known)| *known == slug).map(|(id, _)| id)
}
