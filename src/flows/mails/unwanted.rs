//! Who wants no more invitations by mail.

use crate::base::sealing::mac_with;
use crate::domain::mail::MailAddress;
use crate::domain::mails::Recipient;
use crate::flows::services::Services;

/// A person in the list of those who want none. The salt of subjects is pinned in the database, so the list outlives a
/// change of the secret key.
pub(super) fn recipient(services: &Services, address: &MailAddress) -> Recipient {
    let message = [b"no more mail\0".as_slice(), address.key().as_bytes()].concat();
    Recipient(mac_with(services.settings.subject_salt.expose(), &message))
}
