//! Which addresses may be invited, and what becomes of one that is another account's.

use entente::domain::collaboration::{DomainList, DomainRule};
use entente::domain::guest_details::GuestDetails;
use entente::domain::guests::Standing;
use entente::domain::mail::{MailAddress, MailDomain};
use entente::domain::partners::PartnerKind;
use entente::domain::permissions::{Caller, Permission, Permissions};
use entente::flows::invite::address::judge_domain;
use entente::flows::invite::{Account, invite};

use super::scene::{operator, ticket_of, wish};
use crate::support::gateway::Gateway;
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

fn list(texts: &[&str]) -> DomainList {
    DomainList::new(texts.iter().map(|text| MailDomain::parse(text).unwrap())).unwrap()
}

on_both_stores! {
    async fn our_own_people_are_not_invited(backend: Backend) {
        let gateway = Gateway::start_with(backend, |partner| {
            partner.kind = PartnerKind::Home;
            let domains = ["staff.contoso-group.example", "*.lab.example"];
            partner.domains = domains.map(|text| entente::domain::holders::DomainPattern::parse(text).unwrap()).to_vec();
        })
        .await;
        for ours in ["a@contoso.example", "a@CONTOSO.example", "a@staff.contoso-group.example", "a@x.lab.example"] {
            assert_eq!(gateway.not_invited(&operator(), &wish(&gateway, ours)).await, "OWN_DOMAIN", "{ours}");
        }
        for others in ["a@sub.contoso.example", "a@contoso-group.example", "a@lab.example", "a@notcontoso.example"] {
            assert_eq!(gateway.invited(others).await.account, Account::Made, "{others}");
        }
    }

    async fn f21_f22_the_lists_of_domains_hold_at_invitation_and_at_redemption(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let pending = gateway.invited("zoe@adatum.example").await;
        gateway.set(|settings| settings.domains = DomainRule::Blocked(list(&["adatum.example"]))).await;
        assert_eq!(gateway.not_invited(&operator(), &wish(&gateway, "b@adatum.example")).await, "DOMAIN_BLOCKED");
        // Also somebody who was invited before.
        assert_eq!(gateway.not_invited(&operator(), &wish(&gateway, "zoe@adatum.example")).await, "DOMAIN_BLOCKED");
        gateway.invited("b@sub.adatum.example").await;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let settings = unit.collaboration().await.unwrap().value;
        let (invitation, _) = unit.read_invitation(&ticket_of(&pending.link.unwrap())).await.unwrap().unwrap();
        assert_eq!(judge_domain(&settings, &invitation.address).unwrap_err().code(), "DOMAIN_BLOCKED");
        drop(unit);
        gateway.set(|settings| settings.domains = DomainRule::Allowed(list(&["adatum.example"]))).await;
        gateway.invited("b@adatum.example").await;
        assert_eq!(gateway.not_invited(&operator(), &wish(&gateway, "b@other.example")).await, "DOMAIN_BLOCKED");
        assert_eq!(gateway.not_invited(&operator(), &wish(&gateway, "b@x.adatum.example")).await, "DOMAIN_BLOCKED");
    }

    async fn f50_an_address_of_another_account_leads_by_the_link_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let shared = MailAddress::parse("team@adatum.example").unwrap();
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let details = GuestDetails { other_mails: vec![shared.clone()], ..GuestDetails::NONE };
        unit.write_guest_details(gateway.ana, &details).await.unwrap();
        unit.commit().await.unwrap();
        let invited = gateway.invited("team@adatum.example").await;
        assert_eq!((invited.account, invited.guest.mail.as_ref()), (Account::Made, None));
        assert_ne!(invited.guest.id, gateway.ana);
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        assert_eq!(unit.guest_details(invited.guest.id).await.unwrap().other_mails, std::slice::from_ref(&shared));
        assert!(unit.guest_by_mail_key(shared.key()).await.unwrap().is_none());
        let (invitation, _) = unit.read_invitation(&ticket_of(&invited.link.unwrap())).await.unwrap().unwrap();
        assert_eq!((invitation.address, invitation.guest), (shared, invited.guest.id));
        drop(unit);
        let again = gateway.invited("team@adatum.example").await;
        assert_eq!((again.account, again.guest.id), (Account::Known, invited.guest.id));
    }

    async fn f26_a_person_of_ours_elsewhere_is_a_conflict_and_a_blocked_account_is_not_invited(backend: Backend) {
        let gateway = Gateway::start_with(backend, |partner| partner.kind = PartnerKind::Home).await;
        gateway.tokens(&mut gateway.client(), &Person::ana()).await;
        // An administrator has set an address from elsewhere.
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        let mut ana = unit.guest(gateway.ana).await.unwrap().unwrap();
        ana.value.guest.mail = Some(MailAddress::parse("ana@adatum.example").unwrap());
        unit.update_guest(&ana.value, ana.provenance).await.unwrap();
        unit.commit().await.unwrap();
        let asked = wish(&gateway, "ana@adatum.example");
        assert_eq!(gateway.not_invited(&operator(), &asked).await, "ADDRESS_CONFLICT");
        // It is named to who may read accounts, and to nobody else.
        for (permissions, is_named) in [(&[][..], false), (&[Permission::UserReadAll][..], true)] {
            let caller = Caller::App {
                app: gateway.payroll,
                permissions: Permissions::of(permissions).with(Permission::UserInviteAll),
                from: None,
            };
            let error = invite(&gateway.services, &caller, &asked).await.unwrap_err();
            assert_eq!((error.code(), error.to_string().contains(&gateway.ana.to_string())), ("ADDRESS_CONFLICT", is_named));
        }
        let zoe = gateway.invited("zoe@adatum.example").await.guest.id;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.set_guest_standing(zoe, Standing::Blocked, gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(gateway.not_invited(&operator(), &wish(&gateway, "zoe@adatum.example")).await, "GUEST_BLOCKED");
    }

    async fn who_may_not_read_accounts_is_told_of_none_that_cannot_be_invited(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let caller = |permissions: &[Permission]| Caller::App {
            app: gateway.payroll,
            permissions: Permissions::of(permissions).with(Permission::UserInviteAll),
            from: None,
        };
        let (blind, seeing) = (caller(&[]), caller(&[Permission::UserReadAll]));
        let told = async |address: &str, code: &str| {
            let asked = wish(&gateway, address);
            let mut unit = gateway.services.store.unit_of_work().await.unwrap();
            let id = unit.guest_by_mail_key(address).await.unwrap().unwrap().value.guest.id.to_string();
            drop(unit);
            for (caller, is_named) in [(&blind, false), (&seeing, true), (&operator(), true)] {
                let error = invite(&gateway.services, caller, &asked).await.unwrap_err();
                assert_eq!((error.code(), error.to_string().contains(&id)), (code, is_named), "{error}");
            }
        };
        let blocked = gateway.invited("zoe@adatum.example").await.guest.id;
        let mut unit = gateway.services.store.unit_of_work().await.unwrap();
        unit.set_guest_standing(blocked, Standing::Blocked, gateway.now()).await.unwrap();
        unit.commit().await.unwrap();
        told("zoe@adatum.example", "GUEST_BLOCKED").await;
        for _ in 0..entente::domain::invitations::MAX_OPEN {
            gateway.invited("yan@adatum.example").await;
        }
        told("yan@adatum.example", "LINKS_TOO_MANY").await;
    }
}
