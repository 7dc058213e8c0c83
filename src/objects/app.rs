//! What `[[app]]` says.

use super::shape::{Key, Kind, Presence, Shape};
use super::table::{Absent, Table};
use super::texts;
use super::{oidc_app, saml_app};
use crate::domain::apps::Assignment;
use crate::domain::definitions::{AppDefinition, Located, ProtocolDefinition};
use crate::domain::mail::MailAddress;
use crate::domain::names::Slug;
use crate::domain::partners::Switch;

/// `[[app]]`.
pub static APP: Shape = Shape {
    name: "[[app]]",
    doc: "An application that signs people in here.",
    keys: &[
        texts::ID,
        texts::SLUG,
        texts::NAME,
        Key {
            name: "enabled",
            kind: Kind::Flag,
            presence: Presence::Default("true"),
            doc: "Whether anything is issued to the app.",
        },
        Key {
            name: "owners",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "Mail addresses of the people who answer for the app.",
        },
        Key {
            name: "assignment",
            kind: Kind::Word(&["required", "everyone"]),
            presence: Presence::Default("\"required\""),
            doc: "`required`: only accounts that are assigned, directly or through a group. `everyone`: every account \
                  that may sign in here.",
        },
        Key {
            name: "sector",
            kind: Kind::Text,
            presence: Presence::Default("the app's id"),
            doc: "Apps of one sector see the same `sub` or persistent NameID of a person. It never changes by itself: leaving the key out \
                  keeps what is stored. Changing it changes every `sub` and NameID of the app. At most 1024 bytes.",
        },
        Key {
            name: "oidc",
            kind: Kind::Table(&oidc_app::OIDC),
            presence: Presence::Optional,
            doc: "What the app is as an OpenID Connect relying party. One of this and `saml` is needed.",
        },
        Key {
            name: "saml",
            kind: Kind::Table(&saml_app::SAML),
            presence: Presence::Optional,
            doc: "What the app is as a SAML 2.0 service provider.",
        },
    ],
};

/// Reads an app; every fault is noted, and `None` means that something essential is missing.
#[must_use]
pub fn read(table: &Table<'_>) -> Option<Located<AppDefinition>> {
    let id = texts::id(table);
    let slug = table.parsed("slug", Slug::parse);
    let name = texts::name(table, slug.as_ref());
    let owners = table.parsed_texts("owners", MailAddress::parse);
    let sector = table.parsed("sector", texts::identifier);
    let protocol = protocol(table);
    let value = AppDefinition {
        id,
        slug: slug?,
        name: name?,
        switch: Switch::from_enabled(table.is_set("enabled", Absent::IsTrue)),
        assignment: match table.text("assignment") {
            Some("everyone") => Assignment::Everyone,
            _ => Assignment::Required,
        },
        owners,
        sector,
        protocol: protocol?,
    };
    Some(Located { origin: table.origin().clone(), value })
}

/// What the app speaks, of which there is one.
fn protocol(table: &Table<'_>) -> Option<ProtocolDefinition> {
    match (table.node("oidc").is_some(), table.node("saml").is_some()) {
        (true, false) => table.table("oidc").and_then(|table| oidc_app::read(&table)).map(ProtocolDefinition::Oidc),
        (false, true) => table.table("saml").and_then(|table| saml_app::read(&table)).map(ProtocolDefinition::Saml),
        (false, false) => {
            table.reader().fault(table.origin(), "`[[app]]` needs one of `[app.oidc]` and `[app.saml]`");
            None
        }
        (true, true) => {
            table.fault("saml", "an app speaks one protocol; leave out one of `[app.oidc]` and `[app.saml]`");
            None
        }
    }
}
