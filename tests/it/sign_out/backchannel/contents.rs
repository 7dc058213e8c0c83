//! What a logout token says.

use entente::domain::apps::IdTokenAlgorithm;
use serde_json::json;

use super::told;
use crate::support::gateway::{Gateway, address, oidc};
use crate::support::notified::Notified;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn a_logout_token_says_what_the_standard_asks_for_and_nothing_else(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let payroll = Notified::of(&gateway, gateway.payroll).await;
        for (algorithm, name) in [(IdTokenAlgorithm::Rs256, "RS256"), (IdTokenAlgorithm::Es256, "ES256")] {
            let alter = |app: &mut _| oidc(app).id_token_algorithm = algorithm;
            gateway.alter_app(&gateway.services, gateway.payroll, alter).await;
            let (mut client, tokens) = gateway.ana_signed_in().await;
            let id = gateway.claims(&tokens.id, "payroll").await;
            client.get(&address("/oidc/logout", &[("id_token_hint", &tokens.id)])).await;
            assert_eq!(gateway.send_notices().await, told(1));
            let got = payroll.got().pop().unwrap();
            let header = jsonwebtoken::decode_header(&got).unwrap();
            assert_eq!((header.typ.as_deref(), format!("{:?}", header.alg)), (Some("logout+jwt"), name.to_owned()));
            // The signature is verified with the published keys, issuer and audience with it.
            let mut claims = gateway.claims(&got, "payroll").await;
            let jti = claims.as_object_mut().unwrap().remove("jti").unwrap();
            assert!(jti.as_str().is_some_and(|jti| jti.len() >= 22), "{jti}");
            let now = gateway.now().seconds();
            assert_eq!(
                claims,
                json!({
                    "iss": gateway.url, "aud": "payroll", "sub": id["sub"], "sid": id["sid"],
                    "iat": now, "exp": now + 120,
                    "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
                })
            );
            // It is no ID token: it ends nothing as a hint.
            let page = gateway.client().get(&address("/oidc/logout", &[("id_token_hint", &got)])).await;
            assert_eq!((page.status, page.refusal_code()), (400, Some("BAD_REQUEST")));
        }
    }

    async fn discovery_says_that_apps_are_told(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let document = gateway.client().get("/.well-known/openid-configuration").await.json();
        assert_eq!(document["backchannel_logout_supported"], true);
        assert_eq!(document["backchannel_logout_session_supported"], true);
    }
}
