//! Nobody learns by the pages whether an address has an account, and who is bound elsewhere gets no code.

use std::time::Duration;

use super::person::{VIC, answer, offered, send, type_code};
use crate::factors::person::assert_slip;
use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

/// Everything that a stranger can see of a page, the address and the attempt aside.
fn seen(page: &Page, email: &str) -> (u16, String, Vec<String>) {
    let attempt = page.field("attempt").unwrap_or_else(|| panic!("{}", page.body)).to_owned();
    let names = page.headers.iter().filter(|(name, _)| *name != "x-request-id" && *name != "date");
    let mut headers: Vec<String> = names
        .map(|(name, value)| {
            let value = value.to_str().unwrap();
            // What is sealed differs by chance, and has the length of what was entered.
            let value = value.split(';').skip(usize::from(name == "set-cookie")).collect::<Vec<_>>().join(";");
            format!("{name}: {}", if name == "content-length" { "" } else { &value })
        })
        .collect();
    headers.sort();
    (page.status, page.body.replace(&attempt, "ATTEMPT").replace(email, "ADDRESS"), headers)
}

/// What a stranger sees of a whole try with `email`, without the code.
async fn walk(gateway: &Gateway, email: &str) -> Vec<(u16, String, Vec<String>)> {
    let mut client: Client = gateway.client();
    let mut all = Vec::new();
    let page = offered(gateway, &mut client, email).await;
    all.push(seen(&page, email));
    let page = send(&mut client, &page).await;
    all.push(seen(&page, email));
    for fields in [[("action", "send"), ("code", "")], [("action", "check"), ("code", "1")]] {
        all.push(seen(&answer(&mut client, &page, &fields).await, email));
    }
    for _ in 0..6 {
        all.push(seen(&type_code(&mut client, &page, "00000000").await, email));
    }
    gateway.clock.advance(Duration::from_secs(31 * 60));
    all.push(seen(&type_code(&mut client, &page, "00000000").await, email));
    all
}

on_both_stores! {
    async fn all_addresses_of_no_partner_are_answered_alike(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        let blocked = "bob@elsewhere.example";
        gateway.invite(blocked, None, &[gateway.payroll]).await;
        let act = entente::flows::operate::Act { operator: "olga", now: gateway.now() };
        let standing = entente::domain::guests::Standing::Blocked;
        entente::flows::operate::set_guest_standing(&gateway.services, act, blocked, standing).await.unwrap();
        let pinned = "pia@elsewhere.example";
        gateway.invite(pinned, Some(gateway.partner_id), &[gateway.payroll]).await;
        let known = walk(&gateway, VIC).await;
        for email in ["eve@elsewhere.example", blocked, pinned] {
            assert_eq!(walk(&gateway, email).await, known, "{email}");
            assert!(gateway.mailbox.to(email).is_empty(), "{email}");
        }
        gateway.mailed(VIC, 1).await;
    }

    async fn an_unknown_address_leaves_no_row(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let guests = gateway.guest_count().await;
        for number in 0..3 {
            let mut client = gateway.client();
            let email = format!("eve{number}@elsewhere.example");
            let page = offered(&gateway, &mut client, &email).await;
            let page = send(&mut client, &page).await;
            assert_slip(&type_code(&mut client, &page, "00000000").await, "That code is not right");
            let trail = gateway.audit(page.field("attempt").unwrap()).await;
            assert!(trail.iter().all(|record| record.activity == "sign_in_refused"), "{trail:?}");
        }
        assert_eq!(gateway.guest_count().await, guests);
    }

    async fn f41_who_is_bound_elsewhere_gets_no_code(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        gateway.sign_in(&mut client, &Person::ana()).await;
        let ana = "ana@fabrikam.example";
        // The button of the page is there for everybody; the mail is not.
        for email in [ana, "nobody@fabrikam.example"] {
            let mut stranger = gateway.client();
            let page = stranger.get(&gateway.authorize(&[])).await;
            let attempt = page.field("attempt").unwrap().to_owned();
            let fields = [("attempt", attempt.as_str()), ("email", email), ("by", "code")];
            let page = stranger.post("/sign-in/organization", &fields).await;
            let page = send(&mut stranger, &page).await;
            assert_slip(&type_code(&mut stranger, &page, "00000000").await, "That code is not right");
            assert!(gateway.mailbox.to(email).is_empty());
        }
    }

    async fn an_invited_person_of_a_partner_gets_no_code(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut client = gateway.client();
        let page = client.get(&gateway.authorize(&[])).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        let fields = [("attempt", attempt.as_str()), ("email", "ana@fabrikam.example"), ("by", "code")];
        let page = client.post("/sign-in/organization", &fields).await;
        let page = send(&mut client, &page).await;
        assert_slip(&type_code(&mut client, &page, "00000000").await, "That code is not right");
        assert!(gateway.mailbox.to("ana@fabrikam.example").is_empty());
    }

    async fn f41_who_redeemed_by_a_code_stays_with_it(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite_vic().await;
        gateway.sign_in_by_code(&mut gateway.client(), VIC, 1).await;
        // The partner takes over the domain afterwards.
        gateway
            .alter_partner(&gateway.services, |partner| {
                partner.domains.push(entente::domain::mail::MailDomain::parse("elsewhere.example").unwrap().into());
            })
            .await;
        gateway.services.directory.forget();
        let person = Person::new("ana-1", VIC, "Vic", "Elsewhere");
        let refused = gateway.sign_in(&mut gateway.client(), &person).await;
        assert_eq!(refused.refusal_code(), Some("ADDRESS_CONFLICT"), "{}", refused.body);
        gateway.clock.advance(Duration::from_secs(60));
        let mut client = gateway.client();
        let page = client.get(&gateway.authorize(&[])).await;
        let attempt = page.field("attempt").unwrap().to_owned();
        let fields = [("attempt", attempt.as_str()), ("email", VIC), ("by", "code")];
        let page = client.post("/sign-in/organization", &fields).await;
        let page = send(&mut client, &page).await;
        let done = type_code(&mut client, &page, &gateway.mailed(VIC, 2).await).await;
        assert!(done.onward().contains("code="), "{}", done.body);
    }
}
