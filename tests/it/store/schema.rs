//! Both databases have one schema, and every statement fits it.

use std::collections::BTreeSet;

use entente::store::sql::REGISTRY;
use rusqlite::StatementStatus;
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _, SqlSafeStr as _, SqliteConnection};

use super::databases::{Fresh, Kind, on_fresh, server};

pub async fn every_statement_can_be_prepared(fresh: Fresh) {
    drop(fresh.node("one").await);
    let statements: Vec<_> = REGISTRY.iter().copied().flatten().collect();
    assert!(statements.len() > 60);
    match fresh.kind {
        Kind::Sqlite => {
            let mut connection = SqliteConnection::connect(&fresh.url).await.unwrap();
            for statement in statements {
                let prepared = connection.prepare(statement.sqlite.into_sql_str());
                assert!(prepared.await.is_ok(), "{}", statement.name);
            }
        }
        Kind::Postgres => {
            let mut connection = PgConnection::connect(&fresh.url).await.unwrap();
            for statement in statements {
                let prepared = connection.prepare(statement.postgres.into_sql_str());
                prepared.await.unwrap_or_else(|error| panic!("{}: {error}", statement.name));
            }
        }
    }
}

/// SQLite compiles a statement again when a value is bound that its plan was made for, such as a bare
/// `limit $1`; that takes several times as long as running it.
#[test]
fn no_statement_is_compiled_again_for_its_values() {
    on_fresh(Kind::Sqlite, |fresh| async move {
        drop(fresh.node("one").await);
        let connection = rusqlite::Connection::open(&fresh.path).unwrap();
        for statement in REGISTRY.iter().copied().flatten() {
            let mut prepared = connection.prepare(statement.sqlite).unwrap();
            for value in [1, 2, 3] {
                for at in 1..=prepared.parameter_count() {
                    prepared.raw_bind_parameter(at, value).unwrap();
                }
                connection.execute_batch("begin").unwrap();
                // Whatever comes of it: these are no values for what it writes.
                let _ = prepared.raw_query().next();
                connection.execute_batch("rollback").unwrap();
            }
            assert_eq!(prepared.get_status(StatementStatus::RePrepare), 0, "{}", statement.name);
        }
    });
}

const SQLITE_COLUMNS: &str = "
    select tables.name || '.' || info.name || ' ' || lower(info.type) || ' ' || info.\"notnull\" || ' pk ' || info.pk
    from sqlite_schema tables
    join pragma_table_info(tables.name) info
    where tables.type = 'table' and tables.name not like '\\_sqlx%' escape '\\'";

const POSTGRES_COLUMNS: &str = "
    select c.relname || '.' || a.attname || ' '
        || case format_type(a.atttypid, null) when 'bytea' then 'blob' when 'bigint' then 'integer'
            else format_type(a.atttypid, null) end
        || ' ' || a.attnotnull::int || ' pk ' || coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0)
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relkind = 'r' and c.relname not like '\\_sqlx%'";

const SQLITE_INDEXES: &str = "
    select list.name || ' ' || list.\"unique\" || ' ' || list.partial || ' '
        || (select string_agg(info.name, ',' order by info.seqno) from pragma_index_info(list.name) info)
    from sqlite_schema tables
    join pragma_index_list(tables.name) list
    where tables.type = 'table' and list.origin = 'c'";

const POSTGRES_INDEXES: &str = "
    select c.relname || ' ' || i.indisunique::int || ' ' || (i.indpred is not null)::int || ' '
        || (select string_agg(a.attname, ',' order by array_position(i.indkey::int2[], a.attnum))
            from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any(i.indkey::int2[]))
    from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    where not i.indisprimary";

const SQLITE_REFERENCES: &str = "
    select tables.name || ' ' || keys.\"from\" || ' ' || keys.\"table\" || ' ' || lower(keys.on_delete)
    from sqlite_schema tables
    join pragma_foreign_key_list(tables.name) keys
    where tables.type = 'table'";

const POSTGRES_REFERENCES: &str = "
    select c.relname || ' ' || a.attname || ' ' || f.relname || ' '
        || case k.confdeltype when 'c' then 'cascade' when 'a' then 'no action' else 'other' end
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid
    join pg_class f on f.oid = k.confrelid
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
    where k.contype = 'f'";

#[test]
fn both_databases_have_the_same_schema() {
    if server().is_none() {
        return;
    }
    on_fresh(Kind::Sqlite, |sqlite| async move {
        tokio::task::spawn_blocking(move || {
            on_fresh(Kind::Postgres, |postgres| async move { compare(&sqlite, &postgres).await });
        })
        .await
        .unwrap();
    });
}

async fn compare(sqlite: &Fresh, postgres: &Fresh) {
    drop((sqlite.node("one").await, postgres.node("one").await));
    let mut ours = SqliteConnection::connect(&sqlite.url).await.unwrap();
    let mut theirs = PgConnection::connect(&postgres.url).await.unwrap();
    for (in_sqlite, in_postgres, least) in [
        (SQLITE_COLUMNS, POSTGRES_COLUMNS, 100),
        (SQLITE_INDEXES, POSTGRES_INDEXES, 25),
        (SQLITE_REFERENCES, POSTGRES_REFERENCES, 10),
    ] {
        let left: BTreeSet<String> =
            ours.fetch_all(in_sqlite).await.unwrap().iter().map(|row| row.get::<String, _>(0)).collect();
        let right: BTreeSet<String> =
            theirs.fetch_all(in_postgres).await.unwrap().iter().map(|row| row.get::<String, _>(0)).collect();
        let differences: Vec<_> = left.symmetric_difference(&right).collect();
        assert!(differences.is_empty(), "{differences:#?}");
        assert!(left.len() >= least, "{}", left.len());
    }
}
