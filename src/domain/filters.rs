//! Which objects of a list are meant: conditions on their properties, joined by "and" and "or". It knows no language in
//! which they are written.

use std::borrow::Cow;

use crate::base::clock::Timestamp;

/// How a property is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// It is one of the values.
    Is,
    /// It is none of them.
    IsNot,
    /// It begins with one of them.
    Begins,
    /// It is that time or later.
    AtLeast,
    /// It is later.
    Above,
    /// It is that time or earlier.
    AtMost,
    /// It is earlier.
    Below,
}

/// A value that is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// A text; letters count alike in both cases.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A time.
    Time(Timestamp),
    /// A whole number.
    Number(i64),
    /// None.
    Nothing,
}

/// What an object has for a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// A text, or none.
    Text(Option<Cow<'a, str>>),
    /// Several texts: it is what one of them is.
    Texts(Vec<String>),
    /// Yes or no.
    Flag(bool),
    /// A time.
    Time(Timestamp),
    /// A whole number.
    Number(i64),
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
    let is_compared = matches!(operator, Operator::Is | Operator::IsNot);
    match (found, literal) {
        (Value::Text(None), Literal::Nothing) => is_compared,
        (Value::Flag(found), Literal::Flag(wanted)) => is_compared && found == wanted,
        (Value::Number(found), Literal::Number(wanted)) => is_compared && found == wanted,
        (Value::Text(Some(found)), Literal::Text(wanted)) => texts(found, operator, wanted),
        (Value::Texts(found), Literal::Text(wanted)) => found.iter().any(|one| texts(one, operator, wanted)),
        (Value::Time(found), Literal::Time(wanted)) => match operator {
            Operator::Is | Operator::IsNot => found == wanted,
            Operator::AtLeast => found >= wanted,
            Operator::Above => found > wanted,
            Operator::AtMost => found <= wanted,
            Operator::Below => found < wanted,
            Operator::Begins => false,
        },
        _ => false,
    }
}

fn texts(found: &str, operator: Operator, wanted: &str) -> bool {
    let (found, wanted) = (found.to_lowercase(), wanted.to_lowercase());
    match operator {
        Operator::Is | Operator::IsNot => found == wanted,
        Operator::Begins => found.starts_with(&wanted),
        Operator::AtLeast | Operator::Above | Operator::AtMost | Operator::Below => false,
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
    fn times_and_numbers_are_compared_and_one_of_several_texts_is_enough() {
        use Operator::{Above, AtLeast, AtMost, Begins, Below, Is, IsNot};
        let time = |at: i64| Literal::Time(Timestamp::from_seconds(at));
        let holds = |found: Value<'static>, operator, literal| {
            let filter = Filter::Of { property: (), operator, values: vec![literal] };
            filter.holds(&|()| found.clone())
        };
        for (operator, before, same, after) in [
            (AtLeast, true, true, false),
            (Above, true, false, false),
            (AtMost, false, true, true),
            (Below, false, false, true),
            (Is, false, true, false),
            (IsNot, true, false, true),
            (Begins, false, false, false),
        ] {
            let found = [4, 5, 6].map(|at| holds(Value::Time(Timestamp::from_seconds(5)), operator, time(at)));
            assert_eq!(found, [before, same, after], "{operator:?}");
        }
        assert!(
            holds(Value::Number(5), Is, Literal::Number(5)) && !holds(Value::Number(5), AtLeast, Literal::Number(5))
        );
        assert!(holds(Value::Number(5), IsNot, Literal::Number(4)));
        let several = || Value::Texts(vec!["a".to_owned(), "b".to_owned()]);
        assert!(holds(several(), Is, text("B")) && !holds(several(), Is, text("c")));
        assert!(!holds(several(), IsNot, text("b")) && holds(several(), IsNot, text("c")));
        assert!(!holds(Value::Texts(Vec::new()), Is, text("")));
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
