//! Who gets in: a pure function of facts.

pub mod decision;
pub mod facts;
