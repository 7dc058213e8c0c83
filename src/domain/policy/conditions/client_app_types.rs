//! What a person uses an app with.

use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};
use crate::domain::policy::words::ClientAppType;

/// Marks the policies by the type of client.
pub(crate) fn mark(index: &Keyed<ClientAppType>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match facts.client_app_type {
        Fact::Known(known) => index.mark(&known, marks),
        Fact::Unknown => index.mark_unknown(marks),
    }
}
