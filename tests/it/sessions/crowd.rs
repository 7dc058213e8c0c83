//! Many requests of one person at once: none of them is lost.

use std::time::Duration;

use crate::support::client::{Client, Page};
use crate::support::gateway::Gateway;
use crate::support::journey::granted;
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

/// Runs all at once, each in a task of its own.
async fn all<F>(tasks: Vec<F>) -> Vec<Page>
where
    F: Future<Output = Page> + Send + 'static,
{
    let running: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut pages = Vec::new();
    for task in running {
        pages.push(task.await.unwrap());
    }
    pages
}

async fn get(mut client: Client, path: String) -> Page {
    client.get(&path).await
}

/// Eight browsers, each with the answer of the partner for `person` ready to be posted.
async fn eight_answers(gateway: &Gateway, person: &Person) -> Vec<impl Future<Output = Page> + Send + 'static> {
    let mut posts = Vec::new();
    for _ in 0..8 {
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        let response = gateway.answer(&request, person).post(&gateway.partner);
        posts.push(async move {
            let form = [("SAMLResponse", response.as_str()), ("RelayState", request.relay_state.as_str())];
            client.post("/saml/sp/acs", &form).await
        });
    }
    posts
}

on_both_stores! {
    async fn many_uses_of_one_session_at_once_all_succeed(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (client, _) = gateway.ana_signed_in().await;
        // Long enough that each of them notes the use.
        gateway.clock.advance(Duration::from_secs(600));
        let path = gateway.authorize(&[]);
        let pages = all((0..8).map(|_| get(client.clone(), path.clone())).collect()).await;
        pages.iter().for_each(|page| drop(granted(page)));
    }

    async fn many_sign_ins_at_once_with_changed_names_all_succeed(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.ana_signed_in().await;
        let posts = eight_answers(&gateway, &Person::new("ana-1", "ana@fabrikam.example", "Ana", "Baptista")).await;
        let pages = all(posts).await;
        pages.iter().for_each(|page| drop(granted(page)));
        assert_eq!(gateway.guest(gateway.ana).await.guest.family_name.as_deref(), Some("Baptista"));
    }

    async fn many_first_sign_ins_of_an_invited_person_bind_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let posts = eight_answers(&gateway, &Person::ana()).await;
        let pages = all(posts).await;
        pages.iter().for_each(|page| drop(granted(page)));
        assert_eq!(gateway.guest_count().await, 1);
    }

    async fn one_invitation_is_bound_by_one_of_two_people_at_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut posts = eight_answers(&gateway, &Person::ana()).await;
        let other = Person { subject: "ana-2".to_owned(), ..Person::ana() };
        let mut mixed = vec![posts.remove(0)];
        mixed.extend(eight_answers(&gateway, &other).await.into_iter().take(1));
        let pages = all(mixed).await;
        let codes: Vec<bool> = pages.iter().map(|page| page.status == 303).collect();
        assert!(codes[0] != codes[1], "{codes:?}");
        let refused = pages.iter().find(|page| page.status != 303).unwrap();
        assert_eq!(refused.refusal_code(), Some("ADDRESS_CONFLICT"), "{}", refused.body);
    }
}
