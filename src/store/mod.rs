//! SQLite and PostgreSQL behind the traits of `domain`, and the cache in front of them.
//!
//! Owns the schema, the statements, the group commit of SQLite and the lifetime of cached reads.
//! Imports `base`, `keys` and `domain`.
//!
//! Invariant: knows no protocol and no HTTP, and decides nothing.
//!
//! Start reading at [`open`], then [`sql`], then `sqlite/writer.rs`.

mod cached;
mod chains;
mod errors;
mod handle;
pub mod open;
mod people;
mod postgres;
mod row;
pub mod sql;
mod sqlite;
mod unit;
mod value;
