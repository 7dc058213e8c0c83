//! Apps that keep the FAPI 2.0 Security Profile.

use std::time::Duration;

use entente::base::encoding::base64url;
use entente::domain::apps::grant_types::{GrantType, GrantTypes};
use entente::domain::apps::token_rules::{Profile, TokenBinding};
use entente::domain::apps::{ClientKeys, Confidentiality, IdTokenAlgorithm, PkceRule, RequestRule};
use entente::keys::public::PublicKey;
use entente::keys::signing::{SignatureAlgorithm, SigningKey};
use serde_json::{Value, json};

use crate::support::client::{Client, Page};
use crate::support::gateway::{CHALLENGE, Gateway, PAYROLL_CALLBACK, VERIFIER, address, oidc};
use crate::support::journey::{Tokens, assert_invalid_grant, granted};
use crate::support::keys;
use crate::support::partner::Person;
use crate::support::possession::Holder;
use crate::support::renewing::refresh_token;
use crate::support::stores::on_both_stores;

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const TOKEN: &str = "/oidc/token";
const ASKED: [(&str, &str); 7] = [
    ("redirect_uri", PAYROLL_CALLBACK),
    ("response_type", "code"),
    ("scope", "openid"),
    ("state", "state-1"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
    ("domain_hint", "fabrikam"),
];

/// The app's key for assertions, and the one of its tokens.
struct App {
    key: SigningKey,
    holder: Holder,
    count: std::sync::atomic::AtomicU32,
}

impl App {
    async fn of_payroll(gateway: &Gateway) -> Self {
        let key = SigningKey::generate_p256().unwrap();
        let public = PublicKey::from_spki(&key.spki().unwrap()).unwrap();
        let (x, y) = public.p256_parts().unwrap();
        let rsa = PublicKey::from_spki(&keys::stranger().spki().unwrap()).unwrap();
        let (n, e) = rsa.rsa_parts().unwrap();
        let jwks = json!({"keys": [
            {"kty": "EC", "crv": "P-256", "kid": "k", "x": base64url(x), "y": base64url(y)},
            {"kty": "RSA", "kid": "r", "n": base64url(n), "e": base64url(e)},
        ]});
        let alter = |app: &mut _| {
            let oidc = oidc(app);
            oidc.confidentiality = Confidentiality::Keys(ClientKeys::register(jwks.to_string()).unwrap());
            oidc.id_token_algorithm = IdTokenAlgorithm::Es256;
            oidc.pkce = PkceRule::Required;
            oidc.requests = RequestRule::Pushed;
            oidc.grants = GrantTypes::STANDARD.with(GrantType::RefreshToken);
            oidc.tokens.binding = TokenBinding::Required;
            oidc.tokens.profile = Profile::Fapi2;
        };
        gateway.alter_app(&gateway.services, gateway.payroll, alter).await;
        gateway.services.directory.forget();
        Self { key, holder: Holder::new(), count: Default::default() }
    }

    fn assertion(&self, gateway: &Gateway, aud: Value) -> String {
        let id = self.count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let exp = gateway.now().seconds() + 60;
        let claims = json!({"iss": "payroll", "sub": "payroll", "aud": aud, "exp": exp, "jti": id.to_string()});
        let input = format!("{}.{}", base64url(r#"{"alg":"ES256","kid":"k"}"#), base64url(claims.to_string()));
        let signature = self.key.sign(SignatureAlgorithm::EcdsaP256Sha256, input.as_bytes()).unwrap();
        format!("{input}.{}", base64url(signature))
    }

    /// The same by RS256, which the profile does not take.
    fn weak_assertion(gateway: &Gateway) -> String {
        let exp = gateway.now().seconds() + 60;
        let claims = json!({"iss": "payroll", "sub": "payroll", "aud": gateway.url, "exp": exp, "jti": "weak"});
        let input = format!("{}.{}", base64url(r#"{"alg":"RS256","kid":"r"}"#), base64url(claims.to_string()));
        let signature = keys::stranger().sign(SignatureAlgorithm::RsaSha256, input.as_bytes()).unwrap();
        format!("{input}.{}", base64url(signature))
    }

    async fn post_as(&self, gateway: &Gateway, path: &str, assertion: &str, parts: &[&[(&str, &str)]]) -> Page {
        let proof = [("client_assertion_type", TYPE), ("client_assertion", assertion)];
        self.holder.post(gateway, path, &[&[&proof[..]], parts].concat()).await
    }

    async fn post(&self, gateway: &Gateway, path: &str, parts: &[&[(&str, &str)]]) -> Page {
        self.post_as(gateway, path, &self.assertion(gateway, json!(gateway.url)), parts).await
    }

    /// A whole sign-in up to the answer to the app.
    async fn signed_in(&self, gateway: &Gateway, client: &mut Client) -> Page {
        let page = self.post(gateway, "/oidc/par", &[&ASKED]).await;
        assert_eq!(page.status, 201, "{}", page.body);
        let uri = page.json()["request_uri"].as_str().unwrap().to_owned();
        let url = address("/oidc/authorize", &[("client_id", "payroll"), ("request_uri", &uri)]);
        let request = gateway.ask(client, &url).await;
        gateway.post(client, &request, &gateway.answer(&request, &Person::ana())).await
    }
}

fn redeeming(code: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", PAYROLL_CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

fn error(page: &Page) -> Option<String> {
    page.json()["error"].as_str().map(str::to_owned)
}

on_both_stores! {
    async fn the_whole_profile_holds_for_a_sign_in(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = App::of_payroll(&gateway).await;
        let mut client = gateway.client();
        let page = app.signed_in(&gateway, &mut client).await;
        assert_eq!(page.param("iss").as_deref(), Some(gateway.url.as_str()));
        let code = granted(&page);
        let first = app.post(&gateway, TOKEN, &[&redeeming(&code)]).await;
        let tokens = Tokens::of(&first);
        assert_eq!(first.json()["token_type"], "DPoP");
        assert_eq!(jsonwebtoken::decode_header(&tokens.id).unwrap().alg, jsonwebtoken::Algorithm::ES256);
        assert_eq!(app.holder.userinfo(&gateway, &tokens.access).await.status, 200);
        // The refresh token stays the same.
        let token = refresh_token(&first);
        for _ in 0..2 {
            let renewing = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
            let page = app.post(&gateway, TOKEN, &[&renewing]).await;
            Tokens::of(&page);
            assert_eq!(page.json().get("refresh_token"), None, "{}", page.body);
        }
    }

    async fn a_request_is_pushed_with_a_challenge(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = App::of_payroll(&gateway).await;
        let page = gateway.client().get(&gateway.authorize(&[("code_challenge", CHALLENGE), ("code_challenge_method", "S256")])).await;
        assert_eq!(page.param("error").as_deref(), Some("invalid_request"), "{}", page.location());
        for (name, value) in [
            ("code_challenge", ""),
            ("code_challenge_method", "plain"),
            ("response_type", "token"),
            ("redirect_uri", "http://localhost:9/payroll/callback/"),
            ("redirect_uri", ""),
        ] {
            let mut asked = ASKED.to_vec();
            asked.iter_mut().filter(|(known, _)| *known == name).for_each(|pair| pair.1 = value);
            let page = app.post(&gateway, "/oidc/par", &[&asked]).await;
            assert_eq!(page.status, 400, "{name} {value} {}", page.body);
        }
        assert_eq!(app.post(&gateway, "/oidc/par", &[&ASKED]).await.status, 201);
    }

    async fn what_the_app_signs_is_strong_and_for_the_issuer_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = App::of_payroll(&gateway).await;
        let token_endpoint = format!("{}{TOKEN}", gateway.url);
        for assertion in [
            app.assertion(&gateway, json!(token_endpoint)),
            app.assertion(&gateway, json!(format!("{}/oidc/par", gateway.url))),
            app.assertion(&gateway, json!([gateway.url])),
            App::weak_assertion(&gateway),
        ] {
            let page = app.post_as(&gateway, "/oidc/par", &assertion, &[&ASKED]).await;
            assert_eq!(error(&page).as_deref(), Some("invalid_client"), "{}", page.body);
        }
        let good = app.assertion(&gateway, json!(gateway.url));
        assert_eq!(app.post_as(&gateway, "/oidc/par", &good, &[&ASKED]).await.status, 201);
    }

    async fn a_code_lives_a_minute_and_brings_bound_tokens_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = App::of_payroll(&gateway).await;
        let code = granted(&app.signed_in(&gateway, &mut gateway.client()).await);
        let assertion = app.assertion(&gateway, json!(gateway.url));
        let proof = [("client_assertion_type", TYPE), ("client_assertion", assertion.as_str())];
        let bare = gateway.at_desk(TOKEN, &[&proof, &redeeming(&code)]).await;
        assert_eq!(error(&bare).as_deref(), Some("invalid_dpop_proof"), "{}", bare.body);
        gateway.clock.advance(Duration::from_secs(59));
        Tokens::of(&app.post(&gateway, TOKEN, &[&redeeming(&code)]).await);
        let code = granted(&app.signed_in(&gateway, &mut gateway.client()).await);
        gateway.clock.advance(Duration::from_secs(60));
        assert_invalid_grant(&app.post(&gateway, TOKEN, &[&redeeming(&code)]).await);
    }
}
