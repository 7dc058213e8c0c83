//! How a partner's contract about strength is kept in its row, and what a session keeps of strength.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::partner_rows::to_json;
use crate::base::clock::Timestamp;
use crate::domain::assurance::{AssuranceContract, Comparison, Question, StatedIn, Statement};
use crate::domain::factors::proof::{FactorProof, Means};
use crate::domain::factors::{FactorKind, KeyProtection};
use crate::domain::policy::facts::HomeTrust;
use crate::domain::policy::methods::{Method, MethodSet};
use crate::domain::policy::strengths::StrengthId;
use crate::domain::store::StoreError;
use crate::store::row::{Columns, word_of};

const HOME_TRUSTS: &[(&str, HomeTrust)] =
    &[("not_trusted", HomeTrust::NotTrusted), ("trusted", HomeTrust::Trusted), ("required", HomeTrust::Required)];
const COMPARISONS: &[(&str, Comparison)] =
    &[("exact", Comparison::Exact), ("minimum", Comparison::Minimum), ("better", Comparison::Better)];

#[derive(Serialize, Deserialize)]
struct ContractJson {
    home_trust: String,
    may_assert: String,
    fresh_within: Option<u64>,
    statements: Vec<StatementJson>,
    questions: Vec<QuestionJson>,
}

#[derive(Serialize, Deserialize)]
struct StatementJson {
    stated_in: StatedInJson,
    values: Vec<String>,
    methods: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StatedInJson {
    Class,
    Acr,
    Amr,
    Attribute(String),
}

#[derive(Serialize, Deserialize)]
struct QuestionJson {
    strength: uuid::Uuid,
    words: Vec<String>,
    comparison: String,
}

#[derive(Serialize, Deserialize)]
struct ProofJson {
    means: String,
    protection: Option<String>,
    at: i64,
}

/// The value of the column `assurance`; absent where nothing is trusted, as for most partners.
pub(super) fn contract_text(contract: &AssuranceContract) -> Option<String> {
    if *contract == AssuranceContract::NOTHING_TRUSTED {
        return None;
    }
    Some(to_json(&ContractJson {
        home_trust: word_of(HOME_TRUSTS, &contract.home_trust).to_owned(),
        may_assert: methods_text(contract.may_assert),
        fresh_within: contract.fresh_within.map(|limit| limit.as_secs()),
        statements: contract.statements.iter().map(statement_out).collect(),
        questions: contract.questions.iter().map(question_out).collect(),
    }))
}

/// Reads the column `assurance`.
pub(super) fn read_contract(columns: &mut Columns<'_>) -> Result<AssuranceContract, StoreError> {
    let Some(text) = columns.optional_text("assurance")? else { return Ok(AssuranceContract::NOTHING_TRUSTED) };
    serde_json::from_str(&text).ok().and_then(contract_in).ok_or_else(|| columns.corrupt("assurance"))
}

fn contract_in(json: ContractJson) -> Option<AssuranceContract> {
    Some(AssuranceContract {
        home_trust: found(HOME_TRUSTS, &json.home_trust)?,
        may_assert: methods_in(&json.may_assert)?,
        fresh_within: json.fresh_within.map(Duration::from_secs),
        statements: json.statements.into_iter().map(statement_in).collect::<Option<_>>()?,
        questions: json.questions.into_iter().map(question_in).collect::<Option<_>>()?,
    })
}

fn statement_out(statement: &Statement) -> StatementJson {
    StatementJson {
        stated_in: match &statement.stated_in {
            StatedIn::Class => StatedInJson::Class,
            StatedIn::Acr => StatedInJson::Acr,
            StatedIn::Amr => StatedInJson::Amr,
            StatedIn::Attribute(name) => StatedInJson::Attribute(name.clone()),
        },
        values: statement.values.clone(),
        methods: methods_text(statement.methods),
    }
}

fn statement_in(json: StatementJson) -> Option<Statement> {
    let stated_in = match json.stated_in {
        StatedInJson::Class => StatedIn::Class,
        StatedInJson::Acr => StatedIn::Acr,
        StatedInJson::Amr => StatedIn::Amr,
        StatedInJson::Attribute(name) => StatedIn::Attribute(name),
    };
    Some(Statement { stated_in, values: json.values, methods: methods_in(&json.methods)? })
}

fn question_out(question: &Question) -> QuestionJson {
    QuestionJson {
        strength: uuid::Uuid::from_bytes(*question.strength.as_bytes()),
        words: question.words.clone(),
        comparison: word_of(COMPARISONS, &question.comparison).to_owned(),
    }
}

fn question_in(json: QuestionJson) -> Option<Question> {
    let comparison = found(COMPARISONS, &json.comparison)?;
    Some(Question { strength: StrengthId::from_uuid(json.strength), words: json.words, comparison })
}

/// The names of methods, with spaces between them.
pub(super) fn methods_text(methods: MethodSet) -> String {
    methods.methods().map(Method::as_str).collect::<Vec<_>>().join(" ")
}

fn methods_in(text: &str) -> Option<MethodSet> {
    text.split_ascii_whitespace().try_fold(MethodSet::EMPTY, |set, word| Some(set.with(Method::parse(word)?)))
}

/// Reads a column that [`methods_text`] wrote.
pub(super) fn read_methods(columns: &mut Columns<'_>, column: &'static str) -> Result<MethodSet, StoreError> {
    methods_in(&columns.text(column)?).ok_or_else(|| columns.corrupt(column))
}

/// The ids of strengths, with spaces between them.
pub(super) fn strengths_text(strengths: &[StrengthId]) -> String {
    strengths.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Reads a column that [`strengths_text`] wrote.
pub(super) fn read_strengths(columns: &mut Columns<'_>, column: &'static str) -> Result<Vec<StrengthId>, StoreError> {
    let text = columns.text(column)?;
    let ids = text.split_ascii_whitespace().map(StrengthId::parse).collect::<Result<_, _>>();
    ids.map_err(|_| columns.corrupt(column))
}

/// The value of the column `factors`.
pub(super) fn factors_text(factors: &[FactorProof]) -> String {
    let out = |proof: &FactorProof| ProofJson {
        means: proof.means.kind().as_str().to_owned(),
        protection: match proof.means {
            Means::Passkey(protection) => Some(protection.as_str().to_owned()),
            Means::Totp | Means::MailedCode | Means::RecoveryCode => None,
        },
        at: proof.at.micros(),
    };
    to_json(&factors.iter().map(out).collect::<Vec<_>>())
}

/// Reads the column `factors`.
pub(super) fn read_factors(columns: &mut Columns<'_>) -> Result<Vec<FactorProof>, StoreError> {
    let proofs: Vec<ProofJson> = columns.json("factors")?;
    let proofs = proofs.iter().map(proof_in).collect::<Option<_>>();
    proofs.ok_or_else(|| columns.corrupt("factors"))
}

fn proof_in(json: &ProofJson) -> Option<FactorProof> {
    let means = match (FactorKind::parse(&json.means)?, json.protection.as_deref()) {
        (FactorKind::Totp, None) => Means::Totp,
        (FactorKind::MailedCode, None) => Means::MailedCode,
        (FactorKind::RecoveryCode, None) => Means::RecoveryCode,
        (FactorKind::Passkey, Some(word)) => {
            Means::Passkey(KeyProtection::ALL.into_iter().find(|protection| protection.as_str() == word)?)
        }
        _ => return None,
    };
    Some(FactorProof { means, at: Timestamp::from_micros(json.at) })
}

fn found<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}
