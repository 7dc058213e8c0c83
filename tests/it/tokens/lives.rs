//! Whether an account still lives at its partner, asked when an app renews its tokens.

use std::sync::Arc;
use std::time::Duration;

use entente::base::params::RawParams;
use entente::base::sealing::Purpose;
use entente::domain::apps::grant_types::{GrantType, GrantTypes};
use entente::domain::apps::{App, Assignment};
use entente::domain::partners::{AskedAgain, Partner, PartnerId, Trust, UpstreamToken};
use entente::domain::sessions::SessionId;
use entente::flows::token::possession::AppHeaders;
use entente::flows::token::redeem;
use serde_json::json;

use crate::support::client::Page;
use crate::support::gateway::{Gateway, oidc};
use crate::support::journey::{Tokens, assert_invalid_grant, granted};
use crate::support::provider::{Provider, wen};
use crate::support::renewing::refresh_token;
use crate::support::stores::{Backend, on_both_stores};

const MINUTE: Duration = Duration::from_secs(60);

fn asked_again(minutes: u32) -> impl FnOnce(&mut Partner) {
    move |partner| {
        let Trust::Oidc(trust) = &mut partner.trust else { panic!("no OpenID Connect") };
        trust.terms.asked_again = Some(AskedAgain { grace: minutes * MINUTE });
    }
}

/// A provider that gives refresh tokens, an app that may renew, and the answer to its redemption.
struct Scene {
    gateway: Gateway,
    provider: Provider,
    partner: PartnerId,
    first: Page,
}

impl Scene {
    async fn of(backend: Backend, alter: impl FnOnce(&mut Partner)) -> Self {
        let gateway = Gateway::start(backend).await;
        let provider = Provider::start(&gateway).await;
        provider.alter(|manner| manner.gives_refresh_tokens = true);
        let partner = provider.add(&gateway, "woodgrove", alter).await;
        gateway.let_apps_renew().await;
        let open = |app: &mut App| app.assignment = Assignment::Everyone;
        gateway.alter_app(&gateway.services, gateway.payroll, open).await;
        gateway.services.directory.forget();
        let page = provider.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await;
        let first = gateway.redeem(&granted(&page)).await;
        Self { gateway, provider, partner, first }
    }

    /// With the usual grace.
    async fn start(backend: Backend) -> Self {
        Self::of(backend, asked_again(60)).await
    }

    async fn renew(&self, page: &Page) -> Page {
        self.gateway.renew(&refresh_token(page)).await
    }

    async fn session(&self) -> SessionId {
        let claims = self.gateway.claims(&Tokens::of(&self.first).id, "payroll").await;
        SessionId::parse(claims["sid"].as_str().unwrap()).unwrap()
    }

    async fn kept(&self) -> Option<UpstreamToken> {
        let session = self.session().await;
        let mut unit = self.gateway.services.store.unit_of_work().await.unwrap();
        unit.find_upstream_token(session).await.unwrap()
    }

    /// Cause and evidence of the entry that says that the account is gone.
    async fn withdrawn(&self) -> Option<(String, String)> {
        let query = entente::domain::audit::AuditQuery {
            activity: Some("partner_withdrew".to_owned()),
            limit: 10,
            ..Default::default()
        };
        self.gateway.services.refusals.flush().await;
        let records = self.gateway.services.store.audit(&query).await.unwrap();
        assert!(records.len() < 2);
        records.into_iter().next().map(|record| {
            assert_eq!(record.partner.map(|(id, _)| id), Some(self.partner));
            assert!(record.attempt.is_some() && record.session.is_some());
            (record.cause.unwrap(), record.details.into_iter().map(|(_, value)| value).collect())
        })
    }
}

on_both_stores! {
    async fn a_partner_is_asked_at_most_every_quarter_of_an_hour(backend: Backend) {
        let scene = Scene::start(backend).await;
        let (gateway, provider) = (&scene.gateway, &scene.provider);
        let mut page = scene.renew(&scene.first).await;
        assert_eq!(provider.asked("refresh"), 0, "the sign-in was just now");
        for (minutes, asked) in [(14, 0), (1, 1), (1, 1), (13, 1), (1, 2)] {
            gateway.clock.advance(minutes * MINUTE);
            page = scene.renew(&page).await;
            Tokens::of(&page);
            assert_eq!(provider.asked("refresh"), asked);
        }
        // Nobody else asks it: neither userinfo nor another app in the browser.
        gateway.clock.advance(20 * MINUTE);
        assert_eq!(gateway.userinfo(&Tokens::of(&page).access).await.status, 200);
        assert_eq!(provider.asked("refresh"), 2);
    }

    async fn the_partners_token_is_kept_sealed_and_follows_its_rotation(backend: Backend) {
        let scene = Scene::start(backend).await;
        let [before] = &scene.provider.refresh_tokens()[..] else { panic!("not one") };
        let kept = scene.kept().await.unwrap();
        let holds = |token: &UpstreamToken, text: &str| {
            assert!(!token.sealed.windows(8).any(|part| part == &text.as_bytes()[..8]), "it is sealed");
            let place = UpstreamToken::place(token.session);
            let opened = scene.gateway.services.sealer.open(Purpose::UpstreamToken, &place, &token.sealed).unwrap();
            opened.windows(text.len()).any(|part| part == text.as_bytes())
        };
        assert!(holds(&kept, before));
        let elsewhere = UpstreamToken::place(SessionId::new(scene.gateway.now(), scene.gateway.services.random.as_ref()));
        let sealer = &scene.gateway.services.sealer;
        assert!(sealer.open(Purpose::UpstreamToken, &elsewhere, &kept.sealed).is_err(), "bound to its row");
        assert!(sealer.open(Purpose::DatabaseSecret, &UpstreamToken::place(kept.session), &kept.sealed).is_err());
        scene.gateway.clock.advance(15 * MINUTE);
        let page = scene.renew(&scene.first).await;
        let [after] = &scene.provider.refresh_tokens()[..] else { panic!("not one") };
        assert_ne!(before, after);
        assert!(holds(&scene.kept().await.unwrap(), after));
        // A partner that gives no other one is asked by the same again.
        scene.provider.alter(|manner| manner.rotates = false);
        scene.gateway.clock.advance(15 * MINUTE);
        let page = scene.renew(&page).await;
        scene.gateway.clock.advance(15 * MINUTE);
        Tokens::of(&scene.renew(&page).await);
        assert_eq!(scene.provider.asked("refresh"), 3);
    }

    async fn f82_an_account_that_its_partner_has_ended_ends_its_session_and_all_that_came_of_it(backend: Backend) {
        let scene = Scene::start(backend).await;
        scene.provider.forget();
        scene.gateway.clock.advance(14 * MINUTE);
        let page = scene.renew(&scene.first).await;
        let access = Tokens::of(&page).access;
        scene.gateway.clock.advance(MINUTE);
        assert_invalid_grant(&scene.renew(&page).await);
        assert_eq!(scene.withdrawn().await.unwrap().0, "refresh_token_refused");
        assert_eq!(scene.gateway.userinfo(&access).await.status, 401);
        assert!(scene.kept().await.is_none(), "it goes with the session");
        assert_invalid_grant(&scene.renew(&page).await);
        assert_eq!(scene.provider.asked("refresh"), 1);
    }

    async fn another_subject_or_a_token_that_does_not_hold_ends_the_session(backend: Backend) {
        let now = Gateway::start(backend).await.now().seconds();
        for (claims, cause) in [
            (json!({"sub": "bob-1"}), "token_of_another_subject"),
            (json!({"iss": "https://other.example"}), "token_of_another_issuer"),
            (json!({"aud": "other"}), "token_for_another_audience"),
            (json!({"nonce": "other"}), "token_for_another_question"),
            (json!({"at_hash": "AAAA"}), "token_beside_another_access_token"),
            (json!({"exp": now}), "token_expired"),
        ] {
            let scene = Scene::start(backend).await;
            scene.provider.alter(|manner| manner.refreshed_claims = claims);
            scene.gateway.clock.advance(15 * MINUTE);
            assert_invalid_grant(&scene.renew(&scene.first).await);
            assert_eq!(scene.withdrawn().await.unwrap().0, cause);
        }
    }

    async fn an_id_token_may_be_left_out_or_carry_the_nonce_of_before(backend: Backend) {
        let scene = Scene::start(backend).await;
        scene.provider.alter(|manner| manner.refreshed_claims = serde_json::Value::Null);
        scene.gateway.clock.advance(15 * MINUTE);
        let page = scene.renew(&scene.first).await;
        Tokens::of(&page);
        let payload = scene.provider.last_id_token().split('.').nth(1).unwrap().to_owned();
        let claims: serde_json::Value =
            serde_json::from_slice(&entente::base::encoding::from_base64url(&payload).unwrap()).unwrap();
        scene.provider.alter(|manner| manner.refreshed_claims = json!({"nonce": claims["nonce"]}));
        scene.gateway.clock.advance(15 * MINUTE);
        Tokens::of(&scene.renew(&page).await);
        assert_eq!(scene.provider.asked("refresh"), 2);
    }

    async fn a_token_by_a_new_key_has_the_keys_read_again(backend: Backend) {
        let scene = Scene::start(backend).await;
        scene.provider.alter(|manner| {
            manner.key = crate::support::keys::stranger();
            manner.header = json!({"kid": "k2"});
            manner.jwks = Some(crate::support::provider::jwks_of(&[("k2", &manner.key)]));
        });
        scene.gateway.clock.advance(15 * MINUTE);
        Tokens::of(&scene.renew(&scene.first).await);
    }

    async fn a_no_is_written_though_nobody_waits_for_it(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gate = Arc::new([tokio::sync::Notify::new(), tokio::sync::Notify::new()]);
        scene.provider.forget();
        scene.provider.alter(|manner| manner.gate = Some(gate.clone()));
        scene.gateway.clock.advance(15 * MINUTE);
        let token = refresh_token(&scene.first);
        let [(id, id_value), (secret, secret_value)] = crate::support::renewing::AS_PAYROLL;
        let form = format!("grant_type=refresh_token&refresh_token={token}&{id}={id_value}&{secret}={secret_value}");
        let form = RawParams::parse(&form).unwrap();
        let headers = AppHeaders { authorization: &[], dpop: &[] };
        tokio::select! {
            _ = redeem(&scene.gateway.services, headers, &form, None) => panic!("nobody has answered"),
            () = gate[0].notified() => {}
        }
        assert!(scene.withdrawn().await.is_none());
        gate[1].notify_one();
        let written = async {
            while scene.withdrawn().await.is_none() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(MINUTE, written).await.unwrap();
        scene.provider.alter(|manner| manner.gate = None);
        assert_invalid_grant(&scene.renew(&scene.first).await);
        assert_eq!(scene.provider.asked("refresh"), 1);
    }

    async fn a_token_by_a_key_that_stays_unknown_says_nothing(backend: Backend) {
        let scene = Scene::of(backend, asked_again(30)).await;
        scene.provider.alter(|manner| {
            manner.key = crate::support::keys::stranger();
            manner.header = json!({"kid": "k2"});
        });
        let confirmed_at = scene.kept().await.unwrap().confirmed_at;
        scene.gateway.clock.advance(20 * MINUTE);
        let page = scene.renew(&scene.first).await;
        Tokens::of(&page);
        assert_eq!(scene.kept().await.unwrap().confirmed_at, confirmed_at);
        scene.gateway.clock.advance(10 * MINUTE);
        assert_eq!(scene.renew(&page).await.status, 503);
        assert!(scene.withdrawn().await.is_none());
        // It was asked by the token that it gave, and goes on once its key is known.
        scene.provider.alter(|manner| {
            manner.jwks = Some(crate::support::provider::jwks_of(&[("k2", &manner.key)]));
        });
        scene.gateway.clock.advance(MINUTE);
        Tokens::of(&scene.renew(&page).await);
        assert_eq!(scene.provider.asked("refresh"), 3);
    }

    async fn a_silent_partners_last_word_counts_for_its_grace(backend: Backend) {
        for silence in [(503, "text/plain", String::new()), (200, "text/html", "<html>".to_owned()), (400, "application/json", r#"{"error":"invalid_client"}"#.to_owned())] {
            let scene = Scene::of(backend, asked_again(30)).await;
            scene.provider.alter(|manner| manner.refreshed = Some(silence));
            scene.gateway.clock.advance(29 * MINUTE);
            let page = scene.renew(&scene.first).await;
            Tokens::of(&page);
            scene.gateway.clock.advance(MINUTE);
            let refused = scene.renew(&page).await;
            assert_eq!((refused.status, refused.json()["error"].as_str()), (503, Some("temporarily_unavailable")));
            assert!(scene.withdrawn().await.is_none() && scene.kept().await.is_some(), "nobody said that it is gone");
            // Nothing was spent: it goes on once the partner speaks again.
            scene.provider.alter(|manner| manner.refreshed = None);
            scene.gateway.clock.advance(MINUTE);
            Tokens::of(&scene.renew(&page).await);
        }
    }

    async fn another_issuer_is_never_shown_the_token(backend: Backend) {
        let scene = Scene::start(backend).await;
        let other = Provider::start(&scene.gateway).await;
        let mut unit = scene.gateway.services.store.unit_of_work().await.unwrap();
        let mut record = unit.read_partner(scene.partner).await.unwrap().unwrap();
        let Trust::Oidc(trust) = &mut record.trust else { panic!("no OpenID Connect") };
        (trust.terms.issuer, trust.documents) = (other.issuer().to_owned(), None);
        record.version += 1;
        unit.update_partner(&record, entente::domain::store::objects::Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
        scene.gateway.services.directory.forget();
        scene.gateway.clock.advance(15 * MINUTE);
        assert_invalid_grant(&scene.renew(&scene.first).await);
        assert_eq!(scene.withdrawn().await.unwrap().0, "issuer_changed_meanwhile");
        assert_eq!((other.asked("token"), scene.provider.asked("refresh")), (0, 0));
    }

    async fn a_partner_without_grace_must_answer(backend: Backend) {
        let scene = Scene::of(backend, asked_again(0)).await;
        scene.provider.alter(|manner| manner.refreshed = Some((502, "text/plain", String::new())));
        scene.gateway.clock.advance(14 * MINUTE);
        let page = scene.renew(&scene.first).await;
        Tokens::of(&page);
        scene.gateway.clock.advance(MINUTE);
        assert_eq!(scene.renew(&page).await.status, 503);
    }

    async fn nobody_is_asked_for_a_renewal_that_is_refused_anyway(backend: Backend) {
        let scene = Scene::start(backend).await;
        scene.gateway.clock.advance(16 * MINUTE);
        let asked = scene.provider.asked("token");
        let may_renew = |grants: GrantTypes| move |app: &mut App| oidc(app).grants = grants;
        let (gateway, payroll) = (&scene.gateway, scene.gateway.payroll);
        gateway.alter_app(&gateway.services, payroll, may_renew(GrantTypes::STANDARD)).await;
        gateway.services.directory.forget();
        assert_eq!(scene.renew(&scene.first).await.json()["error"], "unauthorized_client");
        assert_eq!(scene.provider.asked("token"), asked);
        let renewing = GrantTypes::STANDARD.with(GrantType::RefreshToken);
        gateway.alter_app(&gateway.services, payroll, may_renew(renewing)).await;
        gateway.services.directory.forget();
        refresh_token(&scene.renew(&scene.first).await);
        assert_eq!(scene.provider.asked("token"), asked + 1);
    }

    async fn of_those_who_renew_at_once_one_asks(backend: Backend) {
        let scene = Scene::start(backend).await;
        let gateway = &scene.gateway;
        // Another sign-in of another app in the same session has a family of its own; here the same one is used by
        // several requests, of which one is good, and a second node.
        let (url, serving) = gateway.second_address().await;
        gateway.clock.advance(15 * MINUTE);
        let token = refresh_token(&scene.first);
        let mut other = crate::support::client::Client::new(&url);
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str()),
            crate::support::renewing::AS_PAYROLL[0],
            crate::support::renewing::AS_PAYROLL[1],
        ];
        let (here, there) = tokio::join!(gateway.renew(&token), other.post("/oidc/token", &form));
        assert_eq!(scene.provider.asked("refresh"), 1);
        let mut statuses = [here.status, there.status];
        statuses.sort_unstable();
        // One is good; the other showed a token that was used already, or came first to nothing.
        assert_eq!(statuses, [200, 400], "{} {}", here.body, there.body);
        assert!(scene.withdrawn().await.is_none());
        serving.abort();
    }

    async fn a_partner_whose_record_says_nothing_is_never_asked(backend: Backend) {
        let scene = Scene::of(backend, |_| ()).await;
        assert!(scene.kept().await.is_none());
        scene.provider.forget();
        scene.gateway.clock.advance(60 * MINUTE);
        Tokens::of(&scene.renew(&scene.first).await);
        assert_eq!(scene.provider.asked("refresh"), 0);
    }
}
