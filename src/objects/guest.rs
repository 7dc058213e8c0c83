//! What `[[guest]]` says.

use super::shape::{Key, Kind, Presence, Shape};
use super::table::Table;
use super::texts;
use crate::domain::definitions::{GuestDefinition, Located};
use crate::domain::mail::MailAddress;
use crate::domain::names::Slug;
use crate::domain::roles::{Role, Roles};

/// `[[guest]]`.
pub static GUEST: Shape = Shape {
    name: "[[guest]]",
    doc: "A person of a partner who is invited, or whose account is administered here.",
    keys: &[
        Key {
            name: "id",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The `oid` of the account, a UUID, for a person who had one elsewhere. Without it one is made. It \
                  never changes.",
        },
        Key {
            name: "email",
            kind: Kind::Text,
            presence: Presence::Required,
            doc: "The invited address. It binds once, to the first sign-in that proves this address; from then on the \
                  account belongs to that person at that partner, whatever becomes of the address.",
        },
        Key {
            name: "partner",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The slug or id of the only partner that may bind the account. The address must lie within its \
                  domains.",
        },
        Key {
            name: "name",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The display name: 1 to 256 characters. Without it the partner's is taken at each sign-in.",
        },
        Key {
            name: "apps",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "Apps, by slug or id, to which the account is assigned directly. Exactly these.",
        },
        Key {
            name: "roles",
            kind: Kind::Texts,
            presence: Presence::Optional,
            doc: "Roles of an administrator: `global_administrator`, `user_administrator`, `guest_inviter`, \
                  `helpdesk_administrator`, `security_administrator`, `conditional_access_administrator`, \
                  `external_identity_provider_administrator`, `reports_reader`; see [who may do \
                  what](administration.md). Exactly these; without the key the roles stay as they are.",
        },
    ],
};

/// Reads a guest; every fault is noted, and `None` means that something essential is missing.
#[must_use]
pub fn read(table: &Table<'_>) -> Option<Located<GuestDefinition>> {
    let id = texts::id(table);
    let email = table.parsed("email", MailAddress::parse);
    let partner = table.parsed("partner", Slug::parse);
    let name = table.parsed("name", texts::display_name);
    let apps = table.parsed_texts("apps", Slug::parse);
    let role = |word: &str| {
        Role::parse(word).ok_or_else(|| format!("is none of `{}`", Role::ALL.map(Role::as_str).join("`, `")))
    };
    let roles = table.node("roles").map(|_| Roles::of(&table.parsed_texts("roles", role)));
    let value = GuestDefinition { id, email: email?, partner, name, apps, roles };
    Some(Located { origin: table.origin().clone(), value })
}
