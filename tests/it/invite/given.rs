//! Apps and groups that come with an invitation.

use entente::domain::apps::AppId;
use entente::domain::groups::GroupId;
use entente::domain::guest_details::Sponsor;
use entente::domain::guests::{GuestId, UserType};
use entente::domain::permissions::Permission;
use entente::domain::roles::Role;
use entente::flows::invite::redeemed::{Shown, settle};

use super::scene::{app_only, operator, person, ticket_of, wish};
use crate::support::gateway::Gateway;
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

const NOBODY: uuid::Uuid = uuid::Uuid::from_u128(0x1999);

on_both_stores! {
    async fn f14_what_comes_with_an_invitation_is_given_at_redemption(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let group = gateway.add_group("project", &[], &[]).await;
        let mut asked = wish(&gateway, "zoe@adatum.example");
        (asked.apps, asked.groups) = (vec![gateway.payroll, gateway.payroll], vec![group]);
        let guest = gateway.invited_by(&operator(), &asked).await.unwrap().guest.id;
        assert_eq!(gateway.guest(guest).await.apps, []);
        gateway.clock.advance(std::time::Duration::from_secs(60));
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        settle(unit.as_mut(), guest, Shown { ticket: None, proven: None }, gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(gateway.guest(guest).await.apps, [gateway.payroll]);
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        assert_eq!(unit.groups_of(guest, 10).await.unwrap(), [group]);
        assert_eq!(unit.guest_details(guest).await.unwrap().state_changed_at, Some(gateway.now()));
        let all = unit.invitations_of(guest).await.unwrap();
        assert!(all.iter().all(|invitation| invitation.redeemed_at == Some(gateway.now())));
    }

    async fn f26_who_has_come_already_is_given_it_at_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.tokens(&mut gateway.client(), &Person::ana()).await;
        let group = gateway.add_group("project", &[], &[]).await;
        let mut asked = wish(&gateway, "ana@fabrikam.example");
        asked.groups = vec![group];
        gateway.invited_by(&operator(), &asked).await.unwrap();
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        assert_eq!(unit.groups_of(gateway.ana, 10).await.unwrap(), [group]);
    }

    async fn f46_the_link_of_another_address_of_the_person_ends_with_the_first_that_is_redeemed(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let first = gateway.invited("zoe@adatum.example").await;
        let second = gateway.invited("zoe.alias@adatum.example").await;
        let unrelated = gateway.invited("yan@adatum.example").await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let mut details = unit.guest_details(first.guest.id).await.unwrap();
        details.other_mails = vec![second.guest.mail.clone().unwrap()];
        unit.write_guest_details(first.guest.id, &details).await.unwrap();
        settle(unit.as_mut(), first.guest.id, Shown { ticket: first.invitation, proven: None }, gateway.now()).await.unwrap();
        let mut is_spent = async |link: Option<String>| {
            let (invitation, _) = unit.read_invitation(&ticket_of(&link.unwrap())).await.unwrap().unwrap();
            invitation.redeemed_at.is_some()
        };
        assert!(is_spent(first.link).await && is_spent(second.link).await);
        assert!(!is_spent(unrelated.link).await);
    }

    async fn nobody_is_invited_to_what_is_not_there(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut asked = wish(&gateway, "zoe@adatum.example");
        asked.apps = vec![gateway.payroll, AppId::from_uuid(NOBODY)];
        assert_eq!(gateway.not_invited(&operator(), &asked).await, "APP_UNKNOWN");
        asked.apps.clear();
        asked.groups = vec![GroupId::from_uuid(NOBODY)];
        assert_eq!(gateway.not_invited(&operator(), &asked).await, "GROUP_UNKNOWN");
        asked.groups.clear();
        for sponsor in [Sponsor::Guest(GuestId::from_uuid(NOBODY)), Sponsor::Group(GroupId::from_uuid(NOBODY))] {
            asked.sponsors = vec![sponsor];
            assert_eq!(gateway.not_invited(&operator(), &asked).await, "SPONSOR_UNKNOWN");
        }
        asked.sponsors.clear();
        asked.apps = (0..51).map(|number| AppId::from_uuid(uuid::Uuid::from_u128(number))).collect();
        assert_eq!(gateway.not_invited(&operator(), &asked).await, "GIVEN_TOO_MANY");
    }

    async fn nobody_gives_what_is_not_theirs_to_give(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let group = gateway.add_group("project", &[], &[]).await;
        let mut with_app = wish(&gateway, "zoe@adatum.example");
        with_app.apps = vec![gateway.payroll];
        let mut with_group = wish(&gateway, "zoe@adatum.example");
        with_group.groups = vec![group];
        let inviter = person(gateway.ana, UserType::Member, &[Role::GuestInviter]);
        let app = app_only(gateway.travel, &[Permission::UserInviteAll, Permission::DirectoryReadWriteAll]);
        for caller in [&inviter, &person(gateway.ana, UserType::Guest, &[])] {
            assert_eq!(gateway.not_invited(caller, &with_app).await, "NOT_ALLOWED");
            assert_eq!(gateway.not_invited(caller, &with_group).await, "NOT_ALLOWED");
        }
        assert_eq!(gateway.not_invited(&app, &with_app).await, "NOT_ALLOWED");
        gateway.invited_by(&app, &with_group).await.unwrap();
        // Its owner gives an app, and no other.
        let services = &gateway.services;
        gateway.alter_app(services, gateway.payroll, |app| app.owners = vec!["Ana@fabrikam.example".to_owned()]).await;
        gateway.invited_by(&inviter, &with_app).await.unwrap();
        with_app.apps = vec![gateway.payroll, gateway.travel];
        assert_eq!(gateway.not_invited(&inviter, &with_app).await, "NOT_ALLOWED");
        let administrator = person(gateway.ana, UserType::Member, &[Role::UserAdministrator]);
        with_app.groups = vec![group];
        gateway.invited_by(&administrator, &with_app).await.unwrap();
    }
}
