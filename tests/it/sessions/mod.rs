//! Sessions: how long they live, how they end, and what a sweep leaves.

mod crowd;
mod lifetime;
mod revocation;
mod rotation;
mod sweep;
