//! The page that asks for the organisation. It answers alike for known and unknown people; only the
//! domain of the address is looked at.

use entente::domain::partners::Switch;

use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::journey::granted;
use crate::support::keys;
use crate::support::partner::{Partner, Person};
use crate::support::stores::on_both_stores;

async fn asked(gateway: &Gateway, client: &mut Client) -> String {
    let page = client.get(&gateway.authorize(&[])).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("action=\"/sign-in/organization\""), "{}", page.body);
    page.field("attempt").unwrap().to_owned()
}

async fn choose(client: &mut Client, attempt: &str, email: &str) -> Page {
    client.post("/sign-in/organization", &[("attempt", attempt), ("email", email)]).await
}

on_both_stores! {
    async fn a_known_domain_leads_to_its_partner_whoever_the_person_is(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let attempt = asked(&gateway, &mut client).await;
        for email in ["nobody@fabrikam.example", " ana@FABRIKAM.example ", "ana@fabrikam.example"] {
            let page = choose(&mut client, &attempt, email).await;
            assert_eq!(page.status, 303, "{}", page.body);
            assert_eq!(gateway.read_request(&page).relay_state, attempt);
        }
        let request = gateway.read_request(&choose(&mut client, &attempt, "ana@fabrikam.example").await);
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
    }

    async fn unknown_and_disabled_organisations_are_answered_alike(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let woodgrove = Partner::named("urn:woodgrove", "https://idp.woodgrove.example/sso", keys::stranger());
        gateway.add_partner("woodgrove", &woodgrove, |partner| partner.switch = Switch::Disabled).await;
        let mut client = gateway.client();
        let attempt = asked(&gateway, &mut client).await;
        let unknown = choose(&mut client, &attempt, "wen@woodgrave.example").await;
        let disabled = choose(&mut client, &attempt, "wen@woodgrove.example").await;
        assert_eq!((unknown.status, disabled.status), (200, 200));
        assert_eq!(unknown.body.replace("woodgrave", "woodgrove"), disabled.body);
        assert!(unknown.body.contains(&format!("/sign-in/organization?attempt={attempt}")), "{}", unknown.body);
        // From there another address can be given.
        let page = client.get(&format!("/sign-in/organization?attempt={attempt}")).await;
        assert_eq!(page.field("attempt"), Some(attempt.as_str()), "{}", page.body);
        gateway.read_request(&choose(&mut client, &attempt, "ana@fabrikam.example").await);
    }

    async fn what_is_no_address_is_asked_for_again(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let attempt = asked(&gateway, &mut client).await;
        for email in ["", "ana", "ana@", "@fabrikam.example", "a b@fabrikam.example", "<script>@x.example"] {
            let page = choose(&mut client, &attempt, email).await;
            assert_eq!(page.status, 200, "{email}");
            assert!(page.body.contains("id=\"email-fault\""), "{email} {}", page.body);
            assert!(!page.body.contains("<script>@"), "{}", page.body);
        }
        let page = client.post("/sign-in/organization", &[("attempt", attempt.as_str())]).await;
        assert!(page.body.contains("id=\"email-fault\""), "{}", page.body);
    }

    async fn another_browser_has_no_such_question(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let attempt = asked(&gateway, &mut client).await;
        let mut other = gateway.client();
        for page in [
            choose(&mut other, &attempt, "ana@fabrikam.example").await,
            other.get(&format!("/sign-in/organization?attempt={attempt}")).await,
        ] {
            assert_eq!((page.status, page.refusal_code()), (400, Some("ATTEMPT_MISSING")), "{}", page.body);
        }
        for wrong in ["", "x", "00000000-0000-0000-0000-000000000000"] {
            let page = choose(&mut client, wrong, "ana@fabrikam.example").await;
            assert_eq!(page.status, 400, "{wrong} {}", page.body);
        }
    }

    async fn a_wish_for_a_fresh_proof_outlives_the_page(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let page = client.get(&gateway.authorize(&[("prompt", "login")])).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        let request = gateway.read_request(&choose(&mut client, &attempt, "ana@fabrikam.example").await);
        assert_eq!(request.asked.force_authn, entente::saml::messages::authn_request::Wish::Asked);
    }
}
