//! The pages of second factors, free of HTTP.

use std::time::Duration;

use crate::base::clock::Timestamp;
use crate::base::secret::SecretText;
use crate::domain::attempts::AttemptId;
use crate::domain::factors::kinds::Kinds;
use crate::domain::factors::{FactorId, FactorKind, FactorLabel};

/// A page on which a person shows, chooses or enrols a second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorPage {
    /// The attempt that goes on.
    pub attempt: AttemptId,
    /// The app that the person is on the way to; absent where they manage their own factors.
    pub app_name: Option<String>,
    /// Who it is.
    pub person: String,
    /// What is asked.
    pub asks: FactorAsks,
    /// What was wrong with the last answer.
    pub slip: Option<Slip>,
    /// Whether there is another way to choose.
    pub has_other_ways: bool,
}

/// What a page of second factors asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactorAsks {
    /// Which way?
    Way {
        /// Why it is asked.
        reason: Reason,
        /// What may be passed.
        pass: Kinds,
        /// What may be enrolled.
        enrol: Kinds,
    },
    /// The code of an authenticator app.
    Totp,
    /// A passkey.
    Passkey {
        /// What the browser's call takes, as JSON.
        options: String,
    },
    /// A code by mail.
    MailedCode {
        /// Where it goes, masked.
        address: String,
        /// Whether one has been sent in this attempt.
        sent: bool,
    },
    /// A recovery code.
    RecoveryCode,
    /// The first code of an authenticator app that is being enrolled.
    EnrolTotp {
        /// The QR code, an SVG element.
        picture: String,
        /// The secret for typing.
        secret: SecretText,
    },
    /// A passkey that is being enrolled.
    EnrolPasskey {
        /// What the browser's call takes, as JSON.
        options: String,
    },
    /// To keep these codes.
    RecoveryCodes {
        /// As they are written.
        codes: Vec<SecretText>,
    },
}

/// Why a person is asked for a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// What they do needs a second factor.
    Needed,
    /// What they do needs a factor that they have not enrolled, and what they have comes first.
    BeforeEnrolment,
    /// What they do needs a factor, and they enrol one now.
    Enrolment,
}

/// What was wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// It has not the shape of a code.
    Malformed,
    /// It is not the right code.
    Wrong,
    /// It is the right code, and has been used.
    Used,
    /// The mailed code is too old or was tried too often: another must be sent.
    Spent,
    /// There may be no try for so long.
    Wait(Duration),
    /// No other code is sent for so long.
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

/// The page on which people manage their own factors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityInfo {
    /// Binds the forms of the page to the session.
    pub token: String,
    /// Who it is.
    pub person: String,
    /// What is enrolled, oldest first.
    pub factors: Vec<FactorLine>,
    /// How many recovery codes are left.
    pub recovery_codes: usize,
    /// What may be added.
    pub may_add: Kinds,
    /// Whether a code by mail is what the person would be asked for at present.
    pub is_mailed: bool,
    /// Whether something may be added only after a fresh sign-in.
    pub needs_fresh_sign_in: bool,
    /// What has just been done.
    pub done: Option<Done>,
}

/// A factor in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorLine {
    /// Its row.
    pub id: FactorId,
    /// Its kind.
    pub kind: FactorKind,
    /// What its owner calls it.
    pub label: FactorLabel,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// When it was last passed.
    pub used_at: Option<Timestamp>,
}

/// What has just been done to one's factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// One has another name.
    Renamed,
    /// One was removed.
    Removed,
}

/// A question about one factor of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorQuestion {
    /// Binds the form to the session.
    pub token: String,
    /// Which.
    pub factor: FactorLine,
    /// What is asked.
    pub asks: FactorAct,
}

/// What is to be done to a factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactorAct {
    /// To give it another name.
    Rename {
        /// Whether what was typed is no name.
        is_malformed: bool,
        /// What was typed.
        typed: String,
    },
    /// To remove it.
    Remove {
        /// Whether it is the last one.
        is_last: bool,
    },
}
