//! Groups of guests, through which apps are assigned.

use super::names::Slug;

crate::id_type!(
    /// Names a group; the value of the `groups` claim.
    GroupId
);

/// The most owners of one group that are named one by one.
pub const MAX_OWNERS: u64 = 100;

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its row.
    pub id: GroupId,
    /// Its name in files and commands.
    pub slug: Slug,
    /// Its name on pages.
    pub name: String,
}
