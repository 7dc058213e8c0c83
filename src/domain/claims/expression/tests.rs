use super::*;
use crate::domain::claims::facts::{Fact, Membership};
use crate::domain::claims::samples::{ana, facts, group, names, words};

fn evaluate(source: &str) -> Result<String, Reason> {
    let expression = Expression::parse(source, &names()).unwrap_or_else(|error| panic!("{source}: {error}"));
    let (guest, groups, methods) = (ana(), [group(1)], ["pwd".to_owned(), "mfa".to_owned()]);
    expression.evaluate(&facts(&guest, &groups, &methods)).map(|value| words(&value))
}

fn refused(source: &str) -> ExpressionError {
    Expression::parse(source, &names()).expect_err(source)
}

#[test]
fn expressions_give_texts_lists_flags_and_numbers() {
    for (source, expected) in [
        ("'x'", "x"),
        ("user.given_name + ' of ' + identity_provider", "Ana of https://idp.fabrikam.example"),
        ("user.mail.lowerAscii()", "ana@fabrikam.example"),
        ("user.mail.upperAscii().substring(0, 3)", "ANA"),
        ("user.mail.substring(4)", "fabrikam.example"),
        ("user.mail.split('@')[1]", "fabrikam.example"),
        ("user.name.split(' ')", "[Ana, Partner]"),
        ("user.name.split(' ').join('-')", "Ana-Partner"),
        ("user.name.split(' ').join()", "AnaPartner"),
        ("user.name.replace('a', 'o')", "Ano Portner"),
        ("' x '.trim()", "x"),
        ("size(user.given_name) + 1", "4"),
        ("user.given_name.size() - 4", "-1"),
        ("['a', user.given_name]", "[a, Ana]"),
        ("authentication.methods + ['x']", "[pwd, mfa, x]"),
        ("'mfa' in authentication.methods", "true"),
        ("'auditors' in user.groups", "true"),
        ("'engineers' in user.groups", "false"),
        ("!('engineers' in user.groups)", "true"),
        ("user.groups", "[00000000-0000-0000-0000-000000000001]"),
        ("partner == 'fabrikam'", "true"),
        ("'woodgrove' == partner", "false"),
        ("partner != 'woodgrove'", "true"),
        ("partner in ['woodgrove', 'fabrikam']", "true"),
        ("user.type == 'Guest' ? 'external' : 'internal'", "external"),
        ("has(user.family_name) ? user.family_name : 'none'", "none"),
        ("has(user.given_name)", "true"),
        ("has(user.groups)", "true"),
        ("user.mail.matches('^[^@]+@fabrikam[.]example$')", "true"),
        ("matches(user.mail, '^x')", "false"),
        ("user.mail.startsWith('Ana') && user.mail.endsWith('example') && user.mail.contains('@')", "true"),
        ("user.given_name < 'B' && 2 >= 2", "true"),
        ("authentication.methods.exists(m, m == 'mfa')", "true"),
        ("authentication.methods.all(m, m == 'mfa')", "false"),
        ("authentication.methods.filter(m, m != 'pwd')", "[mfa]"),
        ("authentication.methods.map(m, 'x-' + m)", "[x-pwd, x-mfa]"),
        ("authentication.methods.map(m, m.startsWith('m'), m + '!')", "[mfa!]"),
        ("authentication.methods.exists(m, m == 'a') || authentication.methods.exists(n, n == 'pwd')", "true"),
    ] {
        assert_eq!(evaluate(source).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn what_has_no_value_gives_none_and_says_why() {
    for (source, expected) in [
        ("''", Reason::NoValue),
        ("user.name.split(' ').filter(w, w == 'x')", Reason::NoValue),
        ("user.family_name", Reason::FactAbsent(Fact::FamilyName)),
        ("user.family_name == 'x'", Reason::FactAbsent(Fact::FamilyName)),
        ("user.name.split(' ')[2]", Reason::OutOfRange),
        ("user.name.split(' ')[0 - 1]", Reason::OutOfRange),
        ("user.name.substring(0, 12)", Reason::OutOfRange),
        ("user.name.substring(3, 2)", Reason::OutOfRange),
        ("size(user.name) + 9223372036854775807", Reason::OutOfRange),
    ] {
        assert_eq!(evaluate(source), Err(expected), "{source}");
    }
    assert_eq!(evaluate("user.name.substring(0, 11)").as_deref(), Ok("Ana Partner"));
}

#[test]
fn a_missing_fact_does_not_matter_where_the_other_side_decides() {
    let missing = Reason::FactAbsent(Fact::FamilyName);
    assert_eq!(evaluate("user.family_name == 'x' || user.given_name == 'Ana'").as_deref(), Ok("true"));
    assert_eq!(evaluate("user.family_name == 'x' && user.given_name == 'Bob'").as_deref(), Ok("false"));
    assert_eq!(evaluate("user.family_name == 'x' || user.given_name == 'Bob'"), Err(missing));
    assert_eq!(evaluate("user.family_name == 'x' && user.given_name == 'Ana'"), Err(missing));
}

#[test]
fn groups_that_are_not_known_are_no_answer() {
    let guest = ana();
    let facts = Facts { groups: Membership::TooMany, ..facts(&guest, &[], &[]) };
    for source in ["'auditors' in user.groups", "!('auditors' in user.groups)", "user.groups", "has(user.groups)"] {
        let expression = Expression::parse(source, &names()).unwrap();
        assert!(expression.reads_groups(), "{source}");
        assert_eq!(expression.evaluate(&facts), Err(Reason::GroupsUnknown), "{source}");
    }
    assert!(!Expression::parse("user.mail", &names()).unwrap().reads_groups());
}

#[test]
fn cost_is_bounded() {
    let guest = ana();
    let methods: Vec<String> = (0..2_000).map(|number| number.to_string()).collect();
    let facts = facts(&guest, &[], &methods);
    let cost = |source: &str| Expression::parse(source, &names()).unwrap().evaluate(&facts).map(drop);
    assert_eq!(cost("authentication.methods.exists(m, m == '1999')"), Ok(()));
    let heavy = "authentication.methods.exists(m, m + m + m + m + m + m == 'x')";
    assert_eq!(cost(heavy), Err(Reason::TooCostly));
    assert_eq!(cost(&format!("{heavy} || true")), Err(Reason::TooCostly), "nothing absorbs it");
    let doubling =
        "user.mail.replace('', user.mail).replace('', user.mail).replace('', user.mail).replace('', user.mail)";
    assert_eq!(cost(doubling), Err(Reason::TooCostly));
}

#[test]
fn what_is_unsound_is_refused_when_it_is_read() {
    use ExpressionError as E;
    assert!(matches!(refused("user.password"), E::UnknownName(name) if name == "user.password"));
    assert!(matches!(refused("env.HOME"), E::UnknownName(_)));
    assert!(matches!(refused("partner"), E::UnknownName(_)));
    assert!(matches!(refused("user.mail.x"), E::UnknownName(_)));
    assert_eq!(refused("'reader' in user.roles"), E::Roles);
    assert_eq!(refused("'nobody' in user.groups"), E::UnknownGroup("nobody".to_owned()));
    assert_eq!(refused("partner == 'nobody'"), E::UnknownPartner("nobody".to_owned()));
    for source in [
        "1.5",
        "b'x'",
        "null",
        "{'a': 'b'}",
        "f(user.mail)",
        "user.mail.foo()",
        "1 * 2",
        "-size(user.mail)",
        "user.mail.matches(user.name)",
        "user.groups.exists_one(g, g == 'x')",
        "partner == user.mail",
        "user.groups.exists(g, user.groups.exists(h, h == g))",
        "true + true",
        "user.groups == user.groups",
        "true < false",
        "timestamp('x')",
        "dyn(user.mail)",
        "type(user.mail)",
        "user.mail[0:1]",
    ] {
        let error = refused(source);
        assert!(matches!(error, E::Unsupported(_) | E::Syntax(_) | E::Type { .. }), "{source}: {error}");
    }
    for source in [
        "user.mail && true",
        "!user.mail",
        "size(true)",
        "user.mail + 1",
        "user.mail ? 'a' : 'b'",
        "[1]",
        "true ? 'a' : 1",
        "'a' in 'b'",
        "user.mail in user.mail",
        "user.mail.substring('a')",
        "user.groups.map(g, true)",
    ] {
        let error = refused(source);
        assert!(matches!(error, E::Type { .. } | E::Unsupported(_)), "{source}: {error}");
    }
    assert!(matches!(refused("user.mail.matches('(')"), E::Pattern(_)));
    assert!(matches!(refused("user.mail =="), E::Syntax(_)));
    assert!(matches!(refused(""), E::Syntax(_)));
}

#[test]
fn size_and_depth_are_held() {
    let long = |length: usize| format!("'{}'", "x".repeat(length - 2));
    assert!(Expression::parse(&long(MAX_LENGTH), &names()).is_ok());
    assert_eq!(refused(&long(MAX_LENGTH + 1)), ExpressionError::TooLong);
    let wide = |count: usize| vec!["1"; count].join("+");
    assert!(Expression::parse(&wide(20), &names()).is_ok());
    assert!(matches!(refused(&wide(300)), ExpressionError::TooLarge | ExpressionError::Syntax(_)));
    assert_eq!(evaluate(&wide(MAX_NODES / 2)).as_deref(), Ok("128"), "the longest chain");
    let list = |count: usize| format!("[{}]", vec!["'a'"; count].join(","));
    assert!(Expression::parse(&list(MAX_NODES - 1), &names()).is_ok());
    assert_eq!(refused(&list(MAX_NODES)), ExpressionError::TooLarge);
    let deep = |depth: usize| format!("{}true{}", "!(".repeat(depth), ")".repeat(depth));
    assert!(Expression::parse(&deep(5), &names()).is_ok());
    assert!(matches!(refused(&deep(30)), ExpressionError::Syntax(_)));
    assert_eq!(refused(&deep(40)), ExpressionError::TooLarge);
}
