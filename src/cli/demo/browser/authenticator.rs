//! The authenticator app on the phone of the person at the browser: it takes a secret as a page shows
//! it, and shows codes.
//!
//! # Source
//! RFC 6238 with SHA-1, six digits and steps of 30 seconds; RFC 4226 5.3; RFC 4648 6.

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};

use crate::base::clock::Timestamp;
use crate::base::secret::{SecretBytes, SecretText};

const STEP_SECONDS: i64 = 30;
/// The least secret that is one (RFC 4226 4, R6). **Units**: bytes.
const MIN_BYTES: usize = 16;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// One account in an authenticator app.
#[derive(Debug, Clone)]
pub struct Authenticator {
    shown: SecretText,
    secret: SecretBytes,
    /// The last step whose code was typed: no code is good twice.
    last_step: Option<i64>,
}

impl Authenticator {
    /// Takes a secret in base32, spaces and case as they are shown. `None` where it is none.
    #[must_use]
    pub fn of_secret(shown: &str) -> Option<Self> {
        let dense = shown.chars().filter(|c| !c.is_whitespace() && *c != '=');
        let digits: Vec<u8> = dense.map(digit).collect::<Option<_>>()?;
        let mut bytes = Vec::with_capacity(digits.len() * 5 / 8);
        let (mut held, mut bits) = (0_u32, 0_u32);
        for digit in digits {
            held = (held << 5 | u32::from(digit)) & 0xfff;
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
            }
        }
        let is_whole = bytes.len() >= MIN_BYTES;
        let shown = SecretText::new(shown.trim().to_owned());
        is_whole.then(|| Self { shown, secret: SecretBytes::new(bytes), last_step: None })
    }

    /// The app as it was written down by [`to_text`](Self::to_text). `None` where that is not what it is.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        let (shown, last_step) = text.trim_end().split_once('\n')?;
        Some(Self { last_step: Some(last_step.parse().ok()?), ..Self::of_secret(shown)? })
    }

    /// What it holds, to be written down: the secret, and the last step whose code was typed.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        SecretText::new(format!("{}\n{}\n", self.shown.expose(), self.last_step.unwrap_or(0)))
    }

    /// The code to type now. Where that of this step was typed already, it is the next one, which the
    /// gateway takes a step early; where that was typed too, there is none until time goes on.
    pub fn code(&mut self, now: Timestamp) -> Option<String> {
        let present = now.seconds().div_euclid(STEP_SECONDS);
        let step = self.last_step.map_or(present, |last| present.max(last + 1));
        if step > present + 1 {
            return None;
        }
        self.last_step = Some(step);
        Some(self.code_of(step))
    }

    fn code_of(&self, step: i64) -> String {
        let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.secret.expose());
        let tag = sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag[tag.len() - 1] & 0xf);
        let number = tag[offset..offset + 4].iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }
}

fn digit(c: char) -> Option<u8> {
    let place = ALPHABET.iter().position(|known| char::from(*known) == c.to_ascii_uppercase())?;
    u8::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238 appendix B, `12345678901234567890`.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn ours() -> Authenticator {
        Authenticator::of_secret(SECRET).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238 appendix B, the last six of eight digits.
        for (time, expected) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            assert_eq!(ours().code(Timestamp::from_seconds(time)).unwrap(), expected);
        }
    }

    #[test]
    fn no_code_is_typed_twice() {
        let now = Timestamp::from_seconds(1_111_111_109);
        let mut authenticator = ours();
        let first = authenticator.code(now).unwrap();
        let second = authenticator.code(now).unwrap();
        assert_ne!(first, second);
        assert_eq!(second, ours().code_of(now.seconds() / 30 + 1));
        assert_eq!(authenticator.code(now), None);
        assert!(authenticator.code(now.plus(std::time::Duration::from_secs(30))).is_some());
    }

    #[test]
    fn what_is_written_down_is_the_same_app() {
        let now = Timestamp::from_seconds(1_111_111_109);
        let mut authenticator = ours();
        let first = authenticator.code(now);
        let mut again = Authenticator::of_text(authenticator.to_text().expose()).unwrap();
        let second = again.code(now);
        assert_ne!(first, second);
        assert_eq!(second, authenticator.code(now));
        for text in ["", SECRET, "GEZDGNBV\n1\n", "\n1\n", &format!("{SECRET}\nx\n")] {
            assert!(Authenticator::of_text(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_secret_is_taken_as_it_is_shown() {
        let grouped = "gezd gnbv gy3t qojq gezd gnbv gy3t qojq";
        let now = Timestamp::from_seconds(59);
        assert_eq!(Authenticator::of_secret(grouped).unwrap().code(now).unwrap(), "287082");
        for text in ["", "GEZDGNBV", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ!"] {
            assert!(Authenticator::of_secret(text).is_none(), "{text}");
        }
    }
}
