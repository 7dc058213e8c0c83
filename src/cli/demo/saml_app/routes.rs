//! What a browser sees of the demo's SAML app.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::DemoSamlApp;
use super::fault::SamlAppFault;
use crate::base::params::RawParams;
use crate::cli::demo::web::{Forms, Notice, Party, Scripts, assets, document, page, redirect};

pub(super) fn router(app: DemoSamlApp) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/login", get(login))
        .route("/acs", post(acs))
        .route("/me.json", get(me))
        .route("/logout", get(logout))
        .merge(assets())
        .with_state(app)
}

#[derive(Template)]
#[template(path = "demo_saml_app.html")]
struct Home<'a> {
    party: &'a Party,
    person: Option<String>,
    claims: Vec<(&'a str, String)>,
}

async fn home(State(app): State<DemoSamlApp>, headers: HeaderMap) -> Response {
    let stated = app.signed_in(&headers);
    let text = |name: &str| stated.as_ref()?.get(name)?.as_str().map(str::to_owned);
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let home = Home {
        party: &app.0.party,
        person: text("name").or_else(|| text("email")).or_else(|| text("sub")),
        claims: stated.iter().flat_map(|stated| stated.iter()).map(|(name, value)| (&**name, shown(value))).collect(),
    };
    page(StatusCode::OK, &home, Scripts::None, Forms::None)
}

async fn me(State(app): State<DemoSamlApp>, headers: HeaderMap) -> Response {
    match app.signed_in(&headers) {
        Some(stated) => document("application/json", json!({ "claims": *stated }).to_string()),
        None => {
            let mut response = document("application/json", json!({ "error": "not_signed_in" }).to_string());
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            response
        }
    }
}

async fn login(State(app): State<DemoSamlApp>) -> Response {
    match app.begin().await {
        Ok((location, pending)) => {
            let config = app.config();
            let handle = app.0.pending.put(pending, config.clock.now(), &*config.random);
            app.0.pending_cookie.set(&handle, redirect(&location))
        }
        Err(fault) => app.refuse(&fault),
    }
}

async fn acs(State(app): State<DemoSamlApp>, headers: HeaderMap, body: String) -> Response {
    let config = app.config();
    let pending =
        app.0.pending_cookie.value(&headers).and_then(|handle| app.0.pending.take(handle, config.clock.now()));
    let completed = async { app.complete(&RawParams::parse(&body)?, pending).await };
    let response = match completed.await {
        Ok(stated) => {
            app.forget(&headers);
            let handle = app.0.sessions.put(Arc::new(stated), config.clock.now(), &*config.random);
            app.0.session_cookie.set(&handle, redirect("/"))
        }
        Err(fault) => app.refuse(&fault),
    };
    app.0.pending_cookie.remove(response)
}

async fn logout(State(app): State<DemoSamlApp>, headers: HeaderMap) -> Response {
    app.forget(&headers);
    app.0.session_cookie.remove(redirect("/"))
}

impl DemoSamlApp {
    /// Ends the session that the cookies of a request name.
    fn forget(&self, headers: &HeaderMap) {
        if let Some(handle) = self.0.session_cookie.value(headers) {
            self.0.sessions.take(handle, self.config().clock.now());
        }
    }

    fn refuse(&self, fault: &SamlAppFault) -> Response {
        let notice = Notice {
            party: &self.0.party,
            title: "You could not be signed in".to_owned(),
            lines: Vec::new(),
            code: Some(fault.to_string()),
            link: Some(("Back to the start", "/")),
        };
        notice.answer(StatusCode::BAD_REQUEST)
    }
}
