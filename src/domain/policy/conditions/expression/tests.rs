use super::*;
use crate::domain::policy::facts::Fact::{Known, Unknown};
use crate::domain::policy::samples::{NOW, directory, facts};

fn answer(source: &str, facts: &Facts<'_>) -> Fact<bool> {
    Expression::parse(source, &directory()).unwrap().evaluate(facts, NOW)
}

fn refused(source: &str) -> String {
    Expression::parse(source, &directory()).unwrap_err().to_string()
}

#[test]
fn each_fact_can_be_asked_for() {
    let table = [
        ("user.id == 'ana@fabrikam.example'", "user.id == 'ben@woodgrove.example'"),
        ("user.id == '01890a5d-ac96-774b-bcce-000000000010'", "user.id != 'ana@fabrikam.example'"),
        ("user.mail.endsWith('@fabrikam.example')", "user.mail.startsWith('ben@')"),
        ("user.mail.contains('fabrikam')", "user.mail == 'ben@fabrikam.example'"),
        ("'auditors' in user.groups", "'engineers' in user.groups"),
        ("'reader' in user.roles", "'writer' in user.roles"),
        ("user.guest_type == 'b2b_collaboration_guest'", "user.guest_type == 'internal_guest'"),
        ("partner == 'fabrikam'", "partner in ['woodgrove']"),
        ("app in ['travel', 'payroll']", "app != 'payroll'"),
        ("'finance' in app_groups", "'public' in app_groups"),
        ("client_app_type == 'browser'", "client_app_type == 'other'"),
        ("platform in ['linux', 'macos']", "platform == 'ios'"),
        ("ip == '192.0.2.7' && ip == '::ffff:192.0.2.7'", "ip == '2001:db8::1'"),
        ("country == 'DE'", "'US' == country"),
        ("authentication_flow == 'direct'", "authentication_flow == 'device_code_flow'"),
        ("'federated_single_factor' in authentication.methods", "'fido2' in authentication.methods"),
        ("authentication.age <= 60 && 59 < authentication.age", "authentication.age >= 61"),
        ("true || country == 'US'", "false"),
        ("country == 'US' ? false : app == 'payroll'", "!(country == 'DE')"),
    ];
    for (holds, fails) in table {
        assert_eq!(answer(holds, &facts()), Known(true), "{holds}");
        assert_eq!(answer(fails, &facts()), Known(false), "{fails}");
    }
}

#[test]
fn an_unknown_fact_matters_only_where_the_answer_hangs_on_it() {
    let facts = Facts { country: Unknown, ..facts() };
    for (source, expected) in [
        ("country == 'DE'", Unknown),
        ("!(country == 'DE')", Unknown),
        ("country == 'DE' || app == 'payroll'", Known(true)),
        ("country == 'DE' && app == 'travel'", Known(false)),
        ("country == 'DE' && app == 'payroll'", Unknown),
        ("country == 'DE' ? app == 'payroll' : partner == 'fabrikam'", Known(true)),
        ("country == 'DE' ? app == 'payroll' : partner == 'woodgrove'", Unknown),
    ] {
        assert_eq!(answer(source, &facts), expected, "{source}");
    }
}

#[test]
fn methods_of_a_partner_that_is_not_trusted_are_not_there() {
    use crate::domain::policy::facts::HomeTrust;
    use crate::domain::policy::methods::Method;
    use crate::domain::policy::samples::at_home;
    let shown = [at_home(Method::Fido2, 60)];
    let facts = Facts { shown: Known(&shown), ..facts() };
    assert_eq!(answer("'fido2' in authentication.methods", &facts), Known(false));
    let trusted = Facts { home_trust: HomeTrust::Trusted, ..facts };
    assert_eq!(answer("'fido2' in authentication.methods", &trusted), Known(true));
}

#[test]
fn broken_expressions_are_refused_by_cause() {
    for (source, told) in [
        ("", "no CEL expression"),
        ("country ==", "no CEL expression"),
        ("country == 'DE' country", "no CEL expression"),
        ("colour == 'red'", "no fact is called `colour`"),
        ("user.colour == 'red'", "no fact is called `user.colour`"),
        ("partner == 'contoso'", "`partner` is never `contoso`: no partner has this slug or id"),
        ("'nobody' in user.groups", "`user.groups` is never `nobody`"),
        ("'admin' in user.roles", "`user.roles` is never `admin`: there is no such role"),
        ("platform == 'beos'", "`platform` is never `beos`"),
        ("country == 'Germany'", "`country` is never `Germany`: two capital letters"),
        ("ip == '10.0.0.0/8'", "`ip` is never `10.0.0.0/8`"),
        ("user.mail == 'Ana@fabrikam.example'", "`user.mail` is never `Ana@fabrikam.example`"),
        ("authentication.age == '60'", "`authentication.age` is never `60`: a whole number of seconds"),
        ("country == 1", "`country` is never `1`"),
        ("app == partner", "`partner` at this place is not known to conditions"),
        ("country", "`country` at this place"),
        ("'text'", "`text` at this place"),
        ("1 + 1", "`_+_` is not known"),
        ("user.groups == 'auditors'", "with a single value"),
        ("'DE' in country", "which is one value"),
        ("user.groups in ['auditors']", "`user.groups in [...]`"),
        ("user.groups.exists(g, g == 'auditors')", "a loop is not known"),
        ("country.matches('D.')", "`matches` is not known"),
        ("app.startsWith('pay')", "`app.startsWith` is not known"),
        ("country < 'DE'", "an order of `country`"),
        ("has(user.groups)", "at this place"),
        ("size(user.groups) > 1", "is not known"),
    ] {
        let found = refused(source);
        assert!(found.contains(told), "{source}: {found}");
    }
}

#[test]
fn oversized_expressions_are_refused_and_the_largest_are_not() {
    let fits = |source: &str| Expression::parse(source, &directory()).is_ok();
    let padded = |length: usize| format!("{:length$}", "app == 'payroll'");
    assert!(fits(&padded(MAX_LENGTH)));
    assert_eq!(refused(&padded(MAX_LENGTH + 1)), "longer than 2048 bytes");
    // The question, the name and the list itself are three parts.
    let listed = |count: usize| format!("ip in [{}]", vec!["'::1'"; count].join(","));
    assert!(fits(&listed(MAX_NODES - 2)));
    assert!(refused(&listed(MAX_NODES - 1)).contains("more than 256"));
    assert!(fits(&format!("{}true{}", "(".repeat(10), ")".repeat(10))));
    for deep in ["(".repeat(60) + "true" + &")".repeat(60), "!".repeat(2000) + "true", "[".repeat(1000)] {
        assert!(Expression::parse(&deep, &directory()).is_err());
    }
}

#[test]
fn the_canonical_form_is_of_what_is_asked_and_not_of_how_it_is_written() {
    let canonical = |source: &str| Expression::parse(source, &directory()).unwrap().canonical();
    assert_eq!(canonical("app in ['travel', 'payroll']"), canonical("app in ['payroll','travel']"));
    assert_eq!(
        canonical("!(partner == 'fabrikam') && authentication.age > 5"),
        "(and (not (is partner [\"01890a5d-ac96-774b-bcce-000000000030\"])) (> authentication.age 5))"
    );
    assert_ne!(canonical("app == 'payroll'"), canonical("app == 'travel'"));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_parsing_panic(source in "\\PC{0,60}") {
        let _ = Expression::parse(&source, &directory());
    }

    #[test]
    fn no_mixture_of_words_makes_parsing_panic(parts in proptest::collection::vec(proptest::prop_oneof![
        "[()\\[\\]{}!?:.,&|<>=+*/%' -]{1,3}", proptest::prelude::Just("user.groups".to_owned()),
        proptest::prelude::Just("in".to_owned()), proptest::prelude::Just("'DE'".to_owned()),
        proptest::prelude::Just("country".to_owned()), proptest::prelude::Just("has(".to_owned()),
    ], 0..20)) {
        let _ = Expression::parse(&parts.join(" "), &directory());
    }
}
