//! Keys of apps that are fetched: taken when they are needed and about once an hour, kept while their source is down.

use entente::base::encoding::base64url;
use entente::keys::signing::SignatureAlgorithm;
use serde_json::json;

use super::*;
use crate::support::client::Page;
use crate::support::provider::jwks_of;
use crate::support::source::Says;
use crate::support::stores::on_both_stores;

const MINUTE: Duration = Duration::from_secs(60);

fn robot_at(url: &str) -> String {
    format!(
        "[[app]]\nslug = 'robot'\n[app.oidc]\nclient_id = 'robot'\njwks_uri = '{url}'\n\
         grant_types = ['client_credentials']\n"
    )
}

/// Asks for a token with an assertion by `key`.
async fn ask(gateway: &Gateway, kid: &str, key: &SigningKey, id: &str) -> Page {
    let exp = gateway.now().seconds() + 60;
    let claims = json!({"iss": "robot", "sub": "robot", "aud": gateway.url, "exp": exp, "jti": id});
    let header = json!({"alg": "RS256", "kid": kid});
    let input = format!("{}.{}", base64url(header.to_string()), base64url(claims.to_string()));
    let signature = key.sign(SignatureAlgorithm::RsaSha256, input.as_bytes()).unwrap();
    let assertion = format!("{input}.{}", base64url(signature));
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &assertion),
    ];
    gateway.client().post("/oidc/token", &form).await
}

fn jwks(keys: &[(&str, &SigningKey)]) -> String {
    jwks_of(keys).to_string()
}

fn assert_refused(page: &Page) {
    assert_eq!((page.status, page.json()["error"].as_str()), (401, Some("invalid_client")), "{}", page.body);
}

on_both_stores! {
    async fn keys_of_an_app_are_fetched_when_one_is_not_known_and_at_most_once_a_minute(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let source = Source::start(jwks(&[("k1", &keys::partner())])).await;
        applied(&gateway, &robot_at(&source.url)).await;
        assert_eq!(source.asked().0, 0);
        assert_eq!(ask(&gateway, "k1", &keys::partner(), "1").await.status, 200);
        assert_eq!(source.asked().0, 1);
        assert_refused(&ask(&gateway, "k1", &keys::stranger(), "2").await);

        source.publish(jwks(&[("k2", &keys::stranger())]));
        for id in ["3", "4"] {
            assert_refused(&ask(&gateway, "k2", &keys::stranger(), id).await);
        }
        assert_eq!(source.asked().0, 1, "it was read this very minute");
        gateway.clock.advance(MINUTE);
        assert_eq!(ask(&gateway, "k2", &keys::stranger(), "5").await.status, 200);
        assert_eq!(source.asked().0, 2);
        // The one that has left the document is refused.
        assert_refused(&ask(&gateway, "k1", &keys::partner(), "6").await);
        // Applying the same again fetches nothing and forgets nothing.
        applied(&gateway, &robot_at(&source.url)).await;
        assert_eq!(ask(&gateway, "k2", &keys::stranger(), "7").await.status, 200);
        assert_eq!(source.asked().0, 2);
        let changes = audited(&gateway, "metadata_changed").await;
        assert_eq!(changes.iter().map(|change| detail(change, "fields")).collect::<Vec<_>>(), ["keys", "keys"]);
    }

    async fn keys_of_an_app_are_polled_and_the_last_good_ones_stay(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let source = Source::start(jwks(&[("k1", &keys::partner())])).await;
        poll_after(&gateway, HOUR).await;
        applied(&gateway, &robot_at(&source.url)).await;
        assert_eq!(poll_after(&gateway, Duration::ZERO).await, CHANGED);
        let good = async |id: &str| ask(&gateway, "k1", &keys::partner(), id).await.status == 200;
        assert!(good("1").await);
        for (id, says) in [
            ("2", Says::Status(500)),
            ("3", Says::Html),
            ("4", Says::Document(String::new())),
            ("5", Says::Document("{\"keys\":[]}".to_owned())),
            ("6", Says::Document(jwks(&[("k1", &keys::partner())]).replace("\"e\":", "\"d\":\"AQ\",\"e\":"))),
            ("7", Says::Redirect(source.url.clone())),
            ("8", Says::Endless),
        ] {
            source.say(says);
            assert_eq!(poll_after(&gateway, HOUR).await.failed, 1, "{id}");
            assert!(good(id).await, "{id}");
        }
        source.publish(jwks(&[("k1", &keys::stranger())]));
        assert_eq!(poll_after(&gateway, HOUR).await, CHANGED);
        assert!(!good("9").await);
    }

    async fn keys_of_an_app_are_fetched_from_the_web_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for url in ["file:///etc/passwd", "data:application/json,{}", "ftp://a.example/", "a.example/k", "https://u@a.example/"] {
            let faults = apply_as(&gateway.services, &robot_at(url), Mode::Write).await.unwrap_err();
            let expected = "`jwks_uri`: must be an https address without user name and fragment, at most 2048 bytes long";
            assert!(faults.iter().any(|fault| fault.contains(expected)), "{url} {faults:?}");
        }
        for url in ["https://169.254.169.254/latest/meta-data", "http://10.0.0.1/jwks", "https://[fe80::1]/jwks"] {
            applied(&gateway, &robot_at(url)).await;
            let id = app_id(&gateway, "robot").await;
            let actor = entente::domain::audit::Actor::System;
            let outcome = refresh(&gateway.services, Owner::App(id), &actor, gateway.now()).await.unwrap();
            let Outcome::Failed(trouble) = outcome else { panic!("{url} {outcome:?}") };
            assert_eq!(trouble.cause, "metadata_no_answer", "{url}");
        }
    }
}
