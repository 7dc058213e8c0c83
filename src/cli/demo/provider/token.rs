//! What the gateway asks the demo's provider itself: tokens for a code.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use serde_json::json;

use super::{DemoProvider, Granted};
use crate::base::encoding::{base64url, from_base64, sha256};
use crate::base::params::{RawParams, decode};
use crate::base::random::new_handle;
use crate::base::secret::same_bytes;
use crate::cli::demo::partner::person::Person;
use crate::oidc::id_token::at_hash;
use crate::oidc::jose::{self, JwsAlgorithm};

/// How long an ID token lives. **Units**: seconds.
const TOKEN_LIFE: i64 = 300;

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    nonce: &'a str,
    iat: i64,
    exp: i64,
    auth_time: i64,
    at_hash: String,
    amr: [&'static str; 1],
    name: &'a str,
    given_name: &'a str,
    family_name: &'a str,
    email: Option<&'a str>,
    email_verified: bool,
}

pub(super) async fn token(State(provider): State<DemoProvider>, headers: HeaderMap, form: String) -> Response {
    if !provider.is_client(&headers) {
        return no(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let Ok(form) = RawParams::parse(&form) else { return no(StatusCode::BAD_REQUEST, "invalid_request") };
    let one = |name| form.one(name).ok().flatten().unwrap_or_default();
    let config = provider.config();
    // A code is gone once it was shown, also where the rest does not fit (RFC 6749 4.1.2).
    let granted = provider.0.codes.take(one("code"), config.clock.now());
    let granted = granted.filter(|Granted { question, .. }| {
        one("grant_type") == "authorization_code"
            && one("redirect_uri") == question.redirect_uri
            && base64url(sha256(one("code_verifier").as_bytes())) == question.challenge
    });
    let Some((granted, person)) =
        granted.and_then(|granted| Some((granted.clone(), provider.person(&granted.session.person)?)))
    else {
        return no(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let access_token = new_handle(&*config.random);
    match provider.id_token(&granted, person, &access_token) {
        Some(id_token) => {
            let body = json!({ "id_token": id_token, "access_token": access_token, "token_type": "Bearer" });
            ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
        }
        None => no(StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
    }
}

fn no(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

impl DemoProvider {
    /// Whether it is the gateway that asks (RFC 6749 2.3.1).
    fn is_client(&self, headers: &HeaderMap) -> bool {
        let config = self.config();
        let pair = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let pair = pair.and_then(|value| value.strip_prefix("Basic ")).and_then(from_base64);
        let Some((id, secret)) = pair
            .and_then(|pair| String::from_utf8(pair).ok())
            .and_then(|pair| pair.split_once(':').and_then(|(id, secret)| Some((decode(id)?, decode(secret)?))))
        else {
            return false;
        };
        id == config.client_id && same_bytes(secret.as_bytes(), config.client_secret.expose().as_bytes())
    }

    fn id_token(&self, granted: &Granted, person: &Person, access_token: &str) -> Option<String> {
        let config = self.config();
        let now = config.clock.now().seconds();
        let claims = Claims {
            iss: &config.base_url,
            aud: &config.client_id,
            sub: &person.id,
            nonce: &granted.question.nonce,
            iat: now,
            exp: now + TOKEN_LIFE,
            auth_time: granted.session.since.seconds(),
            at_hash: at_hash(access_token),
            amr: ["pwd"],
            name: &person.name,
            given_name: &person.given,
            family_name: &person.family,
            email: person.mail.as_deref(),
            email_verified: person.mail.is_some(),
        };
        let jws = jose::prepare(JwsAlgorithm::Rs256, self.0.key.id, &claims).ok()?;
        let signature = self.0.key.key.sign(jws.algorithm(), jws.signing_input()).ok()?;
        Some(jws.finish(&signature))
    }
}
