//! The known word that a mistyped one most likely means.

/// The nearest of `known` within two slips of the finger, one for words of up to four letters.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = if written.len() <= 4 { 1 } else { 2 };
    let measured = known.into_iter().map(|word| (distance(written, word), word));
    measured.filter(|(slips, _)| *slips <= allowed).min_by_key(|(slips, _)| *slips).map(|(_, word)| word)
}

/// Letters to insert, leave out, change or swap (optimal string alignment). Words longer than any key
/// are infinitely far.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len() > 64 || right.len() > 64 {
        return usize::MAX;
    }
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).collect()];
    for row in 1..=left.len() {
        let mut next = vec![row];
        for column in 1..=right.len() {
            let changed = usize::from(left[row - 1] != right[column - 1]);
            let mut best =
                (rows[row - 1][column - 1] + changed).min(rows[row - 1][column] + 1).min(next[column - 1] + 1);
            let swapped =
                row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1];
            if swapped {
                best = best.min(rows[row - 2][column - 2] + 1);
            }
            next.push(best);
        }
        rows.push(next);
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        let known = ["slug", "name", "domains", "id"];
        assert_eq!(nearest("slgu", known), Some("slug"));
        assert_eq!(nearest("domain", known), Some("domains"));
        assert_eq!(nearest("doman", known), Some("domains"));
        assert_eq!(nearest("dman", known), None);
        assert_eq!(nearest("ix", known), Some("id"));
        assert_eq!(nearest("xx", known), None);
        assert_eq!(nearest(&"x".repeat(100), known), None);
    }
}
