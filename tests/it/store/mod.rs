//! The store: one list of behaviours, held on SQLite and on PostgreSQL.
//!
//! PostgreSQL is found by `ENTENTE_TEST_POSTGRES` (`postgres://postgres@127.0.0.1:5432/postgres`, a
//! superuser); each test makes a database of its own there. Without it that half is skipped with a word,
//! or fails where `ENTENTE_TEST_STRICT=1`.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod app_tokens;
mod bulk_jobs;
mod conformance;
mod databases;
mod directory;
mod domain_proofs;
mod factor_codes;
mod factor_races;
mod factor_upkeep;
mod factors;
mod fresh_reads;
mod group_commit;
mod guest_edits;
mod guest_lives;
mod invitations;
mod kill;
mod notices;
mod objects;
mod outbox;
mod policies;
mod repeats;
mod roles;
mod samples;
mod schema;
mod session_proofs;
mod single_use;
mod start;
mod trouble;
mod units;
mod upkeep;
mod watches;
