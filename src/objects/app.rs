//! What `[[app]]` says.

use super::shape::{Key, Kind, Presence, Shape};
use super::table::{Absent, Table};
use super::texts;
use super::{claims, oidc_app, saml_app};
use crate::domain::apps::Assignment;
use crate::domain::claims::names::Protocol;
use crate::domain::claims::rule::NameIdRule;
use crate::domain::definitions::{AppDefinition, Located, ProtocolDefinition};
use crate::domain::mail::MailAddress;
use crate::domain::names::Slug;
use crate::domain::partners::Switch;

/// The most partners that an app may name; one that takes more takes everybody's people.
const MAX_PARTNERS: usize = 256;

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
            name: "partners",
            kind: Kind::Texts,
            presence: Presence::Optional,
            doc: "Partners, by slug or id, whose people the app takes, the home organisation among them; at least one. \
                  Without the key it takes those of every partner. Nobody else is led to it, signs in to it, or goes on \
                  using what was issued before.",
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
        Key {
            name: "claims",
            kind: Kind::Tables(&claims::CLAIM),
            presence: Presence::Optional,
            doc: "What the app is told of a person, in the place of the usual claims; at most 64.",
        },
        Key {
            name: "basic_claims",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "Whether an app with `claims` is sent the usual ones too: those that scopes open, or the four usual \
                  attributes. A rule takes the place of the usual claim of its name.",
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
    let partners = partners(table);
    let sector = table.parsed("sector", texts::identifier);
    let (protocol, name_id) = protocol(table)?;
    let value = AppDefinition {
        id,
        slug: slug?,
        name: name?,
        switch: Switch::from_enabled(table.is_set("enabled", Absent::IsTrue)),
        assignment: match table.text("assignment") {
            Some("everyone") => Assignment::Everyone,
            _ => Assignment::Required,
        },
        partners,
        owners,
        sector,
        claims: claims::read(table, speaks(&protocol), name_id),
        protocol,
    };
    Some(Located { origin: table.origin().clone(), value })
}

/// The partners that are named. An empty list would lock everybody out, which is what `enabled` is for.
fn partners(table: &Table<'_>) -> Option<Vec<Slug>> {
    table.node("partners")?;
    let partners = table.parsed_texts("partners", Slug::parse);
    if table.texts("partners").is_empty() {
        table.fault(
            "partners",
            "`partners` names nobody: leave it out to take everybody's people, or switch the app off",
        );
    } else if partners.len() > MAX_PARTNERS {
        table.fault("partners", format!("`partners` names {} partners; {MAX_PARTNERS} are the most", partners.len()));
    }
    Some(partners)
}

const fn speaks(protocol: &ProtocolDefinition) -> Protocol {
    match protocol {
        ProtocolDefinition::Oidc(_) => Protocol::Oidc,
        ProtocolDefinition::Saml(_) => Protocol::Saml,
    }
}

/// What the app speaks, of which there is one, and how a SAML app is named a person.
fn protocol(table: &Table<'_>) -> Option<(ProtocolDefinition, Option<NameIdRule>)> {
    match (table.node("oidc").is_some(), table.node("saml").is_some()) {
        (true, false) => {
            let oidc = table.table("oidc").and_then(|table| oidc_app::read(&table));
            oidc.map(|oidc| (ProtocolDefinition::Oidc(oidc), None))
        }
        (false, true) => {
            let table = table.table("saml")?;
            let name_id = claims::name_id(&table);
            saml_app::read(&table).map(|saml| (ProtocolDefinition::Saml(saml), name_id))
        }
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
