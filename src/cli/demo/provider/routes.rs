//! What a browser sees of the demo's provider.

use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{DemoProvider, Granted, Question, Session, token};
use crate::base::params::{RawParams, encode};
use crate::cli::demo::identity::{self, SignIn, host_of};
use crate::cli::demo::web::{Forms, Notice, Scripts, assets, page, redirect};
use crate::keys::jwks::jwks;
use crate::oidc::jwks::document;

const MAX_FORM: usize = 16 * 1024;

pub(super) fn router(provider: DemoProvider) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(keys))
        .route("/authorize", get(authorize))
        .route("/login", post(login))
        .route("/token", post(token::token))
        .route("/logout", get(logout))
        .merge(assets())
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .with_state(provider)
}

async fn home(State(provider): State<DemoProvider>, headers: HeaderMap) -> Response {
    let session = provider.session(&headers);
    identity::home(&provider.0.party, session.as_ref().and_then(|session| provider.person(&session.person)))
}

async fn discovery(State(provider): State<DemoProvider>) -> Json<Value> {
    let issuer = &provider.config().base_url;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn keys(State(provider): State<DemoProvider>) -> Response {
    let text = document(&jwks(std::slice::from_ref(&provider.0.key)));
    ([(http::header::CONTENT_TYPE, "application/json")], text).into_response()
}

async fn authorize(State(provider): State<DemoProvider>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let Ok(asked) = RawParams::parse(query.as_deref().unwrap_or_default()) else {
        return provider.refuse("the question cannot be read");
    };
    let one = |name: &str| asked.one(name).ok().flatten();
    let question = match provider.question(&asked) {
        Ok(question) => question,
        Err(why) => return provider.refuse(why),
    };
    let wants_page = one("prompt") == Some("login") || one("max_age") == Some("0");
    if let Some(session) = provider.session(&headers).filter(|_| !wants_page) {
        return provider.grant(question, session);
    }
    if one("prompt") == Some("none") {
        return redirect(&provider.answer(&question, "error", "login_required"));
    }
    let config = provider.config();
    let receiver = host_of(&question.redirect_uri);
    let question = provider.0.questions.put(question, config.clock.now(), &*config.random);
    let sign_in = SignIn { party: &provider.0.party, receiver, question, people: &config.people };
    page(StatusCode::OK, &sign_in, Scripts::None, Forms::Anywhere)
}

async fn login(State(provider): State<DemoProvider>, form: String) -> Response {
    let config = provider.config();
    let Ok(form) = RawParams::parse(&form) else { return provider.refuse("the form cannot be read") };
    let one = |name| form.one(name).ok().flatten();
    let question = one("question").and_then(|handle| provider.0.questions.take(handle, config.clock.now()));
    let Some(question) = question else { return provider.refuse("this page has been used; start again at the app") };
    let Some(person) = one("person").and_then(|id| provider.person(id)) else {
        return redirect(&provider.answer(&question, "error", "access_denied"));
    };
    let session = Session { person: person.id.clone(), since: config.clock.now() };
    let handle = provider.0.sessions.put(session.clone(), config.clock.now(), &*config.random);
    provider.0.cookie.set(&handle, provider.grant(question, session))
}

async fn logout(State(provider): State<DemoProvider>, headers: HeaderMap) -> Response {
    if let Some(handle) = provider.0.cookie.value(&headers) {
        provider.0.sessions.take(handle, provider.config().clock.now());
    }
    provider.0.cookie.remove(redirect("/"))
}

impl DemoProvider {
    fn session(&self, headers: &HeaderMap) -> Option<Session> {
        self.0.sessions.find(self.0.cookie.value(headers)?, self.config().clock.now())
    }

    /// What is asked, if it is our one client that asks, and as we demand it.
    fn question(&self, asked: &RawParams) -> Result<Question, &'static str> {
        let one = |name: &str| asked.one(name).ok().flatten();
        let config = self.config();
        let redirect_uri = one("redirect_uri").unwrap_or_default();
        let is_ours = redirect_uri.strip_prefix(&config.callbacks).is_some_and(|handle| {
            !handle.is_empty()
                && handle.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        });
        if one("client_id") != Some(&config.client_id) || !is_ours {
            return Err("another client asks, or another address");
        }
        if one("response_type") != Some("code") || one("code_challenge_method") != Some("S256") {
            return Err("a code with a challenge of S256 must be asked for");
        }
        if !one("scope").unwrap_or_default().split(' ').any(|scope| scope == "openid") {
            return Err("the scope `openid` is missing");
        }
        let text = |name| one(name).map(str::to_owned).ok_or("`state`, `nonce` or `code_challenge` is missing");
        Ok(Question {
            redirect_uri: redirect_uri.to_owned(),
            state: text("state")?,
            nonce: text("nonce")?,
            challenge: text("code_challenge")?,
        })
    }

    fn grant(&self, question: Question, session: Session) -> Response {
        let config = self.config();
        let granted = Granted { question: question.clone(), session };
        let code = self.0.codes.put(granted, config.clock.now(), &*config.random);
        redirect(&self.answer(&question, "code", &code))
    }

    /// The address on which the browser takes an answer to the gateway.
    fn answer(&self, question: &Question, name: &str, value: &str) -> String {
        let Question { redirect_uri, state, .. } = question;
        format!(
            "{redirect_uri}?{name}={}&state={}&iss={}",
            encode(value),
            encode(state),
            encode(&self.config().base_url)
        )
    }

    fn refuse(&self, why: &str) -> Response {
        let notice = Notice {
            party: &self.0.party,
            title: format!("{} cannot answer this", self.config().name),
            lines: vec!["The question that came with you was not taken.".to_owned()],
            code: Some(why.to_owned()),
            link: None,
        };
        notice.answer(StatusCode::BAD_REQUEST)
    }
}
