//! Whether what is done with guests grows with their number, on SQLite in a file with `synchronous=FULL`: an
//! invitation, a search by the beginning of a name and of an address, a page of 100 in the middle of the list,
//! and reading, judging and taking a file of 2,000 rows. And what memory an export takes, by the length of the audit.
//!
//! Printed: processor time with 1,000,000 guests as a share of that with 1,000, beside an empty transaction in the
//! same run; the file in seconds; peaks of the built program's memory. The two take turns, and medians are
//! printed; `ENTENTE_BENCH_ROUNDS` gives another number of rounds. Fails where a share is above its limit.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench that cannot go on fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![allow(
    dead_code,
    unused_macros,
    unused_imports,
    missing_docs,
    reason = "shared with the tests, which use more of it"
)]

mod peer;
#[path = "../tests/it/support/mod.rs"]
mod support;

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use entente::base::clock::{Clock as _, SystemClock};
use entente::base::random::SystemRandom;
use entente::domain::audit::{Activity, Actor, AuditEntry, AuditId};
use entente::domain::authentication::Identity;
use entente::domain::filters::{Filter, Literal, Operator};
use entente::domain::guests::{Binding, GuestId};
use entente::domain::invitations::wish::WishTexts;
use entente::domain::people::{Direction, Order, Place};
use entente::domain::permissions::Caller;
use entente::domain::store::objects::Provenance;
use entente::flows::bulk::take::{judge, take};
use entente::flows::directory::listing::{Listing, Property, list};
use entente::flows::invite::invite;
use entente::store::open::open;
use support::gateway::{Gateway, guest};
use support::stores::Backend;

use peer::median;

/// As the gateway's own binary has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PROGRAM: &str = env!("CARGO_BIN_EXE_entente");
const FEW: usize = 1_000;
const MANY: usize = 1_000_000;
/// Guests that are written in one transaction.
const BATCH: usize = 5_000;
const ROUNDS: usize = 21;
/// Acts of one kind in a round.
const ACTS: usize = 32;
const ROWS: usize = 2_000;
/// Entries of the audit that are exported.
const ENTRIES: [usize; 2] = [10_000, 200_000];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
}

fn operator() -> Caller {
    Caller::Operator("bench".to_owned())
}

fn name(number: usize) -> String {
    format!("{:06}", number * 7_919 % MANY)
}

/// A gateway and how many guests it was filled with.
struct Site {
    gateway: Gateway,
    guests: usize,
    /// The account in the middle of the list.
    middle: GuestId,
}

impl Site {
    /// The name of one of its guests.
    fn guest(&self, number: usize) -> String {
        name(number % self.guests * (MANY / self.guests))
    }
}

async fn filled(guests: usize) -> Site {
    let gateway = Gateway::start_on(Backend::Sqlite, Arc::new(SystemClock), |_| {}).await;
    let mut middle = gateway.ana;
    for first in (0..guests).step_by(BATCH) {
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        for number in first..(first + BATCH).min(guests) {
            // Names are spread over the alphabet, and those of few over that of many.
            let name = name(number * (MANY / guests));
            let mut guest = guest(&format!("g{name}@fabrikam.example"), None);
            guest.display_name = Some(format!("N{name} Almeida"));
            guest.binding = Binding::Accepted {
                partner: gateway.partner_id,
                identity: Identity { issuer: gateway.partner.entity_id.clone(), subject: format!("person-{number}") },
            };
            unit.insert_guest(&guest, Provenance::SignIn).await.unwrap();
            if number == guests / 2 {
                middle = guest.id;
            }
        }
        unit.commit().await.unwrap();
    }
    Site { gateway, guests, middle }
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Invite,
    SearchMail,
    SearchName,
    Page,
    PageByName,
    Empty,
}

/// What is measured, what it is called, and what its share may be.
const ACTS_MEASURED: [(Act, &str, f64); 6] = [
    (Act::Invite, "an invitation", 1.15),
    (Act::SearchMail, "a search by address", 2.0),
    (Act::SearchName, "a search by name", 2.0),
    (Act::Page, "a page of 100", 2.0),
    // Its accounts lie all over the table, so each is a page of the database.
    (Act::PageByName, "a page of 100 by name", f64::INFINITY),
    (Act::Empty, "an empty transaction", f64::INFINITY),
];

async fn act(site: &Site, act: Act, number: usize) {
    let gateway = &site.gateway;
    let services = &gateway.services;
    match act {
        Act::Invite => {
            let address = format!("new{}@fabrikam.example", name(number));
            let texts = WishTexts { address: &address, redirect_url: "https://wiki.example/", ..WishTexts::default() };
            let wish = texts.read(&services.settings.public_url).unwrap();
            assert!(invite(services, &operator(), &wish).await.unwrap().link.is_some());
        }
        Act::SearchMail => search(gateway, Property::Mail, format!("g{}", site.guest(number))).await,
        Act::SearchName => search(gateway, Property::DisplayName, format!("n{}", site.guest(number))).await,
        Act::Page => page(gateway, None, Place { key: String::new(), id: site.middle }).await,
        Act::PageByName => {
            let order = Some((Order::Name, Direction::Ascending));
            page(gateway, order, Place { key: format!("n{}", name(number % 100)), id: gateway.ana }).await;
        }
        Act::Empty => {
            let mut unit = services.store.unit_of_work().await.unwrap();
            unit.touch_partner(gateway.partner_id).await.unwrap();
            unit.commit().await.unwrap();
        }
    }
}

/// Reads a page that is full.
async fn page(gateway: &Gateway, order: Option<(Order, Direction)>, after: Place) {
    let listing = Listing { filter: None, order, after: Some(after), top: 100, counts: false };
    assert_eq!(list(&gateway.services, &operator(), &listing).await.unwrap().items.len(), 100);
}

/// Finds one account by how its name or address begins.
async fn search(gateway: &Gateway, property: Property, begins: String) {
    let values = vec![Literal::Text(begins)];
    let filter = Filter::Of { property, operator: Operator::Begins, values };
    let listing = Listing { filter: Some(filter), order: None, after: None, top: 10, counts: false };
    assert_eq!(list(&gateway.services, &operator(), &listing).await.unwrap().items.len(), 1);
}

/// User and system time of this process, all threads. **Units**: microseconds.
fn cpu_us() -> f64 {
    let used = |task: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap_or_default();
        text.split(' ').next().and_then(|field| field.parse::<u64>().ok()).unwrap_or(0)
    };
    std::fs::read_dir("/proc/self/task").unwrap().map(used).sum::<u64>() as f64 / 1_000.0
}

async fn run(site: &Site, what: Act, from: usize) -> f64 {
    let before = cpu_us();
    for number in 0..ACTS {
        act(site, what, from + number).await;
    }
    (cpu_us() - before) / ACTS as f64
}

/// How long a file takes until it is acknowledged. **Units**: seconds.
async fn file(gateway: &Gateway, round: usize) -> f64 {
    let rows: String = (0..ROWS).map(|row| format!("r{round}-{row}@fabrikam.example,R {row}\r\n")).collect();
    let text = format!("Email,DisplayName\r\n{rows}");
    let began = Instant::now();
    let judged = judge(&gateway.services, &operator(), text.as_bytes()).await.unwrap();
    assert_eq!(judged.good(), ROWS);
    take(&gateway.services, &operator(), "guests.csv", text.as_bytes()).await.unwrap();
    began.elapsed().as_secs_f64()
}

async fn measure() {
    let (few, many) = (filled(FEW).await, filled(MANY).await);
    let mut failed = false;
    for (what, name, limit) in ACTS_MEASURED {
        let (mut shares, mut each, mut least) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=peer::rounds(ROUNDS) {
            let with_few = run(&few, what, round * ACTS).await;
            let with_many = run(&many, what, round * ACTS).await;
            if round > 0 {
                shares.push(with_many / with_few);
                least.push(with_few);
                each.push(with_many);
            }
        }
        let share = median(&mut shares);
        println!(
            "{name:<22} {share:>5.2} of that with {FEW} ({limit}): {:.0} us to {:.0} us",
            median(&mut least),
            median(&mut each)
        );
        failed |= share > limit;
    }
    for site in [&few, &many] {
        let mut seconds = Vec::new();
        for round in 0..5 {
            seconds.push(file(&site.gateway, round).await);
        }
        println!("a file of {ROWS} rows, judged and taken: {:.3} s of 0.5", median(&mut seconds));
        failed |= median(&mut seconds) > 0.5;
    }
    let mut peaks = Vec::new();
    for entries in ENTRIES {
        peaks.push(export(entries).await);
    }
    println!("an export of {} entries takes {:.1} MB, of {} {:.1} MB", ENTRIES[0], peaks[0], ENTRIES[1], peaks[1]);
    failed |= peaks[1] > 1.5 * peaks[0];
    if failed {
        std::process::exit(1);
    }
}

/// The most memory that the built program takes to export so many entries. **Units**: MB.
async fn export(entries: usize) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let config = "public_url = 'http://localhost:8080'\nlisten = '127.0.0.1:8080'\n[organization]\nname = 'Contoso'\n\
                  id = '11111111-0000-4000-8000-000000000001'\ndomain = 'contoso.example'\n[database]\n\
                  url = 'sqlite://entente.db'\n[secrets]\nkey = { file = 'secret.key' }\n";
    std::fs::write(folder.path().join("entente.toml"), config).unwrap();
    std::fs::write(folder.path().join("objects.toml"), "").unwrap();
    let applied = Command::new(PROGRAM).args(["apply", "objects.toml"]).current_dir(folder.path()).output().unwrap();
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    write_audit(folder.path(), entries).await;
    let mut child = Command::new(PROGRAM)
        .args(["audit", "export", "--kind", "directory"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut out, mut buffer) = (child.stdout.take().unwrap(), vec![0_u8; 1 << 16]);
    let (mut lines, mut peak) = (0, 0.0);
    loop {
        let read = out.read(&mut buffer).unwrap();
        if read == 0 {
            break;
        }
        lines += buffer[..read].iter().filter(|byte| **byte == b'\n').count();
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let found = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|kb| kb.parse::<f64>().ok());
        peak = found.unwrap_or(peak);
    }
    assert!(child.wait().unwrap().success() && lines >= entries, "{lines} lines");
    peak / 1024.0
}

async fn write_audit(folder: &Path, entries: usize) {
    let store = open(&format!("sqlite://{}", folder.join("entente.db").display()), "bench").await.unwrap().store;
    for first in (0..entries).step_by(BATCH) {
        let mut unit = store.unit_of_work().await.unwrap();
        for _ in first..(first + BATCH).min(entries) {
            let now = SystemClock.now();
            let id = AuditId::new(now, &SystemRandom);
            let mut entry = AuditEntry::new(id, now, Activity::GuestInvited, Actor::Operator("bench".to_owned()));
            entry.details.push(("account", "made".to_owned()));
            unit.append_audit(&entry).await.unwrap();
        }
        unit.commit().await.unwrap();
    }
}
