//! Tokens that are bound to a key (DPoP, RFC 9449).

use entente::domain::apps::Confidentiality;
use entente::domain::apps::grant_types::{GrantType, GrantTypes};
use entente::domain::apps::token_rules::TokenBinding;
use entente::flows::upkeep::sweep;

use crate::support::client::Page;
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, TRAVEL_CALLBACK, VERIFIER, address, oidc};
use crate::support::journey::{Tokens, assert_invalid_grant, assert_invalid_token, granted};
use crate::support::partner::Person;
use crate::support::possession::{Holder, shown};
use crate::support::renewing::{AS_PAYROLL, AS_TRAVEL, refresh_token};
use crate::support::stores::on_both_stores;

const TOKEN: &str = "/oidc/token";

async fn redeem(gateway: &Gateway, holder: &Holder, code: &str) -> Page {
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", PAYROLL_CALLBACK)];
    holder.post(gateway, TOKEN, &[&AS_PAYROLL, &form]).await
}

async fn redeem_travel(gateway: &Gateway, holder: &Holder, code: &str) -> Page {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", TRAVEL_CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    holder.post(gateway, TOKEN, &[&AS_TRAVEL, &form]).await
}

async fn renew(gateway: &Gateway, holder: &Holder, who: &[(&str, &str)], token: &str) -> Page {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    holder.post(gateway, TOKEN, &[who, &form]).await
}

fn assert_invalid_proof(page: &Page) {
    assert_eq!((page.status, page.json()["error"].as_str()), (400, Some("invalid_dpop_proof")), "{}", page.body);
}

fn assert_bound(page: &Page) -> Tokens {
    let tokens = Tokens::of(page);
    assert_eq!(page.json()["token_type"], "DPoP");
    tokens
}

async fn demand(gateway: &Gateway) {
    for app in [gateway.payroll, gateway.travel] {
        gateway.alter_app(&gateway.services, app, |app| oidc(app).tokens.binding = TokenBinding::Required).await;
    }
    gateway.services.directory.forget();
}

on_both_stores! {
    async fn a_bound_token_is_good_for_its_holder_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let holder = Holder::new();
        let (mut client, _) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        let token = assert_bound(&redeem(&gateway, &holder, &code).await).access;
        let page = holder.userinfo(&gateway, &token).await;
        assert_eq!(page.status, 200, "{}", page.body);

        let page = gateway.userinfo(&token).await;
        assert_invalid_token(&page);
        let challenge = page.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.starts_with("DPoP ") && challenge.contains("algs=\""), "{challenge}");
        let in_form = gateway.client().post("/oidc/userinfo", &[("access_token", &token)]).await;
        assert_invalid_token(&in_form);
        let page = Holder::new().userinfo(&gateway, &token).await;
        assert_invalid_token(&page);
        assert!(page.headers["www-authenticate"].to_str().unwrap().starts_with("DPoP "));
        let told = gateway.at_desk("/oidc/introspect", &[&AS_PAYROLL, &[("token", &token)]]).await.json();
        assert_eq!((&told["token_type"], &told["cnf"]["jkt"]), (&"DPoP".into(), &holder.thumbprint().into()));
    }

    async fn a_token_that_is_not_bound_is_not_shown_as_if_it_were(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (_, tokens) = gateway.ana_signed_in().await;
        assert_invalid_token(&Holder::new().userinfo(&gateway, &tokens.access).await);
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
        let told = gateway.at_desk("/oidc/introspect", &[&AS_PAYROLL, &[("token", &tokens.access)]]).await.json();
        assert_eq!((&told["token_type"], told.get("cnf")), (&"Bearer".into(), None));
    }

    async fn a_proof_at_userinfo_is_of_this_token_and_good_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let holder = Holder::new();
        let (mut client, _) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        let token = assert_bound(&redeem(&gateway, &holder, &code).await).access;
        let proof = holder.proof_of_use(&gateway, &token);
        assert_eq!(shown(&gateway, &token, &proof).await.status, 200);
        let assert_refused = |page: &Page| {
            assert_eq!((page.status, page.json()["error"].as_str()), (401, Some("invalid_dpop_proof")), "{}", page.body);
            assert!(page.headers["www-authenticate"].to_str().unwrap().starts_with("DPoP "));
        };
        assert_refused(&shown(&gateway, &token, &proof).await);
        for other in [
            holder.sign(&holder.claims(&gateway, "GET", "/oidc/userinfo")),
            holder.proof_of_use(&gateway, "another-token"),
            holder.proof(&gateway, TOKEN),
            "x".to_owned(),
        ] {
            assert_refused(&shown(&gateway, &token, &other).await);
        }
        let bare = gateway.client().with_header("authorization", &format!("DPoP {token}")).get("/oidc/userinfo").await;
        assert_refused(&bare);
        assert_eq!(holder.userinfo(&gateway, &token).await.status, 200);
    }

    async fn a_proof_at_the_token_endpoint_is_good_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let holder = Holder::new();
        let (mut client, _) = gateway.ana_signed_in().await;
        let mut code = async || granted(&client.get(&gateway.authorize(&[])).await);
        let (first, second) = (code().await, code().await);
        let proof = holder.proof(&gateway, TOKEN);
        let form = |code| [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", PAYROLL_CALLBACK)];
        assert_bound(&holder.post_with(&gateway, TOKEN, &proof, &[&AS_PAYROLL, &form(&first)]).await);
        assert_invalid_proof(&holder.post_with(&gateway, TOKEN, &proof, &[&AS_PAYROLL, &form(&second)]).await);
        // What was refused has not spent the code, and another holder's proof may have the same name.
        assert_bound(&redeem(&gateway, &Holder::new(), &second).await);
        gateway.clock.advance(std::time::Duration::from_secs(122));
        sweep(&gateway.services).await.unwrap();
        let page = holder.post_with(&gateway, TOKEN, &proof, &[&AS_PAYROLL, &form(&second)]).await;
        assert_invalid_proof(&page);
    }

    async fn a_proof_is_for_one_request(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let holder = Holder::new();
        let (mut client, _) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", PAYROLL_CALLBACK)];
        let now = gateway.now().seconds();
        for (name, value) in [
            ("htm", serde_json::json!("GET")),
            ("htu", serde_json::json!(format!("{}/oidc/par", gateway.url))),
            ("htu", serde_json::json!("https://other.example/oidc/token")),
            ("iat", serde_json::json!(now - 61)),
            ("iat", serde_json::json!(now + 61)),
            ("jti", serde_json::json!("")),
        ] {
            let mut claims = holder.claims(&gateway, "POST", TOKEN);
            claims[name] = value;
            let page = holder.post_with(&gateway, TOKEN, &holder.sign(&claims), &[&AS_PAYROLL, &form]).await;
            assert_invalid_proof(&page);
        }
        let two = gateway.client().with_header("dpop", &holder.proof(&gateway, TOKEN));
        let two = two.with_header("dpop", &holder.proof(&gateway, TOKEN)).post(TOKEN, &[&AS_PAYROLL[..], &form].concat()).await;
        assert_invalid_proof(&two);
        assert_bound(&redeem(&gateway, &holder, &code).await);
    }

    async fn an_app_whose_tokens_must_be_bound_gets_no_other(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.let_apps_renew().await;
        demand(&gateway).await;
        let holder = Holder::new();
        let mut client = gateway.client();
        let code = granted(&gateway.sign_in(&mut client, &Person::ana()).await);
        assert_invalid_proof(&gateway.redeem(&code).await);
        let first = redeem(&gateway, &holder, &code).await;
        assert_bound(&first);
        assert_invalid_proof(&gateway.renew(&refresh_token(&first)).await);
        // It proves itself at each renewal, and may change its key.
        let second = renew(&gateway, &Holder::new(), &AS_PAYROLL, &refresh_token(&first)).await;
        assert_bound(&second);
        let may = GrantTypes::STANDARD.with(GrantType::ClientCredentials);
        gateway.alter_app(&gateway.services, gateway.payroll, |app| oidc(app).grants = may).await;
        let own = [("grant_type", "client_credentials")];
        assert_invalid_proof(&gateway.at_desk(TOKEN, &[&AS_PAYROLL, &own]).await);
        let page = holder.post(&gateway, TOKEN, &[&AS_PAYROLL, &own]).await;
        assert_eq!(page.json()["token_type"], "DPoP", "{}", page.body);
        let token = page.json()["access_token"].as_str().unwrap().to_owned();
        let told = gateway.at_desk("/oidc/introspect", &[&AS_PAYROLL, &[("token", &token)]]).await.json();
        assert_eq!(told["cnf"]["jkt"], holder.thumbprint());
    }

    async fn the_refresh_token_of_a_public_app_is_bound_too(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.let_apps_renew().await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let holder = Holder::new();
        let code = granted(&client.get(&gateway.authorize_travel(&[])).await);
        let first = redeem_travel(&gateway, &holder, &code).await;
        assert_bound(&first);
        let token = refresh_token(&first);
        let bare = gateway.at_desk(TOKEN, &[&AS_TRAVEL, &[("grant_type", "refresh_token"), ("refresh_token", &token)]]).await;
        assert_invalid_proof(&bare);
        assert_invalid_grant(&renew(&gateway, &Holder::new(), &AS_TRAVEL, &token).await);
        assert_bound(&renew(&gateway, &holder, &AS_TRAVEL, &token).await);
    }

    async fn a_family_that_began_without_a_key_is_bound_by_its_first_proof(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.let_apps_renew().await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize_travel(&[])).await);
        let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", TRAVEL_CALLBACK), ("code_verifier", VERIFIER)];
        let first = gateway.at_desk(TOKEN, &[&AS_TRAVEL, &form]).await;
        let renewing = |token: String| {
            let gateway = &gateway;
            async move { gateway.at_desk(TOKEN, &[&AS_TRAVEL, &[("grant_type", "refresh_token"), ("refresh_token", &token)]]).await }
        };
        let second = renewing(refresh_token(&first)).await;
        let holder = Holder::new();
        let third = renew(&gateway, &holder, &AS_TRAVEL, &refresh_token(&second)).await;
        assert_bound(&third);
        assert_invalid_proof(&renewing(refresh_token(&third)).await);
        assert_invalid_grant(&renew(&gateway, &Holder::new(), &AS_TRAVEL, &refresh_token(&third)).await);
        assert_bound(&renew(&gateway, &holder, &AS_TRAVEL, &refresh_token(&third)).await);
    }

    async fn an_app_that_is_made_public_renews_with_its_key_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.let_apps_renew().await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        let first = redeem(&gateway, &Holder::new(), &code).await;
        let holder = Holder::new();
        // While it proves itself it may change its key.
        let second = renew(&gateway, &holder, &AS_PAYROLL, &refresh_token(&first)).await;
        assert_bound(&second);
        let told = gateway.at_desk("/oidc/introspect", &[&AS_PAYROLL, &[("token", &refresh_token(&second))]]).await.json();
        assert_eq!((&told["active"], told.get("cnf")), (&true.into(), None), "{told}");
        gateway.alter_app(&gateway.services, gateway.payroll, |app| oidc(app).confidentiality = Confidentiality::Public).await;
        gateway.services.directory.forget();
        let token = refresh_token(&second);
        let who = [("client_id", "payroll")];
        let bare = gateway.at_desk(TOKEN, &[&who, &[("grant_type", "refresh_token"), ("refresh_token", &token)]]).await;
        assert_invalid_proof(&bare);
        assert_invalid_grant(&renew(&gateway, &Holder::new(), &who, &token).await);
        assert_bound(&renew(&gateway, &holder, &who, &token).await);
    }

    async fn a_token_without_a_key_ends_where_its_app_demands_one(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let holder = Holder::new();
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        let bound = assert_bound(&redeem(&gateway, &holder, &code).await).access;
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
        assert!(gateway.is_active(&tokens.access).await);
        // Another process may do it, so that nothing is forgotten here.
        let alter = |app: &mut _| oidc(app).tokens.binding = TokenBinding::Required;
        gateway.alter_app(&gateway.services, gateway.payroll, alter).await;
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
        assert!(!gateway.is_active(&tokens.access).await);
        assert_eq!(holder.userinfo(&gateway, &bound).await.status, 200);
        assert!(gateway.is_active(&bound).await);
    }

    async fn a_code_is_bound_by_the_request_that_asked_for_it(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let holder = Holder::new();
        let key = holder.thumbprint();
        let code = granted(&client.get(&gateway.authorize(&[("dpop_jkt", &key)])).await);
        assert_invalid_proof(&gateway.redeem(&code).await);
        assert_invalid_grant(&redeem(&gateway, &Holder::new(), &code).await);
        assert_bound(&redeem(&gateway, &holder, &code).await);
    }

    async fn a_pushed_request_is_bound_by_its_proof(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let holder = Holder::new();
        let asked = [("redirect_uri", PAYROLL_CALLBACK), ("response_type", "code"), ("scope", "openid")];
        let stranger = Holder::new().thumbprint();
        let page = holder.post(&gateway, "/oidc/par", &[&AS_PAYROLL, &asked, &[("dpop_jkt", &stranger)]]).await;
        assert_invalid_proof(&page);
        assert_invalid_proof(&holder.post_with(&gateway, "/oidc/par", "x", &[&AS_PAYROLL, &asked]).await);
        let proof = holder.proof(&gateway, "/oidc/par");
        let page = holder.post_with(&gateway, "/oidc/par", &proof, &[&AS_PAYROLL, &asked]).await;
        assert_eq!(page.status, 201, "{}", page.body);
        assert_invalid_proof(&holder.post_with(&gateway, "/oidc/par", &proof, &[&AS_PAYROLL, &asked]).await);
        let uri = page.json()["request_uri"].as_str().unwrap().to_owned();
        let url = address("/oidc/authorize", &[("client_id", "payroll"), ("request_uri", &uri)]);
        let code = granted(&client.get(&url).await);
        assert_invalid_grant(&redeem(&gateway, &Holder::new(), &code).await);
        assert_bound(&redeem(&gateway, &holder, &code).await);
    }
}
