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

#[test]
fn f97_logs_are_exported_as_json_lines_and_as_csv_without_formulas() {
    let site = Site::installed();
    site.done(&["guest", "block", "ana@fabrikam.example"]);
    let lines = site.done(&["audit", "export", "--kind", "directory"]);
    let rows: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let blocked = rows.iter().find(|row| row["activity"] == "guest_changed").unwrap();
    assert_eq!(blocked["activityDisplayName"], "Update user");
    assert_eq!(blocked["initiatedBy"]["user"]["displayName"], "olga");
    assert_eq!(blocked["targetResources"][0]["type"], "User");
    assert_eq!(blocked.get("correlationId"), None);

    database(&site).execute("update apps set name = '=cmd|'' /C calc''!A0, \"x\"' where slug = 'payroll'", []).unwrap();
    let csv = site.done(&["audit", "export", "--kind", "directory", "--format", "csv", "--activity", "object_added"]);
    let (head, body) = csv.split_once("\r\n").unwrap();
    assert!(head.starts_with("id,activityDateTime,category,"), "{head}");
    assert!(body.ends_with("\r\n") && body.contains("object_added"), "{body}");
    let sign_ins = site.done(&["audit", "export", "--kind", "sign-ins", "--format", "csv"]);
    assert!(sign_ins.starts_with("id,createdDateTime,userId,") && sign_ins.lines().count() == 1);

    for (arguments, expected) in [
        (&["--kind", "directory", "--category", "Nothing"][..], "no category `Nothing`"),
        (&["--kind", "directory", "--activity", "sign_in"], "no activity `sign_in` in this log"),
        (&["--kind", "sign-ins", "--category", "UserManagement"], "filter of the other log"),
        (&["--kind", "sign-ins", "--service", "Partners"], "filter of the other log"),
        (&["--kind", "directory", "--status", "interrupted"], "filter of the other log"),
        (&["--kind", "directory", "--service", "Nothing"], "no service `Nothing`"),
        (&["--kind", "sign-ins", "--app", "nothing"], "no app"),
        (&["--kind", "sign-ins", "--user", "nobody@x.example"], "no guest"),
    ] {
        let reason = site.refused(&[&["audit", "export"], arguments].concat());
        assert!(reason.contains(expected), "{reason}");
    }
    for wrong in
        [&["--kind", "other"][..], &["--kind", "sign-ins", "--ip", "x"], &["--kind", "sign-ins", "--client-app", "x"]]
    {
        assert_eq!(site.run(&[&["audit", "export"], wrong].concat()).status.code(), Some(2));
    }
}

#[test]
fn f98_reports_are_printed_for_people_and_for_programs() {
    let site = Site::installed();
    let active = site.json(&["report", "monthly-active", "--month", "2026-10", "--json"]);
    assert_eq!(active["active_guests"], 0);
    assert!(site.done(&["report", "monthly-active"]).contains("active guests"));
    let partners = site.json(&["report", "partners", "--month", "2026-10", "--json"]);
    assert_eq!(partners, serde_json::json!({ "month": "2026-10", "is_whole": true, "lines": [] }));
    assert!(site.done(&["report", "partners"]).starts_with("PARTNER"));
    let waiting = site.json(&["report", "never-redeemed", "--json"]);
    assert_eq!(waiting[0]["mail"], "ana@fabrikam.example");
    assert!(site.done(&["report", "never-redeemed"]).contains("ana@fabrikam.example"));
    assert_eq!(site.json(&["report", "unused", "--json"]), serde_json::json!([]));
    assert!(site.done(&["report", "unused", "--days", "1"]).starts_with("ID"));
    for wrong in [&["monthly-active", "--month", "2026-13"][..], &["unused", "--days", "0"]] {
        assert_eq!(site.run(&[&["report"], wrong].concat()).status.code(), Some(2));
    }
}
