//! Deciding with 10, 100 and 1,000 policies of eight conditions each, against one raw RSA-2048 signature
//! in the same run.
//!
//! Three cases: every policy applies and is met, so that all conditions of all of them hold; none applies,
//! each by its last condition; and all apply and have an expression as well, a ninth condition. Prints the
//! ratio, and the value in the unit in which a raw signature takes 354 us.

use std::hint::black_box;
use std::time::{Duration, Instant};

use entente::base::clock::Timestamp;
use entente::domain::apps::AppId;
use entente::domain::groups::GroupId;
use entente::domain::guests::GuestId;
use entente::domain::names::Slug;
use entente::domain::partners::PartnerId;
use entente::domain::policy::conditions::Conditions;
use entente::domain::policy::conditions::expression::Expression;
use entente::domain::policy::conditions::guest_types::GuestKey;
use entente::domain::policy::conditions::locations::LocationKey;
use entente::domain::policy::countries::Country;
use entente::domain::policy::decide::decide;
use entente::domain::policy::decision::Decision;
use entente::domain::policy::directory::Directory;
use entente::domain::policy::facts::{AppGroupId, Fact, Facts, Place, Shown};
use entente::domain::policy::methods::{Method, MethodSet};
use entente::domain::policy::named_locations::{LocationId, LocationPlace, NamedLocation};
use entente::domain::policy::object::{Control, GrantControls, Operator, Policy, PolicyId, SessionControls};
use entente::domain::policy::outcomes::Outcomes;
use entente::domain::policy::scope::Scope;
use entente::domain::policy::set::PolicySet;
use entente::domain::policy::words::{ClientAppType, Flow, GuestType, Platform, State};
use entente::keys::signing::SigningKey;
use entente::oidc::jose::JwsAlgorithm;
use uuid::Uuid;

/// How often both sides are measured in turn.
const ROUNDS: usize = 40;
/// How many signatures one measurement covers.
const SIGNATURES: u32 = 10;
/// How many decisions one measurement covers.
const DECISIONS: u32 = 200;
/// What a raw signature takes on the machine for which figures are given. **Units**: microseconds.
const RAW_SIGNATURE_US: f64 = 354.0;
/// In how many groups the person is; each policy names others beside one of them.
const GROUPS: u128 = 40;
/// How many named locations of 50 ranges there are.
const LOCATIONS: u128 = 100;

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

#[derive(Clone, Copy)]
enum Case {
    AllApply,
    NoneApplies,
    AllApplyWithExpression,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = SigningKey::generate_rsa()?;
    let message = [0x5a; 700];
    let raw = || drop(black_box(key.sign(JwsAlgorithm::Rs256.signature_algorithm(), black_box(&message))));
    for (case, name) in [
        (Case::AllApply, "all apply"),
        (Case::NoneApplies, "none applies"),
        (Case::AllApplyWithExpression, "all apply, with an expression"),
    ] {
        for size in [0, 10, 100, 1000] {
            let set = PolicySet::compile(&policies(size, case)?, &locations()?, &[])
                .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
            let groups: Vec<GroupId> = (0..GROUPS).map(|number| GroupId::from_uuid(uuid(number))).collect();
            let facts = facts(&groups)?;
            let mut outcomes = Outcomes::new();
            if !matches!(decide(&set, &facts, NOW, &mut outcomes), Decision::Allow(_)) {
                return Err("the decision is not the one to be measured".into());
            }
            let (mut floor, mut ours) = (Duration::MAX, Duration::MAX);
            for _ in 0..ROUNDS {
                floor = floor.min(measure(SIGNATURES, raw));
                let mut act = || drop(black_box(decide(black_box(&set), black_box(&facts), NOW, &mut outcomes)));
                ours = ours.min(measure(DECISIONS, &mut act));
            }
            let ratio = ours.as_secs_f64() / floor.as_secs_f64();
            println!(
                "decide_policy: {size} policies, {name}: {:.2} us beside {:.1} us, ratio {ratio:.4}, {:.2} us where a raw signature takes 354 us",
                micros(ours),
                micros(floor),
                ratio * RAW_SIGNATURE_US
            );
        }
    }
    Ok(())
}

const fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_0000_0000_0000 + number)
}

fn facts(groups: &[GroupId]) -> Result<Facts<'_>, Box<dyn std::error::Error>> {
    const SHOWN: &[Shown] = &[
        Shown { method: Method::FederatedSingleFactor, place: Place::Home, at: NOW },
        Shown { method: Method::SoftwareOath, place: Place::Here, at: NOW },
    ];
    Ok(Facts {
        subject: Fact::Known(GuestId::from_uuid(uuid(1))),
        mail: Fact::Known("ana@fabrikam.example"),
        groups: Fact::Known(groups),
        roles: Fact::Known(&["reader"]),
        guest_type: Fact::Known(Some(GuestType::B2bCollaborationGuest)),
        partner: Fact::Known(PartnerId::from_uuid(uuid(2))),
        app: Fact::Known(AppId::from_uuid(uuid(3))),
        app_groups: Fact::Known(&[]),
        client_app_type: Fact::Known(ClientAppType::Browser),
        platform: Fact::Known(Platform::Linux),
        ip: Fact::Known("10.1.2.3".parse()?),
        country: Fact::Known(Some(Country::parse("DE")?)),
        flow: Fact::Known(Flow::Direct),
        shown: Fact::Known(SHOWN),
        authenticated_at: Fact::Known(NOW),
        offered_here: MethodSet::HERE,
        ..Facts::NOTHING
    })
}

/// Each lies around the address.
fn locations() -> Result<Vec<NamedLocation>, Box<dyn std::error::Error>> {
    let location = |number: u128| {
        let others = (0..49).map(|part| format!("172.{}.{part}.0/24", number + 16));
        let ranges = others.chain([format!("10.1.2.0/{}", if number < 20 { 24 } else { 25 })]);
        let ranges = ranges.map(|range| range.parse()).collect::<Result<Vec<_>, _>>()?;
        Ok(NamedLocation {
            id: LocationId::from_uuid(uuid(5000 + number)),
            slug: Slug::parse(&format!("l{number}"))?,
            display_name: "Somewhere".to_owned(),
            place: LocationPlace::Networks { ranges, is_trusted: false },
        })
    };
    (0..LOCATIONS).map(location).collect()
}

/// Users (by group, with one excluded), guest types, apps, a group of apps excluded, client app types,
/// platforms, locations and flows: eight conditions.
fn policies(size: u128, case: Case) -> Result<Vec<Policy>, Box<dyn std::error::Error>> {
    let policy = |number: u128| {
        let own = |from: u128, count: u128| (0..count).map(move |index| from + number * 10 + index);
        let flow = if matches!(case, Case::NoneApplies) { Flow::DeviceCodeFlow } else { Flow::Direct };
        let source = "country == 'DE' && 'software_oath' in authentication.methods || user.mail.endsWith('.test')";
        let expression = match case {
            Case::AllApplyWithExpression => Some(Expression::parse(source, &Directory::empty())?),
            Case::AllApply | Case::NoneApplies => None,
        };
        let apps = own(200_000, 9).map(|app| AppId::from_uuid(uuid(app))).chain([AppId::from_uuid(uuid(3))]);
        let groups = own(100_000, 9).chain([number % GROUPS]).map(|group| GroupId::from_uuid(uuid(group)));
        let guest = |partner| GuestKey { guest_type: GuestType::B2bCollaborationGuest, partner };
        let conditions = Conditions {
            users: Scope::NOTHING.except(own(300_000, 5).map(|guest| GuestId::from_uuid(uuid(guest))).collect()),
            groups: Scope::listed(groups.collect()),
            guest_types: Scope::listed(vec![guest(Some(PartnerId::from_uuid(uuid(2))))]),
            applications: Scope::listed(apps.collect()),
            application_groups: Scope::NOTHING.except(vec![AppGroupId::from_uuid(uuid(number))]),
            client_app_types: Scope::listed(vec![ClientAppType::Browser, ClientAppType::Other]),
            platforms: Scope::EVERYTHING.except(vec![Platform::Ios, Platform::Android]),
            locations: Scope::listed(vec![
                LocationKey::Named(LocationId::from_uuid(uuid(5000 + number % 20))),
                LocationKey::Named(LocationId::from_uuid(uuid(5020 + number % 80))),
            ]),
            authentication_flows: Scope::listed(vec![flow]),
            expression,
            ..Conditions::EVERYTHING
        };
        Ok(Policy {
            id: PolicyId::from_uuid(uuid(900_000 + number)),
            slug: Slug::parse(&format!("p{number}"))?,
            display_name: "A policy".to_owned(),
            state: State::Enabled,
            conditions,
            grant: Some(GrantControls { operator: Operator::And, controls: vec![Control::Mfa] }),
            session: SessionControls::default(),
        })
    };
    (0..size).map(policy).collect()
}

/// The time of one act.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn measure(acts: u32, mut act: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..acts {
        act();
    }
    start.elapsed() / acts
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
