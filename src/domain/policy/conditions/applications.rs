//! Apps.

use crate::domain::apps::AppId;
use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};

/// Marks the policies by the app.
pub(crate) fn mark(index: &Keyed<AppId>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.app {
        Fact::Known(known) => index.mark(&known, marks),
        Fact::Unknown => index.mark_unknown(marks),
    }
}
