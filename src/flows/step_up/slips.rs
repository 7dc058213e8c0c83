//! What a person is told of a factor that was not accepted. Less than the audit knows: what would help
//! a forger is told as one word.

use crate::domain::refusal::{Refusal, Side};
use crate::factors::fault::{FactorFault, PasskeyFault};
use crate::flows::next::factors::Slip;

/// The word for a fault.
///
/// # Errors
/// The refusal of what no other answer would put right.
pub(super) fn of(fault: FactorFault) -> Result<Slip, Refusal> {
    Ok(match fault {
        FactorFault::CodeMalformed => Slip::Malformed,
        FactorFault::TotpWrong | FactorFault::RecoveryCodeWrong | FactorFault::MailedCodeWrong => Slip::Wrong,
        FactorFault::TotpReplayed => Slip::Used,
        FactorFault::MailedCodeExpired | FactorFault::MailedCodeExhausted | FactorFault::MailedCodeOfAnother => {
            Slip::Spent
        }
        FactorFault::Passkey(PasskeyFault::Expired) => Slip::PasskeyLate,
        FactorFault::Passkey(PasskeyFault::EnrolledAlready) => Slip::PasskeyKnown,
        FactorFault::Passkey(_) if fault.refusal().side == Side::Visitor => Slip::PasskeyRefused,
        FactorFault::MailedCodesOff
        | FactorFault::Limited(_)
        | FactorFault::SecretSealed
        | FactorFault::SealingFailed
        | FactorFault::QrTooLong
        | FactorFault::Passkey(_) => return Err(fault.refusal()),
    })
}
