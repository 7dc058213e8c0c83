use super::*;
use crate::domain::claims::facts::{Fact, Users};
use crate::domain::claims::rule::{
    BasicClaims, Condition, End, Input, Lists, NameFormat, NameIdFormat, NameIdRule, NameIdSource, Operand, Output,
    Part, Transform,
};
use crate::domain::definitions::ClaimsDefinition;

const SAML: &str = "[app.saml]\nentity_id = 'urn:wiki'\nacs = ['https://a.example/acs']\n";

fn claims(text: &str) -> ClaimsDefinition {
    app(text, OIDC).claims
}

fn saml_claims(keys: &str, saml: &str) -> ClaimsDefinition {
    let text = format!("[[app]]\nslug = 'wiki'\n{keys}\n{SAML}{saml}");
    let mut contents = read_text(&text);
    assert_eq!(contents.faults, vec![], "{text}");
    contents.definitions.apps.remove(0).value.claims
}

/// Faults of an app whose third and further lines are `claims`.
fn claims_refused(claims: &str, expected: &[&str]) {
    refused(&format!("[[app]]\nslug = 'payroll'\n{claims}\n[app.oidc]\n{OIDC}"), expected);
}

fn only_transform(text: &str) -> Transform {
    let definition = claims(&format!("[[app.claims]]\nname = 'a'\nsource = 'user.mail'\ntransforms = [{text}]\n"));
    definition.terms.rules[0].otherwise.clone().unwrap().transforms.remove(0)
}

#[test]
fn an_app_without_rules_has_the_usual_claims() {
    let definition = claims("");
    assert_eq!((definition.terms.basic, definition.terms.rules.len()), (BasicClaims::Sent, 0));
    assert_eq!(definition.terms.name_id, None);
}

#[test]
fn every_key_of_a_claim_is_read() {
    let definition = claims(
        "basic_claims = true\n\
         [[app.claims]]\nname = 'a'\nsource = 'user.mail'\nmultivalued = true\ntransforms = [{ kind = 'to_lowercase' }]\n\
         [[app.claims.conditions]]\nusers = 'members'\ngroups = ['auditors', 'engineers']\nvalue = 'x'\n\
         [[app.claims.conditions]]\nexpression = 'user.mail'\n\
         [[app.claims]]\nname = 'b'\nvalue = 'y'\n",
    );
    assert_eq!(definition.terms.basic, BasicClaims::Sent);
    let [first, second] = &definition.terms.rules[..] else { panic!("not two") };
    assert_eq!((first.name.as_str(), first.format, first.lists), ("a", NameFormat::ByName, Lists::Each));
    let mail = Output { input: Input::Fact(Fact::Mail), transforms: vec![Transform::ToLowercase] };
    assert_eq!(first.otherwise, Some(mail));
    let plain = |input| Output { input, transforms: Vec::new() };
    let groups = vec!["auditors".to_owned(), "engineers".to_owned()];
    let expected = [
        Condition { users: Users::Members, groups, output: plain(Input::Text("x".to_owned())) },
        Condition { users: Users::Any, groups: Vec::new(), output: plain(Input::Expression("user.mail".to_owned())) },
    ];
    assert_eq!(first.conditions, expected);
    assert_eq!(second.otherwise, Some(plain(Input::Text("y".to_owned()))));
    let lines = |place: &crate::domain::definitions::RulePlace| {
        (place.rule.line, place.conditions.iter().map(|origin| origin.line).collect::<Vec<_>>())
    };
    assert_eq!(definition.places.iter().map(lines).collect::<Vec<_>>(), [(4, vec![9, 13]), (15, vec![])]);
}

#[test]
fn a_saml_app_has_name_formats_and_a_name_id() {
    let of = |saml: &str| saml_claims("", saml).terms.name_id;
    assert_eq!(of(""), None);
    let email = NameIdRule { source: NameIdSource::Mail, format: NameIdFormat::Email };
    assert_eq!(of("name_id = { source = 'user.mail' }\n"), Some(email));
    let unspecified = NameIdRule { format: NameIdFormat::Unspecified, ..email };
    assert_eq!(of("name_id = { source = 'user.mail', format = 'unspecified' }\n"), Some(unspecified));
    let text = "[[app.claims]]\nname = 'urn:a'\nname_format = 'unspecified'\nvalue = 'x'\n";
    let definition = saml_claims(text, "");
    assert_eq!(definition.terms.rules[0].format, NameFormat::Unspecified);
    assert_eq!(definition.terms.basic, BasicClaims::NotSent);
    let wrong = format!("[[app]]\nslug = 'wiki'\n{SAML}name_id = {{ source = 'user.mail', format = 'persistent' }}\n");
    refused(
        &wrong,
        &[
            "6: `format` says what the source is not: `persistent` is for `user.pairwise_id` and `user.id`, `email` for `user.mail`",
        ],
    );
}

#[test]
fn every_transformation_is_read() {
    let text = |text: &str| text.to_owned();
    let fact = Operand::Fact;
    for (written, expected) in [
        ("{ kind = 'extract_mail_prefix' }", Transform::ExtractMailPrefix),
        (
            "{ kind = 'join', separator = '.', with = { source = 'user.name' } }",
            Transform::Join { separator: text("."), with: fact(Fact::Name) },
        ),
        ("{ kind = 'to_lowercase' }", Transform::ToLowercase),
        ("{ kind = 'to_uppercase' }", Transform::ToUppercase),
        (
            "{ kind = 'contains', text = 'x', output = { value = 'y' } }",
            Transform::Match {
                part: Part::Anywhere,
                text: text("x"),
                output: Operand::Text(text("y")),
                otherwise: None,
            },
        ),
        (
            "{ kind = 'start_with', text = 'x', output = { source = 'user.id' }, otherwise = { value = 'z' } }",
            Transform::Match {
                part: Part::Start,
                text: text("x"),
                output: fact(Fact::Id),
                otherwise: Some(Operand::Text(text("z"))),
            },
        ),
        (
            "{ kind = 'end_with', text = 'x', output = { source = 'user.id' } }",
            Transform::Match { part: Part::End, text: text("x"), output: fact(Fact::Id), otherwise: None },
        ),
        (
            "{ kind = 'extract', after = 'a', before = 'b' }",
            Transform::Extract { after: Some(text("a")), before: Some(text("b")) },
        ),
        ("{ kind = 'extract_alpha_prefix' }", Transform::ExtractAlpha(End::Prefix)),
        ("{ kind = 'extract_alpha_suffix' }", Transform::ExtractAlpha(End::Suffix)),
        ("{ kind = 'extract_numeric_prefix' }", Transform::ExtractNumeric(End::Prefix)),
        ("{ kind = 'extract_numeric_suffix' }", Transform::ExtractNumeric(End::Suffix)),
        ("{ kind = 'if_empty', output = { value = 'x' } }", Transform::IfEmpty(Operand::Text(text("x")))),
        ("{ kind = 'if_not_empty', output = { value = 'x' } }", Transform::IfNotEmpty(Operand::Text(text("x")))),
        ("{ kind = 'substring', start = 2, length = 3 }", Transform::Substring { start: 2, length: Some(3) }),
        (
            "{ kind = 'regex_replace', pattern = '(?<a>x)', replacement = '{a}{b}', otherwise = { value = 'n' }, \
             inputs = [{ name = 'b', source = 'user.id' }] }",
            Transform::RegexReplace {
                pattern: text("(?<a>x)"),
                replacement: text("{a}{b}"),
                inputs: vec![(text("b"), Fact::Id)],
                otherwise: Some(Operand::Text(text("n"))),
            },
        ),
    ] {
        let found = only_transform(written);
        assert_eq!(found, expected);
        assert!(written.contains(&format!("kind = '{}'", found.as_str())), "{written}");
    }
}

#[test]
fn faults_of_claims_are_told_at_their_lines() {
    let claim = |keys: &str| format!("[[app.claims]]\nname = 'a'\n{keys}");
    claims_refused(
        "[[app.claims]]\nname = 'sub'\nvalue = 'x'",
        &["3: claim `sub`: `sub` is said by the gateway itself and cannot be given by a rule; choose another name"],
    );
    claims_refused(
        "[[app.claims]]\nname = 'roles'\nvalue = 'x'",
        &["3: claim `roles`: `roles`: roles do not exist in this version; leave the rule out"],
    );
    claims_refused(
        "[[app.claims]]\nname = 'email'\nsource = 'user.name'",
        &[
            "3: claim `email`: `email` names an account to apps and may be `user.mail` or `user.principal_name`, in upper \
           or lower case, and nothing else",
        ],
    );
    claims_refused(
        &claim("value = 'x'\nsource = 'user.mail'"),
        &["5: `value` and `source` exclude each other; leave out one of both"],
    );
    claims_refused(&claim(""), &["3: claim `a`: needs one of `source`, `value` and `expression`, or `conditions`"]);
    claims_refused(
        &claim("conditions = [{ users = 'any' }]"),
        &["5: `[[app.claims.conditions]]` needs one of `source`, `value` and `expression`"],
    );
    claims_refused(
        "basic_claims = true",
        &["3: `basic_claims` goes with `[[app.claims]]`; without rules they are sent anyway"],
    );
    claims_refused(
        &claim("source = 'user.mail'\ntransforms = [{ kind = 'join', start = 1 }]"),
        &["6: `start` does not belong to `join`; leave it out", "6: the transformation `join` needs the key `with`"],
    );
    claims_refused(
        &claim("source = 'user.mail'\ntransforms = [{ kind = 'if_empty', output = {} }]"),
        &["6: `output` needs one of `source` and `value`"],
    );
    claims_refused(
        &claim("transforms = [{ kind = 'to_lowercase' }]\nconditions = [{ value = 'x' }]"),
        &["5: `transforms` needs a `source` or a `value` beside it"],
    );
    claims_refused(
        &claim("value = 'x'\nconditions = [{ value = 'x', groups = [] }]"),
        &["6: `groups` must name at least one; leave it out for everybody"],
    );
}

#[test]
fn an_expression_that_cannot_be_read_is_told_at_the_line_of_its_condition() {
    let found = faults(&format!(
        "[[app]]\nslug = 'payroll'\n[[app.claims]]\nname = 'a'\n[[app.claims.conditions]]\nexpression = 'user.'\n\
         [app.oidc]\n{OIDC}"
    ));
    assert_eq!(found.len(), 1, "{found:?}");
    let start = "5: claim `a`, condition 1: `expression`: no CEL expression nested at most 24 deep: ";
    assert!(found[0].starts_with(start), "{found:?}");
}

#[test]
fn a_source_that_is_not_known_is_refused() {
    let found = faults(&format!(
        "[[app]]\nslug = 'payroll'\n[[app.claims]]\nname = 'a'\nsource = 'user.roles'\n[app.oidc]\n{OIDC}"
    ));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("5: `source` must be one of `user.id`, "), "{found:?}");
    assert!(found[0].ends_with(": this version does not know `user.roles`"), "{found:?}");
}
