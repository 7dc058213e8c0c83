//! What `[[app.claims]]` and `[[partner.claims]]` say, and the `name_id` of a SAML app.

mod shapes;
mod transforms;

pub(super) use shapes::{CLAIM, INWARD, NAME_ID};

use std::sync::Arc;

use super::table::{Absent, Table};
use crate::domain::claims::facts::{Fact, USERS, Users};
use crate::domain::claims::names::Protocol;
use crate::domain::claims::rule::{
    BasicClaims, ClaimRule, Condition, Input, Lists, NAME_FORMATS, NAME_ID_FORMATS, NAME_ID_SOURCES, NameFormat,
    NameIdRule, Operand, Output,
};
use crate::domain::claims::set::{ClaimSet, Names, OfStatement};
use crate::domain::definitions::{ClaimsDefinition, Origin, RulePlace};
use crate::domain::groups::GroupId;
use crate::domain::partners::{AttributeNames, PartnerId};

/// Stands for the names of other objects, which are looked up when all of them are known.
struct AnyName;

impl Names for AnyName {
    fn group(&self, name: &str) -> Option<GroupId> {
        // Each name has an id of its own, so that names are counted.
        let bytes = crate::base::encoding::sha256(name.as_bytes());
        bytes.first_chunk().map(|bytes| GroupId::from_uuid(uuid::Uuid::from_bytes(*bytes)))
    }

    fn partner(&self, _: &str) -> Option<PartnerId> {
        Some(PartnerId::from_uuid(uuid::Uuid::nil()))
    }
}

/// Reads the rules of an app that speaks `protocol`; every fault is noted.
#[must_use]
pub(super) fn read(app: &Table<'_>, protocol: Protocol, name_id: Option<NameIdRule>) -> ClaimsDefinition {
    let mut definition = ClaimsDefinition::NONE;
    for table in &app.tables("claims") {
        if let Some((rule, place)) = rule(table) {
            definition.terms.rules.push(rule);
            definition.places.push(place);
        }
    }
    let has_rules = app.node("claims").is_some();
    if app.node("basic_claims").is_some() && !has_rules {
        app.fault("basic_claims", "`basic_claims` goes with `[[app.claims]]`; without rules they are sent anyway");
    }
    let keeps_basic = !has_rules || app.is_set("basic_claims", Absent::IsFalse);
    definition.terms.basic = if keeps_basic { BasicClaims::Sent } else { BasicClaims::NotSent };
    definition.terms.name_id = name_id;
    if let Err(faults) = ClaimSet::compile(definition.terms.clone(), protocol, &AnyName) {
        for fault in faults {
            let told = definition.told(&fault, app.place("claims"));
            app.reader().fault(&told.origin, told.message);
        }
    }
    definition
}

/// Reads the NameID of a SAML app.
#[must_use]
pub(super) fn name_id(saml: &Table<'_>) -> Option<NameIdRule> {
    let table = saml.table("name_id")?;
    let source = found(NAME_ID_SOURCES, table.text("source")?)?;
    let rule = match table.text("format") {
        None => NameIdRule::of(source),
        Some(word) => NameIdRule { source, format: found(NAME_ID_FORMATS, word)? },
    };
    if rule.is_true() {
        return Some(rule);
    }
    table.fault("format", crate::domain::claims::fault::ClaimError::NameIdFormat.to_string());
    None
}

fn found<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
}

fn rule(table: &Table<'_>) -> Option<(ClaimRule, RulePlace)> {
    let name = table.text("name");
    let otherwise = if has_input(table) { Some(output(table, Words::Account)) } else { None };
    if otherwise.is_none() && table.node("transforms").is_some() {
        table.fault("transforms", "`transforms` needs a `source` or a `value` beside it");
    }
    let mut conditions = Vec::new();
    let mut origins: Vec<Origin> = Vec::new();
    let mut is_whole = otherwise.as_ref().is_none_or(Option::is_some);
    for table in &table.tables("conditions") {
        if let Some(condition) = condition(table) {
            conditions.push(condition);
            origins.push(table.origin().clone());
        } else {
            is_whole = false;
        }
    }
    if !is_whole {
        return None;
    }
    let format = table.text("name_format").and_then(|word| found(NAME_FORMATS, word));
    let each = table.is_set("multivalued", Absent::IsFalse);
    let rule = ClaimRule {
        name: name?.to_owned(),
        format: format.unwrap_or(NameFormat::ByName),
        lists: if each { Lists::Each } else { Lists::First },
        otherwise: otherwise.flatten(),
        conditions,
    };
    Some((rule, RulePlace { rule: table.origin().clone(), conditions: origins }))
}

fn condition(table: &Table<'_>) -> Option<Condition> {
    let users = table.text("users").map_or(Some(Users::Any), |word| found(USERS, word));
    let groups = table.texts("groups").into_iter().map(|(_, name)| name.to_owned()).collect();
    if table.node("groups").is_some() && table.texts("groups").is_empty() {
        table.fault("groups", "`groups` must name at least one; leave it out for everybody");
    }
    if !has_input(table) {
        let message = "`[[app.claims.conditions]]` needs one of `source`, `value` and `expression`";
        table.reader().fault(table.origin(), message);
        return None;
    }
    Some(Condition { users: users?, groups, output: output(table, Words::Account)? })
}

/// Reads the rules about what a partner states; every fault is noted. None where there are none.
#[must_use]
pub(super) fn inward(partner: &Table<'_>, attributes: &AttributeNames) -> Option<Arc<ClaimSet>> {
    partner.node("claims")?;
    let own = [
        ("email", attributes.email.is_some()),
        ("name", attributes.name.is_some()),
        ("given_name", attributes.given_name.is_some()),
        ("family_name", attributes.family_name.is_some()),
    ];
    let mut definition = ClaimsDefinition::NONE;
    for table in &partner.tables("claims") {
        let Some(name) = table.text("name") else { continue };
        if own.contains(&(name, true)) {
            table.fault("name", format!("`{name}` has a name in `[partner.attributes]` too; leave out one of both"));
        }
        let Some(output) = output(table, Words::Statement) else { continue };
        let (format, lists) = (NameFormat::ByName, Lists::First);
        let rule = ClaimRule { name: name.to_owned(), format, lists, otherwise: Some(output), conditions: Vec::new() };
        definition.terms.rules.push(rule);
        definition.places.push(RulePlace { rule: table.origin().clone(), conditions: Vec::new() });
    }
    match ClaimSet::compile(definition.terms.clone(), Protocol::Account, &OfStatement) {
        Ok(set) => Some(Arc::new(set)),
        Err(faults) => {
            for fault in faults {
                let told = definition.told(&fault, partner.place("claims"));
                partner.reader().fault(&told.origin, told.message);
            }
            None
        }
    }
}

/// What `source` names.
#[derive(Debug, Clone, Copy)]
enum Words {
    /// A fact of an account.
    Account,
    /// What a partner states.
    Statement,
}

impl Words {
    fn fact(self, name: &str) -> Option<Fact> {
        match self {
            Self::Account => Fact::parse(name),
            Self::Statement => Some(Fact::stated(name)),
        }
    }
}

const INPUTS: [&str; 3] = ["source", "value", "expression"];

fn has_input(table: &Table<'_>) -> bool {
    INPUTS.into_iter().any(|name| table.node(name).is_some())
}

/// What a table with an input says; nothing where it has a fault that has been noted.
fn output(table: &Table<'_>, words: Words) -> Option<Output> {
    let given: Vec<&str> = INPUTS.into_iter().filter(|name| table.node(name).is_some()).collect();
    if let [_, second, ..] = given[..] {
        table.fault(second, format!("`{second}` and `{}` exclude each other; leave out one of both", given[0]));
        return None;
    }
    let transforms = transforms::read(table, words);
    let input = match given.first() {
        Some(&"source") => Input::Fact(words.fact(table.text("source")?)?),
        Some(&"value") => Input::Text(table.text("value")?.to_owned()),
        None => {
            table.reader().fault(table.origin(), "needs one of `source`, `value` and `expression`");
            return None;
        }
        _ => Input::Expression(table.text("expression")?.to_owned()),
    };
    Some(Output { input, transforms: transforms? })
}

/// `{ source = "..." }` or `{ value = "..." }`.
fn operand(table: &Table<'_>, name: &str, words: Words) -> Option<Operand> {
    let inner = table.table(name)?;
    match (inner.node("source").is_some(), inner.node("value").is_some()) {
        (true, false) => words.fact(inner.text("source")?).map(Operand::Fact),
        (false, true) => inner.text("value").map(|text| Operand::Text(text.to_owned())),
        _ => {
            table.fault(name, format!("`{name}` needs one of `source` and `value`"));
            None
        }
    }
}
