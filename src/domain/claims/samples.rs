//! A person, its facts and names, for the tests of this folder.

use super::facts::{Carrier, Facts, Membership, Value};
use super::set::NameTable;
use crate::base::clock::Timestamp;
use crate::domain::authentication::Identity;
use crate::domain::groups::GroupId;
use crate::domain::guests::{Binding, Guest, GuestId, MailStanding, NameSource, Standing, UserType};
use crate::domain::mail::MailAddress;
use crate::domain::partners::{PartnerId, PartnerProtocol};

pub(super) const PAIRWISE: &str = "pW3kZr0v2h1cXyQeA9nB7uLmT5sGdFj8oKiRtEwQzYc";
pub(super) const TENANT: &str = "11111111-0000-4000-8000-000000000001";

pub(super) fn group(number: u128) -> GroupId {
    GroupId::from_uuid(uuid::Uuid::from_u128(number))
}

pub(super) fn partner(number: u128) -> PartnerId {
    PartnerId::from_uuid(uuid::Uuid::from_u128(number))
}

pub(super) fn names() -> NameTable {
    NameTable {
        groups: vec![("auditors".to_owned(), group(1)), ("engineers".to_owned(), group(2))],
        partners: vec![("fabrikam".to_owned(), partner(1)), ("woodgrove".to_owned(), partner(2))],
    }
}

/// Ana, a guest of Fabrikam without a family name.
pub(super) fn ana() -> Guest {
    Guest {
        id: GuestId::from_uuid(uuid::Uuid::from_u128(7)),
        user_principal_name: "ana_fabrikam.example#EXT#@contoso.example".to_owned(),
        mail: Some(MailAddress::parse("Ana@fabrikam.example").unwrap()),
        mail_standing: MailStanding::Known,
        display_name: Some("Ana Partner".to_owned()),
        name_source: NameSource::Partner,
        given_name: Some("Ana".to_owned()),
        family_name: None,
        user_type: UserType::Guest,
        binding: Binding::Accepted {
            partner: partner(1),
            identity: Identity { issuer: "https://idp.fabrikam.example".to_owned(), subject: "s".to_owned() },
        },
        pinned_partner: None,
        standing: Standing::Active,
        sessions_valid_from: Timestamp::EPOCH,
        created_at: Timestamp::EPOCH,
    }
}

/// What is true of `guest` of a partner that speaks OpenID Connect, proven by these methods.
pub(super) fn facts<'a>(guest: &'a Guest, groups: &'a [GroupId], methods: &'a [String]) -> Facts<'a> {
    Facts {
        guest: Some(guest),
        protocol: Some(PartnerProtocol::Oidc),
        groups: Membership::Whole(groups),
        carrier: Carrier::Token,
        pairwise_id: PAIRWISE,
        organization: TENANT,
        methods,
        stated: &[],
    }
}

/// A value in words.
pub(super) fn words(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Texts(texts) => format!("[{}]", texts.join(", ")),
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
    }
}
