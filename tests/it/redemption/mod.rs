//! How invited people come in: by the link of their invitation, at an app, by a code that is mailed to them; and what they
//! find at the gateway itself.

mod account;
mod codes;
mod converted;
mod counted;
mod guesses;
mod kept;
pub mod links;
mod order;
mod panel;
mod person;
mod rights;
mod silence;
mod switched_off;
