//! What an administrator should do about a refusal: one text for each cause, read at the command
//! line only. It names addresses and settings, so a visitor never sees it.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use super::catalogue::CatalogueError;

const TAG: &str = "en";
const SOURCE: &str = include_str!("admin.ftl");
const OTHERWISE: &str = "advice-otherwise";

/// The names that an advice may mention.
#[derive(Debug, Clone, Copy, Default)]
pub struct Names<'a> {
    /// Where the gateway is reached.
    pub public_url: &'a str,
    /// The slug of the partner, where it is known.
    pub partner: Option<&'a str>,
    /// The slug of the app, where it is known.
    pub app: Option<&'a str>,
}

/// Every advice, parsed once.
pub struct Advice {
    bundle: FluentBundle<FluentResource>,
}

impl Advice {
    /// Parses the texts that are built into the program.
    ///
    /// # Errors
    /// [`CatalogueError`] where the built-in file is malformed.
    pub fn new() -> Result<Self, CatalogueError> {
        let identifier: LanguageIdentifier = TAG.parse().map_err(|_| CatalogueError::Tag { tag: TAG })?;
        let resource = FluentResource::try_new(SOURCE.to_owned()).map_err(|(_, faults)| CatalogueError::Syntax {
            tag: TAG,
            count: faults.len(),
            first: faults.first().map(ToString::to_string).unwrap_or_default(),
        })?;
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|_| CatalogueError::Doubled { tag: TAG })?;
        Ok(Self { bundle })
    }

    /// Whether there is an advice for `cause`.
    #[must_use]
    pub fn has(&self, cause: &str) -> bool {
        self.bundle.has_message(&key(cause))
    }

    /// Every cause that has an advice, in the order of the file.
    pub fn causes() -> impl Iterator<Item = String> {
        SOURCE.lines().filter_map(|line| {
            let (key, _) = line.strip_prefix("advice-")?.split_once(" =")?;
            Some(key.replace('-', "_"))
        })
    }

    /// What to do about `cause`; a cause without advice of its own gets the one that says so.
    #[must_use]
    pub fn text(&self, cause: &str, names: Names<'_>) -> String {
        let own = key(cause);
        let found = self.bundle.get_message(&own).or_else(|| self.bundle.get_message(OTHERWISE));
        let Some(pattern) = found.and_then(|message| message.value()) else { return String::new() };
        let mut args = FluentArgs::new();
        args.set("public_url", names.public_url);
        args.set("partner", quoted(names.partner, "the partner"));
        args.set("app", quoted(names.app, "the app"));
        sentences(&self.bundle.format_pattern(pattern, Some(&args), &mut Vec::new()))
    }
}

impl std::fmt::Debug for Advice {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Advice")
    }
}

fn key(cause: &str) -> String {
    format!("advice-{}", cause.replace('_', "-"))
}

fn quoted(slug: Option<&str>, otherwise: &str) -> String {
    slug.map_or_else(|| otherwise.to_owned(), |slug| format!("`{slug}`"))
}

/// The text with a capital at each start of a sentence: where a name is unknown, "the partner" stands
/// in its place.
fn sentences(text: &str) -> String {
    let mut starts = true;
    let mut after_period = false;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        out.push(if starts { c.to_ascii_uppercase() } else { c });
        starts = after_period && c == ' ';
        after_period = c == '.';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: Names<'_> =
        Names { public_url: "https://gate.example", partner: Some("fabrikam"), app: Some("payroll") };

    fn text(cause: &str, names: Names<'_>) -> String {
        Advice::new().unwrap().text(cause, names)
    }

    #[test]
    fn an_advice_names_what_to_set() {
        assert_eq!(
            text("audience_not_ours", NAMES),
            "The identity provider of `fabrikam` addresses another service provider. Ask it to set the audience \
             (entity ID) to https://gate.example/saml/sp."
        );
    }

    #[test]
    fn an_unknown_partner_is_called_so() {
        let names = Names { partner: None, ..NAMES };
        assert_eq!(
            text("mail_missing", names),
            "The partner states no mail address. Ask it to release `mail`, or name the attribute that has it under \
             `attributes` of the partner."
        );
    }

    #[test]
    fn a_cause_without_advice_says_so() {
        let advice = Advice::new().unwrap();
        assert!(!advice.has("no_such_cause"));
        assert_eq!(advice.text("no_such_cause", NAMES), advice.text("otherwise", NAMES));
    }

    #[test]
    fn every_advice_is_whole_sentences_with_all_arguments() {
        let advice = Advice::new().unwrap();
        let mut count = 0;
        for cause in Advice::causes() {
            let text = advice.text(&cause, Names::default());
            assert!(text.ends_with('.') && !text.contains(['{', '}', '⟦']), "{cause}: {text}");
            count += 1;
        }
        assert!(count > 100);
    }
}
