//! `[policy.conditions]`.

use super::note;
use crate::domain::policy::definitions::{
    ConditionsDefinition, GuestTypeReference, LocationReference, Places, Reference,
};
use crate::domain::policy::scope::{Include, Scope};
use crate::domain::policy::words::{ClientAppType, Flow, GuestType, Platform};
use crate::objects::shape::{Key, Kind, Presence, Shape};
use crate::objects::table::Table;

const fn texts(name: &'static str, doc: &'static str) -> Key {
    Key { name, kind: Kind::Texts, presence: Presence::Default("[]"), doc }
}

const fn inner(name: &'static str, shape: &'static Shape, presence: Presence, doc: &'static str) -> Key {
    Key { name, kind: Kind::Table(shape), presence, doc }
}

/// `[policy.conditions]`.
pub(super) static CONDITIONS: Shape = Shape {
    name: "[policy.conditions]",
    doc: "When a policy applies. A condition that is left out matches always.",
    keys: &[
        inner("users", &USERS, Presence::Required, "Whom it is about."),
        inner("applications", &APPLICATIONS, Presence::Required, "Which apps it is about."),
        texts(
            "client_app_types",
            "What the person uses: `all`, or some of `browser`, `mobile_apps_and_desktop_clients`, \
             `exchange_active_sync` and `other`.",
        ),
        inner("platforms", &PLATFORMS, Presence::Optional, "What it runs on, by its user agent and so unverified."),
        inner("locations", &LOCATIONS, Presence::Optional, "Where the request comes from, by its address."),
        inner(
            "authentication_flows",
            &AUTHENTICATION_FLOWS,
            Presence::Optional,
            "How the sign-in reaches the device on which it is used.",
        ),
        Key {
            name: "expression",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "Anything else, in the Common Expression Language: comparisons of facts with literals, such as \
                  `country != 'DE' && 'auditors' in user.groups`. Facts: `user.id`, `user.mail`, `user.groups`, \
                  `user.roles`, `user.guest_type`, `partner`, `app`, `app_groups`, `client_app_type`, `platform`, \
                  `ip`, `country`, `authentication_flow`, `authentication.methods`, `authentication.age` (seconds). \
                  Objects are named by slug or id. At most 2048 bytes, 24 deep, 256 parts. Where the answer hangs on \
                  an unknown fact, the policy applies.",
        },
    ],
};

static USERS: Shape = Shape {
    name: "[policy.conditions.users]",
    doc: "Whom a policy is about: one list that includes is enough, and one that excludes beats them all.",
    keys: &[
        texts("include_users", "Accounts by mail address or id; or alone `All`, `None` or `GuestsOrExternalUsers`."),
        texts("exclude_users", "Accounts by mail address or id, or `GuestsOrExternalUsers`."),
        texts("include_groups", "Groups by slug or id."),
        texts("exclude_groups", "Groups by slug or id."),
        texts(
            "include_roles",
            "Accounts by a role of an administrator that they have, such as `global_administrator`.",
        ),
        texts("exclude_roles", "Accounts by a role of an administrator that they have."),
        inner("include_guests_or_external_users", &GUESTS, Presence::Optional, "Kinds of guest."),
        inner("exclude_guests_or_external_users", &GUESTS, Presence::Optional, "Kinds of guest."),
    ],
};

static GUESTS: Shape = Shape {
    name: "include_guests_or_external_users",
    doc: "Kinds of guest, of any partner or of some.",
    keys: &[
        Key {
            name: "guest_or_external_user_types",
            kind: Kind::Texts,
            presence: Presence::Required,
            doc: "`none`, or some of `internal_guest`, `b2b_collaboration_guest`, `b2b_collaboration_member`, \
                  `b2b_direct_connect_user`, `other_external_user` and `service_provider`.",
        },
        inner("external_tenants", &TENANTS, Presence::Optional, "Of which partners; without it, of any."),
    ],
};

static TENANTS: Shape = Shape {
    name: "external_tenants",
    doc: "Partners.",
    keys: &[
        Key {
            name: "membership_kind",
            kind: Kind::Word(&["all", "enumerated"]),
            presence: Presence::Required,
            doc: "`all`: any partner. `enumerated`: those of `members`.",
        },
        texts("members", "Partners by slug or id."),
    ],
};

static APPLICATIONS: Shape = Shape {
    name: "[policy.conditions.applications]",
    doc: "Which apps a policy is about.",
    keys: &[
        texts("include_applications", "Apps by slug or id; or alone `All` or `None`."),
        texts("exclude_applications", "Apps by slug or id."),
        texts("include_application_groups", "Groups of apps by slug or id."),
        texts("exclude_application_groups", "Groups of apps by slug or id."),
    ],
};

static PLATFORMS: Shape = Shape {
    name: "[policy.conditions.platforms]",
    doc: "Platforms: `android`, `ios`, `windows`, `macos`, `linux`.",
    keys: &[texts("include_platforms", "Some of them, or alone `all`."), texts("exclude_platforms", "Some of them.")],
};

static LOCATIONS: Shape = Shape {
    name: "[policy.conditions.locations]",
    doc: "Places.",
    keys: &[
        texts("include_locations", "Named locations by slug or id, `AllTrusted`, or alone `All`."),
        texts("exclude_locations", "Named locations by slug or id, or `AllTrusted`."),
    ],
};

static AUTHENTICATION_FLOWS: Shape = Shape {
    name: "[policy.conditions.authentication_flows]",
    doc: "Ways in which a sign-in is transferred.",
    keys: &[Key {
        name: "transfer_methods",
        kind: Kind::Texts,
        presence: Presence::Required,
        doc: "Some of `device_code_flow` and `authentication_transfer`.",
    }],
};

const NO_MEANING: &str = "has no meaning here; leave it out";

pub(super) fn read(table: &Table<'_>, places: &mut Places) -> ConditionsDefinition {
    note(table, &["users", "applications", "client_app_types", "platforms", "locations"], places);
    note(table, &["authentication_flows", "expression"], places);
    let users = table.table("users");
    let applications = table.table("applications");
    let (accounts, groups, roles, guest_types) = users.as_ref().map_or_else(
        || (Scope::NOTHING, Scope::NOTHING, Scope::NOTHING, Scope::NOTHING),
        |table| users_of(table, places),
    );
    let (apps, app_groups) = applications.as_ref().map_or_else(
        || (Scope::NOTHING, Scope::NOTHING),
        |table| {
            note(table, &["include_applications", "exclude_applications"], places);
            note(table, &["include_application_groups", "exclude_application_groups"], places);
            let apps = references(table, "include_applications", "exclude_applications", &["None"]);
            (apps, references(table, "include_application_groups", "exclude_application_groups", &[]))
        },
    );
    ConditionsDefinition {
        users: accounts,
        groups,
        roles,
        guest_types,
        applications: apps,
        application_groups: app_groups,
        client_app_types: client_app_types(table),
        platforms: table.table("platforms").map_or(Scope::EVERYTHING, |table| platforms(&table)),
        locations: table.table("locations").map_or(Scope::EVERYTHING, |table| {
            note(&table, &["include_locations", "exclude_locations"], places);
            locations(&table)
        }),
        authentication_flows: table.table("authentication_flows").map_or(Scope::EVERYTHING, |table| {
            Scope::listed(words(&table, "transfer_methods", &[], |word| {
                Flow::parse(word).filter(|flow| *flow != Flow::Direct)
            }))
        }),
        expression: table.text("expression").map(str::to_owned),
    }
}

type Users = (Scope<Reference>, Scope<Reference>, Scope<Reference>, Scope<GuestTypeReference>);

fn users_of(table: &Table<'_>, places: &mut Places) -> Users {
    note(table, &["include_users", "exclude_users", "include_groups", "exclude_groups"], places);
    note(table, &["include_roles", "exclude_roles"], places);
    note(table, &["include_guests_or_external_users", "exclude_guests_or_external_users"], places);
    let mut accounts = references(table, "include_users", "exclude_users", &["None", GUESTS_WORD]);
    let groups = references(table, "include_groups", "exclude_groups", &[]);
    let roles = references(table, "include_roles", "exclude_roles", &[]);
    let mut guest_types = Scope {
        include: Include::Listed(guests(table, "include_guests_or_external_users")),
        exclude: guests(table, "exclude_guests_or_external_users"),
    };
    let every =
        || GuestType::ALL.iter().map(|guest_type| GuestTypeReference { guest_type: *guest_type, partner: None });
    if table.texts("include_users").iter().any(|(_, text)| *text == GUESTS_WORD) {
        guest_types.include = Include::Listed(every().collect());
    }
    if accounts.exclude.iter().any(|text| text == GUESTS_WORD) {
        accounts.exclude.retain(|text| text != GUESTS_WORD);
        guest_types.exclude = every().collect();
    }
    (accounts, groups, roles, guest_types)
}

const GUESTS_WORD: &str = "GuestsOrExternalUsers";

/// References, or one of the words that stand alone. `All` includes everything, every other word nothing
/// by itself. It is understood only where `alone` knows words at all.
fn references(
    table: &Table<'_>,
    include: &'static str,
    exclude: &'static str,
    alone: &[&'static str],
) -> Scope<Reference> {
    let listed = table.texts(include);
    let is_word = |text: &str| !alone.is_empty() && (text == "All" || alone.contains(&text));
    if let Some((origin, word)) = listed.iter().find(|(_, text)| is_word(text))
        && listed.len() > 1
    {
        table.reader().fault(origin, format!("`{include}`: `{word}` stands alone"));
    }
    let excluded = table.texts(exclude);
    for (origin, word) in excluded.iter().filter(|(_, text)| is_word(text) && *text != GUESTS_WORD) {
        table.reader().fault(origin, format!("`{exclude}`: `{word}` {NO_MEANING}"));
    }
    let owned = |texts: &[(_, &str)]| texts.iter().map(|(_, text)| (*text).to_owned()).collect::<Vec<_>>();
    let include = match listed.iter().any(|(_, text)| is_word(text) && *text == "All") {
        true => Include::All,
        false => Include::Listed(owned(&listed).into_iter().filter(|text| !is_word(text)).collect()),
    };
    Scope { include, exclude: owned(&excluded) }
}

fn guests(table: &Table<'_>, key: &'static str) -> Vec<GuestTypeReference> {
    let Some(guests) = table.table(key) else { return Vec::new() };
    let types = words(&guests, "guest_or_external_user_types", &["none"], GuestType::parse);
    let partners = guests.table("external_tenants").map_or(vec![None], |tenants| {
        let members: Vec<_> = tenants.texts("members").iter().map(|(_, text)| Some((*text).to_owned())).collect();
        match tenants.text("membership_kind") {
            Some("enumerated") if members.is_empty() => {
                tenants.fault("members", "`members` needs at least one partner");
            }
            Some("all") if !members.is_empty() => {
                tenants.fault("members", "`members` goes with `membership_kind = \"enumerated\"` only");
            }
            _ => {}
        }
        if tenants.text("membership_kind") == Some("all") { vec![None] } else { members }
    });
    let of_type = |guest_type: &GuestType| {
        let guest_type = *guest_type;
        partners.clone().into_iter().map(move |partner| GuestTypeReference { guest_type, partner })
    };
    types.iter().flat_map(of_type).collect()
}

fn client_app_types(table: &Table<'_>) -> Scope<ClientAppType> {
    let key = "client_app_types";
    let listed = words(table, key, &["all"], ClientAppType::parse);
    if table.node(key).is_none() || is_all(table, key) { Scope::EVERYTHING } else { Scope::listed(listed) }
}

fn platforms(table: &Table<'_>) -> Scope<Platform> {
    let listed = words(table, "include_platforms", &["all"], Platform::parse);
    let all = is_all(table, "include_platforms");
    Scope {
        include: if all { Include::All } else { Include::Listed(listed) },
        exclude: words(table, "exclude_platforms", &[], Platform::parse),
    }
}

fn is_all(table: &Table<'_>, key: &str) -> bool {
    table.texts(key).iter().any(|(_, text)| *text == "all")
}

fn locations(table: &Table<'_>) -> Scope<LocationReference> {
    let texts = references(table, "include_locations", "exclude_locations", &["All"]);
    let reference = |text: String| match text.as_str() {
        "AllTrusted" => LocationReference::AllTrusted,
        _ => LocationReference::Named(text),
    };
    Scope {
        include: match texts.include {
            Include::All => Include::All,
            Include::Listed(listed) => Include::Listed(listed.into_iter().map(reference).collect()),
        },
        exclude: texts.exclude.into_iter().map(reference).collect(),
    }
}

/// Words with a meaning, none twice; the words of `alone` stand alone and mean none of them.
fn words<T: PartialEq>(
    table: &Table<'_>,
    key: &'static str,
    alone: &[&str],
    parse: impl Fn(&str) -> Option<T>,
) -> Vec<T> {
    let mut found = Vec::new();
    let texts = table.texts(key);
    for (origin, text) in &texts {
        match parse(text) {
            Some(value) if !found.contains(&value) => found.push(value),
            // A word that is there twice has been told by the table.
            Some(_) => {}
            None if alone.contains(text) && texts.len() == 1 => {}
            None if alone.contains(text) => table.reader().fault(origin, format!("`{key}`: `{text}` stands alone")),
            None => {
                let text = crate::base::trace::shorten((*text).to_owned());
                table.reader().fault(origin, format!("`{key}`: this version does not know `{text}`"));
            }
        }
    }
    found
}
