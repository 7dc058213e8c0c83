//! Accounts by the roles that they have.

use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};

/// Marks the policies by the roles of the account.
pub(crate) fn mark(index: &Keyed<String>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.roles {
        Fact::Known(roles) => roles.iter().for_each(|role| index.mark_by(*role, marks)),
        Fact::Unknown => index.mark_unknown(marks),
    }
}
