//! Codes sent by mail: eight digits, good for thirty minutes and five tries, used once. Such a code
//! proves only that the mailbox is read; it never resists phishing, and it can be switched off.

use super::fault::FactorFault;
use super::totp::digits;
use crate::base::clock::Timestamp;
use crate::base::random::Random;
use crate::base::sealing::{Purpose, Sealer};
use crate::base::secret::SecretText;
use crate::domain::factors::choice::MailedCodes;
use crate::domain::factors::codes::{CodePurpose, MAX_MAILED_CODE_TRIES, MailedCode, MailedCodeId};
use crate::domain::guests::GuestId;
use crate::domain::mail::MailAddress;

/// The length of a code.
pub const DIGITS: usize = 8;
const CODES: u64 = 10_u64.pow(8);

/// A fresh code: what is kept, and beside it what the mail says.
#[must_use]
pub fn make(
    sealer: &Sealer,
    random: &dyn Random,
    guest: GuestId,
    purpose: CodePurpose,
    now: Timestamp,
) -> (MailedCode, SecretText) {
    let id = MailedCodeId::new(now, random);
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    // The remainder of 64 bits favours no code by more than one part in 10^11.
    let code = format!("{:0DIGITS$}", u64::from_be_bytes(bytes) % CODES);
    let mac = sealer.mac(Purpose::MailedCode, &message(id, guest, purpose, code.as_bytes()));
    (MailedCode { id, guest, purpose, mac, sent_at: now, tries: 0 }, SecretText::new(code))
}

/// Whether `input` has the shape of a code, blanks aside.
#[must_use]
pub fn is_code(input: &str) -> bool {
    digits::<DIGITS>(input).is_some()
}

/// Checks `input` against a code whose try has been counted. The caller must take the code, and accept
/// it only where it was the first to.
///
/// # Errors
/// [`FactorFault::MailedCodesOff`], [`FactorFault::MailedCodeOfAnother`],
/// [`FactorFault::MailedCodeExpired`], [`FactorFault::MailedCodeExhausted`],
/// [`FactorFault::CodeMalformed`], [`FactorFault::MailedCodeWrong`].
pub fn check(
    sealer: &Sealer,
    guest: GuestId,
    code: &MailedCode,
    mailed: MailedCodes,
    input: &str,
    now: Timestamp,
) -> Result<(), FactorFault> {
    if mailed == MailedCodes::Off {
        return Err(FactorFault::MailedCodesOff);
    }
    if code.guest != guest {
        return Err(FactorFault::MailedCodeOfAnother);
    }
    if code.is_expired(now) {
        return Err(FactorFault::MailedCodeExpired);
    }
    if code.tries > MAX_MAILED_CODE_TRIES {
        return Err(FactorFault::MailedCodeExhausted);
    }
    let typed = digits::<DIGITS>(input).ok_or(FactorFault::CodeMalformed)?;
    if sealer.has_mac(Purpose::MailedCode, &message(code.id, guest, code.purpose, &typed), &code.mac) {
        Ok(())
    } else {
        Err(FactorFault::MailedCodeWrong)
    }
}

fn message(id: MailedCodeId, guest: GuestId, purpose: CodePurpose, code: &[u8]) -> Vec<u8> {
    [id.as_bytes().as_slice(), guest.as_bytes(), purpose.as_str().as_bytes(), code].concat()
}

/// What wrong codes of an address are counted by: nobody finds the address by it without the secret key.
#[must_use]
pub fn address_hash(sealer: &Sealer, address: &MailAddress) -> [u8; 32] {
    sealer.mac(Purpose::MailedCode, &[b"address\0", address.key().as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::base::random::SystemRandom;
    use crate::base::secret::SecretBytes;
    use crate::domain::factors::codes::MAILED_CODE_LIFE;

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

    fn sealer() -> Sealer {
        Sealer::new(&SecretBytes::new(vec![7; 32]), &[]).unwrap()
    }

    fn guest() -> GuestId {
        GuestId::new(NOW, &SystemRandom)
    }

    fn tried(code: &MailedCode, tries: u32) -> MailedCode {
        MailedCode { tries, ..code.clone() }
    }

    #[test]
    fn a_code_has_eight_digits_whatever_the_chance() {
        struct Byte(u8);
        impl Random for Byte {
            fn fill(&self, bytes: &mut [u8]) {
                bytes.fill(self.0);
            }
        }
        for byte in [0, 1, 0x7f, 0xff] {
            let (_, code) = make(&sealer(), &Byte(byte), guest(), CodePurpose::SignIn, NOW);
            assert!(code.expose().len() == DIGITS && code.expose().bytes().all(|b| b.is_ascii_digit()), "{byte}");
        }
    }

    #[test]
    fn a_code_is_good_until_its_end_and_for_five_tries() {
        let (sealer, guest) = (sealer(), guest());
        let (code, text) = make(&sealer, &SystemRandom, guest, CodePurpose::SignIn, NOW);
        let check = |code: &MailedCode, now| check(&sealer, guest, code, MailedCodes::On, text.expose(), now);
        let end = NOW.plus(MAILED_CODE_LIFE);
        assert_eq!(check(&tried(&code, 1), end.minus(Duration::from_micros(1))), Ok(()));
        assert_eq!(check(&tried(&code, 1), end), Err(FactorFault::MailedCodeExpired));
        assert_eq!(check(&tried(&code, 5), NOW), Ok(()));
        assert_eq!(check(&tried(&code, 6), NOW), Err(FactorFault::MailedCodeExhausted));
    }

    #[test]
    fn only_the_code_of_this_challenge_and_guest_is_good() {
        let (sealer, guest) = (sealer(), guest());
        let (code, text) = make(&sealer, &SystemRandom, guest, CodePurpose::SignIn, NOW);
        let (other, _) = make(&sealer, &SystemRandom, guest, CodePurpose::SignIn, NOW);
        let check = |guest, code: &MailedCode, mailed, input: &str| check(&sealer, guest, code, mailed, input, NOW);
        let spaced = format!("{} {}", &text.expose()[..4], &text.expose()[4..]);
        assert_eq!(check(guest, &code, MailedCodes::On, &spaced), Ok(()));
        let swapped = MailedCode { mac: code.mac, ..other };
        assert_eq!(check(guest, &swapped, MailedCodes::On, text.expose()), Err(FactorFault::MailedCodeWrong));
        let another = self::guest();
        assert_eq!(check(another, &code, MailedCodes::On, text.expose()), Err(FactorFault::MailedCodeOfAnother));
        let moved = MailedCode { guest: another, ..code.clone() };
        assert_eq!(check(another, &moved, MailedCodes::On, text.expose()), Err(FactorFault::MailedCodeWrong));
        let turned = MailedCode { purpose: CodePurpose::SecondFactor, ..code.clone() };
        assert_eq!(check(guest, &turned, MailedCodes::On, text.expose()), Err(FactorFault::MailedCodeWrong));
        assert_eq!(check(guest, &code, MailedCodes::On, "1234567"), Err(FactorFault::CodeMalformed));
        assert_eq!(check(guest, &code, MailedCodes::Off, text.expose()), Err(FactorFault::MailedCodesOff));
    }
}
