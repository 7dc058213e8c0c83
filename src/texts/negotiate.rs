//! The choice of a language from what the app and the browser ask for.

use super::language::Language;

/// How many language tags of one request are looked at; the rest is ignored.
pub const MAX_TAGS: usize = 16;

/// The language to speak: the first of `ui_locales` that exists here, else the best of
/// `Accept-Language`, else [`Language::FALLBACK`].
///
/// **Shape**: `ui_locales` is a list of tags parted by spaces, the most wanted first;
/// `accept_language` is the header as sent. Malformed parts are skipped, never refused, since a
/// language is only a wish.
///
/// # Source
/// OIDC Core 3.1.2.1 (`ui_locales`), RFC 9110 12.5.4 (`Accept-Language`).
#[must_use]
pub fn negotiate(ui_locales: Option<&str>, accept_language: Option<&str>) -> Language {
    let available = Language::OF_PAGES.map(Language::tag);
    let asked = ui_locales.into_iter().flat_map(|list| list.split(' ')).take(MAX_TAGS);
    let index = asked
        .filter_map(|tag| position(tag, &available))
        .next()
        .or_else(|| best_accepted(accept_language.unwrap_or_default(), &available));
    index.and_then(|index| Language::OF_PAGES.get(index).copied()).unwrap_or(Language::FALLBACK)
}

/// The best language of `Accept-Language` that is spoken at all, in mail if not on pages.
#[must_use]
pub fn accepted(accept_language: &str) -> Option<Language> {
    let available = Language::ALL.map(Language::tag);
    best_accepted(accept_language, &available).and_then(|index| Language::ALL.get(index).copied())
}

/// The available tag with the highest weight; of equals, the one named first.
fn best_accepted(header: &str, available: &[&str]) -> Option<usize> {
    let mut best: Option<(u16, usize)> = None;
    for part in header.split(',').take(MAX_TAGS) {
        let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
        let (Some(weight), Some(index)) = (weight(parameters), position(tag.trim(), available)) else { continue };
        if weight > 0 && best.is_none_or(|(highest, _)| weight > highest) {
            best = Some((weight, index));
        }
    }
    best.map(|(_, index)| index)
}

/// Where a wanted tag is found: the tag itself, or the same with its last subtags cut off.
///
/// # Source
/// RFC 4647 3.4 (lookup).
pub(super) fn position(wanted: &str, available: &[&str]) -> Option<usize> {
    let mut range = wanted;
    loop {
        if let Some(index) = available.iter().position(|tag| tag.eq_ignore_ascii_case(range)) {
            return Some(index);
        }
        range = &range[..range.rfind('-')?];
    }
}

/// The weight of a part in thousandths, 1000 where none is given.
///
/// # Source
/// RFC 9110 12.4.2.
fn weight(parameters: &str) -> Option<u16> {
    let parameters = parameters.trim();
    if parameters.is_empty() {
        return Some(1_000);
    }
    let value = parameters.strip_prefix("q=").or_else(|| parameters.strip_prefix("Q="))?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    match whole {
        "1" if digits && fraction.bytes().all(|byte| byte == b'0') => Some(1_000),
        "0" if digits => format!("{fraction:0<3}").parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHELF: [&str; 4] = ["en", "de", "pt-BR", "zh-Hant"];

    fn best(header: &str) -> Option<&'static str> {
        best_accepted(header, &SHELF).map(|index| SHELF[index])
    }

    #[test]
    fn the_highest_weight_wins_and_the_first_of_equals() {
        assert_eq!(best("en;q=0.8, de;q=0.9"), Some("de"));
        assert_eq!(best("de, en"), Some("de"));
        assert_eq!(best("en;q=0.900,de;q=0.901"), Some("de"));
        assert_eq!(best("fr, en;q=0.1"), Some("en"));
    }

    #[test]
    fn a_region_falls_back_to_its_language_but_never_to_another_region() {
        assert_eq!(best("de-AT"), Some("de"));
        assert_eq!(best("DE-at-1901"), Some("de"));
        assert_eq!(best("zh-Hant-TW"), Some("zh-Hant"));
        assert_eq!(best("pt-PT"), None);
        assert_eq!(best("pt"), None);
    }

    #[test]
    fn a_weight_of_zero_or_without_meaning_is_no_wish() {
        for header in
            ["de;q=0", "de;q=0.000", "de;q=2", "de;q=1.001", "de;q=0.1234", "de;q=x", "de;level=1", "", ";", ","]
        {
            assert_eq!(best(header), None, "{header}");
        }
        assert_eq!(best("de;q=1.000"), Some("de"));
        assert_eq!(best("de;q=0.001"), Some("de"));
    }

    #[test]
    fn only_the_first_tags_are_looked_at() {
        let just_inside = format!("{}de", "fr,".repeat(MAX_TAGS - 1));
        let just_outside = format!("{}de", "fr,".repeat(MAX_TAGS));
        assert_eq!(best(&just_inside), Some("de"));
        assert_eq!(best(&just_outside), None);
    }

    #[test]
    fn whatever_is_asked_there_is_a_language() {
        let hostile = "-".repeat(10_000);
        for (locales, header) in
            [(None, None), (Some("xx fr-CA"), Some("fr")), (Some("en-GB"), None), (Some(&*hostile), Some(&*hostile))]
        {
            assert_eq!(negotiate(locales, header), Language::English);
        }
    }
}
