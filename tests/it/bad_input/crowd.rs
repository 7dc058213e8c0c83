//! Garbage in bulk beside a good sign-in: the garbage is refused, writes nothing, and the sign-in is
//! none the worse.

use std::io::Write as _;
use std::time::Duration;

use entente::base::encoding::base64;
use entente::base::params::{RawParams, encode};
use entente::saml::bindings::MAX_MESSAGE;
use entente::saml::bindings::redirect::{self, MAX_ENCODED, MessageParam, RedirectError};
use tokio::task::JoinSet;

use super::rows::Witness;
use crate::support::gateway::Gateway;
use crate::support::partner::Person;
use crate::support::saml_app::{Told, with_hint};
use crate::support::stores::on_both_stores;

const CROWD: usize = 200;

/// A message of `length` equal octets, as it would stand in a query.
fn packed(length: usize) -> String {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let piece = vec![b' '; 64 * 1_024];
    for start in (0..length).step_by(piece.len()) {
        encoder.write_all(&piece[..piece.len().min(length - start)]).unwrap();
    }
    format!("SAMLRequest={}", encode(&base64(encoder.finish().unwrap())))
}

/// Garbage of several kinds.
fn garbage(number: usize) -> String {
    match number % 5 {
        0 => "%".repeat(1_000),
        1 => base64(vec![u8::try_from(number).unwrap(); 100_000]),
        2 => base64("<a>".repeat(20_000)),
        3 => base64("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><x>&b;</x>"),
        _ => String::new(),
    }
}

#[test]
fn an_inflate_bomb_is_let_out_no_further_than_a_message_may_be_large() {
    let read = |query: &str| redirect::decode(&RawParams::parse(query).unwrap(), MessageParam::Request);
    let bomb = packed(32 * 1_024 * 1_024);
    assert!(bomb.len() < MAX_ENCODED, "the bomb passes the first limit");
    assert_eq!(read(&bomb), Err(RedirectError::TooLarge { limit: MAX_MESSAGE }));
    assert_eq!(read(&packed(MAX_MESSAGE + 1)), Err(RedirectError::TooLarge { limit: MAX_MESSAGE }));
    assert_eq!(read(&packed(MAX_MESSAGE)).unwrap().xml.len(), MAX_MESSAGE);
    let long = format!("SAMLRequest={}", "A".repeat(MAX_ENCODED + 1));
    assert_eq!(read(&long), Err(RedirectError::TooLarge { limit: MAX_ENCODED }));
}

on_both_stores! {
    async fn a_sign_in_goes_through_beside_a_crowd_of_garbage(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut witness = Witness::connect(gateway.database_url()).await;
        let before = witness.rows().await;
        let (refused, bombs) = crowd(&gateway);
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        assert_eq!(refused.join_all().await, vec![400; CROWD]);
        gateway.services.refusals.flush().await;
        assert_eq!(witness.rows().await, before, "garbage and a question write nothing");

        let (refused, more_bombs) = crowd(&gateway);
        let answer = gateway.answer(&request, &Person::ana());
        let signing_in = gateway.post(&mut client, &request, &answer);
        let page = tokio::time::timeout(Duration::from_secs(30), signing_in).await.unwrap();
        let code = page.param("code").unwrap();
        let token = gateway.redeem(&code).await;
        assert_eq!(token.status, 200, "{}", token.body);
        assert_eq!(refused.join_all().await, vec![400; CROWD]);
        for bombs in [bombs, more_bombs] {
            let found = bombs.join_all().await;
            assert_eq!(found, vec![Err(RedirectError::TooLarge { limit: MAX_MESSAGE }); CROWD]);
        }
        gateway.services.refusals.flush().await;
        let after = witness.rows().await;
        assert_ne!(after, before, "the witness sees what a sign-in writes");
        for (table, count) in [("sessions", 1), ("codes", 1), ("access_tokens", 1)] {
            assert_eq!(after.count(table), count, "{table}");
        }
    }

    async fn bombs_at_the_door_for_saml_apps_are_refused(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let app = gateway.wiki().await;
        let mut witness = Witness::connect(gateway.database_url()).await;
        let before = witness.rows().await;
        let bomb = format!("/saml/idp/sso?{}", packed(16 * 1_024 * 1_024));
        let mut bombs = JoinSet::new();
        for number in 0..CROWD {
            let (mut client, mut url) = (gateway.client(), bomb.clone());
            if number % 2 == 1 {
                url.push_str("&SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256&Signature=AAAA");
            }
            bombs.spawn(async move {
                let page = client.get(&url).await;
                (page.status, page.refusal_code().map(str::to_owned))
            });
        }
        // A request of the same kind is read beside them, and answered.
        let mut client = gateway.client();
        let page = client.get(&with_hint(&app.redirect(&gateway, &app.ask(&gateway)))).await;
        assert_eq!(page.status, 303, "{}", page.body);
        let refused = tokio::time::timeout(Duration::from_secs(60), bombs.join_all()).await.unwrap();
        assert_eq!(refused, vec![(400, Some("SAML_REQUEST_REFUSED".to_owned())); CROWD]);
        gateway.services.refusals.flush().await;
        assert_eq!(witness.rows().await, before, "bombs and a question write nothing");
        Told::of(&gateway.prove(&mut client, &page, &Person::ana()).await);
        assert_ne!(witness.rows().await, before, "the witness sees what a sign-in writes");
    }
}

/// So many garbage posts to the ACS, and so many inflate bombs read at the same time.
fn crowd(gateway: &Gateway) -> (JoinSet<u16>, JoinSet<Result<(), RedirectError>>) {
    let (mut posts, mut bombs) = (JoinSet::new(), JoinSet::new());
    let client = gateway.client();
    let bomb = packed(16 * 1_024 * 1_024);
    for number in 0..CROWD {
        let mut client = client.clone();
        posts.spawn(async move {
            let form =
                [("SAMLResponse", garbage(number)), ("RelayState", "01890a5d-ac96-774b-bcce-b302099a8057".to_owned())];
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            client.post("/saml/sp/acs", &form).await.status
        });
        let bomb = bomb.clone();
        bombs.spawn_blocking(move || {
            let params = RawParams::parse(&bomb).unwrap();
            redirect::decode(&params, MessageParam::Request).map(drop)
        });
    }
    (posts, bombs)
}
