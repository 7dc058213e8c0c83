//! The least that a sign-in can cost a server: three bare HTTP exchanges of the same sizes, two synced
//! transactions of one row and the raw cryptography (two RSA-2048 signatures and one verification),
//! without a gateway behind them.
//!
//! The cryptography is timed here, and not in a loop of its own, because it takes longer in a server at
//! work than on an idle machine: caches are shared and the clock rate falls. It is counted as all else is,
//! in CPU of its thread, and as a mean: every so many signatures one pays for new blinding.

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::{get, post};
use entente::keys::public::PublicKey;
use entente::keys::signing::SignatureAlgorithm::RsaSha256;
use entente::keys::signing::SigningKey;
use rusqlite::Connection;
use rustix::time::{ClockId, clock_gettime};

/// About the sizes of what the gateway answers and signs. **Units**: bytes.
const REDIRECT: usize = 1_800;
const TOKENS: usize = 2_000;
const TOLD: usize = 350;
const SIGNED: usize = 1_000;

/// What the raw cryptography took so far.
#[derive(Default)]
struct Raw {
    signatures: Part,
    verifications: Part,
}

/// **Units**: nanoseconds of CPU.
#[derive(Default)]
struct Part {
    count: AtomicU64,
    took: AtomicU64,
}

impl Part {
    fn time<T>(&self, act: impl FnOnce() -> T) -> T {
        let now = || {
            let now = clock_gettime(ClockId::ThreadCPUTime);
            now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
        };
        let began = now();
        let outcome = act();
        self.took.fetch_add(now() - began, Ordering::Relaxed);
        self.count.fetch_add(1, Ordering::Relaxed);
        outcome
    }

    /// The mean since last asked, in microseconds.
    fn mean(&self) -> f64 {
        let (took, count) = (self.took.swap(0, Ordering::Relaxed), self.count.swap(0, Ordering::Relaxed));
        took as f64 / 1e3 / count as f64
    }
}

struct Floor {
    connection: Mutex<Connection>,
    key: SigningKey,
    public: PublicKey,
    signature: Vec<u8>,
    raw: Raw,
}

impl Floor {
    fn open(path: &std::path::Path) -> Self {
        let connection = Connection::open(path).unwrap();
        connection.pragma_update(None, "journal_mode", "wal").unwrap();
        connection.pragma_update(None, "synchronous", "full").unwrap();
        connection.execute_batch("create table rows (id integer primary key, value blob) strict").unwrap();
        let key = SigningKey::generate_rsa().unwrap();
        let public = PublicKey::from_spki(&key.spki().unwrap()).unwrap();
        let signature = key.sign(RsaSha256, &[7; SIGNED]).unwrap();
        Self { connection: Mutex::new(connection), key, public, signature, raw: Raw::default() }
    }

    fn sign(&self) {
        self.raw.signatures.time(|| assert!(self.key.sign(RsaSha256, &[7; SIGNED]).is_ok()));
    }

    fn verify(&self) {
        self.raw.verifications.time(|| assert!(self.public.has_signed(RsaSha256, &[7; SIGNED], &self.signature)));
    }

    async fn write(self: Arc<Self>) {
        let write = move || {
            let connection = self.connection.lock().unwrap();
            connection.prepare_cached("insert into rows (value) values (zeroblob(64))").unwrap().execute([]).unwrap();
        };
        tokio::task::spawn_blocking(write).await.unwrap();
    }
}

/// Prints its address and serves until its input ends.
pub async fn serve() {
    let directory = tempfile::tempdir().unwrap();
    let floor = Arc::new(Floor::open(&directory.path().join("floor.db")));
    let (asking, accepting, issuing, telling) = (floor.clone(), floor.clone(), floor.clone(), floor);
    let ask = move || async move {
        asking.sign();
        (StatusCode::SEE_OTHER, [("location", "x".repeat(REDIRECT))])
    };
    let accept = move |body: Bytes| async move {
        assert!(!body.is_empty());
        accepting.verify();
        accepting.write().await;
        (StatusCode::SEE_OTHER, [("location", "x".repeat(REDIRECT / 9))])
    };
    let issue = move |body: Bytes| async move {
        assert!(!body.is_empty());
        issuing.clone().write().await;
        issuing.sign();
        (StatusCode::OK, vec![b'x'; TOKENS])
    };
    let plain = async |body: Bytes| {
        assert!(!body.is_empty());
        (StatusCode::OK, vec![b'x'; TOLD])
    };
    let tell = move || async move { format!("{} {}", telling.raw.signatures.mean(), telling.raw.verifications.mean()) };
    let router = Router::new()
        .route("/authorize", get(ask))
        .route("/acs", post(accept))
        .route("/token", post(issue))
        .route("/plain", post(plain))
        .route("/raw", get(tell));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{} -", listener.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let _ = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await;
}
