//! Who comes to the gateway itself has signed in: the log says so, and the account counts as used.

use std::time::Duration;

use entente::domain::reports::{Active, Kind};
use entente::flows::reports::accounts::{Accounts, monthly_active};
use entente::flows::reports::log::{Log, Wanted};
use entente::flows::reports::month::Month;
use entente::flows::reports::{Field, Row};

use super::links::{decide, path, proven};
use super::person::{VIC, send, type_code};
use crate::invite::scene::{APP, operator, wish};
use crate::support::gateway::Gateway;
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const DAY: Duration = Duration::from_secs(86_400);

/// The results of the sign-in log, newest first.
async fn results(gateway: &Gateway) -> Vec<String> {
    let mut log = Log::open(&gateway.services, Kind::SignIns, &Wanted::default()).await.unwrap();
    let mut rows: Vec<Row> = Vec::new();
    while let Some(page) = log.next().await.unwrap() {
        rows.extend(page);
    }
    let result = |row: &Row| row.iter().find(|(name, _)| *name == "status.result").map(|(_, field)| field.clone());
    let text = |field: Option<Field>| if let Some(Field::Text(text)) = field { text } else { panic!("{field:?}") };
    rows.iter().map(|row| text(result(row))).collect()
}

async fn active(gateway: &Gateway) -> Active {
    monthly_active(&gateway.services, Month::of(gateway.now()).unwrap()).await.unwrap()
}

/// How many accounts were not used for 30 days.
async fn unused(gateway: &Gateway) -> usize {
    let mut accounts = Accounts::unused(&gateway.services, DAY * 30);
    let mut count = 0;
    while let Some(page) = accounts.next().await.unwrap() {
        count += page.len();
    }
    count
}

/// What is told of one person who signed in now, 20 days after their account was made.
async fn assert_used(gateway: &Gateway, expected: &[&str]) {
    assert_eq!(results(gateway).await, expected);
    assert_eq!(active(gateway).await, Active { guests: 1, removed: 0 });
    gateway.clock.advance(DAY * 29);
    assert_eq!(unused(gateway).await, 0);
    gateway.clock.advance(DAY * 2);
    assert_eq!(unused(gateway).await, 1);
}

on_both_stores! {
    async fn f98_a_sign_in_to_the_panel_is_a_sign_in(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite(VIC, None, &[gateway.travel]).await;
        gateway.clock.advance(DAY * 20);
        let mut client = gateway.client();
        let page = client.get("/").await;
        let attempt = page.field("attempt").unwrap().to_owned();
        let page = client.post("/sign-in/organization", &[("attempt", &attempt), ("email", VIC)]).await;
        let page = send(&mut client, &page).await;
        assert_eq!(active(&gateway).await, Active::default());
        let done = type_code(&mut client, &page, &gateway.mailed(VIC, 1).await).await;
        assert_eq!((done.status, done.location()), (303, "/"), "{}", done.body);
        assert_used(&gateway, &["success"]).await;
    }

    async fn f98_who_redeems_by_a_link_has_signed_in_and_who_is_asked_to_agree_has_not(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let address = "gus@fabrikam.example";
        let mut asked = wish(&gateway, address);
        asked.apps = vec![gateway.payroll];
        let invited = gateway.invited_by(&operator(), &asked).await.unwrap();
        gateway.clock.advance(DAY * 20);
        let mut client = gateway.client();
        let gus = Person::new("gus-1", address, "Gus", "Guest");
        let question = proven(&gateway, &mut client, &path(&gateway, &invited), &gus).await;
        assert_eq!(results(&gateway).await, ["interrupted"]);
        assert_eq!(active(&gateway).await, Active::default());
        // Entries of one instant have no order.
        gateway.clock.advance(Duration::from_secs(1));
        let done = decide(&mut client, &question, "accept").await;
        assert_eq!((done.status, done.onward().as_str()), (303, APP), "{}", done.body);
        assert_used(&gateway, &["success", "interrupted"]).await;
    }
}
