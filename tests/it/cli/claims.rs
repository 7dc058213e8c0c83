//! `entente app claims`, and claims in object files, as scripts see them.

use serde_json::{Value, json};

use super::{OBJECTS, Site};

const CLAIMS: &str = "
[[app.claims]]
name = 'login'
source = 'user.mail'
transforms = [{ kind = 'extract_mail_prefix' }, { kind = 'to_uppercase' }]
[[app.claims]]
name = 'level'
value = 'reader'
conditions = [{ users = 'all_guests', groups = ['auditors'], value = 'auditor' }]
[[app.claims]]
name = 'family'
expression = \"user.family_name + '!'\"
[[app.claims]]
name = 'methods'
source = 'authentication.methods'
[[group]]
slug = 'auditors'
members = ['ana@fabrikam.example']
";

/// The rules belong to the app, which comes first.
fn site(claims: &str) -> Site {
    let site = Site::new();
    let (app, others) = OBJECTS.split_once("[[guest]]").unwrap();
    site.write("objects.toml", &format!("{app}{claims}[[guest]]{others}"));
    site
}

#[test]
fn what_would_be_sent_is_shown_with_its_reasons() {
    let site = site(CLAIMS);
    site.done(&["apply", "objects.toml"]);
    let shown =
        site.json(&["app", "claims", "payroll", "--guest", "ana@fabrikam.example", "--method", "pwd", "--json"]);
    let claim = |name: &str, value: Value, why: &str| json!({ "name": name, "value": value, "why": why });
    let expected = json!([
        claim("login", json!("ANA"), "user.mail, extract_mail_prefix, to_uppercase"),
        claim("level", json!("auditor"), "condition 1 (all_guests in auditors): fixed"),
        claim(
            "family",
            Value::Null,
            "not sent: the expression asks for `user.family_name`, which has no value; expression user.family_name + '!'"
        ),
        claim("methods", json!(["pwd"]), "authentication.methods"),
    ]);
    assert_eq!(shown["claims"], expected);
    assert_eq!((&shown["app"], &shown["name_id"]), (&json!("payroll"), &Value::Null));
    let text = site.done(&["app", "claims", "payroll", "--guest", "ana@fabrikam.example"]);
    assert_eq!(
        text,
        "note: nobody has signed in to this account yet, so that no partner vouches for it\n\
         CLAIM    VALUE    WHY\n\
         login    ANA      user.mail, extract_mail_prefix, to_uppercase\n\
         level    auditor  condition 1 (all_guests in auditors): fixed\n\
         family   -        not sent: the expression asks for `user.family_name`, which has no value; expression \
         user.family_name + '!'\n\
         methods  -        not sent: no condition matches, or none that matches has a value; authentication.methods\n"
    );
    assert_eq!(
        site.json(&["app", "show", "payroll", "--json"])["claims"],
        json!(["login", "level", "family", "methods"])
    );
    let again = site.json(&["apply", "objects.toml", "--json"]);
    assert_eq!(again["objects"], json!([]), "the same again changes nothing");
}

#[test]
fn an_app_without_rules_shows_the_usual_claims() {
    let site = site("");
    site.done(&["apply", "objects.toml"]);
    let shown = site.json(&["app", "claims", "payroll", "--guest", "ana@fabrikam.example", "--json"]);
    let expected = json!([
        { "name": "email", "value": "ana@fabrikam.example", "why": "usual" },
        { "name": "preferred_username", "value": "ana@fabrikam.example", "why": "usual, with the scope `profile`" },
    ]);
    assert_eq!(shown["claims"], expected);
    assert!(site.refused(&["app", "claims", "payroll", "--guest", "nobody@x.example"]).contains("no guest"));
    assert!(site.refused(&["app", "claims", "nothing", "--guest", "ana@fabrikam.example"]).contains("no app"));
    assert_eq!(site.run(&["app", "claims", "payroll"]).status.code(), Some(2));
}

#[test]
fn claims_with_faults_are_told_at_their_lines() {
    let faulty = "[[app.claims]]\nname = 'iss'\nvalue = 'x'\n[[app.claims]]\nname = 'a'\n\
                  conditions = [{ groups = ['nobody'], value = 'x' }]\n";
    let site = site(faulty);
    let line = 1 + OBJECTS.split_once("[[guest]]").unwrap().0.lines().count();
    let reason = site.refused(&["apply", "objects.toml"]);
    assert!(reason.contains(&format!("objects.toml:{line}: claim `iss`: ")), "{reason}");
    assert!(site.is_untouched());
    let site = self::site(&faulty.replace("'iss'", "'other'"));
    let reason = site.refused(&["apply", "objects.toml"]);
    let expected =
        format!("objects.toml:{}: app `payroll`: claim `a`, condition 1: there is no group `nobody`", line + 5);
    assert!(reason.contains(&expected), "{reason}");
}
