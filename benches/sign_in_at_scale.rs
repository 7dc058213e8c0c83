//! Whether a sign-in, the start and the memory of the gateway grow with the number of partners, apps and
//! guests. The built program serves two databases, of ten and of 10,000 partners and apps, of 1,000 and of
//! 1,000,000 guests; this process is partner, app and browser.
//!
//! Printed: what a sign-in costs more with many than with few, the raw cryptography left in, through one
//! partner again and again and through another partner, app and guest each time; how long it takes until a
//! start with many has its listener; and resident memory. The two take turns in short rounds, and medians
//! are printed. Fails where a sign-in through the same partner costs 15 percent more. `ENTENTE_BENCH_ROUNDS` gives
//! another number of rounds. With `ENTENTE_BENCH_HOLDS` it prints the process of a gateway with many and does nothing
//! but sign-ins through another partner each time, until it is stopped.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench that cannot go on fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![allow(
    dead_code,
    unused_macros,
    unused_imports,
    missing_docs,
    reason = "shared with the tests, which use more of it"
)]

mod pairings;
mod peer;
#[path = "../tests/it/support/mod.rs"]
mod support;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use entente::base::clock::{Clock as _, SystemClock};
use entente::base::random::{SystemRandom, new_handle};
use entente::domain::apps::{AppId, AppProtocol};
use entente::domain::authentication::Identity;
use entente::domain::guests::Binding;
use entente::domain::mail::MailDomain;
use entente::domain::names::Slug;
use entente::domain::partners::{PartnerId, Trust};
use entente::domain::store::objects::Provenance;
use entente::store::open::open;
use support::client::Client;
use support::gateway::{PAYROLL_CALLBACK, PAYROLL_SECRET, address, guest};
use support::partner::{Partner, Person};

use peer::{Peer, median};

const PROGRAM: &str = env!("CARGO_BIN_EXE_entente");
const SIGN_INS: usize = 128;
const ROUNDS: usize = 15;
const IN_FLIGHT: usize = 8;
/// Guests that are written in one transaction.
const BATCH: usize = 5_000;
/// The most that a sign-in may cost with many, as a share of what it costs with few.
const LIMIT: f64 = 1.15;

/// How much there is.
#[derive(Debug, Clone, Copy)]
struct Size {
    partners: usize,
    guests: usize,
}

const FEW: Size = Size { partners: 10, guests: 1_000 };
const MANY: Size = Size { partners: 10_000, guests: 1_000_000 };

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
}

/// The gateway of a folder, which has `size`.
struct Site {
    _folder: tempfile::TempDir,
    peer: Arc<Peer>,
    size: Size,
    /// How long the start took. **Units**: seconds.
    started: f64,
}

impl Site {
    async fn start(size: Size) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let partner = Partner::fabrikam();
        write(folder.path(), &partner);
        let applied =
            Command::new(PROGRAM).args(["apply", "objects.toml"]).current_dir(folder.path()).output().unwrap();
        assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
        fill(folder.path(), size).await;
        let began = Instant::now();
        let (child, url) = serve(folder.path());
        let started = began.elapsed().as_secs_f64();
        Self { _folder: folder, peer: Arc::new(Peer::around(child, &url, partner)), size, started }
    }
}

fn write(folder: &Path, partner: &Partner) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = format!(
        "public_url = 'http://localhost:{port}'\nlisten = '127.0.0.1:{port}'\n[organization]\nname = 'Contoso'\n\
         id = '11111111-0000-4000-8000-000000000001'\ndomain = 'contoso.example'\n[database]\n\
         url = 'sqlite://entente.db'\n[secrets]\nkey = {{ file = 'secret.key' }}\n[limits]\n\
         authorize = 1000000\nacs = 1000000\ntoken = 1000000\n"
    );
    let objects = format!(
        "[[partner]]\nslug = 'fabrikam'\nname = 'Fabrikam'\nenabled = true\nadmission = 'anyone'\n\
         domains = ['fabrikam.example']\n[partner.saml]\nmetadata = 'fabrikam.xml'\n[[app]]\nslug = 'payroll'\n\
         name = 'Payroll'\nassignment = 'everyone'\n[app.oidc]\nclient_id = 'payroll'\n\
         client_secret = '{PAYROLL_SECRET}'\nredirect_uris = ['{PAYROLL_CALLBACK}']\n"
    );
    for (name, content) in [("entente.toml", config), ("objects.toml", objects), ("fabrikam.xml", partner.metadata())] {
        std::fs::write(folder.join(name), content).unwrap();
    }
}

/// Partners like the one that was applied, whose key they share; apps like the one that was applied; and
/// guests, the first of whom belong to the partners one by one.
async fn fill(folder: &Path, size: Size) {
    let store = open(&format!("sqlite://{}", folder.join("entente.db").display()), "bench").await.unwrap().store;
    let mut unit = store.unit_of_work().await.unwrap();
    let partner = unit.list_partners().await.unwrap().remove(0).value;
    let app = unit.list_apps().await.unwrap().remove(0).value;
    let now = SystemClock.now();
    let mut owners = Vec::new();
    for number in 0..size.partners {
        let mut partner = partner.clone();
        partner.id = PartnerId::new(now, &SystemRandom);
        partner.slug = Slug::parse(&format!("partner-{number}")).unwrap();
        partner.handle = new_handle(&SystemRandom);
        partner.domains = vec![MailDomain::parse(&format!("partner-{number}.example")).unwrap().into()];
        let Trust::Saml(trust) = &mut partner.trust else { panic!("not SAML") };
        trust.entity_id = entity_id(number);
        trust.metadata =
            trust.metadata.take().map(|text| text.replace(&Partner::fabrikam().entity_id, &trust.entity_id));
        unit.insert_partner(&partner, Provenance::Applied).await.unwrap();
        owners.push(partner.id);
        let mut app = app.clone();
        app.id = AppId::new(now, &SystemRandom);
        app.slug = Slug::parse(&format!("app-{number}")).unwrap();
        app.sector = app.id.to_string();
        let AppProtocol::Oidc(oidc) = &mut app.protocol else { panic!("not OIDC") };
        oidc.client_id = format!("app-{number}");
        oidc.confidentiality = entente::domain::apps::Confidentiality::Public;
        unit.insert_app(&app, Provenance::Applied).await.unwrap();
    }
    unit.commit().await.unwrap();
    for first in (0..size.guests).step_by(BATCH) {
        let mut unit = store.unit_of_work().await.unwrap();
        for number in first..(first + BATCH).min(size.guests) {
            let home = number % size.partners;
            let mut guest = guest(&format!("p{number}@partner-{home}.example"), None);
            let subject = if number < size.partners { "person".to_owned() } else { format!("person-{number}") };
            guest.binding =
                Binding::Accepted { partner: owners[home], identity: Identity { issuer: entity_id(home), subject } };
            unit.insert_guest(&guest, Provenance::SignIn).await.unwrap();
        }
        unit.commit().await.unwrap();
    }
}

fn entity_id(number: usize) -> String {
    format!("https://idp.partner-{number}.example/saml")
}

/// Starts the program and waits until it says where it listens.
#[expect(clippy::zombie_processes, reason = "the caller stops it")]
fn serve(folder: &Path) -> (Child, String) {
    let mut child = Command::new(PROGRAM)
        .arg("serve")
        .current_dir(folder)
        .env("RUST_LOG", "entente::cli=info")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    loop {
        let before = said.len();
        assert_ne!(log.read_line(&mut said).unwrap(), 0, "the gateway does not start: {said}");
        if let Some((_, url)) = said[before..].split_once("public_url=") {
            let url = url.trim().trim_matches('"').to_owned();
            // What it writes later goes nowhere, and must not fill the pipe.
            std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
            return (child, url);
        }
    }
}

/// Through whom people sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Through one partner to one app, one person.
    Same,
    /// Through another partner to another app, another person, each time.
    Other,
}

async fn sign_in(site: &Site, way: Way, number: usize, client: &mut Client) {
    client.cookies.clear();
    let peer = &site.peer;
    let number = if way == Way::Same { 0 } else { number % site.size.partners };
    let (app, hint) = (format!("app-{number}"), format!("partner-{number}"));
    let params = [
        ("client_id", app.as_str()),
        ("redirect_uri", PAYROLL_CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile email"),
        ("state", "s"),
        ("code_challenge", support::gateway::CHALLENGE),
        ("code_challenge_method", "S256"),
        ("domain_hint", hint.as_str()),
    ];
    let page = client.get(&address("/oidc/authorize", &params)).await;
    let request = Peer::asked(&page);
    let person = Person::new("person", &format!("p{number}@partner-{number}.example"), "Ana", "Almeida");
    let mut answer = peer.answer(&request, &person);
    answer.response.issuer = entity_id(number);
    answer.assertion.as_mut().unwrap().issuer = entity_id(number);
    let page = peer.post(client, &request, &answer.post(&peer.partner)).await;
    assert_eq!(page.status, 303, "{}", page.body);
    let code = page.param("code").unwrap_or_else(|| panic!("{}", page.location()));
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", app.as_str()),
        ("code", code.as_str()),
        ("redirect_uri", PAYROLL_CALLBACK),
        ("code_verifier", support::gateway::VERIFIER),
    ];
    let page = client.post("/oidc/token", &form).await;
    assert_eq!(page.status, 200, "{}", page.body);
}

/// CPU of one sign-in, in microseconds.
async fn run(site: &Arc<Site>, way: Way, from: usize) -> f64 {
    let before = site.peer.cpu_us();
    let tasks: Vec<_> = (0..IN_FLIGHT)
        .map(|task| {
            let site = site.clone();
            tokio::spawn(async move {
                let mut client = Client::new(&site.peer.url);
                for number in (task..SIGN_INS).step_by(IN_FLIGHT) {
                    sign_in(&site, way, from + number, &mut client).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    (site.peer.cpu_us() - before) / SIGN_INS as f64
}

async fn measure() {
    if peer::holds().is_some() {
        let many = Arc::new(Site::start(MANY).await);
        println!("process {}", many.peer.pid());
        for round in 0.. {
            println!("{:.0} us of CPU", run(&many, Way::Other, round * SIGN_INS).await);
        }
    }
    let few = Arc::new(Site::start(FEW).await);
    let many = Arc::new(Site::start(MANY).await);
    println!("start with {} partners and {} guests: {:.2} s of 1", MANY.partners, MANY.guests, many.started);
    println!("  (with {} and {}: {:.2} s)", FEW.partners, FEW.guests, few.started);
    for site in [&few, &many] {
        for round in 0..4 {
            run(site, Way::Same, round).await;
        }
    }
    let mut worst = 0.0;
    for (way, name) in [(Way::Same, "through the same partner"), (Way::Other, "through another each time")] {
        let (mut shares, mut each) = (Vec::new(), Vec::new());
        for round in 0..peer::rounds(ROUNDS) {
            let least = run(&few, way, round * SIGN_INS).await;
            let most = run(&many, way, round * SIGN_INS).await;
            shares.push(most / least);
            each.push(most);
        }
        let share = median(&mut shares);
        println!("a sign-in {name:<26} {share:.2} of that with few (1.15), {:.0} us", median(&mut each));
        if way == Way::Same {
            worst = share;
        }
    }
    println!("resident memory with many {:.1} MiB of 100", many.peer.resident_kb() as f64 / 1024.0);
    for site in [few, many] {
        let Ok(site) = Arc::try_unwrap(site) else { panic!("a task is left") };
        Arc::try_unwrap(site.peer).ok().unwrap().kill();
    }
    if worst > LIMIT {
        std::process::exit(1);
    }
}
