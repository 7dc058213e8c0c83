//! The access panel: what a person may open, decided on at each view.

use entente::domain::apps::Assignment;
use entente::domain::partners::{PartnerKind, Switch};
use entente::domain::store::objects::Provenance;
use entente::flows::operate::{Act, switch_partner};

use super::person::{VIC, send, type_code};
use crate::factors::person::{Demand, assert_asks, heading};
use crate::policy::journeys::{ALL_APPS, ALL_USERS, apply_by, policy};
use crate::support::client::{Client, Page};
use crate::support::gateway::{Gateway, oidc};
use crate::support::keys;
use crate::support::partner::{Partner, Person};
use crate::support::stores::on_both_stores;

/// The names of the tiles, each with where it leads.
fn tiles(page: &Page) -> Vec<(String, Option<String>)> {
    let list = crate::support::client::between(&page.body, "<ul class=\"tiles\">", "</ul>").unwrap_or_default();
    let tile = |item: &str| {
        let name = crate::support::client::between(item, "<bdi>", "</bdi>").unwrap().to_owned();
        let href = crate::support::client::between(item, "href=\"", "\"");
        (name, href.map(|href| href.replace("&#38;", "&").replace("&amp;", "&")))
    };
    list.split("<li").skip(1).map(tile).collect()
}

async fn panel(client: &mut Client) -> Page {
    let page = client.get("/").await;
    assert_asks(&page, "Your apps");
    page
}

on_both_stores! {
    async fn f33_who_comes_to_the_gateway_itself_signs_in_and_sees_their_apps(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite(VIC, None, &[gateway.travel]).await;
        gateway
            .alter_app(&gateway.services, gateway.travel, |app| {
                oidc(app).initiate_login_uri = Some("http://localhost:9/travel/begin".to_owned());
            })
            .await;
        gateway.services.directory.forget();
        let mut client = gateway.client();
        let page = client.get("/").await;
        assert_asks(&page, "Which organisation are you from?");
        let attempt = page.field("attempt").unwrap().to_owned();
        let fields = [("attempt", attempt.as_str()), ("email", VIC)];
        let page = client.post("/sign-in/organization", &fields).await;
        let page = send(&mut client, &page).await;
        let done = type_code(&mut client, &page, &gateway.mailed(VIC, 1).await).await;
        assert_eq!((done.status, done.location()), (303, "/"), "{}", done.body);
        let page = panel(&mut client).await;
        assert!(page.body.contains(VIC), "{}", page.body);
        assert_eq!(tiles(&page), [("travel".to_owned(), Some("/sign-in/start?app=travel".to_owned()))]);
        let trail = gateway.audit(&attempt).await;
        let entry = trail.iter().find(|record| record.activity == "sign_in").unwrap();
        assert!(entry.app.is_none(), "{entry:?}");
    }

    async fn f33_a_domain_of_the_organisation_leads_to_its_panel_and_no_other_name_does(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let at = async |path: &str| {
            let page = gateway.client().get(path).await;
            (page.status, page.headers.get("location").map(|to| to.to_str().unwrap().to_owned()))
        };
        let to_panel = (303, Some("/".to_owned()));
        for path in ["/contoso.example", "/CONTOSO.example", "/contoso.example?tenantid=1"] {
            assert_eq!(at(path).await, to_panel, "{path}");
        }
        // A partner's own domain is not ours, and nor is what lies below ours or beside it.
        let other = gateway
            .add_partner("tailwind", &Partner::named("urn:tailwind", "https://a.example", keys::stranger()), |_| {})
            .await;
        for path in [
            "/fabrikam.example",
            "/tailwind.example",
            "/sub.contoso.example",
            "/contoso.example/",
            "/contoso.example/x",
            "//contoso.example",
            "/contoso",
            "/contoso.example.",
            "/contoso%2Eexample%00",
            "/unknown.example",
        ] {
            assert_eq!(at(path).await, (404, None), "{path}");
        }
        let post = gateway.client().post("/contoso.example", &[]).await;
        assert_eq!(post.status, 404, "{}", post.body);
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let mut partner = unit.read_partner(other).await.unwrap().unwrap();
        (partner.kind, partner.version) = (PartnerKind::Home, partner.version + 1);
        unit.update_partner(&partner, Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
        gateway.services.directory.forget();
        assert_eq!(at("/tailwind.example").await, to_panel, "where our own people are");
        // The tenant in the query of the panel is taken for what it is: ours.
        assert_asks(&gateway.client().get("/?tenantid=1").await, "Which organisation are you from?");
    }

    async fn the_panel_shows_what_the_person_may_open_and_nothing_else(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        gateway.sign_in(&mut client, &Person::ana()).await;
        let names = |page: &Page| tiles(page).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(&panel(&mut client).await), ["payroll", "travel"]);
        // A web app without an address to begin at is found at its origin.
        assert_eq!(tiles(&panel(&mut client).await)[0].1.as_deref(), Some("http://localhost:9/"));
        gateway
            .alter_app(&gateway.services, gateway.payroll, |app| {
                app.switch = Switch::Disabled;
            })
            .await;
        gateway.services.directory.forget();
        assert_eq!(names(&panel(&mut client).await), ["travel"]);
        gateway.alter_app(&gateway.services, gateway.travel, |app| app.partners = nobody()).await;
        gateway.services.directory.forget();
        let page = panel(&mut client).await;
        assert!(tiles(&page).is_empty() && page.body.contains("There are no apps for you here yet"), "{}", page.body);
        // An app of everybody needs no assignment.
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await;
        let mut other = gateway.client();
        let everybody = |app: &mut entente::domain::apps::App| {
            app.assignment = Assignment::Everyone;
            app.partners = entente::domain::apps::AllowedPartners::All;
        };
        gateway.alter_app(&gateway.services, gateway.travel, everybody).await;
        gateway.services.directory.forget();
        let asked = gateway.authorize_travel(&[("domain_hint", "fabrikam")]);
        let request = gateway.ask(&mut other, &asked).await;
        gateway.post(&mut other, &request, &gateway.answer(&request, &Person::ben())).await;
        assert_eq!(names(&panel(&mut other).await), ["travel"], "{ben}");
    }

    async fn policies_for_all_apps_hold_for_the_panel(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        gateway.sign_in(&mut client, &Person::ana()).await;
        panel(&mut client).await;
        let block = policy("block", &[ALL_USERS, ALL_APPS, "grant_controls.built_in_controls = ['block']\n"]);
        apply_by(&gateway.services, &block).await;
        let refused = client.get("/").await;
        assert_eq!(refused.refusal_code(), Some("BLOCKED_BY_POLICY"), "{}", refused.body);
    }

    async fn policies_for_chosen_apps_do_not_hold_for_the_panel(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.demand("block", gateway.payroll, Demand::Block).await;
        let mut client = gateway.client();
        let asked = gateway.authorize_travel(&[("domain_hint", "fabrikam")]);
        let request = gateway.ask(&mut client, &asked).await;
        gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        panel(&mut client).await;
    }

    async fn a_second_factor_that_is_demanded_everywhere_is_asked_for_on_the_way_to_the_panel(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        gateway.sign_in(&mut client, &Person::ana()).await;
        let mfa = policy("mfa", &[ALL_USERS, ALL_APPS, "grant_controls.built_in_controls = ['mfa']\n"]);
        apply_by(&gateway.services, &mfa).await;
        let page = client.get("/").await;
        assert_eq!(heading(&page), "One more step", "{}", page.body);
        let fields = [("action", "pass"), ("kind", "mailed_code")];
        let page = crate::factors::person::answer(&mut client, &page, &fields).await;
        let page = crate::factors::person::answer(&mut client, &page, &[("action", "send")]).await;
        let code = gateway.mailbox.code("ana@fabrikam.example");
        let done = crate::factors::person::type_code(&mut client, &page, &code).await;
        assert_eq!((done.status, done.location()), (303, "/"), "{}", done.body);
        panel(&mut client).await;
    }

    async fn who_may_not_sign_in_sees_no_panel(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        gateway.sign_in(&mut client, &Person::ana()).await;
        switch(&gateway, Switch::Disabled).await;
        let refused = client.get("/").await;
        assert_eq!(refused.refusal_code(), Some("PARTNER_DISABLED"), "{}", refused.body);
        switch(&gateway, Switch::Enabled).await;
        panel(&mut client).await;
        // A stranger is asked who they are, and nothing is written of it.
        let stranger = gateway.client().get("/").await;
        assert_asks(&stranger, "Which organisation are you from?");
    }
}

fn nobody() -> entente::domain::apps::AllowedPartners {
    entente::domain::apps::AllowedPartners::Only(Vec::new())
}

async fn switch(gateway: &Gateway, switch: Switch) {
    let act = Act { operator: "olga", now: gateway.now() };
    switch_partner(&gateway.services, act, "fabrikam", switch).await.unwrap();
}
