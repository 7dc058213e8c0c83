//! Which objects of a list are meant: conditions on their properties, joined by "and" and "or". It knows no language in
//! which they are written.

use std::borrow::Cow;

/// How a property is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// It is one of the values.
    Is,
    /// It is none of them.
    IsNot,
    /// It begins with one of them.
    Begins,
}

/// A value that is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// A text; letters count alike in both cases.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// None.
    Nothing,
}

/// What an object has for a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// A text, or none.
    Text(Option<Cow<'a, str>>),
    /// Yes or no.
    Flag(bool),
}

/// Conditions on properties `P`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter<P> {
    /// All of them hold.
    Every(Vec<Self>),
    /// One of them holds.
    Any(Vec<Self>),
    /// One property compares so.
    Of {
        /// Which.
        property: P,
        /// How.
        operator: Operator,
        /// With what, at least one.
        values: Vec<Literal>,
    },
}

impl<P: Copy> Filter<P> {
    /// Whether an object is meant, which has `value` for each property.
    pub fn holds<'a>(&self, value: &impl Fn(P) -> Value<'a>) -> bool {
        match self {
            Self::Every(all) => all.iter().all(|one| one.holds(value)),
            Self::Any(any) => any.iter().any(|one| one.holds(value)),
            Self::Of { property, operator, values } => {
                let found = value(*property);
                let is_one = values.iter().any(|literal| compares(&found, *operator, literal));
                if *operator == Operator::IsNot { !is_one } else { is_one }
            }
        }
    }

    /// What every object that is meant fulfils, as far as it stands by itself: by it objects may be looked up.
    pub fn demands(&self) -> Vec<(P, Operator, &[Literal])> {
        match self {
            Self::Every(all) => all.iter().flat_map(Self::demands).collect(),
            Self::Any(_) => Vec::new(),
            Self::Of { property, operator, values } => vec![(*property, *operator, values.as_slice())],
        }
    }
}

fn compares(found: &Value<'_>, operator: Operator, literal: &Literal) -> bool {
    match (found, literal) {
        (Value::Text(None), Literal::Nothing) => operator != Operator::Begins,
        (Value::Flag(found), Literal::Flag(wanted)) => operator != Operator::Begins && found == wanted,
        (Value::Text(Some(found)), Literal::Text(wanted)) => {
            let (found, wanted) = (found.to_lowercase(), wanted.to_lowercase());
            if operator == Operator::Begins { found.starts_with(&wanted) } else { found == wanted }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy)]
    enum Property {
        Name,
        Company,
        Enabled,
    }

    fn value(property: Property) -> Value<'static> {
        match property {
            Property::Name => Value::Text(Some(Cow::Borrowed("Ana Fabrikam"))),
            Property::Company => Value::Text(None),
            Property::Enabled => Value::Flag(true),
        }
    }

    fn of(property: Property, operator: Operator, value: Literal) -> Filter<Property> {
        Filter::Of { property, operator, values: vec![value] }
    }

    fn text(text: &str) -> Literal {
        Literal::Text(text.to_owned())
    }

    #[test]
    fn properties_are_compared_without_regard_to_case() {
        use Operator::{Begins, Is, IsNot};
        use Property::{Company, Enabled, Name};
        for (filter, expected) in [
            (of(Name, Is, text("ANA fabrikam")), true),
            (of(Name, Is, text("ana")), false),
            (of(Name, Begins, text("ana")), true),
            (of(Name, Begins, text("na")), false),
            (of(Name, IsNot, text("ben")), true),
            (of(Name, IsNot, text("ana fabrikam")), false),
            (of(Company, Is, Literal::Nothing), true),
            (of(Company, IsNot, Literal::Nothing), false),
            (of(Company, IsNot, text("x")), true),
            (of(Company, Begins, text("")), false),
            (of(Name, Is, Literal::Nothing), false),
            (of(Enabled, Is, Literal::Flag(true)), true),
            (of(Enabled, IsNot, Literal::Flag(true)), false),
            (of(Enabled, Is, text("true")), false),
        ] {
            assert_eq!(filter.holds(&value), expected, "{:?}", filter.demands().first().map(|one| one.1));
        }
    }

    #[test]
    fn and_binds_all_and_or_one() {
        let (yes, no) = (
            || of(Property::Enabled, Operator::Is, Literal::Flag(true)),
            || of(Property::Name, Operator::Is, text("x")),
        );
        assert!(Filter::Any(vec![no(), yes()]).holds(&value));
        assert!(!Filter::Every(vec![no(), yes()]).holds(&value));
        assert!(Filter::Every(Vec::new()).holds(&value) && !Filter::Any(Vec::new()).holds(&value));
        assert_eq!(Filter::Every(vec![yes(), Filter::Any(vec![no(), yes()])]).demands().len(), 1);
    }
}
