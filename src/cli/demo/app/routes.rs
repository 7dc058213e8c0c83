//! What a browser sees of a demo app.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::DemoApp;
use super::fault::AppFault;
use super::sign_in::SignedIn;
use crate::base::clock::Timestamp;
use crate::base::params::RawParams;
use crate::cli::demo::web::{Forms, Notice, Party, Scripts, assets, document, page, redirect};

const TIMES: [&str; 4] = ["iat", "nbf", "exp", "auth_time"];

pub(super) fn router(app: DemoApp) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/login", get(login))
        .route("/callback", get(callback))
        .route("/me.json", get(me))
        .route("/logout", get(logout))
        .route("/signed-out", get(signed_out))
        .merge(assets())
        .with_state(app)
}

#[derive(Template)]
#[template(path = "demo_app.html")]
struct Home<'a> {
    party: &'a Party,
    person: Option<String>,
    claims: Vec<(&'a str, String)>,
}

async fn home(State(app): State<DemoApp>, headers: HeaderMap) -> Response {
    let signed_in = app.signed_in(&headers);
    let claims = signed_in.as_ref().map(|signed_in| &signed_in.claims);
    let text = |name: &str| claims?.get(name)?.as_str().map(str::to_owned);
    let home = Home {
        party: &app.0.party,
        person: text("name").or_else(|| text("email")).or_else(|| text("sub")),
        claims: claims.into_iter().flatten().map(|(name, value)| (name.as_str(), shown(name, value))).collect(),
    };
    page(StatusCode::OK, &home, Scripts::None, Forms::None)
}

/// A claim for people: texts without quotes, times as times.
fn shown(name: &str, value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if TIMES.contains(&name) => {
            number.as_i64().map_or_else(|| number.to_string(), |seconds| Timestamp::from_seconds(seconds).to_rfc3339())
        }
        Value::Array(list) => list.iter().map(|value| shown("", value)).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

async fn me(State(app): State<DemoApp>, headers: HeaderMap) -> Response {
    match app.signed_in(&headers) {
        Some(signed_in) => {
            let body = json!({ "claims": signed_in.claims, "userinfo": signed_in.userinfo });
            document("application/json", body.to_string())
        }
        None => {
            let mut response = document("application/json", json!({ "error": "not_signed_in" }).to_string());
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            response
        }
    }
}

async fn login(State(app): State<DemoApp>, RawQuery(query): RawQuery) -> Response {
    let begun = async {
        let asked = RawParams::parse(query.as_deref().unwrap_or_default())?;
        Ok::<_, AppFault>(app.begin(&app.provider().await?, &asked))
    };
    match begun.await {
        Ok((location, pending)) => {
            let config = app.config();
            let handle = app.0.pending.put(pending, config.clock.now(), &*config.random);
            app.0.pending_cookie.set(&handle, redirect(&location))
        }
        Err(fault) => app.refuse(&fault),
    }
}

async fn callback(State(app): State<DemoApp>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let config = app.config();
    let pending =
        app.0.pending_cookie.value(&headers).and_then(|handle| app.0.pending.take(handle, config.clock.now()));
    let completed = async {
        let answer = RawParams::parse(query.as_deref().unwrap_or_default())?;
        app.complete(&answer, pending).await
    };
    let response = match completed.await {
        Ok(signed_in) => {
            app.forget(&headers);
            let handle = app.0.sessions.put(Arc::new(signed_in), config.clock.now(), &*config.random);
            app.0.session_cookie.set(&handle, redirect("/"))
        }
        Err(fault) => app.refuse(&fault),
    };
    app.0.pending_cookie.remove(response)
}

async fn logout(State(app): State<DemoApp>, headers: HeaderMap) -> Response {
    let Some(signed_in) = app.forget(&headers) else { return app.0.session_cookie.remove(redirect("/")) };
    let response = match app.provider().await {
        Ok(provider) => redirect(&app.logout_url(&provider, &signed_in)),
        Err(fault) => app.refuse(&fault),
    };
    app.0.session_cookie.remove(response)
}

async fn signed_out(State(app): State<DemoApp>) -> Response {
    let notice = Notice {
        party: &app.0.party,
        title: "You are signed out".to_owned(),
        lines: vec![format!("{} and the gateway no longer know you in this browser.", app.config().name)],
        code: None,
        link: Some(("Back to the start", "/")),
    };
    notice.answer(StatusCode::OK)
}

impl DemoApp {
    /// Ends the session that the cookies of a request name.
    fn forget(&self, headers: &HeaderMap) -> Option<Arc<SignedIn>> {
        self.0.sessions.take(self.0.session_cookie.value(headers)?, self.config().clock.now())
    }

    fn refuse(&self, fault: &AppFault) -> Response {
        let mut lines = Vec::new();
        match fault {
            AppFault::Answered { description: Some(description), .. } => lines.push(description.clone()),
            AppFault::Document { name, why } => lines.push(format!("The gateway's {name}: {why}.")),
            AppFault::Fetch(error) => lines.push(error.to_string()),
            _ => {}
        }
        let notice = Notice {
            party: &self.0.party,
            title: "You could not be signed in".to_owned(),
            lines,
            code: Some(fault.to_string()),
            link: Some(("Back to the start", "/")),
        };
        notice.answer(StatusCode::BAD_REQUEST)
    }
}
