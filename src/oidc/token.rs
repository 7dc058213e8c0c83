//! The token endpoint: what is redeemed, and the answer. Who redeems is read by
//! [`ClientCredentials`](super::client_credentials::ClientCredentials).

use super::parameter::{ParamFault, ParamRule, param_fault, param_rule};
use super::pkce::{self, CodeChallenge, CodeVerifier};
use super::redirect_uri::MAX_REDIRECT_URI;
use super::refresh::RefreshGrant;
use super::scope::ScopeSet;
use super::token_error::{TokenError, TokenErrorCode};
use crate::base::params::RawParams;
use crate::base::secret::{SecretText, same_bytes};

/// The parameters that are read here and by `client_credentials`; all others are ignored.
pub const PARAMETERS: [&str; 11] = [
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "scope",
    "resource",
];

const GRANT_TYPE: ParamRule = param_rule!("grant_type", 128);
const CODE: ParamRule = param_rule!("code", 512);
const REDIRECT_URI: ParamRule = param_rule!("redirect_uri", MAX_REDIRECT_URI);
const SCOPE: ParamRule = param_rule!("scope", 2048);
const CODE_VERIFIER: ParamRule = param_rule!("code_verifier", pkce::MAX_LENGTH);
const UNSUPPORTED: ParamFault =
    param_fault!("grant_type", "_unsupported", " must be authorization_code, refresh_token or client_credentials");

/// What an app wants to redeem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenRequest {
    /// A code.
    Code(CodeGrant),
    /// A refresh token.
    Refresh(RefreshGrant),
    /// Its own proof (RFC 6749 4.4). It may name scopes; none of those that are known here is about an app.
    ClientCredentials {
        /// The APIs that the token is for.
        resources: Vec<String>,
    },
}

impl TokenRequest {
    /// Reads the form.
    ///
    /// # Errors
    /// `unsupported_grant_type` for any other grant, else `invalid_request`.
    pub fn read(form: &RawParams) -> Result<Self, TokenError> {
        match GRANT_TYPE.required(form)? {
            "authorization_code" => CodeGrant::read(form).map(Self::Code),
            "refresh_token" => RefreshGrant::read(form).map(Self::Refresh),
            "client_credentials" => {
                SCOPE.optional(form)?;
                Ok(Self::ClientCredentials { resources: TokenError::of_resources(form)? })
            }
            _ => Err(TokenError::new(TokenErrorCode::UnsupportedGrantType, UNSUPPORTED)),
        }
    }
}

/// The redemption of a code (RFC 6749 4.1.3, OIDC Core 3.1.3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeGrant {
    /// The code, as it came.
    pub code: SecretText,
    redirect_uri: String,
    code_verifier: Option<CodeVerifier>,
    /// The APIs that the access token is for; all that were granted where there are none.
    pub resources: Vec<String>,
}

impl CodeGrant {
    /// Reads the form, whose grant type has been read.
    ///
    /// # Errors
    /// `invalid_request`.
    pub fn read(form: &RawParams) -> Result<Self, TokenError> {
        let code = CODE.required(form)?;
        let redirect_uri = REDIRECT_URI.required(form)?;
        let code_verifier = match CODE_VERIFIER.optional(form)? {
            Some(text) => Some(CodeVerifier::parse(text).ok_or(CODE_VERIFIER.malformed)?),
            None => None,
        };
        Ok(Self {
            code: SecretText::new(code.to_owned()),
            redirect_uri: redirect_uri.to_owned(),
            code_verifier,
            resources: TokenError::of_resources(form)?,
        })
    }

    /// Checks what binds the redemption to the request: the same redirect URI (RFC 6749 4.1.3) and
    /// the verifier of its challenge (RFC 7636 4.6).
    ///
    /// # Errors
    /// `invalid_grant`.
    pub fn check_binding(
        &self,
        requested_redirect_uri: &str,
        challenge: Option<&CodeChallenge>,
    ) -> Result<(), TokenError> {
        if !same_bytes(self.redirect_uri.as_bytes(), requested_redirect_uri.as_bytes()) {
            return Err(TokenError::invalid_grant("redirect_uri_differs"));
        }
        Ok(pkce::check(challenge, self.code_verifier.as_ref())?)
    }
}

/// A successful answer (RFC 6749 5.1, OIDC Core 3.1.3.3); it has no `Debug`, since it holds tokens.
pub struct TokenResponse<'a> {
    /// The access token.
    pub access_token: &'a str,
    /// Whether it is bound to a key.
    pub is_bound: bool,
    /// How long it lives. **Units**: seconds.
    pub expires_in: u64,
    /// The ID token; none where the token is about no person.
    pub id_token: Option<&'a str>,
    /// What renews them, where that is granted.
    pub refresh_token: Option<&'a str>,
    /// What was granted.
    pub scopes: ScopeSet,
    /// What else was granted, by the words of scopes that this room does not know.
    pub permissions: &'a [&'static str],
}

/// How an access token is shown: for whoever has it, or for the holder of a key (RFC 9449 5).
#[must_use]
pub const fn token_type(is_bound: bool) -> &'static str {
    if is_bound { "DPoP" } else { "Bearer" }
}

impl TokenResponse<'_> {
    /// The body, `application/json`; it is sent with
    /// [`CACHE_CONTROL`](super::token_error::CACHE_CONTROL).
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut body = serde_json::json!({
            "access_token": self.access_token,
            "token_type": token_type(self.is_bound),
            "expires_in": self.expires_in,
        });
        if let Some(scope) = self.scopes.joined(self.permissions) {
            body["scope"] = scope.into();
        }
        for (name, token) in [("id_token", self.id_token), ("refresh_token", self.refresh_token)] {
            if let Some(token) = token {
                body[name] = token.into();
            }
        }
        body.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::encoding::{base64url, sha256};
    use crate::oidc::client_credentials::ClientCredentials;

    const GOOD: &str = "grant_type=authorization_code&code=c0de&redirect_uri=https%3A%2F%2Fapp.example%2Fcb";
    const CALLBACK: &str = "https://app.example/cb";

    fn read(form: &str) -> Result<CodeGrant, TokenError> {
        match TokenRequest::read(&RawParams::parse(form).unwrap())? {
            TokenRequest::Code(grant) => Ok(grant),
            other => panic!("{other:?}"),
        }
    }

    fn refused(form: &str) -> (TokenErrorCode, &'static str) {
        let error = read(form).unwrap_err();
        (error.code, error.cause)
    }

    #[test]
    fn a_redemption_is_read() {
        let verifier = "v".repeat(43);
        let grant = read(&format!("{GOOD}&code_verifier={verifier}&scope=ignored&unknown=x")).unwrap();
        assert_eq!(grant.code, SecretText::new("c0de".to_owned()));
        assert_eq!(grant.code_verifier, CodeVerifier::parse(&verifier));
        assert_eq!(read(&format!("{GOOD}&code_verifier=")).unwrap().code_verifier, None);
    }

    #[test]
    fn only_known_grants_are_redeemed() {
        let form = RawParams::parse("grant_type=client_credentials&scope=x").unwrap();
        assert_eq!(TokenRequest::read(&form), Ok(TokenRequest::ClientCredentials { resources: vec![] }));
        let form = RawParams::parse("grant_type=refresh_token&refresh_token=r").unwrap();
        assert!(matches!(TokenRequest::read(&form), Ok(TokenRequest::Refresh(_))));
        for grant in ["client_credential", "password", "Authorization_Code", &"g".repeat(128)] {
            let expected = (TokenErrorCode::UnsupportedGrantType, "grant_type_unsupported");
            assert_eq!(refused(&format!("grant_type={grant}&code=c")), expected);
        }
    }

    #[test]
    fn each_parameter_is_required_once_and_bounded() {
        let rest = "grant_type=authorization_code";
        let uri = "redirect_uri=x";
        for (form, cause) in [
            (String::new(), "grant_type_missing"),
            ("grant_type=&code=c".to_owned(), "grant_type_missing"),
            (format!("{GOOD}&grant_type=authorization_code"), "grant_type_doubled"),
            (format!("grant_type={}", "g".repeat(129)), "grant_type_too_long"),
            ("grant_type=%0A".to_owned(), "grant_type_malformed"),
            (format!("{rest}&{uri}"), "code_missing"),
            (format!("{rest}&{uri}&code="), "code_missing"),
            (format!("{GOOD}&code=other"), "code_doubled"),
            (format!("{rest}&{uri}&code={}", "c".repeat(513)), "code_too_long"),
            (format!("{rest}&{uri}&code=c%00"), "code_malformed"),
            (format!("{rest}&code=c"), "redirect_uri_missing"),
            (format!("{rest}&code=c&redirect_uri="), "redirect_uri_missing"),
            (format!("{GOOD}&redirect_uri=x"), "redirect_uri_doubled"),
            (format!("{rest}&code=c&redirect_uri={}", "a".repeat(2049)), "redirect_uri_too_long"),
            (format!("{rest}&code=c&redirect_uri=a%0A"), "redirect_uri_malformed"),
            (format!("{GOOD}&code_verifier=a&code_verifier=a"), "code_verifier_doubled"),
            (format!("{GOOD}&code_verifier={}", "a".repeat(129)), "code_verifier_too_long"),
            (format!("{GOOD}&code_verifier={}", "a".repeat(42)), "code_verifier_malformed"),
            (format!("{GOOD}&code_verifier={}%2B", "a".repeat(43)), "code_verifier_malformed"),
        ] {
            assert_eq!(refused(&form), (TokenErrorCode::InvalidRequest, cause), "{form}");
        }
        assert!(read(&format!("{rest}&{uri}&code={}", "c".repeat(512))).is_ok());
        assert!(read(&format!("{rest}&code=c&redirect_uri={}", "a".repeat(2048))).is_ok());
        assert!(read(&format!("{GOOD}&code_verifier={}", "a".repeat(128))).is_ok());
    }

    #[test]
    fn a_redemption_is_bound_to_its_request() {
        let verifier = "v".repeat(43);
        let challenge = CodeChallenge::parse(&base64url(sha256(verifier.as_bytes())));
        let plain = read(GOOD).unwrap();
        let proven = read(&format!("{GOOD}&code_verifier={verifier}")).unwrap();
        let wrong = read(&format!("{GOOD}&code_verifier={}", "w".repeat(43))).unwrap();
        let cause = |result: Result<(), TokenError>| result.map_err(|error| (error.code, error.cause));
        let invalid = |cause| Err((TokenErrorCode::InvalidGrant, cause));
        assert_eq!(plain.check_binding(CALLBACK, None), Ok(()));
        assert_eq!(proven.check_binding(CALLBACK, challenge.as_ref()), Ok(()));
        assert_eq!(cause(plain.check_binding("https://app.example/cb/", None)), invalid("redirect_uri_differs"));
        assert_eq!(cause(plain.check_binding(CALLBACK, challenge.as_ref())), invalid("code_verifier_missing"));
        assert_eq!(cause(proven.check_binding(CALLBACK, None)), invalid("code_verifier_unasked"));
        assert_eq!(cause(wrong.check_binding(CALLBACK, challenge.as_ref())), invalid("code_verifier_mismatch"));
    }

    #[test]
    fn the_answer_is_json() {
        let scopes = ScopeSet::parse("openid email");
        let answer = TokenResponse {
            access_token: "at",
            is_bound: false,
            expires_in: 3600,
            id_token: Some("a.b.c"),
            refresh_token: Some("r.t"),
            scopes,
            permissions: &[],
        };
        let expected = r#"{"access_token":"at","expires_in":3600,"id_token":"a.b.c","refresh_token":"r.t","scope":"openid email","token_type":"Bearer"}"#;
        assert_eq!(answer.to_json(), expected);
        let bare = TokenResponse { id_token: None, refresh_token: None, ..answer };
        assert_eq!(
            bare.to_json(),
            r#"{"access_token":"at","expires_in":3600,"scope":"openid email","token_type":"Bearer"}"#
        );
    }

    proptest! {
        #[test]
        fn reading_any_form_never_panics(
            values in proptest::collection::vec((0..PARAMETERS.len(), "[ -~é\\n]{0,60}"), 0..12),
            header in proptest::collection::vec(any::<u8>(), 0..60),
            tail in "[A-Za-z0-9+/=]{0,40}",
        ) {
            let pairs: Vec<String> = values
                .iter()
                .map(|(index, value)| format!("{}={}", PARAMETERS[*index], crate::base::params::encode(value)))
                .collect();
            let form = RawParams::parse(&pairs.join("&")).unwrap();
            if let Err(error) = TokenRequest::read(&form) {
                prop_assert_eq!(error.status(), 400);
            }
            let basic = format!("Basic {tail}");
            for headers in [&[&header[..]][..], &[basic.as_bytes()][..], &[][..]] {
                if let Err(error) = ClientCredentials::read(headers, &form) {
                    prop_assert!(matches!(error.status(), 400 | 401));
                }
            }
        }
    }
}
