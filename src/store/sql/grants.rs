//! What is true of a sign-in, in one statement. PostgreSQL holds what was read: partner and app shared,
//! since many sign in at once and few change them; the guest alone, since the sign-in may write it.

use super::guest_rows::{GUEST_WIDTH, guest_columns};
use super::{Read as _, statements};
use crate::domain::apps::AppId;
use crate::domain::authentication::Identity;
use crate::domain::grants::{AppNow, Grant, SignInReading};
use crate::domain::groups::GroupId;
use crate::domain::guests::{Guest, GuestId};
use crate::domain::mail::MailAddress;
use crate::domain::partners::PartnerId;
use crate::domain::store::StoreError;
use crate::store::row::{Columns, FromColumns};
use crate::store::unit::Unit;
use crate::store::value::values;

/// 1 where the guest is assigned to the app, directly or through a group.
macro_rules! grant_column {
    ($guest:literal, $app:literal) => {
        concat!(
            "cast(case when exists (select 1 from app_guests x where x.guest_id = ",
            $guest,
            " and x.app_id = ",
            $app,
            ")
        or exists (select 1 from group_members m
            join app_groups y on y.group_id = m.group_id
            where m.guest_id = ",
            $guest,
            " and y.app_id = ",
            $app,
            ")
        then 1 else 0 end as bigint)"
        )
    };
}
pub(super) use grant_column;

macro_rules! read_sign_in {
    ($share:literal, $own:literal) => {
        concat!(
            "with partner as (
    select id, version, enabled, protocol, assurance
    from partners
    where id = $1",
            $share,
            "
), app as (
    select id, version, enabled, assignment, application_type, partners
    from apps
    where id = $2",
            $share,
            "
), guest as (
    select ",
            guest_columns!("guests"),
            "
    from guests
    where issuer = $3 and subject = $4",
            $own,
            "
)
select partner.id, partner.version, partner.enabled, partner.protocol, partner.assurance,
    app.id, app.version, app.enabled, app.assignment, app.application_type, app.partners,
    ",
            guest_columns!("guest"),
            ",
    ",
            grant_column!("guest.id", "$2"),
            "
from (select 1 as one) as here
left join partner on 1 = 1
left join app on 1 = 1
left join guest on 1 = 1"
        )
    };
}

macro_rules! read_guest_by_mail {
    ($own:literal) => {
        concat!(
            "select ",
            guest_columns!("g"),
            ",\n    ",
            grant_column!("g.id", "$2"),
            "\nfrom guests g\nwhere g.mail_key = $1",
            $own
        )
    };
}

statements! {
    READ_SIGN_IN = read_sign_in!("", ""),
        postgres: read_sign_in!("\n    for share", "\n    for no key update");
    READ_GUEST_BY_MAIL = read_guest_by_mail!(""), postgres: read_guest_by_mail!("\nfor no key update of g");
    APPS_OPEN_TO = "select a.id
from apps a
where a.enabled = 1
    and (a.assignment = 'everyone'
        or exists (select 1 from app_guests x where x.guest_id = $1 and x.app_id = a.id)
        or exists (select 1 from group_members m
            join app_groups y on y.group_id = m.group_id
            where m.guest_id = $1 and y.app_id = a.id))
order by a.id";
    GROUPS_OF = "select group_id
from group_members
where guest_id = $1
order by group_id
limit cast($2 as bigint)";
}

const PARTNER_WIDTH: usize = 5;
pub(super) const APP_WIDTH: usize = 6;

pub(in crate::store) async fn read_sign_in(
    unit: &mut Unit,
    partner: PartnerId,
    app: AppId,
    identity: &Identity,
) -> Result<SignInReading, StoreError> {
    let values = values![partner, app, identity.issuer.as_str(), identity.subject.as_str()];
    let row = unit.one(&READ_SIGN_IN, values).await?;
    let row = row.ok_or_else(|| StoreError::Unavailable("a reading without a row".to_owned()))?;
    let mut columns = row.columns("partners");
    Ok(SignInReading {
        partner: columns.joined(PARTNER_WIDTH)?,
        app: AppNow::or_gateway(app, columns.joined(APP_WIDTH)?),
        guest: columns.joined(GUEST_WIDTH)?,
        grant: Grant::from_columns(&mut columns)?,
    })
}

pub(in crate::store) async fn read_guest_by_mail(
    unit: &mut Unit,
    mail: &MailAddress,
    app: AppId,
) -> Result<Option<(Guest, Grant)>, StoreError> {
    let Some(row) = unit.one(&READ_GUEST_BY_MAIL, values![mail.key(), app]).await? else { return Ok(None) };
    let mut columns = row.columns("guests");
    Ok(Some((Guest::from_columns(&mut columns)?, Grant::from_columns(&mut columns)?)))
}

pub(in crate::store) async fn apps_open_to(unit: &mut Unit, guest: GuestId) -> Result<Vec<AppId>, StoreError> {
    let rows = unit.all(&APPS_OPEN_TO, values![guest]).await?;
    rows.iter().map(|row| row.columns("apps").uuid("id").map(AppId::from_uuid)).collect()
}

pub(in crate::store) async fn groups_of(
    unit: &mut Unit,
    guest: GuestId,
    limit: u32,
) -> Result<Vec<GroupId>, StoreError> {
    let rows = unit.all(&GROUPS_OF, values![guest, limit]).await?;
    rows.iter().map(|row| row.columns("group_members").uuid("group_id").map(GroupId::from_uuid)).collect()
}

impl FromColumns for Grant {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(if columns.flag("grant")? { Self::Assigned } else { Self::NotAssigned })
    }
}
