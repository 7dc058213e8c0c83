//! People without an identity provider: sign-in by a code that is mailed to them.

mod codes;
mod person;
mod silence;
mod switched_off;
