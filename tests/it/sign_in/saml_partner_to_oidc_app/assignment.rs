//! The per-app grant.

use entente::domain::apps::Assignment;

use crate::support::gateway::Gateway;
use crate::support::journey::{assert_refused, granted};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn who_is_not_assigned_is_refused_and_the_invitation_stays_open(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let ben = gateway.invite("ben@fabrikam.example", None, &[gateway.travel]).await;
        let mut client = gateway.client();
        let page = gateway.sign_in(&mut client, &Person::ben()).await;
        assert_eq!(page.status, 403);
        assert_refused(&gateway, &page, "NOT_ASSIGNED", "not_assigned").await;
        assert_eq!(client.session(), None);
        let pending = entente::domain::guests::Binding::PendingAcceptance;
        assert_eq!(gateway.guest(ben).await.guest.binding, pending);
    }

    async fn an_app_for_everyone_asks_for_no_assignment(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.invite("ben@fabrikam.example", None, &[]).await;
        gateway.alter_app(&gateway.services, gateway.payroll, |app| app.assignment = Assignment::Everyone).await;
        granted(&gateway.sign_in(&mut gateway.client(), &Person::ben()).await);
        // An account is needed all the same.
        let cem = Person::new("cem-1", "cem@fabrikam.example", "Cem", "Celik");
        let page = gateway.sign_in(&mut gateway.client(), &cem).await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "not_invited").await;
    }

    async fn a_group_assigns_its_members(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await;
        gateway.add_group("others", &[], &[gateway.payroll]).await;
        gateway.add_group("bens", &[ben], &[gateway.travel]).await;
        let page = gateway.sign_in(&mut gateway.client(), &Person::ben()).await;
        assert_refused(&gateway, &page, "NOT_ASSIGNED", "not_assigned").await;
        let group = gateway.add_group("auditors", &[ben], &[gateway.payroll]).await;
        let mut client = gateway.client();
        let tokens = gateway.tokens(&mut client, &Person::ben()).await;
        assert!(gateway.claims(&tokens.id, "payroll").await["groups"].to_string().contains(&group.to_string()));
        // Out of the group, out of the app.
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.delete_group(group).await.unwrap();
        unit.commit().await.unwrap();
        let page = client.get(&gateway.authorize(&[])).await;
        assert_refused(&gateway, &page, "NOT_ASSIGNED", "not_assigned").await;
    }
}
