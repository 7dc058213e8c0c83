//! Values that must not be printed, compared in variable time or left in memory.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// A secret: `Debug` prints `[secret]`, equality takes constant time, memory is wiped on drop.
#[derive(Clone)]
pub struct Secret<T: Zeroize + AsRef<[u8]>>(T);

/// A secret text, as passwords and client secrets are.
pub type SecretText = Secret<String>;

/// Secret bytes, as keys are.
pub type SecretBytes = Secret<Vec<u8>>;

impl<T: Zeroize + AsRef<[u8]>> Secret<T> {
    /// Takes the value into care.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself; the caller must not keep or print it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize + AsRef<[u8]>> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize + AsRef<[u8]>> fmt::Debug for Secret<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

impl<T: Zeroize + AsRef<[u8]>> PartialEq for Secret<T> {
    fn eq(&self, other: &Self) -> bool {
        same_bytes(self.0.as_ref(), other.0.as_ref())
    }
}

impl<T: Zeroize + AsRef<[u8]>> Eq for Secret<T> {}

/// Whether both are equal, in time that depends on their lengths only.
#[must_use]
pub fn same_bytes(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        let secret = SecretText::new("hunter2".to_owned());
        assert_eq!(format!("{secret:?}"), "[secret]");
        assert_eq!(secret, SecretText::new("hunter2".to_owned()));
        assert_ne!(secret, SecretText::new("hunter3".to_owned()));
    }
}
