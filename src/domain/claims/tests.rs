//! Rules as a whole: which condition wins, what is refused, and the limits.

use super::facts::{Carrier, Fact, Facts, MAX_GROUPS, Membership, Users, Value};
use super::fault::{ClaimError, MAX_CONDITION_GROUPS, MAX_CONDITIONS, MAX_RULES, MAX_TEXT};
use super::names::{NameError, Protocol};
use super::outcome::{Choice, Reason};
use super::rule::{
    BasicClaims, ClaimRule, Condition, Input, Lists, NameFormat, NameIdFormat, NameIdRule, NameIdSource, Operand,
    Output, Transform,
};
use super::samples::{PAIRWISE, TENANT, ana, facts, group, names, words};
use super::set::{ClaimSet, ClaimTerms, MAX_SAML_GROUPS, MAX_VALUES, NameTable};
use crate::domain::groups::GroupId;
use crate::domain::guests::{Binding, Guest, UserType};
use crate::domain::mail::MailAddress;
use crate::domain::partners::PartnerProtocol;

fn fact(fact: Fact) -> Output {
    Output { input: Input::Fact(fact), transforms: Vec::new() }
}

fn text(text: &str) -> Output {
    Output { input: Input::Text(text.to_owned()), transforms: Vec::new() }
}

fn expression(source: &str) -> Output {
    Output { input: Input::Expression(source.to_owned()), transforms: Vec::new() }
}

fn through(output: Output, transforms: &[Transform]) -> Output {
    Output { transforms: transforms.to_vec(), ..output }
}

fn rule(name: &str, otherwise: Option<Output>, conditions: Vec<Condition>) -> ClaimRule {
    ClaimRule { name: name.to_owned(), format: NameFormat::ByName, lists: Lists::First, otherwise, conditions }
}

fn when(users: Users, groups: &[&str], output: Output) -> Condition {
    Condition { users, groups: groups.iter().map(|name| (*name).to_owned()).collect(), output }
}

fn terms(rules: Vec<ClaimRule>) -> ClaimTerms {
    ClaimTerms { rules, basic: BasicClaims::NotSent, name_id: None }
}

fn set(rules: Vec<ClaimRule>) -> ClaimSet {
    ClaimSet::compile(terms(rules), Protocol::Oidc, &names()).unwrap()
}

fn outcome(set: &ClaimSet, facts: &Facts<'_>) -> (Choice, Result<String, Reason>) {
    let claims = set.evaluate(facts);
    (claims[0].choice, claims[0].outcome.as_ref().map(words).map_err(|reason| *reason))
}

/// What one rule gives Ana, who is in the group `auditors`.
fn given(otherwise: Option<Output>, conditions: Vec<Condition>) -> (Choice, Result<String, Reason>) {
    given_to(&ana(), otherwise, conditions)
}

fn given_to(guest: &Guest, otherwise: Option<Output>, conditions: Vec<Condition>) -> (Choice, Result<String, Reason>) {
    let groups = [group(1)];
    outcome(&set(vec![rule("claim", otherwise, conditions)]), &facts(guest, &groups, &[]))
}

fn sent(choice: Choice, text: &str) -> (Choice, Result<String, Reason>) {
    (choice, Ok(text.to_owned()))
}

#[test]
fn every_fact_can_be_a_claim() {
    for (source, expected) in [
        (Fact::Id, Ok("00000000-0000-0000-0000-000000000007")),
        (Fact::Mail, Ok("Ana@fabrikam.example")),
        (Fact::Name, Ok("Ana Partner")),
        (Fact::GivenName, Ok("Ana")),
        (Fact::FamilyName, Err(Reason::NoValue)),
        (Fact::PrincipalName, Ok("Ana@fabrikam.example")),
        (Fact::LocalPrincipalName, Ok("ana_fabrikam.example#EXT#@contoso.example")),
        (Fact::PairwiseId, Ok(PAIRWISE)),
        (Fact::UserType, Ok("Guest")),
        (Fact::Groups, Ok("[00000000-0000-0000-0000-000000000001]")),
        (Fact::IdentityProvider, Ok("https://idp.fabrikam.example")),
        (Fact::Organization, Ok(TENANT)),
        (Fact::Methods, Err(Reason::NoValue)),
    ] {
        let expected = expected.map(str::to_owned);
        assert_eq!(given(Some(fact(source)), Vec::new()), (Choice::Otherwise, expected), "{source:?}");
    }
}

#[test]
fn f58_the_principal_name_is_the_mail_of_who_has_an_organisation_account_only() {
    let local = "ana_fabrikam.example#EXT#@contoso.example";
    let mail = "Ana@fabrikam.example";
    let pending = Guest { binding: Binding::PendingAcceptance, ..ana() };
    let nameless = Guest { mail: None, ..ana() };
    let member = Guest { user_type: UserType::Member, ..ana() };
    for (case, guest, protocol, expected) in [
        ("a guest of an OIDC partner", ana(), Some(PartnerProtocol::Oidc), mail),
        ("a guest of a SAML partner", ana(), Some(PartnerProtocol::Saml), local),
        ("a guest whose partner is another than the one that vouched", ana(), None, local),
        ("not yet redeemed", pending, Some(PartnerProtocol::Oidc), local),
        ("without an address", nameless, Some(PartnerProtocol::Oidc), local),
        ("one of our own", member.clone(), Some(PartnerProtocol::Oidc), mail),
        ("one of our own by SAML", member, Some(PartnerProtocol::Saml), mail),
    ] {
        let facts = Facts { protocol, ..facts(&guest, &[], &[]) };
        for (source, expected) in [(Fact::PrincipalName, expected), (Fact::LocalPrincipalName, local)] {
            let rules = |output| set(vec![rule("claim", Some(output), Vec::new())]);
            let expected = sent(Choice::Otherwise, expected);
            assert_eq!(outcome(&rules(fact(source)), &facts), expected, "{case}: {source:?}");
            assert_eq!(outcome(&rules(expression(source.as_str())), &facts), expected, "{case}: {source:?}");
        }
    }
    assert!(MailAddress::parse("ben_fabrikam.example#EXT#@contoso.example").is_err(), "it would be another's name");
}

#[test]
fn conditions_tell_kinds_of_people_apart() {
    let member = Guest { user_type: UserType::Member, ..ana() };
    let pending = Guest { binding: Binding::PendingAcceptance, ..ana() };
    let (saml, oidc) = (Some(PartnerProtocol::Saml), Some(PartnerProtocol::Oidc));
    let people = [(ana(), oidc), (ana(), saml), (member.clone(), oidc), (member, saml), (pending, None)];
    for (users, expected) in [
        (Users::Any, [true, true, true, true, true]),
        (Users::Members, [false, false, true, true, false]),
        (Users::AllGuests, [true, true, false, false, true]),
        (Users::OrgGuests, [true, false, false, false, false]),
        (Users::ExternalGuests, [false, true, false, false, true]),
    ] {
        let set = set(vec![rule("claim", Some(text("no")), vec![when(users, &[], text("yes"))])]);
        let is_given = people.each_ref().map(|(guest, protocol)| {
            let (choice, _) = outcome(&set, &Facts { protocol: *protocol, ..facts(guest, &[], &[]) });
            choice == Choice::Condition(1)
        });
        assert_eq!(is_given, expected, "{users:?}");
    }
}

#[test]
fn conditions_ask_for_one_of_their_groups() {
    let of = |groups: &[&str]| given(None, vec![when(Users::Any, groups, text("yes"))]);
    assert_eq!(of(&["auditors"]), sent(Choice::Condition(1), "yes"));
    assert_eq!(of(&["engineers", "auditors"]), sent(Choice::Condition(1), "yes"));
    assert_eq!(of(&["engineers"]), (Choice::Nothing, Err(Reason::NoValue)));
    let both = |users| given(None, vec![when(users, &["auditors"], text("yes"))]);
    assert_eq!(both(Users::AllGuests), sent(Choice::Condition(1), "yes"));
    assert_eq!(both(Users::Members), (Choice::Nothing, Err(Reason::NoValue)));
}

#[test]
fn f60_the_last_match_wins_and_transformations_come_after_attributes() {
    let any = |output| when(Users::Any, &[], output);
    let lower = || through(fact(Fact::GivenName), &[Transform::ToLowercase]);
    assert_eq!(given(Some(text("0")), vec![any(text("1")), any(text("2"))]), sent(Choice::Condition(2), "2"));
    assert_eq!(given(Some(text("0")), vec![any(lower()), any(text("2"))]), sent(Choice::Condition(1), "ana"));
    let two = vec![any(lower()), any(expression("'3'")), any(text("2"))];
    assert_eq!(given(None, two), sent(Choice::Condition(2), "3"));
    // What holds without a condition is what conditions fall back to, also where it transforms.
    assert_eq!(given(Some(lower()), vec![any(text("1"))]), sent(Choice::Condition(1), "1"));
    let other = vec![any(text("1")), when(Users::Members, &[], text("2"))];
    assert_eq!(given(Some(text("0")), other), sent(Choice::Condition(1), "1"));
}

#[test]
fn f60_an_empty_source_falls_back_and_a_fault_does_not() {
    let any = |output| when(Users::Any, &[], output);
    let empty = || any(fact(Fact::FamilyName));
    assert_eq!(given(Some(text("0")), vec![empty()]), sent(Choice::Otherwise, "0"));
    assert_eq!(given(Some(text("0")), vec![any(text("1")), empty()]), sent(Choice::Condition(1), "1"));
    assert_eq!(given(None, vec![empty()]), (Choice::Condition(1), Err(Reason::NoValue)));
    let absent = || any(expression("user.family_name + '!'"));
    assert_eq!(given(Some(text("0")), vec![absent()]), sent(Choice::Otherwise, "0"));
    let gone = Err(Reason::FactAbsent(Fact::FamilyName));
    assert_eq!(given(None, vec![absent()]), (Choice::Condition(1), gone));
    let faulty = any(expression("user.name.split(' ')[7]"));
    assert_eq!(given(Some(text("0")), vec![faulty]), (Choice::Condition(1), Err(Reason::OutOfRange)));
}

#[test]
fn transformations_take_the_first_of_a_list_or_each() {
    let methods = ["Pwd".to_owned(), "Mfa".to_owned()];
    let guest = ana();
    let of = |lists, output| {
        let set = set(vec![ClaimRule { lists, ..rule("claim", Some(output), Vec::new()) }]);
        outcome(&set, &facts(&guest, &[], &methods)).1
    };
    let lower = || through(fact(Fact::Methods), &[Transform::ToLowercase]);
    assert_eq!(of(Lists::First, fact(Fact::Methods)), Ok("[Pwd, Mfa]".to_owned()));
    assert_eq!(of(Lists::First, lower()), Ok("pwd".to_owned()));
    assert_eq!(of(Lists::Each, lower()), Ok("[pwd, mfa]".to_owned()));
    let join = Transform::Join { separator: "-".to_owned(), with: Operand::Text("x".to_owned()) };
    let two = through(fact(Fact::Methods), &[Transform::ToLowercase, join]);
    assert_eq!(of(Lists::Each, two), Ok("[pwd-x, mfa-x]".to_owned()));
    let if_empty = through(fact(Fact::FamilyName), &[Transform::IfEmpty(Operand::Fact(Fact::GivenName))]);
    assert_eq!(of(Lists::Each, if_empty), Ok("Ana".to_owned()));
}

#[test]
fn f55_too_many_groups_are_told_of_and_not_cut() {
    let ids: Vec<GroupId> = (0..=MAX_VALUES as u128).map(group).collect();
    let guest = ana();
    let check = |protocol, most: usize| {
        let rules = vec![rule("groups", Some(fact(Fact::Groups)), Vec::new())];
        let set = ClaimSet::compile(terms(rules), protocol, &names()).unwrap();
        assert_eq!(outcome(&set, &facts(&guest, &ids[..most], &[])).0, Choice::Otherwise);
        assert_eq!(set.evaluate(&facts(&guest, &ids[..most], &[])).len(), 1);
        let over = facts(&guest, &ids[..=most], &[]);
        let claims = set.evaluate(&over);
        assert_eq!(claims[0].outcome, Err(Reason::GroupOverage));
        assert_eq!((claims[1].name, &claims[1].outcome), ("hasgroups", &Ok(Value::Flag(true))));
        let sent: Vec<_> = set.sent(&over).collect();
        assert_eq!(sent, [("hasgroups", NameFormat::ByName, Value::Flag(true))]);
    };
    check(Protocol::Oidc, MAX_VALUES);
    check(Protocol::Saml, MAX_SAML_GROUPS);
}

#[test]
fn f55_a_document_lists_all_groups_that_are_ever_read() {
    let ids: Vec<GroupId> = (0..=u128::from(MAX_GROUPS)).map(group).collect();
    let guest = ana();
    let of = |lists, output, most: usize| {
        let set = set(vec![ClaimRule { lists, ..rule("claim", Some(output), Vec::new()) }]);
        let groups = Membership::of(&ids[..most]);
        let facts = Facts { groups, carrier: Carrier::Document, ..facts(&guest, &[], &[]) };
        let claims = set.evaluate(&facts);
        (claims[0].outcome.clone().map(|value| matches!(value, Value::Texts(all) if all.len() == most)), claims.len())
    };
    let lower = || through(fact(Fact::Groups), &[Transform::ToLowercase]);
    let most = MAX_GROUPS as usize;
    for (lists, output) in [(Lists::First, fact(Fact::Groups)), (Lists::Each, lower())] {
        assert_eq!(of(lists, output.clone(), MAX_VALUES + 1), (Ok(true), 1));
        assert_eq!(of(lists, output.clone(), most), (Ok(true), 1));
        assert_eq!(of(lists, output, most + 1), (Err(Reason::GroupOverage), 2));
    }
    // Other lists do not grow with it, nor do several of them.
    let (none, _) = of(Lists::First, expression("user.groups"), MAX_VALUES + 1);
    assert_eq!(none, Err(Reason::TooManyValues));
    let rules = ["a", "b", "c"].map(|name| rule(name, Some(fact(Fact::Groups)), Vec::new()));
    let set = set(rules.to_vec());
    let groups = Membership::of(&ids[..most]);
    let claims = set.evaluate(&Facts { groups, carrier: Carrier::Document, ..facts(&guest, &[], &[]) });
    assert_eq!(claims[2].outcome, Err(Reason::TotalTooLarge));
}

#[test]
fn where_groups_are_not_known_nothing_that_needs_them_is_sent() {
    let guest = ana();
    let facts = Facts { groups: Membership::TooMany, ..facts(&guest, &[], &[]) };
    let of = |otherwise, conditions| outcome(&set(vec![rule("claim", otherwise, conditions)]), &facts);
    assert_eq!(of(Some(fact(Fact::Groups)), Vec::new()), (Choice::Otherwise, Err(Reason::GroupOverage)));
    let first = through(fact(Fact::Groups), &[Transform::ToLowercase]);
    assert_eq!(of(Some(first), Vec::new()), (Choice::Otherwise, Err(Reason::GroupsUnknown)));
    let conditional = || vec![when(Users::Any, &["auditors"], text("yes"))];
    assert_eq!(of(Some(text("0")), conditional()), (Choice::Condition(1), Err(Reason::GroupsUnknown)));
    assert_eq!(of(Some(text("0")), Vec::new()), sent(Choice::Otherwise, "0"));
    // A condition that does not ask for groups may still win over one that does.
    let mut two = conditional();
    two.push(when(Users::Any, &[], text("1")));
    assert_eq!(of(None, two), sent(Choice::Condition(2), "1"));
}

#[test]
fn whether_groups_are_needed_is_known() {
    let reads = |otherwise, conditions| set(vec![rule("claim", otherwise, conditions)]).reads_groups();
    assert!(!reads(Some(fact(Fact::Mail)), vec![when(Users::AllGuests, &[], expression("user.mail"))]));
    assert!(reads(Some(fact(Fact::Groups)), Vec::new()));
    assert!(reads(None, vec![when(Users::Any, &["auditors"], text("x"))]));
    assert!(reads(Some(expression("'auditors' in user.groups ? 'a' : 'b'")), Vec::new()));
    assert!(reads(Some(through(fact(Fact::Mail), &[Transform::IfEmpty(Operand::Fact(Fact::Groups))])), Vec::new()));
}

#[test]
fn sizes_are_held_when_claims_are_made() {
    let long = "x".repeat(MAX_TEXT);
    let rules = (0..40).map(|number| rule(&format!("claim-{number:02}"), Some(text(&long)), Vec::new()));
    let set = set(rules.collect());
    let guest = ana();
    let claims = set.evaluate(&facts(&guest, &[], &[]));
    let made = claims.iter().filter(|claim| claim.outcome.is_ok()).count();
    assert_eq!(made, 32 * 1024 / (MAX_TEXT + "claim-00".len()));
    assert!(claims[made..].iter().all(|claim| claim.outcome == Err(Reason::TotalTooLarge)));
    let methods: Vec<String> = (0..=MAX_VALUES).map(|number| number.to_string()).collect();
    let many = self::set(vec![rule("claim", Some(fact(Fact::Methods)), Vec::new())]);
    assert!(outcome(&many, &facts(&guest, &[], &methods[..MAX_VALUES])).1.is_ok());
    assert_eq!(outcome(&many, &facts(&guest, &[], &methods)).1, Err(Reason::TooManyValues));
    let odd = Guest { display_name: Some("a\u{1}b".to_owned()), ..ana() };
    assert_eq!(given_to(&odd, Some(fact(Fact::Name)), Vec::new()).1, Err(Reason::NotWritable));
}

#[test]
fn usual_claims_are_sent_without_rules_or_where_the_app_is_given_them() {
    let none = ClaimSet::none(Protocol::Oidc);
    assert!(none.sends_basic("email"));
    let rules = || vec![rule("name", Some(fact(Fact::Mail)), Vec::new())];
    assert!(!set(rules()).sends_basic("email"));
    let both = ClaimTerms { basic: BasicClaims::Sent, ..terms(rules()) };
    let both = ClaimSet::compile(both, Protocol::Oidc, &names()).unwrap();
    assert!(both.sends_basic("email"));
    assert!(!both.sends_basic("name"), "a rule takes its place, also where it gives nothing");
}

/// The only fault of these rules.
fn refused(rules: Vec<ClaimRule>, protocol: Protocol) -> ClaimError {
    let mut faults = ClaimSet::compile(terms(rules), protocol, &names()).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.remove(0).error
}

#[test]
fn names_of_the_gateway_are_refused() {
    let of = |name: &str, protocol| {
        let rules = vec![rule(name, Some(text("x")), Vec::new())];
        ClaimSet::compile(terms(rules), protocol, &names()).err().map(|mut faults| faults.remove(0).error)
    };
    for name in [
        "iss",
        "sub",
        "aud",
        "exp",
        "nbf",
        "iat",
        "jti",
        "nonce",
        "acr",
        "amr",
        "acct",
        "tid",
        "oid",
        "idp",
        "altsecid",
        "auth_time",
        "sid",
        "at_hash",
        "azp",
        "ver",
        "uti",
        "cnf",
        "scope",
        "client_id",
        "email_verified",
        "hasgroups",
        "_claim_names",
        "SUB",
    ] {
        let error = of(name, Protocol::Oidc);
        assert_eq!(error, Some(ClaimError::Name(NameError::Fixed(name.to_owned()))), "{name}");
    }
    assert_eq!(of("department", Protocol::Oidc), None);
    assert_eq!(of("sub", Protocol::Saml), None, "no attribute of a SAML app is the subject");
    for protocol in [Protocol::Oidc, Protocol::Saml] {
        assert!(matches!(of("roles", protocol), Some(ClaimError::Name(NameError::Roles(_)))));
        for name in ["", " x", "x ", "a\u{7}b"] {
            assert_eq!(of(name, protocol), Some(ClaimError::Name(NameError::Malformed)), "{name:?}");
        }
        assert_eq!(of(&"x".repeat(256), protocol), None);
        assert_eq!(of(&"x".repeat(257), protocol), Some(ClaimError::Name(NameError::Malformed)));
    }
}

#[test]
fn names_of_accounts_are_made_of_their_own_facts_only() {
    let of = |name: &str, output: Output, protocol| {
        let rules = vec![rule(name, Some(output), Vec::new())];
        ClaimSet::compile(terms(rules), protocol, &names()).map(drop)
    };
    let mail = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";
    let oid = "http://schemas.microsoft.com/identity/claims/objectidentifier";
    for (name, source, protocol) in [
        ("email", Fact::Mail, Protocol::Oidc),
        ("upn", Fact::LocalPrincipalName, Protocol::Oidc),
        ("groups", Fact::Groups, Protocol::Oidc),
        (mail, Fact::Mail, Protocol::Saml),
        (oid, Fact::Id, Protocol::Saml),
        ("amr", Fact::Methods, Protocol::Saml),
    ] {
        let refused = |output| {
            let faults = of(name, output, protocol).unwrap_err();
            assert!(matches!(faults[0].error, ClaimError::Name(NameError::Bound { .. })), "{name}: {faults:?}");
        };
        assert!(of(name, fact(source), protocol).is_ok(), "{name}");
        assert!(of(name, through(fact(source), &[Transform::ToLowercase]), protocol).is_ok(), "{name}");
        refused(fact(Fact::Name));
        refused(text("ceo@contoso.example"));
        refused(expression("user.mail"));
        refused(through(fact(source), &[Transform::ExtractMailPrefix]));
    }
}

#[test]
fn rules_that_cannot_work_are_refused() {
    let one = |otherwise, conditions| refused(vec![rule("claim", otherwise, conditions)], Protocol::Oidc);
    assert_eq!(one(None, Vec::new()), ClaimError::Empty);
    assert_eq!(one(Some(text("")), Vec::new()), ClaimError::Text);
    assert_eq!(one(Some(text(&"x".repeat(MAX_TEXT + 1))), Vec::new()), ClaimError::Text);
    let lost = vec![when(Users::Any, &["nobody"], text("x"))];
    assert_eq!(one(None, lost), ClaimError::UnknownGroup("nobody".to_owned()));
    let transformed = through(expression("user.mail"), &[Transform::ToLowercase]);
    assert_eq!(one(Some(transformed), Vec::new()), ClaimError::TransformedExpression);
    let nothing = through(fact(Fact::Mail), &[Transform::Extract { after: None, before: None }]);
    assert_eq!(one(Some(nothing), Vec::new()), ClaimError::ExtractNothing);
    assert!(matches!(one(Some(expression("user.")), Vec::new()), ClaimError::Expression(_)));
    let twice = || rule("claim", Some(text("x")), Vec::new());
    assert_eq!(refused(vec![twice(), twice()], Protocol::Oidc), ClaimError::NameTwice("claim".to_owned()));
    let formatted = |name, format| ClaimRule { format, ..rule(name, Some(text("x")), Vec::new()) };
    let uri = formatted("urn:x", NameFormat::Uri);
    assert_eq!(refused(vec![uri.clone()], Protocol::Oidc), ClaimError::Name(NameError::FormatOfJwt));
    assert!(ClaimSet::compile(terms(vec![uri]), Protocol::Saml, &names()).is_ok());
    let plain = vec![formatted("x", NameFormat::Uri)];
    assert_eq!(refused(plain, Protocol::Saml), ClaimError::Name(NameError::NotUri("x".to_owned())));
}

#[test]
fn f59_a_claim_has_two_transformations_and_no_third() {
    let of =
        |transforms: &[Transform]| vec![rule("claim", Some(through(fact(Fact::GivenName), transforms)), Vec::new())];
    let two = [Transform::ToLowercase, Transform::ToUppercase];
    let three = [Transform::ToLowercase, Transform::ToUppercase, Transform::ToLowercase];
    for protocol in [Protocol::Oidc, Protocol::Saml] {
        assert!(ClaimSet::compile(terms(of(&two)), protocol, &names()).is_ok());
        assert_eq!(refused(of(&three), protocol), ClaimError::TooManyTransforms);
    }
    // In their order: the second has what the first gives.
    let (_, value) = given(Some(through(fact(Fact::GivenName), &two)), Vec::new());
    assert_eq!(value, Ok("ANA".to_owned()));
    // Those of a condition are counted too.
    let conditional = vec![when(Users::Any, &[], through(fact(Fact::Mail), &three))];
    assert_eq!(refused(vec![rule("claim", None, conditional)], Protocol::Oidc), ClaimError::TooManyTransforms);
}

#[test]
fn rules_conditions_and_groups_are_counted() {
    let many = |count: usize| (0..count).map(|n| rule(&format!("c{n}"), Some(text("x")), Vec::new())).collect();
    assert!(ClaimSet::compile(terms(many(MAX_RULES)), Protocol::Oidc, &names()).is_ok());
    assert_eq!(refused(many(MAX_RULES + 1), Protocol::Oidc), ClaimError::TooManyRules);
    let conditions = |count: usize| {
        let conditions = (0..count).map(|_| when(Users::Any, &[], text("x"))).collect();
        vec![rule("claim", None, conditions)]
    };
    assert!(ClaimSet::compile(terms(conditions(MAX_CONDITIONS)), Protocol::Oidc, &names()).is_ok());
    assert_eq!(refused(conditions(MAX_CONDITIONS + 1), Protocol::Oidc), ClaimError::TooManyConditions);
    let table = NameTable { groups: (0..60).map(|n| (format!("g{n}"), group(n))).collect(), partners: Vec::new() };
    let groups = |count: usize| {
        let groups = (0..count).map(|n| format!("g{n}")).collect();
        let all = Condition { users: Users::Any, groups, output: text("x") };
        // The same groups a second time are not counted again.
        let rules = vec![rule("a", None, vec![all.clone()]), rule("b", None, vec![all])];
        ClaimSet::compile(terms(rules), Protocol::Oidc, &table)
    };
    assert!(groups(MAX_CONDITION_GROUPS).is_ok());
    assert_eq!(groups(MAX_CONDITION_GROUPS + 1).unwrap_err()[0].error, ClaimError::TooManyGroups);
}

#[test]
fn a_name_id_is_one_of_the_names_of_the_account() {
    let guest = ana();
    let of = |source, protocol| {
        let terms = ClaimTerms { name_id: Some(NameIdRule::of(source)), ..ClaimTerms::NONE };
        ClaimSet::compile(terms, protocol, &names())
    };
    for (source, expected) in [
        (NameIdSource::PairwiseId, PAIRWISE),
        (NameIdSource::Mail, "Ana@fabrikam.example"),
        (NameIdSource::PrincipalName, "Ana@fabrikam.example"),
        (NameIdSource::LocalPrincipalName, "ana_fabrikam.example#EXT#@contoso.example"),
        (NameIdSource::Id, "00000000-0000-0000-0000-000000000007"),
    ] {
        let set = of(source, Protocol::Saml).unwrap();
        assert_eq!(set.name_id(&facts(&guest, &[], &[])).as_deref(), Some(expected));
        assert_eq!(of(source, Protocol::Oidc).unwrap_err()[0].error, ClaimError::NameIdOfOidc);
    }
    let nameless = Guest { mail: None, ..ana() };
    assert_eq!(of(NameIdSource::Mail, Protocol::Saml).unwrap().name_id(&facts(&nameless, &[], &[])), None);
    let rule = NameIdRule { source: NameIdSource::Mail, format: NameIdFormat::Persistent };
    let terms = ClaimTerms { name_id: Some(rule), ..ClaimTerms::NONE };
    let fault = ClaimSet::compile(terms, Protocol::Saml, &names()).unwrap_err().remove(0);
    assert_eq!(fault.error, ClaimError::NameIdFormat);
}
