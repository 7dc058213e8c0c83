//! What `[collaboration]` says.

use super::shape::{Key, Kind, Presence, Shape};
use super::table::{Absent, Table};
use crate::domain::collaboration::{
    Allowed, Collaboration, DomainList, DomainRule, FallbackProvider, GuestUserRole, InvitesFrom, MAX_LINK_DAYS,
    MAX_PRIVACY_CONTACT, PrimaryProvider,
};
use crate::domain::definitions::Located;
use crate::domain::mail::{MailDomain, MailError};
use crate::domain::web_address::WebAddress;

/// `[collaboration]`.
pub static COLLABORATION: Shape = Shape {
    name: "[collaboration]",
    doc: "Who may invite whom, and how people redeem. There is one for the whole installation; what is left out has \
          its default. It is read afresh at each invitation and redemption, so that a change acts at once.",
    keys: &[
        Key {
            name: "allow_invites_from",
            kind: Kind::Word(&[
                "none",
                "admins_and_guest_inviters",
                "admins_guest_inviters_and_all_members",
                "everyone",
            ]),
            presence: Presence::Default("\"everyone\""),
            doc: "Who may invite guests. With `none` nobody may, administrators and the command line included. Apps \
                  that act for nobody need their permission, and may not invite at `admins_and_guest_inviters`.",
        },
        Key {
            name: "allowed_domains",
            kind: Kind::Texts,
            presence: Presence::Optional,
            doc: "The only mail domains whose addresses may be invited, and may redeem what they were invited to. A \
                  domain means itself and nothing below it. At most 25,000 characters, one domain a line \
                  (`POLICY_TOO_LARGE`). Who has redeemed is not touched. This or `blocked_domains`.",
        },
        Key {
            name: "blocked_domains",
            kind: Kind::Texts,
            presence: Presence::Optional,
            doc: "Mail domains whose addresses may neither be invited nor redeem. A domain means itself and nothing \
                  below it. At most 25,000 characters, one domain a line (`POLICY_TOO_LARGE`). Who has redeemed is not \
                  touched.",
        },
        Key {
            name: "allow_consumer_domains",
            kind: Kind::Flag,
            presence: Presence::Default("true"),
            doc: "Whether addresses may be invited at domains where everybody can have one.",
        },
        Key {
            name: "guest_user_role",
            kind: Kind::Word(&["member", "limited", "restricted"]),
            presence: Presence::Default("\"limited\""),
            doc: "What guests may see of the directory: as much as members, themselves and whom they know already, \
                  or themselves alone.",
        },
        Key {
            name: "invitation_link_ttl_days",
            kind: Kind::Integer(0, MAX_LINK_DAYS as i64),
            presence: Presence::Default("0"),
            doc: "How many days the link of an invitation is good; with 0 it does not end by time. A change holds for \
                  links that are made afterwards.",
        },
        Key {
            name: "email_one_time_passcode",
            kind: Kind::Flag,
            presence: Presence::Default("true"),
            doc: "Whether people without a home here prove their address by a code that is mailed to it. Where it is \
                  switched off, those who redeemed so sign in no more until their redemption is reset. It stays on \
                  where `fallback` names it, and where `identity_provider_order` has neither `organization` nor \
                  `external_federation`: nobody new could redeem without it.",
        },
        Key {
            name: "identity_provider_order",
            kind: Kind::Texts,
            presence: Presence::Default("[\"organization\", \"external_federation\", \"social_identity_providers\"]"),
            doc: "At which kinds of home people redeem, the first that knows somebody first: `organization` are \
                  partners by OpenID Connect, `external_federation` those by SAML, and no partner is of the third. \
                  An empty list leaves the fallback alone. Who has redeemed keeps what they have.",
        },
        Key {
            name: "fallback",
            kind: Kind::Word(&["default_configured_idp", "email_one_time_passcode"]),
            presence: Presence::Default("\"default_configured_idp\""),
            doc: "What is left to somebody whom none of them knows. `default_configured_idp` is a code by mail where \
                  that is on; `email_one_time_passcode` is one that nothing switches off: neither the setting of \
                  that name nor `entente partner disable mail`.",
        },
        Key {
            name: "privacy_url",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The address of the organisation's statement on privacy, by https: shown where people consent, and \
                  in mails.",
        },
        Key {
            name: "privacy_contact",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "Whom to ask about privacy, as pages and mails say it: 1 to 256 characters.",
        },
        Key {
            name: "guests_may_leave",
            kind: Kind::Flag,
            presence: Presence::Default("true"),
            doc: "Whether guests may end their account here themselves. It takes `privacy_url` or `privacy_contact` too: \
                  who leaves must be able to ask what becomes of their data.",
        },
    ],
};

/// Reads the settings; every fault is noted, and `None` means that they cannot be told.
#[must_use]
pub fn read(table: &Table<'_>) -> Option<Located<Collaboration>> {
    let standard = Collaboration::standard();
    let domains = domains(table);
    let order = match table.node("identity_provider_order") {
        None => standard.identity_provider_order.clone(),
        Some(_) => table.parsed_texts("identity_provider_order", |text| word(text, &PrimaryProvider::WORDS)),
    };
    let passcode = Allowed::of(table.is_set("email_one_time_passcode", Absent::IsTrue));
    let fallback = of_word(table, "fallback", &FallbackProvider::WORDS, standard.fallback);
    if fallback == FallbackProvider::EmailOneTimePasscode && !passcode.is_yes() {
        table.fault("fallback", "`fallback`: codes by mail are off (`email_one_time_passcode = false`)");
    }
    let settings = Collaboration { identity_provider_order: order, fallback, ..standard };
    if !passcode.is_yes() && !settings.has_primaries() {
        let text = "`email_one_time_passcode` and `identity_provider_order` leave nobody new a way to redeem: switch \
                    codes by mail on, or name `organization` or `external_federation` in the order";
        table.fault("email_one_time_passcode", text);
    }
    let days = table.integer("invitation_link_ttl_days").and_then(|days| u32::try_from(days).ok());
    let value = Collaboration {
        allow_invites_from: of_word(table, "allow_invites_from", &InvitesFrom::WORDS, settings.allow_invites_from),
        domains: domains?,
        consumer_domains: Allowed::of(table.is_set("allow_consumer_domains", Absent::IsTrue)),
        guest_user_role: of_word(table, "guest_user_role", &GuestUserRole::WORDS, settings.guest_user_role),
        invitation_link_ttl_days: days.unwrap_or(settings.invitation_link_ttl_days),
        email_one_time_passcode: passcode,
        privacy_url: table.parsed("privacy_url", WebAddress::parse),
        privacy_contact: table.parsed("privacy_contact", contact),
        guests_may_leave: Allowed::of(table.is_set("guests_may_leave", Absent::IsTrue)),
        ..settings
    };
    Some(Located { origin: table.origin().clone(), value })
}

/// Either list, or none.
fn domains(table: &Table<'_>) -> Option<DomainRule> {
    let has = |key: &str| table.node(key).is_some();
    let (key, rule): (_, fn(DomainList) -> DomainRule) = match (has("allowed_domains"), has("blocked_domains")) {
        (false, false) => return Some(DomainRule::Any),
        (true, false) => ("allowed_domains", DomainRule::Allowed),
        (false, true) => ("blocked_domains", DomainRule::Blocked),
        (true, true) => {
            table.fault("blocked_domains", "either `allowed_domains` or `blocked_domains`, not both: leave one out");
            return None;
        }
    };
    let listed = table.parsed_texts(key, domain);
    match DomainList::new(listed) {
        Ok(list) => Some(rule(list)),
        Err(error) => {
            table.fault(key, format!("`{key}`: {error}"));
            None
        }
    }
}

/// A domain in any spelling (UTS 46).
fn domain(text: &str) -> Result<MailDomain, MailError> {
    let ascii = idna::domain_to_ascii_strict(text).map_err(|_| MailError::Domain)?;
    MailDomain::parse(&ascii)
}

fn contact(text: &str) -> Result<String, String> {
    let fits =
        text.chars().count() <= MAX_PRIVACY_CONTACT && !text.trim().is_empty() && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err(format!("must be 1 to {MAX_PRIVACY_CONTACT} characters, not blank, none of them a control character"))
    }
}

fn word<T: Copy>(text: &str, words: &[(&'static str, T)]) -> Result<T, String> {
    let known = || words.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let found = words.iter().find(|(word, _)| *word == text);
    found.map(|(_, value)| *value).ok_or_else(|| format!("not one of {}", known()))
}

/// A word that its key has judged already.
fn of_word<T: Copy>(table: &Table<'_>, key: &str, words: &[(&'static str, T)], standard: T) -> T {
    table.text(key).and_then(|text| word(text, words).ok()).unwrap_or(standard)
}
