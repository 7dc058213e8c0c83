//! What `[[group]]` says.

use super::shape::{Key, Kind, Presence, Shape};
use super::table::Table;
use super::texts;
use crate::domain::definitions::{GroupDefinition, GuestReference, Located};
use crate::domain::mail::{MailAddress, MailError};
use crate::domain::names::Slug;

/// `[[group]]`.
pub static GROUP: Shape = Shape {
    name: "[[group]]",
    doc: "Guests who are assigned to apps together; its id is in the `groups` claim.",
    keys: &[
        texts::ID,
        texts::SLUG,
        texts::NAME,
        Key {
            name: "members",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "Guests by mail address or id. Exactly these: who is not listed is taken out.",
        },
        Key {
            name: "owners",
            kind: Kind::Texts,
            presence: Presence::Optional,
            doc: "Guests by mail address or id who may put people into the group and take them out, and nothing else. \
                  Exactly these; without the key the owners stay as they are. See [who may do \
                  what](administration.md).",
        },
        Key {
            name: "apps",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "Apps, by slug or id, to which every member is assigned. Exactly these.",
        },
    ],
};

/// Reads a group; every fault is noted, and `None` means that something essential is missing.
#[must_use]
pub fn read(table: &Table<'_>) -> Option<Located<GroupDefinition>> {
    let id = texts::id(table);
    let slug = table.parsed("slug", Slug::parse);
    let name = texts::name(table, slug.as_ref());
    let members = table.parsed_texts("members", member);
    let owners = table.node("owners").map(|_| table.parsed_texts("owners", member));
    let apps = table.parsed_texts("apps", Slug::parse);
    let value = GroupDefinition { id, slug: slug?, name: name?, members, owners, apps };
    Some(Located { origin: table.origin().clone(), value })
}

fn member(text: &str) -> Result<GuestReference, MailError> {
    match texts::uuid(text) {
        Ok(id) => Ok(GuestReference::Id(id)),
        Err(_) => MailAddress::parse(text).map(GuestReference::Mail),
    }
}
