//! Mail as it leaves: to a server that speaks SMTP, and into an outbox.

mod code;
mod invitation;
mod queue;
mod smtp;
