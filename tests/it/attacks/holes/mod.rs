//! The published faults by kind, with the tests that show their refusal; [`published`](super::published) holds
//! them against the sources.

mod accounts;
mod answers;
mod meanwhile;
mod redirects;
mod transport;

/// A published fault, or a class of faults without a number, and the tests.
type Row = (&'static str, &'static [&'static str]);

/// All of them, by kind.
pub const CHAPTERS: &[(&str, &[Row])] = &[
    ("In the middle of a sign-in, and between two of them", meanwhile::ROWS),
    ("Answers: context, replay, message rules", answers::ROWS),
    ("Accounts: linking, matching, mix-up", accounts::ROWS),
    ("Redirects, scripts, headers", redirects::ROWS),
    ("What we fetch, exhaustion, transport", transport::ROWS),
];
