//! The one row of the settings of collaboration.

use super::partner_rows::{PROVENANCES, to_json};
use super::{Read, statements};
use crate::domain::collaboration::{
    Allowed, Collaboration, DomainList, DomainRule, FallbackProvider, GuestUserRole, InvitesFrom, PrimaryProvider,
};
use crate::domain::mail::MailDomain;
use crate::domain::partners::PartnerId;
use crate::domain::store::StoreError;
use crate::domain::store::objects::{Kept, Provenance};
use crate::domain::web_address::WebAddress;
use crate::store::row::{Columns, FromColumns, word_of};
use crate::store::unit::Unit;
use crate::store::value::values;

macro_rules! read {
    ($share:literal) => {
        concat!(
            "select allow_invites_from, domain_rule, domains, allow_consumer_domains, guest_user_role,
    invitation_link_ttl_days, email_one_time_passcode, identity_provider_order, fallback, privacy_url,
    privacy_contact, guests_may_leave, provenance
from collaboration
where id = 1",
            $share
        )
    };
}

statements! {
    READ = read!(""), postgres: read!("\nfor share");
    READ_AT_REST = read!("");
    WRITE = "update collaboration
set allow_invites_from = $1, domain_rule = $2, domains = $3, allow_consumer_domains = $4, guest_user_role = $5,
    invitation_link_ttl_days = $6, email_one_time_passcode = $7, identity_provider_order = $8, fallback = $9,
    privacy_url = $10, privacy_contact = $11, guests_may_leave = $12, provenance = $13
where id = 1";
    HOME = "select id
from partners
where kind = 'home'";
}

pub(in crate::store) async fn read(unit: &mut Unit) -> Result<Kept<Collaboration>, StoreError> {
    let row = unit.one(&READ, values![]).await?;
    let missing = || StoreError::Corrupt { table: "collaboration", column: "id", row: "1".to_owned() };
    row.ok_or_else(missing)?.read("collaboration")
}

/// The same as it stands, which nothing keeps from changing.
pub(in crate::store) async fn at_rest(source: &mut (impl Read + Send)) -> Result<Collaboration, StoreError> {
    let row = source.one(&READ_AT_REST, values![]).await?;
    let missing = || StoreError::Corrupt { table: "collaboration", column: "id", row: "1".to_owned() };
    let kept: Kept<Collaboration> = row.ok_or_else(missing)?.read("collaboration")?;
    Ok(kept.value)
}

pub(in crate::store) async fn write(
    unit: &mut Unit,
    settings: &Collaboration,
    provenance: Provenance,
) -> Result<(), StoreError> {
    let (rule, domains) = match &settings.domains {
        DomainRule::Any => ("any", Vec::new()),
        DomainRule::Allowed(list) => ("allowed", list.iter().map(MailDomain::as_str).collect()),
        DomainRule::Blocked(list) => ("blocked", list.iter().map(MailDomain::as_str).collect()),
    };
    let order: Vec<&str> =
        settings.identity_provider_order.iter().map(|provider| word_of(&PrimaryProvider::WORDS, provider)).collect();
    let values = values![
        word_of(&InvitesFrom::WORDS, &settings.allow_invites_from),
        rule,
        to_json(&domains),
        settings.consumer_domains.is_yes(),
        word_of(&GuestUserRole::WORDS, &settings.guest_user_role),
        settings.invitation_link_ttl_days,
        settings.email_one_time_passcode.is_yes(),
        to_json(&order),
        word_of(&FallbackProvider::WORDS, &settings.fallback),
        settings.privacy_url.as_ref().map(WebAddress::as_str),
        settings.privacy_contact.as_deref(),
        settings.guests_may_leave.is_yes(),
        word_of(PROVENANCES, &provenance),
    ];
    unit.write(&WRITE, values).await
}

pub(in crate::store) async fn home_partner(unit: &mut Unit) -> Result<Option<PartnerId>, StoreError> {
    let row = unit.one(&HOME, values![]).await?;
    row.map(|row| row.columns("partners").uuid("id").map(PartnerId::from_uuid)).transpose()
}

impl FromColumns for Kept<Collaboration> {
    fn from_columns(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        let allow_invites_from = columns.word("allow_invites_from", &InvitesFrom::WORDS)?;
        let domains = read_rule(columns)?;
        let consumer_domains = Allowed::of(columns.flag("allow_consumer_domains")?);
        let guest_user_role = columns.word("guest_user_role", &GuestUserRole::WORDS)?;
        let days = columns.int("invitation_link_ttl_days")?;
        let invitation_link_ttl_days = u32::try_from(days).map_err(|_| columns.corrupt("invitation_link_ttl_days"))?;
        let email_one_time_passcode = Allowed::of(columns.flag("email_one_time_passcode")?);
        let order: Vec<String> = columns.json("identity_provider_order")?;
        let known =
            |word: &String| PrimaryProvider::WORDS.iter().find(|(known, _)| known == word).map(|(_, found)| *found);
        let identity_provider_order: Option<_> = order.iter().map(known).collect();
        let identity_provider_order =
            identity_provider_order.ok_or_else(|| columns.corrupt("identity_provider_order"))?;
        let fallback = columns.word("fallback", &FallbackProvider::WORDS)?;
        let privacy_url = columns.optional_text("privacy_url")?.map(|text| WebAddress::parse(&text)).transpose();
        let privacy_url = privacy_url.map_err(|_| columns.corrupt("privacy_url"))?;
        let value = Collaboration {
            allow_invites_from,
            domains,
            consumer_domains,
            guest_user_role,
            invitation_link_ttl_days,
            email_one_time_passcode,
            identity_provider_order,
            fallback,
            privacy_url,
            privacy_contact: columns.optional_text("privacy_contact")?,
            guests_may_leave: Allowed::of(columns.flag("guests_may_leave")?),
        };
        Ok(Self { value, provenance: columns.word("provenance", PROVENANCES)? })
    }
}

fn read_rule(columns: &mut Columns<'_>) -> Result<DomainRule, StoreError> {
    let rule = columns.text("domain_rule")?;
    let texts: Vec<String> = columns.json("domains")?;
    let domains: Result<Vec<MailDomain>, _> = texts.iter().map(|text| MailDomain::parse(text)).collect();
    let list = DomainList::new(domains.map_err(|_| columns.corrupt("domains"))?);
    match (rule.as_str(), list) {
        ("any", Err(_)) if texts.is_empty() => Ok(DomainRule::Any),
        ("allowed", Ok(list)) => Ok(DomainRule::Allowed(list)),
        ("blocked", Ok(list)) => Ok(DomainRule::Blocked(list)),
        _ => Err(columns.corrupt("domain_rule")),
    }
}
