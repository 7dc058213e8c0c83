//! Redemptions at the same time, on one gateway and on two.

use reqwest::Method;

use crate::support::client::Page;
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, PAYROLL_SECRET};
use crate::support::journey::{Tokens, assert_invalid_grant, assert_invalid_token, granted};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

async fn redeem_at(gateway: &Gateway, url: &str, code: &str) -> Page {
    let mut app = gateway.client();
    let request = app
        .request(Method::POST, &format!("{url}/oidc/token"))
        .basic_auth("payroll", Some(PAYROLL_SECRET))
        .form(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", PAYROLL_CALLBACK)]);
    app.send(request).await
}

/// Exactly one of the answers has tokens, the others are `invalid_grant`, and since a code was shown
/// twice its tokens have ended.
async fn assert_one_won(gateway: &Gateway, pages: Vec<Page>) {
    let (won, lost): (Vec<Page>, Vec<Page>) = pages.into_iter().partition(|page| page.status == 200);
    assert_eq!(won.len(), 1, "{:?}", lost.iter().map(|page| &page.body).collect::<Vec<_>>());
    for page in &lost {
        assert_invalid_grant(page);
    }
    assert_invalid_token(&gateway.userinfo(&Tokens::of(&won[0]).access).await);
}

on_both_stores! {
    async fn of_redemptions_at_once_one_wins(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for _ in 0..3 {
            let code = granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
            let at = || redeem_at(&gateway, &gateway.url, &code);
            let (a, b, c, d) = tokio::join!(at(), at(), at(), at());
            assert_one_won(&gateway, vec![a, b, c, d]).await;
        }
    }

    async fn of_redemptions_at_two_gateways_one_wins(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (other, serving) = gateway.second_address().await;
        for _ in 0..3 {
            let code = granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
            let (a, b, c, d) = tokio::join!(
                redeem_at(&gateway, &gateway.url, &code),
                redeem_at(&gateway, &other, &code),
                redeem_at(&gateway, &gateway.url, &code),
                redeem_at(&gateway, &other, &code),
            );
            assert_one_won(&gateway, vec![a, b, c, d]).await;
        }
        serving.abort();
    }

    async fn a_code_of_one_gateway_is_good_at_the_other(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (other, serving) = gateway.second_address().await;
        let code = granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        let tokens = Tokens::of(&redeem_at(&gateway, &other, &code).await);
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
        serving.abort();
    }

    async fn one_answer_posted_at_two_gateways_signs_in_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (other, serving) = gateway.second_address().await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let response = gateway.answer(&request, &Person::ana()).post(&gateway.partner);
        let form = [("SAMLResponse", response.as_str()), ("RelayState", request.relay_state.as_str())];
        let (mut here, mut there) = (client.clone(), client.clone());
        let elsewhere = format!("{other}/saml/sp/acs");
        let (one, two) = tokio::join!(here.post("/saml/sp/acs", &form), there.post(&elsewhere, &form));
        let granted = [&one, &two].map(|page| page.status == 303);
        assert!(granted[0] != granted[1], "{} {}", one.body, two.body);
        let refused = if granted[0] { two } else { one };
        assert_eq!(refused.refusal_code(), Some("ATTEMPT_SPENT"), "{}", refused.body);
        serving.abort();
    }
}
