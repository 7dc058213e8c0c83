//! Apps that prove themselves by tokens that they sign.

use entente::base::encoding::base64url;
use entente::domain::apps::{ClientKeys, Confidentiality};
use entente::keys::signing::{SignatureAlgorithm, SigningKey};
use serde_json::{Value, json};

use crate::support::client::Page;
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, PAYROLL_SECRET, oidc};
use crate::support::journey::{Tokens, assert_invalid_grant, granted};
use crate::support::partner::Person;
use crate::support::provider::jwks_of;
use crate::support::stores::on_both_stores;

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An app's key, and what it has signed.
struct Signer(SigningKey);

impl Signer {
    /// Gives the confidential app a key of its own in the place of its secret.
    async fn of_payroll(gateway: &Gateway) -> Self {
        let key = SigningKey::generate_rsa().unwrap();
        let keys = ClientKeys::register(jwks_of(&[("k", &key)]).to_string()).unwrap();
        let alter = |app: &mut _| oidc(app).confidentiality = Confidentiality::Keys(keys);
        gateway.alter_app(&gateway.services, gateway.payroll, alter).await;
        Self(key)
    }

    fn claims(gateway: &Gateway, id: &str) -> Value {
        let exp = gateway.now().seconds() + 60;
        json!({"iss": "payroll", "sub": "payroll", "aud": gateway.url, "exp": exp, "jti": id})
    }

    fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": "RS256", "kid": "k"});
        let input = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
        let signature = self.0.sign(SignatureAlgorithm::RsaSha256, input.as_bytes()).unwrap();
        format!("{input}.{}", base64url(signature))
    }
}

async fn redeem(gateway: &Gateway, code: &str, assertion: &str) -> Page {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", PAYROLL_CALLBACK),
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion),
    ];
    gateway.client().post("/oidc/token", &form).await
}

fn assert_invalid_client(page: &Page) {
    assert_eq!((page.status, page.json()["error"].as_str()), (401, Some("invalid_client")), "{}", page.body);
}

on_both_stores! {
    async fn an_assertion_is_good_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let signer = Signer::of_payroll(&gateway).await;
        let mut client = gateway.client();
        let code = granted(&gateway.sign_in(&mut client, &Person::ana()).await);
        let assertion = signer.sign(&Signer::claims(&gateway, "1"));
        Tokens::of(&redeem(&gateway, &code, &assertion).await);
        let second = granted(&client.get(&gateway.authorize(&[])).await);
        assert_invalid_client(&redeem(&gateway, &second, &assertion).await);
        // Nor where nothing came of it.
        let spent = signer.sign(&Signer::claims(&gateway, "2"));
        assert_invalid_grant(&redeem(&gateway, "unknown", &spent).await);
        assert_invalid_client(&redeem(&gateway, &second, &spent).await);
        let third = Signer::claims(&gateway, "3");
        Tokens::of(&redeem(&gateway, &second, &signer.sign(&third)).await);
    }

    async fn the_audience_is_our_issuer_or_token_endpoint_as_one_text(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let signer = Signer::of_payroll(&gateway).await;
        let mut client = gateway.client();
        granted(&gateway.sign_in(&mut client, &Person::ana()).await);
        let endpoint = format!("{}/oidc/token", gateway.url);
        for (id, audience, is_good) in [
            ("1", json!(endpoint), true),
            ("2", json!([gateway.url]), false),
            ("3", json!([gateway.url, "https://other.example"]), false),
            ("4", json!("https://other.example"), false),
            ("5", json!(format!("{}/", gateway.url)), false),
        ] {
            let code = granted(&client.get(&gateway.authorize(&[])).await);
            let mut claims = Signer::claims(&gateway, id);
            claims["aud"] = audience;
            let page = redeem(&gateway, &code, &signer.sign(&claims)).await;
            assert_eq!(page.status == 200, is_good, "{claims} {}", page.body);
        }
    }

    async fn nobody_else_is_believed(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let signer = Signer::of_payroll(&gateway).await;
        let mut client = gateway.client();
        let code = granted(&gateway.sign_in(&mut client, &Person::ana()).await);
        let stranger = Signer(SigningKey::generate_rsa().unwrap());
        assert_invalid_client(&redeem(&gateway, &code, &stranger.sign(&Signer::claims(&gateway, "1"))).await);
        let mut travel = Signer::claims(&gateway, "2");
        (travel["iss"], travel["sub"]) = (json!("travel"), json!("travel"));
        assert_invalid_client(&redeem(&gateway, &code, &signer.sign(&travel)).await);
        // The secret that it had, or nothing, proves nothing any more.
        assert_invalid_client(&gateway.redeem(&code).await);
        let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", PAYROLL_CALLBACK)];
        let bare = [&form[..], &[("client_id", "payroll")]].concat();
        assert_invalid_client(&gateway.client().post("/oidc/token", &bare).await);
        Tokens::of(&redeem(&gateway, &code, &signer.sign(&Signer::claims(&gateway, "1"))).await);
    }

    async fn an_app_with_a_secret_cannot_sign_instead(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let signer = Signer::of_payroll(&gateway).await;
        let secret = entente::flows::token::app_secret_mac(
            &gateway.services.sealer,
            "payroll",
            &entente::base::secret::SecretText::new(PAYROLL_SECRET.to_owned()),
        );
        let back = |app: &mut _| oidc(app).confidentiality = Confidentiality::Secret { mac: secret.to_vec() };
        gateway.alter_app(&gateway.services, gateway.payroll, back).await;
        let code = granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        assert_invalid_client(&redeem(&gateway, &code, &signer.sign(&Signer::claims(&gateway, "1"))).await);
        Tokens::of(&gateway.redeem(&code).await);
    }
}
