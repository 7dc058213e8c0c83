//! What `[[partner]]` says.

use std::time::Duration;

use super::assurance;
use super::claims;
use super::metadata;
use super::partner_oidc;
use super::shape::{Key, Kind, Presence, Shape};
use super::table::{Absent, Table};
use super::texts;
use crate::domain::assurance::AssuranceContract;
use crate::domain::definitions::{Located, PartnerDefinition, TrustDefinition};
use crate::domain::holders::DomainPattern;
use crate::domain::invitations::language::LanguageTag;
use crate::domain::mail::MailAddress;
use crate::domain::names::Slug;
use crate::domain::partners::{
    Admission, AssertionEncryption, AttributeNames, MailAuthority, PartnerKind, PassedScoping, PassiveRequests,
    SamlRequestRules, SubjectRule, Switch,
};

/// Clock skew that a partner is granted where its record says nothing. **Units**: seconds.
const DEFAULT_CLOCK_SKEW: u64 = 60;

/// The most addresses that a partner names.
const MAX_ADDRESSES: usize = 10_000;

/// `[[partner]]`.
pub static PARTNER: Shape = Shape {
    name: "[[partner]]",
    doc: "An organisation whose identity provider is trusted.",
    keys: &[
        texts::ID,
        texts::SLUG,
        texts::NAME,
        Key {
            name: "kind",
            kind: Kind::Word(&["partner", "home"]),
            presence: Presence::Default("\"partner\""),
            doc: "What the organisation is to us. People of a `partner` are guests. `home` is our own workforce, whose \
                  people are members (`acct` 0); there is one at most, and it needs `domains`.",
        },
        Key {
            name: "domains",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "Mail domains that belong to the partner, each to one partner only. Mail outside them is refused. \
                  Without any, the partner's mail is unproven and binds no invitation. `fabrikam.example` is that domain \
                  alone, `*.fabrikam.example` all below it at any depth; where several cover an address, the longest \
                  counts, whoever has it. International names may be written as such. A public suffix, such as `co.uk` \
                  or `github.io`, is nobody's.",
        },
        Key {
            name: "shared_domains",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "Mail domains that the partner shares with others, each of which names it so. Who enters an address of \
                  one is asked which organisation it is. Such an address proves nothing by itself, since every one of \
                  them could state it: it binds a `[[guest]]` whose `partner` is this one, or one of `addresses`. Not \
                  for the home organisation.",
        },
        Key {
            name: "addresses",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "Addresses within `shared_domains` of which this partner answers, and no other: their people are led to \
                  it, and its word on them counts as within `domains`. At most 10000.",
        },
        Key {
            name: "admission",
            kind: Kind::Word(&["invited", "anyone"]),
            presence: Presence::Default("\"invited\""),
            doc: "`invited`: only who has a `[[guest]]` entry. `anyone`: an account is made at the first sign-in of \
                  whomever the partner vouches for.",
        },
        Key {
            name: "enabled",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "Whether the partner is trusted. Trust is switched on, never assumed; a partner whose metadata has \
                  expired or holds no usable key cannot be enabled.",
        },
        Key {
            name: "clock_skew",
            kind: Kind::Integer(0, 300),
            presence: Presence::Default("60"),
            doc: "How far the partner's clock may be off, in seconds. More lets a stolen message live longer.",
        },
        Key {
            name: "mail_authority",
            kind: Kind::Word(&["domains", "verified_only"]),
            presence: Presence::Default("\"domains\""),
            doc: "`domains`: mail within `domains` counts as proven unless the partner says that it is not. \
                  `verified_only`: only where the partner says that it is verified.",
        },
        Key {
            name: "language",
            kind: Kind::Word(&["en", "fr", "nl", "de"]),
            presence: Presence::Optional,
            doc: "In which language its people are invited by mail, where neither the invitation nor the account says \
                  one. Left out, it is `language` of `[mail]`.",
        },
        Key {
            name: "attributes",
            kind: Kind::Table(&ATTRIBUTES),
            presence: Presence::Optional,
            doc: "The partner's own attribute names.",
        },
        Key {
            name: "claims",
            kind: Kind::Tables(&claims::INWARD),
            presence: Presence::Optional,
            doc: "Rules that make fields of an account of what the partner states.",
        },
        Key {
            name: "assurance",
            kind: Kind::Table(&assurance::ASSURANCE),
            presence: Presence::Optional,
            doc: "What the partner may assert of the strength of a sign-in.",
        },
        Key {
            name: "saml",
            kind: Kind::Table(&SAML),
            presence: Presence::Optional,
            doc: "Trust by SAML 2.0. A partner has exactly one of `saml` and `oidc`.",
        },
        Key {
            name: "oidc",
            kind: Kind::Table(&partner_oidc::OIDC),
            presence: Presence::Optional,
            doc: "Trust by OpenID Connect. A partner has exactly one of `saml` and `oidc`.",
        },
    ],
};

/// `[partner.attributes]`.
pub static ATTRIBUTES: Shape = Shape {
    name: "[partner.attributes]",
    doc: "Names of attributes that take the place of the usual ones (their OIDs, xmlsoap and plain names).",
    keys: &[
        attribute("email", "The attribute with the mail address."),
        attribute("name", "The attribute with the display name."),
        attribute("given_name", "The attribute with the given name."),
        attribute("family_name", "The attribute with the family name."),
    ],
};

/// `[partner.saml]`.
pub static SAML: Shape = Shape {
    name: "[partner.saml]",
    doc: "How a SAML 2.0 identity provider is trusted.",
    keys: &[
        Key {
            name: "metadata",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The path of the partner's metadata document, from the folder of the object file. Its keys are the \
                  only ones that are trusted, whatever a message carries. A partner has exactly one of `metadata` and \
                  `metadata_url`.",
        },
        metadata::URL,
        metadata::CERTIFICATE,
        metadata::PRIVATE,
        Key {
            name: "subject",
            kind: Kind::Table(&SUBJECT),
            presence: Presence::Default("{ name_id = \"persistent\" }"),
            doc: "Which part of an assertion names the person for good.",
        },
        Key {
            name: "name_id_format",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The Format of NameIDPolicy in our requests, for a partner that needs one. At most 1024 bytes.",
        },
        Key {
            name: "requested_authn_context",
            kind: Kind::Texts,
            presence: Presence::Default("[]"),
            doc: "Classes of RequestedAuthnContext in our requests, for a partner that needs some.",
        },
        Key {
            name: "passive",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "Whether the partner may be asked without showing anything (`IsPassive`) when an app sends \
                  `prompt=none`. Otherwise such a request without a session is answered with `login_required`.",
        },
        Key {
            name: "encryption",
            kind: Kind::Word(&["refused", "accepted", "required"]),
            presence: Presence::Default("\"refused\""),
            doc: "Whether the partner encrypts its assertions. `accepted`: it may; `required`: one in the clear is \
                  refused. Give it our metadata from `/saml/sp/metadata/` and its slug then, which holds the certificate \
                  to encrypt to. AES-GCM with RSA-OAEP is read, and AES-CBC where the partner signs the response too.",
        },
        Key {
            name: "scoping",
            kind: Kind::Flag,
            presence: Presence::Default("true"),
            doc: "Whether the Scoping of a SAML app's request is passed on, with its ProxyCount one less. `false` for a \
                  partner that fails on it, such as ADFS; that it does not pass the request on is your word then.",
        },
        Key {
            name: "unsolicited",
            kind: Kind::Table(&UNSOLICITED),
            presence: Presence::Optional,
            doc: "Where a response leads that answers no request of ours, as from a tile of the partner's portal. Without \
                  it such responses are refused. It signs nobody in: the sign-in to that app begins, and the partner is \
                  asked by a request of ours.",
        },
    ],
};

/// The table under `unsolicited`.
pub static UNSOLICITED: Shape = Shape {
    name: "unsolicited = { ... }",
    doc: "What an unsolicited response of the partner leads to.",
    keys: &[Key {
        name: "app",
        kind: Kind::Text,
        presence: Presence::Required,
        doc: "The slug of the app: a SAML app with `idp_initiated = true`, or one with `initiate_login_uri`.",
    }],
};

/// The table under `subject`.
pub static SUBJECT: Shape = Shape {
    name: "subject = { ... }",
    doc: "One of `name_id` and `attribute`.",
    keys: &[
        Key {
            name: "name_id",
            kind: Kind::Word(&["persistent", "email"]),
            presence: Presence::Optional,
            doc: "`persistent`: a persistent NameID. `email`: a NameID that is a mail address, accepted only beside \
                  `dangerous_allow_mail_subject`.",
        },
        Key {
            name: "attribute",
            kind: Kind::Text,
            presence: Presence::Optional,
            doc: "The name of an attribute with exactly one value, such as \
                  `urn:oasis:names:tc:SAML:attribute:subject-id`.",
        },
        Key {
            name: "dangerous_allow_mail_subject",
            kind: Kind::Flag,
            presence: Presence::Default("false"),
            doc: "**Dangerous.** Must be `true` beside `name_id = \"email\"` and nowhere else. Mail addresses are given \
                  to other people later, who then get the account of the person before them.",
        },
    ],
};

const fn attribute(name: &'static str, doc: &'static str) -> Key {
    Key { name, kind: Kind::Text, presence: Presence::Optional, doc }
}

/// Reads a partner; every fault is noted, and `None` means that something essential is missing.
#[must_use]
pub fn read(table: &Table<'_>) -> Option<Located<PartnerDefinition>> {
    let id = texts::id(table);
    let slug = table.parsed("slug", Slug::parse);
    let name = texts::name(table, slug.as_ref());
    let domains = table.parsed_texts("domains", DomainPattern::claim);
    let shared_domains = table.parsed_texts("shared_domains", DomainPattern::claim);
    let addresses = addresses(table, &shared_domains);
    let kind = if table.text("kind") == Some("home") { PartnerKind::Home } else { PartnerKind::Partner };
    if kind == PartnerKind::Home && domains.is_empty() {
        table.fault("kind", "the home organisation needs `domains`: the mail domains of our own people");
    }
    if kind == PartnerKind::Home && !shared_domains.is_empty() {
        let message =
            "the home organisation shares no domain: its people are members by their address; name it in `domains`";
        table.fault("shared_domains", message);
    }
    if let Some(both) = domains.iter().find(|domain| shared_domains.contains(domain)) {
        table.fault(
            "shared_domains",
            format!("`{both}` is in `domains` too; it belongs to the partner alone or is shared"),
        );
    }
    let mut attributes = table.table("attributes").map(|table| attribute_names(&table)).unwrap_or_default();
    attributes.rules = claims::inward(table, &attributes);
    let assurance = table.table("assurance");
    let assurance = assurance.map_or(AssuranceContract::NOTHING_TRUSTED, |table| assurance::read(&table));
    let trust = match (table.table("saml"), table.table("oidc")) {
        (Some(table), None) => saml(&table),
        (None, Some(table)) => partner_oidc::read(&table),
        (Some(_), Some(_)) => {
            table.fault("oidc", "a partner has one of `[partner.saml]` and `[partner.oidc]`; leave the other out");
            None
        }
        (None, None) => {
            // What stands there and is no table is a fault that has been told.
            let is_silent = table.node("saml").is_none() && table.node("oidc").is_none();
            if is_silent && table.reader().is_whole() {
                table.reader().fault(table.origin(), "a partner needs `[partner.saml]` or `[partner.oidc]`");
            }
            None
        }
    };
    let value = PartnerDefinition {
        id,
        slug: slug?,
        name: name?,
        kind,
        domains,
        shared_domains,
        addresses,
        admission: match table.text("admission") {
            Some("anyone") => Admission::Anyone,
            _ => Admission::Invited,
        },
        switch: Switch::from_enabled(table.is_set("enabled", Absent::IsFalse)),
        clock_skew: Duration::from_secs(table.integer("clock_skew").unwrap_or(DEFAULT_CLOCK_SKEW)),
        mail_authority: match table.text("mail_authority") {
            Some("verified_only") => MailAuthority::VerifiedOnly,
            _ => MailAuthority::Domains,
        },
        // A word that its key has judged already.
        language: table.text("language").and_then(|tag| LanguageTag::parse(tag).ok()),
        attributes,
        assurance,
        trust: trust?,
    };
    Some(Located { origin: table.origin().clone(), value })
}

/// The addresses that are named; each lies within a shared domain, since of those in `domains` the partner answers
/// alone in any case.
fn addresses(table: &Table<'_>, shared: &[DomainPattern]) -> Vec<MailAddress> {
    let addresses = table.parsed_texts("addresses", MailAddress::parse);
    if addresses.len() > MAX_ADDRESSES {
        let message = format!("`addresses` names {}; {MAX_ADDRESSES} are the most", addresses.len());
        table.fault("addresses", message);
    }
    let is_outside = |mail: &&MailAddress| !shared.iter().any(|domain| domain.covers(mail.domain()));
    if let Some(mail) = addresses.iter().find(is_outside) {
        let message =
            format!("`{mail}` lies in none of `shared_domains`; name its domain there, or leave the address out");
        table.fault("addresses", message);
    }
    addresses
}

fn attribute_names(table: &Table<'_>) -> AttributeNames {
    AttributeNames {
        email: table.parsed("email", texts::identifier),
        name: table.parsed("name", texts::identifier),
        given_name: table.parsed("given_name", texts::identifier),
        family_name: table.parsed("family_name", texts::identifier),
        rules: None,
    }
}

fn saml(table: &Table<'_>) -> Option<TrustDefinition> {
    let metadata = metadata::read(table, "`[partner.saml]` needs `metadata` or `metadata_url`");
    let subject = match table.node("subject") {
        None => Some(SubjectRule::PersistentNameId),
        Some(_) => table.table("subject").and_then(|table| subject(&table)),
    };
    let passive = table.is_set("passive", Absent::IsFalse);
    let request = SamlRequestRules {
        name_id_format: table.parsed("name_id_format", texts::identifier),
        requested_classes: table.parsed_texts("requested_authn_context", texts::identifier),
        passive: if passive { PassiveRequests::Allowed } else { PassiveRequests::Never },
        encryption: match table.text("encryption") {
            Some("accepted") => AssertionEncryption::Accepted,
            Some("required") => AssertionEncryption::Required,
            _ => AssertionEncryption::Refused,
        },
        scoping: if table.is_set("scoping", Absent::IsTrue) { PassedScoping::PassedOn } else { PassedScoping::LeftOut },
        unsolicited: table.table("unsolicited").and_then(|table| table.parsed("app", Slug::parse)),
    };
    Some(TrustDefinition::Saml { metadata: metadata?, subject: subject?, request })
}

fn subject(table: &Table<'_>) -> Option<SubjectRule> {
    let name_id = table.text("name_id");
    let attribute = table.parsed("attribute", texts::identifier);
    let mail_allowed = table.is_set("dangerous_allow_mail_subject", Absent::IsFalse);
    if mail_allowed && name_id != Some("email") {
        let message = "`dangerous_allow_mail_subject` allows nothing without `name_id = \"email\"`; leave it out";
        table.fault("dangerous_allow_mail_subject", message);
    }
    let message = match (name_id, table.node("attribute").is_some()) {
        (Some("persistent"), false) => return Some(SubjectRule::PersistentNameId),
        (Some("email"), false) if mail_allowed => return Some(SubjectRule::DangerousEmailNameId),
        (Some("email"), false) => {
            "`name_id = \"email\"` is dangerous, since addresses are given to other people later; where there is no \
             other way, add `dangerous_allow_mail_subject = true` beside it"
        }
        // What stands there is a fault that has been told.
        (Some(_), false) => return None,
        (None, true) => return attribute.map(SubjectRule::Attribute),
        (None, false) if table.node("name_id").is_some() => return None,
        _ => "`subject` needs exactly one of `name_id` and `attribute`",
    };
    table.reader().fault(table.origin(), message);
    None
}
