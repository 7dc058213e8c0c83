use super::*;
use crate::domain::claims::facts::{Fact, Membership};
use crate::domain::claims::samples::{ana, facts, group};

fn apply(transform: &Transform, input: &str) -> Result<Option<String>, Reason> {
    let (guest, groups, methods) = (ana(), [group(1), group(2)], ["pwd".to_owned()]);
    let step = Step::new(transform).unwrap();
    let input = Some(input).filter(|text| !text.is_empty()).map(Cow::Borrowed);
    step.apply(input, &facts(&guest, &groups, &methods)).map(|text| text.map(Cow::into_owned))
}

/// `-` stands for no value.
fn check(transform: Transform, rows: &[(&str, &str)]) {
    for (input, expected) in rows {
        let input = if *input == "-" { "" } else { input };
        let found = apply(&transform, input).unwrap();
        assert_eq!(found.as_deref().unwrap_or("-"), *expected, "{transform:?} of `{input}`");
    }
}

fn fact(fact: Fact) -> Operand {
    Operand::Fact(fact)
}

fn text(text: &str) -> Operand {
    Operand::Text(text.to_owned())
}

fn replace(pattern: &str, replacement: &str, inputs: &[(&str, Fact)], otherwise: Option<Operand>) -> Transform {
    Transform::RegexReplace {
        pattern: pattern.to_owned(),
        replacement: replacement.to_owned(),
        inputs: inputs.iter().map(|(name, fact)| ((*name).to_owned(), *fact)).collect(),
        otherwise,
    }
}

#[test]
fn the_mail_prefix_is_what_stands_before_the_at() {
    check(
        Transform::ExtractMailPrefix,
        &[("joe_smith@contoso.com", "joe_smith"), ("joe", "joe"), ("@x", "-"), ("-", "-")],
    );
}

#[test]
fn join_puts_another_text_behind() {
    let join = |with| Transform::Join { separator: ".".to_owned(), with };
    check(join(fact(Fact::GivenName)), &[("x", "x.Ana"), ("-", "-")]);
    check(join(text("y")), &[("x", "x.y")]);
    check(join(fact(Fact::FamilyName)), &[("x", "-")]);
    check(join(fact(Fact::Methods)), &[("x", "x.pwd")]);
}

#[test]
fn case_is_changed_for_all_letters() {
    check(Transform::ToLowercase, &[("ÄB1@X", "äb1@x"), ("-", "-")]);
    check(Transform::ToUppercase, &[("äb1@x", "ÄB1@X"), ("-", "-")]);
}

#[test]
fn a_match_gives_one_output_or_another() {
    let matching = |part, otherwise: Option<&str>| Transform::Match {
        part,
        text: "contoso".to_owned(),
        output: fact(Fact::Mail),
        otherwise: otherwise.map(text),
    };
    check(matching(Part::Anywhere, None), &[("a contoso b", "Ana@fabrikam.example"), ("Contoso", "-"), ("-", "-")]);
    check(matching(Part::Start, Some("no")), &[("contoso b", "Ana@fabrikam.example"), ("a contoso", "no")]);
    check(matching(Part::End, Some("no")), &[("a contoso", "Ana@fabrikam.example"), ("contoso b", "no")]);
}

#[test]
fn extract_takes_what_lies_between() {
    let extract = |after: Option<&str>, before: Option<&str>| Transform::Extract {
        after: after.map(str::to_owned),
        before: before.map(str::to_owned),
    };
    check(
        extract(Some("Finance_"), None),
        &[("Finance_BSimon", "BSimon"), ("BSimon", "-"), ("Finance_", "-"), ("-", "-")],
    );
    check(extract(None, Some("_US")), &[("BSimon_US", "BSimon"), ("BSimon", "-")]);
    check(extract(Some("Finance_"), Some("_US")), &[("Finance_BSimon_US", "BSimon"), ("_US Finance_B", "-")]);
}

#[test]
fn letters_and_digits_are_taken_at_either_end() {
    check(Transform::ExtractAlpha(End::Prefix), &[("BSimon_123", "BSimon"), ("123", "-"), ("Zoë", "Zoë"), ("-", "-")]);
    check(Transform::ExtractAlpha(End::Suffix), &[("123_Simon", "Simon"), ("Simon1", "-"), ("1é", "é")]);
    check(Transform::ExtractNumeric(End::Prefix), &[("123_BSimon", "123"), ("B1", "-")]);
    check(Transform::ExtractNumeric(End::Suffix), &[("BSimon_123", "123"), ("é7", "7"), ("1B", "-")]);
}

#[test]
fn empty_and_not_empty_are_told_apart() {
    check(Transform::IfEmpty(fact(Fact::GivenName)), &[("x", "x"), ("-", "Ana")]);
    check(Transform::IfEmpty(fact(Fact::FamilyName)), &[("-", "-")]);
    check(Transform::IfNotEmpty(text("yes")), &[("x", "yes"), ("-", "-")]);
}

#[test]
fn a_substring_is_counted_in_characters() {
    let substring = |start, length| Transform::Substring { start, length };
    check(substring(0, Some(2)), &[("éàü", "éà"), ("é", "é"), ("-", "-")]);
    check(substring(1, None), &[("éàü", "àü"), ("é", "-")]);
    check(substring(1, Some(1)), &[("éàü", "à")]);
    check(substring(9, Some(usize::MAX)), &[("éàü", "-")]);
}

#[test]
fn what_a_regular_expression_finds_is_replaced() {
    let domain = r"^(?<user>[^@]+)@(?i:fabrikam)\.example$";
    let plain = replace(domain, "{user}#EXT", &[], None);
    check(plain, &[("Ana@Fabrikam.example", "Ana#EXT"), ("Ana@other.example", "Ana@other.example"), ("-", "-")]);
    let with = replace(domain, "{id}:{user}", &[("id", Fact::UserType)], Some(text("other")));
    check(with, &[("Ana@fabrikam.example", "Guest:Ana"), ("x", "other")]);
    check(replace(domain, "{n}{user}", &[("n", Fact::FamilyName)], None), &[("Ana@fabrikam.example", "-")]);
    check(replace("[aeiou]", "{{.}}", &[], None), &[("banana", "b{.}n{.}n{.}")]);
    check(replace(r"(?<a>x)|(?<b>y)", "<{a}{b}>", &[], None), &[("axy", "a<x><y>")]);
}

#[test]
fn a_replacement_that_cannot_work_is_refused() {
    let refused = |transform: &Transform| Step::new(transform).unwrap_err();
    let inputs = |names: &[&'static str]| names.iter().map(|name| (*name, Fact::Mail)).collect::<Vec<_>>();
    assert!(Step::new(&replace("(?<g>a)", "{g}{i}", &inputs(&["i"]), None)).is_ok());
    assert_eq!(refused(&replace("(?<g>a)", "{h}", &[], None)), ReplaceError::UnknownName("h".to_owned()));
    assert_eq!(refused(&replace("(?<g>a)", "{g}", &inputs(&["i"]), None)), ReplaceError::Unused("i".to_owned()));
    assert_eq!(refused(&replace("(?<g>a)", "{g}", &inputs(&["g"]), None)), ReplaceError::Duplicate("g".to_owned()));
    assert_eq!(refused(&replace("a", "{i}", &inputs(&["i", "i"]), None)), ReplaceError::Duplicate("i".to_owned()));
    assert_eq!(refused(&replace("a", "{g", &[], None)), ReplaceError::Brace);
    assert_eq!(refused(&replace("a", "g}", &[], None)), ReplaceError::Brace);
    let six = inputs(&["a", "b", "c", "d", "e", "f"]);
    assert_eq!(refused(&replace("x", "{a}{b}{c}{d}{e}{f}", &six, None)), ReplaceError::TooManyInputs);
    assert!(Step::new(&replace("x", "{a}{b}{c}{d}{e}", &six[..5], None)).is_ok());
    assert!(matches!(refused(&replace("(", "", &[], None)), ReplaceError::Pattern(_)));
    assert!(matches!(refused(&replace(r"(a)\1", "", &[], None)), ReplaceError::Pattern(_)), "no back-references");
    assert!(matches!(refused(&replace(r"(?:\w{500}){500}", "", &[], None)), ReplaceError::Pattern(_)), "size");
    assert!(Step::new(&replace(r"^(?<a>\w+)\.(?<b>\w+)@", "{b}{a}", &[], None)).is_ok());
    assert_eq!(refused(&replace(&"a".repeat(MAX_PATTERN + 1), "", &[], None)), ReplaceError::TooLong);
    assert!(Step::new(&replace(&"a".repeat(MAX_PATTERN), "", &[], None)).is_ok());
}

#[test]
fn a_value_that_grows_too_long_is_none() {
    let join = |length| Transform::Join { separator: String::new(), with: text(&"y".repeat(length)) };
    assert_eq!(apply(&join(MAX_VALUE - 1), "x").unwrap().unwrap().len(), MAX_VALUE);
    assert_eq!(apply(&join(MAX_VALUE), "x"), Err(Reason::TooLong));
    let growing = replace("a", &"b".repeat(500), &[], None);
    assert_eq!(apply(&growing, "aaaa").unwrap().unwrap().len(), 2_000);
    assert_eq!(apply(&growing, &"a".repeat(2_000)), Err(Reason::TooLong));
}

#[test]
fn groups_that_are_not_known_are_no_value() {
    let guest = ana();
    let facts = Facts { groups: Membership::TooMany, ..facts(&guest, &[], &[]) };
    let step = Step::new(&Transform::IfEmpty(fact(Fact::Groups))).unwrap();
    assert_eq!(step.apply(None, &facts), Err(Reason::GroupsUnknown));
    assert_eq!(step.apply(Some("x".into()), &facts), Ok(Some("x".into())));
}
