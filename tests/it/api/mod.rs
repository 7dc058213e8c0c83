//! The directory API: who may do what, lists, changes, batches, and input that is hostile.

mod assignments;
mod bad_input;
mod batch;
mod bearers;
mod bulk;
mod groups;
mod permissions;
mod queries;
mod removed;
mod scene;
mod sight;
mod users;
mod what_if;
