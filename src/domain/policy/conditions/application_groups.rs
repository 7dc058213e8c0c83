//! Apps by the groups that they are in.

use crate::domain::policy::facts::{AppGroupId, Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};

/// Marks the policies by the groups of the app.
pub(crate) fn mark(index: &Keyed<AppGroupId>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.app_groups {
        Fact::Known(known) => index.mark_each(known.iter(), marks),
        Fact::Unknown => index.mark_unknown(marks),
    }
}
