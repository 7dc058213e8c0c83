//! Responses of partners that answer no request of ours.

use entente::domain::apps::RelayStateOfLinks;
use entente::domain::names::Slug;
use entente::domain::partners::{Partner, Switch, Trust};

use super::started_here::open_wiki;
use crate::support::client::{Client, Page};
use crate::support::gateway::{Gateway, oidc};
use crate::support::partner::{Answer, Person, Signs};
use crate::support::saml_app::Told;
use crate::support::stores::{Backend, on_both_stores};

/// Lets unsolicited responses lead to this app.
fn leads_to(app: &str) -> impl FnOnce(&mut Partner) {
    let app = Slug::parse(app).unwrap();
    |partner| {
        let Trust::Saml(trust) = &mut partner.trust else { panic!("no SAML") };
        trust.request.unsolicited = Some(app);
    }
}

/// A gateway where they lead to the wiki.
async fn open(backend: Backend) -> Gateway {
    Gateway::start_with(backend, leads_to("wiki")).await
}

/// What the partner's portal sends about Ana.
async fn unsolicited(gateway: &Gateway) -> Answer {
    let authorize = gateway.authorize(&[("domain_hint", "fabrikam")]);
    let request = gateway.ask(&mut gateway.client(), &authorize).await;
    let mut answer = gateway.answer(&request, &Person::ana());
    answer.response.in_response_to = None;
    answer.assertion.as_mut().unwrap().in_response_to = None;
    answer
}

async fn post(gateway: &Gateway, client: &mut Client, answer: &Answer) -> Page {
    client.post("/saml/sp/acs", &[("SAMLResponse", &answer.post(&gateway.partner))]).await
}

on_both_stores! {
    async fn one_that_the_record_allows_begins_a_sign_in_and_signs_nobody_in(backend: Backend) {
        let gateway = open(backend).await;
        let app = open_wiki(&gateway, RelayStateOfLinks::Refused).await;
        let mut client = gateway.client();
        let page = post(&gateway, &mut client, &unsolicited(&gateway).await).await;
        assert_eq!(page.location(), format!("{}/sign-in/start?app=wiki&domain_hint=fabrikam", gateway.url));
        assert!(client.session().is_none() && client.cookies.is_empty(), "whoever posts it signs nobody in");
        // The partner is asked by a request of ours, and what it says then counts.
        let page = client.get(page.location()).await;
        let told = Told::of(&gateway.prove(&mut client, &page, &Person::ana()).await);
        app.accept_unasked(&gateway, &told);
        assert!(client.session().is_some());
    }

    async fn it_is_refused_where_the_record_says_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        open_wiki(&gateway, RelayStateOfLinks::Refused).await;
        let page = post(&gateway, &mut gateway.client(), &unsolicited(&gateway).await).await;
        assert_eq!((page.status, page.refusal_code()), (400, Some("SAML_UNSOLICITED")), "{}", page.body);
    }

    async fn it_is_good_once_on_all_nodes(backend: Backend) {
        let gateway = open(backend).await;
        open_wiki(&gateway, RelayStateOfLinks::Refused).await;
        let answer = unsolicited(&gateway).await;
        assert_eq!(post(&gateway, &mut gateway.client(), &answer).await.status, 303);
        let (url, serving) = gateway.second_address().await;
        let page = post(&gateway, &mut gateway.client(), &answer).await;
        assert_eq!(page.refusal_code(), Some("SAML_RESPONSE_REPLAYED"), "{}", page.body);
        assert_eq!(gateway.cause(page.attempt_id().unwrap()).await.as_deref(), Some("assertion_replayed"));
        let page = post(&gateway, &mut Client::new(&url), &answer).await;
        assert_eq!(page.refusal_code(), Some("SAML_RESPONSE_REPLAYED"), "{}", page.body);
        serving.abort();
    }

    async fn an_assertion_that_began_a_sign_in_finishes_none(backend: Backend) {
        let gateway = open(backend).await;
        open_wiki(&gateway, RelayStateOfLinks::Refused).await;
        let mut client = gateway.client();
        let answer = unsolicited(&gateway).await;
        let page = post(&gateway, &mut client, &answer).await;
        let request = gateway.read_request(&client.get(page.location()).await);
        let page = gateway.post(&mut client, &request, &answer).await;
        assert_eq!(page.refusal_code(), Some("SAML_UNSOLICITED"), "{}", page.body);
        assert!(client.session().is_none());
    }

    async fn each_fault_is_refused(backend: Backend) {
        type Alter = fn(&mut Answer);
        let faults: [(&str, &str, Alter); 5] = [
            ("SAML_RESPONSE_REFUSED", "response_answers_a_request", |answer| {
                answer.response.in_response_to = Some("_1".to_owned());
            }),
            ("SAML_RESPONSE_REFUSED", "confirmation_answers_a_request", |answer| {
                answer.assertion.as_mut().unwrap().in_response_to = Some("_1".to_owned());
            }),
            ("SAML_SIGNATURE_REFUSED", "signature_missing", |answer| answer.signs = Signs::Nothing),
            ("SAML_RESPONSE_REFUSED", "audience_not_ours", |answer| {
                answer.assertion.as_mut().unwrap().audience = "urn:other".to_owned();
            }),
            ("SAML_UNSOLICITED", "relay_state_not_ours", |answer| {
                answer.response.issuer = "urn:nobody".to_owned();
                answer.assertion.as_mut().unwrap().issuer = "urn:nobody".to_owned();
            }),
        ];
        let gateway = open(backend).await;
        open_wiki(&gateway, RelayStateOfLinks::Refused).await;
        for (code, cause, alter) in faults {
            let mut answer = unsolicited(&gateway).await;
            alter(&mut answer);
            let page = post(&gateway, &mut gateway.client(), &answer).await;
            assert_eq!(page.refusal_code(), Some(code), "{cause}: {}", page.body);
            // What is not signed by the partner may be a stranger's, for whom nothing is written.
            let is_audited = !["SAML_UNSOLICITED", "SAML_SIGNATURE_REFUSED"].contains(&code);
            let audited = gateway.cause(page.attempt_id().unwrap()).await;
            assert_eq!(audited.as_deref(), is_audited.then_some(cause));
        }
        assert_eq!(post(&gateway, &mut gateway.client(), &unsolicited(&gateway).await).await.status, 303);
    }

    async fn what_is_switched_off_begins_nothing(backend: Backend) {
        let gateway = open(backend).await;
        let app = open_wiki(&gateway, RelayStateOfLinks::Refused).await;
        let answer = unsolicited(&gateway).await;
        let set = |switch| move |app: &mut entente::domain::apps::App| app.switch = switch;
        gateway.alter_app(&gateway.services, app.id, set(Switch::Disabled)).await;
        let page = post(&gateway, &mut gateway.client(), &answer).await;
        assert_eq!(page.refusal_code(), Some("APP_DISABLED"), "{}", page.body);
        gateway.alter_app(&gateway.services, app.id, set(Switch::Enabled)).await;
        gateway.alter_partner(&gateway.services, |partner| partner.switch = Switch::Disabled).await;
        let page = post(&gateway, &mut gateway.client(), &answer).await;
        assert_eq!(page.refusal_code(), Some("PARTNER_DISABLED"), "{}", page.body);
        gateway.alter_partner(&gateway.services, |partner| partner.switch = Switch::Enabled).await;
        // Nothing of that has spent it.
        assert_eq!(post(&gateway, &mut gateway.client(), &answer).await.status, 303);
    }

    async fn an_app_that_must_ask_is_not_begun(backend: Backend) {
        let gateway = open(backend).await;
        gateway.wiki().await;
        let page = post(&gateway, &mut gateway.client(), &unsolicited(&gateway).await).await;
        assert_eq!(page.refusal_code(), Some("APP_DISABLED"), "{}", page.body);
        assert_eq!(gateway.cause(page.attempt_id().unwrap()).await.as_deref(), Some("app_must_ask"));
    }

    async fn an_openid_connect_app_begins_its_own_flow(backend: Backend) {
        let gateway = Gateway::start_with(backend, leads_to("payroll")).await;
        let initiate = |app: &mut entente::domain::apps::App| {
            oidc(app).initiate_login_uri = Some("http://localhost:9/payroll/login".to_owned());
        };
        gateway.alter_app(&gateway.services, gateway.payroll, initiate).await;
        let mut client = gateway.client();
        let page = post(&gateway, &mut client, &unsolicited(&gateway).await).await;
        let page = client.get(page.location()).await;
        assert!(page.location().starts_with("http://localhost:9/payroll/login?iss="), "{}", page.location());
        assert_eq!(page.param("login_hint").as_deref(), Some("organization:fabrikam"));
        assert!(client.session().is_none());
    }
}
