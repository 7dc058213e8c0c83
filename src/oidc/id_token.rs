//! The claims of the external-user token.
//!
//! Which claims of the person appear is decided by the scopes: `profile` gives the names, `email`
//! the mail address, `groups` the groups. The mail address of a guest appears without `email` too,
//! as apps that know guests expect it. What identifies (`sub`, `oid`, `tid`, `idp`, `altsecid`,
//! `acct`), `roles` and how the person signed in appear always. A claim without a value is absent.
//! The types have no `Debug`: what they hold is personal and must not reach a log.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::app_claims::{AppClaim, AppClaims};
use super::requested_claims::{PersonClaim, PersonClaims};
use super::scope::{Scope, ScopeSet};
use crate::base::clock::Timestamp;
use crate::base::encoding::{base64url, sha256};

/// Whose account it is; `acct` in the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// One of our own workforce: 0.
    Member,
    /// One of a partner: 1.
    Guest,
}

impl Serialize for AccountKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(match self {
            Self::Member => 0,
            Self::Guest => 1,
        })
    }
}

/// What is known of the person, whether or not a token shows it.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    /// The account here.
    pub oid: &'a str,
    /// Whose account it is.
    pub account: AccountKind,
    /// The partner's issuer or entity ID.
    pub idp: Option<&'a str>,
    /// The alternative security id, opaque to apps.
    pub altsecid: Option<&'a str>,
    /// The mail address.
    pub email: Option<&'a str>,
    /// The name to show.
    pub name: Option<&'a str>,
    /// The given name.
    pub given_name: Option<&'a str>,
    /// The family name.
    pub family_name: Option<&'a str>,
    /// The name that it signs in with.
    pub preferred_username: Option<&'a str>,
    /// Identifiers of its groups.
    pub groups: &'a [String],
    /// Its roles in this app.
    pub roles: &'a [String],
    /// What the app is told by its own rules, whatever the scopes.
    pub own: &'a [AppClaim<'a>],
}

/// The claims of a person that scopes open (OIDC Core 5.4).
#[derive(Clone, Copy, Serialize)]
pub struct ScopedClaims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_username: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    groups: &'a [String],
    #[serde(flatten)]
    own: AppClaims<'a>,
}

impl<'a> ScopedClaims<'a> {
    /// What `scopes` open, what is asked for by name and what is the app's own, and nothing else.
    #[must_use]
    pub fn of(person: &Person<'a>, scopes: ScopeSet, asked: PersonClaims) -> Self {
        let shown =
            |value: Option<&'a str>, scope, claim| present(value).filter(|_| scopes.has(scope) || asked.has(claim));
        let has_groups = scopes.has(Scope::Groups) || asked.has(PersonClaim::Groups);
        Self {
            email: shown(person.email, Scope::Email, PersonClaim::Email),
            name: shown(person.name, Scope::Profile, PersonClaim::Name),
            given_name: shown(person.given_name, Scope::Profile, PersonClaim::GivenName),
            family_name: shown(person.family_name, Scope::Profile, PersonClaim::FamilyName),
            preferred_username: shown(person.preferred_username, Scope::Profile, PersonClaim::PreferredUsername),
            groups: if has_groups { person.groups } else { &[] },
            own: AppClaims(person.own),
        }
    }
}

/// What one ID token is issued for.
#[derive(Clone, Copy)]
pub struct Issue<'a> {
    /// Us: the public URL.
    pub issuer: &'a str,
    /// This organisation.
    pub tenant: &'a str,
    /// The app's `client_id`.
    pub audience: &'a str,
    /// The person as this app's sector knows it.
    pub subject: &'a str,
    /// What was granted.
    pub scopes: ScopeSet,
    /// What is asked for by name.
    pub asked: PersonClaims,
    /// The app's nonce.
    pub nonce: Option<&'a str>,
    /// The session, as apps may know it.
    pub sid: Option<&'a str>,
    /// How strongly the person proved itself, in the words of the contract.
    pub acr: Option<&'a str>,
    /// By which means (RFC 8176).
    pub amr: &'a [String],
    /// When the person proved itself.
    pub auth_time: Option<Timestamp>,
    /// The access token beside it.
    pub access_token: Option<&'a str>,
    /// The identifier of this token.
    pub uti: &'a str,
    /// The present time.
    pub issued_at: Timestamp,
    /// How long the token lives.
    pub lifetime: Duration,
}

/// The claims of one ID token, ready to be written; `iat`, `nbf`, `exp` and `auth_time` are whole
/// seconds since the epoch (RFC 7519 2).
#[derive(Serialize)]
pub struct IdTokenClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    oid: &'a str,
    tid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    idp: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    altsecid: Option<&'a str>,
    acct: AccountKind,
    #[serde(flatten)]
    scoped: ScopedClaims<'a>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    roles: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    amr: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_hash: Option<String>,
    ver: &'static str,
    iat: i64,
    nbf: i64,
    exp: i64,
    uti: &'a str,
}

impl<'a> IdTokenClaims<'a> {
    /// The claims of `person` in the token of this `issue`.
    #[must_use]
    pub fn new(issue: &Issue<'a>, person: &Person<'a>) -> Self {
        let mut scoped = ScopedClaims::of(person, issue.scopes, issue.asked);
        if person.account == AccountKind::Guest {
            scoped.email = present(person.email);
        }
        Self {
            iss: issue.issuer,
            aud: issue.audience,
            sub: issue.subject,
            oid: person.oid,
            tid: issue.tenant,
            idp: present(person.idp),
            altsecid: present(person.altsecid),
            acct: person.account,
            scoped,
            roles: person.roles,
            amr: issue.amr,
            acr: present(issue.acr),
            auth_time: issue.auth_time.map(Timestamp::seconds),
            sid: present(issue.sid),
            nonce: present(issue.nonce),
            at_hash: issue.access_token.map(at_hash),
            ver: "2.0",
            iat: issue.issued_at.seconds(),
            nbf: issue.issued_at.seconds(),
            exp: issue.issued_at.plus(issue.lifetime).seconds(),
            uti: issue.uti,
        }
    }
}

/// The left half of the SHA-256 of an access token, base64url (OIDC Core 3.1.3.6); RS256 and ES256
/// both hash with SHA-256.
#[must_use]
pub fn at_hash(access_token: &str) -> String {
    base64url(&sha256(access_token.as_bytes())[..16])
}

fn present(value: Option<&str>) -> Option<&str> {
    value.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

    fn lists() -> [Vec<String>; 3] {
        [vec!["g1".to_owned()], vec!["Reader".to_owned()], vec!["pwd".to_owned(), "mfa".to_owned()]]
    }

    fn person(lists: &[Vec<String>; 3]) -> Person<'_> {
        Person {
            oid: "o1",
            account: AccountKind::Guest,
            idp: Some("https://idp.fabrikam.example"),
            altsecid: Some("5::0123456789abcdef"),
            email: Some("ana@fabrikam.example"),
            name: Some("Ana Partner"),
            given_name: Some("Ana"),
            family_name: Some("Partner"),
            preferred_username: Some("ana@fabrikam.example"),
            groups: &lists[0],
            roles: &lists[1],
            own: &[],
        }
    }

    fn issue<'a>(lists: &'a [Vec<String>; 3], scopes: &str) -> Issue<'a> {
        Issue {
            issuer: "https://gate.example.com",
            tenant: "t1",
            audience: "payroll",
            subject: "s1",
            scopes: ScopeSet::parse(scopes),
            asked: PersonClaims::default(),
            nonce: Some("n1"),
            sid: Some("x1"),
            acr: Some("https://refeds.org/profile/mfa"),
            amr: &lists[2],
            auth_time: Some(NOW.minus(Duration::from_millis(59_500))),
            access_token: Some("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            uti: "u1",
            issued_at: NOW,
            lifetime: Duration::from_secs(3600),
        }
    }

    fn claims(issue: &Issue<'_>, person: &Person<'_>) -> Value {
        serde_json::to_value(IdTokenClaims::new(issue, person)).unwrap()
    }

    #[test]
    fn a_token_with_every_scope_has_every_claim_of_the_contract() {
        let lists = lists();
        let expected = json!({
            "iss": "https://gate.example.com", "aud": "payroll", "sub": "s1", "oid": "o1", "tid": "t1",
            "idp": "https://idp.fabrikam.example", "altsecid": "5::0123456789abcdef", "acct": 1,
            "email": "ana@fabrikam.example", "name": "Ana Partner", "given_name": "Ana",
            "family_name": "Partner", "preferred_username": "ana@fabrikam.example",
            "groups": ["g1"], "roles": ["Reader"], "amr": ["pwd", "mfa"],
            "acr": "https://refeds.org/profile/mfa", "auth_time": 1_789_999_940, "sid": "x1",
            "nonce": "n1", "at_hash": "77QmUPtjPfzWtF2AnpK9RQ", "ver": "2.0",
            "iat": 1_790_000_000, "nbf": 1_790_000_000, "exp": 1_790_003_600, "uti": "u1"
        });
        assert_eq!(claims(&issue(&lists, "openid profile email groups"), &person(&lists)), expected);
        for name in expected.as_object().unwrap().keys().filter(|name| *name != "at_hash") {
            assert!(crate::oidc::discovery::CLAIMS.contains(&name.as_str()), "{name}");
        }
    }

    #[test]
    fn a_claim_without_a_value_is_absent() {
        let nothing = [vec![], vec![], vec![]];
        let empty = Person {
            idp: None,
            altsecid: None,
            email: Some(""),
            name: None,
            given_name: None,
            family_name: Some(""),
            preferred_username: None,
            ..person(&nothing)
        };
        let issue = Issue {
            nonce: None,
            sid: None,
            acr: None,
            auth_time: None,
            access_token: None,
            ..issue(&nothing, "openid profile email groups")
        };
        let expected = json!({
            "iss": "https://gate.example.com", "aud": "payroll", "sub": "s1", "oid": "o1", "tid": "t1",
            "acct": 1, "ver": "2.0", "iat": 1_790_000_000, "nbf": 1_790_000_000, "exp": 1_790_003_600,
            "uti": "u1"
        });
        assert_eq!(claims(&issue, &empty), expected);
    }

    #[test]
    fn scopes_open_claims_and_the_mail_of_a_guest_is_open_by_default() {
        let lists = lists();
        let names = ["name", "given_name", "family_name", "preferred_username"];
        for (account, scopes, open) in [
            (AccountKind::Guest, "openid", vec!["email"]),
            (AccountKind::Member, "openid", vec![]),
            (AccountKind::Member, "openid email", vec!["email"]),
            (AccountKind::Member, "openid profile", names.to_vec()),
            (AccountKind::Member, "openid groups", vec!["groups"]),
            (AccountKind::Guest, "openid groups", vec!["email", "groups"]),
        ] {
            let found = claims(&issue(&lists, scopes), &Person { account, ..person(&lists) });
            for name in ["email", "groups", "name", "given_name", "family_name", "preferred_username"] {
                assert_eq!(found.get(name).is_some(), open.contains(&name), "{account:?} {scopes} {name}");
            }
            assert_eq!(found["acct"], u8::from(account == AccountKind::Guest));
        }
    }

    #[test]
    fn at_hash_is_the_left_half() {
        // The example of OIDC Core A.4.
        assert_eq!(at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
