//! `login_hint`, `domain_hint` and `id_token_hint`: they name, they prove nothing, and a live session of
//! another account is never used silently.

use std::time::Duration;

use entente::domain::partners::{PassiveRequests, Switch, Trust};
use entente::saml::messages::authn_request::Wish;

use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, assert_told, attempt, granted, proven_at};
use crate::support::keys;
use crate::support::partner::{Partner, Person};
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn a_hint_skips_the_organisation_page(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for hint in [
            ("domain_hint", "fabrikam"),
            ("domain_hint", "fabrikam.example"),
            ("domain_hint", "FABRIKAM.example"),
            ("login_hint", "ana@fabrikam.example"),
            ("login_hint", "nobody-known@fabrikam.example"),
        ] {
            gateway.ask(&mut gateway.client(), &gateway.authorize(&[hint])).await;
        }
        for hint in [
            ("domain_hint", "unknown"),
            ("domain_hint", "not a name"),
            ("login_hint", "ana@unknown.example"),
            ("login_hint", "ana"),
        ] {
            let page = gateway.client().get(&gateway.authorize(&[hint])).await;
            assert!(page.body.contains("action=\"/sign-in/organization\""), "{hint:?} {}", page.body);
        }
    }

    async fn a_hint_at_a_disabled_partner_is_answered_like_one_at_an_unknown(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let woodgrove = Partner::named("urn:woodgrove", "https://idp.woodgrove.example/sso", keys::stranger());
        let disabled = |partner: &mut entente::domain::partners::Partner| {
            partner.switch = Switch::Disabled;
            let Trust::Saml(trust) = &mut partner.trust else { panic!("not SAML") };
            trust.request.passive = PassiveRequests::Allowed;
        };
        gateway.add_partner("woodgrove", &woodgrove, disabled).await;
        let (signed_in, _) = gateway.ana_signed_in().await;
        for (name, hint) in [
            ("domain_hint", "woodgrove"),
            ("domain_hint", "woodgrove.example"),
            ("login_hint", "wen@woodgrove.example"),
        ] {
            let unknown = hint.replace("woodgrove", "woodgrave");
            let asks = [(gateway.client(), "organization"), (signed_in.clone(), "account")];
            for (client, page) in asks {
                let ask = async |hint: &str, more: &[(&str, &str)]| {
                    let params = [&[(name, hint)][..], more].concat();
                    client.clone().get(&gateway.authorize(&params)).await
                };
                let form = format!("action=\"/sign-in/{page}\"");
                let pages = [ask(hint, &[]).await, ask(&unknown, &[]).await];
                let [off, none] = pages.map(|page| {
                    assert!(page.body.contains(&form), "{hint} {}", page.body);
                    let attempt = page.field("attempt").unwrap().to_owned();
                    page.body.replace(&attempt, "").replace("woodgrave", "woodgrove")
                });
                assert_eq!(off, none, "{hint}");
                let silent = [("prompt", "none")];
                let (off, none) = (ask(hint, &silent).await, ask(&unknown, &silent).await);
                assert_eq!((off.status, off.location()), (none.status, none.location()), "{hint}");
            }
        }
    }

    async fn the_domain_hint_wins_over_the_login_hint(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let woodgrove = Partner::named("urn:woodgrove", "https://idp.woodgrove.example/sso", keys::stranger());
        gateway.add_partner("woodgrove", &woodgrove, |_| {}).await;
        let asked = gateway.authorize(&[("domain_hint", "woodgrove"), ("login_hint", "ana@fabrikam.example")]);
        let page = gateway.client().get(&asked).await;
        gateway.request_to(&woodgrove, &page);
    }

    async fn hints_of_the_sessions_account_use_the_session(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        for hint in [
            ("login_hint", "ana@fabrikam.example"),
            ("login_hint", "Ana@Fabrikam.Example"),
            ("login_hint", "ana_fabrikam.example#EXT#@contoso.example"),
            ("domain_hint", "fabrikam"),
            ("domain_hint", "fabrikam.example"),
            ("id_token_hint", tokens.id.as_str()),
        ] {
            granted(&client.get(&gateway.authorize(&[hint, ("prompt", "none")])).await);
            granted(&client.get(&gateway.authorize(&[hint])).await);
        }
    }

    async fn hints_of_another_account_never_use_the_session_silently(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        let ben = gateway.tokens(&mut gateway.client(), &Person::ben()).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        for hint in [("login_hint", "ben@fabrikam.example"), ("id_token_hint", ben.id.as_str())] {
            let page = client.get(&gateway.authorize(&[hint, ("prompt", "none")])).await;
            assert_told(&gateway, &page, "login_required", "ACCOUNT_MISMATCH");
            // The partner's own session may be of the same other account.
            let request = gateway.ask(&mut client, &gateway.authorize(&[hint])).await;
            assert_eq!(request.asked.force_authn, Wish::Asked);
            let mut answer = gateway.answer(&request, &Person::ben());
            proven_at(&mut answer, gateway.now().minus(Duration::from_secs(61)));
            let page = gateway.post(&mut client.clone(), &request, &answer).await;
            assert_told(&gateway, &page, "login_required", "PROOF_TOO_OLD");
        }
        let page = client.get(&gateway.authorize(&[("domain_hint", "unknown"), ("prompt", "none")])).await;
        assert_told(&gateway, &page, "login_required", "ACCOUNT_MISMATCH");
    }

    async fn with_a_hint_that_names_nobody_here_the_person_says_who_is_meant(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (client, _) = gateway.ana_signed_in().await;
        for hint in [("domain_hint", "unknown"), ("login_hint", "ana@unknown.example"), ("login_hint", "ana")] {
            let asked = gateway.authorize(&[hint]);
            let mut browser = client.clone();
            let page = browser.get(&asked).await;
            assert_eq!(page.status, 200, "{hint:?}: nothing was used silently");
            assert!(page.body.contains("ana@fabrikam.example"), "{hint:?}: {}", page.body);
            let attempt = page.field("attempt").unwrap().to_owned();
            let answer = [("attempt", attempt.as_str()), ("account", "current")];
            granted(&browser.post("/sign-in/account", &answer).await);

            let mut browser = client.clone();
            let page = browser.get(&asked).await;
            let attempt = page.field("attempt").unwrap().to_owned();
            let answer = [("attempt", attempt.as_str()), ("account", "other")];
            let page = browser.post("/sign-in/account", &answer).await;
            assert!(page.body.contains("action=\"/sign-in/organization\""), "{hint:?} {}", page.body);
        }
    }

    async fn a_hint_at_another_partner_leads_there_without_a_fresh_proof(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let woodgrove = Partner::named("urn:woodgrove", "https://idp.woodgrove.example/sso", keys::stranger());
        gateway.add_partner("woodgrove", &woodgrove, |_| {}).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        for hint in [("domain_hint", "woodgrove"), ("login_hint", "wen@woodgrove.example")] {
            let page = client.get(&gateway.authorize(&[hint])).await;
            assert_eq!(gateway.request_to(&woodgrove, &page).asked.force_authn, Wish::NotAsked, "{hint:?}");
        }
    }

    async fn the_account_that_comes_back_must_be_the_one_of_the_id_token_hint(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        let ben = gateway.tokens(&mut gateway.client(), &Person::ben()).await;
        let asked = gateway.authorize(&[("id_token_hint", ben.id.as_str()), ("domain_hint", "fabrikam")]);
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &asked).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        assert_told(&gateway, &page, "login_required", "ACCOUNT_MISMATCH");
        assert_eq!(gateway.cause(attempt(&request)).await.as_deref(), Some("not_the_hinted_account"));
        assert_eq!(client.session(), None, "nobody was signed in");
        let request = gateway.ask(&mut client, &asked).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ben())).await;
        Tokens::of(&gateway.redeem(&granted(&page)).await);
    }

    async fn an_id_token_hint_of_another_app_is_an_invalid_request(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        for hint in [tokens.id.as_str(), "x.y.z"] {
            let page = client.get(&gateway.authorize_travel(&[("id_token_hint", hint)])).await;
            assert_eq!(page.param("error").as_deref(), Some("invalid_request"), "{}", page.location());
            assert_eq!(page.param("state").as_deref(), Some("state-2"));
        }
    }
}
