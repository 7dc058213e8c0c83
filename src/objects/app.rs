//! What `[[app]]` says.

use super::shape::{Key, Kind, Presence, Shape};
use super::table::{Absent, Table};
use super::texts;
use super::{claims, oidc_app, saml_app};
use crate::domain::apps::Assignment;
use crate::domain::apps::grant_types::GrantType;
use crate::domain::claims::names::Protocol;
use crate::domain::claims::rule::NameIdRule;
use crate::domain::definitions::{AppDefinition, Located, ProtocolDefinition};
use crate::domain::mail::MailAddress;
use crate::domain::names::Slug;
use crate::domain::partners::Switch;
use crate::domain::permissions::{Permission, Permissions};

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
                  `mail` among them stands for people \
                  who sign in by a mailed code. Without the key it takes those of every partner. Nobody else is led to it, signs in to it, or goes on \
                  using what was issued before.",
        },
        Key {
            name: "permissions",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "What the app may do in the directory API for itself, by the words of Microsoft Graph, such as \
                  `User.Invite.All`; see [who may do what](administration.md#permissions-of-apps). It asks for a token by \
                  `client_credentials`, which must be among its `grant_types`. A token can do what stands here at the time \
                  when it is used.",
        },
        Key {
            name: "delegated_permissions",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "What the app may ask to do in the directory API in the name of a person, by the same words as scopes of \
                  its request. The person can do no more through it than by their own roles, and the app no more than \
                  stands here.",
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
    let (mut protocol, name_id) = protocol(table)?;
    permissions(table, &mut protocol);
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

/// What the app may do here. Who acts for nobody must have a token of its own, and who acts for people must sign them in.
fn permissions(table: &Table<'_>, protocol: &mut ProtocolDefinition) {
    let known = |word: &str| {
        Permission::parse(word)
            .ok_or_else(|| format!("is none of `{}`", Permission::ALL.map(Permission::as_str).join("`, `")))
    };
    let own = table.parsed_texts("permissions", known);
    let delegated = table.parsed_texts("delegated_permissions", known);
    let ProtocolDefinition::Oidc(oidc) = protocol else {
        for name in ["permissions", "delegated_permissions"].into_iter().filter(|name| table.node(name).is_some()) {
            table.fault(name, format!("a SAML app has no tokens and therefore no `{name}`; leave it out"));
        }
        return;
    };
    if let Some(word) = own.iter().find(|permission| !permission.is_of_apps()) {
        let message =
            format!("`permissions`: `{}` is about a person; give it as `delegated_permissions`", word.as_str());
        table.fault("permissions", message);
    }
    if !own.is_empty() && !oidc.grants.has(GrantType::ClientCredentials) {
        let message = "`permissions` are of the app's own tokens; add `client_credentials` to `grant_types`";
        table.fault("permissions", message);
    }
    if !delegated.is_empty() && !oidc.grants.has(GrantType::AuthorizationCode) {
        let message = "`delegated_permissions` are of tokens of people; add `authorization_code` to `grant_types`";
        table.fault("delegated_permissions", message);
    }
    oidc.tokens.permissions = Permissions::of(&own);
    oidc.tokens.delegated = Permissions::of(&delegated);
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
