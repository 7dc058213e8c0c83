//! A partner says that sessions have ended there, and they end here.

use entente::domain::apps::{App, Assignment};
use entente::domain::audit::AuditRecord;
use entente::domain::partners::{PartnerId, Switch};
use entente::flows::operate::{Change, switch_partner};
use serde_json::{Value, json};

use super::told;
use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::journey::{Tokens, assert_invalid_grant, assert_invalid_token, granted};
use crate::support::keys;
use crate::support::notified::Notified;
use crate::support::provider::{Provider, jwks_of, wen};
use crate::support::renewing::refresh_token;
use crate::support::stores::{Backend, on_both_stores};

/// A gateway whose apps are open to everyone, and a provider that it trusts as `woodgrove`.
pub(super) struct Scene {
    pub(super) gateway: Gateway,
    pub(super) provider: Provider,
    pub(super) partner: PartnerId,
}

impl Scene {
    pub(super) async fn open(backend: Backend) -> Self {
        let gateway = Gateway::start(backend).await;
        let provider = Provider::start(&gateway).await;
        let partner = provider.add(&gateway, "woodgrove", |_| ()).await;
        gateway.let_apps_renew().await;
        let everyone = |app: &mut App| app.assignment = Assignment::Everyone;
        gateway.alter_app(&gateway.services, gateway.payroll, everyone).await;
        gateway.services.directory.forget();
        Self { gateway, provider, partner }
    }

    /// A session of a person at the confidential app, under the provider's name for it.
    pub(super) async fn session(&self, person: &Value, sid: Option<&str>) -> Session {
        session(&self.gateway, &self.provider, "woodgrove", person, sid).await
    }

    pub(super) async fn address(&self) -> String {
        address(&self.gateway, self.partner).await
    }

    /// Posts a logout token to the partner's address.
    pub(super) async fn say(&self, token: &str) -> Page {
        self.gateway.client().post(&self.address().await, &[("logout_token", token)]).await
    }

    /// Posts a good one with these claims.
    pub(super) async fn end(&self, claims: Value) {
        assert_taken(&self.say(&self.provider.logout_token(&json!({}), &claims)).await);
    }
}

pub(super) async fn address(gateway: &Gateway, partner: PartnerId) -> String {
    let partner = gateway.services.store.unit_of_work().await.unwrap().read_partner(partner).await.unwrap().unwrap();
    format!("/oidc/rp/backchannel-logout/{}", partner.handle)
}

async fn session(gateway: &Gateway, provider: &Provider, slug: &str, person: &Value, sid: Option<&str>) -> Session {
    provider.alter(|manner| manner.claims = json!({"sid": sid}));
    let mut client = gateway.client();
    let code = granted(&provider.sign_in(gateway, &mut client, slug, person).await);
    provider.alter(|manner| manner.claims = json!({}));
    let page = gateway.redeem(&code).await;
    Session { client, tokens: Tokens::of(&page), refresh: refresh_token(&page) }
}

pub(super) struct Session {
    client: Client,
    tokens: Tokens,
    refresh: String,
}

impl Session {
    pub(super) async fn is_alive(&self, gateway: &Gateway) -> bool {
        let page = self.client.clone().get(&gateway.authorize(&[("prompt", "none")])).await;
        let is_alive = page.param("code").is_some();
        let userinfo = gateway.userinfo(&self.tokens.access).await;
        if is_alive {
            assert_eq!(userinfo.status, 200);
        } else {
            assert_eq!(page.param("error").as_deref(), Some("login_required"));
            assert_invalid_token(&userinfo);
            assert_invalid_grant(&gateway.renew(&self.refresh).await);
        }
        is_alive
    }
}

pub(super) fn assert_taken(page: &Page) {
    assert_eq!((page.status, page.body.as_str()), (200, ""), "{page:?}");
    assert_eq!(page.headers["cache-control"], "no-store");
}

fn zoe() -> Value {
    json!({"sub": "zoe-1", "email": "zoe@woodgrove.example", "email_verified": true, "name": "Zoe Zed"})
}

fn ended(entry: &AuditRecord) -> &str {
    entry.details.iter().find(|(name, _)| name == "sessions_ended").map(|(_, value)| value.as_str()).unwrap()
}

on_both_stores! {
    async fn a_sid_ends_its_session_alone_and_tells_its_apps(backend: Backend) {
        let scene = Scene::open(backend).await;
        let payroll = Notified::of(&scene.gateway, scene.gateway.payroll).await;
        let one = scene.session(&wen(), Some("op 1")).await;
        let two = scene.session(&wen(), Some("op 2")).await;
        let nameless = scene.session(&wen(), None).await;
        scene.end(json!({"sid": "op 1"})).await;
        assert!(!one.is_alive(&scene.gateway).await);
        assert!(two.is_alive(&scene.gateway).await && nameless.is_alive(&scene.gateway).await);
        assert_eq!(scene.gateway.send_notices().await, told(1));
        let news = payroll.told(&scene.gateway, "payroll").await;
        assert_eq!(news[0]["sid"], scene.gateway.claims(&one.tokens.id, "payroll").await["sid"]);
        let entry = scene.gateway.entries("partner_sign_out").await.pop().unwrap();
        assert_eq!((entry.partner.as_ref().map(|(id, _)| *id), ended(&entry)), (Some(scene.partner), "1"));
        assert_eq!(entry.actor, "partner");
        assert!(entry.session.is_some() && entry.guest.is_some() && entry.checks.len() == 10, "{entry:?}");
    }

    async fn a_sub_ends_every_session_of_the_person(backend: Backend) {
        let scene = Scene::open(backend).await;
        let one = scene.session(&wen(), Some("op 1")).await;
        let two = scene.session(&wen(), None).await;
        let other = scene.session(&zoe(), Some("op 3")).await;
        scene.end(json!({"sub": "wen-1"})).await;
        assert!(!one.is_alive(&scene.gateway).await && !two.is_alive(&scene.gateway).await);
        assert!(other.is_alive(&scene.gateway).await);
        let entries = scene.gateway.entries("partner_sign_out").await;
        assert_eq!(entries.iter().map(ended).collect::<Vec<_>>(), ["2"]);
        // Whoever signs in again is not held up by it.
        assert!(scene.session(&wen(), Some("op 4")).await.is_alive(&scene.gateway).await);
    }

    async fn a_sid_with_a_sub_must_be_of_that_person(backend: Backend) {
        let scene = Scene::open(backend).await;
        let one = scene.session(&wen(), Some("op 1")).await;
        let two = scene.session(&wen(), Some("op 2")).await;
        scene.session(&zoe(), Some("op 3")).await;
        scene.end(json!({"sid": "op 1", "sub": "zoe-1"})).await;
        scene.end(json!({"sid": "op 3", "sub": "wen-1"})).await;
        assert!(one.is_alive(&scene.gateway).await && two.is_alive(&scene.gateway).await);
        scene.end(json!({"sid": "op 1", "sub": "wen-1"})).await;
        assert!(!one.is_alive(&scene.gateway).await && two.is_alive(&scene.gateway).await);
    }

    async fn a_sid_with_a_sub_also_ends_the_sessions_whose_sid_is_not_known(backend: Backend) {
        let scene = Scene::open(backend).await;
        let nameless = scene.session(&wen(), None).await;
        let named = scene.session(&wen(), Some("op 2")).await;
        let another = scene.session(&zoe(), None).await;
        scene.end(json!({"sid": "op 1", "sub": "wen-1"})).await;
        assert!(!nameless.is_alive(&scene.gateway).await);
        assert!(named.is_alive(&scene.gateway).await && another.is_alive(&scene.gateway).await);
    }

    async fn whom_nobody_knows_is_answered_alike(backend: Backend) {
        let scene = Scene::open(backend).await;
        let wens = scene.session(&wen(), Some("op 1")).await;
        for claims in [json!({"sid": "none"}), json!({"sub": "nobody"}), json!({"sid": "op 1", "sub": "nobody"})] {
            scene.end(claims).await;
        }
        assert!(wens.is_alive(&scene.gateway).await);
        let entries = scene.gateway.entries("partner_sign_out").await;
        assert_eq!(entries.iter().map(ended).collect::<Vec<_>>(), ["0", "0", "0"]);
    }

    async fn another_partner_with_the_same_names_is_untouched(backend: Backend) {
        let scene = Scene::open(backend).await;
        let Scene { gateway, .. } = &scene;
        let other = Provider::start(gateway).await;
        let other_id = other.add(gateway, "other", |_| ()).await;
        let namesake = json!({"sub": "wen-1", "email": "wen@other.example", "email_verified": true, "name": "Wen"});
        let theirs = session(gateway, &other, "other", &namesake, Some("op 1")).await;
        let ours = scene.session(&wen(), Some("op 1")).await;
        scene.end(json!({"sid": "op 1"})).await;
        scene.end(json!({"sub": "wen-1"})).await;
        assert!(!ours.is_alive(gateway).await && theirs.is_alive(gateway).await);
        // What one provider signs is nothing at the address of another.
        let token = scene.provider.logout_token(&json!({}), &json!({"sub": "wen-1"}));
        let page = gateway.client().post(&address(gateway, other_id).await, &[("logout_token", &token)]).await;
        assert_eq!(page.status, 400, "{page:?}");
        assert!(theirs.is_alive(gateway).await);
        let token = other.logout_token(&json!({}), &json!({"sub": "wen-1"}));
        assert_taken(&gateway.client().post(&address(gateway, other_id).await, &[("logout_token", &token)]).await);
        assert!(!theirs.is_alive(gateway).await);
    }

    async fn a_partner_that_is_off_still_ends_its_sessions(backend: Backend) {
        let scene = Scene::open(backend).await;
        let Scene { gateway, .. } = &scene;
        let wens = scene.session(&wen(), Some("op 1")).await;
        let switch = async |to| switch_partner(&gateway.services, gateway.act(), "woodgrove", to).await.unwrap();
        assert_eq!(switch(Switch::Disabled).await, Change::Made);
        let token = scene.provider.logout_token(&json!({}), &json!({"sid": "op 1"}));
        assert_taken(&scene.say(&token).await);
        assert_eq!(switch(Switch::Enabled).await, Change::Made);
        assert!(!wens.is_alive(gateway).await, "it would have come back with the switch");
    }

    async fn a_new_key_is_fetched_once(backend: Backend) {
        let scene = Scene::open(backend).await;
        let wens = scene.session(&wen(), Some("op 1")).await;
        scene.gateway.clock.advance(std::time::Duration::from_secs(61));
        let asked = scene.provider.asked("jwks");
        for _ in 0..3 {
            let unknown = scene.provider.logout_token(&json!({"kid": "k9"}), &json!({"sid": "op 1"}));
            assert_eq!(scene.say(&unknown).await.status, 400);
        }
        assert_eq!(scene.provider.asked("jwks"), asked + 1);
        scene.gateway.clock.advance(std::time::Duration::from_secs(61));
        scene.provider.alter(|manner| {
            manner.key = keys::stranger();
            manner.jwks = Some(jwks_of(&[("k2", &manner.key)]));
        });
        assert_taken(&scene.say(&scene.provider.logout_token(&json!({"kid": "k2"}), &json!({"sid": "op 1"}))).await);
        assert!(!wens.is_alive(&scene.gateway).await);
    }

    async fn an_address_is_one_of_an_oidc_partner(backend: Backend) {
        let scene = Scene::open(backend).await;
        let token = scene.provider.logout_token(&json!({}), &json!({"sub": "wen-1"}));
        let of_saml_partner = address(&scene.gateway, scene.gateway.partner_id).await;
        for address in [of_saml_partner.as_str(), "/oidc/rp/backchannel-logout/none"] {
            let page = scene.gateway.client().post(address, &[("logout_token", &token)]).await;
            assert_eq!((page.status, page.json()["error"].as_str()), (400, Some("invalid_request")), "{address}");
        }
        assert_taken(&scene.say(&token).await);
    }
}
