//! Which names a rule may give: none that the protocol or the gateway itself speaks with, and those by
//! which apps know accounts only from their own facts.

use super::facts::Fact;
use super::rule::{ClaimRule, Input, NameFormat, Operand, Output, Transform};

/// What an app speaks for which rules are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// OpenID Connect.
    Oidc,
    /// SAML 2.0.
    Saml,
    /// Nothing: the rules make an account of what a partner states.
    Account,
}

/// The longest name. **Units**: bytes.
pub const MAX_NAME: usize = 256;

/// Claims of a JWT that are never given by a rule: those of the protocols (RFC 7519 4.1, OIDC Core 2,
/// RFC 7800, RFC 8693, RFC 9068), and those that the contract fixes.
const FIXED: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "azp",
    "nonce",
    "acr",
    "amr",
    "auth_time",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "sub_jwk",
    "sub_id",
    "cnf",
    "act",
    "may_act",
    "client_id",
    "scope",
    "scp",
    "events",
    "txn",
    "toe",
    "active",
    "token_type",
    "oid",
    "tid",
    "idp",
    "altsecid",
    "acct",
    "ver",
    "uti",
    "aio",
    "rh",
    "puid",
    "appid",
    "appidacr",
    "azpacr",
    "acrs",
    "wids",
    "email_verified",
    "phone_number_verified",
    "xms_edov",
    "hasgroups",
    "_claim_names",
    "_claim_sources",
    "authorization_details",
    "entitlements",
];

/// Names of roles, which this version does not have.
const ROLES: &[&str] = &["roles", "role", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"];

/// Names of attributes that are never given by a rule.
const FIXED_ATTRIBUTES: &[&str] = &[
    "hasgroups",
    "email_verified",
    "http://schemas.microsoft.com/claims/groups.link",
    "http://schemas.microsoft.com/claims/multipleauthn",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/wids",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
];

const MAIL: &[Fact] = &[Fact::Mail, Fact::PrincipalName];
const PRINCIPAL_NAMES: &[Fact] = &[Fact::PrincipalName, Fact::LocalPrincipalName, Fact::HashlessPrincipalName];

/// Names by which apps know accounts, organisations and groups, and the facts that they may be made of.
const BOUND: &[(&str, &[Fact])] = &[
    ("email", MAIL),
    ("mail", MAIL),
    ("emailAddress", MAIL),
    ("urn:oid:0.9.2342.19200300.100.1.3", MAIL),
    ("urn:mace:dir:attribute-def:mail", MAIL),
    ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", MAIL),
    ("upn", PRINCIPAL_NAMES),
    ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn", PRINCIPAL_NAMES),
    ("groups", &[Fact::Groups]),
    ("http://schemas.microsoft.com/ws/2008/06/identity/claims/groups", &[Fact::Groups]),
    ("http://schemas.microsoft.com/identity/claims/objectidentifier", &[Fact::Id]),
    ("http://schemas.microsoft.com/identity/claims/tenantid", &[Fact::Organization]),
    ("http://schemas.microsoft.com/identity/claims/identityprovider", &[Fact::IdentityProvider]),
    ("http://schemas.microsoft.com/claims/authnmethodsreferences", &[Fact::Methods]),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.6", PRINCIPAL_NAMES),
];

/// Attributes of a SAML app that are claims of a JWT by another name.
const BOUND_ATTRIBUTES: &[(&str, &[Fact])] = &[("amr", &[Fact::Methods])];

/// What rules may make of an account. The subject is never among them.
pub const ACCOUNT: &[&str] = &[MAIL_OF_ACCOUNT, "name", "given_name", "family_name"];
/// The mail address of an account.
pub const MAIL_OF_ACCOUNT: &str = "email";

/// Why a name is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Empty, too long, or with a space at an end or a control character.
    #[error("a name is 1 to {MAX_NAME} bytes without control characters and spaces at its ends")]
    Malformed,
    /// A name of the protocol or the gateway.
    #[error("`{0}` is said by the gateway itself and cannot be given by a rule; choose another name")]
    Fixed(String),
    /// A name of roles.
    #[error("`{0}`: roles do not exist in this version; leave the rule out")]
    Roles(String),
    /// A name that is bound to facts.
    #[error("`{name}` names an account to apps and may be {}, in upper or lower case, and nothing else", facts(.sources))]
    Bound {
        /// The name.
        name: String,
        /// What it may be made of.
        sources: &'static [Fact],
    },
    /// No field of an account.
    #[error("`{0}` is none of `email`, `name`, `given_name` and `family_name`, which can be made of a statement")]
    NotOfAccount(String),
    /// A mail address that says nothing of the person.
    #[error(
        "`email` is made of a `source` and never of a fixed text alone or an `expression`, since it may open an invitation; \
         only `join` may put a fixed text behind it"
    )]
    MailOfNobody,
    /// A NameFormat for a JWT.
    #[error("`name_format` belongs to SAML; leave it out")]
    FormatOfJwt,
    /// A URI's format for something that is none.
    #[error("`name_format = \"uri\"` needs a name with a colon, not `{0}`")]
    NotUri(String),
}

fn facts(sources: &[Fact]) -> String {
    sources.iter().map(|fact| format!("`{}`", fact.as_str())).collect::<Vec<_>>().join(" or ")
}

/// Judges the name of a rule for an app that speaks `protocol`.
///
/// # Errors
/// [`NameError`].
pub fn judge(rule: &ClaimRule, protocol: Protocol) -> Result<(), NameError> {
    let name = rule.name.as_str();
    if name.is_empty() || name.len() > MAX_NAME || name.trim().len() != name.len() || name.chars().any(char::is_control)
    {
        return Err(NameError::Malformed);
    }
    let is_any_of = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    if protocol == Protocol::Account {
        return of_account(rule);
    }
    if is_any_of(ROLES) {
        return Err(NameError::Roles(name.to_owned()));
    }
    let bound = |table: &'static [(&'static str, &'static [Fact])]| {
        table.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, sources)| *sources)
    };
    let (fixed, sources) = match protocol {
        Protocol::Oidc | Protocol::Account => (is_any_of(FIXED), bound(BOUND)),
        Protocol::Saml => (is_any_of(FIXED_ATTRIBUTES), bound(BOUND).or_else(|| bound(BOUND_ATTRIBUTES))),
    };
    if fixed {
        return Err(NameError::Fixed(name.to_owned()));
    }
    if let Some(sources) = sources {
        let mut outputs = rule.otherwise.iter().chain(rule.conditions.iter().map(|condition| &condition.output));
        if !outputs.all(|output| is_made_of(output, sources)) {
            return Err(NameError::Bound { name: name.to_owned(), sources });
        }
    }
    match (protocol, rule.format) {
        (_, NameFormat::ByName) => Ok(()),
        (Protocol::Oidc | Protocol::Account, _) => Err(NameError::FormatOfJwt),
        (Protocol::Saml, NameFormat::Uri) if !name.contains(':') => Err(NameError::NotUri(name.to_owned())),
        (Protocol::Saml, _) => Ok(()),
    }
}

/// A field of an account, of everybody's statement alike.
fn of_account(rule: &ClaimRule) -> Result<(), NameError> {
    if !ACCOUNT.contains(&rule.name.as_str()) {
        return Err(NameError::NotOfAccount(rule.name.clone()));
    }
    if rule.name != MAIL_OF_ACCOUNT {
        return Ok(());
    }
    let is_theirs =
        |output: &Output| matches!(output.input, Input::Fact(_)) && !output.transforms.iter().any(gives_text);
    if rule.otherwise.iter().all(is_theirs) { Ok(()) } else { Err(NameError::MailOfNobody) }
}

/// Whether a transformation may put a fixed text in the place of what is stated.
const fn gives_text(transform: &Transform) -> bool {
    const fn is_text(operand: &Operand) -> bool {
        matches!(operand, Operand::Text(_))
    }
    match transform {
        Transform::Match { .. } | Transform::RegexReplace { .. } => true,
        Transform::IfEmpty(operand) | Transform::IfNotEmpty(operand) => is_text(operand),
        _ => false,
    }
}

fn is_made_of(output: &Output, sources: &[Fact]) -> bool {
    let is_source = matches!(output.input, Input::Fact(fact) if sources.contains(&fact));
    let is_case = |transform: &Transform| matches!(transform, Transform::ToLowercase | Transform::ToUppercase);
    is_source && output.transforms.iter().all(is_case)
}
