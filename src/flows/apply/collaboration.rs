//! Plans the settings of collaboration, of which there is one row that never goes: pruned, it says again what holds
//! where nothing is set.

use super::plan::{Draft, Step, differing};
use crate::domain::collaboration::Collaboration;
use crate::domain::partners::{MAILED_CODE_PARTNER, Partner};
use crate::domain::store::objects::{Kept, Provenance};

pub(super) fn plan(draft: &mut Draft<'_>) {
    let (stored, definitions) = (draft.stored, draft.definitions);
    let standard = Kept { value: Collaboration::standard(), provenance: Provenance::BuiltIn };
    let stored = stored.collaboration.as_ref().unwrap_or(&standard);
    match definitions.collaboration.first() {
        Some(located) => {
            let mut fields = differences(&stored.value, &located.value);
            let is_off = |kept: &Kept<Partner>| kept.value.id == MAILED_CODE_PARTNER && !kept.value.switch.is_on();
            if fields.is_empty() && located.value.forces_codes() && draft.stored.partners.iter().any(is_off) {
                // They were switched off when they still could be.
                fields.push("fallback");
            }
            if fields.is_empty() {
                draft.plan.unchanged += 1;
            } else {
                let value = located.value.clone();
                draft.plan.collaboration = Some(Step::Change { value, fields, provenance: Provenance::Applied });
            }
        }
        None if draft.is_pruned(stored.provenance) => {
            draft.plan.collaboration = Some(Step::Remove(standard.value));
        }
        None => {}
    }
}

fn differences(old: &Collaboration, new: &Collaboration) -> Vec<&'static str> {
    differing([
        ("allow_invites_from", old.allow_invites_from != new.allow_invites_from),
        ("domains", old.domains != new.domains),
        ("allow_consumer_domains", old.consumer_domains != new.consumer_domains),
        ("guest_user_role", old.guest_user_role != new.guest_user_role),
        ("invitation_link_ttl_days", old.invitation_link_ttl_days != new.invitation_link_ttl_days),
        ("email_one_time_passcode", old.email_one_time_passcode != new.email_one_time_passcode),
        ("identity_provider_order", old.identity_provider_order != new.identity_provider_order),
        ("fallback", old.fallback != new.fallback),
        ("privacy_url", old.privacy_url != new.privacy_url),
        ("privacy_contact", old.privacy_contact != new.privacy_contact),
        ("guests_may_leave", old.guests_may_leave != new.guests_may_leave),
    ])
}
