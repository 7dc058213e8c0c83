//! What the device runs, by its user agent and therefore unverified.

use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};
use crate::domain::policy::words::Platform;

/// Marks the policies by the platform.
pub(crate) fn mark(index: &Keyed<Platform>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.platform {
        Fact::Known(known) => index.mark(&known, marks),
        Fact::Unknown => index.mark_unknown(marks),
    }
}
