//! Recovery codes: ten, each good once. A code has 80 random bits, so that an HMAC under a key of ours
//! keeps it as well as a slow hash would.

use super::fault::FactorFault;
use crate::base::clock::Timestamp;
use crate::base::random::Random;
use crate::base::sealing::{Purpose, Sealer};
use crate::base::secret::SecretText;
use crate::domain::factors::codes::{RecoveryCode, RecoveryCodeId};
use crate::domain::guests::GuestId;

/// How many codes are handed out at once.
pub const CODES: usize = 10;
/// The random bytes of a code.
const BYTES: usize = 10;
/// The characters of a code: five bits each.
const CHARACTERS: usize = 16;
/// The characters of a group.
const GROUP: usize = 4;
/// Digits and letters without those that are taken for another (Crockford's base32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Fresh codes: what is kept, and beside it what the person sees once. **Shape** of the texts: four
/// groups of four characters with hyphens between, `7K3M-0QXA-…`.
#[must_use]
pub fn make(sealer: &Sealer, random: &dyn Random, guest: GuestId, now: Timestamp) -> Vec<(RecoveryCode, SecretText)> {
    let code = || {
        let mut bytes = [0; BYTES];
        random.fill(&mut bytes);
        let plain = spell(&bytes);
        let mac = sealer.mac(Purpose::RecoveryCode, &message(guest, &plain));
        let kept = RecoveryCode { id: RecoveryCodeId::new(now, random), guest, mac, created_at: now };
        (kept, SecretText::new(grouped(&plain)))
    };
    std::iter::repeat_with(code).take(CODES).collect()
}

/// Which of the codes that are left `input` is. The caller must take it, and accept it only where it
/// was the first to.
///
/// # Errors
/// [`FactorFault::CodeMalformed`], [`FactorFault::RecoveryCodeWrong`].
pub fn find(
    sealer: &Sealer,
    guest: GuestId,
    left: &[RecoveryCode],
    input: &str,
) -> Result<RecoveryCodeId, FactorFault> {
    let plain = normalise(input).ok_or(FactorFault::CodeMalformed)?;
    let message = message(guest, &plain);
    let fits = |code: &&RecoveryCode| code.guest == guest && sealer.has_mac(Purpose::RecoveryCode, &message, &code.mac);
    left.iter().find(fits).map(|code| code.id).ok_or(FactorFault::RecoveryCodeWrong)
}

fn message(guest: GuestId, plain: &str) -> Vec<u8> {
    [guest.as_bytes().as_slice(), plain.as_bytes()].concat()
}

fn spell(bytes: &[u8; BYTES]) -> String {
    let number = bytes.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    (0..CHARACTERS).rev().map(|place| char::from(ALPHABET[(number >> (5 * place) & 31) as usize])).collect()
}

fn grouped(plain: &str) -> String {
    plain.as_bytes().chunks(GROUP).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
}

/// A code as it was made, out of what a person typed: in any case, with spaces and hyphens, and with
/// letters in the place of the digits that they look like.
fn normalise(input: &str) -> Option<String> {
    if input.len() > 4 * CHARACTERS {
        return None;
    }
    let dense = input.trim().chars().filter(|c| !matches!(c, ' ' | '-')).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    let plain: String = dense.collect();
    let fits = plain.len() == CHARACTERS && plain.bytes().all(|byte| ALPHABET.contains(&byte));
    fits.then_some(plain)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::base::random::SystemRandom;
    use crate::base::secret::SecretBytes;

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

    fn sealer(root: u8, previous: &[u8]) -> Sealer {
        let previous: Vec<_> = previous.iter().map(|byte| SecretBytes::new(vec![*byte; 32])).collect();
        Sealer::new(&SecretBytes::new(vec![root; 32]), &previous).unwrap()
    }

    fn guest() -> GuestId {
        GuestId::new(NOW, &SystemRandom)
    }

    #[test]
    fn ten_codes_of_four_groups_are_made() {
        let made = make(&sealer(1, &[]), &SystemRandom, guest(), NOW);
        let texts: BTreeSet<_> = made.iter().map(|(_, text)| text.expose().clone()).collect();
        assert_eq!((made.len(), texts.len()), (CODES, CODES));
        for text in texts {
            let groups: Vec<_> = text.split('-').collect();
            assert!(groups.len() == 4 && groups.iter().all(|group| group.len() == 4), "{text}");
            assert_eq!(normalise(&text).as_deref(), Some(text.replace('-', "").as_str()));
        }
    }

    #[test]
    fn all_eighty_bits_are_spelled() {
        assert_eq!(spell(&[0; BYTES]), "0".repeat(CHARACTERS));
        assert_eq!(spell(&[0xff; BYTES]), "Z".repeat(CHARACTERS));
        assert_eq!(spell(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), "0000000000000001");
        assert_eq!(spell(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0]), "G000000000000000");
    }

    #[test]
    fn a_code_is_found_however_it_is_typed_and_gone_once_it_is_taken() {
        let (sealer, guest) = (sealer(1, &[]), guest());
        let made = make(&sealer, &SystemRandom, guest, NOW);
        let mut left: Vec<_> = made.iter().map(|(code, _)| code.clone()).collect();
        let text = made[3].1.expose();
        for typed in
            [text.clone(), text.to_lowercase(), text.replace('-', " "), text.replace('0', "o").replace('1', "l")]
        {
            assert_eq!(find(&sealer, guest, &left, &typed), Ok(made[3].0.id), "{typed}");
        }
        left.remove(3);
        assert_eq!(find(&sealer, guest, &left, text), Err(FactorFault::RecoveryCodeWrong));
    }

    #[test]
    fn another_guests_code_is_refused() {
        let (sealer, guest, other) = (sealer(1, &[]), guest(), guest());
        let made = make(&sealer, &SystemRandom, other, NOW);
        let left: Vec<_> = made.iter().map(|(code, _)| code.clone()).collect();
        assert_eq!(find(&sealer, guest, &left, made[0].1.expose()), Err(FactorFault::RecoveryCodeWrong));
        // A row moved to another guest does not fit either.
        let moved: Vec<_> = left.into_iter().map(|code| RecoveryCode { guest, ..code }).collect();
        assert_eq!(find(&sealer, guest, &moved, made[0].1.expose()), Err(FactorFault::RecoveryCodeWrong));
    }

    #[test]
    fn codes_outlive_a_change_of_the_secret_key() {
        let guest = guest();
        let made = make(&sealer(1, &[]), &SystemRandom, guest, NOW);
        let left = [made[0].0.clone()];
        assert!(find(&sealer(2, &[1]), guest, &left, made[0].1.expose()).is_ok());
        assert!(find(&sealer(2, &[]), guest, &left, made[0].1.expose()).is_err());
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let long = "A".repeat(10_000);
        for input in [
            "",
            "AAAA-AAAA-AAAA-AAA",
            "AAAA-AAAA-AAAA-AAAAA",
            "UUUU-AAAA-AAAA-AAAA",
            "ÄAAA-AAAA-AAAA-AAA",
            long.as_str(),
        ] {
            assert_eq!(find(&sealer(1, &[]), guest(), &[], input), Err(FactorFault::CodeMalformed), "{input}");
        }
    }
}
