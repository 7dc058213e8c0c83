//! Several who invite the same address at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use entente::domain::guest_details::GuestDetails;
use entente::domain::mail::MailAddress;
use entente::flows::invite::{Account, invite};
use tokio::sync::Barrier;

use super::scene::{operator, wish};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

const CALLERS: usize = 6;

/// Invites the address by several on two nodes, and says what accounts came of it and how many were made.
async fn all_at_once(gateway: &Gateway, address: &str) -> (usize, usize) {
    let nodes = [gateway.services.clone(), gateway.second_node().await.services];
    let asked = wish(gateway, address);
    let start = Arc::new(Barrier::new(CALLERS));
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (services, start, asked) = (nodes[caller % 2].clone(), Arc::clone(&start), asked.clone());
            tokio::spawn(async move {
                start.wait().await;
                loop {
                    match invite(&services, &operator(), &asked).await {
                        Err(error) if error.code() == "UNAVAILABLE" => {}
                        outcome => return outcome.unwrap(),
                    }
                }
            })
        })
        .collect();
    let mut accounts = BTreeSet::new();
    let mut made = 0;
    for caller in callers {
        let invited = caller.await.unwrap();
        made += usize::from(invited.account == Account::Made);
        accounts.insert(invited.guest.id);
    }
    (accounts.len(), made)
}

on_both_stores! {
    async fn f26_several_invitations_of_one_address_at_once_make_one_account(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        assert_eq!(all_at_once(&gateway, "zoe@adatum.example").await, (1, 1));
    }

    async fn f50_so_do_those_of_an_address_that_is_another_accounts(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let other_mails = vec![MailAddress::parse("team@adatum.example").unwrap()];
        let details = GuestDetails { other_mails, ..GuestDetails::NONE };
        unit.write_guest_details(gateway.ana, &details).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(all_at_once(&gateway, "team@adatum.example").await, (1, 1));
    }
}
