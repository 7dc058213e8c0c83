//! From tree to value, within a budget.

use std::borrow::Cow;
use std::cell::Cell;

use super::MAX_COST;
use super::tree::Node;
use crate::domain::claims::facts::{Fact, Facts, Membership, Missing, Value};
use crate::domain::claims::outcome::Reason;
use crate::domain::claims::rule::Part;

/// One evaluation.
pub(super) struct Run<'f, 'a> {
    facts: &'f Facts<'a>,
    element: Option<Cow<'a, str>>,
    left: Cell<u32>,
}

type Given<T> = Result<T, Reason>;

impl<'f, 'a> Run<'f, 'a> {
    pub(super) const fn new(facts: &'f Facts<'a>) -> Self {
        Self { facts, element: None, left: Cell::new(MAX_COST) }
    }

    fn charge(&self, cost: usize) -> Given<()> {
        let left = u32::try_from(cost).ok().and_then(|cost| self.left.get().checked_sub(cost));
        self.left.set(left.ok_or(Reason::TooCostly)?);
        Ok(())
    }

    /// A text that was made here.
    fn made(&self, text: String) -> Given<Value<'a>> {
        self.charge(text.len() / 64)?;
        Ok(Value::Text(Cow::Owned(text)))
    }

    pub(super) fn value(&mut self, node: &'a Node) -> Given<Value<'a>> {
        self.charge(1)?;
        match node {
            Node::Text(text) => Ok(Value::Text(Cow::Borrowed(text))),
            Node::Number(number) => Ok(Value::Number(*number)),
            Node::Flag(flag) => Ok(Value::Flag(*flag)),
            Node::List(nodes) => {
                let texts: Given<Vec<_>> = nodes.iter().map(|node| self.text(node)).collect();
                Ok(Value::Texts(texts?))
            }
            Node::Fact(fact) => self.fact(*fact),
            Node::Element => self.element.clone().map(Value::Text).ok_or(Reason::OutOfRange),
            Node::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                if self.flag(condition)? { self.value(then) } else { self.value(otherwise) }
            }
            Node::Add(parts) => self.sum(&parts[0], &parts[1]),
            Node::Subtract(parts) => {
                let (a, b) = (self.number(&parts[0])?, self.number(&parts[1])?);
                a.checked_sub(b).map(Value::Number).ok_or(Reason::OutOfRange)
            }
            Node::Size(part) => Ok(Value::Number(match self.value(part)? {
                Value::Text(text) => count(text.chars().count()),
                Value::Texts(texts) => count(texts.len()),
                Value::Flag(_) | Value::Number(_) => 0,
            })),
            Node::Lower(part) => {
                let text = self.text(part)?.to_ascii_lowercase();
                self.made(text)
            }
            Node::Upper(part) => {
                let text = self.text(part)?.to_ascii_uppercase();
                self.made(text)
            }
            Node::Trim(part) => {
                let text = self.text(part)?.trim().to_owned();
                self.made(text)
            }
            Node::Substring(text, start, end) => self.substring(text, start, end.as_deref()),
            Node::Replace(parts) => {
                let [text, from, to] = &**parts;
                let (text, from, to) = (self.text(text)?, self.text(from)?, self.text(to)?);
                // Paid before it is made: each place may grow by the whole of what is put there.
                let places = text.matches(from.as_ref()).count();
                self.charge((text.len() + places.saturating_mul(to.len())) / 64)?;
                Ok(Value::Text(Cow::Owned(text.replace(from.as_ref(), &to))))
            }
            Node::Split(parts) => {
                let (text, separator) = (self.text(&parts[0])?, self.text(&parts[1])?);
                self.charge(text.len() / 64 + text.matches(separator.as_ref()).count())?;
                Ok(Value::Texts(text.split(separator.as_ref()).map(|part| Cow::Owned(part.to_owned())).collect()))
            }
            Node::Join(parts) => {
                let (texts, separator) = (self.texts(&parts[0])?, self.text(&parts[1])?);
                let size = texts.iter().map(|text| text.len() + separator.len()).sum::<usize>();
                self.charge(size / 64)?;
                Ok(Value::Text(Cow::Owned(texts.join(separator.as_ref()))))
            }
            Node::Index(parts) => {
                let (mut texts, place) = (self.texts(&parts[0])?, self.number(&parts[1])?);
                let place = usize::try_from(place).ok().filter(|place| *place < texts.len());
                Ok(Value::Text(texts.swap_remove(place.ok_or(Reason::OutOfRange)?)))
            }
            Node::Collect(range, condition, body) => self.collect(range, condition.as_deref(), body),
            _ => self.answer(node).map(Value::Flag),
        }
    }

    /// The parts that say yes or no.
    fn answer(&mut self, node: &'a Node) -> Given<bool> {
        match node {
            Node::Has(fact) => match self.facts.read(*fact) {
                Ok(_) => Ok(true),
                Err(Missing::Absent) => Ok(false),
                Err(Missing::Unknown) => Err(Reason::GroupsUnknown),
            },
            Node::InGroup(group) => match self.facts.groups {
                Membership::Whole(groups) => {
                    self.charge(groups.len() / 16)?;
                    Ok(groups.contains(group))
                }
                Membership::TooMany => Err(Reason::GroupsUnknown),
            },
            Node::IsPartner(partners) => Ok(self.facts.partner().is_some_and(|partner| partners.contains(&partner))),
            Node::Not(part) => self.flag(part).map(|flag| !flag),
            // A part that has no value does not matter where the other one decides (CEL, Logical Operators).
            Node::And(parts) => self.either(parts, false),
            Node::Or(parts) => self.either(parts, true),
            Node::Equal(parts) => {
                let (a, b) = (self.value(&parts[0])?, self.value(&parts[1])?);
                Ok(a == b)
            }
            Node::Ordered(wanted, parts) => {
                let order = match (self.value(&parts[0])?, self.value(&parts[1])?) {
                    (Value::Number(a), Value::Number(b)) => a.cmp(&b),
                    (Value::Text(a), Value::Text(b)) => a.cmp(&b),
                    _ => return Err(Reason::OutOfRange),
                };
                Ok(wanted.contains(&order))
            }
            Node::In(parts) => {
                let (text, texts) = (self.text(&parts[0])?, self.texts(&parts[1])?);
                self.charge(texts.len() / 16)?;
                Ok(texts.contains(&text))
            }
            Node::Part(part, parts) => {
                let (text, sought) = (self.text(&parts[0])?, self.text(&parts[1])?);
                self.charge(text.len() / 64)?;
                Ok(match part {
                    Part::Anywhere => text.contains(sought.as_ref()),
                    Part::Start => text.starts_with(sought.as_ref()),
                    Part::End => text.ends_with(sought.as_ref()),
                })
            }
            Node::Matches(regex, text) => {
                let text = self.text(text)?;
                self.charge(text.len())?;
                Ok(regex.is_match(&text))
            }
            Node::Exists(parts) => self.any(&parts[0], &parts[1], true),
            Node::All(parts) => self.any(&parts[0], &parts[1], false).map(|found| !found),
            // The parser has put nothing else where a yes or no belongs.
            _ => Err(Reason::OutOfRange),
        }
    }

    fn fact(&self, fact: Fact) -> Given<Value<'a>> {
        match self.facts.read(fact) {
            Ok(value) => {
                if let Value::Texts(texts) = &value {
                    self.charge(texts.len())?;
                }
                Ok(value)
            }
            Err(Missing::Absent) if fact.is_list() => Ok(Value::Texts(Vec::new())),
            Err(Missing::Absent) => Err(Reason::FactAbsent(fact)),
            Err(Missing::Unknown) => Err(Reason::GroupsUnknown),
        }
    }

    fn text(&mut self, node: &'a Node) -> Given<Cow<'a, str>> {
        match self.value(node)? {
            Value::Text(text) => Ok(text),
            _ => Err(Reason::OutOfRange),
        }
    }

    fn texts(&mut self, node: &'a Node) -> Given<Vec<Cow<'a, str>>> {
        match self.value(node)? {
            Value::Texts(texts) => Ok(texts),
            _ => Err(Reason::OutOfRange),
        }
    }

    fn flag(&mut self, node: &'a Node) -> Given<bool> {
        match self.value(node)? {
            Value::Flag(flag) => Ok(flag),
            _ => Err(Reason::OutOfRange),
        }
    }

    fn number(&mut self, node: &'a Node) -> Given<i64> {
        match self.value(node)? {
            Value::Number(number) => Ok(number),
            _ => Err(Reason::OutOfRange),
        }
    }

    fn sum(&mut self, a: &'a Node, b: &'a Node) -> Given<Value<'a>> {
        match (self.value(a)?, self.value(b)?) {
            (Value::Text(a), Value::Text(b)) => self.made([a, b].concat()),
            (Value::Texts(mut a), Value::Texts(b)) => {
                self.charge(a.len() + b.len())?;
                a.extend(b);
                Ok(Value::Texts(a))
            }
            (Value::Number(a), Value::Number(b)) => a.checked_add(b).map(Value::Number).ok_or(Reason::OutOfRange),
            _ => Err(Reason::OutOfRange),
        }
    }

    /// Whether one of both is `decisive`.
    fn either(&mut self, parts: &'a [Node; 2], decisive: bool) -> Given<bool> {
        match self.flag(&parts[0]) {
            Ok(first) if first == decisive => Ok(decisive),
            Ok(_) => self.flag(&parts[1]),
            Err(Reason::TooCostly) => Err(Reason::TooCostly),
            Err(reason) => match self.flag(&parts[1]) {
                Ok(second) if second == decisive => Ok(decisive),
                _ => Err(reason),
            },
        }
    }

    fn substring(&mut self, text: &'a Node, start: &'a Node, end: Option<&'a Node>) -> Given<Value<'a>> {
        let (text, start) = (self.text(text)?, self.number(start)?);
        let length = count(text.chars().count());
        let end = end.map_or(Ok(length), |end| self.number(end))?;
        if start < 0 || start > end || end > length {
            return Err(Reason::OutOfRange);
        }
        let (start, end) = (usize::try_from(start).unwrap_or(0), usize::try_from(end).unwrap_or(0));
        self.made(text.chars().skip(start).take(end - start).collect())
    }

    /// Whether the body gives `wanted` for an element.
    fn any(&mut self, range: &'a Node, body: &'a Node, wanted: bool) -> Given<bool> {
        let mut failed = None;
        for element in self.texts(range)? {
            self.element = Some(element);
            match self.flag(body) {
                Ok(flag) if flag == wanted => return Ok(true),
                Ok(_) => {}
                Err(Reason::TooCostly) => return Err(Reason::TooCostly),
                Err(reason) => failed = Some(reason),
            }
        }
        self.element = None;
        failed.map_or(Ok(false), Err)
    }

    fn collect(&mut self, range: &'a Node, condition: Option<&'a Node>, body: &'a Node) -> Given<Value<'a>> {
        let mut collected = Vec::new();
        for element in self.texts(range)? {
            self.element = Some(element);
            if condition.map_or(Ok(true), |condition| self.flag(condition))? {
                collected.push(self.text(body)?);
            }
        }
        self.element = None;
        Ok(Value::Texts(collected))
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
