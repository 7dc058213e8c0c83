//! Which stored object a definition means, and what a name in a definition leads to.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::plan::{Context, Stored};
use crate::base::ids::new_uuid;
use crate::domain::definitions::{Definitions, GuestReference};
use crate::domain::guests::GuestId;
use crate::domain::names::Slug;

/// A kind of object, as messages name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// A partner.
    Partner,
    /// An app.
    App,
    /// A group.
    Group,
    /// A guest.
    Guest,
    /// A policy.
    Policy,
    /// A named location.
    NamedLocation,
    /// An authentication strength.
    AuthenticationStrength,
    /// A group of apps.
    AppGroup,
    /// The settings of collaboration.
    Collaboration,
}

impl ObjectKind {
    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::App => "app",
            Self::Group => "group",
            Self::Guest => "guest",
            Self::Policy => "policy",
            Self::NamedLocation => "named_location",
            Self::AuthenticationStrength => "authentication_strength",
            Self::AppGroup => "app_group",
            Self::Collaboration => "collaboration",
        }
    }
}

impl std::fmt::Display for ObjectKind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The stored object that a definition means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// This one.
    Stored(Uuid),
    /// None yet; it gets this id.
    New(Uuid),
}

impl Match {
    pub(super) const fn id(self) -> Uuid {
        match self {
            Self::Stored(id) | Self::New(id) => id,
        }
    }
}

/// Why a definition means no object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum MatchError {
    #[error("is given the id `{given}`, which is that of another object, of the kind `{kind}`")]
    OtherKind { given: Uuid, kind: ObjectKind },
    #[error("is stored with the id `{stored}`, not `{given}`; ids never change")]
    OtherId { given: Uuid, stored: Uuid },
    #[error("means the same stored object as another definition")]
    Shared,
}

/// Finds what definitions mean.
pub(super) struct Matcher<'a> {
    kinds: BTreeMap<Uuid, ObjectKind>,
    /// Ids that definitions give: who is named by its id is not found by its old name.
    given: BTreeSet<(ObjectKind, Uuid)>,
    met: BTreeSet<Uuid>,
    context: &'a Context<'a>,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(stored: &Stored, definitions: &Definitions, context: &'a Context<'a>) -> Self {
        let partners = stored.partners.iter().map(|kept| (uuid(kept.value.id.as_bytes()), ObjectKind::Partner));
        let apps = stored.apps.iter().map(|kept| (uuid(kept.value.id.as_bytes()), ObjectKind::App));
        let groups = stored.groups.iter().map(|kept| (uuid(kept.value.group.id.as_bytes()), ObjectKind::Group));
        let guests = stored.guests.iter().map(|kept| (uuid(kept.value.guest.id.as_bytes()), ObjectKind::Guest));
        let kept = &stored.policies;
        let policies = kept.policies.iter().map(|kept| (uuid(kept.value.id.as_bytes()), ObjectKind::Policy));
        let locations = kept.locations.iter().map(|kept| (uuid(kept.value.id.as_bytes()), ObjectKind::NamedLocation));
        let strengths =
            kept.strengths.iter().map(|kept| (uuid(kept.value.id.as_bytes()), ObjectKind::AuthenticationStrength));
        let app_groups = kept.app_groups.iter().map(|kept| (uuid(kept.value.id.as_bytes()), ObjectKind::AppGroup));
        let of_policies = policies.chain(locations).chain(strengths).chain(app_groups);
        Self {
            kinds: partners.chain(apps).chain(groups).chain(guests).chain(of_policies).collect(),
            given: given(definitions).collect(),
            met: BTreeSet::new(),
            context,
        }
    }

    /// What a definition of `kind` with the id `given` means, where the stored object of its name is
    /// `named`.
    pub(super) fn find(
        &mut self,
        kind: ObjectKind,
        given: Option<Uuid>,
        named: Option<Uuid>,
    ) -> Result<Match, MatchError> {
        let found = match (given, named) {
            (None, Some(stored)) if !self.given.contains(&(kind, stored)) => Match::Stored(stored),
            (None, _) => Match::New(new_uuid(self.context.now, self.context.random)),
            (Some(given), Some(stored)) if given == stored => Match::Stored(stored),
            (Some(given), Some(stored)) => return Err(MatchError::OtherId { given, stored }),
            (Some(given), None) => match self.kinds.get(&given) {
                None => Match::New(given),
                Some(known) if *known == kind => Match::Stored(given),
                Some(other) => return Err(MatchError::OtherKind { given, kind: *other }),
            },
        };
        if self.met.insert(found.id()) { Ok(found) } else { Err(MatchError::Shared) }
    }
}

/// Where names of one kind lead, once everything is applied.
#[derive(Debug, Default)]
pub(super) struct Names {
    by_name: BTreeMap<String, Uuid>,
    ids: BTreeSet<Uuid>,
}

impl Names {
    pub(super) fn insert(&mut self, name: &str, id: Uuid) {
        self.by_name.insert(name.to_owned(), id);
        self.ids.insert(id);
    }

    pub(super) fn insert_id(&mut self, id: Uuid) {
        self.ids.insert(id);
    }

    /// Every name with its id, and every id without a name.
    pub(super) fn each(&self, mut act: impl FnMut(Option<&str>, Uuid)) {
        self.by_name.iter().for_each(|(name, id)| act(Some(name), *id));
        self.ids.iter().for_each(|id| act(None, *id));
    }

    /// By name, else by id.
    pub(super) fn find(&self, name: &str) -> Option<Uuid> {
        let by_id = || Uuid::try_parse(name).ok().filter(|id| self.ids.contains(id));
        self.by_name.get(name).copied().or_else(by_id)
    }
}

/// The objects that slugs lead to, in the order of their ids, and the slugs that lead nowhere.
pub(super) fn resolve(names: &Names, slugs: &[Slug]) -> (Vec<Uuid>, Vec<String>) {
    let mut found = BTreeSet::new();
    let mut lost = Vec::new();
    for slug in slugs {
        match names.find(slug.as_str()) {
            Some(id) => {
                found.insert(id);
            }
            None => lost.push(slug.to_string()),
        }
    }
    (found.into_iter().collect(), lost)
}

/// Every id that is given to an object, with the kind of that object.
fn given(definitions: &Definitions) -> impl Iterator<Item = (ObjectKind, Uuid)> + '_ {
    let partners = definitions.partners.iter().map(|partner| (ObjectKind::Partner, partner.value.id));
    let apps = definitions.apps.iter().map(|app| (ObjectKind::App, app.value.id));
    let groups = definitions.groups.iter().map(|group| (ObjectKind::Group, group.value.id));
    let guests = definitions.guests.iter().map(|guest| (ObjectKind::Guest, guest.value.id));
    let policies = definitions.policies.policies.iter().map(|policy| (ObjectKind::Policy, policy.value.id));
    let locations = definitions.policies.locations.iter();
    let locations = locations.map(|location| (ObjectKind::NamedLocation, location.value.id));
    let strengths = definitions.policies.strengths.iter();
    let strengths = strengths.map(|strength| (ObjectKind::AuthenticationStrength, strength.value.id));
    let app_groups = definitions.policies.app_groups.iter().map(|group| (ObjectKind::AppGroup, group.value.id));
    let of_policies = policies.chain(locations).chain(strengths).chain(app_groups);
    let all = partners.chain(apps).chain(groups).chain(guests).chain(of_policies);
    all.filter_map(|(kind, id)| id.map(|id| (kind, id)))
}

/// Every text of a policy that may name a guest.
fn in_policies(definitions: &Definitions) -> impl Iterator<Item = &str> {
    definitions.policies.policies.iter().flat_map(|policy| policy.value.possible_guests())
}

/// Every id that could be a guest's: given to any object, a member of a group, or named by a policy.
pub(super) fn ids_named(definitions: &Definitions) -> BTreeSet<GuestId> {
    let members = definitions.groups.iter().flat_map(|group| &group.value.members).filter_map(|member| match member {
        GuestReference::Id(id) => Some(*id),
        GuestReference::Mail(_) => None,
    });
    let in_policies = in_policies(definitions).filter(|text| text.len() == 36);
    let in_policies = in_policies.filter_map(|text| Uuid::try_parse(text).ok());
    given(definitions).map(|(_, id)| id).chain(members).chain(in_policies).map(GuestId::from_uuid).collect()
}

/// Every address that could be a guest's, in lower case.
pub(super) fn addresses_named(definitions: &Definitions) -> BTreeSet<String> {
    let guests = definitions.guests.iter().map(|guest| guest.value.email.key());
    let members = definitions.groups.iter().flat_map(|group| &group.value.members).filter_map(|member| match member {
        GuestReference::Mail(mail) => Some(mail.key()),
        GuestReference::Id(_) => None,
    });
    let in_policies = in_policies(definitions).filter(|text| text.contains('@')).map(str::to_ascii_lowercase);
    guests.chain(members).map(str::to_owned).chain(in_policies).collect()
}

/// The UUID of an id's bytes.
pub(super) const fn uuid(bytes: &[u8; 16]) -> Uuid {
    Uuid::from_bytes(*bytes)
}
