//! From a row to the invitation that it asks for.

use super::names::Names;
use crate::domain::bulk::Entry;
use crate::domain::invitations::fault::InviteError;
use crate::domain::invitations::wish::{Sending, Wish, WishTexts};
use crate::domain::organization::{Organization, PublicUrl};

/// The invitation; a row that names no place to go leads to the access panel of this organisation.
pub(super) fn wish(
    entry: &Entry,
    names: &Names,
    ours: &PublicUrl,
    organization: &Organization,
) -> Result<Wish, InviteError> {
    let panel = ours.join(&format!("/?tenantId={}", organization.id));
    let texts = WishTexts {
        address: entry.mail.as_str(),
        redirect_url: entry.redirect.as_deref().unwrap_or(&panel),
        display_name: entry.name.as_deref(),
        language: entry.language,
        message: entry.message.as_deref(),
        cc: &entry.cc.iter().map(|cc| cc.as_str()).collect::<Vec<_>>(),
    };
    let mut wish = texts.read(ours)?;
    wish.sending = if entry.sends_mail { Sending::ByMail } else { Sending::ByHand };
    for name in &entry.apps {
        let unknown = || InviteError::AppUnknown { id: crate::base::trace::shorten(name.clone()) };
        wish.apps.push(names.app(name).ok_or_else(unknown)?);
    }
    for name in &entry.groups {
        let unknown = || InviteError::GroupUnknown { id: crate::base::trace::shorten(name.clone()) };
        wish.groups.push(names.group(name).ok_or_else(unknown)?);
    }
    wish.bounded()
}
