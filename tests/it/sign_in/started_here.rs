//! Sign-ins that begin here, to apps that have not asked.

use entente::domain::apps::{AppProtocol, IdpInitiated, RelayStateOfLinks};
use entente::domain::partners::Switch;

use crate::support::gateway::{Gateway, oidc};
use crate::support::partner::Person;
use crate::support::saml_app::{SamlApp, Told};
use crate::support::stores::on_both_stores;

const LINK: &str = "/sign-in/start?app=wiki&domain_hint=fabrikam";

/// The usual SAML app, to which sign-ins may begin here.
pub async fn open_wiki(gateway: &Gateway, links: RelayStateOfLinks) -> SamlApp {
    let begun = IdpInitiated { relay_state: Some("start".to_owned()), links };
    gateway.add_saml_app(|document| document, |definition, _| definition.idp_initiated = Some(begun)).await
}

on_both_stores! {
    async fn a_link_is_answered_with_a_response_that_answers_no_request(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = open_wiki(&gateway, RelayStateOfLinks::Refused).await;
        let mut client = gateway.client();
        let page = client.get(LINK).await;
        assert_eq!(page.status, 303, "{}", page.body);
        let told = Told::of(&gateway.prove(&mut client, &page, &Person::ana()).await);
        assert_eq!(told.relay_state.as_deref(), Some("start"));
        let accepted = app.accept_unasked(&gateway, &told);
        assert_eq!(accepted.authenticating_authorities, [gateway.partner.entity_id.as_str()]);
        // The session of this browser answers the next one, each with an assertion of its own.
        let again = app.accept_unasked(&gateway, &Told::of(&client.get("/sign-in/start?app=wiki").await));
        assert_eq!(again.subject, accepted.subject);
        assert_ne!(again.assertion_id, accepted.assertion_id);
        // Without a hint and a session the person says where they come from.
        let page = gateway.client().get("/sign-in/start?app=wiki").await;
        assert!(page.body.contains("Which organisation"), "{}", page.body);
    }

    async fn only_an_app_whose_record_says_so_is_begun_here(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let (mut client, _) = gateway.ana_signed_in().await;
        for link in [LINK, "/sign-in/start?app=payroll", "/sign-in/start?app=nobody"] {
            let page = client.get(link).await;
            assert_eq!((page.status, page.refusal_code()), (400, Some("APP_UNKNOWN")), "{link}");
            assert!(Told::in_page(&page).is_none(), "{link}");
        }
        let open = |app: &mut entente::domain::apps::App| {
            let AppProtocol::Saml(saml) = &mut app.protocol else { panic!("no SAML") };
            saml.idp_initiated = Some(IdpInitiated { relay_state: None, links: RelayStateOfLinks::Refused });
        };
        gateway.alter_app(&gateway.services, app.id, open).await;
        gateway.services.directory.forget();
        let told = Told::of(&client.get(LINK).await);
        app.accept_unasked(&gateway, &told);
        assert_eq!(told.relay_state, None);
    }

    async fn what_an_app_loses_meanwhile_it_does_not_get(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = open_wiki(&gateway, RelayStateOfLinks::Refused).await;
        let mut client = gateway.client();
        let asked = client.get(LINK).await;
        let close = |app: &mut entente::domain::apps::App| {
            let AppProtocol::Saml(saml) = &mut app.protocol else { panic!("no SAML") };
            saml.idp_initiated = None;
        };
        gateway.alter_app(&gateway.services, app.id, close).await;
        let page = gateway.prove(&mut client, &asked, &Person::ana()).await;
        assert_eq!(page.refusal_code(), Some("REDIRECT_URI_REFUSED"), "{}", page.body);
        assert!(Told::in_page(&page).is_none() && client.session().is_none());
    }

    async fn an_app_that_is_switched_off_meanwhile_gets_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = open_wiki(&gateway, RelayStateOfLinks::Refused).await;
        let mut client = gateway.client();
        let asked = client.get(LINK).await;
        gateway.alter_app(&gateway.services, app.id, |app| app.switch = Switch::Disabled).await;
        let page = gateway.prove(&mut client, &asked, &Person::ana()).await;
        assert_eq!(page.refusal_code(), Some("APP_DISABLED"), "{}", page.body);
        gateway.services.directory.forget();
        let page = gateway.client().get(LINK).await;
        assert_eq!(page.refusal_code(), Some("APP_DISABLED"), "{}", page.body);
    }

    async fn who_is_not_assigned_is_told_and_the_app_is_not(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        open_wiki(&gateway, RelayStateOfLinks::Refused).await;
        gateway.invite("ben@fabrikam.example", None, &[gateway.payroll]).await;
        let mut client = gateway.client();
        let asked = client.get(LINK).await;
        let page = gateway.prove(&mut client, &asked, &Person::ben()).await;
        assert_eq!(page.refusal_code(), Some("NOT_ASSIGNED"), "{}", page.body);
        assert!(Told::in_page(&page).is_none(), "it has asked nothing, and is answered nothing");
    }

    async fn a_link_names_a_relay_state_only_where_the_record_takes_it(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = open_wiki(&gateway, RelayStateOfLinks::Refused).await;
        let (mut client, _) = gateway.ana_signed_in().await;
        let link = "/sign-in/start?app=wiki&RelayState=https%3A%2F%2Fevil.example%2F";
        let page = client.get(link).await;
        assert_eq!((page.status, page.refusal_code()), (400, Some("BAD_REQUEST")), "{}", page.body);
        let take = |app: &mut entente::domain::apps::App| {
            let AppProtocol::Saml(saml) = &mut app.protocol else { panic!("no SAML") };
            saml.idp_initiated = Some(IdpInitiated { relay_state: None, links: RelayStateOfLinks::Taken });
        };
        gateway.alter_app(&gateway.services, app.id, take).await;
        gateway.services.directory.forget();
        let page = client.get(link).await;
        let told = Told::of(&page);
        // It is handed over as it is, and leads none of ours anywhere.
        assert_eq!(told.relay_state.as_deref(), Some("https://evil.example/"));
        assert!(!page.headers["content-security-policy"].to_str().unwrap().contains("evil"));
        app.accept_unasked(&gateway, &told);
    }

    async fn a_link_leads_nowhere_in_a_frame(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        open_wiki(&gateway, RelayStateOfLinks::Refused).await;
        for (destination, status) in [("iframe", 400), ("empty", 400), ("document", 303)] {
            let mut client = gateway.client().with_header("sec-fetch-dest", destination);
            assert_eq!(client.get(LINK).await.status, status, "{destination}");
        }
    }

    async fn an_openid_connect_app_is_asked_to_begin(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let initiate = |app: &mut entente::domain::apps::App| {
            oidc(app).initiate_login_uri = Some("http://localhost:9/payroll/login?x=1".to_owned());
        };
        gateway.alter_app(&gateway.services, gateway.payroll, initiate).await;
        let mut client = gateway.client();
        let page = client.get("/sign-in/start?app=payroll&domain_hint=fabrikam").await;
        assert!(page.location().starts_with("http://localhost:9/payroll/login?x=1&iss="), "{}", page.location());
        assert_eq!(page.param("iss").as_deref(), Some(gateway.url.as_str()));
        // The app gives the hint back with a request of its own, which leads to the partner.
        let hint = page.param("login_hint").unwrap();
        let page = client.get(&gateway.authorize(&[("login_hint", &hint)])).await;
        let request = gateway.read_request(&page);
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        assert!(page.param("code").is_some(), "{}", page.body);
        let page = client.get("/sign-in/start?app=payroll&RelayState=x").await;
        assert_eq!(page.refusal_code(), Some("BAD_REQUEST"));
    }
}
