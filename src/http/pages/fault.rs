//! What was wrong with the last answer to a page of second factors, in words.

use std::time::Duration;

use super::layout::{Frame, Layout, Say};

/// What was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The code of an app has not six digits.
    TotpMalformed,
    /// The code of an app is another.
    TotpWrong,
    /// The code of an app was used.
    TotpUsed,
    /// The mailed code has not eight digits.
    MailMalformed,
    /// The mailed code is another.
    MailWrong,
    /// The mailed code is no longer good.
    MailSpent,
    /// The recovery code has not its shape.
    RecoveryMalformed,
    /// The recovery code is none that is left.
    RecoveryWrong,
    /// There were too many tries.
    Wait(Duration),
    /// A code was sent a moment ago.
    SentAlready(Duration),
    /// The mail could not be sent.
    NotSent,
    /// The passkey was not accepted.
    PasskeyRefused,
    /// The browser gave no passkey.
    PasskeyMissing,
    /// The passkey took too long.
    PasskeyLate,
    /// The passkey is enrolled already.
    PasskeyKnown,
}

impl Fault {
    /// The sentence.
    pub(super) fn text(self, say: Say<'_>, frame: &Frame) -> String {
        let key = match self {
            Self::TotpMalformed => "slip-totp-malformed",
            Self::TotpWrong => return say.with("slip-totp-wrong", "organization", &frame.organization),
            Self::TotpUsed => "slip-used",
            Self::MailMalformed => "slip-mail-malformed",
            Self::MailWrong => "slip-mail-wrong",
            Self::MailSpent => "slip-spent",
            Self::RecoveryMalformed => "slip-recovery-malformed",
            Self::RecoveryWrong => "slip-recovery-wrong",
            Self::Wait(wait) => return say.with("slip-wait", "wait", &minutes(say, wait)),
            Self::SentAlready(wait) => return say.with("slip-sent-already", "wait", &minutes(say, wait)),
            Self::NotSent => "slip-not-sent",
            Self::PasskeyRefused => "slip-passkey-refused",
            Self::PasskeyMissing => "slip-passkey-missing",
            Self::PasskeyLate => "slip-passkey-late",
            Self::PasskeyKnown => "slip-passkey-known",
        };
        say.text(key)
    }
}

/// Whole minutes, and not before the end of the last one.
fn minutes(say: Say<'_>, wait: Duration) -> String {
    match wait.as_secs().div_ceil(60).max(1) {
        1 => say.text("wait-minute"),
        count => say.with("wait-minutes", "count", &count.to_string()),
    }
}

/// A screen reader reads the title first: a fault is then known before the form.
pub(super) fn note(layout: &mut Layout<'_>, fault: Option<&String>) {
    if fault.is_some() {
        layout.tab = format!("{} {}", layout.say.text("layout-error-prefix"), layout.tab);
    }
}
