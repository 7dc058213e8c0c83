//! What the names in policies will stand for, once everything is applied.

use uuid::Uuid;

use crate::domain::apps::AppId;
use crate::domain::groups::GroupId;
use crate::domain::guests::GuestId;
use crate::domain::partners::PartnerId;
use crate::domain::policy::directory::{self, Directory};
use crate::flows::apply::matching::Names;
use crate::flows::apply::plan::Draft;

/// Everything that is no business of policies alone.
pub(super) fn directory(draft: &Draft<'_>) -> Directory {
    let mut directory = Directory::empty();
    fill(&mut directory.partners, &draft.partner_names, PartnerId::from_uuid);
    fill(&mut directory.apps, &draft.app_names, AppId::from_uuid);
    fill(&mut directory.guests, &draft.guest_names, GuestId::from_uuid);
    fill(&mut directory.groups, &draft.group_names, GroupId::from_uuid);
    directory
}

fn fill<I: Copy>(names: &mut directory::Names<I>, known: &Names, id: impl Fn(Uuid) -> I) {
    known.each(|name, uuid| names.add(name, uuid, id(uuid)));
}
