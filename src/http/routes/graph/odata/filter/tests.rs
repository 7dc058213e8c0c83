use proptest::prelude::*;

use super::*;

const PROPERTIES: [Filterable<u8>; 5] = [
    Filterable { name: "mail", property: 0, kind: Kind::Text },
    Filterable { name: "accountEnabled", property: 1, kind: Kind::Flag },
    Filterable { name: "at", property: 2, kind: Kind::Time },
    Filterable { name: "status/errorCode", property: 3, kind: Kind::Number },
    Filterable { name: "targets/any/id", property: 4, kind: Kind::AnyText },
];

fn of(property: u8, operator: Operator, values: &[&str]) -> Filter<u8> {
    let values = values.iter().map(|text| Literal::Text((*text).to_owned())).collect();
    Filter::Of { property, operator, values }
}

#[test]
fn comparisons_are_joined_as_they_bind() {
    let check = |text: &str, expected| assert_eq!(read(text, &PROPERTIES), Ok(expected), "{text}");
    check("mail eq 'o''neil@x.example'", of(0, Operator::Is, &["o'neil@x.example"]));
    check("startswith(mail, 'a')", of(0, Operator::Begins, &["a"]));
    check("mail in ('a','b')", of(0, Operator::Is, &["a", "b"]));
    let enabled = Filter::Of { property: 1, operator: Operator::IsNot, values: vec![Literal::Flag(true)] };
    check("accountEnabled ne true", enabled.clone());
    let nobody = Filter::Of { property: 0, operator: Operator::Is, values: vec![Literal::Nothing] };
    check("mail eq null", nobody.clone());
    let a = of(0, Operator::Is, &["a"]);
    check(
        "mail eq 'a' or accountEnabled ne true and mail eq null",
        Filter::Any(vec![a.clone(), Filter::Every(vec![enabled.clone(), nobody.clone()])]),
    );
    let at = |operator, text| {
        let values = vec![Literal::Time(Timestamp::parse(text).unwrap())];
        Filter::Of { property: 2, operator, values }
    };
    check(
        "at ge 2026-11-20T10:00:00Z and at lt 2026-11-21",
        Filter::Every(vec![at(Operator::AtLeast, "2026-11-20T10:00:00Z"), at(Operator::Below, "2026-11-21T00:00:00Z")]),
    );
    check("at gt 2026-11-20T10:00:00.123456Z", at(Operator::Above, "2026-11-20T10:00:00.123456Z"));
    check("at le 2026-11-20T10:00:00Z", at(Operator::AtMost, "2026-11-20T10:00:00Z"));
    let number = Filter::Of { property: 3, operator: Operator::IsNot, values: vec![Literal::Number(0)] };
    check("status/errorCode ne 0", number);
    for text in ["targets/any(t:t/id eq 'x')", "targets/any(one: one/id eq 'x')"] {
        check(text, of(4, Operator::Is, &["x"]));
    }
    check("(mail eq 'a' or accountEnabled ne true) and mail eq null", {
        Filter::Every(vec![Filter::Any(vec![a, enabled]), nobody])
    });
}

#[test]
fn what_is_not_known_is_named() {
    let check = |text: &str, expected: &str| {
        let fault = read(text, &PROPERTIES).unwrap_err().to_string();
        assert!(fault.contains(expected), "{text}: {fault}");
    };
    for (text, expected) in [
        ("", "at character 1: expected a property"),
        ("mail", "at character 5: expected `eq`, `ne` or `in`"),
        ("mail eq", "at character 8: expected a value"),
        ("mail eq 'a", "at character 9: expected a text that ends with a quote"),
        ("mail eq 'a' mail", "at character 13: expected `and`, `or` or the end"),
        ("(mail eq 'a'", "expected `)`"),
        ("mail eq 'a' and", "expected a property"),
        ("mail gt 'a'", "`gt` is not supported here"),
        ("not mail eq 'a'", "`not` is not supported here"),
        ("endswith(mail,'a')", "`endswith` is not supported here"),
        ("any(mail)", "`any` is not supported here"),
        ("password eq 'a'", "`password` is no property to filter by; there are `mail`, `accountEnabled`"),
        ("at gt 'a'", "`at` is compared with a time"),
        ("at eq null", "`at` is compared with a time"),
        ("at gt 2026", "`at` is compared with a time"),
        ("at gt 2026-13-01", "`at` is compared with a time"),
        ("startswith(at,'2026')", "`at` is compared with a time"),
        ("status/errorCode eq '0'", "`status/errorCode` is compared with a whole number"),
        ("status/errorCode gt 0", "`gt` is not supported here"),
        ("status/errorCode eq 99999999999999999999", "`status/errorCode` is compared with a whole number"),
        ("targets/any/id eq 'x'", "`targets/any/id` is compared with a text in quotes, by `any`"),
        ("targets/any(t/id eq 'x')", "expected `:`"),
        ("targets/any(t:u/id eq 'x')", "expected a property of the variable"),
        ("targets/any(t:t/name eq 'x')", "`targets/any/name` is no property"),
        ("targets/any(t:t/id ne 'x')", "`ne` is not supported here"),
        ("targets/any(t:t/id eq 'x'", "expected `)`"),
        ("targets/all(t:t/id eq 'x')", "`targets/all` is not supported here"),
        ("mail eq true", "`mail` is compared with a text in quotes"),
        ("accountEnabled eq 'true'", "`accountEnabled` is compared with `true` or `false`"),
        ("startswith(accountEnabled,true)", "`accountEnabled` is compared with `true` or `false`"),
        ("startswith(mail,null)", "`mail` is compared with a text in quotes"),
        ("mail in ()", "`mail` is compared with a text in quotes"),
        ("mail eq \"a\"", "at character 9: expected a name"),
        ("mail%", "expected a name"),
    ] {
        check(text, expected);
    }
    let deep = |depth: usize| format!("{}mail eq null{}", "(".repeat(depth), ")".repeat(depth));
    assert!(read(&deep(MAX_DEPTH), &PROPERTIES).is_ok());
    check(&deep(MAX_DEPTH + 1), "nested deeper than 8 parentheses");
    check(&deep(900), "nested deeper than 8 parentheses");
    let wide = |count: usize| vec!["mail eq null"; count].join(" or ");
    assert!(read(&wide(MAX_TERMS), &PROPERTIES).is_ok());
    check(&wide(MAX_TERMS + 1), "more than 64 conditions");
    check(&format!("mail in ({})", vec!["null"; 65].join(",")), "more than 64 conditions");
    check(&format!("mail eq '{}'", "a".repeat(MAX_FILTER)), "longer than 2048 bytes");
}

proptest! {
    #[test]
    fn reading_never_panics(text in "[a-z' (),0-9]{0,80}|\\PC{0,60}") {
        let _ = read(&text, &PROPERTIES);
    }
}
