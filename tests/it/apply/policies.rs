//! Policies in object files, from their text to what decides.

use std::net::IpAddr;

use entente::domain::policy::cases::{Question, ShownBefore, Verdict};
use entente::domain::policy::decision::Decision;
use entente::domain::policy::scope::Scope;
use entente::domain::policy::set::PolicySet;
use entente::domain::policy::what_if::Given;
use entente::domain::policy::words::{ClientAppType, Flow, Platform};
use entente::domain::store::StoreError;
use entente::domain::store::objects::Provenance;
use entente::flows::apply::{Mode, Pruning};
use entente::flows::policies::Policies;
use entente::flows::policies::what_if::ask;

use super::{FILE, Gateway, NOW};

const POLICIES: &str = "\
[[app_group]]
slug = 'finance'
apps = ['payroll']
[[named_location]]
slug = 'office'
ip_ranges = ['192.0.2.0/24']
is_trusted = true
[[authentication_strength]]
slug = 'device-code'
allowed_combinations = ['federated_single_factor, hardware_oath']
[[policy]]
slug = 'strong-at-finance'
state = 'enabled'
conditions.users = { include_users = ['All'], exclude_users = ['ana@fabrikam.example'], exclude_groups = ['auditors'] }
conditions.applications.include_application_groups = ['finance']
conditions.locations = { include_locations = ['All'], exclude_locations = ['office'] }
conditions.expression = \"'auditors' in user.groups || partner == 'fabrikam'\"
grant_controls.authentication_strength = 'device-code'
";

fn whole() -> String {
    format!("{FILE}{POLICIES}")
}

async fn slugs(gateway: &Gateway) -> Vec<String> {
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let policies = unit.list_policies().await.unwrap().into_iter().map(|kept| kept.value.slug.to_string());
    let places = unit.list_named_locations().await.unwrap().into_iter().map(|kept| kept.value.slug.to_string());
    let strengths = unit.list_strengths().await.unwrap().into_iter().map(|kept| kept.value.slug.to_string());
    let groups = unit.list_app_groups().await.unwrap().into_iter().map(|kept| kept.value.slug.to_string());
    policies.chain(places).chain(strengths).chain(groups).collect()
}

#[tokio::test]
async fn policies_decide_as_soon_as_they_are_applied_and_a_second_apply_changes_nothing() {
    let gateway = Gateway::start().await;
    gateway.apply(FILE).await.unwrap();
    let dry = gateway.apply_as(&whole(), Mode::DryRun, Pruning::Keep).await.unwrap().to_string();
    assert!(dry.ends_with("4 added, 0 changed, 0 removed, 4 unchanged; nothing was written\n"), "{dry}");
    assert_eq!(slugs(&gateway).await, Vec::<String>::new());
    assert!(gateway.services.policies.current().set.policies().is_empty());

    let report = gateway.apply(&whole()).await.unwrap().to_string();
    assert_eq!(
        report,
        "named_location `office` added\nauthentication_strength `device-code` added\napp_group `finance` added\n\
         policy `strong-at-finance` added\n4 added, 0 changed, 0 removed, 4 unchanged\n"
    );
    assert_eq!(slugs(&gateway).await, ["strong-at-finance", "office", "device-code", "finance"]);
    let loaded = gateway.services.policies.current();
    assert_eq!(loaded.set.policies()[0].slug.as_str(), "strong-at-finance");
    assert_eq!(loaded.app_groups.len(), 1);
    let entries = gateway.audit().await;
    let added = entries.iter().find(|entry| entry.details.contains(&("kind".to_owned(), "policy".to_owned()))).unwrap();
    assert_eq!((added.activity.as_str(), added.actor.as_str()), ("object_added", "operator:olga"));
    assert!(added.target.is_some());
    assert!(added.details.contains(&("policy_version".to_owned(), loaded.set.version().to_string())));

    let again = gateway.apply_as(&whole(), Mode::Write, Pruning::Remove).await.unwrap();
    assert_eq!(again.to_string(), "0 added, 0 changed, 0 removed, 8 unchanged\n");
    assert_eq!(gateway.services.policies.current().revision, loaded.revision);
    assert_eq!(gateway.audit().await.len(), entries.len());
}

#[tokio::test]
async fn a_change_names_its_keys_and_the_order_of_lists_means_nothing() {
    let gateway = Gateway::start().await;
    gateway.apply(&whole()).await.unwrap();
    let changed = whole()
        .replace("state = 'enabled'", "state = 'disabled'")
        .replace("exclude_groups = ['auditors'] }", "exclude_groups = [] }")
        .replace("partner == 'fabrikam'", "partner != 'fabrikam'")
        .replace("grant_controls.authentication_strength = 'device-code'", "grant_controls.built_in_controls = ['mfa']")
        .replace("['192.0.2.0/24']", "['2001:db8::/32', '192.0.2.0/24']");
    let report = gateway.apply(&changed).await.unwrap().to_string();
    assert_eq!(
        report,
        "named_location `office` changed: ip_ranges\n\
         policy `strong-at-finance` changed: state, users, expression, grant_controls\n\
         0 added, 2 changed, 0 removed, 6 unchanged\n"
    );
    let turned = changed.replace("['2001:db8::/32', '192.0.2.0/24']", "['192.0.2.0/24', '2001:db8::/32']");
    assert!(gateway.apply(&turned).await.unwrap().is_empty());
    assert!(gateway.services.policies.current().set.policies().is_empty(), "a disabled policy is not asked");
}

#[tokio::test]
async fn pruning_removes_policies_with_what_they_name() {
    let gateway = Gateway::start().await;
    gateway.apply(&whole()).await.unwrap();
    let kept = gateway.apply(FILE).await.unwrap();
    assert!(kept.is_empty());
    assert_eq!(slugs(&gateway).await.len(), 4);
    let pruned = gateway.apply_as("", Mode::Write, Pruning::Remove).await.unwrap().to_string();
    assert!(pruned.ends_with("0 added, 0 changed, 8 removed, 0 unchanged\n"), "{pruned}");
    assert_eq!(slugs(&gateway).await, Vec::<String>::new());
    assert_eq!(gateway.services.policies.current().set.version(), PolicySet::empty().version());
}

/// Every way of being wrong at once. The lines count from the first policy.
#[tokio::test]
async fn policies_with_faults_are_refused_whole_and_every_fault_is_told_at_its_line() {
    let gateway = Gateway::start().await;
    gateway.apply(FILE).await.unwrap();
    let ranges = |count: usize| {
        let each = (0..count).map(|number| format!("'10.{}.{}.0/24'", number / 256, number % 256));
        each.collect::<Vec<_>>().join(", ")
    };
    let terms: Vec<_> = (0..1001).map(|number| format!("country == '{}'", ["DE", "FR"][number % 2])).collect();
    let policy = |slug: &str, said: &str| {
        format!(
            "[[policy]]\nslug = '{slug}'\nstate = 'enabled'\nconditions.users.include_users = ['All']\n\
             conditions.applications.include_applications = ['payroll']\ngrant_controls.built_in_controls = ['mfa']\n{said}\n"
        )
    };
    let many = (0..600).map(|number| format!("'00000000-0000-4000-8000-{number:012}'")).collect::<Vec<_>>().join(", ");
    let text = [
        policy("unknown-field", "risk = 'high'"),
        policy("contradiction", "conditions.platforms = { include_platforms = ['ios'], exclude_platforms = ['ios'] }"),
        policy("unknown-app", "conditions.expression = \"app == 'ghost'\""),
        policy("unknown-place", "conditions.locations.include_locations = ['moon']"),
        policy("broken", "conditions.expression = \"country = 'DE'\""),
        policy("oversized", &format!("conditions.expression = \"{}\"", terms.join(" || "))),
        policy("unknown-ids", &format!("conditions.users.exclude_groups = [{many}]")),
        format!("[[named_location]]\nslug = 'wide'\nip_ranges = ['10.0.0.0/8', {}]\n", ranges(2001)),
        policy("two-controls", "").replace("['mfa']", "['mfa', 'block']"),
    ]
    .concat();
    let told = gateway.apply(&text).await.unwrap_err();
    let expected = [
        "7: unknown key `risk` in `[[policy]]`",
        "14: policy `contradiction`: `platforms`: excludes what is included by name",
        "21: policy `unknown-app`: `expression`: `app` is never `ghost`",
        "28: policy `unknown-place`: `include_locations`: there is no named location `moon`",
        "35: policy `broken`: `expression`: no CEL expression",
        "42: policy `oversized`: `expression`: longer than 2048 bytes",
        "49: policy `unknown-ids`: `exclude_groups`: there is no group `00000000-0000-4000-8000-000000000000`",
        "52: named location `wide`: `ip_ranges`: `10.0.0.0/8` must have a prefix",
        "52: named location `wide`: `ip_ranges`: has more than 2000 ranges",
        "58: policy `two-controls`: `built_in_controls`: `block` stands alone",
    ];
    for expected in expected {
        assert!(told.iter().any(|fault| fault.starts_with(expected)), "{expected} is missing in {told:#?}");
    }
    assert_eq!(told.len(), expected.len() + 599, "each unknown id is told: {told:#?}");
    assert_eq!(slugs(&gateway).await, Vec::<String>::new());
    assert_eq!(gateway.services.policies.current().revision, 0);
}

#[tokio::test]
async fn a_policy_of_more_than_a_thousand_terms_is_refused() {
    let gateway = Gateway::start().await;
    let guests = |count: usize| {
        (0..count).map(|number| format!("[[guest]]\nemail = 'g{number}@fabrikam.example'\n")).collect::<String>()
    };
    let named =
        |count: usize| (0..count).map(|number| format!("'g{number}@fabrikam.example'")).collect::<Vec<_>>().join(", ");
    let text = |count: usize| {
        format!(
            "{FILE}{}[[policy]]\nslug = 'p'\nstate = 'enabled'\nconditions.users.include_users = [{}]\n\
             conditions.applications.include_applications = ['payroll']\ngrant_controls.built_in_controls = ['mfa']\n",
            guests(count),
            named(count)
        )
    };
    let told = gateway.apply(&text(1000)).await.unwrap_err();
    let line = FILE.lines().count() + 2000;
    assert_eq!(told, [format!("{}: policy `p`: `conditions`: names 1001 values; 1000 at most", line + 4)]);
    gateway.apply(&text(999)).await.unwrap();
}

#[tokio::test]
async fn what_a_policy_names_cannot_be_pruned_away_from_it() {
    let gateway = Gateway::start().await;
    gateway.apply(&whole()).await.unwrap();
    let before = gateway.services.policies.current();
    let without_group =
        whole().replace("[[group]]\nslug = 'auditors'\nmembers = ['ana@fabrikam.example']\napps = ['payroll']\n", "");
    let told = gateway.apply_as(&without_group, Mode::Write, Pruning::Remove).await.unwrap_err();
    assert_eq!(
        told,
        [
            "31: policy `strong-at-finance`: `exclude_groups`: there is no group `auditors`",
            "34: policy `strong-at-finance`: `expression`: `user.groups` is never `auditors`: no group has this slug or \
             id",
        ]
    );
    let without_place = whole().replace("[[named_location]]\nslug = 'office'", "[[named_location]]\nslug = 'hut'");
    let told = gateway.apply_as(&without_place, Mode::Write, Pruning::Remove).await.unwrap_err();
    assert!(told[0].contains("there is no named location `office`"), "{told:?}");
    assert_eq!(gateway.services.policies.current().revision, before.revision);
    // Where the policy lets go of it in the same files, both go together.
    let let_go =
        without_group.replace(", exclude_groups = ['auditors']", "").replace("'auditors' in user.groups || ", "");
    let report = gateway.apply_as(&let_go, Mode::Write, Pruning::Remove).await.unwrap().to_string();
    assert!(report.contains("group `auditors` removed\n"), "{report}");
    assert!(report.contains("policy `strong-at-finance` changed: users, expression\n"), "{report}");
}

#[tokio::test]
async fn a_renamed_object_keeps_its_place_in_policies() {
    let gateway = Gateway::start().await;
    gateway.apply(&whole()).await.unwrap();
    let version = gateway.services.policies.current().set.version();
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let id = unit.list_groups().await.unwrap()[0].value.group.id;
    drop(unit);
    let renamed = FILE.replace("slug = 'auditors'", &format!("slug = 'reviewers'\nid = '{id}'"));
    let impostor = format!("{renamed}[[group]]\nslug = 'auditors'\n");
    gateway.apply(&impostor).await.unwrap();
    let policies = Policies::load(gateway.services.store.as_ref()).await.unwrap();
    assert_eq!(policies.current().set.version(), version, "a name that another took over means nobody else");
}

#[tokio::test]
async fn references_by_id_mean_the_same_objects() {
    let gateway = Gateway::start().await;
    gateway.apply(&whole()).await.unwrap();
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let group = unit.list_groups().await.unwrap()[0].value.group.id;
    let ana = unit.guest_by_mail_key("ana@fabrikam.example").await.unwrap().unwrap().value.guest.id;
    let place = unit.list_named_locations().await.unwrap()[0].value.id;
    drop(unit);
    let by_id = POLICIES
        .replace("exclude_users = ['ana@fabrikam.example']", &format!("exclude_users = ['{ana}']"))
        .replace("exclude_groups = ['auditors']", &format!("exclude_groups = ['{group}']"))
        .replace("exclude_locations = ['office']", &format!("exclude_locations = ['{place}']"));
    let report = gateway.apply(&by_id).await.unwrap();
    assert!(report.is_empty(), "{report}");
}

#[tokio::test]
async fn a_policy_that_reaches_everybody_is_applied_with_a_warning() {
    let gateway = Gateway::start().await;
    let everybody = "[[policy]]\nslug = 'all'\nstate = 'enabled'\nconditions.users.include_users = ['All']\n\
                     conditions.applications.include_applications = ['All']\ngrant_controls.built_in_controls = ['mfa']\n";
    let report = gateway.apply(everybody).await.unwrap();
    assert_eq!(report.warnings.len(), 1);
    assert!(report.warnings[0].starts_with("policy `all`: it is enforced for everybody at every app"), "{report}");
    let reported = everybody.replace("'enabled'", "'enabled_for_reporting_but_not_enforced'");
    assert_eq!(gateway.apply(&reported).await.unwrap().warnings, Vec::<String>::new());
}

#[tokio::test]
async fn another_node_decides_by_the_change_once_it_has_seen_the_revision() {
    let gateway = Gateway::start().await;
    let store = gateway.services.store.as_ref();
    let other = Policies::load(store).await.unwrap();
    gateway.apply(&whole()).await.unwrap();
    assert!(other.current().set.policies().is_empty());
    let seen = store.unit_of_work().await.unwrap().policy_revision().await.unwrap();
    assert_ne!(seen, other.current().revision);
    let loaded = other.reload(store).await.unwrap();
    assert_eq!((loaded.revision, loaded.set.policies().len()), (seen, 1));
    assert_eq!(loaded.set.version(), gateway.services.policies.current().set.version());
}

#[tokio::test]
async fn what_cannot_be_compiled_is_not_loaded_and_whoever_decides_is_told() {
    let gateway = Gateway::start().await;
    gateway.apply(&whole()).await.unwrap();
    let store = gateway.services.store.as_ref();
    let policies = &gateway.services.policies;
    let before = policies.current();
    // Another hand than apply: a policy about nobody, which would demand nothing of anybody.
    let mut unit = store.unit_of_work().await.unwrap();
    let mut policy = unit.list_policies().await.unwrap().remove(0).value;
    policy.conditions.users = Scope::NOTHING;
    unit.upsert_policy(&policy, Provenance::Applied).await.unwrap();
    unit.commit().await.unwrap();
    let told = policies.reload(store).await.map(drop).unwrap_err();
    assert!(
        matches!(&told, StoreError::Corrupt { table: "policies", row, .. } if row.contains("includes nothing")),
        "{told}"
    );
    assert!(Policies::load(store).await.is_err(), "no gateway starts on it");
    assert_eq!(policies.current().revision, before.revision);
    let seen = store.unit_of_work().await.unwrap().policy_revision().await.unwrap();
    assert_ne!(seen, before.revision, "who decides sees that the loaded ones are not those that are stored");
}

#[tokio::test]
async fn the_text_of_a_set_outlives_the_policies() {
    let gateway = Gateway::start().await;
    gateway.apply(&whole()).await.unwrap();
    let set = gateway.services.policies.current();
    gateway.apply_as("", Mode::Write, Pruning::Remove).await.unwrap();
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let text = unit.find_policy_set(set.set.version()).await.unwrap().unwrap();
    assert_eq!(text, set.set.canonical());
    assert!(text.contains("strong-at-finance"), "{text}");
}

/// Ana, an auditor of Fabrikam, at an app with a browser on Linux; the rest is left open.
fn question(app: &str) -> Question {
    Question {
        guest: "ana@fabrikam.example".to_owned(),
        app: app.to_owned(),
        platform: Platform::Linux,
        client_app_type: ClientAppType::Browser,
        ip: Given::NotGiven,
        country: Given::NotGiven,
        flow: Given::NotGiven,
        shown: Vec::new(),
    }
}

/// Another person and another app beside those of [`FILE`].
const MORE: &str = "\
[[guest]]
email = 'ben@fabrikam.example'
[[app]]
slug = 'travel'
[app.oidc]
client_id = 'travel'
public = true
redirect_uris = ['https://travel.contoso.example/callback']
[[app_group]]
slug = 'finance'
apps = ['payroll']
[[named_location]]
slug = 'office'
ip_ranges = ['192.0.2.0/24']
is_trusted = true
[[named_location]]
slug = 'germany'
countries_and_regions = ['DE']
";

/// A gateway with one policy, which says `said` beside its name.
async fn with_policy(said: &str) -> Gateway {
    with_policies(&[("p", said)]).await
}

async fn with_policies(policies: &[(&str, &str)]) -> Gateway {
    let gateway = Gateway::start().await;
    let policies: String = policies
        .iter()
        .map(|(slug, said)| format!("[[policy]]\nslug = '{slug}'\nstate = 'enabled'\n{}\n", said.replace("; ", "\n")))
        .collect();
    gateway.apply(&format!("{FILE}{MORE}{policies}")).await.unwrap();
    gateway
}

impl Gateway {
    /// `allow`, `step_up` or `refuse`, and the slugs of the policies that apply.
    async fn decided(&self, question: &Question) -> (&'static str, Vec<String>) {
        let answer = ask(&self.services, question, NOW).await.unwrap();
        (
            Verdict::of(&answer.decision).as_str(),
            answer.applying.iter().map(|(policy, _)| policy.slug.to_string()).collect(),
        )
    }

    async fn decides(&self, question: &Question) -> &'static str {
        self.decided(question).await.0
    }
}

fn ben(question: Question) -> Question {
    Question { guest: "ben@fabrikam.example".to_owned(), ..question }
}

const ALL_APPS: &str = "conditions.applications.include_applications = ['All']";
const BLOCK: &str = "grant_controls.built_in_controls = ['block']";

#[tokio::test]
async fn f61_a_policy_for_all_users_reaches_guests_and_excluding_beats_including() {
    let said =
        format!("conditions.users = {{ include_users = ['All'], exclude_groups = ['auditors'] }}; {ALL_APPS}; {BLOCK}");
    let gateway = with_policy(&said).await;
    assert_eq!(gateway.decides(&question("payroll")).await, "allow");
    assert_eq!(gateway.decides(&ben(question("payroll"))).await, "refuse");
}

#[tokio::test]
async fn f62_a_policy_for_a_kind_of_guest_of_one_partner_reaches_them_alone() {
    let of = |partner: &str| {
        format!(
            "conditions.users.include_guests_or_external_users = {{ guest_or_external_user_types = \
             ['b2b_collaboration_guest'], external_tenants = {{ membership_kind = 'enumerated', members = ['{partner}'] }} }}; \
             {ALL_APPS}; {BLOCK}"
        )
    };
    assert_eq!(with_policy(&of("fabrikam")).await.decides(&question("payroll")).await, "refuse");
    let member = of("fabrikam").replace("b2b_collaboration_guest", "b2b_collaboration_member");
    assert_eq!(with_policy(&member).await.decides(&question("payroll")).await, "allow");
}

#[tokio::test]
async fn f63_one_policy_that_blocks_is_enough() {
    let everybody = format!("conditions.users.include_users = ['All']; {ALL_APPS}");
    let session = format!("{everybody}; session_controls.sign_in_frequency = {{ type = 'hours', value = 4 }}");
    let gateway = with_policies(&[("a-open", &session), ("b-block", &format!("{everybody}; {BLOCK}"))]).await;
    let (decision, applying) = gateway.decided(&question("payroll")).await;
    assert_eq!((decision, applying), ("refuse", vec!["a-open".to_owned(), "b-block".to_owned()]));
}

#[tokio::test]
async fn f64_controls_are_joined_by_and_or_or() {
    let said = |operator: &str| {
        format!(
            "conditions.users.include_users = ['All']; {ALL_APPS}; grant_controls = {{ operator = '{operator}', \
             built_in_controls = ['mfa'], authentication_strength = 'phishing-resistant' }}"
        )
    };
    let code =
        Question { shown: ShownBefore::parse("here:software_oath").into_iter().collect(), ..question("payroll") };
    assert_eq!(with_policy(&said("OR")).await.decides(&code).await, "allow");
    let gateway = with_policy(&said("AND")).await;
    assert_eq!(gateway.decides(&code).await, "step_up");
    let passkey = Question { shown: ShownBefore::parse("here:fido2").into_iter().collect(), ..question("payroll") };
    assert_eq!(gateway.decides(&passkey).await, "allow");
}

#[tokio::test]
async fn f65_a_second_factor_is_asked_before_a_stronger_one_by_one_need() {
    let said = format!(
        "conditions.users.include_users = ['All']; {ALL_APPS}; grant_controls = {{ built_in_controls = ['mfa'], \
         authentication_strength = 'phishing-resistant' }}"
    );
    let answer = ask(&with_policy(&said).await.services, &question("payroll"), NOW).await.unwrap();
    let Decision::StepUp(need) = answer.decision else { panic!("{answer:?}") };
    let strengths: Vec<_> = need.clauses.iter().flat_map(|clause| &clause.strengths).collect();
    let names: Vec<_> = strengths.iter().map(|id| answer.names.of_strength(**id)).collect();
    assert_eq!(names, ["multifactor", "phishing-resistant"]);
}

#[tokio::test]
async fn f66_policies_stand_for_the_organisation_an_app_and_a_person() {
    let mfa = "grant_controls.built_in_controls = ['mfa']";
    let gateway = with_policies(&[
        ("organisation", &format!("conditions.users.include_users = ['All']; {ALL_APPS}; {mfa}")),
        (
            "app",
            &format!(
                "conditions.users.include_users = ['All']; conditions.applications.include_application_groups = \
                 ['finance']; {mfa}"
            ),
        ),
        ("person", &format!("conditions.users.include_users = ['ben@fabrikam.example']; {ALL_APPS}; {mfa}")),
    ])
    .await;
    let applying = async |question: Question| gateway.decided(&question).await.1;
    assert_eq!(applying(question("payroll")).await, ["app", "organisation"]);
    assert_eq!(applying(question("travel")).await, ["organisation"]);
    assert_eq!(applying(ben(question("travel"))).await, ["organisation", "person"]);
}

#[tokio::test]
async fn f67_places_platforms_and_clients_are_conditions() {
    let when = |condition: &str| format!("conditions.users.include_users = ['All']; {ALL_APPS}; {condition}; {BLOCK}");
    let at = |ip: &str| Question { ip: Given::Known(ip.parse::<IpAddr>().unwrap()), ..question("payroll") };
    let outside = "conditions.locations = { include_locations = ['All'], exclude_locations = ['AllTrusted'] }";
    let gateway = with_policy(&when(outside)).await;
    assert_eq!(gateway.decides(&at("192.0.2.7")).await, "allow");
    assert_eq!(gateway.decides(&at("198.51.100.1")).await, "refuse");
    assert_eq!(gateway.decides(&Question { ip: Given::Unknown, ..question("payroll") }).await, "refuse");
    let gateway = with_policy(&when("conditions.locations.include_locations = ['germany']")).await;
    assert_eq!(gateway.decides(&at("192.0.2.7")).await, "allow", "no register knows the country");
    assert_eq!(gateway.decides(&Question { country: Given::Unknown, ..question("payroll") }).await, "refuse");
    let gateway = with_policy(&when("conditions.platforms.include_platforms = ['ios']")).await;
    assert_eq!(gateway.decides(&question("payroll")).await, "allow");
    assert_eq!(gateway.decides(&Question { platform: Platform::Ios, ..question("payroll") }).await, "refuse");
    let gateway = with_policy(&when("conditions.client_app_types = ['browser']")).await;
    assert_eq!(gateway.decides(&question("payroll")).await, "refuse");
    let gateway = with_policy(&when("conditions.authentication_flows.transfer_methods = ['device_code_flow']")).await;
    assert_eq!(gateway.decides(&question("payroll")).await, "allow");
    let device = Question { flow: Given::Known(Flow::DeviceCodeFlow), ..question("payroll") };
    assert_eq!(gateway.decides(&device).await, "refuse");
}

#[tokio::test]
async fn f76_what_if_is_asked_of_stored_objects() {
    let gateway = with_policies(&[
        ("a-place", &format!("conditions.users.include_users = ['All']; {ALL_APPS}; conditions.locations.include_locations = ['office']; {BLOCK}")),
        ("b-group", &format!("conditions.users.include_groups = ['auditors']; {ALL_APPS}; grant_controls.built_in_controls = ['mfa']")),
        ("c-app", &format!("conditions.users.include_users = ['All']; conditions.applications.include_applications = ['travel']; {BLOCK}")),
    ])
    .await;
    let answer = ask(&gateway.services, &question("payroll"), NOW).await.unwrap();
    let applying: Vec<_> = answer
        .applying
        .iter()
        .map(|(policy, outcome)| format!("{}={}", policy.slug, outcome.as_str(policy.state)))
        .collect();
    let others: Vec<_> = answer
        .others
        .iter()
        .map(|(policy, condition, why)| format!("{} {} {}", policy.slug, condition.as_str(), why.as_str()))
        .collect();
    assert_eq!(applying, ["b-group=failure"]);
    assert_eq!(others, ["a-place locations not_given", "c-app applications not_included"]);
    assert!(matches!(answer.decision, Decision::StepUp(_)));
    assert_eq!(answer.version, gateway.services.policies.current().set.version());
    let nobody = Question { guest: "nobody@fabrikam.example".to_owned(), ..question("payroll") };
    let told = ask(&gateway.services, &nobody, NOW).await.unwrap_err().to_string();
    assert!(told.starts_with("no guest `nobody@fabrikam.example`"), "{told}");
    let told = ask(&gateway.services, &question("ghost"), NOW).await.unwrap_err().to_string();
    assert!(told.starts_with("no app `ghost`"), "{told}");
}
