//! How a sign-in reaches the device on which it is used.

use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};
use crate::domain::policy::words::Flow;

/// Marks the policies by the flow.
pub(crate) fn mark(index: &Keyed<Flow>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.flow {
        Fact::Known(known) => index.mark(&known, marks),
        Fact::Unknown => index.mark_unknown(marks),
    }
}
