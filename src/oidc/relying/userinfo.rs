//! What a provider tells at UserInfo (OpenID Connect Core 5.3), and how it joins what the ID token says.

use serde_json::{Map, Value};

use super::id_token::{Claims, flatten};

/// The largest answer that is read. **Units**: bytes.
pub const MAX_ANSWER: usize = 256 * 1024;

/// An answer of UserInfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserInfo {
    subject: String,
    claims: Claims,
}

/// The name of the claim with the mail address.
const EMAIL: &str = "email";
/// The name of the claim that says whether it is verified.
const EMAIL_VERIFIED: &str = "email_verified";

impl UserInfo {
    /// Reads an answer of this status and media type. Signed and encrypted answers are not asked for.
    ///
    /// # Errors
    /// The stable cause.
    pub fn read(status: u16, media_type: Option<&str>, body: &[u8]) -> Result<Self, &'static str> {
        let media_type = media_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
        if status != 200 {
            return Err("userinfo_refused");
        }
        if !media_type.eq_ignore_ascii_case("application/json") || body.len() > MAX_ANSWER {
            return Err("userinfo_malformed");
        }
        let claims: Map<String, Value> = serde_json::from_slice(body).map_err(|_| "userinfo_malformed")?;
        let subject = claims.get("sub").and_then(Value::as_str).ok_or("userinfo_subject_missing")?.to_owned();
        Ok(Self { subject, claims: flatten(&claims) })
    }

    /// Joins it to the claims of an ID token about `subject`: what the token says counts, and what only
    /// UserInfo says is added. Address and its verification are taken from one place; where either says that
    /// the address is not verified, it is not.
    ///
    /// # Errors
    /// `userinfo_of_another_subject` (OpenID Connect Core 5.3.2).
    pub fn join(&self, subject: &str, claims: &mut Claims) -> Result<(), &'static str> {
        if self.subject != subject {
            return Err("userinfo_of_another_subject");
        }
        let has_mail = claims.iter().any(|(name, _)| name == EMAIL);
        if has_mail && says_unverified(&self.claims) {
            claims.retain(|(name, _)| name != EMAIL_VERIFIED);
            claims.push((EMAIL_VERIFIED.to_owned(), vec!["false".to_owned()]));
        }
        let own = claims.len();
        for (name, values) in &self.claims {
            let is_of_mail = name == EMAIL || name == EMAIL_VERIFIED;
            let is_known = claims[..own].iter().any(|(known, _)| known == name);
            let is_of_known_mail = is_of_mail && has_mail;
            if !is_known && !is_of_known_mail {
                claims.push((name.clone(), values.clone()));
            }
        }
        Ok(())
    }
}

/// Whether claims say that the mail address is not verified, as truth or as text.
fn says_unverified(claims: &Claims) -> bool {
    let is_false = |values: &Vec<String>| !values.iter().all(|value| value.eq_ignore_ascii_case("true"));
    claims.iter().any(|(name, values)| name == EMAIL_VERIFIED && is_false(values))
}
