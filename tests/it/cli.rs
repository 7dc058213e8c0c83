//! The command line as scripts see it: the built program, its exit codes, output and signals.

mod admin;
mod claims;
mod invite;
mod policy;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::time::Duration;

use entente::saml::messages::authn_request::read;
use serde_json::{Value, json};

use crate::support::keys::START;
use crate::support::partner::{Partner, Person, Request};
use crate::support::stores::Place;

const PROGRAM: &str = env!("CARGO_BIN_EXE_entente");
const PUBLIC_URL: &str = "http://localhost:18080";
/// How long a socket may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

const OBJECTS: &str = r#"
[[app]]
slug = "payroll"
name = "Payroll"
enabled = true
[app.oidc]
client_id = "payroll"
public = true
redirect_uris = ["http://localhost:1/callback"]
[[guest]]
email = "ana@fabrikam.example"
apps = ["payroll"]
[[partner]]
slug = "fabrikam"
name = "Fabrikam"
domains = ["fabrikam.example"]
enabled = true
[partner.saml]
metadata = "fabrikam.xml"
"#;

/// An installation in a folder of its own.
pub struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    pub fn new() -> Self {
        let site = Self { folder: Place::Memory.folder() };
        site.write(
            "entente.toml",
            &format!(
                r#"
public_url = "{PUBLIC_URL}"
listen = "127.0.0.1:0"
[organization]
id = "11111111-0000-4000-8000-000000000001"
name = "Contoso"
domain = "contoso.example"
[database]
url = "sqlite://data/entente.db"
[secrets]
key = {{ file = "data/secret.key" }}
"#
            ),
        );
        site.write("objects.toml", OBJECTS);
        site.write("fabrikam.xml", &Partner::fabrikam().metadata());
        site
    }

    /// With the objects applied.
    pub fn installed() -> Self {
        let site = Self::new();
        site.done(&["apply", "objects.toml"]);
        site
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(self.folder.path()).env_clear().env("USER", "olga");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).stdin(Stdio::null()).output().unwrap()
    }

    /// What is printed by a command that is done.
    pub fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(arguments)).unwrap()
    }

    /// The reason that is given by a command that is refused.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stdout));
        text(&output.stderr)
    }

    fn is_untouched(&self) -> bool {
        !self.path("data").exists()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn tls_files_that_cannot_be_read_are_told_and_nothing_is_installed() {
    let site = Site::new();
    let config = std::fs::read_to_string(site.path("entente.toml")).unwrap();
    let config = config.replace(PUBLIC_URL, "https://gate.example");
    site.write("entente.toml", &format!("{config}[tls]\ncertificate = \"no.pem\"\nkey = {{ file = \"no.key\" }}\n"));
    assert!(site.refused(&["check"]).starts_with("tls: `no.pem` cannot be read: "));
    assert!(site.refused(&["serve"]).contains("`no.pem` cannot be read: "));
    assert!(site.is_untouched());
}

#[test]
fn an_empty_folder_is_no_set_of_object_files() {
    let site = Site::installed();
    std::fs::create_dir(site.path("empty")).unwrap();
    for arguments in [&["check", "empty"] as &[&str], &["apply", "empty"], &["apply", "empty", "--prune"]] {
        assert!(site.refused(arguments).starts_with("empty/*.toml:1: cannot be read: "), "{arguments:?}");
    }
    assert!(site.done(&["partner", "list"]).contains("fabrikam"));
}

#[test]
fn wrong_usage_exits_with_2() {
    let site = Site::new();
    for arguments in [&[] as &[&str], &["sell"], &["audit", "show", "12"], &["explain", "--partner", "x", "message"]] {
        assert_eq!(site.run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_configuration_with_faults_lists_all_of_them_and_changes_nothing() {
    let site = Site::new();
    site.write("entente.toml", "public_url = \"http://gate.example\"\ncolour = \"blue\"\n");
    for command in ["check", "serve", "audit"] {
        let arguments: &[&str] = if command == "audit" { &["audit", "list"] } else { &[command] };
        let reason = site.refused(arguments);
        for expected in ["entente.toml:1:", "entente.toml:2:", "organization", "database", "secrets"] {
            assert!(reason.contains(expected), "{command} lacks {expected}: {reason}");
        }
    }
    assert!(site.is_untouched());
}

#[test]
fn object_files_with_faults_list_all_of_them_and_change_nothing() {
    let site = Site::new();
    let faulty = OBJECTS.replace("http://localhost:1/callback", "javascript:alert(1)").replace("name =", "nmae =");
    site.write("objects.toml", &faulty);
    for arguments in [&["check", "objects.toml"], &["apply", "objects.toml"]] {
        let reason = site.refused(arguments);
        assert!(reason.lines().count() > 2 && reason.contains("objects.toml:4:"), "{arguments:?}: {reason}");
        assert!(site.is_untouched());
    }
}

#[test]
fn a_dry_run_and_a_check_install_nothing() {
    let site = Site::new();
    assert!(site.done(&["check"]).contains("nothing is installed"));
    assert!(site.done(&["check", "objects.toml"]).starts_with("no faults"));
    assert!(site.done(&["apply", "objects.toml", "--dry-run"]).contains("would be added"));
    assert!(site.refused(&["partner", "list"]).contains("nothing is installed"));
    assert!(site.is_untouched());
}

#[test]
fn what_was_applied_is_listed_shown_and_switched_by_the_operator() {
    let site = Site::installed();
    assert!(site.done(&["check", "objects.toml"]).starts_with("no faults"));
    let again = site.json(&["apply", "objects.toml", "--json"]);
    assert_eq!((&again["objects"], &again["unchanged"]), (&Value::Array(vec![]), &Value::from(3)));
    assert_eq!(site.json(&["partner", "list", "--json"])[0]["entity_id"], "https://idp.fabrikam.example/saml");
    assert_eq!(site.json(&["app", "show", "payroll", "--json"])["client_id"], "payroll");
    assert_eq!(site.json(&["guest", "show", "Ana@fabrikam.example", "--json"])["apps"][0], "payroll");
    assert_eq!(site.json(&["group", "list", "--json"]), Value::Array(vec![]));
    assert_eq!(site.json(&["keys", "list", "--json"]).as_array().map(Vec::len), Some(5));
    assert_eq!(site.done(&["partner", "disable", "fabrikam"]), "partner `fabrikam` is disabled\n");
    assert_eq!(site.done(&["partner", "disable", "fabrikam"]), "partner `fabrikam` was disabled already\n");
    assert_eq!(site.done(&["guest", "block", "ana@fabrikam.example"]), "guest `ana@fabrikam.example` is blocked\n");
    let audit = site.json(&["audit", "list", "--partner", "fabrikam", "--activity", "object_changed", "--json"]);
    assert_eq!(audit.as_array().map(Vec::len), Some(1));
    assert_eq!((&audit[0]["actor"], &audit[0]["details"]["switch"]), (&"operator:olga".into(), &"disabled".into()));
}

/// Answers one request after the other with these, each a status and a body.
fn answer_all(listener: TcpListener, answers: Vec<(u16, String)>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = BufReader::new(stream.try_clone().unwrap()).lines();
            while head.next().is_some_and(|line| !line.unwrap().is_empty()) {}
            let length = body.len();
            let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    })
}

#[test]
fn metadata_at_an_address_is_fetched_by_hand() {
    let site = Site::installed();
    let told = site.refused(&["partner", "refresh", "fabrikam"]);
    assert!(told.contains("its metadata has no address; apply a newer file"), "{told}");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/metadata", listener.local_addr().unwrap());
    let document = Partner::fabrikam().metadata();
    let moved = document.replace("/sso", "/other");
    let answers = vec![(200, document.clone()), (200, document), (200, moved), (500, String::new())];
    let serving = answer_all(listener, answers);
    site.write("objects.toml", &OBJECTS.replace("metadata = \"fabrikam.xml\"", &format!("metadata_url = \"{url}\"")));
    let report = site.done(&["apply", "objects.toml"]);
    assert!(report.starts_with("partner `fabrikam` changed: metadata"), "{report}");
    let refresh = ["partner", "refresh", "fabrikam"];
    assert_eq!(site.done(&refresh), "partner `fabrikam`: nothing is new\n");
    let json = site.json(&["partner", "refresh", "fabrikam", "--json"]);
    assert_eq!((&json["outcome"], &json["fields"]), (&json!("changed"), &json!(["single_sign_on"])));
    let told = site.refused(&refresh);
    let expected = format!("nothing is taken, what was good last stays: `{url}` answers with status 500");
    assert!(told.contains(&expected), "{told}");
    let shown = site.json(&["partner", "show", "fabrikam", "--json"]);
    assert_eq!((&shown["metadata_url"], &shown["metadata_failures"]), (&json!(url), &json!(1)));
    assert!(shown["metadata_fault"].as_str().is_some_and(|fault| fault.starts_with("metadata_no_answer: ")));
    serving.join().unwrap();
}

#[test]
fn what_does_not_exist_is_told() {
    let site = Site::installed();
    for arguments in [
        ["partner", "show", "woodgrove"],
        ["app", "enable", "woodgrove"],
        ["guest", "revoke", "ben@fabrikam.example"],
        ["group", "show", "woodgrove"],
        ["audit", "show", "11111111-0000-4000-8000-000000000001"],
    ] {
        let reason = site.refused(&arguments);
        assert!(reason.starts_with("entente: no "), "{arguments:?}: {reason}");
    }
}

#[test]
fn a_key_that_is_missing_beside_a_database_is_not_made_anew() {
    let site = Site::installed();
    let key = site.path("data/secret.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    for arguments in [&["serve"] as &[&str], &["apply", "objects.toml"], &["app", "list"]] {
        let reason = site.refused(arguments);
        assert!(reason.contains("is missing, and the database is not empty"), "{arguments:?}: {reason}");
        assert!(!key.exists());
    }
    std::fs::write(&key, "another secret, long enough to be one").unwrap();
    assert!(site.refused(&["app", "list"]).contains("does not open this database"));
    std::fs::write(&key, kept).unwrap();
    site.done(&["app", "list"]);
}

#[test]
fn a_pinned_value_that_was_changed_is_refused() {
    let site = Site::installed();
    let config = std::fs::read_to_string(site.path("entente.toml")).unwrap();
    site.write("entente.toml", &config.replace("contoso.example", "other.example"));
    assert!(site.refused(&["serve"]).contains("`organization.domain` is pinned to `contoso.example`"));
    assert!(site.refused(&["check"]).contains("`organization.domain` is pinned"));
}

/// A response of the partner to the request `_asked`, for the entity ID `audience`.
fn captured(audience: &str) -> String {
    let request = format!(
        r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_asked" Version="2.0" IssueInstant="{START}" AssertionConsumerServiceURL="{PUBLIC_URL}/saml/sp/acs"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{PUBLIC_URL}/saml/sp</saml:Issuer></samlp:AuthnRequest>"#
    );
    let request = Request { asked: read::read(request.as_bytes()).unwrap(), relay_state: String::new() };
    let partner = Partner::fabrikam();
    partner.answer(&request, &Person::ana(), audience, START).post(&partner)
}

#[test]
fn a_captured_response_is_explained_and_spends_nothing() {
    let site = Site::installed();
    let at = START.to_string();
    let explain = ["explain", "--partner", "fabrikam", "--at", &at];
    site.write("good.txt", &captured(&format!("{PUBLIC_URL}/saml/sp")));
    for _ in 0..2 {
        let good = site.done(&[&explain[..], &["--request-id", "_asked", "good.txt"]].concat());
        assert!(good.contains("passed  audience") && good.ends_with("have passed\n"), "{good}");
    }
    let unasked = site.json(&[&explain[..], &["--json", "good.txt"]].concat());
    let judged = |name: &str| {
        let checks = unasked["checks"].as_array().unwrap().iter();
        checks.clone().find(|check| check["name"] == name).map(|check| check["outcome"].clone())
    };
    assert_eq!(unasked["accepted"], true);
    assert_eq!(judged("response_in_response_to"), Some("not_judged".into()));
    assert_eq!(judged("signature"), Some("passed".into()));

    site.write("other.txt", &captured("https://other.example/sp"));
    let output = site.run(&[&explain[..], &["--json", "--request-id", "_asked", "other.txt"]].concat());
    let other: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!((&other["code"], &other["cause"]), (&"SAML_RESPONSE_REFUSED".into(), &"audience_not_ours".into()));
    assert!(other["advice"].as_str().unwrap().contains(&format!("{PUBLIC_URL}/saml/sp")));
    assert_eq!(site.json(&["audit", "list", "--activity", "sign_in_refused", "--json"]), Value::Array(vec![]));
}

#[test]
fn a_captured_response_is_read_from_standard_input() {
    let site = Site::installed();
    let at = START.to_string();
    let mut child = site
        .command(&["explain", "--partner", "fabrikam", "--at", &at, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let message = captured(&format!("{PUBLIC_URL}/saml/sp"));
    child.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

/// A serving process, killed when the test ends.
struct Serving {
    child: Child,
    log: BufReader<ChildStderr>,
    address: SocketAddr,
}

impl Serving {
    fn start(site: &Site) -> Self {
        let mut child = site.command(&["serve"]).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut serving = Self { child, log, address: SocketAddr::from(([0, 0, 0, 0], 0)) };
        let line = serving.line_with("serving");
        let (_, rest) = line.split_once("address=").unwrap();
        serving.address = rest.split_whitespace().next().unwrap().parse().unwrap();
        serving
    }

    /// Reads the log to the first line with `word`; the log ends where the process does.
    fn line_with(&mut self, word: &str) -> String {
        let mut line = String::new();
        let mut seen = String::new();
        while self.log.read_line(&mut line).unwrap() > 0 {
            if line.contains(word) {
                return line;
            }
            seen.push_str(&line);
            line.clear();
        }
        panic!("the log ended without `{word}`: {seen}");
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    fn signal(&self, name: &str) {
        let told = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    text(&bytes)
}

#[test]
fn a_stopped_gateway_finishes_what_is_under_way_and_exits_with_0() {
    let site = Site::new();
    let mut serving = Serving::start(&site);
    let mut ready = serving.connect();
    ready.write_all(b"GET /health/ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    assert!(answer(&mut ready).starts_with("HTTP/1.1 200 "));

    let mut under_way = serving.connect();
    let head = "POST /oidc/token HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n\
                content-type: application/x-www-form-urlencoded\r\ncontent-length: 10\r\n\r\n";
    under_way.write_all(head.as_bytes()).unwrap();
    // The interim answer shows that the body is being waited for.
    let mut interim = [0; 25];
    under_way.read_exact(&mut interim).unwrap();
    assert_eq!(text(&interim), "HTTP/1.1 100 Continue\r\n\r\n");
    serving.signal("TERM");
    serving.line_with("draining");
    under_way.write_all(b"grant_type").unwrap();
    let refused = answer(&mut under_way);
    assert!(refused.starts_with("HTTP/1.1 4") && refused.contains("\"error\""), "{refused}");
    serving.line_with("stopped");
    assert_eq!(serving.child.wait().unwrap().code(), Some(0));
    assert!(TcpStream::connect(serving.address).is_err());
}

#[test]
fn a_hangup_without_tls_changes_nothing() {
    let site = Site::new();
    let mut serving = Serving::start(&site);
    serving.signal("HUP");
    serving.line_with("there is none");
    serving.signal("INT");
    serving.line_with("stopped");
    assert_eq!(serving.child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_demo_signs_in_and_its_audit_tells_the_whole_sign_in() {
    let site = Site::new();
    let ports = free_ports().to_string();
    let signs_in = || -> Vec<Value> {
        let lines = site.done(&["demo", "--sign-in", "--folder", "demo", "--port-base", &ports]);
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let config = site.path("demo/entente.toml");
    let at_demo = |arguments: &[&str]| site.done(&[arguments, &["--config", &config.to_string_lossy()]].concat());
    let entries = |activity: &str| -> Value {
        serde_json::from_str(&at_demo(&["audit", "list", "--activity", activity, "--json"])).unwrap()
    };
    // At first the factor is enrolled; in the folder that is used again it is passed.
    for (activity, count) in [("factor_enrolled", 1), ("factor_passed", 2)] {
        let lines = signs_in();
        let told: Vec<_> = lines.iter().map(|line| (&line["claims"]["aud"], &line["claims"]["acr"])).collect();
        let (none, mfa) = (&Value::Null, &json!("https://refeds.org/profile/mfa"));
        let wiki = &json!("https://wiki.contoso.example/saml");
        let password = &json!("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport");
        let oidc = [(&json!("payroll"), none), (&json!("travel"), none), (&json!("approvals"), mfa)];
        assert_eq!((&told[..3], told[3]), (&oidc[..], (wiki, password)));
        assert_eq!((lines[3]["partner"].as_str(), lines[3]["app"].as_str()), (Some("saml"), Some("saml")));
        assert_eq!(lines[3]["claims"]["idp"], json!("https://idp.fabrikam.example/saml"));
        let others = [("oidc", "wen@woodgrove.example"), ("saml", "wen@woodgrove.example")];
        let members = [("oidc", "cara@contoso.example"), ("saml", "cara@contoso.example")];
        for (line, (app, mail)) in lines[4..].iter().zip(others.into_iter().chain(members)) {
            assert_eq!((line["partner"].as_str(), line["app"].as_str()), (Some("oidc"), Some(app)));
            assert_eq!(line["claims"]["email"], json!(mail));
        }
        assert_eq!((&lines[4]["claims"]["acct"], &lines[6]["claims"]["acct"]), (&json!(1), &json!(0)));
        assert_eq!(lines.len(), 8);
        assert_eq!(lines[2]["claims"]["amr"], json!(["pwd", "otp", "mfa"]));
        assert_eq!(entries(activity).as_array().unwrap().len(), count, "{activity}");
    }
    let entries = entries("sign_in");
    let attempt = entries[5]["attempt"].as_str().unwrap();
    let timeline = at_demo(&["audit", "show", attempt]);
    for expected in ["asked     by app `", "sent      to partner `fabrikam`", "passed  audience", "redeemed  app `"] {
        assert!(timeline.contains(expected), "lacks `{expected}`:\n{timeline}");
    }
}

#[test]
fn a_machine_without_root_certificates_is_no_hindrance() {
    let site = Site::installed();
    let bare = |arguments: &[&str]| {
        let mut command = site.command(arguments);
        command.env("SSL_CERT_FILE", "/dev/null").env("SSL_CERT_DIR", "/nonexistent").stdin(Stdio::null());
        command.output().unwrap()
    };
    for arguments in [&["partner", "list"][..], &["check"], &["apply", "objects.toml"]] {
        let output = bare(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn an_id_token_is_judged_by_the_documents_that_are_kept() {
    let site = Site::installed();
    site.write(
        "woodgrove.toml",
        "[[partner]]\nslug = 'woodgrove'\n[partner.oidc]\nissuer = 'http://localhost:1'\nclient_id = 'c'\n\
         client_secret = 's'\n",
    );
    site.done(&["apply", "woodgrove.toml"]);
    site.write("token", "a.b.c");
    let explain = ["explain", "--partner", "woodgrove", "--at", "2026-11-20T09:30:00Z", "token"];
    let output = site.run(&[&explain[..], &["--json", "--nonce", "n"]].concat());
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!((&told["accepted"], &told["cause"]), (&false.into(), &"provider_unknown".into()), "none are kept yet");
    let told = site.refused(&[&explain[..], &["--request-id", "_1"]].concat());
    assert!(told.contains("name `--nonce`"), "{told}");
    let told =
        site.refused(&["explain", "--partner", "fabrikam", "--at", "2026-11-20T09:30:00Z", "--nonce", "n", "token"]);
    assert!(told.contains("name `--request-id`"), "{told}");
    let both = site.run(&[&explain[..], &["--request-id", "_1", "--nonce", "n"]].concat());
    assert_eq!(both.status.code(), Some(2), "{}", text(&both.stderr));
    let shown = site.done(&["partner", "show", "woodgrove"]);
    assert!(shown.contains(&format!("{PUBLIC_URL}/oidc/rp/callback/")), "{shown}");
    assert!(!shown.contains("client secret"), "{shown}");
}

/// The first of seven ports that are free at this moment.
fn free_ports() -> u16 {
    let is_free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let seed = u16::try_from(std::process::id() % 2_000).unwrap() * 10;
    let first = (0..500).map(|step| 30_000 + (seed + step * 10) % 20_000);
    first.clone().find(|first| (*first..*first + 8).all(|port| is_free(&port))).unwrap()
}

#[test]
fn applying_writes_only_where_the_configuration_says() {
    let site = Site::installed();
    let names = |path: &Path| {
        let mut names: Vec<String> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(site.folder.path()), ["data", "entente.toml", "fabrikam.xml", "objects.toml"]);
}
