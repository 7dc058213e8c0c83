//! Accounts by the groups that they are in.

use crate::domain::groups::GroupId;
use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};

/// Marks the policies by the groups of the account.
pub(crate) fn mark(index: &Keyed<GroupId>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.groups {
        Fact::Known(known) => index.mark_each(known.iter(), marks),
        Fact::Unknown => index.mark_unknown(marks),
    }
}
