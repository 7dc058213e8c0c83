//! How far a link goes: to nobody's rights over others, to nothing that another invitation keeps for its address, and
//! not at all where the address was corrected.

use entente::domain::collaboration::PrimaryProvider;
use entente::domain::groups::GroupId;
use entente::domain::mail::MailAddress;
use entente::domain::roles::Role;
use entente::flows::invite::Invited;

use super::links::{decide, is_pending, path, proven};
use crate::invite::scene::{operator, wish};
use crate::support::gateway::Gateway;
use crate::support::journey::assert_refused;
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const GUS: &str = "gus@fabrikam.example";

fn gus() -> Person {
    Person::new("gus-1", GUS, "Gus", "Guest")
}

/// Somebody else of the same partner, who has the link in hand.
fn eve() -> Person {
    Person::new("eve-1", "eve@fabrikam.example", "Eve", "Other")
}

/// Follows the link as this person, and agrees.
async fn redeem(gateway: &Gateway, invited: &Invited, person: &Person) {
    let mut client = gateway.client();
    let question = proven(gateway, &mut client, &path(gateway, invited), person).await;
    decide(&mut client, &question, "accept").await;
}

/// Follows the link as Eve, who is refused.
async fn is_refused(gateway: &Gateway, invited: &Invited, cause: &str) {
    let refused = proven(gateway, &mut gateway.client(), &path(gateway, invited), &eve()).await;
    let code = if cause == "invitation_of_former_address" { "LINK_INVALID" } else { "IDP_USER_UNKNOWN" };
    assert_refused(gateway, &refused, code, cause).await;
    assert!(is_pending(gateway, invited.guest.id).await);
}

async fn groups(gateway: &Gateway, invited: &Invited) -> Vec<GroupId> {
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    unit.groups_of(invited.guest.id, 10).await.unwrap()
}

on_both_stores! {
    async fn a_link_leads_whoever_has_it_where_the_account_has_no_rights(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(GUS).await;
        redeem(&gateway, &invited, &eve()).await;
        assert!(!is_pending(&gateway, invited.guest.id).await);
    }

    async fn a_role_that_was_granted_later_goes_with_the_address_and_not_with_the_link(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(GUS).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.grant_role(invited.guest.id, Role::UserAdministrator, gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        is_refused(&gateway, &invited, "invitation_of_account_with_rights").await;
        redeem(&gateway, &invited, &gus()).await;
        assert!(!is_pending(&gateway, invited.guest.id).await);
    }

    async fn an_app_of_the_address_goes_with_the_address_and_not_with_the_link(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(GUS).await;
        let services = &gateway.services;
        gateway.alter_app(services, gateway.payroll, |app| app.owners = vec!["Gus@fabrikam.example".to_owned()]).await;
        is_refused(&gateway, &invited, "invitation_of_account_with_rights").await;
        redeem(&gateway, &invited, &gus()).await;
        assert!(!is_pending(&gateway, invited.guest.id).await);
    }

    async fn a_group_that_the_account_owns_goes_with_the_address_and_not_with_the_link(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(GUS).await;
        let group = gateway.add_group("finance", &[], &[]).await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.add_owner(group, invited.guest.id).await.unwrap();
        unit.commit().await.unwrap();
        is_refused(&gateway, &invited, "invitation_of_account_with_rights").await;
        redeem(&gateway, &invited, &gus()).await;
        assert!(!is_pending(&gateway, invited.guest.id).await);
    }

    async fn what_is_kept_for_the_address_is_not_given_by_another_link(backend: Backend) {
        for (person, is_given) in [(eve(), false), (gus(), true)] {
            let gateway = Gateway::start(backend).await;
            let group = gateway.add_group("finance", &[], &[]).await;
            let open = gateway.invited(GUS).await;
            let mut asked = wish(&gateway, GUS);
            asked.groups = vec![group];
            asked.cc = Some(MailAddress::parse("boss@elsewhere.example").unwrap());
            let kept = gateway.invited_by(&operator(), &asked).await.unwrap();
            assert_eq!(kept.guest.id, open.guest.id);
            redeem(&gateway, &open, &person).await;
            assert_eq!(groups(&gateway, &open).await, if is_given { vec![group] } else { Vec::new() });
        }
    }

    async fn a_link_to_a_mailbox_that_was_wrong_ends_when_the_address_is_corrected(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited("gsu@fabrikam.example").await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let mut kept = unit.guest(invited.guest.id).await.unwrap().unwrap();
        kept.value.guest.mail = Some(MailAddress::parse(GUS).unwrap());
        unit.update_guest(&kept.value, kept.provenance).await.unwrap();
        unit.commit().await.unwrap();
        is_refused(&gateway, &invited, "invitation_of_former_address").await;
        let right = gateway.invited(GUS).await;
        assert_eq!(right.guest.id, invited.guest.id);
        redeem(&gateway, &right, &gus()).await;
        assert!(!is_pending(&gateway, invited.guest.id).await);
    }

    async fn f35_a_kind_of_partner_that_was_left_out_redeems_nothing_however_it_is_reached(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited(GUS).await;
        gateway.set(|settings| settings.identity_provider_order = vec![PrimaryProvider::Organization]).await;
        // Straight at an app, where the person is asked for their organisation.
        let page = gateway.sign_in(&mut gateway.client(), &gus()).await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "kind_of_home_not_in_order").await;
        assert!(is_pending(&gateway, invited.guest.id).await);
        gateway.set(|settings| settings.identity_provider_order = vec![PrimaryProvider::ExternalFederation]).await;
        redeem(&gateway, &invited, &gus()).await;
        assert!(!is_pending(&gateway, invited.guest.id).await);
    }
}
