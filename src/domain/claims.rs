//! Claims: from what a partner states to what an app is told. Here a partner's statement becomes a
//! profile; what rules make of an account for one app begins at [`set`].

mod compile;
pub mod expression;
pub mod facts;
pub mod fault;
pub mod names;
pub mod outcome;
pub mod rule;
#[cfg(test)]
mod samples;
pub mod set;
#[cfg(test)]
mod tests;
pub mod transforms;

use std::borrow::Cow;

use self::facts::{Carrier, Facts, Membership};
use super::authentication::Authentication;
use super::mail::MailAddress;
use super::partners::{AttributeNames, Partner, Trust};
use crate::base::trace::Checked;

/// What is known of a person from one statement of a partner.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// The address as stated, read; absent where none was stated or none could be read.
    pub mail: Option<MailAddress>,
    /// What the partner says of that address.
    pub verification: MailVerification,
    /// Display name.
    pub name: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
}

/// What a partner says of the mail address that it states (OpenID Connect Core 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MailVerification {
    /// Nothing.
    #[default]
    NotSaid,
    /// That it is verified.
    Stated,
    /// That it is not.
    Denied,
}

/// The longest name that is kept (b2b display names). **Units**: characters.
pub const MAX_NAME: usize = 256;

const MAIL_NAMES: &[&str] = &[
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "urn:mace:dir:attribute-def:mail",
    "mail",
    "email",
    "emailAddress",
];
const VERIFIED_NAME: &str = "email_verified";
const NAME_NAMES: &[&str] = &[
    "http://schemas.microsoft.com/identity/claims/displayname",
    "urn:oid:2.16.840.1.113730.3.1.241",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "urn:oid:2.5.4.3",
    "displayName",
    "name",
    "cn",
];
const GIVEN_NAMES: &[&str] = &[
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
    "urn:oid:2.5.4.42",
    "givenName",
    "given_name",
    "firstName",
];
const FAMILY_NAMES: &[&str] = &[
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
    "urn:oid:2.5.4.4",
    "sn",
    "surname",
    "family_name",
    "lastName",
];

/// Reads the usual attributes, the partner's own names first. Names are compared exactly; the first
/// value that is not blank counts.
#[must_use]
pub fn read_profile(authentication: &Authentication, partner: &Partner) -> Profile {
    let AttributeNames { email, name, given_name, family_name, rules } = &partner.attributes;
    let made = rules.as_ref().map(|rules| rules.evaluate(&of_statement(authentication))).unwrap_or_default();
    // A field with a rule is what the rule makes of it, and nothing where that cannot be made.
    let ruled = |field: &str| {
        let claim = made.iter().find(|claim| claim.name == field)?;
        Some(claim.outcome.clone().ok().and_then(transforms::first))
    };
    let find = |field: &str, own: &Option<String>, usual: &[&str]| {
        ruled(field).unwrap_or_else(|| {
            let found = match own {
                Some(own) => first_value(authentication, own),
                None => usual.iter().find_map(|name| first_value(authentication, name)),
            };
            found.map(Cow::Borrowed)
        })
    };
    let clean = |text: Option<Cow<'_, str>>| text.and_then(|text| clean_name(&text));
    let given = clean(find("given_name", given_name, GIVEN_NAMES));
    let family = clean(find("family_name", family_name, FAMILY_NAMES));
    let whole = clean(find("name", name, NAME_NAMES)).or_else(|| match (&given, &family) {
        (Some(given), Some(family)) => clean_name(&format!("{given} {family}")),
        _ => None,
    });
    let mail = find(names::MAIL_OF_ACCOUNT, email, MAIL_NAMES).and_then(|text| MailAddress::parse(&text).ok());
    // `email_verified` speaks of `email` (OpenID Connect Core 5.1), and not of an address that a rule makes or that
    // stands in another claim, which people may be able to write themselves.
    let is_of_mail = ruled(names::MAIL_OF_ACCOUNT).is_none()
        && match partner.trust {
            Trust::Oidc(_) => {
                first_value(authentication, "email").and_then(|text| MailAddress::parse(text).ok()) == mail
            }
            // No standard says of which attribute a SAML partner speaks: of the one that its record names.
            Trust::Saml(_) => true,
            // The address is what was proven.
            Trust::MailedCode => true,
        };
    Profile {
        mail,
        verification: match verification(authentication) {
            MailVerification::Stated if !is_of_mail => MailVerification::NotSaid,
            said => said,
        },
        name: whole,
        given_name: given,
        family_name: family,
    }
}

/// What rules may ask of a statement.
fn of_statement(authentication: &Authentication) -> Facts<'_> {
    Facts {
        guest: None,
        protocol: None,
        groups: Membership::Whole(&[]),
        carrier: Carrier::Token,
        pairwise_id: "",
        organization: "",
        methods: &[],
        stated: &authentication.attributes,
    }
}

/// Which fields of the account the partner's rules made of a statement, and why not, as a row for whoever explains
/// it; none where there are no rules.
#[must_use]
pub fn mapped(authentication: &Authentication, partner: &Partner) -> Option<Checked> {
    let rules = partner.attributes.rules.as_ref()?;
    let made = rules.evaluate(&of_statement(authentication));
    let words = made.iter().map(|claim| match &claim.outcome {
        Ok(_) => format!("{} made", claim.name),
        Err(reason) => format!("{} {}", claim.name, reason.as_str()),
    });
    Some(Checked::passed("claims", words.collect::<Vec<_>>().join(", ")))
}

/// Anything but a clear yes, of JSON or of XML Schema, is a no, where something is said.
fn verification(authentication: &Authentication) -> MailVerification {
    let said = authentication.attributes.iter().filter(|(name, _)| name == VERIFIED_NAME);
    let mut values = said.flat_map(|(_, values)| values).peekable();
    if values.peek().is_none() {
        MailVerification::NotSaid
    } else if values.all(|value| value == "1" || value.eq_ignore_ascii_case("true")) {
        MailVerification::Stated
    } else {
        MailVerification::Denied
    }
}

fn first_value<'a>(authentication: &'a Authentication, name: &str) -> Option<&'a str> {
    authentication
        .attributes
        .iter()
        .filter(|(known, _)| known == name)
        .flat_map(|(_, values)| values)
        .map(|value| value.trim())
        .find(|value| !value.is_empty())
}

/// A name without control characters and cut to [`MAX_NAME`] characters.
fn clean_name(text: &str) -> Option<String> {
    let clean: String = text.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    if clean.trim().is_empty() { None } else { Some(clean) }
}
