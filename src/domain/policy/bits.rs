//! Sets of policies as bits, so that one word answers for 64 policies at once.

/// Bits of a word.
const WORD: usize = u64::BITS as usize;

/// How many words hold one bit for each of `policies`.
#[must_use]
pub(crate) const fn words(policies: usize) -> usize {
    policies.div_ceil(WORD)
}

/// Sets the bit of `policy`.
pub(crate) fn set(bits: &mut [u64], policy: usize) {
    if let Some(word) = bits.get_mut(policy / WORD) {
        *word |= 1 << (policy % WORD);
    }
}

/// Whether the bit of `policy` is set.
#[must_use]
pub(crate) fn has(bits: &[u64], policy: usize) -> bool {
    bits.get(policy / WORD).is_some_and(|word| word >> (policy % WORD) & 1 == 1)
}

/// Adds every bit of `more`.
pub(crate) fn add(bits: &mut [u64], more: &[u64]) {
    for (word, more) in bits.iter_mut().zip(more) {
        *word |= more;
    }
}

/// The policies whose bit is set, in order.
pub(crate) fn each(bits: &[u64]) -> impl Iterator<Item = usize> + '_ {
    bits.iter().enumerate().flat_map(|(index, word)| {
        let mut rest = *word;
        std::iter::from_fn(move || {
            let bit = rest.trailing_zeros() as usize;
            rest &= rest.wrapping_sub(1);
            (bit < WORD).then_some(index * WORD + bit)
        })
    })
}

/// A set of few policies: only the words that are not empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sparse(Vec<(u32, u64)>);

impl Sparse {
    /// Sets the bit of `policy`, which is none before the last one set.
    pub(crate) fn push(&mut self, policy: usize) {
        let word = u32::try_from(policy / WORD).unwrap_or(u32::MAX);
        let bit = 1 << (policy % WORD);
        match self.0.last_mut() {
            Some((last, bits)) if *last == word => *bits |= bit,
            _ => self.0.push((word, bit)),
        }
    }

    /// Adds every bit of it to `bits`.
    pub(crate) fn add_to(&self, bits: &mut [u64]) {
        for (word, more) in &self.0 {
            if let Some(word) = bits.get_mut(*word as usize) {
                *word |= more;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_found_again_across_words() {
        let mut bits = vec![0; words(130)];
        let mut sparse = Sparse::default();
        for policy in [0, 1, 63, 64, 129] {
            set(&mut bits, policy);
            sparse.push(policy);
        }
        assert_eq!(each(&bits).collect::<Vec<_>>(), [0, 1, 63, 64, 129]);
        let mut again = vec![0; words(130)];
        sparse.add_to(&mut again);
        assert_eq!(again, bits);
        assert!(has(&bits, 64) && !has(&bits, 65) && !has(&bits, 100_000));
    }

    #[test]
    fn a_bit_outside_is_no_bit() {
        let mut none: [u64; 0] = [];
        set(&mut none, 3);
        assert!(!has(&none, 3));
        assert_eq!((words(0), words(1), words(64), words(65)), (0, 1, 1, 2));
    }
}
