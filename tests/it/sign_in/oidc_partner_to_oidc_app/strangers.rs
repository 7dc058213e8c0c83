//! What belongs to another browser, another question, another partner or another person opens nothing.

use serde_json::{Value, json};

use entente::domain::apps::{App, Assignment};
use entente::domain::partners::MailAuthority;

use crate::support::client::query;
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, TRAVEL_CALLBACK};
use crate::support::journey::{Tokens, assert_refused, granted};
use crate::support::partner::Person;
use crate::support::provider::{Provider, Question, wen};
use crate::support::stores::on_both_stores;

use super::open;
use super::refused::with;

async fn oid(gateway: &Gateway, code: &str) -> Value {
    gateway.claims(&Tokens::of(&gateway.redeem(code).await).id, "payroll").await["oid"].clone()
}

/// A question for the public app.
async fn ask_for_travel(
    gateway: &Gateway,
    provider: &Provider,
    client: &mut crate::support::client::Client,
) -> Question {
    let page = client.get(&gateway.authorize_travel(&[("domain_hint", "woodgrove")])).await;
    assert_eq!(page.status, 303, "{}", page.body);
    provider.question(&page)
}

on_both_stores! {
    async fn the_same_sub_of_two_partners_is_two_people(backend: Backend) {
        let (gateway, woodgrove) = open(backend, "woodgrove", |_| ()).await;
        let tailspin = Provider::start(&gateway).await;
        tailspin.add(&gateway, "tailspin", |_| ()).await;
        let first = granted(&woodgrove.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await);
        let wens = oid(&gateway, &first).await;
        let namesake = json!({"sub": "wen-1", "email": "wen@tailspin.example", "email_verified": true});
        let second = granted(&tailspin.sign_in(&gateway, &mut gateway.client(), "tailspin", &namesake).await);
        assert_ne!(oid(&gateway, &second).await, wens);
        // The same subject in the words of a SAML partner is a third one, who is not invited.
        let third = Person::new("wen-1", "wen@fabrikam.example", "Wen", "Wood");
        let page = gateway.sign_in(&mut gateway.client(), &third).await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "not_invited").await;
        let id = gateway.invite("wen@fabrikam.example", None, &[gateway.payroll]).await;
        let code = granted(&gateway.sign_in(&mut gateway.client(), &third).await);
        assert_eq!(oid(&gateway, &code).await, id.to_string());
        // Whoever comes back is who they were.
        let again = granted(&woodgrove.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await);
        assert_eq!(oid(&gateway, &again).await, wens);
    }

    async fn the_mail_of_another_partners_person_opens_nothing(backend: Backend) {
        let (gateway, woodgrove) = open(backend, "woodgrove", |_| ()).await;
        let tailspin = Provider::start(&gateway).await;
        tailspin.add(&gateway, "tailspin", |_| ()).await;
        // A partner without domains may say any address, and proves none: who comes from there first with
        // Wen's address has an account of their own, and Wen is not led into it.
        let anywhere = Provider::start(&gateway).await;
        anywhere.add(&gateway, "anywhere", |partner| {
            partner.domains.clear();
            partner.mail_authority = MailAuthority::VerifiedOnly;
        })
        .await;
        let code = granted(&anywhere.sign_in(&gateway, &mut gateway.client(), "anywhere", &wen()).await);
        let squatter = gateway.claims(&Tokens::of(&gateway.redeem(&code).await).id, "payroll").await;
        assert_eq!(squatter.get("email"), None, "{squatter}");
        let code = granted(&woodgrove.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await);
        let wens = gateway.claims(&Tokens::of(&gateway.redeem(&code).await).id, "payroll").await;
        assert_eq!(wens["email"], "wen@woodgrove.example");
        assert_ne!(wens["oid"], squatter["oid"]);
        let code = granted(&anywhere.sign_in(&gateway, &mut gateway.client(), "anywhere", &wen()).await);
        assert_eq!(oid(&gateway, &code).await, squatter["oid"]);
        // Subject and address of Wen, verified, as another tenant says them.
        let page = tailspin.sign_in(&gateway, &mut gateway.client(), "tailspin", &wen()).await;
        assert_refused(&gateway, &page, "MAIL_DOMAIN_REFUSED", "mail_outside_partner_domains").await;
        // Another subject of the right partner with Wen's address.
        let heir = json!({"sub": "wen-2", "email": "wen@woodgrove.example", "email_verified": true});
        let page = woodgrove.sign_in(&gateway, &mut gateway.client(), "woodgrove", &heir).await;
        assert_refused(&gateway, &page, "ADDRESS_CONFLICT", "mail_of_another_identity").await;
    }

    async fn sign_ins_interleaved_in_one_browser_do_not_mix(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        gateway.alter_app(&gateway.services, gateway.travel, |app: &mut App| app.assignment = Assignment::Everyone).await;
        let mut client = gateway.client();
        let payrolls = provider.ask(&gateway, &mut client, "woodgrove", &[]).await;
        let travels = ask_for_travel(&gateway, &provider, &mut client).await;
        assert_ne!(payrolls.attempt(), travels.attempt());
        // The code of one question under the state of the other: its verifier does not fit.
        let code = query(&provider.agree(&payrolls, &wen()), "code").unwrap();
        let crossed = with(&provider.agree(&travels, &wen()), "code", Some(&code));
        let page = client.clone().get(&crossed).await;
        assert_refused(&gateway, &page, "OIDC_RESPONSE_REFUSED", "token_endpoint_refused").await;
        // The attempt of one with the question of the other.
        let answer = provider.agree(&payrolls, &wen());
        let (_, request) = travels.param("state").unwrap().split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let mixed = with(&answer, "state", Some(&format!("{}.{request}", payrolls.attempt())));
        let page = client.clone().get(&mixed).await;
        assert_refused(&gateway, &page, "OIDC_UNSOLICITED", "state_of_another_question").await;
        // Each answer ends at its own app, in either order.
        let page = client.get(&provider.agree(&travels, &wen())).await;
        let code = granted(&page);
        assert!(page.location().starts_with(TRAVEL_CALLBACK), "{}", page.location());
        assert_eq!(page.param("state").as_deref(), Some("state-2"));
        let travel = gateway.claims(&Tokens::of(&gateway.redeem_travel(&code).await).id, "travel").await;
        assert_eq!(travel["nonce"], "nonce-2");
        let page = client.get(&provider.agree(&payrolls, &wen())).await;
        let code = granted(&page);
        assert!(page.location().starts_with(PAYROLL_CALLBACK), "{}", page.location());
        assert_eq!(page.param("state").as_deref(), Some("state-1"));
        let payroll = gateway.claims(&Tokens::of(&gateway.redeem(&code).await).id, "payroll").await;
        assert_eq!((&payroll["nonce"], &payroll["oid"]), (&json!("nonce-1"), &travel["oid"]));
    }

    async fn sign_ins_at_two_partners_in_one_browser_do_not_mix(backend: Backend) {
        let (gateway, woodgrove) = open(backend, "woodgrove", |_| ()).await;
        let tailspin = Provider::start(&gateway).await;
        tailspin.add(&gateway, "tailspin", |_| ()).await;
        // Neither promises to name itself: the address is all that tells them apart.
        for provider in [&woodgrove, &tailspin] {
            provider.alter(|manner| {
                manner.discovery = json!({"authorization_response_iss_parameter_supported": null});
            });
        }
        let mut client = gateway.client();
        let first = woodgrove.ask(&gateway, &mut client, "woodgrove", &[]).await;
        let second = tailspin.ask(&gateway, &mut client, "tailspin", &[]).await;
        assert_ne!(first.param("redirect_uri"), second.param("redirect_uri"));
        let wens = with(&woodgrove.agree(&first, &wen()), "iss", None);
        let (_, query) = wens.split_once('?').unwrap();
        let elsewhere = format!("{}?{query}", second.param("redirect_uri").unwrap());
        let page = client.clone().get(&elsewhere).await;
        assert_refused(&gateway, &page, "OIDC_RESPONSE_REFUSED", "callback_of_another_partner").await;
        // The code of one under the state of the other, at the other's address: it is redeemed at the
        // other, which did not give it.
        let state = second.param("state").unwrap();
        let crossed = with(&elsewhere, "state", Some(&state));
        let page = client.clone().get(&crossed).await;
        assert_refused(&gateway, &page, "OIDC_RESPONSE_REFUSED", "token_endpoint_refused").await;
        assert_eq!((woodgrove.asked("token"), tailspin.asked("token")), (0, 1));
        // A name that is said counts, also where none was promised.
        let named = with(&wens, "iss", Some(tailspin.issuer()));
        let page = client.clone().get(&named).await;
        assert_refused(&gateway, &page, "OIDC_RESPONSE_REFUSED", "callback_of_another_issuer").await;
        // A token of one as the answer of the other.
        woodgrove.alter(|manner| manner.claims = json!({"iss": tailspin.issuer()}));
        let page = client.clone().get(&with(&woodgrove.agree(&first, &wen()), "iss", None)).await;
        assert_refused(&gateway, &page, "OIDC_RESPONSE_REFUSED", "token_of_another_issuer").await;
        woodgrove.alter(|manner| manner.claims = json!({}));
        granted(&client.get(&with(&woodgrove.agree(&first, &wen()), "iss", None)).await);
        let tess = json!({"sub": "tess", "email": "tess@tailspin.example"});
        granted(&client.get(&with(&tailspin.agree(&second, &tess), "iss", None)).await);
    }

    async fn state_code_nonce_and_cookie_of_another_browser_open_nothing(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let (mut mine, mut theirs) = (gateway.client(), gateway.client());
        let my_question = provider.ask(&gateway, &mut mine, "woodgrove", &[]).await;
        let their_question = provider.ask(&gateway, &mut theirs, "woodgrove", &[]).await;
        // Their whole answer in a browser with another attempt (login CSRF), and with that attempt's cookie
        // under their name.
        let their_answer = provider.agree(&their_question, &wen());
        let page = mine.clone().get(&their_answer).await;
        assert_eq!(page.refusal_code(), Some("ATTEMPT_MISSING"), "{}", page.body);
        let mut forged = mine.clone();
        let (name, value) = forged.cookies.pop_first().unwrap();
        forged.cookies.insert(name.replace(my_question.attempt(), their_question.attempt()), value);
        let page = forged.get(&their_answer).await;
        assert_eq!(page.refusal_code(), Some("ATTEMPT_MISSING"), "{}", page.body);
        assert_eq!(provider.asked("token"), 0);
        // Their state with my code, and my state with their code.
        let my_answer = provider.agree(&my_question, &wen());
        let page = mine.clone().get(&with(&my_answer, "state", their_question.param("state").as_deref())).await;
        assert_eq!(page.refusal_code(), Some("ATTEMPT_MISSING"), "{}", page.body);
        let code = query(&their_answer, "code");
        let page = mine.clone().get(&with(&my_answer, "code", code.as_deref())).await;
        assert_refused(&gateway, &page, "OIDC_RESPONSE_REFUSED", "token_endpoint_refused").await;
        // A token with their nonce.
        provider.alter(|manner| manner.claims = json!({"nonce": their_question.param("nonce")}));
        let page = mine.clone().get(&provider.agree(&my_question, &wen())).await;
        assert_refused(&gateway, &page, "OIDC_RESPONSE_REFUSED", "token_for_another_question").await;
        assert_eq!((mine.session(), theirs.session()), (None, None));
        // Each with their own.
        provider.alter(|manner| manner.claims = json!({}));
        granted(&mine.get(&my_answer).await);
        granted(&theirs.get(&provider.agree(&their_question, &wen())).await);
    }

    async fn an_answer_that_a_person_of_another_session_brings_takes_its_place(backend: Backend) {
        let (gateway, provider) = open(backend, "woodgrove", |_| ()).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let anas = client.session().unwrap().to_owned();
        let page = client.get(&gateway.authorize(&[("domain_hint", "woodgrove")])).await;
        let question = provider.question(&page);
        let code = granted(&client.get(&provider.agree(&question, &wen())).await);
        assert_ne!(client.session(), Some(anas.as_str()));
        assert_ne!(oid(&gateway, &code).await, gateway.ana.to_string());
        // Whoever still shows Ana's cookie is nobody, and her tokens are over.
        let mut old = gateway.client();
        let name = client.cookies.keys().find(|name| name.ends_with("_session")).unwrap().clone();
        old.cookies.insert(name, anas);
        let page = old.get(&gateway.authorize(&[("prompt", "none")])).await;
        assert_eq!(page.param("error").as_deref(), Some("login_required"));
        crate::support::journey::assert_invalid_token(&gateway.userinfo(&tokens.access).await);
    }
}
