//! From rules as they are written to rules that are ready.

use std::cell::RefCell;

use super::expression::Expression;
use super::facts::{Fact, Users};
use super::fault::{ClaimError, ClaimFault, MAX_CONDITION_GROUPS, MAX_CONDITIONS, MAX_RULES, MAX_TEXT, MAX_TRANSFORMS};
use super::names::{self, Protocol};
use super::outcome::Choice;
use super::rule::{ClaimRule, Condition, Input, Operand, Output, Transform};
use super::set::{ClaimSet, ClaimTerms, Guarded, NameTable, Names, Source};
use super::transforms::Step;
use crate::domain::groups::GroupId;
use crate::domain::partners::PartnerId;

/// Notes what was asked and found.
struct Asked<'n> {
    names: &'n dyn Names,
    found: RefCell<NameTable>,
}

impl Names for Asked<'_> {
    fn group(&self, name: &str) -> Option<GroupId> {
        let id = self.names.group(name)?;
        note(&mut self.found.borrow_mut().groups, name, id);
        Some(id)
    }

    fn partner(&self, name: &str) -> Option<PartnerId> {
        let id = self.names.partner(name)?;
        note(&mut self.found.borrow_mut().partners, name, id);
        Some(id)
    }

    fn is_of_statement(&self) -> bool {
        self.names.is_of_statement()
    }
}

fn note<I>(table: &mut Vec<(String, I)>, name: &str, id: I) {
    if !table.iter().any(|(known, _)| known == name) {
        table.push((name.to_owned(), id));
    }
}

pub(super) fn compile(terms: ClaimTerms, protocol: Protocol, names: &dyn Names) -> Result<ClaimSet, Vec<ClaimFault>> {
    let asked = Asked { names, found: RefCell::default() };
    let mut faults = of_all(&terms, protocol);
    let mut reads_groups = false;
    let mut rules = Vec::with_capacity(terms.rules.len());
    // What is too much is not looked at.
    for (place, rule) in terms.rules.iter().take(MAX_RULES).enumerate() {
        let mut fault = |condition, error| faults.push(ClaimFault { rule: Some(place), condition, error });
        judge(rule, protocol, &terms.rules[..place]).into_iter().for_each(|error| fault(None, error));
        let mut guarded = Vec::new();
        if let Some(output) = &rule.otherwise {
            match of(Choice::Otherwise, Users::Any, &[], output, &asked) {
                Ok(part) => guarded.push((output.is_transformation(), part)),
                Err(error) => fault(None, error),
            }
        }
        let conditions = rule.conditions.iter().take(MAX_CONDITIONS).enumerate();
        for (number, Condition { users, groups, output }) in conditions {
            match of(Choice::Condition(number + 1), *users, groups, output, &asked) {
                Ok(part) => guarded.push((output.is_transformation(), part)),
                Err(error) => fault(Some(number), error),
            }
        }
        // What holds without a condition stays first, whatever it is; the others in two rounds.
        guarded.sort_by_key(|(is_transformation, part)| part.choice != Choice::Otherwise && *is_transformation);
        let guarded: Vec<Guarded> = guarded.into_iter().map(|(_, part)| part).collect();
        reads_groups |= guarded.iter().any(reads);
        reads_groups |= rule.conditions.iter().map(|condition| &condition.output).chain(&rule.otherwise).any(puts_in);
        rules.push(guarded);
    }
    let names = asked.found.into_inner();
    if names.groups.len() > MAX_CONDITION_GROUPS {
        faults.push(ClaimFault { rule: None, condition: None, error: ClaimError::TooManyGroups });
    }
    if faults.is_empty() { Ok(ClaimSet { terms, names, protocol, rules, reads_groups }) } else { Err(faults) }
}

fn of_all(terms: &ClaimTerms, protocol: Protocol) -> Vec<ClaimFault> {
    let mut errors = Vec::new();
    if terms.rules.len() > MAX_RULES {
        errors.push(ClaimError::TooManyRules);
    }
    match terms.name_id {
        Some(_) if protocol != Protocol::Saml => errors.push(ClaimError::NameIdOfOidc),
        Some(rule) if !rule.is_true() => errors.push(ClaimError::NameIdFormat),
        _ => {}
    }
    errors.into_iter().map(|error| ClaimFault { rule: None, condition: None, error }).collect()
}

fn judge(rule: &ClaimRule, protocol: Protocol, before: &[ClaimRule]) -> Vec<ClaimError> {
    let mut errors = Vec::new();
    errors.extend(names::judge(rule, protocol).err().map(ClaimError::Name));
    if before.iter().any(|other| other.name == rule.name) {
        errors.push(ClaimError::NameTwice(rule.name.clone()));
    }
    if rule.otherwise.is_none() && rule.conditions.is_empty() {
        errors.push(ClaimError::Empty);
    }
    if rule.conditions.len() > MAX_CONDITIONS {
        errors.push(ClaimError::TooManyConditions);
    }
    errors
}

fn of(
    choice: Choice,
    users: Users,
    groups: &[String],
    output: &Output,
    names: &dyn Names,
) -> Result<Guarded, ClaimError> {
    if output.transforms.len() > MAX_TRANSFORMS {
        return Err(ClaimError::TooManyTransforms);
    }
    let source = match &output.input {
        Input::Fact(fact) => Source::Fact(*fact),
        Input::Text(text) => Source::Text(sound(text)?.to_owned()),
        Input::Expression(_) if !output.transforms.is_empty() => return Err(ClaimError::TransformedExpression),
        Input::Expression(source) => Source::Expression(Box::new(Expression::parse(source, names)?)),
    };
    let mut steps = Vec::with_capacity(output.transforms.len());
    for transform in &output.transforms {
        texts(transform).into_iter().try_for_each(|text| sound(text).map(drop))?;
        if matches!(transform, Transform::Extract { after: None, before: None }) {
            return Err(ClaimError::ExtractNothing);
        }
        steps.push(Step::new(transform)?);
    }
    let group = |name: &String| names.group(name).ok_or_else(|| ClaimError::UnknownGroup(name.clone()));
    let groups = groups.iter().map(group).collect::<Result<_, _>>()?;
    Ok(Guarded { choice, users, groups, source, steps })
}

fn sound(text: &str) -> Result<&str, ClaimError> {
    if (1..=MAX_TEXT).contains(&text.len()) && !text.chars().any(char::is_control) {
        Ok(text)
    } else {
        Err(ClaimError::Text)
    }
}

fn operands(transform: &Transform) -> Vec<&Operand> {
    match transform {
        Transform::Join { with: operand, .. } | Transform::IfEmpty(operand) | Transform::IfNotEmpty(operand) => {
            vec![operand]
        }
        Transform::Match { output, otherwise, .. } => std::iter::once(output).chain(otherwise).collect(),
        Transform::RegexReplace { otherwise, .. } => otherwise.iter().collect(),
        _ => Vec::new(),
    }
}

/// The texts that a transformation sends or looks for.
fn texts(transform: &Transform) -> Vec<&str> {
    let mut texts: Vec<&str> = match transform {
        Transform::Join { separator, .. } if !separator.is_empty() => vec![separator],
        Transform::Match { text, .. } => vec![text],
        Transform::Extract { after, before } => after.iter().chain(before).map(String::as_str).collect(),
        _ => Vec::new(),
    };
    texts.extend(operands(transform).into_iter().filter_map(|operand| match operand {
        Operand::Text(text) => Some(text.as_str()),
        Operand::Fact(_) => None,
    }));
    texts
}

fn reads(part: &Guarded) -> bool {
    let by_source = match &part.source {
        Source::Fact(fact) => *fact == Fact::Groups,
        Source::Text(_) => false,
        Source::Expression(expression) => expression.reads_groups(),
    };
    by_source || !part.groups.is_empty()
}

/// Whether a transformation puts in groups.
fn puts_in(output: &Output) -> bool {
    let is_group = |fact: &Fact| *fact == Fact::Groups;
    output.transforms.iter().any(|transform| {
        let inputs = match transform {
            Transform::RegexReplace { inputs, .. } => inputs.as_slice(),
            _ => &[],
        };
        inputs.iter().any(|(_, fact)| is_group(fact))
            || operands(transform).into_iter().any(|operand| matches!(operand, Operand::Fact(Fact::Groups)))
    })
}
