//! Whatever a request comes by, it is held to the same: partner, app, person and assignment as they are now.
//!
//! One browser with a live session prepares every way into an app, an operator acts, and then every way is
//! tried. Without an act all of them lead in.

use std::collections::BTreeMap;

use entente::domain::guests::Standing;
use entente::domain::partners::Switch;
use entente::flows::operate::{revoke_guest, set_guest_standing, switch_app, switch_partner};
use entente::flows::services::Services;

use crate::support::client::{Client, Page, query};
use crate::support::gateway::{Gateway, PAYROLL_CALLBACK, address};
use crate::support::journey::{Tokens, granted};
use crate::support::partner::{Answer, Person, Request};
use crate::support::renewing::{AS_PAYROLL, refresh_token};
use crate::support::saml_app::{Ask, SamlApp, Told};
use crate::support::stores::{Backend, on_both_stores};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Nothing,
    Revoke,
    Block,
    PartnerOff,
    AppOff,
    GrantGone,
}

impl Act {
    async fn carry_out(self, gateway: &Gateway, services: &Services) {
        let (act, ana) = (gateway.act(), "ana@fabrikam.example");
        match self {
            Self::Nothing => {}
            Self::Revoke => drop(revoke_guest(services, act, ana).await.unwrap()),
            Self::Block => drop(set_guest_standing(services, act, ana, Standing::Blocked).await.unwrap()),
            Self::PartnerOff => drop(switch_partner(services, act, "fabrikam", Switch::Disabled).await.unwrap()),
            Self::AppOff => {
                for slug in ["payroll", "wiki"] {
                    switch_app(services, gateway.act(), slug, Switch::Disabled).await.unwrap();
                }
            }
            Self::GrantGone => {
                let mut unit = services.store.unit_of_work().await.unwrap();
                unit.set_guest_apps(gateway.ana, &[gateway.travel]).await.unwrap();
                unit.commit().await.unwrap();
            }
        }
    }

    /// What becomes of a request that would use the session.
    const fn of_session(self) -> Came {
        match self {
            Self::Nothing => Came::In,
            // There is no session any more: whoever it is must prove it.
            Self::Revoke | Self::Block => Came::ToPartner,
            _ => self.of_proof(),
        }
    }

    /// What becomes of a step of the session, where the person was asked before.
    const fn of_step(self) -> Came {
        match self {
            Self::Revoke | Self::Block => Came::Refused("INTERACTION_NEEDED"),
            _ => self.of_session(),
        }
    }

    /// What becomes of a good answer of the partner.
    const fn of_proof(self) -> Came {
        match self {
            Self::Nothing | Self::Revoke => Came::In,
            Self::Block => Came::Refused("GUEST_BLOCKED"),
            Self::PartnerOff => Came::Refused("PARTNER_DISABLED"),
            Self::AppOff => Came::Refused("APP_DISABLED"),
            Self::GrantGone => Came::Refused("NOT_ASSIGNED"),
        }
    }
}

/// Where a way has led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    /// Into the app.
    In,
    /// To the partner, or to the page that asks for it.
    ToPartner,
    /// To a refusal with this code.
    Refused(&'static str),
}

const CODES: [&str; 5] = ["INTERACTION_NEEDED", "GUEST_BLOCKED", "PARTNER_DISABLED", "APP_DISABLED", "NOT_ASSIGNED"];

fn came(page: &Page) -> Came {
    let leads = page.headers.contains_key("location") || page.body.contains("http-equiv=\"refresh\"");
    let onward = leads.then(|| page.onward());
    let param = |name: &str| query(onward.as_deref()?, name);
    if let Some(code) = page.refusal_code().map(str::to_owned).or_else(|| param("error_description")) {
        return Came::Refused(CODES.iter().find(|known| **known == code).unwrap_or_else(|| panic!("{code}")));
    }
    if param("code").is_some() || Told::in_page(page).is_some_and(|told| told.status() == ["Success"]) {
        return Came::In;
    }
    let asks = page.body.contains("action=\"/sign-in/organization\"");
    assert!(asks || param("SAMLRequest").is_some(), "{} {:?} {}", page.status, page.headers, page.body);
    Came::ToPartner
}

/// A browser and what it has been given to go on with.
struct Prepared {
    client: Client,
    wiki: SamlApp,
    asks: [Ask; 2],
    pushed: String,
    account: (Client, String),
    consent: (Client, String),
    proof: (Client, Request, Answer),
    code: String,
    tokens: Tokens,
    refresh: String,
}

impl Prepared {
    async fn new(gateway: &Gateway) -> Self {
        let wiki = gateway.wiki().await;
        let (mut client, page) = gateway.ana_renewable().await;
        let asked = [
            ("redirect_uri", PAYROLL_CALLBACK),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "state-pushed"),
        ];
        let pushed = gateway.at_desk("/oidc/par", &[&AS_PAYROLL, &asked]).await;
        let uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
        let mut stopped = BTreeMap::new();
        for prompt in ["select_account", "consent"] {
            let mut tab = client.clone();
            let page = tab.get(&gateway.authorize(&[("prompt", prompt)])).await;
            let attempt = page.field("attempt").unwrap_or_else(|| panic!("{}", page.body)).to_owned();
            stopped.insert(prompt, (tab, attempt));
        }
        let mut other = gateway.client();
        let request = gateway.ask(&mut other, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let answer = gateway.answer(&request, &Person::ana());
        Self {
            asks: [wiki.ask(gateway), wiki.ask(gateway)],
            wiki,
            pushed: address("/oidc/authorize", &[("client_id", "payroll"), ("request_uri", &uri)]),
            account: stopped.remove("select_account").unwrap(),
            consent: stopped.remove("consent").unwrap(),
            proof: (other, request, answer),
            code: granted(&client.get(&gateway.authorize(&[])).await),
            tokens: Tokens::of(&page),
            refresh: refresh_token(&page),
            client,
        }
    }

    /// The requests that would use the session, with what became of them.
    async fn with_session(&self, gateway: &Gateway) -> Vec<(&'static str, Came)> {
        let url = gateway.authorize(&[]);
        let form: Vec<(String, String)> =
            url::form_urlencoded::parse(url.split_once('?').unwrap().1.as_bytes()).into_owned().collect();
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let here = || {
            let client = self.client.clone().with_header("Sec-Fetch-Site", "same-origin");
            client.with_header("Origin", &gateway.url)
        };
        let [by_redirect, by_post] = &self.asks;
        let fields = self.wiki.form(by_post);
        vec![
            ("authorize by GET", came(&self.client.clone().get(&url).await)),
            ("authorize by POST", came(&here().post("/oidc/authorize", &form).await)),
            ("a pushed request", came(&self.client.clone().get(&self.pushed).await)),
            (
                "an AuthnRequest by Redirect",
                came(&self.client.clone().get(&self.wiki.redirect(gateway, by_redirect)).await),
            ),
            ("an AuthnRequest by POST", came(&self.wiki.post(&mut here(), &fields).await)),
            (
                "the choice of an account",
                came(&answer(&self.account, "/sign-in/account", ("account", "current")).await),
            ),
        ]
    }

    /// Silent requests must not lead in either, whatever is told.
    async fn silently(&self, gateway: &Gateway) -> Vec<(&'static str, bool)> {
        let silent = self.client.clone().get(&gateway.authorize(&[("prompt", "none")])).await;
        let ask = self.wiki.ask(gateway).with("IsPassive=\"true\"");
        let passive = self.client.clone().get(&self.wiki.redirect(gateway, &ask)).await;
        let is_in = |page: &Page| page.status == 303 && page.param("code").is_some();
        let is_told = Told::in_page(&passive).is_some_and(|told| told.xml.contains("<saml:Assertion"));
        vec![("prompt=none", is_in(&silent)), ("IsPassive", is_told)]
    }

    /// What apps are told at the endpoints of their own.
    async fn at_desks(&self, gateway: &Gateway) -> Vec<(&'static str, bool)> {
        vec![
            ("userinfo", gateway.userinfo(&self.tokens.access).await.status == 200),
            ("introspection", gateway.is_active(&self.tokens.access).await),
            ("introspection of a refresh token", gateway.is_active(&self.refresh).await),
            ("the code", gateway.redeem(&self.code).await.status == 200),
            ("renewal", gateway.renew(&self.refresh).await.status == 200),
        ]
    }
}

async fn answer((client, attempt): &(Client, String), path: &str, field: (&str, &str)) -> Page {
    client.clone().post(path, &[("attempt", attempt), field]).await
}

async fn every_way(backend: Backend, is_elsewhere: bool) {
    for act in [Act::Nothing, Act::Revoke, Act::Block, Act::PartnerOff, Act::AppOff, Act::GrantGone] {
        let gateway = Gateway::start(backend).await;
        let prepared = Prepared::new(&gateway).await;
        let other = gateway.second_node().await.services;
        act.carry_out(&gateway, if is_elsewhere { &other } else { &gateway.services }).await;
        for (way, led) in prepared.with_session(&gateway).await {
            assert_eq!(led, act.of_session(), "{act:?} by {way}");
        }
        let page = answer(&prepared.consent, "/sign-in/consent", ("decision", "accept")).await;
        assert_eq!(came(&page), act.of_step(), "{act:?} by consent");
        for (way, is_in) in prepared.silently(&gateway).await {
            assert_eq!(is_in, act == Act::Nothing, "{act:?} by {way}");
        }
        for (way, is_told) in prepared.at_desks(&gateway).await {
            assert_eq!(is_told, act == Act::Nothing, "{act:?} by {way}");
        }
        let (mut client, request, answer) = prepared.proof;
        let page = gateway.post(&mut client, &request, &answer).await;
        assert_eq!(came(&page), act.of_proof(), "{act:?} by the partner's answer");
    }
}

on_both_stores! {
    async fn every_way_in_asks_how_partner_app_person_and_assignment_stand(backend: Backend) {
        every_way(backend, false).await;
    }

    async fn every_way_in_asks_it_also_where_another_process_acted(backend: Backend) {
        every_way(backend, true).await;
    }
}
