//! Groups of apps, which policies name together.

use super::facts::AppGroupId;
use crate::domain::apps::AppId;
use crate::domain::names::Slug;

/// A group of apps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppGroup {
    /// Its row.
    pub id: AppGroupId,
    /// Its name in files.
    pub slug: Slug,
    /// Its name on pages.
    pub name: String,
    /// Its apps, in the order of their ids.
    pub apps: Vec<AppId>,
}
