//! The heart of it, for random policies and facts: an enabled policy never grants, a control under AND
//! never grants, and a known fact that becomes unknown never grants.

use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use super::conditions::Conditions;
use super::conditions::expression::Expression;
use super::conditions::guest_types::GuestKey;
use super::conditions::locations::LocationKey;
use super::decision::Decision;
use super::facts::{Asked, Fact, Facts, HomeTrust, Place, Shown};
use super::methods::{Method, MethodSet};
use super::object::{
    Control, FrequencyOf, GrantControls, Interval, Operator, Policy, SessionControls, SignInFrequency,
};
use super::outcomes::Outcomes;
use super::samples::{
    ANA, AUDITORS, BEN, ENGINEERS, EUROPE, FABRIKAM, FINANCE, LAB, NOW, NOWHERE, OFFICE, PAYROLL, PUBLIC, TRAVEL,
    WOODGROVE, ago, blocking, country, directory, locations,
};
use super::scope::{Include, Scope};
use super::set::PolicySet;
use super::strengths::StrengthId;
use super::words::{ClientAppType, Flow, GuestType, Platform, State};

fn select<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> impl Strategy<Value = T> + use<T> {
    proptest::sample::select(values.to_vec())
}

/// A condition over two values that may include all of them.
fn scope<K: Clone + PartialEq + std::fmt::Debug + 'static>(one: K, other: K) -> impl Strategy<Value = Scope<K>> {
    let values = vec![
        Scope::EVERYTHING,
        Scope::listed(vec![one.clone()]),
        Scope::listed(vec![other.clone()]),
        Scope::listed(vec![one.clone()]).except(vec![other.clone()]),
        Scope::EVERYTHING.except(vec![one]),
        Scope::EVERYTHING.except(vec![other]),
    ];
    // Most conditions of most policies are open, so that many policies apply.
    prop_oneof![2 => Just(Scope::EVERYTHING), 1 => proptest::sample::select(values)]
}

/// The same beside another condition that may include in its place.
fn beside<K: Clone + PartialEq + std::fmt::Debug + 'static>(one: K, other: K) -> impl Strategy<Value = Scope<K>> {
    scope(one, other).prop_map(|scope| match scope.include {
        Include::All => Scope::NOTHING.except(scope.exclude),
        Include::Listed(_) => scope,
    })
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let guest = |partner| GuestKey { guest_type: GuestType::B2bCollaborationGuest, partner };
    let who = (
        scope(ANA, BEN),
        beside(AUDITORS, ENGINEERS),
        beside("reader".to_owned(), "writer".to_owned()),
        beside(guest(None), guest(Some(FABRIKAM))),
    );
    let what = (
        scope(PAYROLL, TRAVEL),
        beside(FINANCE, PUBLIC),
        scope(ClientAppType::Browser, ClientAppType::Other),
        scope(Platform::Linux, Platform::Ios),
        scope(Flow::Direct, Flow::DeviceCodeFlow),
    );
    let place = prop_oneof![
        scope(LocationKey::AllTrusted, LocationKey::Named(EUROPE)),
        scope(LocationKey::Named(OFFICE), LocationKey::Named(LAB)),
        scope(LocationKey::Named(NOWHERE), LocationKey::Named(LAB)),
    ];
    let expression = prop_oneof![
        3 => Just(None),
        1 => select(&[
            Some("country == 'DE' || 'fido2' in authentication.methods"),
            Some("!('auditors' in user.groups) && user.mail.endsWith('.example')"),
            Some("authentication.age > 300 ? app == 'payroll' : platform != 'ios'"),
        ]),
    ];
    (who, what, place, expression).prop_map(|(who, what, locations, expression)| Conditions {
        users: who.0,
        groups: who.1,
        roles: who.2,
        guest_types: who.3,
        applications: what.0,
        application_groups: what.1,
        client_app_types: what.2,
        platforms: what.3,
        authentication_flows: what.4,
        locations,
        expression: expression.map(|source| Expression::parse(source, &directory()).unwrap()),
    })
}

const STRENGTHS: [Control; 4] = [
    Control::Mfa,
    Control::Strength(StrengthId::MULTIFACTOR),
    Control::Strength(StrengthId::PASSWORDLESS),
    Control::Strength(StrengthId::PHISHING_RESISTANT),
];

fn grant() -> impl Strategy<Value = Option<GrantControls>> {
    let strong = (select(&[Operator::And, Operator::Or]), proptest::sample::subsequence(STRENGTHS.to_vec(), 1..=3))
        .prop_map(|(operator, controls)| Some(GrantControls { operator, controls }));
    let block = Some(GrantControls { operator: Operator::Or, controls: vec![Control::Block] });
    prop_oneof![1 => Just(None), 1 => Just(block), 4 => strong]
}

fn policy() -> impl Strategy<Value = Policy> {
    let frequency = (
        select(&[Interval::EveryTime, Interval::Hours(1), Interval::Days(1)]),
        select(&[FrequencyOf::PrimaryAndSecondary, FrequencyOf::Secondary]),
    );
    let frequency = proptest::option::of(frequency.prop_map(|(interval, of)| SignInFrequency { interval, of }));
    let state = select(&[State::Enabled, State::Enabled, State::Disabled, State::ReportOnly]);
    ("[a-z]{12}", state, conditions(), grant(), frequency).prop_map(|(slug, state, conditions, grant, frequency)| {
        let frequency = match grant {
            None => frequency.or(Some(SignInFrequency { interval: Interval::Hours(1), of: FrequencyOf::Secondary })),
            Some(_) => frequency,
        };
        let session = SessionControls { sign_in_frequency: frequency, persistent_browser: None };
        Policy { state, conditions, grant, session, ..blocking(&slug) }
    })
}

/// Facts that own what [`Facts`] borrow.
#[derive(Debug, Clone)]
struct Owned {
    facts: Facts<'static>,
    shown: Vec<Shown>,
}

impl Owned {
    fn facts(&self) -> Facts<'_> {
        let shown = match self.facts.shown {
            Fact::Known(_) => Fact::Known(&self.shown[..]),
            Fact::Unknown => Fact::Unknown,
        };
        Facts { shown, ..self.facts }
    }
}

fn facts() -> impl Strategy<Value = Owned> {
    let who = (
        select(&[Fact::Known(ANA), Fact::Known(BEN)]),
        select(&[Fact::Known(&[][..]), Fact::Known(&[AUDITORS][..]), Fact::Known(&[AUDITORS, ENGINEERS][..])]),
        select(&[Fact::Known(&[][..]), Fact::Known(&["reader"][..])]),
        select(&[Fact::Known(None), Fact::Known(Some(GuestType::B2bCollaborationGuest))]),
        select(&[Fact::Known(FABRIKAM), Fact::Known(WOODGROVE)]),
    );
    let what = (
        select(&[Fact::Known(PAYROLL), Fact::Known(TRAVEL)]),
        select(&[Fact::Known(&[][..]), Fact::Known(&[FINANCE][..])]),
        select(&[Fact::Known(ClientAppType::Browser), Fact::Known(ClientAppType::Other)]),
        select(&[Fact::Known(Platform::Linux), Fact::Known(Platform::Ios)]),
        select(&[Fact::Known(Flow::Direct), Fact::Known(Flow::DeviceCodeFlow)]),
    );
    let place = (
        select(&[[192, 0, 2, 7], [192, 0, 2, 200], [198, 51, 100, 1]]),
        select(&[Fact::Known(None), Fact::Known(Some(country("DE"))), Fact::Known(Some(country("US")))]),
    );
    let shown = proptest::collection::vec(
        (select(&Method::ALL), select(&[Place::Home, Place::Here]), select(&[10, 4000, 100_000])),
        0..4,
    );
    let settings = (
        select(&[HomeTrust::NotTrusted, HomeTrust::Trusted, HomeTrust::Required]),
        select(&[Asked::AlreadyAsked, Asked::NotYet]),
        select(&[Asked::AlreadyAsked, Asked::NotYet]),
        select(&[10, 4000, 100_000]),
    );
    (who, what, place, shown, settings).prop_map(|(who, what, (ip, country), shown, settings)| {
        let mut shown: Vec<Shown> =
            shown.into_iter().map(|(method, place, age)| Shown { method, place, at: ago(age) }).collect();
        let authenticated_at = ago(settings.3);
        shown.push(Shown { method: Method::FederatedSingleFactor, place: Place::Home, at: authenticated_at });
        let facts = Facts {
            subject: who.0,
            mail: Fact::Known("ana@fabrikam.example"),
            groups: who.1,
            roles: who.2,
            guest_type: who.3,
            partner: who.4,
            app: what.0,
            app_groups: what.1,
            client_app_type: what.2,
            platform: what.3,
            flow: what.4,
            ip: Fact::Known(IpAddr::V4(Ipv4Addr::from(ip))),
            country,
            shown: Fact::Known(&[]),
            authenticated_at: Fact::Known(authenticated_at),
            home_trust: settings.0,
            home_asked: settings.1,
            asked_afresh: settings.2,
            offered_here: MethodSet::HERE,
        };
        Owned { facts, shown }
    })
}

/// How much a decision gives: nothing, a question, or what was asked for.
fn rank(policies: &[Policy], facts: &Facts<'_>) -> u8 {
    let set = PolicySet::compile(policies, &locations(), &[]).unwrap();
    match super::decide::decide(&set, facts, NOW, &mut Outcomes::new()) {
        Decision::Refuse(_) => 0,
        Decision::StepUp(_) => 1,
        Decision::Allow(_) => 2,
    }
}

/// Distinct by slug, since the generator may draw one twice.
fn policies(sizes: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Policy>> {
    proptest::collection::vec(policy(), sizes).prop_map(|mut policies| {
        policies.sort_by(|left, right| left.slug.cmp(&right.slug));
        policies.dedup_by(|left, right| left.slug == right.slug);
        policies
    })
}

/// Makes the facts of these bits unknown.
fn forget(mut facts: Facts<'_>, which: u16) -> Facts<'_> {
    macro_rules! forget {
        ($($bit:literal $field:ident)*) => { $( if which >> $bit & 1 == 1 { facts.$field = Fact::Unknown; } )* };
    }
    forget! {
        0 subject 1 mail 2 groups 3 roles 4 guest_type 5 partner 6 app 7 app_groups 8 client_app_type 9 platform
        10 ip 11 country 12 flow 13 shown 14 authenticated_at
    }
    facts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn an_enabled_policy_more_never_grants(mut all in policies(1..5), owned in facts()) {
        if let Some(last) = all.last_mut() {
            last.state = State::Enabled;
        }
        let before = rank(&all[..all.len() - 1], &owned.facts());
        prop_assert!(rank(&all, &owned.facts()) <= before);
    }

    #[test]
    fn a_control_more_under_and_never_grants(mut all in policies(1..4), owned in facts(), added in select(&STRENGTHS)) {
        let first = &mut all[0];
        first.state = State::Enabled;
        first.grant = Some(GrantControls { operator: Operator::And, controls: vec![Control::Mfa] });
        let before = rank(&all, &owned.facts());
        if added != Control::Mfa {
            all[0].grant = Some(GrantControls { operator: Operator::And, controls: vec![Control::Mfa, added] });
        }
        prop_assert!(rank(&all, &owned.facts()) <= before);
        all[0].grant = Some(GrantControls { operator: Operator::And, controls: vec![Control::Block] });
        prop_assert!(rank(&all, &owned.facts()) <= before);
    }

    #[test]
    fn a_fact_that_becomes_unknown_never_grants(all in policies(1..5), owned in facts(), which in 0_u16..0x8000) {
        let before = rank(&all, &owned.facts());
        prop_assert!(rank(&all, &forget(owned.facts(), which)) <= before);
        for bit in 0..15 {
            prop_assert!(rank(&all, &forget(owned.facts(), 1 << bit)) <= before, "bit {}", bit);
        }
    }

    #[test]
    fn the_order_of_policies_and_reports_change_nothing(mut all in policies(1..6), owned in facts()) {
        let (facts, locations) = (owned.facts(), locations());
        let decided = |policies: &[Policy]| {
            let set = PolicySet::compile(policies, &locations, &[]).unwrap();
            let decision = super::decide::decide(&set, &facts, NOW, &mut Outcomes::new());
            (decision, set.version())
        };
        let first = decided(&all);
        all.reverse();
        prop_assert_eq!(&decided(&all), &first);
        all.retain(|policy| policy.state == State::Enabled);
        prop_assert_eq!(decided(&all).0, first.0);
    }
}
