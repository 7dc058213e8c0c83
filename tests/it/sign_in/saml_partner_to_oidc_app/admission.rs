//! Admission `anyone`: an account is made at the first sign-in.

use entente::domain::apps::Assignment;
use entente::domain::guests::{Guest, NUMBERED_NAMES, external_name};
use entente::domain::mail::{MailAddress, MailDomain};
use entente::domain::partners::Admission;
use entente::domain::store::objects::Provenance;

use crate::support::gateway::{Gateway, guest};
use crate::support::journey::{assert_refused, granted, with_mail};
use crate::support::partner::Person;
use crate::support::stores::{Backend, on_both_stores};

async fn open_to_anyone(backend: Backend) -> Gateway {
    let gateway = Gateway::start_with(backend, |partner| partner.admission = Admission::Anyone).await;
    gateway.alter_app(&gateway.services, gateway.payroll, |app| app.assignment = Assignment::Everyone).await;
    gateway
}

/// All guests but Ana.
async fn added(gateway: &Gateway) -> Vec<Guest> {
    let guests = gateway.services.store.unit_of_work().await.unwrap().list_guests(None, 100).await.unwrap();
    guests.into_iter().map(|kept| kept.value.guest).filter(|guest| guest.id != gateway.ana).collect()
}

on_both_stores! {
    async fn an_account_is_made_once_with_an_ext_name(backend: Backend) {
        let gateway = open_to_anyone(backend).await;
        let first = gateway.tokens(&mut gateway.client(), &Person::ben()).await;
        let [ben] = added(&gateway).await.try_into().unwrap();
        assert_eq!(ben.user_principal_name, "ben_fabrikam.example#EXT#@contoso.example");
        assert_eq!(ben.mail.as_ref().map(MailAddress::as_str), Some("ben@fabrikam.example"));
        let claims = gateway.claims(&first.id, "payroll").await;
        assert_eq!((&claims["oid"], &claims["acct"]), (&ben.id.to_string().into(), &1.into()));
        let again = gateway.tokens(&mut gateway.client(), &Person::ben()).await;
        assert_eq!(gateway.claims(&again.id, "payroll").await["sub"], claims["sub"]);
        assert_eq!(added(&gateway).await.len(), 1);
    }

    async fn an_account_that_is_made_is_audited_beside_its_sign_in(backend: Backend) {
        let gateway = open_to_anyone(backend).await;
        let mut client = gateway.client();
        let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
        granted(&gateway.post(&mut client, &request, &gateway.answer(&request, &Person::ben())).await);
        assert_eq!(gateway.activities(&request.relay_state).await, ["guest_added", "sign_in"]);
    }

    async fn an_invitation_is_bound_before_an_account_is_made(backend: Backend) {
        let gateway = open_to_anyone(backend).await;
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ana()).await);
        assert_eq!(added(&gateway).await.len(), 0);
    }

    async fn a_person_without_mail_is_named_by_the_id_of_the_account(backend: Backend) {
        let gateway = open_to_anyone(backend).await;
        let tokens = gateway.tokens(&mut gateway.client(), &with_mail(Person::ben(), None)).await;
        let [ben] = added(&gateway).await.try_into().unwrap();
        assert_eq!(ben.user_principal_name, format!("{}#EXT#@contoso.example", ben.id));
        let claims = gateway.claims(&tokens.id, "payroll").await;
        assert_eq!(claims.get("email"), None);
        assert_eq!(claims["preferred_username"], ben.user_principal_name);
        // A mail that is stated later gives the account no address and binds nothing.
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ben()).await);
        assert_eq!(added(&gateway).await.len(), 1);
    }

    async fn a_name_that_is_taken_gets_a_suffix(backend: Backend) {
        let gateway = open_to_anyone(backend).await;
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ben()).await);
        // The first Ben's address moves on, his name stays.
        let mut ben = gateway.guest(added(&gateway).await[0].id).await;
        ben.guest.mail = Some(MailAddress::parse("ben.senior@fabrikam.example").unwrap());
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.update_guest(&ben, Provenance::Applied).await.unwrap();
        unit.commit().await.unwrap();
        let junior = Person { subject: "ben-2".to_owned(), ..Person::ben() };
        granted(&gateway.sign_in(&mut gateway.client(), &junior).await);
        let mut names: Vec<String> = added(&gateway).await.into_iter().map(|guest| guest.user_principal_name).collect();
        names.sort();
        assert_eq!(names, ["ben_fabrikam.example#EXT#@contoso.example", "ben_fabrikam.example1#EXT#@contoso.example"]);
    }

    async fn two_first_sign_ins_at_once_make_one_account(backend: Backend) {
        let gateway = open_to_anyone(backend).await;
        let mut browsers = Vec::new();
        for _ in 0..4 {
            let mut client = gateway.client();
            let request = gateway.ask(&mut client, &gateway.authorize(&[("domain_hint", "fabrikam")])).await;
            let answer = gateway.answer(&request, &Person::ben());
            browsers.push((client, request, answer));
        }
        let [a, b, c, d] = browsers.as_mut_slice() else { panic!() };
        let pages = tokio::join!(
            gateway.post(&mut a.0, &a.1, &a.2),
            gateway.post(&mut b.0, &b.1, &b.2),
            gateway.post(&mut c.0, &c.1, &c.2),
            gateway.post(&mut d.0, &d.1, &d.2),
        );
        for page in [pages.0, pages.1, pages.2, pages.3] {
            granted(&page);
        }
        assert_eq!(added(&gateway).await.len(), 1);
    }

    async fn however_many_have_the_name_there_is_one_more(backend: Backend) {
        let gateway = open_to_anyone(backend).await;
        let ben = MailAddress::parse("ben@fabrikam.example").unwrap();
        let organization = MailDomain::parse("contoso.example").unwrap();
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        for clash in 0..NUMBERED_NAMES {
            let mut other = guest(&format!("other{clash}@fabrikam.example"), None);
            other.user_principal_name = external_name(&ben, &organization, clash);
            unit.insert_guest(&other, Provenance::Applied).await.unwrap();
        }
        unit.commit().await.unwrap();
        gateway.tokens(&mut gateway.client(), &Person::ben()).await;
        let found = added(&gateway).await.into_iter().find(|guest| guest.mail.as_ref() == Some(&ben)).unwrap();
        let id = found.id;
        assert_eq!(found.user_principal_name, format!("ben_fabrikam.example_{id}#EXT#@contoso.example"));
    }

    async fn anyone_still_needs_to_be_assigned_where_the_app_asks_for_it(backend: Backend) {
        let gateway = Gateway::start_with(backend, |partner| partner.admission = Admission::Anyone).await;
        let page = gateway.sign_in(&mut gateway.client(), &Person::ben()).await;
        assert_refused(&gateway, &page, "NOT_ASSIGNED", "not_assigned").await;
        assert_eq!(added(&gateway).await.len(), 0, "what is refused writes nothing");
    }

    async fn anyone_without_domains_is_admitted_by_subject_alone(backend: Backend) {
        let gateway = Gateway::start_with(backend, |partner| {
            partner.admission = Admission::Anyone;
            partner.domains.clear();
        })
        .await;
        gateway.alter_app(&gateway.services, gateway.payroll, |app| app.assignment = Assignment::Everyone).await;
        let mut client = gateway.client();
        let tokens = gateway.tokens(&mut client, &Person::ana()).await;
        let claims = gateway.claims(&tokens.id, "payroll").await;
        assert_ne!(claims["oid"], gateway.ana.to_string(), "unproven mail binds no invitation");
        assert_eq!(claims.get("email"), None);
    }
}
