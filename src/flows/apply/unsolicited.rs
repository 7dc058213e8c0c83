//! Where unsolicited answers of partners lead: to an app to which a sign-in may begin here.

use super::plan::Draft;
use crate::domain::definitions::{ProtocolDefinition, TrustDefinition};
use crate::downstream::start::may_begin;

/// Notes each partner whose record names an app that is not there, or must ask itself.
pub(super) fn judge(draft: &mut Draft<'_>) {
    let (stored, definitions) = (draft.stored, draft.definitions);
    for located in &definitions.partners {
        let TrustDefinition::Saml { request, .. } = &located.value.trust else { continue };
        let Some(slug) = &request.unsolicited else { continue };
        let defined =
            definitions.apps.iter().find(|app| app.value.slug == *slug).map(|app| match &app.value.protocol {
                ProtocolDefinition::Oidc(oidc) => oidc.initiate_login_uri.is_some(),
                ProtocolDefinition::Saml(saml) => saml.idp_initiated.is_some(),
            });
        let kept = || {
            let id = draft.app_names.find(slug.as_str())?;
            stored.apps.iter().find(|kept| kept.value.id.as_bytes() == id.as_bytes()).map(|kept| may_begin(&kept.value))
        };
        let partner = &located.value.slug;
        match defined.or_else(kept) {
            Some(true) => {}
            Some(false) => draft.fault(
                &located.origin,
                format!(
                    "partner `{partner}`: `unsolicited` leads to the app `{slug}`, which must ask itself; give that app \
                     `idp_initiated = true` or `initiate_login_uri`"
                ),
            ),
            None => {
                draft.lost(&located.origin, format!("partner `{partner}`: `unsolicited` leads to no app `{slug}`"));
            }
        }
    }
}
