//! How invited people come in: by the link of their invitation, at an app, by a code that is mailed to them; and what they
//! find at the gateway itself.

mod account;
mod codes;
mod counted;
mod guesses;
pub mod links;
mod panel;
mod person;
mod rights;
mod silence;
mod switched_off;
