//! OIDC Core 3.1.2.1: `ui_locales`, language tags (RFC 5646 2.1) in order of preference. A tag that
//! we do not speak is no error; text that is no tag is.

use crate::base::params::RawParams;
use crate::oidc::parameter::{ParamFault, UI_LOCALES, words};

pub(in crate::oidc) fn read(params: &RawParams) -> Result<Vec<String>, ParamFault> {
    let text = UI_LOCALES.optional(params)?.unwrap_or("");
    if words(text).all(is_tag) { Ok(words(text).map(str::to_owned).collect()) } else { Err(UI_LOCALES.malformed) }
}

/// Subtags of one to eight letters or digits, the first of letters only.
fn is_tag(word: &str) -> bool {
    let mut subtags = word.split('-');
    subtags.next().is_some_and(|first| is_subtag(first) && first.bytes().all(|byte| byte.is_ascii_alphabetic()))
        && subtags.all(is_subtag)
}

fn is_subtag(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Result<&[&str], &str>) {
        let found = read(&RawParams::parse(query).unwrap());
        let expected = expected.map(|tags| tags.iter().map(|tag| (*tag).to_owned()).collect());
        assert_eq!(found.map_err(|fault| fault.cause), expected, "{query}");
    }

    #[test]
    fn language_tags_are_read_in_order() {
        check("", Ok(&[]));
        check("ui_locales=", Ok(&[]));
        check("ui_locales=de-CH+fr++zh-Hant-TW", Ok(&["de-CH", "fr", "zh-Hant-TW"]));
        check("ui_locales=abcdefgh", Ok(&["abcdefgh"]));
        for wrong in ["abcdefghi", "de_CH", "de-", "-de", "1a", "*", "../etc", "de%00", "d%C3%A9"] {
            check(&format!("ui_locales={wrong}"), Err("ui_locales_malformed"));
        }
        check("ui_locales=de&ui_locales=fr", Err("ui_locales_doubled"));
        check(&format!("ui_locales=de{}", "+".repeat(254)), Ok(&["de"]));
        check(&format!("ui_locales=de{}", "+".repeat(255)), Err("ui_locales_too_long"));
    }
}
