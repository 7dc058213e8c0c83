//! The least that a sign-in can cost a server: three bare HTTP exchanges of the same sizes and two synced
//! transactions of one row, without a gateway behind them.

use std::io::Write as _;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::{get, post};
use rusqlite::Connection;

/// About the sizes of what the gateway answers. **Units**: bytes.
const REDIRECT: usize = 1_800;
const TOKENS: usize = 2_000;

/// Prints its address and serves until its input ends.
pub async fn serve() {
    let directory = tempfile::tempdir().unwrap();
    let connection = Connection::open(directory.path().join("floor.db")).unwrap();
    connection.pragma_update(None, "journal_mode", "wal").unwrap();
    connection.pragma_update(None, "synchronous", "full").unwrap();
    connection.execute_batch("create table rows (id integer primary key, value blob) strict").unwrap();
    let connection = Arc::new(Mutex::new(connection));
    let write = move |body: Bytes| async move {
        assert!(!body.is_empty());
        tokio::task::spawn_blocking(move || {
            let connection = connection.lock().unwrap();
            connection.prepare_cached("insert into rows (value) values (zeroblob(64))").unwrap().execute([]).unwrap();
        })
        .await
        .unwrap();
        (StatusCode::OK, vec![b'x'; TOKENS])
    };
    let router = Router::new()
        .route("/read", get(|| async { (StatusCode::SEE_OTHER, [("location", "x".repeat(REDIRECT))]) }))
        .route("/write", post(write));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{} -", listener.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let _ = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await;
}
