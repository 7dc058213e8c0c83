//! A sweep removes what has ended and nothing else.

use std::time::Duration;

use entente::domain::store::upkeep::Swept;
use entente::flows::upkeep::sweep;

use crate::support::gateway::Gateway;
use crate::support::journey::{assert_invalid_grant, assert_invalid_token, granted};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const HOUR: Duration = Duration::from_secs(3600);

on_both_stores! {
    async fn a_sweep_of_what_is_alive_removes_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize_travel(&[])).await);
        let page = client.get(&gateway.authorize(&[("prompt", "consent")])).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        assert_eq!(sweep(&gateway.services).await.unwrap(), Swept::default());
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
        assert_eq!(gateway.redeem_travel(&code).await.status, 200);
        let form = [("attempt", attempt.as_str()), ("decision", "accept")];
        granted(&client.post("/sign-in/consent", &form).await);
    }

    async fn a_sweep_removes_each_thing_at_its_end(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        granted(&client.get(&gateway.authorize(&[])).await);
        client.get(&gateway.authorize(&[("prompt", "consent")])).await;
        // The attempts and the replay memory after their time; the tokens after an hour, and then the codes,
        // redeemed or not; the session after eight without use.
        gateway.clock.advance(Duration::from_secs(16 * 60 + 1));
        let swept = sweep(&gateway.services).await.unwrap();
        assert_eq!((swept.sessions, swept.tokens, swept.codes), (0, 0, 0));
        assert_eq!(swept.attempts, 3, "a step, a taken attempt and a seen assertion");
        gateway.clock.advance(HOUR);
        let swept = sweep(&gateway.services).await.unwrap();
        assert_eq!((swept.sessions, swept.tokens, swept.codes), (0, 1, 2));
        granted(&client.get(&gateway.authorize(&[])).await);
        gateway.clock.advance(8 * HOUR + Duration::from_secs(1));
        assert_eq!(sweep(&gateway.services).await.unwrap().sessions, 1);
        assert_eq!(sweep(&gateway.services).await.unwrap(), Swept::default());
    }

    async fn a_code_is_recognised_as_replayed_as_long_as_its_tokens_live(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let code = granted(&gateway.sign_in(&mut client, &Person::ana()).await);
        let tokens = crate::support::journey::Tokens::of(&gateway.redeem(&code).await);
        gateway.clock.advance(Duration::from_secs(50 * 60));
        sweep(&gateway.services).await.unwrap();
        assert_invalid_grant(&gateway.redeem(&code).await);
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
    }

    async fn an_assertion_is_remembered_as_long_as_it_could_be_accepted(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let answer = gateway.answer(&request, &Person::ana());
        granted(&gateway.post(&mut client, &request, &answer).await);
        // Its NotOnOrAfter is in five minutes, and the partner has a minute of skew.
        gateway.clock.advance(Duration::from_secs(359));
        sweep(&gateway.services).await.unwrap();
        let next = gateway.ask(&mut client, &gateway.authorize(&[("prompt", "login")])).await;
        let mut again = gateway.answer(&next, &Person::ana());
        again.assertion.as_mut().unwrap().id = answer.assertion.unwrap().id;
        let page = gateway.post(&mut client, &next, &again).await;
        assert_eq!(page.refusal_code(), Some("SAML_RESPONSE_REPLAYED"), "{}", page.body);
    }
}
