//! Wrong codes are counted for an address whoever has it, across all codes; and in which language codes come.

use std::time::Duration;

use entente::domain::guests::GuestId;
use entente::domain::invitations::language::LanguageTag;

use super::person::{VIC, offered, offered_at, other_than, send, type_code};
use crate::factors::person::assert_slip;
use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

const MINUTE: Duration = Duration::from_secs(60);
const NOBODY: &str = "eve@elsewhere.example";

/// Has another code sent for `email` in a new browser, and types wrong ones for it.
async fn guesses(gateway: &Gateway, email: &str, count: usize) -> (Client, Page, Vec<Page>) {
    gateway.clock.advance(MINUTE);
    let mut client = gateway.client();
    let page = offered(gateway, &mut client, email).await;
    let page = send(&mut client, &page).await;
    let wrong =
        if gateway.mailbox.to(email).is_empty() { "00000000" } else { other_than(&gateway.mailbox.code(email)) };
    let mut pages = Vec::new();
    for _ in 0..count {
        pages.push(type_code(&mut client, &page, wrong).await);
    }
    (client, page, pages)
}

fn assert_throttled(page: &Page) {
    assert_eq!((page.status, page.refusal_code()), (429, Some("OTP_THROTTLED")), "{}", page.body);
}

async fn prefers(gateway: &Gateway, guest: GuestId, tag: &str) {
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let mut details = unit.guest_details(guest).await.unwrap();
    details.preferred_language = Some(LanguageTag::parse(tag).unwrap());
    unit.write_guest_details(guest, &details).await.unwrap();
    unit.commit().await.unwrap();
}

on_both_stores! {
    async fn wrong_codes_count_across_codes_and_alike_for_an_address_that_nobody_has(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        for email in [VIC, NOBODY] {
            for _ in 0..2 {
                let (_, _, pages) = guesses(&gateway, email, 5).await;
                assert!(pages.iter().all(|page| page.status == 200), "{email}");
                pages.iter().for_each(|page| assert_slip(page, "That code is not right"));
            }
        }
        // A third code, of another browser and within the minute, is not even judged.
        for email in [VIC, NOBODY] {
            let (_, _, pages) = guesses(&gateway, email, 1).await;
            assert_slip(&pages[0], "That code is not right");
            let (mut client, page, pages) = guesses(&gateway, email, 1).await;
            assert_throttled(&pages[0]);
            if email == VIC {
                let code = gateway.mailed(VIC, 4).await;
                assert_throttled(&type_code(&mut client, &page, &code).await);
                gateway.clock.advance(2 * MINUTE);
                let done = type_code(&mut client, &page, &code).await;
                assert!(done.onward().contains("code="), "{}", done.body);
            }
        }
        // Who has proven the address begins anew.
        gateway.clock.advance(Duration::from_secs(3_600));
        let (_, _, pages) = guesses(&gateway, VIC, 5).await;
        pages.iter().for_each(|page| assert_slip(page, "That code is not right"));
    }

    async fn a_code_comes_in_the_language_of_the_person_then_of_the_request(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let vic = gateway.invite_vic().await;
        let subject = |count: usize| {
            let gateway = &gateway;
            async move {
                gateway.mailbox.wait(VIC, count).await;
                gateway.mailbox.to(VIC)[count - 1].subject.as_str().to_owned()
            }
        };
        let dutch = || gateway.client().with_header("accept-language", "ja, nl-BE;q=0.8, en;q=0.1");
        let mut client = gateway.client();
        let page = offered(&gateway, &mut client, VIC).await;
        send(&mut client, &page).await;
        assert_eq!(subject(1).await, "Your sign-in code for Contoso");
        gateway.clock.advance(MINUTE);
        let mut client = dutch();
        let page = offered(&gateway, &mut client, VIC).await;
        send(&mut client, &page).await;
        assert_eq!(subject(2).await, "Uw aanmeldcode voor Contoso");
        gateway.clock.advance(MINUTE);
        let mut client = dutch();
        let page = offered_at(&mut client, &gateway.authorize(&[("ui_locales", "ja fr-CA")]), VIC).await;
        send(&mut client, &page).await;
        assert_eq!(subject(3).await, "Votre code de connexion pour Contoso");
        prefers(&gateway, vic, "de-CH").await;
        gateway.clock.advance(MINUTE);
        send(&mut client, &page).await;
        assert_eq!(subject(4).await, "Ihr Anmeldecode für Contoso");
        // A language that is not spoken here leaves it to the request.
        prefers(&gateway, vic, "ja").await;
        gateway.clock.advance(MINUTE);
        send(&mut client, &page).await;
        assert_eq!(subject(5).await, "Votre code de connexion pour Contoso");
    }
}
