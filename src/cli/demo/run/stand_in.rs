//! A gateway of a few lines that stands in for ours: it knows its partner from the folder's documents,
//! speaks both protocols on the wire, and decides nothing.

use std::sync::{Arc, Mutex};

use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::*;
use crate::base::clock::{Clock as _, SystemClock};
use crate::base::encoding::{base64, base64url, sha256};
use crate::base::params::{RawParams, encode};
use crate::base::random::SystemRandom;
use crate::cli::demo::app::id_token::at_hash;
use crate::keys::generate::self_signed;
use crate::keys::public::PublicKey;
use crate::keys::signing::SigningKey;
use crate::saml::accept::judge;
use crate::saml::bindings::redirect::{MessageParam, decode, encode_to_sign};
use crate::saml::expectation::{AskedBy, Decryption, Expectation};
use crate::saml::messages::authn_request::read::AskedAuthn;
use crate::saml::messages::authn_request::{self, AuthnRequest, Wish as Flag};
use crate::saml::messages::name_id::NameId;
use crate::saml::messages::write_response::{AssertionDescription, ResponseDescription, SignedWith};
use crate::saml::metadata::idp::{IdpMetadata, read};
use crate::saml::metadata::locations::{LoopbackHttp, SsoBinding};
use crate::saml::metadata::published_idp::PublishedIdp;
use crate::saml::metadata::sp::SpMetadata;
use crate::saml::names::{EntityId, FORMAT_PERSISTENT};
use crate::saml::status::{SUCCESS, Status};
use crate::saml::subject::SubjectRule;

pub(super) struct StandIn {
    pub(super) stops: usize,
    pub(super) applied: Vec<PathBuf>,
    pub(super) object_texts: Vec<String>,
    /// What it wrongly puts into ID tokens.
    pub(super) nonce: Option<&'static str>,
    serving: Option<(Arc<Desk>, JoinHandle<()>)>,
}

impl StandIn {
    pub(super) fn new() -> Self {
        Self { stops: 0, applied: Vec::new(), object_texts: Vec::new(), nonce: None, serving: None }
    }
}

/// What the stand-in holds while it serves.
struct Desk {
    url: String,
    saml: SigningKey,
    rsa: SigningKey,
    p256: SigningKey,
    nonce: Option<&'static str>,
    partner: Mutex<Option<IdpMetadata>>,
    /// Issuer and secret of the partner that speaks OpenID Connect, and of the home organisation.
    providers: Mutex<Vec<(String, String)>>,
    /// Who is signing in.
    person: Mutex<&'static str>,
    /// The parameters of the one authorize request under way.
    asked: Mutex<RawParams>,
    /// The SAML request under way, and its RelayState.
    asked_by_saml: Mutex<Option<(AskedAuthn, String)>>,
}

#[async_trait]
impl Gateway for StandIn {
    async fn start(&mut self, config: &Path, listener: TcpListener) -> anyhow::Result<()> {
        let config: toml_edit::DocumentMut = std::fs::read_to_string(config)?.parse()?;
        let desk = Arc::new(Desk {
            url: config["public_url"].as_str().context("no public_url")?.to_owned(),
            saml: SigningKey::generate_p256()?,
            rsa: SigningKey::generate_rsa()?,
            p256: SigningKey::generate_p256()?,
            nonce: self.nonce,
            partner: Mutex::default(),
            providers: Mutex::default(),
            person: Mutex::new("Ana Almeida"),
            asked: Mutex::default(),
            asked_by_saml: Mutex::default(),
        });
        assert_eq!(config["listen"].as_str(), Some(listener.local_addr()?.to_string().as_str()));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/saml/sp/metadata", get(metadata))
            .route("/saml/sp/acs", post(acs))
            .route("/oidc/authorize", get(authorize))
            .route("/realm", post(realm))
            .route("/oidc/rp/callback/{handle}", get(callback))
            .route("/saml/idp/metadata", get(idp_metadata))
            .route("/saml/idp/sso", get(sso))
            .route("/oidc/token", post(token))
            .route("/oidc/jwks", get(jwks))
            .route("/oidc/userinfo", get(|| async { Json(json!({ "sub": "s1" })) }))
            .with_state(desk.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        self.serving = Some((desk, serving));
        Ok(())
    }

    async fn apply(&mut self, _config: &Path, files: &[PathBuf]) -> anyhow::Result<()> {
        self.applied = files.to_vec();
        for file in files {
            self.object_texts.push(std::fs::read_to_string(file)?);
        }
        let metadata = std::fs::read(files[0].with_file_name("fabrikam.xml"))?;
        let partner = read(&metadata, None, LoopbackHttp::Allowed, SystemClock.now()).unwrap();
        let desk = &self.serving.as_ref().context("not started")?.0;
        *desk.partner.lock().unwrap() = Some(partner);
        let partners: toml_edit::DocumentMut = self.object_texts[0].parse()?;
        assert_eq!(partners["partner"][2]["kind"].as_str(), Some("home"));
        for place in [1, 2] {
            let oidc = &partners["partner"][place]["oidc"];
            let file = oidc["client_secret"]["file"].as_str().unwrap();
            let secret = std::fs::read_to_string(files[0].with_file_name(file))?;
            desk.providers.lock().unwrap().push((oidc["issuer"].as_str().unwrap().to_owned(), secret));
        }
        Ok(())
    }

    async fn stop(&mut self) -> anyhow::Result<()> {
        self.stops += 1;
        self.serving.take().context("not started")?.1.abort();
        Ok(())
    }
}

type Handle = State<Arc<Desk>>;

async fn discovery(State(desk): Handle) -> Json<Value> {
    Json(serde_json::from_str(&crate::oidc::discovery::document(&desk.url)).unwrap())
}

async fn metadata(State(desk): Handle) -> String {
    let now = SystemClock.now();
    let until = now.plus(std::time::Duration::from_secs(3600));
    let certificate = self_signed(&SystemRandom, &desk.saml, "gate", now, until).unwrap();
    let (entity_id, acs) =
        (EntityId::parse(&format!("{}/saml/sp", desk.url)).unwrap(), format!("{}/saml/sp/acs", desk.url));
    SpMetadata { entity_id: &entity_id, signing_certificates: &[certificate], encryption_certificate: None, acs: &acs }
        .write()
        .unwrap()
}

async fn authorize(State(desk): Handle, RawQuery(query): RawQuery) -> Html<&'static str> {
    *desk.asked.lock().unwrap() = RawParams::parse(&query.unwrap()).unwrap();
    Html("<form method=post action=/realm><input type=email name=email><button>Continue</button></form>")
}

/// Asks one of those that speak OpenID Connect.
fn ask_provider(desk: &Desk, place: usize) -> Response {
    let (issuer, _) = desk.providers.lock().unwrap()[place].clone();
    let callback = format!("{}/oidc/rp/callback/{place}", desk.url);
    let question = format!(
        "{issuer}/authorize?response_type=code&client_id=entente&scope=openid&state=s&nonce=n&redirect_uri={}\
         &code_challenge={}&code_challenge_method=S256",
        encode(&callback),
        base64url(sha256(b"v"))
    );
    axum::response::Redirect::to(&question).into_response()
}

async fn callback(
    State(desk): Handle,
    axum::extract::Path(place): axum::extract::Path<usize>,
    RawQuery(query): RawQuery,
) -> Response {
    let (issuer, secret) = desk.providers.lock().unwrap()[place].clone();
    let answer = RawParams::parse(&query.unwrap()).unwrap();
    let one = |name| answer.one(name).unwrap().map(str::to_owned);
    assert_eq!((one("state"), one("iss")), (Some("s".to_owned()), Some(issuer.clone())));
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let form = [
        field("grant_type", "authorization_code"),
        field("code", &one("code").unwrap()),
        field("redirect_uri", &format!("{}/oidc/rp/callback/{place}", desk.url)),
        field("code_verifier", "v"),
    ];
    let basic = format!("Basic {}", base64(format!("entente:{secret}")));
    let headers = http::HeaderMap::from_iter([(http::header::AUTHORIZATION, basic.parse().unwrap())]);
    let client = crate::outbound::client::HttpClient::new(crate::outbound::client::Reach::Loopback).unwrap();
    let reply = client.post_form(&format!("{issuer}/token"), &form, headers.clone()).await.unwrap();
    // A code is good once.
    let again = client.post_form(&format!("{issuer}/token"), &form, headers).await.unwrap();
    assert_eq!((reply.status.as_u16(), again.status.as_u16()), (200, 400), "{}", reply.text());
    let reply: Value = serde_json::from_slice(&reply.body).unwrap();
    let payload = reply["id_token"].as_str().unwrap().split('.').nth(1).unwrap().to_owned();
    let claims: Value = serde_json::from_slice(&crate::base::encoding::from_base64url(&payload).unwrap()).unwrap();
    let (sub, name) = [("wen", "Wen Zhao"), ("cara", "Cara Moreau")][place];
    assert_eq!((&claims["sub"], &claims["nonce"]), (&json!(sub), &json!("n")));
    *desk.person.lock().unwrap() = name;
    onward(&desk)
}

async fn realm(State(desk): Handle, form: String) -> Response {
    let typed = RawParams::parse(&form).unwrap().one("email").unwrap().map(str::to_owned);
    let providers = ["wen@woodgrove.example", "cara@contoso.example"];
    if let Some(place) = providers.iter().position(|mail| typed.as_deref() == Some(mail)) {
        return ask_provider(&desk, place);
    }
    if RawParams::parse(&form).unwrap().one("email") != Ok(Some("ana@fabrikam.example")) {
        return Html("<title>No sign-in</title>").into_response();
    }
    let partner = desk.partner.lock().unwrap().clone().unwrap();
    let sso = partner.location(SsoBinding::Redirect).unwrap();
    let (issuer, acs) =
        (EntityId::parse(&format!("{}/saml/sp", desk.url)).unwrap(), format!("{}/saml/sp/acs", desk.url));
    let request = AuthnRequest {
        id: "_asked",
        issue_instant: SystemClock.now(),
        destination: sso,
        acs: &acs,
        issuer: &issuer,
        force_authn: Flag::NotAsked,
        passive: Flag::NotAsked,
        name_id_policy: None,
        requested_authn_context: None,
        scoping: None,
    };
    let algorithm = desk.saml.default_algorithm();
    let waiting = encode_to_sign(sso, MessageParam::Request, &request.write().unwrap(), Some("r"), algorithm).unwrap();
    let signature = desk.saml.sign(algorithm, waiting.bytes()).unwrap();
    let onward = waiting.finish(&signature).replace('&', "&amp;");
    Html(format!("<meta http-equiv=refresh content=\"0; url={onward}\">")).into_response()
}

async fn acs(State(desk): Handle, form: String) -> Response {
    let partner = desk.partner.lock().unwrap().clone().unwrap();
    let posted = crate::saml::bindings::post::decode(&RawParams::parse(&form).unwrap()).unwrap();
    let keys: Vec<Arc<PublicKey>> = partner.signing_certificates.iter().map(|one| one.key().clone()).collect();
    let expected = Expectation {
        partner: &partner.entity_id,
        keys: &keys,
        audience: &EntityId::parse(&format!("{}/saml/sp", desk.url)).unwrap(),
        acs: &format!("{}/saml/sp/acs", desk.url),
        asked_by: AskedBy::Request("_asked"),
        clock_skew: std::time::Duration::from_secs(60),
        subject: &SubjectRule::PersistentNameId,
        decryption: Decryption::Refused,
    };
    let accepted = judge(&posted.xml, &expected, SystemClock.now()).outcome.unwrap();
    assert!(accepted.attributes.iter().any(|(_, values)| values == &["Ana Almeida"]));
    onward(&desk)
}

/// Takes the browser back to the app that asked.
fn onward(desk: &Desk) -> Response {
    if let Some((asked, relay_state)) = desk.asked_by_saml.lock().unwrap().take() {
        return Html(answer(desk, &asked, &relay_state)).into_response();
    }
    let asked = desk.asked.lock().unwrap().clone();
    let one = |name| asked.one(name).unwrap().unwrap().to_owned();
    let location = format!("{}?code=c&state={}&iss={}", one("redirect_uri"), encode(&one("state")), encode(&desk.url));
    axum::response::Redirect::to(&location).into_response()
}

async fn idp_metadata(State(desk): Handle) -> String {
    let now = SystemClock.now();
    let until = now.plus(std::time::Duration::from_secs(3600));
    let certificate = self_signed(&SystemRandom, &desk.saml, "gate", now, until).unwrap();
    let entity_id = EntityId::parse(&format!("{}/saml/idp", desk.url)).unwrap();
    let sso = format!("{}/saml/idp/sso", desk.url);
    PublishedIdp { entity_id: &entity_id, signing_certificates: &[certificate], sso: &sso }.write().unwrap()
}

async fn sso(State(desk): Handle, RawQuery(query): RawQuery) -> Html<&'static str> {
    let message = decode(&RawParams::parse(&query.unwrap()).unwrap(), MessageParam::Request).unwrap();
    let asked = authn_request::read::read(&message.xml).unwrap();
    *desk.asked_by_saml.lock().unwrap() = Some((asked, message.relay_state.unwrap()));
    Html("<form method=post action=/realm><input type=email name=email><button>Continue</button></form>")
}

/// The page that posts an answer to the app that asked by SAML.
fn answer(desk: &Desk, asked: &AskedAuthn, relay_state: &str) -> String {
    let now = SystemClock.now();
    let acs = asked.acs.clone().unwrap();
    let assertion = AssertionDescription {
        id: "_a".to_owned(),
        issue_instant: now,
        issuer: format!("{}/saml/idp", desk.url),
        subject: NameId {
            value: "s1".to_owned(),
            format: Some(FORMAT_PERSISTENT.to_owned()),
            name_qualifier: None,
            sp_name_qualifier: None,
        },
        recipient: acs.clone(),
        in_response_to: Some(desk.nonce.map_or_else(|| asked.id.clone(), str::to_owned)),
        audience: asked.issuer.clone(),
        not_on_or_after: now.plus(std::time::Duration::from_secs(60)),
        authn_instant: now,
        class_ref: "urn:x".to_owned(),
        session_index: None,
        session_not_on_or_after: None,
        authenticating_authorities: vec!["https://idp.fabrikam.example/saml".to_owned()],
        attributes: vec![(
            "urn:oid:2.16.840.1.113730.3.1.241".to_owned(),
            vec![(*desk.person.lock().unwrap()).to_owned()],
        )],
        formatted: Vec::new(),
    };
    let response = ResponseDescription {
        id: "_r".to_owned(),
        issue_instant: now,
        issuer: format!("{}/saml/idp", desk.url),
        destination: acs.clone(),
        in_response_to: Some(asked.id.clone()),
        status: Status { top: SUCCESS.to_owned(), second: None, message: None },
    };
    let algorithm = desk.saml.default_algorithm();
    let to_sign = assertion.to_sign(SignedWith { algorithm, certificate: None }).unwrap();
    let signature = desk.saml.sign(algorithm, to_sign.signed_info()).unwrap();
    let value = base64(response.unsigned(Some(&to_sign.finish(&signature))).unwrap());
    format!(
        "<form method=post action=\"{acs}\"><input type=hidden name=SAMLResponse value=\"{value}\">\
         <input type=hidden name=RelayState value=\"{relay_state}\"><button>Continue</button></form>"
    )
}

async fn token(State(desk): Handle) -> Json<Value> {
    let asked = desk.asked.lock().unwrap().clone();
    let client_id = asked.one("client_id").unwrap().unwrap();
    let (alg, key) = if client_id == "travel" { ("ES256", &desk.p256) } else { ("RS256", &desk.rsa) };
    let now = SystemClock.now().seconds();
    let nonce = desk.nonce.or(asked.one("nonce").unwrap());
    let claims = json!({
        "iss": desk.url, "aud": client_id, "sub": "s1", "name": *desk.person.lock().unwrap(), "email": "ana@fabrikam.example", "amr": ["pwd", "mfa"],
        "iat": now, "nbf": now, "exp": now + 60, "nonce": nonce, "at_hash": at_hash("access"),
        "idp": "https://idp.fabrikam.example/saml", "acct": 1, "ver": "2.0"
    });
    let header = json!({ "alg": alg, "kid": alg });
    let message = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
    let signature = key.sign(key.default_algorithm(), message.as_bytes()).unwrap();
    Json(
        json!({ "access_token": "access", "token_type": "Bearer", "id_token": format!("{message}.{}", base64url(signature)) }),
    )
}

async fn jwks(State(desk): Handle) -> Json<Value> {
    let public = |key: &SigningKey| PublicKey::from_spki(&key.spki().unwrap()).unwrap();
    let (rsa, p256) = (public(&desk.rsa), public(&desk.p256));
    let ((n, e), (x, y)) = (rsa.rsa_parts().unwrap(), p256.p256_parts().unwrap());
    Json(json!({ "keys": [
        { "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "RS256", "n": base64url(n), "e": base64url(e) },
        { "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "ES256", "x": base64url(x), "y": base64url(y) },
    ] }))
}
