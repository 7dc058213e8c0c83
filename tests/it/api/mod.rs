//! The directory API: who may do what, lists, changes, batches, and input that is hostile.

mod acts;
mod assignments;
mod bad_input;
mod batch;
mod bearers;
mod bulk;
mod counted;
mod described;
mod edits;
mod groups;
mod idempotency;
mod invitations;
mod logs;
mod owners;
mod peers;
mod permissions;
mod queries;
mod removed;
mod reports;
pub mod scene;
mod sight;
mod sponsors;
mod users;
mod what_if;
