//! `entente audit verify` and `audit heads`, as scripts see them.

use crate::cli::Site;

fn database(site: &Site) -> rusqlite::Connection {
    rusqlite::Connection::open(site.path("data/entente.db")).unwrap()
}

#[test]
fn f96_verify_says_that_the_audit_holds_and_where_it_does_not() {
    let site = Site::installed();
    site.done(&["guest", "block", "ana@fabrikam.example"]);
    let said = site.done(&["audit", "verify"]);
    assert!(said.starts_with("the audit holds: "), "{said}");
    let json = site.json(&["audit", "verify", "--json"]);
    assert_eq!((&json["holds"], &json["faults"]), (&true.into(), &0.into()));
    assert!(json["entries"].as_u64().unwrap() > 5 && json["heads"].as_u64().unwrap() > 1, "{json}");

    let kept = site.done(&["audit", "heads"]);
    site.write("heads.jsonl", &kept);
    assert!(site.done(&["audit", "verify", "--against", "heads.jsonl"]).contains(" kept elsewhere"));
    assert_eq!(site.done(&["audit", "heads", "--after", "1"]), kept.split_once('\n').unwrap().1);

    let (node, sequence): (String, i64) = database(&site)
        .query_row("select node, sequence from audit where activity = 'guest_changed'", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    database(&site).execute("update audit set actor = 'system' where activity = 'guest_changed'", []).unwrap();
    let reason = site.refused(&["audit", "verify"]);
    let place = format!("entry {sequence} of node `{node}` was changed: its column `actor`");
    assert!(reason.contains("the audit does not hold") && reason.contains(&place), "{reason}");
    let output = site.run(&["audit", "verify", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&json["holds"], &json["told"][0]["fault"]), (&false.into(), &"altered".into()));
    assert_eq!((&json["told"][0]["node"], &json["told"][0]["sequence"]), (&node.as_str().into(), &sequence.into()));
}

#[test]
fn a_command_that_is_wiped_out_is_found_by_the_heads_that_were_kept() {
    let site = Site::installed();
    site.done(&["guest", "block", "ana@fabrikam.example"]);
    site.write("heads.jsonl", &site.done(&["audit", "heads"]));
    let node: String = database(&site)
        .query_row("select node from audit where activity = 'guest_changed'", [], |row| row.get(0))
        .unwrap();
    for table in ["audit", "audit_heads"] {
        database(&site).execute(&format!("delete from {table} where node = ?1"), [&node]).unwrap();
    }
    site.done(&["audit", "verify"]);
    let reason = site.refused(&["audit", "verify", "--against", "heads.jsonl"]);
    assert!(reason.contains(&node), "{reason}");
    // A head that was signed since has taken the place of the one that was wiped out.
    site.done(&["guest", "unblock", "ana@fabrikam.example"]);
    assert!(site.refused(&["audit", "verify", "--against", "heads.jsonl"]).contains("another one is"));
}

#[test]
fn a_file_that_has_no_heads_is_refused() {
    let site = Site::installed();
    for (text, expected) in [
        ("", "there is no head in it"),
        ("{}\n", "head 1 is no line of `entente audit heads`"),
        (&"x".repeat(10_000), "head 1 is no line of `entente audit heads`"),
    ] {
        site.write("heads.jsonl", text);
        let reason = site.refused(&["audit", "verify", "--against", "heads.jsonl"]);
        assert!(reason.contains(expected), "{reason}");
    }
    assert!(site.refused(&["audit", "verify", "--against", "nowhere"]).contains("nowhere"));
}
