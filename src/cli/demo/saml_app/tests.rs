//! What the app refuses; that it signs people in is shown with the gateway.

use super::*;
use crate::base::clock::SystemClock;
use crate::base::params::RawParams;
use crate::base::random::SystemRandom;
use crate::outbound::client::Reach;
use crate::saml::metadata::locations::LoopbackHttp;
use crate::saml::metadata::sp_reader::{RequestSigning, read};

fn app() -> DemoSamlApp {
    DemoSamlApp::new(SamlAppConfig {
        name: "Wiki".to_owned(),
        look: "plum",
        entity_id: EntityId::parse("urn:wiki").unwrap(),
        key: SigningKey::generate_p256().unwrap(),
        base_url: "http://localhost:9".to_owned(),
        // Nobody is there.
        idp_metadata_url: "http://localhost:1/saml/idp/metadata".to_owned(),
        http: HttpClient::new(Reach::Loopback).unwrap(),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    })
    .unwrap()
}

#[test]
fn its_metadata_says_that_it_signs_and_where_it_is() {
    let text = app().metadata().unwrap();
    let found = read(text.as_bytes(), LoopbackHttp::Allowed, SystemClock.now()).unwrap();
    assert_eq!((found.entity_id.as_str(), found.requests), ("urn:wiki", RequestSigning::Required));
    assert_eq!(found.acs[0].location, "http://localhost:9/acs");
}

#[tokio::test]
async fn an_answer_without_a_sign_in_of_this_browser_is_refused() {
    let app = app();
    let form = RawParams::parse("SAMLResponse=PGEvPg%3D%3D&RelayState=state").unwrap();
    let pending = |relay_state: &str| Pending { request_id: "_1".to_owned(), relay_state: relay_state.to_owned() };
    for pending in [None, Some(pending("other"))] {
        assert!(matches!(app.complete(&form, pending).await, Err(SamlAppFault::RelayState)));
    }
    // With its own it is judged, by the gateway's metadata.
    assert!(matches!(app.complete(&form, Some(pending("state"))).await, Err(SamlAppFault::Fetch(_))));
    let empty = RawParams::parse("RelayState=state").unwrap();
    assert!(matches!(app.complete(&empty, Some(pending("state"))).await, Err(SamlAppFault::Post(_))));
}
