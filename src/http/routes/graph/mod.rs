//! The directory API, in the shape of Microsoft Graph v1.0, and below `/api/v1` what Graph has no word for.
//!
//! [`table`] has every address as data, with the act that it asks of whoever calls; `serve` proves who that is,
//! reads the request within limits and calls [`dispatch`], which `batch` calls for each of its parts too. What is
//! refused is told in one form: `fault`.

mod assignments;
mod batch;
mod bulk;
pub mod dispatch;
mod fault;
mod groups;
mod idempotency;
mod invitations;
mod logs;
pub mod odata;
pub mod openapi;
mod pieces;
mod removed;
mod reports;
mod resources;
mod roles;
mod serve;
mod sponsors;
mod streams;
pub mod table;
mod users;
mod what_if;

pub use serve::{failed, graph, ours};
