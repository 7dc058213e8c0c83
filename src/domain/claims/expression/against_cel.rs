//! Our tree against the interpreter of the crate `cel`, which is asked nowhere else: both give the same value,
//! or both give none.

use std::collections::HashMap;

use cel::objects::{Key, Map};
use cel::{Context, Program, Value as Theirs};
use proptest::prelude::*;

use super::*;
use crate::domain::claims::samples::{ana, facts, group, names, words};

/// What [`ana`] is to the interpreter.
fn context() -> Context<'static, 'static> {
    let map = |entries: Vec<(&str, Theirs)>| {
        let entries = entries.into_iter().map(|(key, value)| (Key::from(key.to_owned()), value));
        Theirs::Map(Map { map: entries.collect::<HashMap<_, _>>().into() })
    };
    let user = map(vec![
        ("mail", "Ana@fabrikam.example".into()),
        ("name", "Ana Partner".into()),
        ("given_name", "Ana".into()),
        ("type", "Guest".into()),
        ("groups", vec!["00000000-0000-0000-0000-000000000001"].into()),
    ]);
    let mut context = Context::default();
    context.add_variable_from_value("user", user);
    context.add_variable_from_value("authentication", map(vec![("methods", vec!["pwd", "mfa"].into())]));
    context.add_variable_from_value("identity_provider", "https://idp.fabrikam.example");
    context
}

fn theirs(value: &Theirs) -> String {
    match value {
        Theirs::String(text) => text.to_string(),
        Theirs::List(list) => format!("[{}]", list.iter().map(theirs).collect::<Vec<_>>().join(", ")),
        Theirs::Bool(flag) => flag.to_string(),
        Theirs::Int(number) => number.to_string(),
        other => panic!("{other:?}"),
    }
}

fn texts() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("user.mail".to_owned()),
        Just("user.name".to_owned()),
        Just("user.given_name".to_owned()),
        Just("user.family_name".to_owned()),
        Just("identity_provider".to_owned()),
        Just("user.groups[0]".to_owned()),
        "authentication\\.methods\\[[0-2]\\]",
        "'[a-zA@ é]{1,4}'",
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} + ({b})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("(({a}) == ({b}) ? ({c}) : user.mail)")),
            inner.prop_map(|a| format!("(has(user.family_name) ? user.family_name : ({a}))")),
        ]
    })
}

fn questions() -> impl Strategy<Value = String> {
    let text = || texts();
    let leaf = prop_oneof![
        (text(), text()).prop_map(|(a, b)| format!("({a}) == ({b})")),
        (text(), text()).prop_map(|(a, b)| format!("({a}) < ({b})")),
        (text(), text()).prop_map(|(a, b)| format!("({a}).contains({b})")),
        (text(), text()).prop_map(|(a, b)| format!("({a}).startsWith({b})")),
        text().prop_map(|a| format!("size({a}) > 5")),
        text().prop_map(|a| format!("({a}) in authentication.methods")),
        text().prop_map(|a| format!("authentication.methods.exists(m, m == ({a}))")),
        text().prop_map(|a| format!("authentication.methods.all(m, m != ({a}))")),
        "has\\(user\\.(mail|family_name|groups)\\)",
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) && ({b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) || ({b})")),
        ]
    })
}

fn any() -> impl Strategy<Value = String> {
    prop_oneof![
        texts(),
        questions(),
        questions().prop_map(|a| format!("authentication.methods.filter(m, m != 'pwd' || ({a}))")),
        texts().prop_map(|a| format!("authentication.methods.map(m, m + ({a}))")),
        texts().prop_map(|a| format!("['x', {a}] + authentication.methods")),
    ]
}

proptest! {
    #[test]
    fn both_give_the_same(source in any()) {
        let (guest, groups, methods) = (ana(), [group(1)], ["pwd".to_owned(), "mfa".to_owned()]);
        match Expression::parse(&source, &names()) {
            Ok(expression) => {
                let ours = expression.evaluate(&facts(&guest, &groups, &methods)).map(|value| words(&value));
                let theirs = Program::compile(&source).unwrap().execute(&context()).map(|value| theirs(&value));
                match (ours, theirs) {
                    (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs, "{}", source),
                    (Err(_), Err(_)) => {}
                    (Err(Reason::NoValue), Ok(theirs)) => prop_assert!(theirs.is_empty() || theirs == "[]"),
                    (ours, theirs) => prop_assert!(false, "{}: {:?}, {:?}", source, ours, theirs),
                }
            }
            // The generator may nest more deeply than is accepted, loops too; nothing else is refused.
            Err(ExpressionError::Unsupported(what)) => prop_assert_eq!(what, "a loop in a loop", "{}", source),
            Err(error) => prop_assert!(
                matches!(error, ExpressionError::Syntax(_) | ExpressionError::TooLarge | ExpressionError::TooLong),
                "{}: {}", source, error
            ),
        }
    }

    #[test]
    fn no_text_makes_it_panic(source in "\\PC{0,60}|[a-z.'()\\[\\]!&|+?: 0-9]{0,60}") {
        if let Ok(expression) = Expression::parse(&source, &names()) {
            let guest = ana();
            drop(expression.evaluate(&facts(&guest, &[], &[])));
        }
    }
}
