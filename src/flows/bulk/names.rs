//! What the rows of a file call apps and groups: their ids, or their names here.

use std::collections::HashMap;

use crate::domain::apps::AppId;
use crate::domain::bulk::Sheet;
use crate::domain::groups::GroupId;
use crate::domain::store::{StoreError, UnitOfWork};

/// The apps and groups of this installation by name, read once for a file; a row that was given what has gone since
/// fails by its id.
#[derive(Debug, Default)]
pub(super) struct Names {
    apps: HashMap<String, AppId>,
    groups: HashMap<String, GroupId>,
}

impl Names {
    /// Reads what the sheet needs: nothing, where its rows name nothing.
    pub(super) async fn read(unit: &mut dyn UnitOfWork, sheet: &Sheet) -> Result<Self, StoreError> {
        let entries = || sheet.rows.iter().filter_map(|row| row.entry.as_ref().ok());
        let mut names = Self::default();
        if entries().any(|entry| entry.apps.iter().any(|name| AppId::parse(name).is_err())) {
            let apps = unit.list_apps().await?.into_iter().map(|kept| kept.value);
            names.apps = apps.map(|app| (app.slug.as_str().to_owned(), app.id)).collect();
        }
        if entries().any(|entry| entry.groups.iter().any(|name| GroupId::parse(name).is_err())) {
            let groups = unit.list_groups().await?.into_iter().map(|kept| kept.value.group);
            names.groups = groups.map(|group| (group.slug.as_str().to_owned(), group.id)).collect();
        }
        Ok(names)
    }

    pub(super) fn app(&self, name: &str) -> Option<AppId> {
        AppId::parse(name).ok().or_else(|| self.apps.get(name).copied())
    }

    pub(super) fn group(&self, name: &str) -> Option<GroupId> {
        GroupId::parse(name).ok().or_else(|| self.groups.get(name).copied())
    }
}
