//! Codes that are kept as an HMAC only: recovery codes, and codes sent by mail.

use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::domain::guests::GuestId;

crate::id_type!(
    /// Names a recovery code.
    RecoveryCodeId
);
crate::id_type!(
    /// Names a code that was sent by mail.
    MailedCodeId
);

/// How long a mailed code is good.
///
/// # Source
/// Microsoft Entra, email one-time passcode: 30 minutes.
pub const MAILED_CODE_LIFE: Duration = Duration::from_secs(30 * 60);
/// How long a session lives that began with a mailed code: then another code shows that the mailbox is still read.
///
/// # Source
/// Microsoft Entra, email one-time passcode: 24 hours.
pub const MAILED_CODE_SESSION: Duration = Duration::from_secs(24 * 3600);
/// How often a mailed code may be tried.
pub const MAX_MAILED_CODE_TRIES: u32 = 5;
/// How long a person waits before another code is sent.
pub const SEND_PAUSE: Duration = Duration::from_secs(60);
/// How many codes of one purpose are sent to one guest within [`SEND_WINDOW`].
pub const MAX_SENDS: usize = 5;
/// The window of [`MAX_SENDS`].
pub const SEND_WINDOW: Duration = Duration::from_secs(3600);

/// A recovery code that has not been used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryCode {
    /// Its row.
    pub id: RecoveryCodeId,
    /// Whose.
    pub guest: GuestId,
    /// The HMAC of the code.
    pub mac: [u8; 32],
    /// When it was handed out.
    pub created_at: Timestamp,
}

/// What a mailed code is good for. Each purpose has counts of its own, so that a stranger who has codes sent for one
/// uses up none of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodePurpose {
    /// A second factor, of a person who has shown the first.
    SecondFactor,
    /// Signing in, alone; anybody can have one sent.
    SignIn,
}

impl CodePurpose {
    /// Every purpose with its word in rows.
    pub const WORDS: &'static [(&'static str, Self)] =
        &[("second_factor", Self::SecondFactor), ("sign_in", Self::SignIn)];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecondFactor => "second_factor",
            Self::SignIn => "sign_in",
        }
    }
}

/// A code that was sent by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailedCode {
    /// Its row, and the challenge that it answers.
    pub id: MailedCodeId,
    /// To whom.
    pub guest: GuestId,
    /// What it is good for.
    pub purpose: CodePurpose,
    /// The HMAC of the code, its purpose and the challenge.
    pub mac: [u8; 32],
    /// When it was sent.
    pub sent_at: Timestamp,
    /// How many tries were made, the one under way included.
    pub tries: u32,
}

impl MailedCode {
    /// Whether its time is over at `now`.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.sent_at.plus(MAILED_CODE_LIFE)
    }
}

/// From when on another code may be sent, given when the last ones were; absent where it may be now.
#[must_use]
pub fn next_send(sent_at: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
    let mut sent: Vec<Timestamp> = sent_at.to_vec();
    sent.sort_unstable();
    let pause = sent.last().map(|last| last.plus(SEND_PAUSE));
    let window = sent.len().checked_sub(MAX_SENDS).map(|first| sent[first].plus(SEND_WINDOW));
    pause.max(window).filter(|at| *at > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sent_with_a_pause_and_five_an_hour() {
        let start = Timestamp::from_seconds(1_790_000_000);
        let at = |seconds: u64| start.plus(Duration::from_secs(seconds));
        assert_eq!(next_send(&[], start), None);
        assert_eq!(next_send(&[start], at(59)), Some(at(60)));
        assert_eq!(next_send(&[start], at(60)), None);
        let five = [at(240), at(180), at(120), at(60), start];
        assert_eq!(next_send(&five, at(300)), Some(at(3600)));
        assert_eq!(next_send(&five, at(3600)), None);
        assert_eq!(next_send(&five[..4], at(300)), None);
    }
}
