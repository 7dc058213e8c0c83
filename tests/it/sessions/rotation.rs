//! The cookie is a new one at each sign-in, and what it replaces has ended.

use crate::support::gateway::Gateway;
use crate::support::journey::{assert_invalid_token, granted};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn a_new_sign_in_of_the_same_browser_ends_its_old_session(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let mut before = client.clone();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("prompt", "login")])).await;
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
        assert_ne!(client.session(), before.session());
        assert_eq!(client.session().map(str::len), Some(51));
        let page = before.get(&gateway.authorize(&[("prompt", "none")])).await;
        assert_eq!(page.param("error").as_deref(), Some("login_required"));
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
    }

    async fn a_refused_sign_in_leaves_the_old_session_as_it_was(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let request = gateway.ask(&mut client, &gateway.authorize(&[("prompt", "login")])).await;
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ben())).await;
        assert_eq!(page.refusal_code(), Some("IDP_USER_UNKNOWN"));
        granted(&client.get(&gateway.authorize(&[])).await);
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
    }

    async fn sessions_of_two_browsers_do_not_touch(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (mut laptop, first) = gateway.ana_signed_in().await;
        let (mut phone, _) = gateway.ana_signed_in().await;
        assert_ne!(laptop.session(), phone.session());
        granted(&laptop.get(&gateway.authorize(&[])).await);
        granted(&phone.get(&gateway.authorize(&[])).await);
        assert_eq!(gateway.userinfo(&first.access).await.status, 200);
    }

    async fn a_cookie_that_was_planted_before_is_not_the_one_after(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (attacker, _) = gateway.ana_signed_in().await;
        gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        // The victim's browser carries the attacker's session and signs in by itself.
        let mut victim = attacker.clone();
        let asked = gateway.authorize(&[("prompt", "login")]);
        let request = gateway.ask(&mut victim, &asked).await;
        granted(&gateway.post(&mut victim, &request, &gateway.answer(&request, &Person::ben())).await);
        assert_ne!(victim.session(), attacker.session());
    }
}
