//! Accounts by kind of guest and partner.

use crate::domain::partners::PartnerId;
use crate::domain::policy::facts::{Fact, Facts};
use crate::domain::policy::keyed::{Keyed, Marks};
use crate::domain::policy::words::GuestType;

/// Guests of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GuestKey {
    /// Their kind.
    pub guest_type: GuestType,
    /// Their partner; none where it does not matter.
    pub partner: Option<PartnerId>,
}

/// Marks the policies by the kind of guest and the partner.
pub(crate) fn mark(index: &Keyed<GuestKey>, facts: &Facts<'_>, marks: &mut Marks<'_>) {
    index.mark_all(marks);
    match (facts.guest_type, facts.partner) {
        (Fact::Known(None), _) => {}
        (Fact::Known(Some(guest_type)), Fact::Known(partner)) => {
            index.mark(&GuestKey { guest_type, partner: None }, marks);
            index.mark(&GuestKey { guest_type, partner: Some(partner) }, marks);
        }
        (Fact::Known(Some(guest_type)), Fact::Unknown) => {
            index.mark(&GuestKey { guest_type, partner: None }, marks);
            index.mark_possible(|key| key.guest_type == guest_type, marks);
        }
        (Fact::Unknown, Fact::Known(partner)) => {
            index.mark_possible(|key| key.partner.is_none_or(|wanted| wanted == partner), marks);
        }
        (Fact::Unknown, Fact::Unknown) => index.mark_unknown(marks),
    }
}
