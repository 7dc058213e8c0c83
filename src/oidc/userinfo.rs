//! The answer of the userinfo endpoint (OIDC Core 5.3.2): `sub`, and what the scopes of the token
//! open. The token is read by [`bearer`](super::bearer).

use serde::Serialize;

use super::id_token::{Person, ScopedClaims};
use super::jose::ClaimsError;
use super::requested_claims::PersonClaims;
use super::scope::ScopeSet;

/// The realm that its errors name.
pub const REALM: &str = "userinfo";

/// The parameter that the form of a POST may hold (RFC 6750 2.2).
pub const PARAMETERS: [&str; 1] = ["access_token"];

#[derive(Serialize)]
struct UserInfo<'a> {
    sub: &'a str,
    #[serde(flatten)]
    scoped: ScopedClaims<'a>,
}

/// Writes the answer, `application/json`; `subject` is the one of the ID tokens of this app.
///
/// # Errors
/// [`ClaimsError`] where the claims are no JSON.
pub fn document(
    subject: &str,
    person: &Person<'_>,
    scopes: ScopeSet,
    asked: PersonClaims,
) -> Result<String, ClaimsError> {
    let scoped = ScopedClaims::of(person, scopes, asked);
    Ok(serde_json::to_string(&UserInfo { sub: subject, scoped })?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::id_token::AccountKind;
    use crate::oidc::requested_claims::PersonClaim;

    #[test]
    fn scopes_and_names_alone_open_claims() {
        let groups = ["g1".to_owned()];
        let person = Person {
            oid: "o1",
            account: AccountKind::Guest,
            idp: Some("https://idp.fabrikam.example"),
            altsecid: None,
            email: Some("ana@fabrikam.example"),
            name: Some("Ana"),
            given_name: None,
            family_name: None,
            preferred_username: Some("ana"),
            groups: &groups,
            roles: &[],
            own: &[],
        };
        for (scopes, expected) in [
            ("openid", r#"{"sub":"s1"}"#),
            ("openid email", r#"{"sub":"s1","email":"ana@fabrikam.example"}"#),
            ("openid profile", r#"{"sub":"s1","name":"Ana","preferred_username":"ana"}"#),
            ("openid groups", r#"{"sub":"s1","groups":["g1"]}"#),
        ] {
            assert_eq!(document("s1", &person, ScopeSet::parse(scopes), PersonClaims::default()).unwrap(), expected);
        }
        for (claim, expected) in [
            (PersonClaim::Email, r#"{"sub":"s1","email":"ana@fabrikam.example"}"#),
            (PersonClaim::Name, r#"{"sub":"s1","name":"Ana"}"#),
            (PersonClaim::GivenName, r#"{"sub":"s1"}"#),
            (PersonClaim::PreferredUsername, r#"{"sub":"s1","preferred_username":"ana"}"#),
            (PersonClaim::Groups, r#"{"sub":"s1","groups":["g1"]}"#),
        ] {
            let asked = PersonClaims::default().with(claim);
            assert_eq!(document("s1", &person, ScopeSet::parse("openid"), asked).unwrap(), expected);
        }
    }
}
