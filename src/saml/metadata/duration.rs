//! `xs:duration`, as `cacheDuration` has it (XML Schema Part 2 3.2.6).

use std::time::Duration;

/// Reads a duration that is not negative. A month counts 30 days and a year 365: metadata means
/// "about so long".
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    let rest = text.strip_prefix('P').filter(|_| text.len() <= 64)?;
    let (date, time) = match rest.split_once('T') {
        Some((_, "")) => return None,
        Some((date, time)) => (date, time),
        None if rest.is_empty() => return None,
        None => (rest, ""),
    };
    let days = read(date, &[('Y', 365), ('M', 30), ('D', 1)])?;
    let seconds = read(time, &[('H', 3600), ('M', 60), ('S', 1)])?;
    Some(Duration::from_secs(days.checked_mul(86_400)?.checked_add(seconds)?))
}

/// Reads numbers with their designators, each at most once and in order. Fractions, which only seconds
/// may have, are dropped.
fn read(mut text: &str, designators: &[(char, u64)]) -> Option<u64> {
    let mut total: u64 = 0;
    for (designator, unit) in designators {
        let Some((number, rest)) = text.split_once(*designator) else { continue };
        let whole = match number.split_once('.') {
            Some((whole, fraction)) if *designator == 'S' && is_digits(fraction) => whole,
            Some(_) => return None,
            None => number,
        };
        if !is_digits(whole) {
            return None;
        }
        total = total.checked_add(whole.parse::<u64>().ok()?.checked_mul(*unit)?)?;
        text = rest;
    }
    text.is_empty().then_some(total)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_every_part_are_read() {
        for (text, seconds) in [
            ("PT1H", 3600),
            ("P1D", 86_400),
            ("P1Y2M3DT4H5M6.7S", (365 + 60 + 3) * 86_400 + 4 * 3600 + 5 * 60 + 6),
            ("PT0S", 0),
            ("PT604800S", 604_800),
            ("P1M", 30 * 86_400),
            ("PT1M", 60),
        ] {
            assert_eq!(parse(text), Some(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "P", "PT", "1H", "-P1D", "P1H", "P1DT", "PT1S1H", "PTS", "PT1.5H", "P99999999999999999999D"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
