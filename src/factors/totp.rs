//! TOTP (RFC 6238) as authenticator apps speak it: SHA-1, six digits, steps of 30 seconds. A code of
//! the step before and after is good too (RFC 6238 5.2); a step at or before the last one that was
//! accepted is spent (RFC 6238 5.2, "one-time only").

use totp_rs::{Algorithm, Builder, Totp};

use super::fault::FactorFault;
use crate::base::clock::Timestamp;
use crate::base::params::encode;
use crate::base::random::Random;
use crate::base::sealing::{Purpose, Sealer};
use crate::base::secret::{SecretBytes, SecretText, same_bytes};
use crate::domain::factors::{FactorId, TotpMaterial};

/// The length of a secret, as RFC 4226 4 recommends. **Units**: bytes.
pub const SECRET_BYTES: usize = 20;
/// The length of a step. **Units**: seconds.
pub const STEP_SECONDS: i64 = 30;
/// The length of a code.
pub const DIGITS: u8 = 6;
/// How many steps before and after the present one are good.
pub const WINDOW: i64 = 1;
/// The longest name of issuer or account in the address; more is cut, so that it fits a QR code.
pub const MAX_NAME: usize = 128;

/// The secret that we share with one authenticator app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpSecret(SecretBytes);

impl TotpSecret {
    /// A fresh secret of 160 bits.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        let mut bytes = vec![0; SECRET_BYTES];
        random.fill(&mut bytes);
        Self(SecretBytes::new(bytes))
    }

    /// Seals it for the row of its factor, or for the attempt that enrols it under this id.
    ///
    /// # Errors
    /// [`FactorFault::SealingFailed`].
    pub fn seal(&self, sealer: &Sealer, random: &dyn Random, id: FactorId) -> Result<Vec<u8>, FactorFault> {
        sealer.seal(random, Purpose::FactorSecret, &place(id), self.0.expose()).map_err(|_| FactorFault::SealingFailed)
    }

    /// Opens what [`seal`](Self::seal) made for the same factor.
    ///
    /// # Errors
    /// [`FactorFault::SecretSealed`].
    pub fn open(sealer: &Sealer, id: FactorId, sealed: &[u8]) -> Result<Self, FactorFault> {
        let bytes = SecretBytes::new(
            sealer.open(Purpose::FactorSecret, &place(id), sealed).map_err(|_| FactorFault::SecretSealed)?,
        );
        if bytes.expose().len() == SECRET_BYTES { Ok(Self(bytes)) } else { Err(FactorFault::SecretSealed) }
    }

    /// The secret for typing: 32 characters of base32 (RFC 4648 6).
    #[must_use]
    pub fn to_base32(&self) -> SecretText {
        SecretText::new(totp_rs::Secret::new(self.0.expose().clone().into_boxed_slice()).to_base32())
    }

    /// The address that an authenticator app reads from a QR code. `issuer` is what the app shows above
    /// the code, `account` whose it is; a colon, which separates the two, is written as a space.
    ///
    /// # Source
    /// google-authenticator wiki, Key Uri Format.
    #[must_use]
    pub fn to_uri(&self, issuer: &str, account: &str) -> SecretText {
        let name = |text: &str| {
            let plain: String =
                text.chars().take(MAX_NAME).map(|c| if c == ':' || c.is_control() { ' ' } else { c }).collect();
            encode(plain.trim())
        };
        let (issuer, account) = (name(issuer), name(account));
        SecretText::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}",
            self.to_base32().expose(),
        ))
    }

    /// The step whose code `input` is, where it is good at `now` and later than `last_step`. The caller
    /// must spend it with `remember_totp_step` and accept the code only where it was the first. At
    /// enrolment there is no last step.
    ///
    /// # Errors
    /// [`FactorFault::CodeMalformed`], [`FactorFault::TotpWrong`], [`FactorFault::TotpReplayed`].
    pub fn check(&self, input: &str, last_step: Option<i64>, now: Timestamp) -> Result<i64, FactorFault> {
        let code = digits::<{ DIGITS as usize }>(input).ok_or(FactorFault::CodeMalformed)?;
        let totp = self.totp()?;
        let present = now.seconds().div_euclid(STEP_SECONDS);
        // Every step is compared, so that the time taken does not tell which one fitted.
        let mut fitting = None;
        for step in (present - WINDOW).max(0)..=present + WINDOW {
            let time = u64::try_from(step * STEP_SECONDS).map_err(|_| FactorFault::TotpWrong)?;
            if same_bytes(totp.generate(time).to_string().as_bytes(), &code) {
                fitting = Some(step);
            }
        }
        match (fitting, last_step) {
            (None, _) => Err(FactorFault::TotpWrong),
            (Some(step), Some(last)) if step <= last => Err(FactorFault::TotpReplayed),
            (Some(step), _) => Ok(step),
        }
    }

    fn totp(&self) -> Result<Totp, FactorFault> {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_step_duration(STEP_SECONDS.unsigned_abs())
            .with_secret(self.0.expose().clone())
            .build()
            .map_err(|_| FactorFault::SecretSealed)
    }
}

/// Checks `input` against the kept material of a factor; as [`TotpSecret::check`].
///
/// # Errors
/// Those of [`TotpSecret::open`] and [`TotpSecret::check`].
pub fn check(
    sealer: &Sealer,
    id: FactorId,
    material: &TotpMaterial,
    input: &str,
    now: Timestamp,
) -> Result<i64, FactorFault> {
    TotpSecret::open(sealer, id, &material.sealed_secret)?.check(input, Some(material.last_step), now)
}

fn place(id: FactorId) -> Vec<u8> {
    [b"factors/".as_slice(), id.as_bytes()].concat()
}

/// The `N` digits of an input, in which spaces and hyphens may stand anywhere, as apps show codes in
/// groups. Digits are ASCII.
pub(super) fn digits<const N: usize>(input: &str) -> Option<[u8; N]> {
    if input.len() > 4 * N {
        return None;
    }
    let dense: Vec<u8> = input.trim().bytes().filter(|byte| !matches!(byte, b' ' | b'-')).collect();
    let code: [u8; N] = dense.try_into().ok()?;
    code.iter().all(u8::is_ascii_digit).then_some(code)
}

#[cfg(test)]
mod tests;
