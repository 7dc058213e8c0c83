//! The router without a socket: requests of any shape in, and with each answer the fine causes that
//! were logged for it.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use entente::domain::organization::PublicUrl;
use entente::flows::services::Services;
use entente::http::state::{Settings, State};
use http::{HeaderName, HeaderValue, Request};
use tower::Service as _;
use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::invariants;
use crate::support::client::Page;

/// A limit that no test reaches.
pub const MANY: NonZeroU32 = NonZeroU32::new(1_000_000).unwrap();

/// Settings without limits and without proxies.
pub const fn unlimited() -> Settings {
    Settings {
        trusted_proxies: Vec::new(),
        authorize_per_minute: MANY,
        acs_per_minute: MANY,
        token_per_minute: MANY,
        userinfo_per_minute: MANY,
        end_session_per_minute: MANY,
        api_per_minute: MANY,
        organization_per_minute: MANY,
    }
}

/// A gateway's router.
pub struct Edge {
    router: Router,
    public_url: PublicUrl,
    causes: Arc<Mutex<Vec<String>>>,
    dispatch: tracing::Dispatch,
}

/// One request.
pub struct Call {
    method: &'static str,
    target: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Body,
    peer: SocketAddr,
}

/// What came back.
#[derive(Debug)]
pub struct Heard {
    /// The answer.
    pub page: Page,
    /// The fine causes that were logged.
    pub causes: Vec<String>,
}

impl Edge {
    /// The router of `services`, without limits.
    pub fn new(services: Services) -> Self {
        Self::with(services, unlimited())
    }

    /// The router of `services` with settings of its own.
    pub fn with(services: Services, settings: Settings) -> Self {
        Self::of(State::new(services, settings))
    }

    /// The router of `services` that waits so long for bodies and for whole requests.
    pub fn with_times(services: Services, body: Duration, request: Duration) -> Self {
        Self::of(State::new(services, unlimited()).with_times(body, request))
    }

    /// The router as it is behind an https address.
    pub fn over_https(mut services: Services) -> Self {
        let mut settings = services.settings.as_ref().clone();
        settings.public_url = PublicUrl::parse("https://gate.contoso.example").unwrap();
        services.settings = Arc::new(settings);
        Self::new(services)
    }

    fn of(state: State) -> Self {
        let public_url = state.services().settings.public_url.clone();
        let causes = Arc::new(Mutex::new(Vec::new()));
        let dispatch = tracing::Dispatch::new(tracing_subscriber::registry().with(Causes(causes.clone())));
        Self { router: entente::http::routes::router(Arc::new(state)), public_url, causes, dispatch }
    }

    /// Sends a request and checks what holds for every answer.
    pub async fn call(&self, call: Call) -> Heard {
        let what = format!("{} {}", call.method, call.target);
        let mut request = Request::builder().method(call.method).uri(&call.target).body(call.body).unwrap();
        request.headers_mut().extend(call.headers);
        request.extensions_mut().insert(ConnectInfo(call.peer));
        self.causes.lock().unwrap().clear();
        let answered = self.router.clone().call(request).with_subscriber(self.dispatch.clone()).await;
        let (parts, body) = answered.unwrap().into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let page = Page {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        let causes = std::mem::take(&mut *self.causes.lock().unwrap());
        if let Err(fault) = invariants::check(&page, &self.public_url) {
            panic!("{what}: {fault}\n{page:?}");
        }
        Heard { page, causes }
    }

    /// Fetches a path.
    pub async fn get(&self, target: &str) -> Heard {
        self.call(Call::new("GET", target)).await
    }
}

impl Call {
    /// A request without body from an address of documentation (RFC 5737).
    pub fn new(method: &'static str, target: &str) -> Self {
        Self {
            method,
            target: target.to_owned(),
            headers: Vec::new(),
            body: Body::empty(),
            peer: "192.0.2.1:40000".parse().unwrap(),
        }
    }

    /// A form, already encoded.
    pub fn form(path: &str, form: &str) -> Self {
        Self::new("POST", path).header("content-type", "application/x-www-form-urlencoded").body(form.to_owned())
    }

    /// With one more header.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()));
        self
    }

    /// With this body.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// From this network address.
    pub fn from(mut self, peer: &str) -> Self {
        self.peer = SocketAddr::new(peer.parse().unwrap(), 40_000);
        self
    }
}

impl Heard {
    /// The `Set-Cookie` headers.
    pub fn set_cookies(&self) -> Vec<&str> {
        self.page.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// The cookies that were set, as a browser sends them back.
    pub fn cookie(&self) -> String {
        let pairs = self.set_cookies().into_iter().map(|cookie| cookie.split(';').next().unwrap());
        pairs.collect::<Vec<_>>().join("; ")
    }
}

/// Keeps every `refusal.cause` that is logged.
struct Causes(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Causes {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        event.record(&mut Seen(&mut self.0.lock().unwrap()));
    }
}

struct Seen<'a>(&'a mut Vec<String>);

impl Visit for Seen<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "refusal.cause" {
            self.0.push(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
