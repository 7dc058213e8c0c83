//! What `[[authentication_strength]]` says.

use super::policy::note;
use super::shape::{Key, Kind, Presence, Shape};
use super::table::Table;
use super::texts;
use crate::domain::definitions::Located;
use crate::domain::names::Slug;
use crate::domain::policy::definitions::{Places, StrengthDefinition};
use crate::domain::policy::methods::{Method, MethodSet};

/// `[[authentication_strength]]`.
pub static AUTHENTICATION_STRENGTH: Shape = Shape {
    name: "[[authentication_strength]]",
    doc: "Methods that are together strong enough, beside the built-in `multifactor`, `passwordless` and \
          `phishing-resistant`. At most 61.",
    keys: &[
        texts::ID,
        texts::SLUG,
        texts::DISPLAY_NAME,
        Key {
            name: "allowed_combinations",
            kind: Kind::Texts,
            presence: Presence::Required,
            doc: "Each is enough: one method, or two and more joined by commas, of `password`, \
                  `federated_single_factor` (the partner vouched by whichever means), \
                  `x509_certificate_single_factor`, `sms`, `voice`, `microsoft_authenticator_push`, `software_oath`, \
                  `hardware_oath`, `email`, `recovery_code`, `federated_multi_factor`, `device_based_push`, `fido2`, \
                  `windows_hello_for_business`, `x509_certificate_multi_factor` and `federated_phishing_resistant`. \
                  At most 200.",
        },
    ],
};

/// Why a combination is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum CombinationError {
    /// A method that is not known.
    #[error("`{0}` is no authentication method known to this version")]
    Unknown(String),
    /// A method twice.
    #[error("names a method twice")]
    Repeated,
}

/// Reads a strength; every fault is noted, and `None` means that something essential is missing.
#[must_use]
pub fn read(table: &Table<'_>) -> Option<Located<StrengthDefinition>> {
    let id = texts::id(table);
    let slug = table.parsed("slug", Slug::parse);
    let display_name = texts::display_name_of(table, slug.as_ref());
    let combinations = table.parsed_texts("allowed_combinations", combination);
    let mut places = Places::new();
    note(table, &["allowed_combinations"], &mut places);
    let value = StrengthDefinition { id, slug: slug?, display_name: display_name?, combinations, places };
    Some(Located { origin: table.origin().clone(), value })
}

fn combination(text: &str) -> Result<MethodSet, CombinationError> {
    text.split(',').map(str::trim).try_fold(MethodSet::EMPTY, |methods, word| {
        let method = Method::parse(word).ok_or_else(|| CombinationError::Unknown(word.to_owned()))?;
        if methods.has(method) { Err(CombinationError::Repeated) } else { Ok(methods.with(method)) }
    })
}
