//! `entente invite` and `entente guest`, as scripts see them.

use serde_json::json;

use super::{PUBLIC_URL, Site};

const APP: &str = "https://app.example/start";

fn invited(site: &Site, address: &str) -> serde_json::Value {
    site.json(&["invite", address, "--redirect", APP, "--json"])
}

#[test]
fn f01_somebody_is_invited_and_the_link_is_printed() {
    let site = Site::installed();
    let first = site.json(&[
        "invite",
        "zoe@adatum.example",
        "--redirect",
        APP,
        "--name",
        "Zoe",
        "--language",
        "de",
        "--message",
        "Hello",
        "--cc",
        "otto@contoso.example",
        "--app",
        "payroll",
        "--sponsor",
        "ana@fabrikam.example",
        "--member",
        "--json",
    ]);
    assert_eq!((&first["status"], &first["account"]), (&json!("PendingAcceptance"), &json!("made")));
    assert_eq!(first["user_principal_name"], "zoe_adatum.example#EXT#@contoso.example");
    assert!(first["link"].as_str().unwrap().starts_with(&format!("{PUBLIC_URL}/redeem?ticket=")));
    let shown = site.json(&["guest", "show", "zoe@adatum.example", "--json"]);
    assert_eq!((&shown["state"], &shown["user_type"]), (&json!("invited"), &json!("member")));
    assert_eq!((&shown["display_name"], &shown["apps"]), (&json!("Zoe"), &json!([])));
    let sponsors = site.json(&["guest", "sponsors", "zoe@adatum.example", "--json"]);
    assert_eq!(sponsors[0]["kind"], "guest");
    let again = invited(&site, "zoe@adatum.example");
    assert_eq!((&again["id"], &again["account"]), (&first["id"], &json!("known")));
    let audit = site.done(&["audit", "list", "--activity", "guest_invited"]);
    assert_eq!(audit.lines().filter(|line| line.contains("operator:olga")).count(), 2, "{audit}");
}

#[test]
fn f02_what_is_wrong_is_told_with_its_code() {
    let site = Site::installed();
    for (arguments, code) in [
        (&["a+b@adatum.example", "--redirect", APP] as &[&str], "EMAIL_CHARS"),
        (&["adatum.example", "--redirect", APP], "EMAIL_INVALID"),
        (&["zoe@contoso.example", "--redirect", APP], "OWN_DOMAIN"),
        (&["zoe@adatum.example", "--redirect", "http://app.example"], "REDIRECT_URL_INVALID"),
        (&["zoe@adatum.example", "--redirect", APP, "--cc", "a@x.example", "--cc", "b@x.example"], "CC_TOO_MANY"),
        (&["zoe@adatum.example", "--redirect", APP, "--app", "sales"], "no app `sales`"),
        (&["zoe@adatum.example", "--redirect", APP, "--group", "sales"], "no group `sales`"),
        (&["zoe@adatum.example", "--redirect", APP, "--sponsor", "sales"], "no account or group `sales`"),
    ] {
        let reason = site.refused(&[&["invite"] as &[&str], arguments].concat());
        assert!(reason.contains(code), "{arguments:?}: {reason}");
    }
    assert_eq!(site.run(&["invite", "zoe@adatum.example"]).status.code(), Some(2));
    assert!(!site.done(&["guest", "list"]).contains("zoe"));
}

#[test]
fn f42_f43_f84_accounts_are_removed_restored_reset_and_gone() {
    let site = Site::installed();
    let first = invited(&site, "zoe@adatum.example");
    let resent = site.json(&["guest", "resend", "zoe@adatum.example", "--json"]);
    assert_eq!(resent["id"], first["id"]);
    let reset = site.json(&["guest", "reset", "zoe@adatum.example", "--address", "zoe@woodgrove.example", "--json"]);
    assert_eq!((&reset["id"], &reset["mail"]), (&first["id"], &json!("zoe@woodgrove.example")));
    let removed = site.done(&["guest", "delete", "zoe@woodgrove.example"]);
    assert!(removed.contains("`entente guest restore "), "{removed}");
    assert!(!site.done(&["guest", "list"]).contains("zoe@"));
    let listed = site.json(&["guest", "deleted", "--json"]);
    assert_eq!((&listed[0]["id"], &listed[0]["deleted_by"]), (&first["id"], &json!("operator:olga")));
    let id = first["id"].as_str().unwrap();
    assert_eq!(site.json(&["guest", "show", id, "--json"])["state"], "deleted");
    site.done(&["guest", "restore", "zoe@woodgrove.example"]);
    assert!(site.done(&["guest", "list"]).contains("zoe@woodgrove.example"));
    assert!(site.refused(&["guest", "purge", id]).contains("NOT_REMOVED"));
    site.done(&["guest", "delete", id]);
    site.done(&["guest", "purge", id]);
    assert!(site.refused(&["guest", "restore", id]).contains("GUEST_UNKNOWN"));
    // What happened stays to be read.
    let audit = site.done(&["audit", "list", "--guest", id]);
    for activity in ["guest_invited", "redemption_reset", "guest_deleted", "guest_restored", "guest_purged"] {
        assert!(audit.contains(activity), "{activity}: {audit}");
    }
}

#[test]
fn f25_consumer_addresses_are_refused_by_the_list_that_is_set() {
    let site = Site::installed();
    invited(&site, "zoe@gmail.com");
    site.write("settings.toml", "[collaboration]\nallow_consumer_domains = false\n");
    site.done(&["apply", "settings.toml"]);
    for address in ["yan@gmail.com", "yan@Hotmail.com", "yan@comcast.net"] {
        let reason = site.refused(&["invite", address, "--redirect", APP]);
        assert!(reason.contains("CONSUMER_ADDRESS_REFUSED"), "{reason}");
    }
    invited(&site, "yan@adatum.example");
    let config = std::fs::read_to_string(site.path("entente.toml")).unwrap();
    site.write("entente.toml", &format!("{config}[invitations]\nconsumer_domains = \"list.txt\"\n"));
    site.write("list.txt", "# ours\nadatum.example\n");
    invited(&site, "yan@gmail.com");
    assert!(site.refused(&["invite", "zoe@adatum.example", "--redirect", APP]).contains("CONSUMER_ADDRESS_REFUSED"));
    site.write("list.txt", "adatum.example\nno domain\n");
    let reason = site.refused(&["invite", "x@adatum.example", "--redirect", APP]);
    assert!(reason.contains("list.txt`: line 2: not a mail domain"), "{reason}");
}
