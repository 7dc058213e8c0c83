//! Our tree against the interpreter of the crate `cel`, which is asked nowhere else: where all facts
//! are known, both give the same answer.

use std::collections::HashMap;

use cel::objects::{Key, Map};
use cel::{Context, Program, Value};
use proptest::prelude::*;

use super::*;
use crate::domain::policy::facts::Fact::Known;
use crate::domain::policy::samples::{NOW, directory, facts};

/// What [`facts`] are to the interpreter, objects by their slugs.
fn context() -> Context<'static, 'static> {
    let map = |entries: Vec<(&str, Value)>| {
        let entries = entries.into_iter().map(|(key, value)| (Key::from(key.to_owned()), value));
        Value::Map(Map { map: entries.collect::<HashMap<_, _>>().into() })
    };
    let user = map(vec![
        ("mail", "ana@fabrikam.example".into()),
        ("groups", vec!["auditors"].into()),
        ("roles", vec!["reader"].into()),
        ("guest_type", "b2b_collaboration_guest".into()),
    ]);
    let authentication = map(vec![("methods", vec!["federated_single_factor"].into()), ("age", Value::Int(60))]);
    let mut context = Context::default();
    context.add_variable_from_value("user", user);
    context.add_variable_from_value("authentication", authentication);
    for (name, value) in
        [("partner", "fabrikam"), ("app", "payroll"), ("platform", "linux"), ("country", "DE"), ("ip", "192.0.2.7")]
    {
        context.add_variable_from_value(name, value);
    }
    context
}

fn questions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("true".to_owned()),
        Just("false".to_owned()),
        "(partner|'fabrikam') (==|!=) '(fabrikam|woodgrove)'".prop_filter("a fact", |text| text.starts_with('p')),
        "app in \\['(payroll|travel)'(, 'travel')?\\]".prop_filter("none twice", |text| !text.contains("'travel', 't")),
        "platform (==|!=) '(linux|ios)'",
        "'(DE|US)' (==|!=) country",
        "ip == '192\\.0\\.2\\.[78]'",
        "'(auditors|engineers)' in user\\.groups",
        "'(reader|writer)' in user\\.roles",
        "user\\.mail\\.(startsWith|endsWith|contains)\\('(ana|fabrikam|example|x)?'\\)",
        "user\\.guest_type != '(internal_guest|b2b_collaboration_guest)'",
        "'(fido2|federated_single_factor)' in authentication\\.methods",
        "authentication\\.age (==|!=|<|<=|>|>=) (59|60|61)",
        "(59|60|61) (==|!=|<|<=|>|>=) authentication\\.age",
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) && {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} || ({b})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("(({a}) ? ({b}) : ({c}))")),
        ]
    })
}

proptest! {
    #[test]
    fn both_answer_alike(source in questions()) {
        match Expression::parse(&source, &directory()) {
            Ok(expression) => {
                let theirs = Program::compile(&source).unwrap().execute(&context()).unwrap();
                let Known(ours) = expression.evaluate(&facts(), NOW) else { panic!("unknown: {source}") };
                prop_assert_eq!(Value::Bool(ours), theirs, "{}", source);
            }
            // The generator may nest more deeply than is accepted; nothing else is refused.
            Err(error) => prop_assert!(
                matches!(error, ExpressionError::Syntax(_) | ExpressionError::TooLarge | ExpressionError::TooLong),
                "{}: {}", source, error
            ),
        }
    }
}
