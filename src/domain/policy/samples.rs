//! Policies and facts for tests: a policy that blocks everybody everywhere, and a sign-in of which
//! everything is known; each test changes what it is about.

use uuid::Uuid;

use super::conditions::Conditions;
use super::countries::Country;
use super::decide::decide;
use super::decision::Decision;
use super::directory::Directory;
use super::facts::{AppGroupId, Asked, Fact, Facts, HomeTrust, Place, Shown};
use super::methods::{Method, MethodSet};
use super::named_locations::{LocationId, LocationPlace, NamedLocation};
use super::object::{Control, GrantControls, Operator, Policy, PolicyId, SessionControls};
use super::outcomes::{Condition, Outcome, Outcomes, Why};
use super::set::PolicySet;
use super::words::{ClientAppType, Flow, GuestType, Platform, State};
use crate::base::clock::Timestamp;
use crate::domain::apps::AppId;
use crate::domain::groups::GroupId;
use crate::domain::guests::GuestId;
use crate::domain::names::Slug;
use crate::domain::partners::PartnerId;

pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

pub(crate) const fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_0000_0000_0000 + number)
}

pub(crate) const ANA: GuestId = GuestId::from_uuid(uuid(0x10));
pub(crate) const BEN: GuestId = GuestId::from_uuid(uuid(0x11));
pub(crate) const AUDITORS: GroupId = GroupId::from_uuid(uuid(0x20));
pub(crate) const ENGINEERS: GroupId = GroupId::from_uuid(uuid(0x21));
pub(crate) const FABRIKAM: PartnerId = PartnerId::from_uuid(uuid(0x30));
pub(crate) const WOODGROVE: PartnerId = PartnerId::from_uuid(uuid(0x31));
pub(crate) const PAYROLL: AppId = AppId::from_uuid(uuid(0x40));
pub(crate) const TRAVEL: AppId = AppId::from_uuid(uuid(0x41));
pub(crate) const FINANCE: AppGroupId = AppGroupId::from_uuid(uuid(0x50));
pub(crate) const PUBLIC: AppGroupId = AppGroupId::from_uuid(uuid(0x51));
pub(crate) const OFFICE: LocationId = LocationId::from_uuid(uuid(0x60));
pub(crate) const LAB: LocationId = LocationId::from_uuid(uuid(0x61));
pub(crate) const EUROPE: LocationId = LocationId::from_uuid(uuid(0x62));
pub(crate) const NOWHERE: LocationId = LocationId::from_uuid(uuid(0x63));

pub(crate) fn country(text: &str) -> Country {
    Country::parse(text).unwrap()
}

/// The office is trusted, the lab lies within it and is not, and two are countries.
pub(crate) fn locations() -> Vec<NamedLocation> {
    let networks =
        |range: &str, is_trusted| LocationPlace::Networks { ranges: vec![range.parse().unwrap()], is_trusted };
    let countries = |texts: &[&str], includes_unknown| LocationPlace::Countries {
        countries: texts.iter().map(|text| country(text)).collect(),
        includes_unknown,
    };
    let location =
        |id, slug, place| NamedLocation { id, slug: Slug::parse(slug).unwrap(), display_name: slug.to_owned(), place };
    vec![
        location(OFFICE, "office", networks("192.0.2.0/24", true)),
        location(LAB, "lab", networks("192.0.2.128/25", false)),
        location(EUROPE, "europe", countries(&["DE", "FR"], false)),
        location(NOWHERE, "nowhere", countries(&[], true)),
    ]
}

pub(crate) fn directory() -> Directory {
    let mut directory = Directory::empty();
    directory.guests.add(Some("ana@fabrikam.example"), uuid(0x10), ANA);
    directory.guests.add(Some("ben@woodgrove.example"), uuid(0x11), BEN);
    directory.groups.add(Some("auditors"), uuid(0x20), AUDITORS);
    directory.groups.add(Some("engineers"), uuid(0x21), ENGINEERS);
    directory.roles.extend(["reader".to_owned(), "writer".to_owned()]);
    directory.partners.add(Some("fabrikam"), uuid(0x30), FABRIKAM);
    directory.partners.add(Some("woodgrove"), uuid(0x31), WOODGROVE);
    directory.apps.add(Some("payroll"), uuid(0x40), PAYROLL);
    directory.apps.add(Some("travel"), uuid(0x41), TRAVEL);
    directory.app_groups.add(Some("finance"), uuid(0x50), FINANCE);
    directory.app_groups.add(Some("public"), uuid(0x51), PUBLIC);
    for location in locations() {
        let id = Uuid::from_bytes(*location.id.as_bytes());
        directory.locations.add(Some(location.slug.as_str()), id, location.id);
    }
    directory
}

/// One factor at a partner that is not trusted for more, a minute ago.
pub(crate) const SINGLE: &[Shown] = &[at_home(Method::FederatedSingleFactor, 60)];

pub(crate) const fn at_home(method: Method, seconds_ago: i64) -> Shown {
    Shown { method, place: Place::Home, at: ago(seconds_ago) }
}

pub(crate) const fn ago(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(NOW.seconds() - seconds)
}

/// Ana of Fabrikam, an auditor, at Payroll, in a browser on Linux, in the office in Germany.
pub(crate) fn facts() -> Facts<'static> {
    Facts {
        subject: Fact::Known(ANA),
        mail: Fact::Known("ana@fabrikam.example"),
        groups: Fact::Known(&[AUDITORS]),
        roles: Fact::Known(&["reader"]),
        guest_type: Fact::Known(Some(GuestType::B2bCollaborationGuest)),
        partner: Fact::Known(FABRIKAM),
        app: Fact::Known(PAYROLL),
        app_groups: Fact::Known(&[FINANCE]),
        client_app_type: Fact::Known(ClientAppType::Browser),
        platform: Fact::Known(Platform::Linux),
        ip: Fact::Known(std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7))),
        country: Fact::Known(Some(country("DE"))),
        flow: Fact::Known(Flow::Direct),
        shown: Fact::Known(SINGLE),
        authenticated_at: Fact::Known(ago(60)),
        home_trust: HomeTrust::NotTrusted,
        home_asked: Asked::NotYet,
        asked_afresh: Asked::NotYet,
        offered_here: MethodSet::HERE,
    }
}

/// A policy that demands these of everybody everywhere.
pub(crate) fn demanding(slug: &str, operator: Operator, controls: &[Control]) -> Policy {
    let number = slug.bytes().fold(7_u128, |number, b| number * 31 + u128::from(b)) & 0xffff_ffff_ffff;
    Policy {
        id: PolicyId::from_uuid(uuid(number)),
        slug: Slug::parse(slug).unwrap(),
        display_name: slug.to_owned(),
        state: State::Enabled,
        conditions: Conditions::EVERYTHING,
        grant: Some(GrantControls { operator, controls: controls.to_vec() }),
        session: SessionControls::default(),
    }
}

pub(crate) fn blocking(slug: &str) -> Policy {
    demanding(slug, Operator::And, &[Control::Block])
}

pub(crate) fn compiled(policies: &[Policy]) -> PolicySet {
    PolicySet::compile(policies, &locations(), &[]).unwrap()
}

/// What is decided, and what becomes of each policy in the order of slugs.
pub(crate) fn decided(policies: &[Policy], facts: &Facts<'_>) -> (Decision, Vec<Outcome>) {
    let mut outcomes = Outcomes::new();
    let decision = decide(&compiled(policies), facts, NOW, &mut outcomes);
    (decision, outcomes.all().collect())
}

/// Why a policy of these conditions does not apply; nothing where it does.
pub(crate) fn unmet(conditions: Conditions, facts: &Facts<'_>) -> Option<(Condition, Why)> {
    let policy = Policy { conditions, ..blocking("p") };
    match decided(&[policy], facts).1[..] {
        [Outcome::NotApplied(condition, why)] => Some((condition, why)),
        [Outcome::Blocked] => None,
        ref other => panic!("{other:?}"),
    }
}
