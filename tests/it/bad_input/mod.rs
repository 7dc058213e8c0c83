//! Bad input at every door: a matrix over the route table, redirects that must not lead astray, headers
//! that spoof, bodies that flood, and garbage beside a good sign-in.
//!
//! [`matrix`] walks the route table with the cases of [`cases`]; [`completeness`] fails for a parameter
//! that has none. Most requests go through an [`Edge`](edge::Edge), which needs no socket and hears the
//! fine cause of a refusal; [`transport`] and [`crowd`] use sockets.

mod case;
mod cases;
mod completeness;
mod crowd;
pub mod edge;
mod headers;
mod invariants;
mod matrix;
mod open_redirect;
mod rate_limits;
mod rows;
mod spoofing;
pub mod transport;
