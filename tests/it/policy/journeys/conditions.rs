//! Which policies apply, and what they come to together.

use entente::domain::apps::ApplicationType;

use super::{ALL_APPS, ALL_USERS, BLOCK, MFA, apply_by, assert_asks_factor, assert_blocked, detail, for_all, policy};
use crate::support::gateway::{Gateway, oidc};
use crate::support::journey::granted;
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const OFFICE: &str = "[[named_location]]\nslug = 'office'\nip_ranges = ['192.0.2.0/24']\nis_trusted = true\n";
const OUTSIDE: &str = "conditions.locations = { include_locations = ['All'], exclude_locations = ['office'] }\n";
const ANDROID: &str =
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36";
const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36";

on_both_stores! {
    async fn f61_a_policy_for_all_users_includes_guests_and_excluding_beats_including(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let carol = gateway.invite("carol@fabrikam.example", None, &[gateway.payroll]).await;
        gateway.add_group("exempt", &[carol], &[]).await;
        let users = "conditions.users = { include_users = ['All'], exclude_groups = ['exempt'] }\n";
        apply_by(&gateway.services, &policy("all", &[users, ALL_APPS, BLOCK])).await;
        let page = gateway.ana_signs_in(&mut gateway.client()).await;
        assert_blocked(&page);
        let carol = Person::new("carol-1", "carol@fabrikam.example", "Carol", "Costa");
        granted(&gateway.sign_in(&mut gateway.client(), &carol).await);
        let both = "conditions.users = { include_users = ['All'], exclude_users = ['ana@fabrikam.example'] }\n";
        apply_by(&gateway.services, &policy("all", &[both, ALL_APPS, BLOCK])).await;
        granted(&gateway.ana_signs_in(&mut gateway.client()).await);
    }

    async fn f62_a_policy_reaches_the_guest_types_and_partners_that_it_names(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let types = |types: &str, partners: &str| {
            let guests = format!("guest_or_external_user_types = ['{types}'], external_tenants = {partners}");
            policy("guests", &[
                &format!("conditions.users.include_guests_or_external_users = {{ {guests} }}\n"), ALL_APPS, BLOCK,
            ])
        };
        let outcome = async |text: String| {
            apply_by(&gateway.services, &text).await;
            gateway.ana_signs_in(&mut gateway.client()).await.refusal_code().map(str::to_owned)
        };
        let blocked = Some("BLOCKED_BY_POLICY".to_owned());
        assert_eq!(outcome(types("b2b_collaboration_guest", "{ membership_kind = 'all' }")).await, blocked);
        let named = "{ membership_kind = 'enumerated', members = ['fabrikam'] }";
        assert_eq!(outcome(types("b2b_collaboration_guest", named)).await, blocked);
        assert_eq!(outcome(types("b2b_collaboration_member", named)).await, None);
        assert_eq!(outcome(types("internal_guest', 'service_provider", "{ membership_kind = 'all' }")).await, None);
    }

    async fn f63_a_policy_that_blocks_wins_over_all_that_are_met(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let phone = gateway.anas_phone().await;
        let text = format!("{}{}", for_all("asks", MFA), for_all("blocks", BLOCK));
        apply_by(&gateway.services, &text).await;
        let page = gateway.ana_signs_in(&mut gateway.client()).await;
        assert_blocked(&page);
        let record = gateway.last("sign_in_refused").await;
        assert_eq!(record.cause.as_deref(), Some("blocked_by_policy"));
        assert_eq!(detail(&record, "policies"), "asks=failure blocks=failure");
        assert!(uuid::Uuid::parse_str(detail(&record, "evidence")).is_ok(), "the policy that blocks is named");
        apply_by(&gateway.services, &for_all("blocks", MFA)).await;
        let mut client = gateway.client();
        let page = gateway.ana_signs_in(&mut client).await;
        gateway.pass(&mut client, &page, &phone).await;
    }

    async fn f64_controls_under_or_are_met_by_one_and_under_and_by_all(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let phone = gateway.anas_phone().await;
        let strengths = "[[authentication_strength]]\nslug = 'key'\nallowed_combinations = ['fido2']\n";
        let grant = |operator: &str| {
            format!(
                "{strengths}{}grant_controls = {{ operator = '{operator}', built_in_controls = ['mfa'], authentication_strength = 'key' }}\n",
                policy("both", &[ALL_USERS, ALL_APPS])
            )
        };
        apply_by(&gateway.services, &grant("OR")).await;
        let mut client = gateway.client();
        let page = gateway.ana_signs_in(&mut client).await;
        gateway.pass(&mut client, &page, &phone).await;
        apply_by(&gateway.services, &grant("AND")).await;
        // The code of the phone is not enough any more, and nothing is issued for it.
        let page = client.get(&gateway.authorize(&[])).await;
        assert_asks_factor(&page);
        let mut fresh = gateway.client();
        let page = gateway.ana_signs_in(&mut fresh).await;
        assert_asks_factor(&page);
    }

    async fn f65_several_factors_are_asked_before_stronger_ones_and_after_a_fresh_sign_in(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let phone = gateway.anas_phone().await;
        let often = "session_controls.sign_in_frequency = { is_enabled = true, type = 'hours', value = 1 }\n";
        let text = format!("{}{}", for_all("asks", MFA), policy("often", &[ALL_USERS, ALL_APPS, often]));
        apply_by(&gateway.services, &text).await;
        let mut client = gateway.client();
        let page = gateway.ana_signs_in(&mut client).await;
        gateway.pass(&mut client, &page, &phone).await;
        gateway.clock.advance(std::time::Duration::from_secs(3_660));
        let page = client.get(&gateway.authorize(&[])).await;
        let request = gateway.led_to_partner(&page);
        assert_eq!(request.asked.force_authn, entente::saml::messages::authn_request::Wish::Asked);
        let page = gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ana())).await;
        gateway.pass(&mut client, &page, &phone).await;
    }

    async fn f66_policies_of_three_levels_hold_together(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let carol = gateway.invite("carol@fabrikam.example", None, &[gateway.payroll, gateway.travel]).await;
        gateway.add_group("staff", &[gateway.ana, carol], &[]).await;
        let elsewhere = "conditions.platforms.include_platforms = ['ios']\n";
        let payroll = "conditions.applications.include_applications = ['payroll']\n";
        let ana = "conditions.users.include_users = ['ana@fabrikam.example']\n";
        let text = [
            policy("tenant", &[ALL_USERS, ALL_APPS, elsewhere, BLOCK]),
            policy("app", &[ALL_USERS, payroll, MFA]),
            policy("person", &[ana, "conditions.applications.include_applications = ['travel']\n", BLOCK]),
        ];
        apply_by(&gateway.services, &text.concat()).await;
        let mut client = gateway.client().with_header("user-agent", WINDOWS);
        assert_asks_factor(&gateway.ana_signs_in(&mut client).await);
        assert_blocked(&client.get(&gateway.authorize_travel(&[])).await);
        let mut other = gateway.client().with_header("user-agent", WINDOWS);
        let carol = Person::new("carol-1", "carol@fabrikam.example", "Carol", "Costa");
        assert_asks_factor(&gateway.sign_in(&mut other, &carol).await);
        granted(&other.get(&gateway.authorize_travel(&[])).await);
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1";
        let mut phone = gateway.client().with_header("user-agent", iphone);
        assert_blocked(&gateway.sign_in(&mut phone, &carol).await);
    }

    async fn f67_the_address_is_that_which_trusted_proxies_saw(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        apply_by(&gateway.services, &format!("{OFFICE}{}", policy("outside", &[ALL_USERS, ALL_APPS, OUTSIDE, BLOCK]))).await;
        let behind = gateway.behind_proxies(&["127.0.0.1/32", "198.51.100.0/24"]).await;
        let outcome = async |url: &str, forwarded: Option<&str>| {
            let mut client = crate::support::client::Client::new(url);
            if let Some(forwarded) = forwarded {
                client = client.with_header("x-forwarded-for", forwarded);
            }
            gateway.ana_signs_in(&mut client).await.refusal_code().map(str::to_owned)
        };
        let blocked = Some("BLOCKED_BY_POLICY".to_owned());
        assert_eq!(outcome(&gateway.url, Some("192.0.2.7")).await, blocked, "nobody is trusted to say so");
        assert_eq!(outcome(&behind, None).await, blocked);
        assert_eq!(outcome(&behind, Some("192.0.2.7")).await, None);
        assert_eq!(outcome(&behind, Some("203.0.113.9, 192.0.2.7, 198.51.100.1")).await, None);
        assert_eq!(outcome(&behind, Some("192.0.2.7, 203.0.113.9, 198.51.100.1")).await, blocked, "it is read from the right");
        assert_eq!(outcome(&behind, Some("192.0.2.7, x")).await, blocked);
    }

    async fn f67_the_platform_is_what_the_browser_says_and_unknown_ones_are_included(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let outcome = async |platforms: &str, agent: Option<&str>| {
            apply_by(&gateway.services, &policy("on", &[ALL_USERS, ALL_APPS, platforms, BLOCK])).await;
            let client = gateway.client();
            let mut client = match agent {
                Some(agent) => client.with_header("user-agent", agent),
                None => client,
            };
            gateway.ana_signs_in(&mut client).await.refusal_code().map(str::to_owned)
        };
        let blocked = Some("BLOCKED_BY_POLICY".to_owned());
        let android = "conditions.platforms.include_platforms = ['android']\n";
        assert_eq!(outcome(android, Some(ANDROID)).await, blocked);
        assert_eq!(outcome(android, Some(WINDOWS)).await, None);
        assert_eq!(outcome(android, None).await, blocked, "what is unknown is included");
        let but_windows = "conditions.platforms = { include_platforms = ['all'], exclude_platforms = ['windows'] }\n";
        assert_eq!(outcome(but_windows, Some(WINDOWS)).await, None);
        assert_eq!(outcome(but_windows, None).await, blocked, "and never excluded");
    }

    async fn f67_native_apps_are_told_from_browsers(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let native = "conditions.client_app_types = ['mobile_apps_and_desktop_clients']\n";
        apply_by(&gateway.services, &policy("native", &[ALL_USERS, ALL_APPS, native, BLOCK])).await;
        let mut client = gateway.client();
        granted(&gateway.ana_signs_in(&mut client).await);
        let node = gateway.second_node().await;
        gateway.alter_app(&node.services, gateway.travel, |app| oidc(app).application_type = ApplicationType::Native).await;
        assert_blocked(&client.get(&gateway.authorize_travel(&[])).await);
    }
}
