//! How a guest is kept in its row and read back.

use super::partner_rows::PROVENANCES;
use crate::domain::authentication::Identity;
use crate::domain::guests::{Binding, Guest, GuestId, MailStanding, NameSource, Standing, UserType};
use crate::domain::mail::MailAddress;
use crate::domain::partners::PartnerId;
use crate::domain::store::StoreError;
use crate::domain::store::objects::{Kept, Provenance};
use crate::store::row::{Columns, FromColumns, word_of};
use crate::store::value::{Value, values};

pub(super) const NAME_SOURCES: &[(&str, NameSource)] = &[("here", NameSource::Here), ("partner", NameSource::Partner)];
pub(super) const STANDINGS: &[(&str, Standing)] =
    &[("active", Standing::Active), ("blocked", Standing::Blocked), ("deleted", Standing::Deleted)];
pub(super) const USER_TYPES: &[(&str, UserType)] = &[("guest", UserType::Guest), ("member", UserType::Member)];

/// The columns of a guest in the order in which they are read, of the table or alias `$of`.
macro_rules! guest_columns {
    ($of:literal) => {
        concat!(
            $of,
            ".id, ",
            $of,
            ".user_principal_name, ",
            $of,
            ".mail, ",
            $of,
            ".display_name, ",
            $of,
            ".name_source,\n    ",
            $of,
            ".given_name, ",
            $of,
            ".family_name, ",
            $of,
            ".user_type, ",
            $of,
            ".partner_id, ",
            $of,
            ".issuer,\n    ",
            $of,
            ".subject, ",
            $of,
            ".pinned_partner_id, ",
            $of,
            ".standing, ",
            $of,
            ".sessions_valid_from,\n    ",
            $of,
            ".created_at, ",
            $of,
            ".mail_unproven"
        )
    };
}
pub(super) use guest_columns;

/// How many columns that are.
pub(super) const GUEST_WIDTH: usize = 16;

/// The values of a guest's row in the order id, user_principal_name, mail, mail_key, display_name,
/// name_source, given_name, family_name, user_type, partner_id, issuer, subject, pinned_partner_id,
/// standing, sessions_valid_from, provenance, created_at.
pub(super) fn guest_values(guest: &Guest, provenance: Provenance) -> Vec<Value> {
    let (partner, identity) = match &guest.binding {
        Binding::PendingAcceptance => (None, None),
        Binding::Accepted { partner, identity } => (Some(*partner), Some(identity)),
    };
    values![
        guest.id,
        guest.user_principal_name.as_str(),
        guest.mail.as_ref().map(MailAddress::as_str),
        guest.mail.as_ref().map(MailAddress::key),
        guest.display_name.as_deref(),
        word_of(NAME_SOURCES, &guest.name_source),
        guest.given_name.as_deref(),
        guest.family_name.as_deref(),
        word_of(USER_TYPES, &guest.user_type),
        partner,
        identity.map(|identity| identity.issuer.as_str()),
        identity.map(|identity| identity.subject.as_str()),
        guest.pinned_partner,
        word_of(STANDINGS, &guest.standing),
        guest.sessions_valid_from,
        word_of(PROVENANCES, &provenance),
        guest.created_at,
    ]
}

impl FromColumns for Guest {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        columns.enter("guests");
        Ok(Self {
            id: GuestId::from_uuid(columns.key()?),
            user_principal_name: columns.text("user_principal_name")?,
            mail: columns.optional_mail("mail")?,
            display_name: columns.optional_text("display_name")?,
            name_source: columns.word("name_source", NAME_SOURCES)?,
            given_name: columns.optional_text("given_name")?,
            family_name: columns.optional_text("family_name")?,
            user_type: columns.word("user_type", USER_TYPES)?,
            binding: read_binding(columns)?,
            pinned_partner: columns.optional_uuid("pinned_partner_id")?.map(PartnerId::from_uuid),
            standing: columns.word("standing", STANDINGS)?,
            sessions_valid_from: columns.time("sessions_valid_from")?,
            created_at: columns.time("created_at")?,
            mail_standing: if columns.flag("mail_unproven")? { MailStanding::Unproven } else { MailStanding::Known },
        })
    }
}

/// Partner, issuer and subject are there together or not at all.
fn read_binding(columns: &mut Columns<'_>) -> Result<Binding, StoreError> {
    let partner = columns.optional_uuid("partner_id")?.map(PartnerId::from_uuid);
    let issuer = columns.optional_text("issuer")?;
    let subject = columns.optional_text("subject")?;
    match (partner, issuer, subject) {
        (None, None, None) => Ok(Binding::PendingAcceptance),
        (Some(partner), Some(issuer), Some(subject)) => {
            Ok(Binding::Accepted { partner, identity: Identity { issuer, subject } })
        }
        _ => Err(columns.corrupt("subject")),
    }
}

impl FromColumns for Kept<Guest> {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { value: Guest::from_columns(columns)?, provenance: columns.word("provenance", PROVENANCES)? })
    }
}
