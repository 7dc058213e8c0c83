//! Whose address a policy sees where proxies stand in front.

use super::{ALL_APPS, ALL_USERS, MFA, apply_by, assert_asks_factor, policy};
use crate::support::client::Client;
use crate::support::gateway::Gateway;
use crate::support::journey::granted;
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

/// A second factor for everybody who is not in the office.
fn away_from(network: &str) -> String {
    let location = format!("[[named_location]]\nslug = 'office'\nip_ranges = ['{network}']\n");
    let outside = "conditions.locations = { include_locations = ['All'], exclude_locations = ['office'] }\n";
    location + &policy("away", &[ALL_USERS, ALL_APPS, outside, MFA])
}

/// Whether a sign-in that came with these lines of `X-Forwarded-For` is asked for a factor.
async fn is_asked(gateway: &Gateway, url: &str, lines: &[&str]) -> bool {
    let mut client = Client::new(url);
    for line in lines {
        client = client.with_header("x-forwarded-for", line);
    }
    let page = gateway.sign_in(&mut client, &Person::ana()).await;
    if page.status == 303 {
        granted(&page);
        return false;
    }
    assert_asks_factor(&page);
    true
}

on_both_stores! {
    async fn f67_what_a_visitor_writes_before_the_proxy_counts_for_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        apply_by(&gateway.services, &away_from("198.51.100.0/24")).await;
        let url = gateway.behind_proxies(&["127.0.0.0/8", "10.0.0.0/8"]).await;
        for (lines, expected) in [
            (&["203.0.113.9, 198.51.100.7, 10.0.0.1"][..], false),
            (&["203.0.113.9", "198.51.100.7", "10.0.0.1"], false),
            (&["198.51.100.7, 203.0.113.9"], true),
            (&["198.51.100.7", "203.0.113.9"], true),
            (&["198.51.100.7, unknown"], true),
            (&["198.51.100.7", "unknown, 10.0.0.1"], true),
        ] {
            assert_eq!(is_asked(&gateway, &url, lines).await, expected, "{lines:?}");
        }
    }

    async fn f67_the_network_of_a_proxy_is_not_that_of_its_visitors(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        apply_by(&gateway.services, &away_from("127.0.0.0/9")).await;
        let url = gateway.behind_proxies(&["127.0.0.0/8"]).await;
        for lines in [&[][..], &["unknown"], &["127.0.0.9"], &["203.0.113.9"]] {
            assert!(is_asked(&gateway, &url, lines).await, "{lines:?}");
        }
        assert!(!is_asked(&gateway, &gateway.url, &[]).await);
    }
}
