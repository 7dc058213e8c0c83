//! `entente admin`, and roles in object files, as scripts see them.

use entente::domain::partners::PartnerKind;
use entente::domain::roles::Role;
use entente::flows::administrators::{Account, grant};
use serde_json::{Value, json};

use super::{OBJECTS, Site};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

const HOME: &str = "
[[partner]]
slug = \"contoso\"
kind = \"home\"
domains = [\"contoso.example\"]
enabled = true
[partner.oidc]
issuer = \"https://login.contoso.example\"
client_id = \"entente\"
client_secret = \"0123456789abcdef\"
";

fn roles(site: &Site) -> Vec<(String, String)> {
    let listed = site.json(&["admin", "list", "--json"]);
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    listed.as_array().unwrap().iter().map(|row| (text(row, "mail"), text(row, "role"))).collect()
}

fn activities(site: &Site) -> Vec<Value> {
    let listed = site.json(&["audit", "list", "--json"]);
    let rows = listed.as_array().unwrap().iter().rev();
    rows.map(|row| row["activity"].clone()).filter(|name| name.as_str().unwrap().starts_with("role_")).collect()
}

#[test]
fn the_first_administrator_is_made_at_the_command_line() {
    let site = Site::installed();
    assert_eq!(site.json(&["admin", "list", "--json"]), json!([]));
    let granted = site.json(&["admin", "grant", "Ana@fabrikam.example", "--json"]);
    assert_eq!(
        (&granted["role"], &granted["changed"], &granted["account"]),
        (&json!("global_administrator"), &json!(true), &json!("waiting"))
    );
    assert!(site.done(&["admin", "grant", "ana@fabrikam.example"]).contains("already"));
    site.done(&["admin", "grant", "ana@fabrikam.example", "--role", "reports_reader"]);
    let ana = |role: &str| ("ana@fabrikam.example".to_owned(), role.to_owned());
    assert_eq!(roles(&site), [ana("global_administrator"), ana("reports_reader")]);
    let gone = site.done(&["admin", "revoke", "ana@fabrikam.example"]);
    assert!(gone.contains("nobody is left"), "{gone}");
    assert!(site.done(&["admin", "revoke", "ana@fabrikam.example"]).contains("had no role"));
    assert_eq!(roles(&site), [ana("reports_reader")]);
    assert_eq!(activities(&site), ["role_granted", "role_granted", "role_revoked"]);
}

#[test]
fn an_address_without_an_account_waits_for_its_first_sign_in() {
    let site = Site::new();
    site.write("objects.toml", &format!("{OBJECTS}{HOME}"));
    site.done(&["apply", "objects.toml"]);
    let granted = site.json(&["admin", "grant", "olga@contoso.example", "--json"]);
    assert_eq!((&granted["changed"], &granted["account"]), (&json!(true), &json!("waiting")));
    let shown = site.json(&["guest", "show", "olga@contoso.example", "--json"]);
    assert_eq!((&shown["partner"], &shown["state"]), (&json!("contoso"), &json!("invited")));
    let nobody = site.json(&["admin", "grant", "eve@nowhere.example", "--json"]);
    assert_eq!(nobody["account"], "waiting_for_partner");
    // It is an account like others, which an object file may name.
    let named = format!("{OBJECTS}{HOME}[[guest]]\nemail = \"olga@contoso.example\"\nname = \"Olga\"\n");
    site.write("objects.toml", &named);
    let report = site.done(&["apply", "objects.toml"]);
    assert!(report.contains("guest `olga@contoso.example` changed: "), "{report}");
    assert!(roles(&site).contains(&("olga@contoso.example".to_owned(), "global_administrator".to_owned())));
    for name in ["olga", "00000000-0000-4000-8000-000000000000"] {
        assert!(site.refused(&["admin", "grant", name]).contains(&format!("no guest `{name}`")));
        assert!(site.refused(&["admin", "revoke", name]).contains(&format!("no guest `{name}`")));
    }
}

#[test]
fn an_object_file_gives_exactly_its_roles_or_leaves_them() {
    let site = Site::installed();
    let with = |roles: &str| OBJECTS.replace("apps = [\"payroll\"]", &format!("apps = [\"payroll\"]\nroles = {roles}"));
    let apply = |text: &str| {
        site.write("objects.toml", text);
        site.done(&["apply", "objects.toml"])
    };
    let report = apply(&with("[\"guest_inviter\", \"helpdesk_administrator\"]"));
    assert!(report.contains("guest `ana@fabrikam.example` changed: roles\n"), "{report}");
    assert_eq!(roles(&site).len(), 2);
    assert!(apply(OBJECTS).contains("0 added, 0 changed"), "without the key they stay");
    assert_eq!(roles(&site).len(), 2);
    apply(&with("[\"guest_inviter\"]"));
    assert_eq!(roles(&site), [("ana@fabrikam.example".to_owned(), "guest_inviter".to_owned())]);
    apply(&with("[]"));
    assert_eq!(roles(&site), []);
    assert_eq!(activities(&site), ["role_granted", "role_granted", "role_revoked", "role_revoked"]);
    site.write("objects.toml", &with("[\"emperor\"]"));
    assert!(site.refused(&["check", "objects.toml"]).contains("`roles`, `emperor`: is none of `global_administrator`"));
}

#[test]
fn an_app_shows_what_it_may_do() {
    let site = Site::new();
    let robot = "
[[app]]
slug = \"robot\"
permissions = [\"User.Invite.All\"]
delegated_permissions = [\"User.Read\", \"User.Read.All\"]
[app.oidc]
client_id = \"robot\"
client_secret = \"0123456789abcdef\"
redirect_uris = [\"https://robot.contoso.example/callback\"]
grant_types = [\"authorization_code\", \"client_credentials\"]
";
    site.write("objects.toml", &format!("{OBJECTS}{robot}"));
    site.done(&["apply", "objects.toml"]);
    let shown = site.json(&["app", "show", "robot", "--json"]);
    assert_eq!(shown["permissions"], json!(["User.Invite.All"]));
    assert_eq!(shown["delegated_permissions"], json!(["User.Read.All", "User.Read"]));
    site.write("objects.toml", &format!("{OBJECTS}{}", robot.replace("User.Invite.All", "Group.Read.All")));
    assert!(site.done(&["apply", "objects.toml"]).contains("app `robot` changed: permissions\n"));
}

#[test]
fn policies_that_shut_out_every_administrator_are_refused_unless_that_is_said() {
    let block = "
[[policy]]
slug = 'closed'
state = 'enabled'
conditions.users.include_users = ['All']
conditions.applications.include_applications = ['All']
grant_controls.built_in_controls = ['block']
";
    let site = Site::installed();
    site.write("objects.toml", &format!("{OBJECTS}{block}"));
    // Without an administrator there is nobody to shut out.
    assert!(site.done(&["apply", "objects.toml", "--dry-run"]).contains("policy `closed` would be added"));
    site.done(&["admin", "grant", "ana@fabrikam.example"]);
    for arguments in [&["apply", "objects.toml"][..], &["apply", "objects.toml", "--dry-run"]] {
        let reason = site.refused(arguments);
        assert!(reason.contains("(global_administrator: ana@fabrikam.example)"), "{reason}");
        assert!(reason.contains("--yes-lock-out"), "{reason}");
        assert_eq!(site.json(&["policy", "list", "--json"]), json!([]));
    }
    // One who is spared is enough, and so is a policy that is only reported.
    let spared = block.replace(
        "['All']\nconditions.app",
        "['All']\nconditions.users.exclude_users = ['ana@fabrikam.example']\nconditions.app",
    );
    site.write("spared.toml", &format!("{OBJECTS}{spared}"));
    site.done(&["apply", "spared.toml", "--dry-run"]);
    site.write(
        "reported.toml",
        &format!("{OBJECTS}{}", block.replace("'enabled'", "'enabled_for_reporting_but_not_enforced'")),
    );
    site.done(&["apply", "reported.toml", "--dry-run"]);
    site.done(&["apply", "objects.toml", "--yes-lock-out"]);
    // What is so already is not asked again.
    site.done(&["apply", "objects.toml"]);
}

#[test]
fn each_role_of_an_administrator_keeps_somebody_who_can_sign_in() {
    let block = |users: &str| {
        let policy = "
[[policy]]
slug = 'closed'
state = 'enabled'
conditions.applications.include_applications = ['All']
grant_controls.built_in_controls = ['block']
";
        format!("{OBJECTS}{policy}conditions.users = {users}\n")
    };
    let site = Site::installed();
    for (mail, role) in [
        ("ana@fabrikam.example", "global_administrator"),
        ("ben@fabrikam.example", "security_administrator"),
        ("cleo@fabrikam.example", "security_administrator"),
        ("dora@fabrikam.example", "reports_reader"),
    ] {
        site.done(&["admin", "grant", mail, "--role", role]);
    }
    let role = "{ include_roles = ['security_administrator'] }";
    site.write("role.toml", &block(role));
    let reason = site.refused(&["apply", "role.toml"]);
    assert!(reason.contains("(security_administrator: ben@fabrikam.example, cleo@fabrikam.example)"), "{reason}");
    // The twins: one of the role is spared, or has a role that is excluded; and readers may be kept out.
    for users in [
        "{ include_roles = ['security_administrator'], exclude_users = ['cleo@fabrikam.example'] }",
        "{ include_users = ['All'], exclude_roles = ['global_administrator', 'security_administrator'] }",
        "{ include_roles = ['reports_reader', 'guest_inviter'] }",
    ] {
        site.write("spared.toml", &block(users));
        site.done(&["apply", "spared.toml", "--dry-run"]);
    }
    site.write("wrong.toml", &block("{ include_roles = ['emperor'] }"));
    assert!(site.refused(&["apply", "wrong.toml"]).contains("`include_roles`: there is no role `emperor`"));
    site.done(&["apply", "role.toml", "--yes-lock-out"]);
    let asked = |mail: &str| {
        let case = ["policy", "what-if", "--guest", mail, "--app", "payroll", "--platform", "linux"];
        site.json(&[&case[..], &["--client-app", "browser", "--json"]].concat())["decision"].clone()
    };
    assert_eq!((asked("ben@fabrikam.example"), asked("dora@fabrikam.example")), (json!("refuse"), json!("allow")));
}

on_both_stores! {
    async fn whoever_is_bound_elsewhere_is_told_of_when_they_get_a_role(backend: Backend) {
        for (kind, expected) in [
            (PartnerKind::Partner, Account::BoundElsewhere { partner: "fabrikam".to_owned() }),
            (PartnerKind::Home, Account::Bound),
        ] {
            let gateway = Gateway::start_with(backend, |partner| partner.kind = kind).await;
            gateway.ana_signed_in().await;
            let granted = grant(&gateway.services, gateway.act(), "ana@fabrikam.example", Role::ReportsReader).await;
            assert_eq!(granted.unwrap().account, expected);
        }
    }
}
