//! Databases that have their schema, made once and copied for each test: to bring an empty one up to date takes longer
//! than most tests do. What migrations do is tested in `store`, on databases that are empty.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use entente::base::encoding::{hex, sha256};
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqliteConnection};
use tokio::sync::OnceCell;

/// The lock under which processes of tests make a template on one server. **Shape**: any number.
const MAKING: i64 = 0x656e_7465_6e74;

/// The first release of PostgreSQL that is asked to copy files, which is faster than writing them to its log.
const COPIES_FILES: i32 = 150_000;

async fn migrator(of: &str) -> Migrator {
    Migrator::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(of)).await.unwrap()
}

/// Writes a SQLite file with the schema, readable to this user alone as the gateway makes it.
pub async fn write_sqlite(path: &Path) {
    static FILE: OnceCell<Vec<u8>> = OnceCell::const_new();
    let bytes = FILE.get_or_init(made_sqlite).await;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

async fn made_sqlite() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    migrator("sqlite").await.run(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    std::fs::read(&path).unwrap()
}

/// Makes the database `name` with the schema on a server of PostgreSQL.
pub async fn create_postgres(server: &str, name: &str) {
    static TEMPLATE: OnceCell<(String, &str)> = OnceCell::const_new();
    let (template, strategy) = TEMPLATE.get_or_init(|| made_postgres(server)).await;
    let mut connection = PgConnection::connect(server).await.unwrap();
    run(&mut connection, format!("create database {name} template {template}{strategy}")).await;
    connection.close().await.unwrap();
}

/// The template and how it is copied. Its name says what is in it, so that the next run of the same schema finds it
/// on a server that goes on.
async fn made_postgres(server: &str) -> (String, &'static str) {
    let migrator = migrator("postgres").await;
    let checksums: Vec<u8> = migrator.iter().flat_map(|migration| migration.checksum.iter().copied()).collect();
    let template = format!("entente_it_template_{}", hex(&sha256(&checksums)[..8]));
    let mut connection = PgConnection::connect(server).await.unwrap();
    // It is given back with the connection.
    run(&mut connection, format!("select pg_advisory_lock({MAKING})")).await;
    let known = format!("select 1 from pg_database where datname = '{template}'");
    if connection.fetch_optional(AssertSqlSafe(known)).await.unwrap().is_none() {
        let making = format!("{template}_making");
        run(&mut connection, format!("drop database if exists {making} with (force)")).await;
        run(&mut connection, format!("create database {making}")).await;
        let (base, _) = server.rsplit_once('/').unwrap();
        let mut made = PgConnection::connect(&format!("{base}/{making}")).await.unwrap();
        migrator.run(&mut made).await.unwrap();
        made.close().await.unwrap();
        run(&mut connection, format!("alter database {making} rename to {template}")).await;
    }
    let version = connection.fetch_one("select current_setting('server_version_num')::int").await.unwrap();
    let strategy = if version.get::<i32, _>(0) < COPIES_FILES { "" } else { " strategy file_copy" };
    connection.close().await.unwrap();
    (template, strategy)
}

async fn run(connection: &mut PgConnection, statement: String) {
    connection.execute(AssertSqlSafe(statement)).await.unwrap();
}
