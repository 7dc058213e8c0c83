//! Changing accounts.

use super::access::{held, may_touch};
use super::users::target;
use super::{DirectoryError, edits, permit, until_first};
use crate::domain::audit::Activity;
use crate::domain::guest_details::Listing;
use crate::domain::guests::{GuestId, NameSource, Standing, UserType};
use crate::domain::invitations::language::LanguageTag;
use crate::domain::mail::MailAddress;
use crate::domain::permissions::{Act, Caller};
use crate::domain::roles::Role;
use crate::domain::store::sign_ins::Once;
use crate::flows::administrators::{NOBODY_LEFT, leaves_nobody};
use crate::flows::author::Author;
use crate::flows::reports::targets::modified;
use crate::flows::services::Services;

/// What of an account is to be changed; the rest stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The name; none leaves it to the partner.
    pub display_name: Option<Option<String>>,
    /// Whether it may sign in.
    pub enabled: Option<bool>,
    /// The company.
    pub company_name: Option<Option<String>>,
    /// The language of mails.
    pub preferred_language: Option<Option<LanguageTag>>,
    /// Further addresses.
    pub other_mails: Option<Vec<MailAddress>>,
    /// Whether lists of addresses show it.
    pub listing: Option<Listing>,
    /// The address.
    pub mail: Option<MailAddress>,
    /// Guest or member.
    pub user_type: Option<UserType>,
}

impl Changes {
    /// Whether something beside the block is to be changed.
    fn is_of_attributes(&self) -> bool {
        self.display_name.is_some() || self.mail.is_some() || self.user_type.is_some() || self.is_of_details()
    }

    fn is_of_details(&self) -> bool {
        self.company_name.is_some()
            || self.preferred_language.is_some()
            || self.other_mails.is_some()
            || self.listing.is_some()
    }
}

/// Changes an account.
///
/// # Errors
/// [`DirectoryError`]; nothing was changed then.
pub async fn change(services: &Services, caller: &Caller, name: &str, changes: &Changes) -> Result<(), DirectoryError> {
    if changes.is_of_attributes() {
        permit(caller, Act::UpdateUsers)?;
    }
    if changes.enabled.is_some() || !changes.is_of_attributes() {
        permit(caller, Act::BlockUsers)?;
    }
    let id = target(services, name).await?;
    until_first!(changed(services, caller, id, changes).await)
}

async fn changed(services: &Services, caller: &Caller, id: GuestId, changes: &Changes) -> Result<(), DirectoryError> {
    let author = Author::new(services, caller);
    let mut unit = services.store.unit_of_work().await?;
    let whole = held(unit.as_mut(), id).await?;
    may_touch(caller, id, whole.roles)?;
    let blocks = changes.enabled == Some(false) && !matches!(caller, Caller::Operator(_));
    if blocks && whole.roles.has(Role::GlobalAdministrator) && leaves_nobody(unit.as_mut(), id).await? {
        return Err(DirectoryError::Conflict(NOBODY_LEFT.to_owned()));
    }
    let mut fields: Vec<&'static str> = Vec::new();
    let mut types = None;
    let mut guest = whole.guest;
    if let Some(name) = &changes.display_name {
        fields.push("display_name");
        guest.name_source = if name.is_some() { NameSource::Here } else { NameSource::Partner };
        guest.display_name.clone_from(name);
        unit.write_names(&guest).await?;
    }
    if let Some(mail) = changes.mail.as_ref().filter(|mail| guest.mail.as_ref() != Some(*mail)) {
        fields.push("mail");
        edits::set_mail(author, unit.as_mut(), &mut guest, mail).await?;
    }
    if let Some(user_type) = changes.user_type.filter(|user_type| guest.user_type != *user_type) {
        fields.push("user_type");
        types = Some(modified("user_type", guest.user_type.as_str(), user_type.as_str()));
        edits::set_user_type(author, unit.as_mut(), &mut guest, user_type).await?;
    }
    if changes.is_of_details() || fields.contains(&"mail") {
        let mut details = unit.guest_details(id).await?;
        if let Some(company_name) = &changes.company_name {
            fields.push("company_name");
            details.company_name.clone_from(company_name);
        }
        if let Some(language) = &changes.preferred_language {
            fields.push("preferred_language");
            details.preferred_language.clone_from(language);
        }
        if let Some(other_mails) = &changes.other_mails {
            fields.push("other_mails");
            details.other_mails.clone_from(other_mails);
        }
        if let Some(listing) = changes.listing {
            fields.push("show_in_address_list");
            details.listing = listing;
        }
        if let Some(mail) = &guest.mail {
            // It stands in one place.
            details.other_mails.retain(|other| other != mail);
        }
        unit.write_guest_details(id, &details).await?;
    }
    let mut entry = author.entry(Activity::GuestChanged);
    entry.guest = Some(id);
    if let Some(enabled) = changes.enabled {
        let standing = if enabled { Standing::Active } else { Standing::Blocked };
        if unit.set_guest_standing(id, standing, author.now).await? == Once::First {
            fields.push("standing");
            entry.details.push(("standing", if enabled { "active" } else { "blocked" }.to_owned()));
        }
    }
    if fields.is_empty() {
        return Ok(());
    }
    // Names and addresses are personal, and the audit forgets nothing: that they were changed is all that it keeps.
    entry.details.push(("fields", fields.join(", ")));
    entry.details.extend(types);
    unit.append_audit(&entry).await?;
    unit.commit().await?;
    services.directory.forget();
    Ok(())
}
