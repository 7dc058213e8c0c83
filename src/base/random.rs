//! Chance, handed in. Only [`SystemRandom`] asks the operating system.

use super::encoding::base64url;

/// The source of random bytes.
pub trait Random: Send + Sync {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// Randomness of the operating system through AWS-LC.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::expect_used, reason = "a process without randomness must not go on")]
    #[expect(clippy::disallowed_methods, reason = "the one place that draws randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// A fresh 256-bit handle as base64url text (43 characters).
#[must_use]
pub fn new_handle(random: &dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    base64url(bytes)
}

/// A fresh SAML message ID: `_` and 32 hex digits, 128 random bits (SAML Core 1.3.4).
#[must_use]
pub fn new_xml_id(random: &dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    format!("_{}", super::encoding::hex(&bytes))
}
