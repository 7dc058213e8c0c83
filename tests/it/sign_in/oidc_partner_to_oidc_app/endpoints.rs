//! Addresses of a provider that say nothing, too much, something else, or lead elsewhere.

use std::time::Duration;

use serde_json::json;

use crate::support::gateway::Gateway;
use crate::support::journey::{assert_refused, granted};
use crate::support::partner::Person;
use crate::support::provider::{Provider, add_provider, wen};
use crate::support::source::{Says, Source};
use crate::support::stores::{Backend, on_both_stores};

use super::{open, open_at};

/// Longer than any exchange may take, with what a loaded machine adds.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long the gateway waits here, where many say nothing: long enough for those who answer, many at once.
const WAITS: Duration = Duration::from_secs(2);

/// A gateway that waits no longer, and a provider that is sound.
async fn impatient(backend: Backend) -> (Gateway, Provider) {
    open_at(Gateway::start_impatient(backend, WAITS).await, "woodgrove", |_| ()).await
}

/// Code and cause.
type Refused = (&'static str, &'static str);

/// Every way in which an address may misbehave, with what is made of it at the token endpoint and at UserInfo.
fn manners(elsewhere: &Source) -> Vec<(Says, [Refused; 2])> {
    const UNREACHABLE: &str = "PARTNER_UNREACHABLE";
    const REFUSED: &str = "OIDC_RESPONSE_REFUSED";
    let none = [(UNREACHABLE, "token_endpoint_no_answer"), (UNREACHABLE, "userinfo_no_answer")];
    vec![
        (Says::Silence, none),
        (Says::Drops, none),
        (Says::Endless, none),
        (Says::Nothing, none),
        (Says::Redirect(elsewhere.url.clone()), [(REFUSED, "token_endpoint_refused"), (REFUSED, "userinfo_refused")]),
        (Says::Html, [(REFUSED, "token_reply_malformed"), (REFUSED, "userinfo_malformed")]),
        (Says::Status(503), [(UNREACHABLE, "token_endpoint_refused"), (REFUSED, "userinfo_refused")]),
        (Says::Document(String::new()), [(REFUSED, "token_reply_malformed"), (REFUSED, "userinfo_malformed")]),
    ]
}

/// A provider one of whose addresses is `source`.
async fn with_address_at(gateway: &Gateway, slug: &str, member: &str, source: &Source) -> Provider {
    let provider = Provider::start(gateway).await;
    provider.alter(|manner| {
        manner.discovery = json!({ member: source.url });
        manner.claims = json!({"email": null});
    });
    provider.add(gateway, slug, |_| ()).await;
    provider
}

on_both_stores! {
    async fn a_token_endpoint_or_userinfo_that_misbehaves_lets_nobody_in(backend: Backend) {
        let (gateway, woodgrove) = impatient(backend).await;
        let elsewhere = Source::start(String::new()).await;
        let cases = manners(&elsewhere);
        let members = ["token_endpoint", "userinfo_endpoint"];
        let tries = cases.iter().enumerate().flat_map(|(number, (says, expected))| {
            let gateway = &gateway;
            members.iter().zip(expected).map(move |(member, (code, cause))| async move {
                let source = Source::start(String::new()).await;
                source.say(says.clone());
                let slug = format!("p{number}-{}", &member[..4]);
                let provider = with_address_at(gateway, &slug, member, &source).await;
                let person = json!({"sub": "x", "email": format!("x@{slug}.example")});
                let mut client = gateway.client();
                let page = provider.sign_in(gateway, &mut client, &slug, &person).await;
                assert_refused(gateway, &page, code, cause).await;
                assert_eq!((client.session(), source.asked().0), (None, 1), "{slug}");
            })
        });
        tokio::time::timeout(PATIENCE, join_all(tries)).await.unwrap();
        assert_eq!(elsewhere.asked().0, 0, "a redirect was followed");
        // The same person of a provider whose addresses are sound, told by UserInfo.
        woodgrove.alter(|manner| manner.claims = json!({"email": null}));
        granted(&woodgrove.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await);
    }

    async fn documents_that_misbehave_lead_nobody_anywhere(backend: Backend) {
        let (gateway, woodgrove) = impatient(backend).await;
        let elsewhere = Source::start(String::new()).await;
        let cases = manners(&elsewhere);
        let tries = cases.iter().enumerate().flat_map(|(number, (says, _))| {
            let gateway = &gateway;
            ["jwks_uri", "issuer"].map(|member| async move {
                let source = Source::start(String::new()).await;
                source.say(says.clone());
                let slug = format!("p{number}-{}", &member[..4]);
                let _provider = if member == "issuer" {
                    let issuer = source.url.strip_suffix("/metadata").unwrap();
                    add_provider(gateway, issuer, &slug, |_| ()).await;
                    None
                } else {
                    Some(with_address_at(gateway, &slug, member, &source).await)
                };
                let page = gateway.client().get(&gateway.authorize(&[("domain_hint", &slug)])).await;
                assert_eq!(page.refusal_code(), Some("PARTNER_UNREACHABLE"), "{slug} {}", page.body);
                assert_eq!(source.asked().0, 1, "{slug}");
            })
        });
        tokio::time::timeout(PATIENCE, join_all(tries)).await.unwrap();
        assert_eq!(elsewhere.asked().0, 0, "a redirect was followed");
        granted(&woodgrove.sign_in(&gateway, &mut gateway.client(), "woodgrove", &wen()).await);
    }

    async fn documents_that_speak_for_another_issuer_lead_nobody_anywhere(backend: Backend) {
        let (gateway, woodgrove) = open(backend, "woodgrove", |_| ()).await;
        let evil = woodgrove.issuer();
        for (slug, document) in [
            ("named-otherwise", json!({ "issuer": evil })),
            ("nameless", json!({ "issuer": null })),
            ("by-file", json!({ "jwks_uri": "file:///etc/passwd" })),
            ("by-data", json!({ "jwks_uri": "data:application/json,{}" })),
            ("link-local", json!({ "jwks_uri": "http://169.254.169.254/latest/meta-data" })),
            ("private", json!({ "token_endpoint": "http://10.0.0.1/token" })),
            ("in-the-clear", json!({ "token_endpoint": "http://woodgrove.example/token" })),
            ("script", json!({ "authorization_endpoint": "javascript:alert(1)" })),
        ] {
            let provider = Provider::start(&gateway).await;
            provider.alter(|manner| manner.discovery = document);
            provider.add(&gateway, slug, |_| ()).await;
            let page = gateway.client().get(&gateway.authorize(&[("domain_hint", slug)])).await;
            assert_eq!(page.refusal_code(), Some("PARTNER_UNREACHABLE"), "{slug} {}", page.body);
            assert_eq!((provider.asked("discovery"), provider.asked("jwks")), (1, 0), "{slug}");
        }
        let nearly = Provider::start(&gateway).await;
        let slash = format!("{}/", nearly.issuer());
        nearly.alter(|manner| manner.discovery = json!({ "issuer": slash }));
        nearly.add(&gateway, "nearly", |_| ()).await;
        let ask = async || gateway.client().get(&gateway.authorize(&[("domain_hint", "nearly")])).await;
        assert_eq!(ask().await.refusal_code(), Some("PARTNER_UNREACHABLE"));
        // The twin: its own name, letter by letter.
        nearly.alter(|manner| manner.discovery = json!({}));
        gateway.clock.advance(Duration::from_secs(10));
        assert_eq!(ask().await.status, 303);
    }

    async fn a_partner_that_says_nothing_keeps_nobody_else_waiting(backend: Backend) {
        let (gateway, woodgrove) = impatient(backend).await;
        let source = Source::start(String::new()).await;
        source.say(Says::Silence);
        let silent = with_address_at(&gateway, "silent", "token_endpoint", &source).await;
        let person = json!({"sub": "s", "email": "s@silent.example"});
        let (mut stuck, mut ana, mut wens) = (gateway.client(), gateway.client(), gateway.client());
        let question = silent.ask(&gateway, &mut stuck, "silent", &[]).await;
        let address = silent.agree(&question, &person);
        let others = async {
            while source.asked().0 == 0 {
                tokio::task::yield_now().await;
            }
            // Both stores serve others while the gateway waits.
            granted(&gateway.sign_in(&mut ana, &Person::ana()).await);
            granted(&woodgrove.sign_in(&gateway, &mut wens, "woodgrove", &wen()).await);
        };
        let waiting = stuck.get(&address);
        tokio::pin!(waiting);
        tokio::select! {
            biased;
            page = &mut waiting => panic!("the silent partner was not waited for: {}", page.body),
            () = others => {}
        }
        let page = tokio::time::timeout(PATIENCE, waiting).await.unwrap();
        assert_refused(&gateway, &page, "PARTNER_UNREACHABLE", "token_endpoint_no_answer").await;
    }
}

/// Waits for all of them at once.
async fn join_all<F: Future<Output = ()>>(all: impl Iterator<Item = F>) {
    let mut waiting: Vec<_> = all.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|one| one.as_mut().poll(context).is_pending());
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
