//! All rules of one app, compiled: how an answer gets its claims.
//!
//! For each rule, conditions that give a fact or a text as it is are asked from top to bottom, then those
//! that transform or compute, and the last that matches and has a value wins. A value that cannot be made
//! leaves the claim out; it never uncovers another one.

use super::expression::Expression;
use super::facts::{Carrier, Facts, MAX_GROUPS, Membership, Missing, Users, Value};
use super::fault::ClaimFault;
use super::names::Protocol;
use super::outcome::{Choice, Claim, Reason};
use super::rule::{BasicClaims, ClaimRule, Input, Lists, NameFormat, NameIdRule, Output};
use super::transforms::{self, MAX_VALUE, Step};
use super::{compile, facts::Fact};
use crate::domain::groups::GroupId;
use crate::domain::partners::PartnerId;

/// The most values of one claim.
pub const MAX_VALUES: usize = 200;

/// The size of all claims together, names and values. **Units**: bytes.
pub const MAX_TOTAL: usize = 32 * 1024;

/// The most groups that a JWT and an assertion hold (chapter of external-user tokens: overage).
pub const MAX_JWT_GROUPS: usize = 200;
/// As [`MAX_JWT_GROUPS`], of an assertion.
pub const MAX_SAML_GROUPS: usize = 150;

/// The size of one list of all groups that are ever read. **Units**: bytes.
const ALL_GROUPS: usize = MAX_GROUPS as usize * 36;

/// The claim that tells of groups which a token does not hold.
pub const HAS_GROUPS: &str = "hasgroups";

/// What rules call groups and partners.
pub trait Names {
    /// The group of this slug or id.
    fn group(&self, name: &str) -> Option<GroupId>;

    /// The partner of this slug or id.
    fn partner(&self, name: &str) -> Option<PartnerId>;

    /// Whether it is a partner's statement that is asked, and no account.
    fn is_of_statement(&self) -> bool {
        false
    }
}

/// In rules about what a partner states nothing has a name but that.
#[derive(Debug, Clone, Copy)]
pub struct OfStatement;

impl Names for OfStatement {
    fn group(&self, _: &str) -> Option<GroupId> {
        None
    }

    fn partner(&self, _: &str) -> Option<PartnerId> {
        None
    }

    fn is_of_statement(&self) -> bool {
        true
    }
}

/// The names that the rules of one app use and what they stand for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameTable {
    /// Groups.
    pub groups: Vec<(String, GroupId)>,
    /// Partners.
    pub partners: Vec<(String, PartnerId)>,
}

impl Names for NameTable {
    fn group(&self, name: &str) -> Option<GroupId> {
        self.groups.iter().find(|(known, _)| known == name).map(|(_, id)| *id)
    }

    fn partner(&self, name: &str) -> Option<PartnerId> {
        self.partners.iter().find(|(known, _)| known == name).map(|(_, id)| *id)
    }
}

/// What an object file says of the claims of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimTerms {
    /// The rules.
    pub rules: Vec<ClaimRule>,
    /// Whether the usual claims are sent too.
    pub basic: BasicClaims,
    /// The NameID of a SAML app.
    pub name_id: Option<NameIdRule>,
}

impl ClaimTerms {
    /// Those of an app of which nothing is said.
    pub const NONE: Self = Self { rules: Vec::new(), basic: BasicClaims::Sent, name_id: None };
}

/// The claims of one app, ready to be evaluated.
#[derive(Debug)]
pub struct ClaimSet {
    pub(super) terms: ClaimTerms,
    pub(super) names: NameTable,
    pub(super) protocol: Protocol,
    pub(super) rules: Vec<Vec<Guarded>>,
    pub(super) reads_groups: bool,
}

/// A value and who gets it. The last that matches wins.
#[derive(Debug)]
pub(super) struct Guarded {
    pub(super) choice: Choice,
    pub(super) users: Users,
    pub(super) groups: Vec<GroupId>,
    pub(super) source: Source,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug)]
pub(super) enum Source {
    Fact(Fact),
    Text(String),
    Expression(Box<Expression>),
}

impl PartialEq for ClaimSet {
    fn eq(&self, other: &Self) -> bool {
        self.terms == other.terms && self.names == other.names && self.protocol == other.protocol
    }
}

impl Eq for ClaimSet {}

impl ClaimSet {
    /// Of an app of which nothing is said.
    #[must_use]
    pub const fn none(protocol: Protocol) -> Self {
        let names = NameTable { groups: Vec::new(), partners: Vec::new() };
        Self { terms: ClaimTerms::NONE, names, protocol, rules: Vec::new(), reads_groups: false }
    }

    /// Judges the rules of an app that speaks `protocol`, resolves their names and makes them ready.
    ///
    /// # Errors
    /// All faults.
    pub fn compile(terms: ClaimTerms, protocol: Protocol, names: &dyn Names) -> Result<Self, Vec<ClaimFault>> {
        compile::compile(terms, protocol, names)
    }

    /// What was compiled.
    #[must_use]
    pub const fn terms(&self) -> &ClaimTerms {
        &self.terms
    }

    /// The names that the rules use.
    #[must_use]
    pub const fn names(&self) -> &NameTable {
        &self.names
    }

    /// Whether there are rules.
    #[must_use]
    pub const fn has_rules(&self) -> bool {
        !self.terms.rules.is_empty()
    }

    /// Whether the app is sent a usual claim of this name, as far as the rules go.
    #[must_use]
    pub fn sends_basic(&self, name: &str) -> bool {
        !self.has_rules()
            || (self.terms.basic == BasicClaims::Sent && !self.terms.rules.iter().any(|rule| rule.name == name))
    }

    /// Whether the groups of the person must be known.
    #[must_use]
    pub const fn reads_groups(&self) -> bool {
        self.reads_groups
    }

    /// The most groups that an answer holds.
    #[must_use]
    pub const fn max_groups(&self, carrier: Carrier) -> usize {
        match (carrier, self.protocol) {
            (Carrier::Document, _) => MAX_GROUPS as usize,
            (Carrier::Token, Protocol::Oidc | Protocol::Account) => MAX_JWT_GROUPS,
            (Carrier::Token, Protocol::Saml) => MAX_SAML_GROUPS,
        }
    }

    /// What becomes of each claim, in the order of the rules.
    #[must_use]
    pub fn evaluate<'a>(&'a self, facts: &Facts<'a>) -> Vec<Claim<'a>> {
        let mut claims = Vec::with_capacity(self.rules.len() + 1);
        let mut total = 0;
        let most = match facts.carrier {
            Carrier::Token => MAX_TOTAL,
            Carrier::Document => MAX_TOTAL + ALL_GROUPS,
        };
        for (rule, guarded) in self.terms.rules.iter().zip(&self.rules) {
            let (choice, outcome) = self.decide(rule, guarded, facts);
            let outcome = outcome.and_then(|value| {
                total += rule.name.len() + size(&value);
                if total > most { Err(Reason::TotalTooLarge) } else { Ok(value) }
            });
            claims.push(Claim { name: &rule.name, format: rule.format, choice, outcome });
        }
        if claims.iter().any(|claim| claim.outcome == Err(Reason::GroupOverage)) {
            let (name, format) = (HAS_GROUPS, NameFormat::ByName);
            claims.push(Claim { name, format, choice: Choice::Overage, outcome: Ok(Value::Flag(true)) });
        }
        claims
    }

    /// What is sent.
    pub fn sent<'a>(&'a self, facts: &Facts<'a>) -> impl Iterator<Item = (&'a str, NameFormat, Value<'a>)> {
        let claims = self.evaluate(facts).into_iter();
        claims.filter_map(|claim| Some((claim.name, claim.format, claim.outcome.ok()?)))
    }

    /// The NameID by the app's own rule; nothing where it has none, or where its source has no value that
    /// can be written.
    #[must_use]
    pub fn name_id(&self, facts: &Facts<'_>) -> Option<String> {
        let rule = self.terms.name_id?;
        let text = transforms::first(facts.read(rule.source.fact()).ok()?)?;
        is_writable(&text).then(|| text.into_owned())
    }

    fn decide<'a>(
        &self,
        rule: &ClaimRule,
        guarded: &'a [Guarded],
        facts: &Facts<'a>,
    ) -> (Choice, Result<Value<'a>, Reason>) {
        let mut without = (Choice::Nothing, Reason::NoValue);
        for part in guarded.iter().rev() {
            let made = match part.matches(facts) {
                Ok(true) => part.value(rule.lists, self.max_groups(facts.carrier), facts),
                Ok(false) => continue,
                Err(reason) => Err(reason),
            };
            match made {
                // Without a value the condition counts as not there.
                Err(reason @ (Reason::NoValue | Reason::FactAbsent(_))) => {
                    if without.0 == Choice::Nothing {
                        without = (part.choice, reason);
                    }
                }
                made => return (part.choice, made),
            }
        }
        (without.0, Err(without.1))
    }
}

impl Guarded {
    fn matches(&self, facts: &Facts<'_>) -> Result<bool, Reason> {
        if !facts.is_one_of(self.users) {
            return Ok(false);
        }
        match facts.groups {
            _ if self.groups.is_empty() => Ok(true),
            Membership::Whole(groups) => Ok(self.groups.iter().any(|group| groups.contains(group))),
            Membership::TooMany => Err(Reason::GroupsUnknown),
        }
    }

    fn value<'a>(&'a self, lists: Lists, max_groups: usize, facts: &Facts<'a>) -> Result<Value<'a>, Reason> {
        let is_listed = self.steps.is_empty() || lists == Lists::Each;
        let lists_groups = is_listed && matches!(self.source, Source::Fact(Fact::Groups));
        let input = match &self.source {
            Source::Text(text) => Ok(Value::Text(text.as_str().into())),
            Source::Expression(expression) => expression.evaluate(facts),
            Source::Fact(fact) => {
                let is_over = match facts.groups {
                    Membership::Whole(all) => all.len() > max_groups,
                    Membership::TooMany => true,
                };
                if lists_groups && is_over {
                    return Err(Reason::GroupOverage);
                }
                facts.read(*fact).map_err(|missing| match missing {
                    Missing::Absent => Reason::NoValue,
                    Missing::Unknown => Reason::GroupsUnknown,
                })
            }
        };
        let value = if self.steps.is_empty() {
            input?
        } else {
            let input = match input {
                Ok(value) => Some(value),
                // What comes in the place of nothing is a transformation's business.
                Err(Reason::NoValue) => None,
                Err(reason) => return Err(reason),
            };
            self.transformed(input, lists, facts)?
        };
        check(&value, if lists_groups { max_groups } else { MAX_VALUES })?;
        Ok(value)
    }

    fn transformed<'a>(
        &'a self,
        input: Option<Value<'a>>,
        lists: Lists,
        facts: &Facts<'a>,
    ) -> Result<Value<'a>, Reason> {
        let through = |text| self.steps.iter().try_fold(text, |text, step| step.apply(text, facts));
        match (input, lists) {
            (Some(Value::Texts(texts)), Lists::Each) => {
                let mut made = Vec::with_capacity(texts.len());
                for text in texts {
                    made.extend(through(Some(text))?);
                }
                if made.is_empty() { Err(Reason::NoValue) } else { Ok(Value::Texts(made)) }
            }
            (input, _) => through(input.and_then(transforms::first))?.map(Value::Text).ok_or(Reason::NoValue),
        }
    }
}

impl Output {
    /// Whether it is made of something by transforming or computing.
    #[must_use]
    pub const fn is_transformation(&self) -> bool {
        !self.transforms.is_empty() || matches!(self.input, Input::Expression(_))
    }
}

/// Whether both protocols can carry a text.
fn is_writable(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'))
}

fn check(value: &Value<'_>, most: usize) -> Result<(), Reason> {
    let of_text = |text: &str| {
        if text.len() > MAX_VALUE {
            Err(Reason::TooLong)
        } else if is_writable(text) {
            Ok(())
        } else {
            Err(Reason::NotWritable)
        }
    };
    match value {
        Value::Text(text) => of_text(text),
        Value::Texts(texts) if texts.len() > most => Err(Reason::TooManyValues),
        Value::Texts(texts) => texts.iter().try_for_each(|text| of_text(text)),
        Value::Flag(_) | Value::Number(_) => Ok(()),
    }
}

fn size(value: &Value<'_>) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Texts(texts) => texts.iter().map(|text| text.len()).sum(),
        Value::Flag(_) | Value::Number(_) => 8,
    }
}
