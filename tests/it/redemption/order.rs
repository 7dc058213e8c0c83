//! In which order kinds of homes are asked about an address of a domain that two of them share, and what is left to
//! people where a kind is left out.

use entente::domain::collaboration::PrimaryProvider;
use entente::domain::guests::{Binding, GuestId};
use entente::domain::holders::DomainPattern;
use entente::domain::partners::{
    Admission, MAILED_CODE_PARTNER, MAILED_CODE_SLUG, Partner as Record, PartnerId, Switch,
};
use entente::flows::operate::{Act, OperateError, switch_partner};
use serde_json::json;

use super::links::{decide, follow, is_pending, path};
use super::person::{send, type_code};
use crate::factors::person::assert_asks;
use crate::invite::scene::{operator, wish};
use crate::policy::journeys::apply_by;
use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::journey::{assert_refused, granted};
use crate::support::partner::Person;
use crate::support::provider::{Provider, wen as provider_wen};
use crate::support::stores::{Backend, on_both_stores};

const WEN: &str = "wen@group.example";
const GUS: &str = "gus@fabrikam.example";
const NOBODY: &str = "nob@fabrikam.example";
const ORGANIZATION: PrimaryProvider = PrimaryProvider::Organization;
const FEDERATION: PrimaryProvider = PrimaryProvider::ExternalFederation;

/// Fabrikam, an external federation by SAML, and Woodgrove, an organisation by OpenID Connect, share a domain.
async fn sharing(backend: Backend) -> (Gateway, Provider, PartnerId) {
    let share = |partner: &mut Record| partner.shared_domains = vec![DomainPattern::parse("group.example").unwrap()];
    let gateway = Gateway::start_with(backend, share).await;
    let provider = Provider::start(&gateway).await;
    let woodgrove = provider
        .add(&gateway, "woodgrove", |partner| {
            share(partner);
            partner.name = "Woodgrove".to_owned();
        })
        .await;
    (gateway, provider, woodgrove)
}

fn wen() -> Person {
    Person::new("wen-1", WEN, "Wen", "Group")
}

async fn set_order(gateway: &Gateway, order: &[PrimaryProvider]) {
    gateway.set(|settings| settings.identity_provider_order = order.to_vec()).await;
}

/// Enters an address on the page that asks for the organisation, of an app or of the panel.
async fn enter(client: &mut Client, door: &str, email: &str) -> Page {
    let page = client.get(door).await;
    let attempt = page.field("attempt").unwrap_or_else(|| panic!("{}", page.body)).to_owned();
    client.post("/sign-in/organization", &[("attempt", &attempt), ("email", email)]).await
}

/// The organisations on the page of a choice, first to last.
fn offered(page: &Page) -> Vec<&str> {
    page.body.split("<bdi>").skip(1).filter_map(|rest| rest.split_once("</bdi></span>")).map(|(name, _)| name).collect()
}

fn offers_code(page: &Page) -> bool {
    page.body.contains("name=\"by\" value=\"code\"")
}

/// Presses a button of the page of a choice.
async fn press(client: &mut Client, page: &Page, email: &str, button: (&str, &str)) -> Page {
    let attempt = page.field("attempt").unwrap().to_owned();
    client.post("/sign-in/organization", &[("attempt", attempt.as_str()), ("email", email), button]).await
}

/// The value of the button of an organisation.
fn handle(page: &Page, name: &str) -> String {
    let (head, _) = page.body.split_once(&format!("<bdi>{name}</bdi>")).unwrap_or_else(|| panic!("{}", page.body));
    head.rsplit("name=\"organization\" value=\"").next().unwrap().split('"').next().unwrap().to_owned()
}

/// What a stranger sees of a page, the attempt and the address aside.
fn seen(page: &Page, email: &str) -> (u16, String) {
    let attempt = page.field("attempt").or(page.attempt_id()).unwrap_or_else(|| panic!("{}", page.body));
    (page.status, page.body.replace(attempt, "ATTEMPT").replace(email, "ADDRESS"))
}

async fn bound_to(gateway: &Gateway, id: GuestId) -> PartnerId {
    let Binding::Accepted { partner, .. } = gateway.guest(id).await.guest.binding else { panic!("not bound") };
    partner
}

on_both_stores! {
    async fn f34_f35_the_link_leads_to_the_first_kind_of_home_in_each_order_and_with_each_left_out(backend: Backend) {
        for (order, expected) in [
            (&[ORGANIZATION, FEDERATION][..], Some(ORGANIZATION)),
            (&[FEDERATION, ORGANIZATION], Some(FEDERATION)),
            (&[ORGANIZATION], Some(ORGANIZATION)),
            (&[FEDERATION], Some(FEDERATION)),
            (&[], None),
        ] {
            let (gateway, provider, woodgrove) = sharing(backend).await;
            let invited = gateway.invited(WEN).await;
            set_order(&gateway, order).await;
            let mut client = gateway.client();
            let page = follow(&mut client, &path(&gateway, &invited)).await;
            let (question, home) = match expected {
                Some(FEDERATION) => {
                    let request = gateway.read_request(&page);
                    (gateway.post(&mut client, &request, &gateway.answer(&request, &wen())).await, gateway.partner_id)
                }
                Some(_) => {
                    let person = json!({"sub": "wen-1", "email": WEN, "email_verified": true, "name": "Wen"});
                    let question = provider.question(&page);
                    (client.get(&provider.agree(&question, &person)).await, woodgrove)
                }
                None => {
                    assert_asks(&page, "Sign in with a code by e-mail");
                    let page = send(&mut client, &page).await;
                    let question = type_code(&mut client, &page, &gateway.mailed(WEN, 1).await).await;
                    (question, MAILED_CODE_PARTNER)
                }
            };
            decide(&mut client, &question, "accept").await;
            assert_eq!(bound_to(&gateway, invited.guest.id).await, home, "{order:?}");
        }
    }

    async fn f32_an_invited_person_of_an_organisation_redeems_at_the_app(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let provider = Provider::start(&gateway).await;
        let woodgrove = provider.add(&gateway, "woodgrove", |partner| partner.admission = Admission::Invited).await;
        let address = "wen@woodgrove.example";
        let mut asked = wish(&gateway, address);
        asked.apps = vec![gateway.payroll];
        let invited = gateway.invited_by(&operator(), &asked).await.unwrap();
        // Straight at the app, by the address alone, without the link.
        let mut client = gateway.client();
        let page = enter(&mut client, &gateway.authorize(&[]), address).await;
        let question = client.get(&provider.agree(&provider.question(&page), &provider_wen())).await;
        assert!(is_pending(&gateway, invited.guest.id).await);
        granted(&decide(&mut client, &question, "accept").await);
        assert_eq!(bound_to(&gateway, invited.guest.id).await, woodgrove);
        // Who was not invited has no account there.
        let stranger = json!({"sub": "eve-1", "email": "eve@woodgrove.example", "email_verified": true});
        let mut client = gateway.client();
        let page = enter(&mut client, &gateway.authorize(&[]), "eve@woodgrove.example").await;
        let refused = client.get(&provider.agree(&provider.question(&page), &stranger)).await;
        assert_refused(&gateway, &refused, "IDP_USER_UNKNOWN", "not_invited").await;
    }

    async fn f34_f35_at_an_app_and_at_the_panel_the_order_says_who_is_offered_first(backend: Backend) {
        let (gateway, _provider, _) = sharing(backend).await;
        for door in [gateway.authorize(&[]), "/".to_owned()] {
            for (order, first, second) in [
                (&[ORGANIZATION, FEDERATION][..], "Woodgrove", "Fabrikam"),
                (&[FEDERATION, ORGANIZATION], "Fabrikam", "Woodgrove"),
                // Who redeemed at a kind that was left out since still goes there.
                (&[ORGANIZATION], "Woodgrove", "Fabrikam"),
                (&[FEDERATION], "Fabrikam", "Woodgrove"),
            ] {
                set_order(&gateway, order).await;
                let page = enter(&mut gateway.client(), &door, WEN).await;
                assert_asks(&page, "Which organisation is yours?");
                assert_eq!((offered(&page), offers_code(&page)), (vec![first, second], false), "{order:?}");
            }
            set_order(&gateway, &[]).await;
            let page = enter(&mut gateway.client(), &door, WEN).await;
            assert_eq!((offered(&page).len(), offers_code(&page)), (2, true), "{}", page.body);
        }
        let page = gateway.client().get(&gateway.authorize(&[("login_hint", WEN)])).await;
        assert_eq!((offered(&page).len(), offers_code(&page)), (2, true), "{}", page.body);
    }

    async fn f34_f35_where_the_only_home_is_left_out_new_people_take_a_code_and_redeemed_ones_stay(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let gus = Person::new("gus-1", GUS, "Gus", "Guest");
        let mut asked = wish(&gateway, GUS);
        asked.apps = vec![gateway.payroll];
        let invited = gateway.invited_by(&operator(), &asked).await.unwrap();
        gateway.sign_in(&mut gateway.client(), &Person::ana()).await;
        let ana = "ana@fabrikam.example";
        let authorize = gateway.authorize(&[]);
        // In the order, the address leads there at once.
        gateway.read_request(&enter(&mut gateway.client(), &authorize, GUS).await);
        set_order(&gateway, &[ORGANIZATION]).await;
        // Whether somebody is invited, has redeemed or is nobody, the page is the same.
        let page = enter(&mut gateway.client(), &authorize, NOBODY).await;
        assert_eq!((offered(&page), offers_code(&page)), (vec!["Fabrikam"], true), "{}", page.body);
        for email in [GUS, ana] {
            let other = enter(&mut gateway.client(), &authorize, email).await;
            assert_eq!(seen(&other, email), seen(&page, NOBODY), "{email}");
        }
        let mut client = gateway.client();
        let page = enter(&mut client, &authorize, ana).await;
        let button = handle(&page, "Fabrikam");
        let request = gateway.read_request(&press(&mut client, &page, ana, ("organization", &button)).await);
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await);
        // Who is invited and takes that way all the same is refused, and the code is theirs.
        let mut client = gateway.client();
        let page = enter(&mut client, &authorize, GUS).await;
        let request = gateway.read_request(&press(&mut client, &page, GUS, ("organization", &button)).await);
        let refused = gateway.post(&mut client, &request, &gateway.answer(&request, &gus)).await;
        assert_refused(&gateway, &refused, "IDP_USER_UNKNOWN", "kind_of_home_not_in_order").await;
        let mut client = gateway.client();
        let page = enter(&mut client, &authorize, GUS).await;
        let page = press(&mut client, &page, GUS, ("by", "code")).await;
        let page = send(&mut client, &page).await;
        let question = type_code(&mut client, &page, &gateway.mailed(GUS, 1).await).await;
        granted(&decide(&mut client, &question, "accept").await);
        assert_eq!(bound_to(&gateway, invited.guest.id).await, MAILED_CODE_PARTNER);
        // Without codes there is nothing to choose.
        set_order(&gateway, &[ORGANIZATION]).await;
        gateway.switch_codes(Switch::Disabled).await;
        gateway.read_request(&enter(&mut gateway.client(), &authorize, NOBODY).await);
    }

    async fn f34_without_home_and_codes_the_refusal_has_a_code_and_tells_nothing_of_accounts(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited("vic@elsewhere.example").await;
        gateway.switch_codes(Switch::Disabled).await;
        let mut pages = Vec::new();
        for email in ["vic@elsewhere.example", "eve@elsewhere.example"] {
            let page = enter(&mut gateway.client(), &gateway.authorize(&[]), email).await;
            assert_asks(&page, "No sign-in for this address");
            assert!(page.body.contains("use the link of that e-mail"), "{}", page.body);
            assert_refused(&gateway, &page, "NO_METHOD_JIT", "no_home_and_codes_off").await;
            pages.push(seen(&page, email));
        }
        assert_eq!(pages[0], pages[1]);
        let page = follow(&mut gateway.client(), &path(&gateway, &invited)).await;
        assert!(!page.body.contains("use the link of that e-mail"), "{}", page.body);
        assert_refused(&gateway, &page, "NO_METHOD_JIT", "no_home_and_codes_off").await;
        assert!(is_pending(&gateway, invited.guest.id).await);
        gateway.switch_codes(Switch::Enabled).await;
        let page = enter(&mut gateway.client(), &gateway.authorize(&[]), "vic@elsewhere.example").await;
        assert_asks(&page, "Sign in with a code by e-mail");
    }

    async fn f35_the_fallback_stays_on_where_nobody_new_could_redeem_without_it(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let switch = async |switch| {
            let act = Act { operator: "olga", now: gateway.now() };
            switch_partner(&gateway.services, act, MAILED_CODE_SLUG, switch).await
        };
        let offers = async || {
            let page = enter(&mut gateway.client(), &gateway.authorize(&[]), "vic@elsewhere.example").await;
            offers_code(&page) || page.body.contains("<h1>Sign in with a code by e-mail</h1>")
        };
        for forced in [
            "fallback = 'email_one_time_passcode'\n",
            "identity_provider_order = []\n",
            "identity_provider_order = ['social_identity_providers']\n",
        ] {
            apply_by(&gateway.services, "[collaboration]\nemail_one_time_passcode = true\n").await;
            switch(Switch::Disabled).await.unwrap();
            assert!(!offers().await);
            // The settings switch on what they leave people with, and no command takes it away.
            apply_by(&gateway.services, &format!("[collaboration]\n{forced}")).await;
            assert!(offers().await, "{forced}");
            let refused = switch(Switch::Disabled).await;
            assert!(matches!(refused, Err(OperateError::CodesForced)), "{forced}: {refused:?}");
            assert!(offers().await, "{forced}");
        }
    }
}
