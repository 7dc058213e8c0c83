//! Policies, what they name, and their revision.

use entente::domain::partners::PartnerId;
use entente::domain::policy::conditions::expression::Expression;
use entente::domain::policy::conditions::guest_types::GuestKey;
use entente::domain::policy::conditions::locations::LocationKey;
use entente::domain::policy::countries::Country;
use entente::domain::policy::directory::Directory;
use entente::domain::policy::named_locations::LocationPlace;
use entente::domain::policy::object::{
    Control, FrequencyOf, GrantControls, Interval, Operator, Policy, SessionControls, SignInFrequency,
};
use entente::domain::policy::references::Named;
use entente::domain::policy::scope::Scope;
use entente::domain::policy::set::PolicySet;
use entente::domain::policy::strengths::StrengthId;
use entente::domain::policy::words::{ClientAppType, Flow, GuestType, PersistentBrowser, Platform, State};
use entente::domain::store::objects::Provenance;
use entente::domain::store::{Store, StoreError, UnitOfWork};

use super::databases::{Fresh, Kind};
use super::factors::run;
use super::samples::*;

const APPLIED: Provenance = Provenance::Applied;

/// What [`furnish`] makes, and one of everything else that a policy can name.
async fn furnish_names(store: &dyn Store) {
    furnish(store).await;
    let mut unit = unit(store).await;
    unit.upsert_group(&group(1, &[1], &[]), APPLIED).await.unwrap();
    unit.upsert_named_location(&network(1), APPLIED).await.unwrap();
    unit.upsert_strength(&strength(1), APPLIED).await.unwrap();
    unit.upsert_app_group(&app_group(1, &[1]), APPLIED).await.unwrap();
    unit.commit().await.unwrap();
}

fn names() -> Directory {
    let names = [
        ("ana@fabrikam.example", Named::Guest(guest_id(1))),
        ("auditors", Named::Group(group_id(1))),
        ("fabrikam", Named::Partner(partner_id(1))),
        ("payroll", Named::App(app_id(1))),
        ("finance", Named::AppGroup(app_group_id(1))),
    ];
    Directory::of_names(&names.map(|(name, named)| (name.to_owned(), named)))
}

const EXPRESSION: &str = "user.id != 'Ana@fabrikam.example' && 'auditors' in user.groups && partner == 'fabrikam' \
                          && app in ['payroll'] && !('finance' in app_groups) || ip == '192.0.2.1'";

/// A policy with a value of every kind in every place.
fn full(number: u32) -> Policy {
    let of = |guest_type, partner: Option<PartnerId>| GuestKey { guest_type, partner };
    let mut full = policy(number);
    full.state = State::ReportOnly;
    let conditions = &mut full.conditions;
    conditions.users = Scope::EVERYTHING.except(vec![guest_id(1)]);
    conditions.groups = Scope::listed(vec![group_id(1)]);
    conditions.roles = Scope::listed(vec!["Global Reader".to_owned()]);
    conditions.guest_types = Scope::listed(vec![
        of(GuestType::B2bCollaborationGuest, Some(partner_id(1))),
        of(GuestType::InternalGuest, None),
    ])
    .except(vec![of(GuestType::ServiceProvider, None)]);
    conditions.applications = Scope::listed(vec![app_id(1)]);
    conditions.application_groups = Scope::NOTHING.except(vec![app_group_id(1)]);
    conditions.client_app_types = Scope::listed(vec![ClientAppType::Browser, ClientAppType::Other]);
    conditions.platforms = Scope::EVERYTHING.except(vec![Platform::Ios]);
    conditions.locations = Scope::EVERYTHING.except(vec![LocationKey::AllTrusted, LocationKey::Named(location_id(1))]);
    conditions.authentication_flows = Scope::listed(vec![Flow::DeviceCodeFlow]);
    conditions.expression = Some(Expression::parse(EXPRESSION, &names()).unwrap());
    let controls = vec![Control::Mfa, Control::Strength(strength_id(1)), Control::Strength(StrengthId::PASSWORDLESS)];
    full.grant = Some(GrantControls { operator: Operator::Or, controls });
    full.session = SessionControls {
        sign_in_frequency: Some(SignInFrequency { interval: Interval::Hours(4), of: FrequencyOf::Secondary }),
        persistent_browser: Some(PersistentBrowser::Never),
    };
    full
}

async fn listed(unit: &mut dyn UnitOfWork) -> Vec<Policy> {
    unit.list_policies().await.unwrap().into_iter().map(|kept| kept.value).collect()
}

pub async fn every_policy_reads_back_as_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_names(&*store).await;
    let mut session_only = policy(3);
    session_only.state = State::Disabled;
    session_only.grant = None;
    session_only.session.sign_in_frequency =
        Some(SignInFrequency { interval: Interval::EveryTime, of: FrequencyOf::PrimaryAndSecondary });
    let mut days = policy(4);
    days.session.sign_in_frequency =
        Some(SignInFrequency { interval: Interval::Days(30), of: FrequencyOf::PrimaryAndSecondary });
    let policies = [policy(1), full(2), session_only, days];
    let mut unit = unit(&*store).await;
    for policy in policies.iter().rev() {
        unit.upsert_policy(policy, APPLIED).await.unwrap();
    }
    assert_eq!(listed(unit.as_mut()).await, policies);
    let changed = Policy { id: policy_id(2), display_name: "Changed".to_owned(), ..policy(9) };
    unit.upsert_policy(&changed, APPLIED).await.unwrap();
    unit.delete_policy(policy_id(1)).await.unwrap();
    unit.commit().await.unwrap();
    let mut next = super::samples::unit(&*store).await;
    assert_eq!(listed(next.as_mut()).await, [policies[2].clone(), policies[3].clone(), changed]);
    assert_eq!(next.list_policies().await.unwrap()[0].provenance, APPLIED);
}

pub async fn what_policies_name_reads_back_as_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_names(&*store).await;
    let countries = vec![Country::parse("DE").unwrap(), Country::parse("FR").unwrap()];
    let places = [
        network(1),
        location(2, LocationPlace::Networks { ranges: vec!["10.0.0.0/9".parse().unwrap()], is_trusted: false }),
        location(3, LocationPlace::Countries { countries, includes_unknown: false }),
        location(4, LocationPlace::Countries { countries: Vec::new(), includes_unknown: true }),
    ];
    let mut unit = unit(&*store).await;
    unit.insert_app(&app(2), APPLIED).await.unwrap();
    for place in &places {
        unit.upsert_named_location(place, APPLIED).await.unwrap();
    }
    let found = unit.list_named_locations().await.unwrap();
    assert_eq!(found.into_iter().map(|kept| kept.value).collect::<Vec<_>>(), places);
    unit.upsert_strength(&strength(2), APPLIED).await.unwrap();
    let found = unit.list_strengths().await.unwrap();
    assert_eq!(found.into_iter().map(|kept| kept.value).collect::<Vec<_>>(), [strength(1), strength(2)]);
    unit.upsert_app_group(&app_group(2, &[]), APPLIED).await.unwrap();
    unit.upsert_app_group(&app_group(1, &[1, 2]), APPLIED).await.unwrap();
    let of_apps = |unit: Vec<entente::domain::store::objects::Kept<_>>| {
        unit.into_iter().map(|kept| kept.value).collect::<Vec<_>>()
    };
    assert_eq!(of_apps(unit.list_app_groups().await.unwrap()), [app_group(1, &[1, 2]), app_group(2, &[])]);
    unit.delete_app(app_id(1)).await.unwrap();
    assert_eq!(of_apps(unit.list_app_groups().await.unwrap()), [app_group(1, &[2]), app_group(2, &[])]);
    for number in 1..=4 {
        unit.delete_named_location(location_id(number)).await.unwrap();
    }
    unit.delete_strength(strength_id(1)).await.unwrap();
    unit.delete_app_group(app_group_id(1)).await.unwrap();
    assert!(unit.list_named_locations().await.unwrap().is_empty());
    assert_eq!(unit.list_strengths().await.unwrap().len(), 1);
    assert_eq!(unit.list_app_groups().await.unwrap().len(), 1);
}

pub async fn an_expression_means_the_same_after_its_objects_are_renamed(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_names(&*store).await;
    let mut writing = unit(&*store).await;
    writing.upsert_policy(&full(1), APPLIED).await.unwrap();
    let mut renamed = group(1, &[1], &[]);
    renamed.group.slug = entente::domain::names::Slug::parse("renamed").unwrap();
    writing.upsert_group(&renamed, APPLIED).await.unwrap();
    let mut other = group(2, &[], &[]);
    other.group.slug = entente::domain::names::Slug::parse("auditors").unwrap();
    writing.upsert_group(&other, APPLIED).await.unwrap();
    writing.commit().await.unwrap();
    assert_eq!(listed(unit(&*store).await.as_mut()).await, [full(1)]);
}

pub async fn every_change_grows_the_revision_and_a_dropped_one_does_not(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut changing = unit(&*store).await;
    assert_eq!(changing.policy_revision().await, Ok(0));
    let mut known = 0;
    macro_rules! grows {
        ($($act:ident($($argument:expr),*);)*) => {$(
            changing.$act($($argument),*).await.unwrap();
            let revision = changing.policy_revision().await.unwrap();
            assert!(revision > known, "{}", stringify!($act));
            known = revision;
        )*};
    }
    grows! {
        upsert_policy(&policy(1), APPLIED);
        upsert_policy(&policy(1), APPLIED);
        delete_policy(policy_id(1));
        upsert_named_location(&network(1), APPLIED);
        delete_named_location(location_id(1));
        upsert_strength(&strength(1), APPLIED);
        delete_strength(strength_id(1));
        upsert_app_group(&app_group(1, &[1]), APPLIED);
        delete_app_group(app_group_id(1));
    }
    changing.commit().await.unwrap();
    let mut dropped = unit(&*store).await;
    dropped.upsert_policy(&policy(2), APPLIED).await.unwrap();
    drop(dropped);
    let other = fresh.node("two").await.store;
    assert_eq!(unit(&*other).await.policy_revision().await, Ok(known));
}

pub async fn nothing_that_a_policy_names_can_be_removed(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_names(&*store).await;
    let mut naming = unit(&*store).await;
    naming.upsert_policy(&full(1), APPLIED).await.unwrap();
    naming.commit().await.unwrap();
    macro_rules! stays {
        ($($act:ident($id:expr);)*) => {$(
            let mut removing = unit(&*store).await;
            assert_eq!(removing.$act($id).await, Err(StoreError::Raced), "{}", stringify!($act));
            assert_eq!(removing.commit().await, Err(StoreError::Raced));
        )*};
    }
    stays! {
        delete_guest(guest_id(1));
        delete_group(group_id(1));
        delete_partner(partner_id(1));
        delete_app(app_id(1));
        delete_app_group(app_group_id(1));
        delete_named_location(location_id(1));
        delete_strength(strength_id(1));
    }
    assert_eq!(listed(unit(&*store).await.as_mut()).await, [full(1)]);
}

pub async fn what_is_let_go_of_can_be_removed_before_the_policy_is_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_names(&*store).await;
    let mut naming = unit(&*store).await;
    naming.upsert_policy(&full(1), APPLIED).await.unwrap();
    naming.commit().await.unwrap();
    let mut changing = unit(&*store).await;
    changing.release_policy(policy_id(1)).await.unwrap();
    changing.delete_guest(guest_id(1)).await.unwrap();
    changing.delete_named_location(location_id(1)).await.unwrap();
    changing.upsert_policy(&policy(1), APPLIED).await.unwrap();
    changing.commit().await.unwrap();
    assert_eq!(listed(unit(&*store).await.as_mut()).await, [policy(1)]);
}

pub async fn a_policy_that_names_what_is_not_there_is_refused(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_names(&*store).await;
    let mut strange = policy(1);
    strange.conditions.users = Scope::EVERYTHING.except(vec![guest_id(2)]);
    let mut writing = unit(&*store).await;
    assert_eq!(writing.upsert_policy(&strange, APPLIED).await, Err(StoreError::Raced));
    assert_eq!(writing.commit().await, Err(StoreError::Raced));
}

pub async fn names_of_policies_are_taken_once(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut unit = unit(&*store).await;
    unit.upsert_policy(&policy(1), APPLIED).await.unwrap();
    unit.upsert_named_location(&network(1), APPLIED).await.unwrap();
    unit.upsert_strength(&strength(1), APPLIED).await.unwrap();
    unit.upsert_app_group(&app_group(1, &[]), APPLIED).await.unwrap();
    let twin = Policy { id: policy_id(2), ..policy(1) };
    assert_eq!(unit.upsert_policy(&twin, APPLIED).await, Err(taken("policies_slug_key")));
    let mut twin = network(1);
    twin.id = location_id(2);
    assert_eq!(unit.upsert_named_location(&twin, APPLIED).await, Err(taken("named_locations_slug_key")));
    let mut twin = strength(1);
    twin.id = strength_id(2);
    assert_eq!(unit.upsert_strength(&twin, APPLIED).await, Err(taken("authentication_strengths_slug_key")));
    let mut twin = app_group(1, &[]);
    twin.id = app_group_id(2);
    assert_eq!(unit.upsert_app_group(&twin, APPLIED).await, Err(taken("application_groups_slug_key")));
}

pub async fn a_policy_that_contradicts_itself_is_named(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish_names(&*store).await;
    let mut naming = unit(&*store).await;
    naming.upsert_policy(&full(1), APPLIED).await.unwrap();
    naming.commit().await.unwrap();
    let replaced = |column: &str, from: &str, to: &str| format!("{column} = replace({column}, '{from}', '{to}')");
    for (change, column) in [
        ("state = 'on'".to_owned(), "state"),
        ("conditions = '{}'".to_owned(), "conditions"),
        (replaced("conditions", "\"roles\"", "\"rules\""), "conditions"),
        (replaced("conditions", "\"include\"", "\"included\""), "conditions"),
        (replaced("conditions", "browser", "telephone"), "conditions"),
        (replaced("conditions", "internal_guest", "friend"), "conditions"),
        (replaced("conditions", "all_trusted", "some"), "conditions"),
        (replaced("conditions", "in user.groups", "in user.friends"), "conditions"),
        (replaced("conditions", "\"kind\":\"group\"", "\"kind\":\"app\""), "conditions"),
        ("grant_controls = '{\"operator\":\"xor\",\"controls\":[\"mfa\"]}'".to_owned(), "grant_controls"),
        ("grant_controls = '{\"operator\":\"and\",\"controls\":[\"pray\"]}'".to_owned(), "grant_controls"),
        (replaced("session_controls", "\"value\":4", "\"value\":null"), "session_controls"),
        (replaced("session_controls", "never", "seldom"), "session_controls"),
    ] {
        run(&fresh, &format!("update policies set {change}")).await;
        let mut faulty = unit(&*store).await;
        let told = faulty.list_policies().await.map(drop);
        let row = policy_id(1).to_string();
        assert_eq!(told, Err(StoreError::Corrupt { table: "policies", column, row }), "{change}");
        drop(faulty);
        let mut restoring = unit(&*store).await;
        restoring.upsert_policy(&full(1), APPLIED).await.unwrap();
        restoring.commit().await.unwrap();
    }
}

pub async fn the_revision_is_held_while_somebody_decides(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut deciding = unit(&*store).await;
    let read = deciding.policy_revision().await.unwrap();
    let mut also = if fresh.kind == Kind::Postgres { Some(unit(&*store).await) } else { None };
    if let Some(also) = &mut also {
        assert_eq!(also.policy_revision().await, Ok(read), "who decides waits for nobody who decides");
    }
    let changing = std::sync::Arc::clone(&store);
    let change = tokio::spawn(async move {
        let mut unit = unit(&*changing).await;
        unit.upsert_policy(&policy(1), APPLIED).await.unwrap();
        unit.commit().await
    });
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    assert!(!change.is_finished());
    assert_eq!(deciding.policy_revision().await, Ok(read));
    deciding.commit().await.unwrap();
    drop(also);
    change.await.unwrap().unwrap();
    assert!(unit(&*store).await.policy_revision().await.unwrap() > read);
}

pub async fn a_policy_set_is_kept_for_good(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let set = PolicySet::compile(&[policy(1)], &[], &[]).unwrap();
    let mut remembering = unit(&*store).await;
    for _ in 0..2 {
        remembering.remember_policy_set(set.version(), set.canonical()).await.unwrap();
    }
    assert_eq!(remembering.policy_revision().await, Ok(0), "it changes nothing that decides");
    remembering.commit().await.unwrap();
    let mut reading = unit(&*store).await;
    assert_eq!(reading.find_policy_set(set.version()).await, Ok(Some(set.canonical().to_owned())));
    assert_eq!(reading.find_policy_set(PolicySet::empty().version()).await, Ok(None));
    let past = reading.list_policy_sets(10).await.unwrap();
    assert_eq!(past.iter().map(|past| past.version).collect::<Vec<_>>(), [set.version()]);
}
