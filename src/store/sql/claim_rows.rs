//! How the rules of an app about claims are kept in its row. They are compiled when they are read, once for
//! each text: a row is read with every act.

use std::sync::{Arc, LazyLock};

use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use super::partner_rows::to_json;
use crate::domain::apps::AppProtocol;
use crate::domain::claims::facts::{Fact, USERS};
use crate::domain::claims::names::Protocol;
use crate::domain::claims::rule::{
    BasicClaims, ClaimRule, Condition, End, Input, Lists, NAME_FORMATS, NAME_ID_FORMATS, NAME_ID_SOURCES, NameFormat,
    NameIdRule, Operand, Output, Part, Transform,
};
use crate::domain::claims::set::{ClaimSet, ClaimTerms, NameTable, Names, OfStatement};
use crate::domain::groups::GroupId;
use crate::domain::partners::PartnerId;
use crate::domain::store::StoreError;
use crate::store::row::{Columns, word_of};

/// How much text is kept compiled. **Units**: bytes.
const MAX_COMPILED: u64 = 16 * 1024 * 1024;

/// Rules by their text: the same text means the same, so none of them is ever stale.
type Compiled = Cache<String, Arc<ClaimSet>>;

static FOR_OIDC: LazyLock<Compiled> = LazyLock::new(compiled);
static FOR_SAML: LazyLock<Compiled> = LazyLock::new(compiled);
static FOR_ACCOUNTS: LazyLock<Compiled> = LazyLock::new(compiled);
/// Of the many apps that have no rules of their own, one set for all.
static NONE_FOR_OIDC: LazyLock<Arc<ClaimSet>> = LazyLock::new(|| Arc::new(ClaimSet::none(Protocol::Oidc)));
static NONE_FOR_SAML: LazyLock<Arc<ClaimSet>> = LazyLock::new(|| Arc::new(ClaimSet::none(Protocol::Saml)));

fn compiled() -> Compiled {
    let weigh = |text: &String, _: &Arc<ClaimSet>| u32::try_from(text.len()).unwrap_or(u32::MAX);
    Cache::builder().max_capacity(MAX_COMPILED).weigher(weigh).build()
}

#[derive(Serialize, Deserialize)]
struct TermsJson {
    rules: Vec<RuleJson>,
    basic: bool,
    name_id: Option<NameIdJson>,
    groups: Vec<(String, uuid::Uuid)>,
    partners: Vec<(String, uuid::Uuid)>,
}

#[derive(Serialize, Deserialize)]
struct NameIdJson {
    source: String,
    format: String,
}

#[derive(Serialize, Deserialize)]
struct RuleJson {
    name: String,
    format: Option<String>,
    each: bool,
    otherwise: Option<OutputJson>,
    conditions: Vec<ConditionJson>,
}

#[derive(Serialize, Deserialize)]
struct ConditionJson {
    users: String,
    groups: Vec<String>,
    output: OutputJson,
}

#[derive(Serialize, Deserialize)]
struct OutputJson {
    input: InputJson,
    transforms: Vec<TransformJson>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum InputJson {
    Source(String),
    Value(String),
    Expression(String),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OperandJson {
    Source(String),
    Value(String),
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum TransformJson {
    ExtractMailPrefix,
    Join { separator: String, with: OperandJson },
    ToLowercase,
    ToUppercase,
    Contains { text: String, output: OperandJson, otherwise: Option<OperandJson> },
    StartWith { text: String, output: OperandJson, otherwise: Option<OperandJson> },
    EndWith { text: String, output: OperandJson, otherwise: Option<OperandJson> },
    Extract { after: Option<String>, before: Option<String> },
    ExtractAlphaPrefix,
    ExtractAlphaSuffix,
    ExtractNumericPrefix,
    ExtractNumericSuffix,
    IfEmpty { output: OperandJson },
    IfNotEmpty { output: OperandJson },
    Substring { start: usize, length: Option<usize> },
    RegexReplace { pattern: String, replacement: String, inputs: Vec<(String, String)>, otherwise: Option<OperandJson> },
}

/// The value of the column `claims`; absent where nothing is said, as for most apps.
pub(super) fn claims_text(set: &ClaimSet) -> Option<String> {
    let ClaimTerms { rules, basic, name_id } = set.terms();
    if *set.terms() == ClaimTerms::NONE {
        return None;
    }
    let names = set.names();
    Some(to_json(&TermsJson {
        rules: rules.iter().map(rule_out).collect(),
        basic: *basic == BasicClaims::Sent,
        name_id: name_id.map(|rule| NameIdJson {
            source: word_of(NAME_ID_SOURCES, &rule.source).to_owned(),
            format: word_of(NAME_ID_FORMATS, &rule.format).to_owned(),
        }),
        groups: names.groups.iter().map(|(name, id)| (name.clone(), uuid::Uuid::from_bytes(*id.as_bytes()))).collect(),
        partners: names
            .partners
            .iter()
            .map(|(name, id)| (name.clone(), uuid::Uuid::from_bytes(*id.as_bytes())))
            .collect(),
    }))
}

/// Reads the column `claims` of an app that speaks this.
pub(super) fn read_claims(columns: &mut Columns<'_>, protocol: &AppProtocol) -> Result<Arc<ClaimSet>, StoreError> {
    let (protocol, known, none) = match protocol {
        AppProtocol::Oidc(_) => (Protocol::Oidc, &*FOR_OIDC, &*NONE_FOR_OIDC),
        AppProtocol::Saml(_) => (Protocol::Saml, &*FOR_SAML, &*NONE_FOR_SAML),
    };
    let Some(text) = columns.optional_text("claims")? else { return Ok(Arc::clone(none)) };
    read_text(text, protocol, known).ok_or_else(|| columns.corrupt("claims"))
}

/// Reads the rules of a partner out of its row; `None` where they contradict themselves.
pub(super) fn read_rules(text: String) -> Option<Arc<ClaimSet>> {
    read_text(text, Protocol::Account, &FOR_ACCOUNTS)
}

fn read_text(text: String, protocol: Protocol, known: &Compiled) -> Option<Arc<ClaimSet>> {
    if let Some(set) = known.get(&text) {
        return Some(set);
    }
    let json: Option<TermsJson> = serde_json::from_str(&text).ok();
    let read = json.and_then(|json| {
        let names = NameTable {
            groups: json.groups.iter().map(|(name, id)| (name.clone(), GroupId::from_uuid(*id))).collect(),
            partners: json.partners.iter().map(|(name, id)| (name.clone(), PartnerId::from_uuid(*id))).collect(),
        };
        let names: &dyn Names = if protocol == Protocol::Account { &OfStatement } else { &names };
        ClaimSet::compile(terms_in(json)?, protocol, names).ok()
    });
    let set = Arc::new(read?);
    known.insert(text, Arc::clone(&set));
    Some(set)
}

fn terms_in(json: TermsJson) -> Option<ClaimTerms> {
    let name_id = |json: NameIdJson| {
        let (source, format) = (found(NAME_ID_SOURCES, &json.source)?, found(NAME_ID_FORMATS, &json.format)?);
        Some(NameIdRule { source, format })
    };
    Some(ClaimTerms {
        rules: json.rules.into_iter().map(rule_in).collect::<Option<_>>()?,
        basic: if json.basic { BasicClaims::Sent } else { BasicClaims::NotSent },
        name_id: match json.name_id {
            Some(json) => Some(name_id(json)?),
            None => None,
        },
    })
}

fn rule_out(rule: &ClaimRule) -> RuleJson {
    RuleJson {
        name: rule.name.clone(),
        format: (rule.format != NameFormat::ByName).then(|| word_of(NAME_FORMATS, &rule.format).to_owned()),
        each: rule.lists == Lists::Each,
        otherwise: rule.otherwise.as_ref().map(output_out),
        conditions: rule
            .conditions
            .iter()
            .map(|condition| ConditionJson {
                users: word_of(USERS, &condition.users).to_owned(),
                groups: condition.groups.clone(),
                output: output_out(&condition.output),
            })
            .collect(),
    }
}

fn rule_in(json: RuleJson) -> Option<ClaimRule> {
    let condition = |json: ConditionJson| {
        Some(Condition { users: found(USERS, &json.users)?, groups: json.groups, output: output_in(json.output)? })
    };
    Some(ClaimRule {
        name: json.name,
        format: json.format.map_or(Some(NameFormat::ByName), |word| found(NAME_FORMATS, &word))?,
        lists: if json.each { Lists::Each } else { Lists::First },
        otherwise: match json.otherwise {
            Some(json) => Some(output_in(json)?),
            None => None,
        },
        conditions: json.conditions.into_iter().map(condition).collect::<Option<_>>()?,
    })
}

fn output_out(output: &Output) -> OutputJson {
    OutputJson {
        input: match &output.input {
            Input::Fact(fact) => InputJson::Source(fact.as_str().to_owned()),
            Input::Text(text) => InputJson::Value(text.clone()),
            Input::Expression(source) => InputJson::Expression(source.clone()),
        },
        transforms: output.transforms.iter().map(transform_out).collect(),
    }
}

fn output_in(json: OutputJson) -> Option<Output> {
    Some(Output {
        input: match json.input {
            InputJson::Source(name) => Input::Fact(Fact::parse(&name)?),
            InputJson::Value(text) => Input::Text(text),
            InputJson::Expression(source) => Input::Expression(source),
        },
        transforms: json.transforms.into_iter().map(transform_in).collect::<Option<_>>()?,
    })
}

fn operand_out(operand: &Operand) -> OperandJson {
    match operand {
        Operand::Fact(fact) => OperandJson::Source(fact.as_str().to_owned()),
        Operand::Text(text) => OperandJson::Value(text.clone()),
    }
}

fn operand_in(json: OperandJson) -> Option<Operand> {
    Some(match json {
        OperandJson::Source(name) => Operand::Fact(Fact::parse(&name)?),
        OperandJson::Value(text) => Operand::Text(text),
    })
}

fn transform_out(transform: &Transform) -> TransformJson {
    match transform {
        Transform::ExtractMailPrefix => TransformJson::ExtractMailPrefix,
        Transform::Join { separator, with } => {
            TransformJson::Join { separator: separator.clone(), with: operand_out(with) }
        }
        Transform::ToLowercase => TransformJson::ToLowercase,
        Transform::ToUppercase => TransformJson::ToUppercase,
        Transform::Match { part, text, output, otherwise } => {
            let (text, output, otherwise) = (text.clone(), operand_out(output), otherwise.as_ref().map(operand_out));
            match part {
                Part::Anywhere => TransformJson::Contains { text, output, otherwise },
                Part::Start => TransformJson::StartWith { text, output, otherwise },
                Part::End => TransformJson::EndWith { text, output, otherwise },
            }
        }
        Transform::Extract { after, before } => TransformJson::Extract { after: after.clone(), before: before.clone() },
        Transform::ExtractAlpha(End::Prefix) => TransformJson::ExtractAlphaPrefix,
        Transform::ExtractAlpha(End::Suffix) => TransformJson::ExtractAlphaSuffix,
        Transform::ExtractNumeric(End::Prefix) => TransformJson::ExtractNumericPrefix,
        Transform::ExtractNumeric(End::Suffix) => TransformJson::ExtractNumericSuffix,
        Transform::IfEmpty(output) => TransformJson::IfEmpty { output: operand_out(output) },
        Transform::IfNotEmpty(output) => TransformJson::IfNotEmpty { output: operand_out(output) },
        Transform::Substring { start, length } => TransformJson::Substring { start: *start, length: *length },
        Transform::RegexReplace { pattern, replacement, inputs, otherwise } => TransformJson::RegexReplace {
            pattern: pattern.clone(),
            replacement: replacement.clone(),
            inputs: inputs.iter().map(|(name, fact)| (name.clone(), fact.as_str().to_owned())).collect(),
            otherwise: otherwise.as_ref().map(operand_out),
        },
    }
}

fn transform_in(json: TransformJson) -> Option<Transform> {
    let optional = |json: Option<OperandJson>| match json {
        Some(json) => operand_in(json).map(Some),
        None => Some(None),
    };
    let matching = |part, text, output, otherwise| {
        Some(Transform::Match { part, text, output: operand_in(output)?, otherwise: optional(otherwise)? })
    };
    Some(match json {
        TransformJson::ExtractMailPrefix => Transform::ExtractMailPrefix,
        TransformJson::Join { separator, with } => Transform::Join { separator, with: operand_in(with)? },
        TransformJson::ToLowercase => Transform::ToLowercase,
        TransformJson::ToUppercase => Transform::ToUppercase,
        TransformJson::Contains { text, output, otherwise } => matching(Part::Anywhere, text, output, otherwise)?,
        TransformJson::StartWith { text, output, otherwise } => matching(Part::Start, text, output, otherwise)?,
        TransformJson::EndWith { text, output, otherwise } => matching(Part::End, text, output, otherwise)?,
        TransformJson::Extract { after, before } => Transform::Extract { after, before },
        TransformJson::ExtractAlphaPrefix => Transform::ExtractAlpha(End::Prefix),
        TransformJson::ExtractAlphaSuffix => Transform::ExtractAlpha(End::Suffix),
        TransformJson::ExtractNumericPrefix => Transform::ExtractNumeric(End::Prefix),
        TransformJson::ExtractNumericSuffix => Transform::ExtractNumeric(End::Suffix),
        TransformJson::IfEmpty { output } => Transform::IfEmpty(operand_in(output)?),
        TransformJson::IfNotEmpty { output } => Transform::IfNotEmpty(operand_in(output)?),
        TransformJson::Substring { start, length } => Transform::Substring { start, length },
        TransformJson::RegexReplace { pattern, replacement, inputs, otherwise } => {
            let input = |(name, fact): (String, String)| Some((name, Fact::parse(&fact)?));
            let inputs = inputs.into_iter().map(input).collect::<Option<_>>()?;
            Transform::RegexReplace { pattern, replacement, inputs, otherwise: optional(otherwise)? }
        }
    })
}

fn found<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}
