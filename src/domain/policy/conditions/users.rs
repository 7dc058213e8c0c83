//! Accounts.

use crate::domain::guests::GuestId;
use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};

/// Marks the policies by the account.
pub(crate) fn mark(index: &Keyed<GuestId>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.subject {
        Fact::Known(known) => index.mark(&known, marks),
        Fact::Unknown => index.mark_unknown(marks),
    }
}
