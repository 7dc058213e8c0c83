//! The walk of one sign-in through an OIDC partner.

use entente::domain::partners::{Credential, Trust};

use crate::support::gateway::{Gateway, PAYROLL_CALLBACK};
use crate::support::journey::{Tokens, granted};
use crate::support::provider::{Provider, wen};
use crate::support::stores::on_both_stores;

use super::open;

on_both_stores! {
    async fn the_partner_is_asked_with_pkce_state_and_nonce_at_an_address_of_its_own(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let provider = Provider::start(&gateway).await;
        let id = provider.add(&gateway, "woodgrove", |_| ()).await;
        let handle = gateway.services.directory.partner(id).await.unwrap().unwrap().handle.clone();
        let question = provider.ask(&gateway, &mut gateway.client(), "woodgrove", &[]).await;
        let expected = format!("{}/oidc/rp/callback/{handle}", gateway.url);
        assert_eq!(question.param("redirect_uri"), Some(expected));
        assert_eq!(question.param("scope").as_deref(), Some("openid profile email"));
        for absent in ["prompt", "max_age", "acr_values", "login_hint"] {
            assert_eq!(question.param(absent), None, "{absent}");
        }
        let other = provider.ask(&gateway, &mut gateway.client(), "woodgrove", &[]).await;
        for fresh in ["state", "nonce", "code_challenge"] {
            assert_ne!(question.param(fresh), other.param(fresh), "{fresh}");
        }
        // Documents are read once for both.
        assert_eq!((provider.asked("discovery"), provider.asked("jwks")), (1, 1));
    }

    async fn a_sign_in_ends_at_the_app_with_the_partners_person(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let mut client = gateway.client();
        let page = provider.sign_in(&gateway, &mut client, "woodgrove", &wen()).await;
        assert_eq!(page.status, 303, "{}", page.body);
        assert!(page.location().starts_with(&format!("{PAYROLL_CALLBACK}?")), "{}", page.location());
        let tokens = Tokens::of(&gateway.redeem(&granted(&page)).await);
        let claims = gateway.claims(&tokens.id, "payroll").await;
        assert_eq!(claims["idp"], provider.issuer());
        assert_eq!(claims["email"], "wen@woodgrove.example");
        assert_eq!((&claims["name"], &claims["acct"]), (&"Wen Wood".into(), &1.into()));
        assert_eq!(claims["auth_time"], gateway.now().seconds());
        // The token says the address, so that nobody is asked for it.
        assert_eq!(provider.asked("userinfo"), 0);
        // The same person again is the same account; the session answers without the partner.
        let again = gateway.client();
        let page = provider.sign_in(&gateway, &mut again.clone(), "woodgrove", &wen()).await;
        let other = Tokens::of(&gateway.redeem(&granted(&page)).await);
        assert_eq!(gateway.claims(&other.id, "payroll").await["oid"], claims["oid"]);
        let page = client.get(&gateway.authorize(&[])).await;
        granted(&page);
        assert_eq!(provider.asked("token"), 2);
    }

    async fn each_way_of_proving_ourselves_is_accepted(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.alter_app(&gateway.services, gateway.payroll, |app| {
            app.assignment = entente::domain::apps::Assignment::Everyone;
        }).await;
        for (slug, alter) in [
            ("post", (|secret| Credential::SecretPost(secret)) as fn(Vec<u8>) -> Credential),
            ("basic", Credential::SecretBasic),
            ("jwt", |_| Credential::PrivateKeyJwt),
        ] {
            let provider = Provider::start(&gateway).await;
            provider.add(&gateway, slug, |partner| {
                let Trust::Oidc(trust) = &mut partner.trust else { panic!("not OIDC") };
                let Credential::SecretBasic(secret) = &trust.credential else { panic!("another credential") };
                trust.credential = alter(secret.clone());
            }).await;
            let person = serde_json::json!({"sub": slug, "email": format!("wen@{slug}.example")});
            let page = provider.sign_in(&gateway, &mut gateway.client(), slug, &person).await;
            granted(&page);
        }
    }

    async fn userinfo_is_asked_where_the_token_says_no_address(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        provider.alter(|manner| manner.claims = serde_json::json!({"email": null, "email_verified": null, "name": null}));
        let page = provider.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await;
        let tokens = Tokens::of(&gateway.redeem(&granted(&page)).await);
        let claims = gateway.claims(&tokens.id, "payroll").await;
        assert_eq!((&claims["email"], &claims["name"]), (&"wen@woodgrove.example".into(), &"Wen Wood".into()));
        assert_eq!(provider.asked("userinfo"), 1);
    }
}
