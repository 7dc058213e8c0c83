//! Telling an app that a session has ended (OpenID Connect Back-Channel Logout 1.0): the signed token, and its way.

use http::{HeaderMap, StatusCode};

use crate::base::random::new_handle;
use crate::base::trace::shorten;
use crate::domain::apps::{BackchannelLogout, OidcApp};
use crate::domain::notices::Enlisted;
use crate::domain::organization::PublicUrl;
use crate::domain::partners::Network;
use crate::keys::ring::KeyPurpose;
use crate::oidc::client_rules::ApplicationType;
use crate::oidc::logout_token::{self, LogoutToken};
use crate::oidc::redirect_uri::RedirectUri;
use crate::outbound::client::FetchError;
use crate::outbound::web::{Scope, Web};

use super::oidc::loopback_http;
use super::saml::Ours;
use super::tokens;

/// Why an app was not told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTold {
    /// The stable, fine name.
    pub cause: &'static str,
    /// What was seen.
    pub saw: String,
}

impl NotTold {
    /// Whether the app gave no answer at all, so that it will give none to its next notice either.
    #[must_use]
    pub fn is_silence(&self) -> bool {
        self.cause == NO_ANSWER
    }
}

const NO_ANSWER: &str = "logout_notice_no_answer";

/// What is wrong with an address at which an app wants to be told, in words (2.2). It is asked by the gateway itself,
/// so that what is otherwise for native apps is not for it.
#[must_use]
pub fn registration_fault(uri: &str, public_url: &PublicUrl) -> Option<String> {
    let error = RedirectUri::register(uri, ApplicationType::Web, loopback_http(public_url)).err()?;
    let error = error.to_string().replace("redirect URI", "address");
    Some(format!("`backchannel_logout_uri`, `{}`: {error}", shorten(uri.to_owned())))
}

/// Tells the app. The token is made now, so that it is young when it arrives; the body of the answer is not read.
///
/// # Errors
/// [`NotTold`], where the app has not said that it knows.
pub async fn tell(
    app: &OidcApp,
    logout: &BackchannelLogout,
    to: &Enlisted,
    web: &Web,
    ours: &Ours<'_>,
) -> Result<(), NotTold> {
    let token = token(app, to, ours).await?;
    let scope = match logout.network {
        Network::Public => Scope::Public,
        Network::DangerousPrivate => Scope::Private,
    };
    let form = [(logout_token::PARAMETER.to_owned(), token)];
    let client = web.client(scope).await.map_err(|error| no_answer(&error))?;
    let status = client.post_form_for_status(&logout.uri, &form, HeaderMap::new()).await;
    match status.map_err(|error| no_answer(&error))? {
        StatusCode::OK | StatusCode::NO_CONTENT => Ok(()),
        status => Err(NotTold { cause: "logout_notice_refused", saw: format!("status {}", status.as_u16()) }),
    }
}

fn no_answer(error: &FetchError) -> NotTold {
    let cause = match error {
        FetchError::Address { .. } | FetchError::NotHttps { .. } | FetchError::NotPublic { .. } => {
            "logout_notice_address_refused"
        }
        FetchError::Client(_) | FetchError::NoAnswer { .. } | FetchError::TooLarge { .. } => NO_ANSWER,
    };
    NotTold { cause, saw: error.to_string() }
}

async fn token(app: &OidcApp, to: &Enlisted, ours: &Ours<'_>) -> Result<String, NotTold> {
    let unsigned = || NotTold { cause: "logout_token_unsigned", saw: String::new() };
    let algorithm = tokens::algorithm(app);
    let key = ours.keys.current(KeyPurpose::Oidc, algorithm.signature_algorithm()).ok_or_else(unsigned)?;
    let token = LogoutToken {
        issuer: ours.public_url.as_str(),
        audience: &app.client_id,
        subject: &to.subject,
        sid: &to.session.to_string(),
        id: &new_handle(ours.random),
        issued_at: ours.now,
    };
    let jws = logout_token::prepare(algorithm, key.id, &token).map_err(|_| unsigned())?;
    let signature = ours.signer.sign(jws.key(), jws.algorithm(), jws.signing_input()).await.map_err(|_| unsigned())?;
    Ok(jws.finish(&signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_is_told_by_https_or_on_loopback_where_we_are_there_too() {
        let check = |public_url: &str, uri: &str, is_good: bool| {
            let fault = registration_fault(uri, &PublicUrl::parse(public_url).unwrap());
            assert_eq!(fault.is_none(), is_good, "{uri} {fault:?}");
        };
        let (abroad, here) = ("https://gate.example.com", "http://localhost:8080");
        for public_url in [abroad, here] {
            check(public_url, "https://app.example/logout", true);
            check(public_url, "https://app.example:8443/logout?tenant=1", true);
            for uri in [
                "https://app.example/logout#x",
                "http://app.example/logout",
                "https://user@app.example/logout",
                "/logout",
                "com.example.app:/logout",
                "file:///etc/passwd",
                "data:text/html,x",
                "gopher://app.example/",
                "https://app.example/a/../logout",
                "",
            ] {
                check(public_url, uri, false);
            }
        }
        check(here, "http://localhost:9/logout", true);
        check(abroad, "http://localhost:9/logout", false);
    }
}
