//! Accounts that are removed, restored and gone, and who answers for accounts.

use std::time::Duration;

use entente::domain::guest_details::{RESTORABLE, Sponsor};
use entente::domain::guests::{Binding, GuestId, Standing, UserType};
use entente::domain::roles::Role;
use entente::flows::guest_lives::{delete, deleted, find_deleted, purge, restore, set_sponsors, sponsors};
use entente::flows::operate::Change;
use entente::flows::upkeep::sweep;

use super::scene::{operator, person, ticket_of};
use crate::policy::journeys::{ALL_APPS, apply_by, policy};
use crate::support::gateway::Gateway;
use crate::support::journey::{assert_invalid_grant, assert_invalid_token, assert_refused, granted};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn f83_f84_who_is_removed_is_out_at_once_on_every_node_and_comes_back_whole(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let group = gateway.add_group("project", &[gateway.ana], &[]).await;
        let (mut client, tokens) = gateway.ana_signed_in().await;
        let code = granted(&client.get(&gateway.authorize(&[])).await);
        let other = gateway.second_node().await.services;
        assert_eq!(delete(&other, &operator(), gateway.ana).await.unwrap(), Change::Made);
        assert_eq!(delete(&gateway.services, &operator(), gateway.ana).await.unwrap(), Change::AlreadySo);
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
        assert_invalid_grant(&gateway.redeem(&code).await);
        let silent = client.get(&gateway.authorize(&[("prompt", "none")])).await;
        assert_eq!(silent.param("error").as_deref(), Some("login_required"));
        let page = gateway.sign_in(&mut gateway.client(), &Person::ana()).await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "not_invited").await;
        let listed = deleted(&gateway.services, &operator()).await.unwrap();
        assert_eq!(listed.iter().map(|guest| guest.guest).collect::<Vec<_>>(), [gateway.ana]);
        assert_eq!(listed[0].deleted_by, "operator:olga");

        let named = find_deleted(&gateway.services, &operator(), "ANA@fabrikam.example").await.unwrap();
        assert_eq!(restore(&gateway.services, &operator(), named).await.unwrap(), Change::Made);
        assert_eq!(restore(&gateway.services, &operator(), named).await.unwrap(), Change::AlreadySo);
        let restored = gateway.guest(gateway.ana).await;
        assert!(matches!(restored.guest.binding, Binding::Accepted { .. }));
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        assert_eq!(unit.groups_of(gateway.ana, 10).await.unwrap(), [group]);
        drop(unit);
        // What ended has ended; the person signs in anew, to the same account.
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
        let tokens = gateway.tokens(&mut gateway.client(), &Person::ana()).await;
        assert_eq!(gateway.userinfo(&tokens.access).await.status, 200);
        let told = gateway.told_of(gateway.ana).await;
        for activity in ["guest_deleted", "guest_restored"] {
            assert!(told.contains(&(activity.to_owned(), "operator:olga".to_owned())), "{told:?}");
        }
    }

    async fn f45_the_link_of_a_removed_account_is_worth_nothing(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let invited = gateway.invited("zoe@adatum.example").await;
        delete(&gateway.services, &operator(), invited.guest.id).await.unwrap();
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let ticket = ticket_of(&invited.link.unwrap());
        let (_, guest) = unit.read_invitation(&ticket).await.unwrap().unwrap();
        assert_eq!(guest.standing, Standing::Deleted);
        drop(unit);
        // Whoever is invited anew has a new account.
        let anew = gateway.invited("zoe@adatum.example").await;
        assert_ne!(anew.guest.id, invited.guest.id);
        let refused = restore(&gateway.services, &operator(), invited.guest.id).await.unwrap_err();
        assert_eq!(refused.code(), "ADDRESS_CONFLICT");
        purge(&gateway.services, &operator(), invited.guest.id).await.unwrap();
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        assert_eq!(unit.read_invitation(&ticket).await, Ok(None));
    }

    async fn f84_after_30_days_the_account_is_gone_and_the_audit_stays(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let zoe = gateway.invited("zoe@adatum.example").await.guest.id;
        delete(&gateway.services, &operator(), zoe).await.unwrap();
        gateway.clock.advance(RESTORABLE.saturating_sub(Duration::from_micros(1)));
        sweep(&gateway.services).await.unwrap();
        assert_eq!(gateway.guest(zoe).await.guest.standing, Standing::Deleted);
        gateway.clock.advance(Duration::from_micros(1));
        sweep(&gateway.services).await.unwrap();
        assert!(gateway.services.store.unit_of_work().await.unwrap().guest(zoe).await.unwrap().is_none());
        let told: Vec<String> = gateway.told_of(zoe).await.into_iter().map(|(activity, _)| activity).collect();
        assert_eq!(told, ["guest_purged", "guest_deleted", "guest_invited"]);
        // Ana, who is there, is there still.
        assert_eq!(gateway.guest(gateway.ana).await.guest.standing, Standing::Active);
    }

    async fn f84_who_a_policy_names_is_not_to_be_restored_after_30_days_either(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let zoe = gateway.invited("zoe@adatum.example").await.guest.id;
        let who = format!("conditions.users.include_users = ['{zoe}']\n");
        let block = policy("block", &[&who, ALL_APPS, "grant_controls.built_in_controls = ['block']\n"]);
        apply_by(&gateway.services, &block).await;
        delete(&gateway.services, &operator(), zoe).await.unwrap();
        gateway.clock.advance(RESTORABLE.saturating_sub(Duration::from_micros(1)));
        let listed = async || deleted(&gateway.services, &operator()).await.unwrap().len();
        assert_eq!(listed().await, 1);
        assert_eq!(restore(&gateway.services, &operator(), zoe).await.unwrap(), Change::Made);
        delete(&gateway.services, &operator(), zoe).await.unwrap();
        gateway.clock.advance(RESTORABLE);
        sweep(&gateway.services).await.unwrap();
        assert_eq!(gateway.guest(zoe).await.guest.standing, Standing::Deleted);
        assert_eq!(listed().await, 0);
        assert_eq!(restore(&gateway.services, &operator(), zoe).await.unwrap_err().code(), "GUEST_UNKNOWN");
        assert_eq!(gateway.guest(zoe).await.guest.standing, Standing::Deleted);
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        assert_eq!(unit.count_held_by_policies(gateway.now().minus(RESTORABLE)).await.unwrap(), 1);
        drop(unit);
        assert_eq!(purge(&gateway.services, &operator(), zoe).await.unwrap_err().code(), "NAMED_BY_POLICY");
    }

    async fn who_is_not_removed_is_not_purged(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let refused = purge(&gateway.services, &operator(), gateway.ana).await.unwrap_err();
        assert_eq!(refused.code(), "NOT_REMOVED");
        let nobody = GuestId::from_uuid(uuid::Uuid::from_u128(9));
        assert_eq!(delete(&gateway.services, &operator(), nobody).await.unwrap_err().code(), "GUEST_UNKNOWN");
        assert_eq!(restore(&gateway.services, &operator(), nobody).await.unwrap_err().code(), "GUEST_UNKNOWN");
        let by_name = find_deleted(&gateway.services, &operator(), "ana@fabrikam.example").await.unwrap_err();
        assert_eq!(by_name.code(), "GUEST_UNKNOWN");
    }

    async fn accounts_are_removed_by_administrators_of_people_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let (services, ana) = (&gateway.services, gateway.ana);
        for role in [Role::GuestInviter, Role::HelpdeskAdministrator, Role::SecurityAdministrator] {
            let caller = person(ana, UserType::Member, &[role]);
            assert_eq!(delete(services, &caller, ana).await.unwrap_err().code(), "NOT_ALLOWED");
            assert_eq!(restore(services, &caller, ana).await.unwrap_err().code(), "NOT_ALLOWED");
            assert_eq!(purge(services, &caller, ana).await.unwrap_err().code(), "NOT_ALLOWED");
            assert_eq!(set_sponsors(services, &caller, ana, &[]).await.unwrap_err().code(), "NOT_ALLOWED");
        }
        assert_eq!(gateway.guest(ana).await.guest.standing, Standing::Active);
        let caller = person(ana, UserType::Member, &[Role::UserAdministrator]);
        delete(services, &caller, ana).await.unwrap();
        restore(services, &caller, ana).await.unwrap();
    }

    async fn f29_sponsors_are_moved_and_five_at_most(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let zoe = gateway.invited("zoe@adatum.example").await.guest.id;
        let mut wanted = vec![Sponsor::Guest(gateway.ana)];
        for number in 0..4 {
            wanted.push(Sponsor::Group(gateway.add_group(&format!("group-{number}"), &[], &[]).await));
        }
        set_sponsors(&gateway.services, &operator(), zoe, &wanted).await.unwrap();
        wanted.sort_unstable();
        let mut found = sponsors(&gateway.services, &operator(), zoe).await.unwrap();
        found.sort_unstable();
        assert_eq!(found, wanted);
        wanted.push(Sponsor::Guest(zoe));
        let refused = set_sponsors(&gateway.services, &operator(), zoe, &wanted).await.unwrap_err();
        assert_eq!(refused.code(), "SPONSORS_TOO_MANY");
        let nobody = [Sponsor::Guest(GuestId::from_uuid(uuid::Uuid::from_u128(9)))];
        let refused = set_sponsors(&gateway.services, &operator(), zoe, &nobody).await.unwrap_err();
        assert_eq!(refused.code(), "SPONSOR_UNKNOWN");
    }
}
