//! The catalogue: a key and its arguments in, a sentence out.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::language::Language;

/// A catalogue that cannot be used; a fault of this program, found by its tests.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// The tag of a language is no language tag.
    #[error("language tag `{tag}` is malformed")]
    Tag {
        /// The tag.
        tag: &'static str,
    },
    /// The Fluent source of a language does not parse.
    #[error("catalogue of language `{tag}` has {count} faults, the first: {first}")]
    Syntax {
        /// The language.
        tag: &'static str,
        /// How many faults there are.
        count: usize,
        /// The first of them, as the parser words it.
        first: String,
    },
    /// A key stands twice in one file.
    #[error("catalogue of language `{tag}` has a key twice")]
    Doubled {
        /// The language.
        tag: &'static str,
    },
}

/// The words of every language, parsed once at the start and shared by all requests.
pub struct Catalogue {
    bundles: Vec<(Language, FluentBundle<FluentResource>)>,
}

impl Catalogue {
    /// Parses the catalogues that are built into the program.
    ///
    /// # Errors
    /// [`CatalogueError`] where a built-in file is malformed.
    pub fn new() -> Result<Self, CatalogueError> {
        let bundles = Language::ALL.into_iter().map(|language| Ok((language, bundle(language)?)));
        Ok(Self { bundles: bundles.collect::<Result<_, _>>()? })
    }

    /// The text of `key` with its arguments filled in.
    ///
    /// **Shape**: `key` is a message (`refusal-signature`) or an attribute of one
    /// (`refusal-signature.advice`). The text is plain: a page must escape it. A language that
    /// lacks the key speaks the fallback; a key that no file has comes back between double
    /// brackets, so that it is seen.
    #[must_use]
    pub fn text(&self, language: Language, key: &str, args: &[(&str, String)]) -> String {
        self.format(language, key, args)
            .or_else(|| self.format(Language::FALLBACK, key, args))
            .unwrap_or_else(|| format!("⟦{key}⟧"))
    }

    /// Whether the fallback language has `key`, a message or an attribute of one.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.format(Language::FALLBACK, key, &[]).is_some()
    }

    /// Every key of the fallback language in the order of its file, attributes as `message.attribute`.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        let mut message = "";
        Language::FALLBACK.source().lines().filter_map(move |line| {
            let name = line.split_once(" =")?.0;
            if let Some(attribute) = name.trim_start().strip_prefix('.') {
                return Some(format!("{message}.{attribute}"));
            }
            message = name;
            name.starts_with(|first: char| first.is_ascii_alphabetic()).then(|| name.to_owned())
        })
    }

    fn format(&self, language: Language, key: &str, args: &[(&str, String)]) -> Option<String> {
        let (_, bundle) = self.bundles.iter().find(|(spoken, _)| *spoken == language)?;
        let pattern = match key.split_once('.') {
            Some((message, attribute)) => bundle.get_message(message)?.get_attribute(attribute)?.value(),
            None => bundle.get_message(key)?.value()?,
        };
        let args: FluentArgs<'_> =
            args.iter().map(|(name, value)| (*name, FluentValue::from(value.as_str()))).collect();
        // An argument that is missing leaves its own name in the text: a visitor is better served
        // by that than by no page, and the tests look for it.
        Some(bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned())
    }
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.bundles.iter().map(|(language, _)| language)).finish()
    }
}

fn bundle(language: Language) -> Result<FluentBundle<FluentResource>, CatalogueError> {
    let tag = language.tag();
    let identifier: LanguageIdentifier = tag.parse().map_err(|_| CatalogueError::Tag { tag })?;
    let resource =
        FluentResource::try_new(language.source().to_owned()).map_err(|(_, faults)| CatalogueError::Syntax {
            tag,
            count: faults.len(),
            first: faults.first().map(ToString::to_string).unwrap_or_default(),
        })?;
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    // The invisible marks that Fluent puts around arguments would end up in JSON and in what is
    // copied from a page; pages isolate names by `<bdi>` instead.
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).map_err(|_| CatalogueError::Doubled { tag })?;
    Ok(bundle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::refusals::REFUSALS;

    fn catalogue() -> Catalogue {
        Catalogue::new().unwrap()
    }

    #[test]
    fn a_text_takes_its_arguments_as_they_are() {
        let args = [("app", "<b>Pay & \"roll\"</b>".to_owned())];
        let text = catalogue().text(Language::English, "layout-app", &args);
        assert_eq!(text, "Signing in to <b>Pay & \"roll\"</b>");
    }

    #[test]
    fn an_attribute_is_reached_by_its_message() {
        let catalogue = catalogue();
        assert!(catalogue.has("refusal-signature.advice"));
        assert_ne!(
            catalogue.text(Language::English, "refusal-signature.advice", &[]),
            catalogue.text(Language::English, "refusal-signature", &[])
        );
    }

    #[test]
    fn an_unknown_key_is_not_had_and_is_seen() {
        let catalogue = catalogue();
        for key in ["", ".", "no-such-key", "refusal-signature.no-such", "no-such.advice", ".advice"] {
            assert!(!catalogue.has(key), "{key}");
            assert_eq!(catalogue.text(Language::English, key, &[]), format!("⟦{key}⟧"));
        }
    }

    #[test]
    fn every_refusal_has_a_sentence_and_an_advice_in_every_language() {
        let catalogue = catalogue();
        for (key, language) in REFUSALS.iter().flat_map(|key| Language::OF_PAGES.map(|language| (key, language))) {
            for key in [(*key).to_owned(), format!("{key}.advice")] {
                let text = catalogue.format(language, &key, &[]);
                assert!(text.is_some_and(|text| text.ends_with('.') && !text.contains('{')), "{key} in {language:?}");
            }
        }
    }

    #[test]
    fn every_refusal_of_the_file_is_in_the_list() {
        for key in catalogue().keys().filter(|key| key.starts_with("refusal-") && !key.contains('.')) {
            assert!(REFUSALS.contains(&key.as_str()), "{key} is not in the list of refusals");
        }
    }

    #[test]
    fn every_key_that_is_listed_can_be_had() {
        let catalogue = catalogue();
        let keys: Vec<String> = catalogue.keys().collect();
        assert!(keys.len() > 2 * REFUSALS.len());
        for key in keys {
            assert!(catalogue.has(&key), "{key}");
        }
    }

    /// The messages of `source` in the sections that every language has, with the arguments that each names.
    fn mail_messages(source: &str) -> Vec<(String, std::collections::BTreeSet<String>)> {
        let mut is_in = false;
        let mut messages = Vec::new();
        for line in source.lines() {
            if line.starts_with("## ") {
                is_in = line.starts_with("## Mail: ");
            }
            let Some((key, text)) = line.split_once(" = ").filter(|_| is_in && !line.starts_with('#')) else {
                continue;
            };
            let args = text.split("{ $").skip(1).map(|rest| rest.split(' ').next().unwrap().to_owned());
            messages.push((key.to_owned(), args.collect()));
        }
        messages
    }

    #[test]
    fn every_language_has_every_mail_with_the_same_arguments_and_nothing_else() {
        let english = mail_messages(Language::English.source());
        assert_eq!(english.len(), 34);
        for language in [Language::French, Language::Dutch, Language::German] {
            assert_eq!(mail_messages(language.source()), english, "{language:?}");
            let all = language.source().lines().filter(|line| line.contains(" = ") && !line.starts_with('#')).count();
            assert_eq!(all, english.len(), "{language:?}");
        }
    }

    #[test]
    fn one_catalogue_serves_all_threads() {
        fn shared<T: Send + Sync + 'static>(_: &T) {}
        shared(&catalogue());
    }
}
