//! An OpenID Connect provider with keys of its own that speaks the real protocol over HTTP. It does what
//! RFC 6749, RFC 7636 and OpenID Connect Core ask of one, until a test alters it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use entente::base::clock::{Clock, Timestamp};
use entente::base::encoding::{base64url, from_base64, sha256};
use entente::base::params::{RawParams, decode};
use entente::domain::partners::PartnerAlgorithm;
use entente::domain::partners::{
    Credential, Network, OidcTerms, OidcTrust, PartnerId, PassiveRequests, Trust, secret_place,
};
use entente::keys::public::PublicKey;
use entente::keys::signing::{SignatureAlgorithm, SigningKey};
use serde_json::{Map, Value, json};

use super::client::{Client, Page, query};
use super::gateway::Gateway;

/// The secret of the gateway at the provider, with what a form would have to encode.
pub const SECRET: &str = "s3cret: with/space+and%&é";

/// What a test may alter.
pub struct Manner {
    /// Over the members of the discovery document; null takes one away.
    pub discovery: Value,
    /// In place of the key document.
    pub jwks: Option<Value>,
    /// Over the header of ID tokens.
    pub header: Value,
    /// Over the claims of ID tokens.
    pub claims: Value,
    /// Signs ID tokens.
    pub key: SigningKey,
    /// In place of what the token endpoint says: status, media type and body.
    pub token: Option<(u16, &'static str, String)>,
    /// In place of what UserInfo says.
    pub userinfo: Option<(u16, &'static str, String)>,
    /// In place of any answer of a document: status.
    pub down: Option<u16>,
    /// Whether documents have validators, by which they are not sent again.
    pub tagged: bool,
    /// Whether a refresh token is given with an ID token.
    pub gives_refresh_tokens: bool,
    /// In place of what the token endpoint says to a refresh token.
    pub refreshed: Option<(u16, &'static str, String)>,
    /// Whether another refresh token takes the place of one that was used.
    pub rotates: bool,
    /// Over the claims of ID tokens that answer a refresh token; null leaves the token out.
    pub refreshed_claims: Value,
    /// Where refreshing waits: it says that it has been asked by the first, and answers after the second.
    pub gate: Option<Arc<[tokio::sync::Notify; 2]>>,
    /// How often each address was asked.
    pub asked: BTreeMap<&'static str, usize>,
}

impl Manner {
    /// Answers with a document, or that it is the one that is known (RFC 9110 13.1.2).
    fn publish(&mut self, document: &Value, headers: &HeaderMap) -> Response {
        let mut response = json_said(document);
        if self.tagged {
            let tag = format!("\"{}\"", base64url(sha256(document.to_string().as_bytes())));
            if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str()) {
                *self.asked.entry("unchanged").or_default() += 1;
                response = StatusCode::NOT_MODIFIED.into_response();
            }
            response.headers_mut().insert(header::ETAG, tag.parse().unwrap());
        }
        response
    }

    fn sign(&self, issuer: &str, now: Timestamp, told: &Value, person: &Value, over: &Value) -> String {
        let claims = json!({
            "iss": issuer, "aud": "gate way", "iat": now.seconds(), "exp": now.seconds() + 300,
            "auth_time": now.seconds(),
        });
        let claims = merged(merged(merged(merged(claims, told), person), &self.claims), over);
        let header = merged(json!({"alg": "RS256", "kid": "k1"}), &self.header);
        let input = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
        let signature = self.key.sign(SignatureAlgorithm::RsaSha256, input.as_bytes()).unwrap();
        format!("{input}.{}", base64url(signature))
    }
}

struct Granted {
    challenge: String,
    redirect_uri: String,
    nonce: String,
    person: Value,
}

struct Inner {
    issuer: String,
    now: Arc<dyn Clock>,
    manner: Mutex<Manner>,
    /// How many codes were given.
    agreed: AtomicUsize,
    codes: Mutex<BTreeMap<String, Granted>>,
    /// The claims behind an access token.
    told: Mutex<BTreeMap<String, Value>>,
    /// Whose a refresh token is.
    renewable: Mutex<BTreeMap<String, Value>>,
    /// The ID token that was given last.
    last_id_token: Mutex<String>,
    /// The gateway's own keys, where it proves itself with them.
    gateway_keys: String,
}

/// A running provider.
pub struct Provider {
    inner: Arc<Inner>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What a browser takes to a provider.
pub struct Question {
    /// The whole address.
    pub url: String,
    state: String,
}

impl Question {
    /// The attempt that it belongs to.
    pub fn attempt(&self) -> &str {
        self.state.split_once('.').unwrap().0
    }

    /// One of its parameters.
    pub fn param(&self, name: &str) -> Option<String> {
        query(&self.url, name)
    }
}

/// What the provider says of Wen.
pub fn wen() -> Value {
    json!({"sub": "wen-1", "email": "wen@woodgrove.example", "email_verified": true, "name": "Wen Wood"})
}

impl Provider {
    /// Starts a provider for the gateway.
    pub async fn start(gateway: &Gateway) -> Self {
        Self::start_at(gateway.clock.clone(), gateway.client().get("/oidc/jwks").await.body).await
    }

    /// Starts a provider for a gateway with this clock and these keys.
    pub async fn start_at(now: Arc<dyn Clock>, gateway_keys: String) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let manner = Manner {
            discovery: json!({}),
            jwks: None,
            header: json!({}),
            claims: json!({}),
            key: super::keys::partner(),
            token: None,
            userinfo: None,
            down: None,
            tagged: false,
            gives_refresh_tokens: false,
            refreshed: None,
            rotates: true,
            refreshed_claims: json!({}),
            gate: None,
            asked: BTreeMap::new(),
        };
        let inner = Arc::new(Inner {
            issuer,
            now,
            manner: Mutex::new(manner),
            agreed: AtomicUsize::new(0),
            codes: Mutex::default(),
            told: Mutex::default(),
            renewable: Mutex::default(),
            last_id_token: Mutex::default(),
            gateway_keys,
        });
        let router = axum::Router::new()
            .route("/.well-known/openid-configuration", axum::routing::get(discovery))
            .route("/jwks", axum::routing::get(jwks))
            .route("/token", axum::routing::post(token))
            .route("/me", axum::routing::get(userinfo))
            .route("/away/{*rest}", axum::routing::get(|Path(rest): Path<String>| async move { rest }))
            .with_state(inner.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { inner, serving }
    }

    /// Its issuer.
    pub fn issuer(&self) -> &str {
        &self.inner.issuer
    }

    /// The ID token that was given last.
    pub fn last_id_token(&self) -> String {
        self.inner.last_id_token.lock().unwrap().clone()
    }

    /// The refresh tokens that are good.
    pub fn refresh_tokens(&self) -> Vec<String> {
        self.inner.renewable.lock().unwrap().keys().cloned().collect()
    }

    /// Ends every account.
    pub fn forget(&self) {
        self.inner.renewable.lock().unwrap().clear();
    }

    /// Alters it.
    pub fn alter(&self, alter: impl FnOnce(&mut Manner)) {
        alter(&mut self.inner.manner.lock().unwrap());
    }

    /// A logout token of this provider, with its header and claims altered; null takes one away.
    pub fn logout_token(&self, header: &Value, claims: &Value) -> String {
        let now = self.inner.now.now().seconds();
        let base = json!({
            "iss": self.inner.issuer, "aud": "gate way", "iat": now, "exp": now + 120,
            "jti": entente::base::random::new_handle(&entente::base::random::SystemRandom),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        });
        let header = merged(json!({"alg": "RS256", "kid": "k1", "typ": "logout+jwt"}), header);
        self.signed(&header, &merged(base, claims))
    }

    /// A token with this header and these claims, signed with the provider's key.
    pub fn signed(&self, header: &Value, claims: &Value) -> String {
        let input = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
        let manner = self.inner.manner.lock().unwrap();
        let signature = manner.key.sign(SignatureAlgorithm::RsaSha256, input.as_bytes()).unwrap();
        format!("{input}.{}", base64url(signature))
    }

    /// How often an address was asked.
    pub fn asked(&self, path: &str) -> usize {
        self.inner.manner.lock().unwrap().asked.get(path).copied().unwrap_or_default()
    }

    /// Adds it to the gateway as the partner `slug`, whose domain is `{slug}.example`.
    pub async fn add(
        &self,
        gateway: &Gateway,
        slug: &str,
        alter: impl FnOnce(&mut entente::domain::partners::Partner),
    ) -> PartnerId {
        add_provider(gateway, self.issuer(), slug, alter).await
    }

    /// Reads the question that a page sends the browser away with.
    pub fn question(&self, page: &Page) -> Question {
        let url = page.location().to_owned();
        assert!(url.starts_with(&format!("{}/authorize?", self.issuer())), "{url}");
        let state = query(&url, "state").unwrap();
        Question { url, state }
    }

    /// Lets the person agree: the address to which the browser goes back.
    pub fn agree(&self, question: &Question, person: &Value) -> String {
        let param = |name| question.param(name).unwrap_or_else(|| panic!("no {name} in {}", question.url));
        assert_eq!((param("response_type"), param("code_challenge_method")), ("code".to_owned(), "S256".to_owned()));
        assert_eq!(param("client_id"), "gate way");
        let granted = Granted {
            challenge: param("code_challenge"),
            redirect_uri: param("redirect_uri"),
            nonce: param("nonce"),
            person: person.clone(),
        };
        let mut codes = self.inner.codes.lock().unwrap();
        let code = format!("code-{}", self.inner.agreed.fetch_add(1, Ordering::Relaxed));
        let query = [("code", code.as_str()), ("state", &question.state), ("iss", self.issuer())];
        let address = super::gateway::address(&granted.redirect_uri, &query);
        codes.insert(code, granted);
        address
    }

    /// Asks for a sign-in through the partner `slug`.
    pub async fn ask(&self, gateway: &Gateway, client: &mut Client, slug: &str, more: &[(&str, &str)]) -> Question {
        let params = [&[("domain_hint", slug)], more].concat();
        let page = client.get(&gateway.authorize(&params)).await;
        assert_eq!(page.status, 303, "{}", page.body);
        self.question(&page)
    }

    /// A whole sign-in through the partner `slug`, up to where the gateway sends the browser.
    pub async fn sign_in(&self, gateway: &Gateway, client: &mut Client, slug: &str, person: &Value) -> Page {
        let question = self.ask(gateway, client, slug, &[]).await;
        client.get(&self.agree(&question, person)).await
    }
}

/// Adds a provider with this issuer to the gateway as the partner `slug`, whose domain is `{slug}.example`.
pub async fn add_provider(
    gateway: &Gateway,
    issuer: &str,
    slug: &str,
    alter: impl FnOnce(&mut entente::domain::partners::Partner),
) -> PartnerId {
    let id = gateway
        .add_partner(
            slug,
            &super::partner::Partner::named(&format!("urn:{slug}"), "https://none.example", super::keys::stranger()),
            |_| (),
        )
        .await;
    let sealer = &gateway.services.sealer;
    let sealed = sealer
        .seal(
            gateway.services.random.as_ref(),
            entente::base::sealing::Purpose::DatabaseSecret,
            &secret_place(id),
            SECRET.as_bytes(),
        )
        .unwrap();
    let terms = OidcTerms {
        issuer: issuer.to_owned(),
        client_id: "gate way".to_owned(),
        algorithm: PartnerAlgorithm::Rs256,
        scopes: vec!["profile".to_owned(), "email".to_owned()],
        acr_values: Vec::new(),
        passive: PassiveRequests::Never,
        network: Network::Public,
        asked_again: None,
    };
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let mut record = unit.read_partner(id).await.unwrap().unwrap();
    record.version += 1;
    record.admission = entente::domain::partners::Admission::Anyone;
    record.trust = Trust::Oidc(OidcTrust { terms, credential: Credential::SecretBasic(sealed), documents: None });
    alter(&mut record);
    unit.update_partner(&record, entente::domain::store::objects::Provenance::Applied).await.unwrap();
    unit.commit().await.unwrap();
    gateway.services.directory.forget();
    id
}

/// The public half of a key as JWKS.
pub fn jwks_of(keys: &[(&str, &SigningKey)]) -> Value {
    let one = |(kid, key): &(&str, &SigningKey)| {
        let public = PublicKey::from_spki(&key.spki().unwrap()).unwrap();
        let (n, e) = public.rsa_parts().unwrap();
        json!({"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": base64url(n), "e": base64url(e)})
    };
    json!({"keys": keys.iter().map(one).collect::<Vec<_>>()})
}

fn merged(mut base: Value, over: &Value) -> Value {
    let object = base.as_object_mut().unwrap();
    for (name, value) in over.as_object().unwrap() {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
    base
}

fn said(status: u16, media_type: &'static str, body: String) -> Response {
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, media_type)], body).into_response()
}

fn json_said(value: &Value) -> Response {
    said(200, "application/json", value.to_string())
}

async fn discovery(State(inner): State<Arc<Inner>>, headers: HeaderMap) -> Response {
    let mut manner = inner.manner.lock().unwrap();
    *manner.asked.entry("discovery").or_default() += 1;
    if let Some(status) = manner.down {
        return said(status, "text/html", "<html>".to_owned());
    }
    let at = |path: &str| format!("{}{path}", inner.issuer);
    let document = json!({
        "issuer": inner.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"),
        "userinfo_endpoint": at("/me"),
        "authorization_response_iss_parameter_supported": true,
    });
    let document = merged(document, &manner.discovery);
    manner.publish(&document, &headers)
}

async fn jwks(State(inner): State<Arc<Inner>>, headers: HeaderMap) -> Response {
    let mut manner = inner.manner.lock().unwrap();
    *manner.asked.entry("jwks").or_default() += 1;
    if let Some(status) = manner.down {
        return said(status, "text/html", "<html>".to_owned());
    }
    let document = manner.jwks.clone().unwrap_or_else(|| jwks_of(&[("k1", &manner.key)]));
    manner.publish(&document, &headers)
}

async fn token(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> Response {
    let gate = inner.manner.lock().unwrap().gate.clone();
    if let Some(gate) = gate {
        gate[0].notify_one();
        gate[1].notified().await;
    }
    let mut manner = inner.manner.lock().unwrap();
    *manner.asked.entry("token").or_default() += 1;
    let form = RawParams::parse(std::str::from_utf8(&body).unwrap()).unwrap();
    let field = |name: &str| form.one(name).unwrap().unwrap_or_default().to_owned();
    if let Err(why) = authenticate(&inner, &headers, &form) {
        return said(401, "application/json", json!({"error": "invalid_client", "error_description": why}).to_string());
    }
    if let Some((status, media_type, body)) = manner.token.clone() {
        return said(status, media_type, body);
    }
    if field("grant_type") == "refresh_token" {
        return refresh(&inner, &mut manner, &field("refresh_token"));
    }
    let granted = inner.codes.lock().unwrap().remove(&field("code"));
    let granted = granted.filter(|granted| {
        granted.challenge == base64url(sha256(field("code_verifier").as_bytes()))
            && granted.redirect_uri == field("redirect_uri")
            && field("grant_type") == "authorization_code"
    });
    let Some(granted) = granted else {
        return said(400, "application/json", json!({"error": "invalid_grant"}).to_string());
    };
    let now: Timestamp = inner.now.now();
    let access_token = base64url(sha256(granted.nonce.as_bytes()));
    let told = json!({"nonce": granted.nonce, "at_hash": at_hash(&access_token)});
    let id_token = manner.sign(&inner.issuer, now, &told, &granted.person, &json!({}));
    inner.last_id_token.lock().unwrap().clone_from(&id_token);
    let mut reply = json!({"id_token": id_token, "access_token": access_token, "token_type": "Bearer"});
    if manner.gives_refresh_tokens {
        let refresh_token = format!("refresh-{}", base64url(sha256(granted.nonce.as_bytes())));
        inner.renewable.lock().unwrap().insert(refresh_token.clone(), granted.person.clone());
        reply["refresh_token"] = refresh_token.into();
    }
    inner.told.lock().unwrap().insert(access_token, granted.person);
    json_said(&reply)
}

fn at_hash(access_token: &str) -> String {
    base64url(&sha256(access_token.as_bytes())[..16])
}

fn refresh(inner: &Inner, manner: &mut Manner, token: &str) -> Response {
    *manner.asked.entry("refresh").or_default() += 1;
    if let Some((status, media_type, body)) = manner.refreshed.clone() {
        return said(status, media_type, body);
    }
    let mut renewable = inner.renewable.lock().unwrap();
    let Some(person) = renewable.get(token).cloned() else {
        return said(400, "application/json", json!({"error": "invalid_grant"}).to_string());
    };
    let access_token = base64url(sha256(token.as_bytes()));
    let mut reply = json!({"access_token": access_token, "token_type": "Bearer"});
    if !manner.refreshed_claims.is_null() {
        let told = json!({"at_hash": at_hash(&access_token)});
        let over = &manner.refreshed_claims;
        reply["id_token"] = manner.sign(&inner.issuer, inner.now.now(), &told, &person, over).into();
    }
    if manner.rotates {
        renewable.remove(token);
        let next = format!("refresh-{}", base64url(sha256(token.as_bytes())));
        renewable.insert(next.clone(), person);
        reply["refresh_token"] = next.into();
    }
    json_said(&reply)
}

/// Holds the gateway to one of the ways in which it may prove itself.
fn authenticate(inner: &Inner, headers: &HeaderMap, form: &RawParams) -> Result<(), &'static str> {
    let field = |name: &str| form.one(name).unwrap();
    if let Some(basic) = headers.get(header::AUTHORIZATION) {
        let pair = basic.to_str().unwrap().strip_prefix("Basic ").ok_or("no Basic")?;
        let pair = String::from_utf8(from_base64(pair).ok_or("no base64")?).unwrap();
        let (id, secret) = pair.split_once(':').ok_or("no pair")?;
        // As RFC 6749 2.3.1 has it: form-decoded, a plus sign is a space.
        let decoded = |text: &str| decode(&text.replace('+', "%20")).unwrap();
        let is_it = decoded(id) == "gate way" && decoded(secret) == SECRET && field("client_secret").is_none();
        return if is_it { Ok(()) } else { Err("another client") };
    }
    if field("client_id") != Some("gate way") {
        return Err("another client");
    }
    match (field("client_secret"), field("client_assertion")) {
        (Some(SECRET), None) => Ok(()),
        (None, Some(assertion)) => {
            let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&inner.gateway_keys).unwrap();
            let kid = jsonwebtoken::decode_header(assertion).unwrap().kid.unwrap();
            let key = jsonwebtoken::DecodingKey::from_jwk(keys.find(&kid).ok_or("no key")?).unwrap();
            let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
            rules.set_audience(&[&inner.issuer]);
            rules.set_issuer(&["gate way"]);
            rules.sub = Some("gate way".to_owned());
            rules.validate_exp = false;
            let claims = jsonwebtoken::decode::<Map<String, Value>>(assertion, &key, &rules);
            let claims = claims.map_err(|_| "assertion refused")?.claims;
            let now = inner.now.now().seconds();
            let lives = claims["exp"].as_i64().is_some_and(|end| end > now && end <= now + 300);
            if lives && claims["jti"].is_string() { Ok(()) } else { Err("assertion lives too long") }
        }
        _ => Err("no credential"),
    }
}

async fn userinfo(State(inner): State<Arc<Inner>>, headers: HeaderMap) -> Response {
    let mut manner = inner.manner.lock().unwrap();
    *manner.asked.entry("userinfo").or_default() += 1;
    if let Some((status, media_type, body)) = manner.userinfo.clone() {
        return said(status, media_type, body);
    }
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let person = bearer.and_then(|bearer| bearer.strip_prefix("Bearer "));
    let person = person.and_then(|token| inner.told.lock().unwrap().get(token).cloned());
    person.map_or_else(|| said(401, "text/plain", String::new()), |person| json_said(&person))
}
