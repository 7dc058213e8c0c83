//! What is known of accounts beside what a sign-in reads: details, further addresses, sponsors.

use super::{Read as _, statements};
use crate::base::clock::Timestamp;
use crate::domain::groups::GroupId;
use crate::domain::guest_details::{CreationType, GuestDetails, Listing, Sponsor};
use crate::domain::guests::GuestId;
use crate::domain::invitations::language::LanguageTag;
use crate::domain::mail::MailAddress;
use crate::domain::store::StoreError;
use crate::store::row::{Columns, FromColumns, word_of};
use crate::store::unit::Unit;
use crate::store::value::values;

macro_rules! by_other_mail {
    ($own:literal) => {
        concat!(
            "select g.id
from guests g
join guest_other_mails o on o.guest_id = g.id
where o.mail_key = $1 and g.standing <> 'deleted'
order by g.id",
            $own
        )
    };
}

statements! {
    READ = "select creation_type, state_changed_at, company_name, preferred_language, show_in_address_list
from guest_details
where guest_id = $1";
    WRITE = "insert into guest_details (guest_id, creation_type, state_changed_at, company_name, preferred_language,
    show_in_address_list)
values ($1, $2, $3, $4, $5, $6)
on conflict (guest_id) do update set creation_type = excluded.creation_type,
    state_changed_at = excluded.state_changed_at, company_name = excluded.company_name,
    preferred_language = excluded.preferred_language, show_in_address_list = excluded.show_in_address_list";
    NOTE_STATE = "insert into guest_details (guest_id, state_changed_at, show_in_address_list)
values ($1, $2, 0)
on conflict (guest_id) do update set state_changed_at = excluded.state_changed_at";
    OTHER_MAILS = "select mail
from guest_other_mails
where guest_id = $1
order by mail_key";
    DELETE_OTHER_MAILS = "delete from guest_other_mails
where guest_id = $1";
    INSERT_OTHER_MAIL = "insert into guest_other_mails (guest_id, mail_key, mail)
values ($1, $2, $3)
on conflict (guest_id, mail_key) do nothing";
    BY_OTHER_MAIL = by_other_mail!(""), postgres: by_other_mail!("\nfor no key update of g");
    SPONSORS = "select kind, sponsor_id
from guest_sponsors
where guest_id = $1
order by kind, sponsor_id";
    DELETE_SPONSORS = "delete from guest_sponsors
where guest_id = $1";
    INSERT_SPONSOR = "insert into guest_sponsors (guest_id, kind, sponsor_id)
values ($1, $2, $3)
on conflict (guest_id, kind, sponsor_id) do nothing";
}

const GUEST: &str = "guest";
const GROUP: &str = "group";

pub(in crate::store) async fn read(unit: &mut Unit, id: GuestId) -> Result<GuestDetails, StoreError> {
    let row = unit.one(&READ, values![id]).await?;
    let details: Option<GuestDetails> = row.map(|row| row.read("guest_details")).transpose()?;
    let mut details = details.unwrap_or(GuestDetails::NONE);
    for row in unit.all(&OTHER_MAILS, values![id]).await? {
        let mut columns = row.columns("guest_other_mails");
        let mail = columns.optional_mail("mail")?;
        details.other_mails.push(mail.ok_or_else(|| columns.corrupt("mail"))?);
    }
    Ok(details)
}

pub(in crate::store) async fn write(unit: &mut Unit, id: GuestId, details: &GuestDetails) -> Result<(), StoreError> {
    let values = values![
        id,
        details.creation_type.map(|kind| word_of(&CreationType::WORDS, &kind)),
        details.state_changed_at,
        details.company_name.as_deref(),
        details.preferred_language.as_ref().map(LanguageTag::as_str),
        details.listing == Listing::Shown,
    ];
    unit.write(&WRITE, values).await?;
    unit.write(&DELETE_OTHER_MAILS, values![id]).await?;
    for mail in &details.other_mails {
        unit.write(&INSERT_OTHER_MAIL, values![id, mail.key(), mail.as_str()]).await?;
    }
    Ok(())
}

pub(in crate::store) async fn note_state(unit: &mut Unit, id: GuestId, now: Timestamp) -> Result<(), StoreError> {
    unit.write(&NOTE_STATE, values![id, now]).await
}

pub(in crate::store) async fn by_other_mail(unit: &mut Unit, mail: &MailAddress) -> Result<Vec<GuestId>, StoreError> {
    let rows = unit.all(&BY_OTHER_MAIL, values![mail.key()]).await?;
    rows.iter().map(|row| row.columns("guests").uuid("id").map(GuestId::from_uuid)).collect()
}

pub(in crate::store) async fn sponsors(unit: &mut Unit, id: GuestId) -> Result<Vec<Sponsor>, StoreError> {
    let rows = unit.all(&SPONSORS, values![id]).await?;
    rows.iter().map(|row| row.read("guest_sponsors")).collect()
}

pub(in crate::store) async fn set_sponsors(
    unit: &mut Unit,
    id: GuestId,
    sponsors: &[Sponsor],
) -> Result<(), StoreError> {
    unit.write(&DELETE_SPONSORS, values![id]).await?;
    for sponsor in sponsors {
        match sponsor {
            Sponsor::Guest(guest) => unit.write(&INSERT_SPONSOR, values![id, GUEST, *guest]).await?,
            Sponsor::Group(group) => unit.write(&INSERT_SPONSOR, values![id, GROUP, *group]).await?,
        }
    }
    Ok(())
}

impl FromColumns for GuestDetails {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let creation_type = match columns.optional_text("creation_type")? {
            None => None,
            Some(word) => {
                let found = CreationType::WORDS.iter().find(|(known, _)| *known == word);
                Some(found.ok_or_else(|| columns.corrupt("creation_type"))?.1)
            }
        };
        let state_changed_at = columns.optional_time("state_changed_at")?;
        let company_name = columns.optional_text("company_name")?;
        let language = columns.optional_text("preferred_language")?.map(|text| LanguageTag::parse(&text)).transpose();
        let preferred_language = language.map_err(|_| columns.corrupt("preferred_language"))?;
        let listing = if columns.flag("show_in_address_list")? { Listing::Shown } else { Listing::Hidden };
        let other_mails = Vec::new();
        Ok(Self { creation_type, state_changed_at, company_name, preferred_language, other_mails, listing })
    }
}

impl FromColumns for Sponsor {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let kind = columns.text("kind")?;
        let id = columns.uuid("sponsor_id")?;
        match kind.as_str() {
            GUEST => Ok(Self::Guest(GuestId::from_uuid(id))),
            GROUP => Ok(Self::Group(GroupId::from_uuid(id))),
            _ => Err(columns.corrupt("kind")),
        }
    }
}
