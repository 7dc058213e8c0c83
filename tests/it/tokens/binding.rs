//! What binds a redemption to its request: redirect URI and PKCE.

use entente::domain::apps::{ApplicationType, PkceRule, RequestRule};

use crate::support::client::Page;
use crate::support::gateway::{CHALLENGE, Gateway, PAYROLL_CALLBACK, PAYROLL_SECRET, TRAVEL_CALLBACK, VERIFIER, oidc};
use crate::support::journey::{Tokens, assert_invalid_grant, granted};
use crate::support::stores::on_both_stores;

/// Redeems as the confidential app with these fields beside grant type and credentials.
async fn redeem(gateway: &Gateway, fields: &[(&str, &str)]) -> Page {
    let base = [("grant_type", "authorization_code"), ("client_id", "payroll"), ("client_secret", PAYROLL_SECRET)];
    gateway.client().post("/oidc/token", &[&base, fields].concat()).await
}

async fn redeem_travel(gateway: &Gateway, fields: &[(&str, &str)]) -> Page {
    let base = [("grant_type", "authorization_code"), ("client_id", "travel"), ("redirect_uri", TRAVEL_CALLBACK)];
    gateway.client().post("/oidc/token", &[&base, fields].concat()).await
}

fn error(page: &Page) -> (u16, Option<String>) {
    (page.status, page.json()["error"].as_str().map(str::to_owned))
}

fn invalid_request() -> (u16, Option<String>) {
    (400, Some("invalid_request".to_owned()))
}

on_both_stores! {
    async fn the_redirect_uri_is_the_one_of_the_request(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        for wrong in [TRAVEL_CALLBACK, "http://localhost:9/payroll/callback/", "http://LOCALHOST:9/payroll/callback"] {
            assert_invalid_grant(&redeem(&gateway, &[("code", &code), ("redirect_uri", wrong)]).await);
        }
        assert_eq!(error(&redeem(&gateway, &[("code", &code)]).await), invalid_request());
        // What was refused has not spent the code.
        Tokens::of(&redeem(&gateway, &[("code", &code), ("redirect_uri", PAYROLL_CALLBACK)]).await);
    }

    async fn a_public_app_must_ask_with_a_challenge_by_s256(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for (challenge, method) in [("", ""), ("", "S256"), (CHALLENGE, ""), (CHALLENGE, "plain"), ("short", "S256")] {
            let more = [("code_challenge", challenge), ("code_challenge_method", method)];
            let page = gateway.client().get(&gateway.authorize_travel(&more)).await;
            assert_eq!(page.param("error").as_deref(), Some("invalid_request"), "{challenge} {method}");
            assert_eq!(page.param("state").as_deref(), Some("state-2"));
        }
    }

    async fn a_confidential_app_may_leave_pkce_out_unless_its_record_says_otherwise(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        granted(&client.get(&gateway.authorize(&[])).await);
        gateway.alter_app(&gateway.services, gateway.payroll, |app| oidc(app).pkce = PkceRule::Required).await;
        gateway.services.directory.forget();
        let page = client.get(&gateway.authorize(&[])).await;
        assert_eq!(page.param("error").as_deref(), Some("invalid_request"), "{}", page.location());
        let more = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
        granted(&client.get(&gateway.authorize(&more)).await);
    }

    async fn plain_is_refused_of_every_app(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let more = [("code_challenge", VERIFIER), ("code_challenge_method", "plain")];
        let page = gateway.client().get(&gateway.authorize(&more)).await;
        assert_eq!(page.param("error").as_deref(), Some("invalid_request"), "{}", page.location());
    }

    async fn a_code_keeps_the_rules_that_its_app_has_by_now(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        let fields = [("code", code.as_str()), ("redirect_uri", PAYROLL_CALLBACK)];
        let set = async |pkce, requests| {
            let alter = |app: &mut entente::domain::apps::App| { oidc(app).pkce = pkce; oidc(app).requests = requests; };
            gateway.alter_app(&gateway.services, gateway.payroll, alter).await;
        };
        set(PkceRule::Required, RequestRule::Any).await;
        assert_invalid_grant(&redeem(&gateway, &fields).await);
        set(PkceRule::Optional, RequestRule::Pushed).await;
        assert_invalid_grant(&redeem(&gateway, &fields).await);
        set(PkceRule::Optional, RequestRule::Any).await;
        Tokens::of(&redeem(&gateway, &fields).await);
    }

    async fn a_challenge_is_met_by_its_verifier_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize_travel(&[])).await);
        assert_invalid_grant(&redeem_travel(&gateway, &[("code", &code)]).await);
        assert_invalid_grant(&redeem_travel(&gateway, &[("code", &code), ("code_verifier", "")]).await);
        for wrong in [CHALLENGE, &"v".repeat(43), &VERIFIER.to_lowercase()] {
            assert_invalid_grant(&redeem_travel(&gateway, &[("code", &code), ("code_verifier", wrong)]).await);
        }
        let malformed = redeem_travel(&gateway, &[("code", &code), ("code_verifier", "short")]).await;
        assert_eq!(error(&malformed), invalid_request());
        Tokens::of(&redeem_travel(&gateway, &[("code", &code), ("code_verifier", VERIFIER)]).await);
    }

    async fn a_verifier_without_a_challenge_is_refused(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        let fields = [("code", code.as_str()), ("redirect_uri", PAYROLL_CALLBACK), ("code_verifier", VERIFIER)];
        assert_invalid_grant(&redeem(&gateway, &fields).await);
    }

    async fn a_challenge_of_a_confidential_app_counts_too(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let more = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
        let code = granted(&client.get(&gateway.authorize(&more)).await);
        assert_invalid_grant(&redeem(&gateway, &[("code", &code), ("redirect_uri", PAYROLL_CALLBACK)]).await);
        let fields = [("code", code.as_str()), ("redirect_uri", PAYROLL_CALLBACK), ("code_verifier", VERIFIER)];
        Tokens::of(&redeem(&gateway, &fields).await);
    }

    async fn other_grants_are_not_supported(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for grant in ["implicit", "urn:ietf:params:oauth:grant-type:device_code", "password"] {
            let form = [("grant_type", grant), ("client_id", "payroll"), ("client_secret", PAYROLL_SECRET)];
            let page = gateway.client().post("/oidc/token", &form).await;
            assert_eq!(error(&page), (400, Some("unsupported_grant_type".to_owned())), "{grant}");
        }
    }

    async fn a_native_app_takes_its_code_at_the_port_that_it_chose(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let registered = ["http://127.0.0.1/cb", "http://[::1]/cb", "http://localhost:5000/cb"].map(str::to_owned);
        let alter = |kind| {
            let registered = registered.to_vec();
            move |app: &mut entente::domain::apps::App| {
                oidc(app).application_type = kind;
                oidc(app).redirect_uris = registered;
            }
        };
        gateway.alter_app(&gateway.services, gateway.travel, alter(ApplicationType::Native)).await;
        gateway.services.directory.forget();
        for chosen in ["http://127.0.0.1:51004/cb", "http://[::1]:51004/cb"] {
            let code = granted(&client.get(&gateway.authorize_travel(&[("redirect_uri", chosen)])).await);
            let redeem = async |uri: &str| {
                let form = [
                    ("grant_type", "authorization_code"),
                    ("client_id", "travel"),
                    ("code", &code),
                    ("redirect_uri", uri),
                    ("code_verifier", VERIFIER),
                ];
                gateway.client().post("/oidc/token", &form).await
            };
            assert_invalid_grant(&redeem(&chosen.replace("51004", "51005")).await);
            Tokens::of(&redeem(chosen).await);
        }
        let ask = |uri| gateway.authorize_travel(&[("redirect_uri", uri)]);
        // A name may lead elsewhere, so its port is compared.
        let page = client.get(&ask("http://localhost:5001/cb")).await;
        assert_eq!(page.refusal_code(), Some("REDIRECT_URI_REFUSED"), "{}", page.body);
        granted(&client.get(&ask("http://localhost:5000/cb")).await);
        gateway.alter_app(&gateway.services, gateway.travel, alter(ApplicationType::Web)).await;
        gateway.services.directory.forget();
        let page = client.get(&ask("http://127.0.0.1:51004/cb")).await;
        assert_eq!(page.refusal_code(), Some("REDIRECT_URI_REFUSED"), "{}", page.body);
        granted(&client.get(&ask("http://127.0.0.1/cb")).await);
    }
}
