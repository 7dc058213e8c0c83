//! Limits per network address on authorize, ACS, token, userinfo and end-session. The clock stands still until it is moved.

use std::num::NonZeroU32;
use std::time::Duration;

use entente::http::state::Settings;

use super::edge::{Call, Edge, Heard, unlimited};
use super::invariants::text;
use crate::support::gateway::Gateway;
use crate::support::stores::Backend;

const A_MINUTE: u32 = 3;

fn limited() -> Settings {
    let few = NonZeroU32::new(A_MINUTE).unwrap();
    Settings {
        authorize_per_minute: few,
        acs_per_minute: few,
        token_per_minute: few,
        userinfo_per_minute: few,
        end_session_per_minute: few,
        api_per_minute: few,
        organization_per_minute: few,
        ..unlimited()
    }
}

/// The doors that count, each with a request that is refused for its own reason while it is let in.
fn doors() -> [fn() -> Call; 7] {
    [
        || Call::new("GET", "/oidc/authorize"),
        || Call::form("/saml/sp/acs", "SAMLResponse=PHgvPg=="),
        || Call::form("/oidc/token", "grant_type=authorization_code"),
        || Call::new("GET", "/oidc/userinfo"),
        || Call::new("GET", "/oidc/logout"),
        || Call::form("/sign-in/organization", "email=ana@fabrikam.example"),
        // It counts with the token endpoint.
        || Call::form("/oidc/rp/backchannel-logout/none", "logout_token=x"),
    ]
}

fn is_limited(heard: &Heard) -> bool {
    let json = heard.page.body.contains("\"error\":\"temporarily_unavailable\"");
    let told = heard.page.refusal_code() == Some("TOO_MANY_REQUESTS") || json;
    assert_eq!(heard.page.status == 429, told, "{heard:?}");
    told
}

#[tokio::test]
async fn an_address_is_let_in_so_many_times_a_minute() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    for door in doors() {
        let edge = Edge::with(gateway.services.clone(), limited());
        for _ in 0..A_MINUTE {
            assert!(!is_limited(&edge.call(door()).await));
        }
        let heard = edge.call(door()).await;
        assert!(is_limited(&heard));
        assert_eq!(heard.causes.len(), 1);
        assert_eq!(text(&heard.page.headers, "retry-after"), "20");
        assert!(heard.causes[0].starts_with("too_many_"), "{:?}", heard.causes);
        // Nobody else is affected.
        assert!(!is_limited(&edge.call(door().from("192.0.2.2")).await));
        // One more is let in each third of a minute.
        gateway.clock.advance(Duration::from_millis(18_500));
        let heard = edge.call(door()).await;
        assert!(is_limited(&heard));
        assert_eq!(text(&heard.page.headers, "retry-after"), "2", "a second that has begun counts");
        gateway.clock.advance(Duration::from_secs(2));
        assert!(!is_limited(&edge.call(door()).await));
        assert!(is_limited(&edge.call(door()).await));
    }
}

#[tokio::test]
async fn whoever_tries_many_addresses_is_held_up_and_others_are_not() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let settings = Settings { organization_per_minute: NonZeroU32::new(A_MINUTE).unwrap(), ..unlimited() };
    let edge = Edge::with(gateway.services.clone(), settings);
    let tries = || Call::form("/sign-in/organization", "email=ana@fabrikam.example");
    for _ in 0..A_MINUTE {
        assert!(!is_limited(&edge.call(tries()).await));
    }
    let heard = edge.call(tries()).await;
    assert!(is_limited(&heard));
    assert_eq!(heard.causes, ["too_many_organizations"]);
    assert_eq!(text(&heard.page.headers, "retry-after"), "20");
    assert!(!is_limited(&edge.call(tries().from("192.0.2.2")).await));
    // The way in itself is another door.
    assert!(!is_limited(&edge.call(Call::new("GET", "/oidc/authorize")).await));
}

#[tokio::test]
async fn the_doors_count_apart() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let edge = Edge::with(gateway.services.clone(), limited());
    for door in &doors()[..5] {
        for _ in 0..A_MINUTE {
            assert!(!is_limited(&edge.call(door()).await));
        }
        assert!(is_limited(&edge.call(door()).await));
    }
}

#[tokio::test]
async fn a_network_of_ipv6_counts_as_one_address() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let edge = Edge::with(gateway.services.clone(), limited());
    let from = |peer: &str| Call::new("GET", "/oidc/authorize").from(peer);
    for last in 1..=A_MINUTE {
        assert!(!is_limited(&edge.call(from(&format!("2001:db8:0:1::{last}"))).await));
    }
    assert!(is_limited(&edge.call(from("2001:db8:0:1:ffff:ffff:ffff:ffff")).await));
    assert!(!is_limited(&edge.call(from("2001:db8:0:2::1")).await));
    // The same address of IPv4, written in both ways.
    for _ in 0..A_MINUTE {
        assert!(!is_limited(&edge.call(from("::ffff:192.0.2.9")).await));
    }
    assert!(is_limited(&edge.call(from("192.0.2.9")).await));
}

#[tokio::test]
async fn only_a_trusted_proxy_says_whose_request_it_is() {
    let gateway = Gateway::start(Backend::Sqlite).await;
    let trusted = vec!["10.0.0.0/8".parse().unwrap()];
    let edge = Edge::with(gateway.services.clone(), Settings { trusted_proxies: trusted, ..limited() });
    let from = |peer: &str, says: &str| Call::new("GET", "/oidc/authorize").from(peer).header("x-forwarded-for", says);
    for last in 1..=A_MINUTE {
        assert!(!is_limited(&edge.call(from("192.0.2.1", &format!("198.51.100.{last}"))).await));
    }
    assert!(is_limited(&edge.call(from("192.0.2.1", "198.51.100.99")).await), "a stranger chose its address");
    for last in 1..=A_MINUTE + 1 {
        assert!(!is_limited(&edge.call(from("10.0.0.1", &format!("198.51.100.{last}"))).await));
    }
    // What the visitor wrote before the proxy did counts for nothing.
    for last in 1..A_MINUTE {
        assert!(!is_limited(&edge.call(from("10.0.0.1", &format!("203.0.113.{last}, 198.51.100.1"))).await));
    }
    assert!(is_limited(&edge.call(from("10.0.0.1", "203.0.113.77, 198.51.100.1")).await));
}
