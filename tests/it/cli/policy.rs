//! `entente policy`, and policies in object files, as scripts see them.

use serde_json::{Value, json};

use super::{OBJECTS, Site, text};

const POLICIES: &str = "
[[named_location]]
slug = 'office'
ip_ranges = ['192.0.2.0/24']
is_trusted = true
[[policy]]
slug = 'mfa-for-payroll'
display_name = 'MFA for payroll'
state = 'enabled'
conditions.users.include_users = ['All']
conditions.applications.include_applications = ['payroll']
grant_controls.built_in_controls = ['mfa']
[[policy]]
slug = 'office-only'
state = 'enabled_for_reporting_but_not_enforced'
conditions.users = { include_users = ['All'], exclude_users = ['ana@fabrikam.example'] }
conditions.applications.include_applications = ['All']
conditions.locations = { include_locations = ['All'], exclude_locations = ['office'] }
grant_controls.built_in_controls = ['block']
";

const CASES: &str = "
[[case]]
name = 'ana needs a second factor'
guest = 'ana@fabrikam.example'
app = 'payroll'
platform = 'linux'
client_app_type = 'browser'
ip = '198.51.100.1'
[case.expect]
decision = 'step_up'
applying = ['mfa-for-payroll=failure']
not_applying = ['office-only=users']
[[case]]
name = 'a code is enough'
guest = 'ana@fabrikam.example'
app = 'payroll'
platform = 'linux'
client_app_type = 'browser'
shown = ['here:software_oath@60']
expect = { decision = 'allow' }
";

fn site() -> Site {
    let site = Site::new();
    site.write("objects.toml", &format!("{OBJECTS}{POLICIES}"));
    site.write("cases.toml", CASES);
    site
}

const ASKED: [&str; 10] = [
    "policy",
    "what-if",
    "--guest",
    "ana@fabrikam.example",
    "--app",
    "payroll",
    "--platform",
    "linux",
    "--client-app",
    "browser",
];

#[test]
fn policies_are_applied_listed_and_shown() {
    let site = site();
    assert!(site.done(&["check", "objects.toml"]).starts_with("no faults"));
    assert!(site.done(&["apply", "objects.toml"]).contains("policy `mfa-for-payroll` added"));
    let list = site.json(&["policy", "list", "--json"]);
    assert_eq!(list[0]["slug"], "mfa-for-payroll");
    assert_eq!((&list[0]["grant_controls"], &list[1]["grant_controls"]), (&json!("mfa"), &json!("block")));
    let shown = site.json(&["policy", "show", "office-only", "--json"]);
    assert_eq!(shown["exclude_users"], json!(["ana@fabrikam.example"]));
    assert_eq!(shown["exclude_locations"], json!(["office"]));
    assert_eq!(shown["state"], "enabled_for_reporting_but_not_enforced");
    assert!(site.done(&["policy", "show", "mfa-for-payroll"]).contains("include applications  payroll"));
    assert!(site.refused(&["policy", "show", "ghost"]).starts_with("entente: no policy `ghost`"));
    let audit = site.json(&["audit", "list", "--activity", "object_added", "--json"]);
    let kinds: Vec<_> = audit.as_array().unwrap().iter().filter(|entry| entry["details"]["kind"] == "policy").collect();
    assert_eq!(kinds.len(), 2);
}

#[test]
fn faults_of_policies_are_told_by_check_and_apply_and_change_nothing() {
    let site = site();
    let faulty = POLICIES.replace("['mfa']", "['mfa', 'block']").replace("['payroll']", "['payrol']");
    let faulty = faulty.replace("exclude_locations = ['office']", "exclude_locations = ['hut'], nearby = true");
    site.write("objects.toml", &format!("{OBJECTS}{faulty}"));
    for arguments in [&["check", "objects.toml"], &["apply", "objects.toml"]] {
        let reason = site.refused(arguments);
        for expected in ["there is no app `payrol`", "no named location `hut`", "unknown key `nearby`"] {
            assert!(reason.contains(expected), "{arguments:?} lacks {expected}: {reason}");
        }
        assert!(site.is_untouched());
    }
}

#[test]
fn f76_what_if_tells_the_policies_and_the_decision() {
    let site = site();
    site.done(&["apply", "objects.toml"]);
    let answer = site.json(&[&ASKED[..], &["--json"]].concat());
    assert_eq!(answer["decision"], "step_up");
    assert_eq!(answer["applying"][0]["slug"], "mfa-for-payroll");
    assert_eq!(answer["applying"][0]["result"], "failure");
    assert_eq!(
        answer["not_applying"][0],
        json!({
            "slug": "office-only",
            "state": "enabled_for_reporting_but_not_enforced",
            "condition": "users",
            "why": "excluded",
        })
    );
    let shown = site.done(&[&ASKED[..], &["--shown", "here:fido2@10", "--ip", "unknown"]].concat());
    assert!(shown.starts_with("decision: allow\n"), "{shown}");
    assert!(shown.contains("policies that apply\n") && shown.contains("policies that do not apply"), "{shown}");
    let unknown = [&ASKED[..3], &["nobody@fabrikam.example"], &ASKED[4..]].concat();
    assert!(site.refused(&unknown).starts_with("entente: no guest `nobody@fabrikam.example`"));
    assert_eq!(site.run(&ASKED[..8]).status.code(), Some(2), "the client app is always said");
}

#[test]
fn cases_run_on_what_is_stored_and_on_files_alone() {
    let site = site();
    let on_files = ["policy", "test", "cases.toml", "--objects", "objects.toml"];
    assert_eq!(site.done(&on_files), "2 passed, 0 failed\n");
    assert!(site.is_untouched());
    site.done(&["apply", "objects.toml"]);
    assert_eq!(site.done(&["policy", "test", "cases.toml"]), "2 passed, 0 failed\n");

    let wrong = CASES.replace("decision = 'step_up'", "decision = 'refuse'").replace("=users'", "=locations'");
    site.write("cases.toml", &wrong);
    let output = site.run(&["policy", "test", "cases.toml"]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), "1 passed, 1 failed\n"));
    let reason = text(&output.stderr);
    assert_eq!(
        reason,
        "ana needs a second factor: failed: expected `refuse`, found `step_up`; expected `office-only=locations` not \
         to apply; it does not, by `users`\n"
    );
    let output = site.run(&["policy", "test", "cases.toml", "--json"]);
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&value["passed"], &value["failed"]), (&json!(1), &json!(1)));
    assert_eq!(value["cases"][0]["name"], "ana needs a second factor");

    site.write("cases.toml", &CASES.replace("app = 'payroll'", "ap = 'payroll'"));
    assert!(site.refused(&["policy", "test", "cases.toml"]).contains("cases.toml:5: unknown key `ap`"));
    site.write("cases.toml", CASES);
    site.write("objects.toml", "[[policy]]\nslug = 'x'\n");
    assert!(site.refused(&on_files).starts_with("objects.toml:1: "));
}

#[test]
fn impact_and_history_are_told() {
    let site = site();
    site.done(&["apply", "objects.toml"]);
    let impact = site.json(&["policy", "impact", "--json"]);
    assert_eq!(
        impact[0],
        json!({
            "slug": "office-only", "success": 0, "failure": 0, "user_action_required": 0, "not_applied": 0,
        })
    );
    let history = site.json(&["policy", "history", "--json"]);
    let version = history[0]["version"].as_str().unwrap();
    let told = site.json(&[&ASKED[..], &["--json"]].concat());
    let versions: Vec<_> = history.as_array().unwrap().iter().map(|past| &past["version"]).collect();
    assert!(versions.contains(&&told["policy_version"]), "{history}");
    assert!(site.done(&["policy", "history", version]).starts_with("policy set 1\n"));
    assert!(site.refused(&["policy", "history", "12"]).contains("64 hex digits"));
    assert!(site.refused(&["policy", "history", &"0".repeat(64)]).contains("no policy set of version"));
}

#[test]
fn a_file_of_countries_that_cannot_be_used_stops_the_start() {
    let site = site();
    let config = std::fs::read_to_string(site.path("entente.toml")).unwrap();
    site.write("entente.toml", &format!("{config}[countries]\nfile = 'countries.mmdb'\n"));
    site.write("countries.mmdb", "no database");
    assert!(site.refused(&["serve"]).contains("`countries.file`: `countries.mmdb` is no database of MaxMind's format"));
    assert!(site.refused(&["check"]).contains("`countries.file`: `countries.mmdb` is no database"));
}
