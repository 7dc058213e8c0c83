//! What the names in policies stand for.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::facts::AppGroupId;
use super::named_locations::LocationId;
use super::references::Named;
use super::strengths::{BUILT_IN, StrengthId};
use crate::domain::apps::AppId;
use crate::domain::groups::GroupId;
use crate::domain::guests::GuestId;
use crate::domain::partners::PartnerId;
use crate::domain::roles::Role;

/// The objects of one kind, by name and by id.
#[derive(Debug, Clone)]
pub struct Names<I> {
    by_name: BTreeMap<String, I>,
    by_id: BTreeMap<Uuid, I>,
}

impl<I> Default for Names<I> {
    fn default() -> Self {
        Self { by_name: BTreeMap::new(), by_id: BTreeMap::new() }
    }
}

impl<I: Copy> Names<I> {
    /// Adds an object. A guest without an address has no name.
    pub fn add(&mut self, name: Option<&str>, uuid: Uuid, id: I) {
        if let Some(name) = name {
            self.by_name.insert(name.to_owned(), id);
        }
        self.by_id.insert(uuid, id);
    }

    /// The object of a name, or else of an id in its hyphenated form.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<I> {
        let named = self.by_name.get(text).copied();
        named.or_else(|| self.by_id.get(&Uuid::try_parse(text).ok().filter(|_| text.len() == 36)?).copied())
    }
}

/// Every object that policies may name, by slug or, for guests, by mail address in lower case. Of
/// guests, only those have to be there that the policies at hand name.
#[derive(Debug, Clone)]
pub struct Directory {
    /// Guests.
    pub guests: Names<GuestId>,
    /// Groups.
    pub groups: Names<GroupId>,
    /// Roles that exist: those of the directory itself, whatever else is stored.
    pub roles: BTreeSet<String>,
    /// Partners.
    pub partners: Names<PartnerId>,
    /// Apps.
    pub apps: Names<AppId>,
    /// Groups of apps.
    pub app_groups: Names<AppGroupId>,
    /// Named locations.
    pub locations: Names<LocationId>,
    /// Authentication strengths; the built-in ones are always there.
    pub strengths: Names<StrengthId>,
}

impl Directory {
    /// A directory of the roles and the built-in strengths only.
    #[must_use]
    pub fn empty() -> Self {
        let mut strengths = Names::default();
        for (id, slug) in BUILT_IN {
            strengths.add(Some(slug), Uuid::from_bytes(*id.as_bytes()), id);
        }
        Self {
            guests: Names::default(),
            groups: Names::default(),
            roles: Role::ALL.into_iter().map(|role| role.as_str().to_owned()).collect(),
            partners: Names::default(),
            apps: Names::default(),
            app_groups: Names::default(),
            locations: Names::default(),
            strengths,
        }
    }

    /// A directory of these names alone, with the roles and the built-in strengths.
    #[must_use]
    pub fn of_names(names: &[(String, Named)]) -> Self {
        let mut directory = Self::empty();
        for (name, named) in names {
            let (text, uuid) = (Some(name.as_str()), named.uuid());
            match named {
                Named::Guest(id) => directory.guests.add(Some(&name.to_ascii_lowercase()), uuid, *id),
                Named::Group(id) => directory.groups.add(text, uuid, *id),
                Named::Partner(id) => directory.partners.add(text, uuid, *id),
                Named::App(id) => directory.apps.add(text, uuid, *id),
                Named::AppGroup(id) => directory.app_groups.add(text, uuid, *id),
                Named::Location(id) => directory.locations.add(text, uuid, *id),
                Named::Strength(id) => directory.strengths.add(text, uuid, *id),
            }
        }
        directory
    }
}
