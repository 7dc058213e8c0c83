//! The end-session endpoint (RP-Initiated Logout 1.0). Whatever is wrong is shown to the visitor;
//! the browser is sent on only to a URI that the app has registered, by equality.

use super::authorize::append_query;
use super::checks;
use super::id_token_hint::IdTokenHint;
use super::parameter::{CLIENT_ID, ID_TOKEN_HINT, ParamFault, ParamRule, STATE, param_rule};
use super::redirect_uri::{MAX_REDIRECT_URI, RedirectUri};
use crate::base::params::RawParams;
use crate::base::secret::SecretText;
use crate::base::trace::shorten;

/// The parameters that are read here; all others are ignored.
pub const PARAMETERS: [&str; 6] =
    ["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales", "logout_hint"];

const POST_LOGOUT_REDIRECT_URI: ParamRule = param_rule!("post_logout_redirect_uri", MAX_REDIRECT_URI);
const LOGOUT_HINT: ParamRule = param_rule!("logout_hint", 512);

/// Why a logout request is not followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogoutError {
    /// A parameter cannot be read.
    #[error(transparent)]
    Parameter(#[from] ParamFault),
    /// `client_id` is not the audience of the hint (RP-Initiated Logout 2).
    #[error("client_id `{found}` is not the audience of the hint")]
    ClientIdDiffers {
        /// The `client_id`, shortened.
        found: String,
    },
    /// The URI is none of the app's, or no app is known.
    #[error("post-logout redirect URI `{found}` is not registered")]
    RedirectUriUnregistered {
        /// What was presented, shortened.
        found: String,
    },
}

impl LogoutError {
    /// The stable, fine name of what is wrong.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Parameter(fault) => fault.cause,
            Self::ClientIdDiffers { .. } => "client_id_differs",
            Self::RedirectUriUnregistered { .. } => "post_logout_redirect_uri_not_registered",
        }
    }
}

/// A logout request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndSessionRequest {
    /// An ID token of ours, not verified yet; without one the person is asked to confirm.
    pub id_token_hint: Option<SecretText>,
    /// Which app asks.
    pub client_id: Option<String>,
    /// Who is to be signed out, in the app's words.
    pub logout_hint: Option<String>,
    /// Wished languages in order of preference.
    pub ui_locales: Vec<String>,
    post_logout_redirect_uri: Option<String>,
    state: Option<String>,
}

impl EndSessionRequest {
    /// Reads the query of a GET or the form of a POST.
    ///
    /// # Errors
    /// [`LogoutError::Parameter`].
    pub fn read(params: &RawParams) -> Result<Self, LogoutError> {
        let owned = |rule: &ParamRule| rule.optional(params).map(|value| value.map(str::to_owned));
        Ok(Self {
            id_token_hint: owned(&ID_TOKEN_HINT)?.map(SecretText::new),
            client_id: owned(&CLIENT_ID)?,
            logout_hint: owned(&LOGOUT_HINT)?,
            ui_locales: checks::ui_locales::read(params)?,
            post_logout_redirect_uri: owned(&POST_LOGOUT_REDIRECT_URI)?,
            state: owned(&STATE)?,
        })
    }

    /// The app that asks: the audience of the verified hint, else the stated `client_id`.
    ///
    /// # Errors
    /// [`LogoutError::ClientIdDiffers`].
    pub fn app<'a>(&'a self, hint: Option<&'a IdTokenHint>) -> Result<Option<&'a str>, LogoutError> {
        match (hint, self.client_id.as_deref()) {
            (Some(hint), Some(stated)) if hint.aud != stated => {
                Err(LogoutError::ClientIdDiffers { found: shorten(stated.to_owned()) })
            }
            (Some(hint), _) => Ok(Some(&hint.aud)),
            (None, stated) => Ok(stated),
        }
    }

    /// Where the browser goes afterwards, with the `state`: the URI where it equals one that the app
    /// has registered; `None` where the request names none. `registered` is empty where no app is
    /// known.
    ///
    /// # Errors
    /// [`LogoutError::RedirectUriUnregistered`].
    pub fn target(&self, registered: &[RedirectUri]) -> Result<Option<String>, LogoutError> {
        let Some(uri) = self.post_logout_redirect_uri.as_deref() else {
            return Ok(None);
        };
        if registered.iter().any(|registered| registered.as_str() == uri) {
            Ok(Some(append_query(uri, &[("state", self.state.as_deref())])))
        } else {
            Err(LogoutError::RedirectUriUnregistered { found: shorten(uri.to_owned()) })
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::oidc::client_rules::ApplicationType;
    use crate::oidc::jose::JwsAlgorithm;
    use crate::oidc::jose::testing::{ring, sign};
    use crate::oidc::redirect_uri::LoopbackHttp;

    fn read(query: &str) -> Result<EndSessionRequest, LogoutError> {
        EndSessionRequest::read(&RawParams::parse(query).unwrap())
    }

    fn registered(text: &str) -> [RedirectUri; 1] {
        [RedirectUri::register(text, ApplicationType::Native, LoopbackHttp::Allowed).unwrap()]
    }

    #[test]
    fn every_parameter_is_optional() {
        let empty = read("id_token_hint=&client_id=&post_logout_redirect_uri=&state=&ui_locales=&logout_hint=");
        assert_eq!(empty, read("unknown=x"));
        assert_eq!(empty.unwrap().target(&[]), Ok(None));
        let full = read("id_token_hint=a.b.c&client_id=payroll&ui_locales=de+en&logout_hint=ana").unwrap();
        assert_eq!(full.id_token_hint, Some(SecretText::new("a.b.c".to_owned())));
        assert_eq!(full.client_id.as_deref(), Some("payroll"));
        assert_eq!(full.logout_hint.as_deref(), Some("ana"));
        assert_eq!(full.ui_locales, ["de", "en"]);
    }

    #[test]
    fn every_parameter_is_bounded() {
        for (name, max) in [
            ("id_token_hint", 16 * 1024),
            ("client_id", 255),
            ("post_logout_redirect_uri", 2048),
            ("state", 2048),
            ("logout_hint", 512),
        ] {
            let cause = |query: String| read(&query).unwrap_err().cause();
            assert!(read(&format!("{name}={}", "a".repeat(max))).is_ok(), "{name}");
            assert_eq!(cause(format!("{name}={}", "a".repeat(max + 1))), format!("{name}_too_long"));
            assert_eq!(cause(format!("{name}=a%0A")), format!("{name}_malformed"));
        }
        for name in PARAMETERS {
            let doubled = format!("{name}=a&{name}=a");
            assert_eq!(read(&doubled).unwrap_err().cause(), format!("{name}_doubled"));
        }
        assert_eq!(read("ui_locales=d_e").unwrap_err().cause(), "ui_locales_malformed");
    }

    #[test]
    fn the_browser_is_sent_only_to_a_registered_uri() {
        let app = registered("https://app.example/bye?x=1");
        let request = |uri: &str| read(&format!("post_logout_redirect_uri={uri}&state=s+1")).unwrap();
        let good = request("https%3A%2F%2Fapp.example%2Fbye%3Fx%3D1");
        assert_eq!(good.target(&app), Ok(Some("https://app.example/bye?x=1&state=s%201".to_owned())));
        assert_eq!(good.target(&[]).unwrap_err().cause(), "post_logout_redirect_uri_not_registered");
        let silent = read("post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye%3Fx%3D1").unwrap();
        assert_eq!(silent.target(&app), Ok(Some("https://app.example/bye?x=1".to_owned())));
        for uri in
            ["https://app.example/bye", "https://app.example@evil.example/bye?x=1", "//evil.example", "javascript:x"]
        {
            let refused = request(&crate::base::params::encode(uri)).target(&app);
            assert_eq!(refused, Err(LogoutError::RedirectUriUnregistered { found: uri.to_owned() }));
        }
        let loopback = registered("http://127.0.0.1:8080/bye");
        let refused = request("http%3A%2F%2F127.0.0.1%3A8081%2Fbye").target(&loopback).unwrap_err();
        assert_eq!(refused.cause(), "post_logout_redirect_uri_not_registered");
    }

    #[test]
    fn the_app_is_the_audience_of_the_hint_or_the_stated_one() {
        let ring = ring();
        let claims = serde_json::json!({"iss": "https://gate.example.com", "aud": "payroll", "sub": "s", "oid": "o"});
        let token = sign(&ring, JwsAlgorithm::Es256, &claims);
        let hint = crate::oidc::id_token_hint::verify(&token, "https://gate.example.com", |id| ring.by_id(id)).unwrap();
        let none = read("").unwrap();
        let payroll = read("client_id=payroll").unwrap();
        let travel = read("client_id=travel").unwrap();
        assert_eq!(none.app(None), Ok(None));
        assert_eq!(none.app(Some(&hint)), Ok(Some("payroll")));
        assert_eq!(payroll.app(None), Ok(Some("payroll")));
        assert_eq!(payroll.app(Some(&hint)), Ok(Some("payroll")));
        let differs = LogoutError::ClientIdDiffers { found: "travel".to_owned() };
        assert_eq!(differs.cause(), "client_id_differs");
        assert_eq!(travel.app(Some(&hint)), Err(differs));
    }

    proptest! {
        #[test]
        fn reading_any_query_never_panics(text in "[a-z_=&%0-9]{0,120}", value in "[ -~é\\n]{0,60}") {
            let uri = format!("post_logout_redirect_uri={}&{text}", crate::base::params::encode(&value));
            for query in [text, uri] {
                let Ok(params) = RawParams::parse(&query) else { continue };
                if let Ok(request) = EndSessionRequest::read(&params) {
                    prop_assert!(!matches!(request.target(&registered("https://app.example/")), Ok(Some(url)) if !url.starts_with("https://app.example/")));
                }
            }
        }
    }
}
