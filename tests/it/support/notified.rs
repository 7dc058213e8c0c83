//! The servers of apps that are told when a session ends, over real HTTP.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, header};
use entente::base::params::RawParams;
use entente::domain::apps::{AppId, BackchannelLogout, LogoutNames};
use entente::domain::audit::{AuditQuery, AuditRecord};
use entente::domain::partners::Network;
use entente::flows::backchannel::send::{Sent, send};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::gateway::{Gateway, oidc};

/// What such a server says.
#[derive(Clone)]
pub enum Says {
    /// A status.
    Status(u16),
    /// A way to another address.
    Redirect(String),
    /// Nothing, until it is let go.
    Nothing(Arc<Semaphore>),
}

struct Inner {
    says: Mutex<Says>,
    got: Mutex<Vec<String>>,
}

/// A running server.
pub struct Notified {
    /// Where it is told.
    pub url: String,
    address: SocketAddr,
    inner: Arc<Inner>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Notified {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Notified {
    /// Starts a server that takes what it is told.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner { says: Mutex::new(Says::Status(200)), got: Mutex::default() });
        let serving = serve(listener, inner.clone());
        Self { url: format!("http://{address}/logout?tenant=1"), address, inner, serving }
    }

    /// Starts one for an app of the gateway.
    pub async fn of(gateway: &Gateway, app: AppId) -> Self {
        let server = Self::start().await;
        gateway.tell(app, Some(&server.url)).await;
        server
    }

    /// Says something else from now on.
    pub fn say(&self, says: Says) {
        *self.inner.says.lock().unwrap() = says;
    }

    /// Listens no more.
    pub async fn stop(&mut self) {
        self.serving.abort();
        // It ends by being aborted.
        let _ = (&mut self.serving).await;
    }

    /// Listens again where it did.
    pub async fn start_again(&mut self) {
        let listener = tokio::net::TcpListener::bind(self.address).await.unwrap();
        self.serving = serve(listener, self.inner.clone());
    }

    /// What it was told since the last time, verified as an app would do it.
    pub async fn told(&self, gateway: &Gateway, client_id: &str) -> Vec<Value> {
        let got: Vec<String> = self.inner.got.lock().unwrap().drain(..).collect();
        let mut told = Vec::new();
        for token in got {
            told.push(gateway.claims(&token, client_id).await);
        }
        told
    }

    /// How often it was told since the last time.
    pub fn count(&self) -> usize {
        self.inner.got.lock().unwrap().len()
    }

    /// The raw tokens since the last time.
    pub fn got(&self) -> Vec<String> {
        self.inner.got.lock().unwrap().drain(..).collect()
    }
}

fn serve(listener: tokio::net::TcpListener, inner: Arc<Inner>) -> tokio::task::JoinHandle<()> {
    let router = axum::Router::new().route("/logout", axum::routing::post(take)).with_state(inner);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() })
}

async fn take(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    assert_eq!(headers[header::CONTENT_TYPE], "application/x-www-form-urlencoded");
    let form = RawParams::parse(std::str::from_utf8(&body).unwrap()).unwrap();
    assert_eq!(form.iter().count(), 1);
    inner.got.lock().unwrap().push(form.one("logout_token").unwrap().unwrap().to_owned());
    let says = inner.says.lock().unwrap().clone();
    let mut response = Response::new(Body::empty());
    match says {
        Says::Status(status) => *response.status_mut() = status.try_into().unwrap(),
        Says::Redirect(to) => {
            *response.status_mut() = axum::http::StatusCode::TEMPORARY_REDIRECT;
            response.headers_mut().insert(header::LOCATION, to.try_into().unwrap());
        }
        Says::Nothing(until) => drop(until.acquire().await),
    }
    response
}

impl Gateway {
    /// Says where an app is told that a session has ended.
    pub async fn tell(&self, app: AppId, uri: Option<&str>) {
        let logout =
            uri.map(|uri| BackchannelLogout { uri: uri.to_owned(), names: LogoutNames::Any, network: Network::Public });
        self.alter_app(&self.services, app, |app| oidc(app).backchannel_logout = logout).await;
        self.services.directory.forget();
    }

    /// One step of the work in the background.
    pub async fn send_notices(&self) -> Sent {
        send(&self.services).await.unwrap()
    }

    /// Entries of one activity, newest first.
    pub async fn entries(&self, activity: &str) -> Vec<AuditRecord> {
        self.services.refusals.flush().await;
        let query = AuditQuery { activity: Some(activity.to_owned()), limit: 100, ..AuditQuery::default() };
        self.services.store.audit(&query).await.unwrap()
    }
}
