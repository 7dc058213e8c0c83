//! What `[[policy]]` says: the conditional access policy of Microsoft Graph, its names in `snake_case`,
//! with conditions of ours beside.

mod conditions;
mod controls;

use super::shape::{Key, Kind, Presence, Shape};
use super::table::Table;
use super::texts;
use crate::domain::definitions::Located;
use crate::domain::names::Slug;
use crate::domain::policy::definitions::{Places, PolicyDefinition};
use crate::domain::policy::words::State;

/// `[[policy]]`.
pub static POLICY: Shape = Shape {
    name: "[[policy]]",
    doc: "A rule about who gets in: when all its conditions match, its controls must be met. Policies have no order; \
          all that apply must be met, and one that blocks ends it.",
    keys: &[
        texts::ID,
        texts::SLUG,
        texts::DISPLAY_NAME,
        Key {
            name: "state",
            kind: Kind::Word(State::WORDS),
            presence: Presence::Required,
            doc: "`enabled`: it is enforced. `disabled`: it is kept and not evaluated. \
                  `enabled_for_reporting_but_not_enforced`: what it would have done is recorded, and nobody notices.",
        },
        Key {
            name: "conditions",
            kind: Kind::Table(&conditions::CONDITIONS),
            presence: Presence::Required,
            doc: "When it applies: every condition that is written must match.",
        },
        Key {
            name: "grant_controls",
            kind: Kind::Table(&controls::GRANT_CONTROLS),
            presence: Presence::Optional,
            doc: "What it demands before anything is issued. A policy has these or session controls.",
        },
        Key {
            name: "session_controls",
            kind: Kind::Table(&controls::SESSION_CONTROLS),
            presence: Presence::Optional,
            doc: "What it sets for the session.",
        },
    ],
};

/// Reads a policy; every fault is noted, and `None` means that something essential is missing.
#[must_use]
pub fn read(table: &Table<'_>) -> Option<Located<PolicyDefinition>> {
    let mut places = Places::new();
    let id = texts::id(table);
    let slug = table.parsed("slug", Slug::parse);
    let display_name = texts::display_name_of(table, slug.as_ref());
    let state = table.text("state").and_then(State::parse);
    let conditions = table.table("conditions").map(|table| conditions::read(&table, &mut places));
    let grant = table.table("grant_controls").map(|table| controls::grant(&table, &mut places));
    let session = table.table("session_controls").map(|table| controls::session(&table, &mut places));
    note(table, &["conditions", "grant_controls"], &mut places);
    let value = PolicyDefinition {
        id,
        slug: slug?,
        display_name: display_name?,
        state: state?,
        conditions: conditions?,
        grant,
        session: session.unwrap_or_default(),
        places,
    };
    Some(Located { origin: table.origin().clone(), value })
}

/// Keeps where keys stand, for faults that are found later.
pub(super) fn note(table: &Table<'_>, keys: &[&'static str], places: &mut Places) {
    for key in keys.iter().filter(|key| table.node(key).is_some()) {
        places.insert(key, table.place(key).clone());
    }
}
