//! Inviting people and what becomes of their accounts, by the flows that every door uses.

pub mod scene;

mod addresses;
mod again;
mod given;
mod lives;
mod mailed;
mod racing;
mod rights;
mod single;
