//! What `[[app_group]]` says.

use super::shape::{Key, Kind, Presence, Shape};
use super::table::Table;
use super::texts;
use crate::domain::definitions::Located;
use crate::domain::names::Slug;
use crate::domain::policy::definitions::AppGroupDefinition;

/// `[[app_group]]`.
pub static APP_GROUP: Shape = Shape {
    name: "[[app_group]]",
    doc: "Apps that policies name together.",
    keys: &[
        texts::ID,
        texts::SLUG,
        texts::NAME,
        Key {
            name: "apps",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "Apps by slug or id. Exactly these.",
        },
    ],
};

/// Reads a group of apps; every fault is noted, and `None` means that something essential is missing.
#[must_use]
pub fn read(table: &Table<'_>) -> Option<Located<AppGroupDefinition>> {
    let id = texts::id(table);
    let slug = table.parsed("slug", Slug::parse);
    let name = texts::name(table, slug.as_ref());
    let apps = table.parsed_texts("apps", Slug::parse);
    let value = AppGroupDefinition { id, slug: slug?, name: name?, apps };
    Some(Located { origin: table.origin().clone(), value })
}
