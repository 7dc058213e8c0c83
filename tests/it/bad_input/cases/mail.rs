//! The link in a mail that blocks invitations. No token here is one of ours.

use entente::flows::paths;

use super::{refused, shown_or};
use crate::bad_input::case::{Expect, Face, Parameter};

pub(super) fn faces() -> Vec<Face> {
    let mut show = Face::new("GET", paths::MAIL_BLOCK, &[("token", "x")], token_refused());
    show.parameters = vec![token()];
    let base = [("token", "x"), ("decision", "block")];
    let mut choose = Face::new("POST", paths::MAIL_BLOCK, &base, token_refused());
    let unknown = refused("BAD_REQUEST", "decision_unknown");
    choose.parameters = vec![
        token(),
        Parameter::new("decision", "block", 64, shown_or(&unknown, unknown.clone()))
            .wrong(&["yes", "1", "BLOCK", "block ", "é"], &unknown)
            .wrong(&["unblock"], &token_refused()),
        // Beside a decision it is not known which of them is meant.
        Parameter::new("List-Unsubscribe", "One-Click", 64, shown_or(&unknown, token_refused()))
            .wrong(&["one-click", "1", "é"], &unknown),
        // A mail program has the token in the address.
        Parameter::new("List-Unsubscribe", "One-Click", 64, shown_or(&unknown, unknown.clone()))
            .with("decision", None)
            .wrong(&["one-click", "One-Click ", "é"], &unknown),
    ];
    vec![show, choose]
}

fn token_refused() -> Expect {
    refused("BAD_REQUEST", "mail_block_token_refused")
}

fn token() -> Parameter {
    Parameter::new("token", "x", 4_096, shown_or(&token_refused(), refused("BAD_REQUEST", "token_missing")))
        .wrong(&["0", "é", "AAAA", "{}"], &token_refused())
}
