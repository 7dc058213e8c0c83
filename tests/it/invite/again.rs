//! What follows an invitation: another link, redemption from its beginning, an internal account from elsewhere.

use entente::domain::audit::AuditQuery;
use entente::domain::collaboration::{DomainList, DomainRule, InvitesFrom};
use entente::domain::guest_details::GuestDetails;
use entente::domain::guests::{Binding, Guest, GuestId, MailStanding, UserType};
use entente::domain::invitations::wish::Wish;
use entente::domain::invitations::{AccountMatch, InvitationStatus};
use entente::domain::mail::{MailAddress, MailDomain};
use entente::domain::partners::PartnerKind;
use entente::domain::permissions::{Caller, Permission};
use entente::domain::roles::Role;
use entente::domain::store::UnitOfWork;
use entente::flows::invite::Account;
use entente::flows::invite::again::{Anew, NewAddress, resend, reset};

use super::scene::{APP, anew, app_only, operator, person, ticket_of, wish};
use crate::redemption::links::decide;
use crate::support::gateway::Gateway;
use crate::support::journey::{assert_invalid_token, assert_refused};
use crate::support::partner::Person;
use crate::support::stores::on_both_stores;

fn mail(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

/// Another link of an account that nobody has invited.
fn anew_to(gateway: &Gateway, guest: GuestId) -> Anew {
    Anew { redirect_url: Some(wish(gateway, "x@x.example").redirect_url), ..anew(guest) }
}

/// Signs in an invited person, who is asked whether the account is to be theirs.
async fn agreed(gateway: &Gateway, person: &Person) {
    let mut client = gateway.client();
    let page = gateway.sign_in(&mut client, person).await;
    decide(&mut client, &page, "accept").await;
}

async fn unit(gateway: &Gateway) -> Box<dyn UnitOfWork> {
    gateway.services.store.unit_of_work().await.unwrap()
}

/// Gives an account another address.
async fn set_mail(gateway: &Gateway, guest: GuestId, address: &str) {
    let mut unit = unit(gateway).await;
    let mut kept = unit.guest(guest).await.unwrap().unwrap();
    kept.value.guest.mail = Some(mail(address));
    unit.update_guest(&kept.value, kept.provenance).await.unwrap();
    unit.commit().await.unwrap();
}

on_both_stores! {
    async fn f42_another_link_leads_to_the_same_account(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let first = gateway.invited("zoe@adatum.example").await;
        let helpdesk = person(gateway.ana, UserType::Member, &[Role::HelpdeskAdministrator]);
        let again = resend(&gateway.services, &helpdesk, &anew(first.guest.id)).await.unwrap();
        assert_eq!((again.guest.id, again.status), (first.guest.id, InvitationStatus::PendingAcceptance));
        let mut unit = unit(&gateway).await;
        for link in [first.link.unwrap(), again.link.unwrap()] {
            let (invitation, _) = unit.read_invitation(&ticket_of(&link)).await.unwrap().unwrap();
            assert_eq!((invitation.redirect_url.as_str(), invitation.account_match), (APP, AccountMatch::Any));
        }
        drop(unit);
        let inviter = person(gateway.ana, UserType::Member, &[Role::GuestInviter]);
        let refused = resend(&gateway.services, &inviter, &anew(first.guest.id)).await.unwrap_err();
        assert_eq!(refused.code(), "NOT_ALLOWED");
        // An object file has made Ana's account, and nothing says where to go.
        let ana = resend(&gateway.services, &operator(), &anew(gateway.ana)).await.unwrap_err();
        assert_eq!(ana.code(), "REDIRECT_URL_INVALID");
        resend(&gateway.services, &operator(), &anew_to(&gateway, gateway.ana)).await.unwrap();
        agreed(&gateway, &Person::ana()).await;
        let accepted = resend(&gateway.services, &operator(), &anew(gateway.ana)).await.unwrap_err();
        assert_eq!(accepted.code(), "ALREADY_REDEEMED");
        let blocked = DomainList::new([MailDomain::parse("adatum.example").unwrap()]).unwrap();
        gateway.set(|settings| settings.domains = DomainRule::Blocked(blocked)).await;
        let refused = resend(&gateway.services, &operator(), &anew(first.guest.id)).await.unwrap_err();
        assert_eq!(refused.code(), "DOMAIN_BLOCKED");
        gateway.set(|settings| settings.allow_invites_from = InvitesFrom::Nobody).await;
        let refused = resend(&gateway.services, &operator(), &anew_to(&gateway, gateway.ana)).await.unwrap_err();
        assert_eq!(refused.code(), "INVITE_DISABLED");
    }

    async fn f43_a_reset_keeps_the_account_and_ends_who_had_it(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let group = gateway.add_group("project", &[gateway.ana], &[]).await;
        let (_, tokens) = gateway.ana_signed_in().await;
        let before = gateway.guest(gateway.ana).await;
        let old_link = gateway.invited("zoe@adatum.example").await;
        let to = NewAddress::SetNow(mail("ana.new@fabrikam.example"));
        let again = reset(&gateway.services, &operator(), &anew_to(&gateway, gateway.ana), &to).await.unwrap();
        assert_eq!((again.status, again.account), (InvitationStatus::PendingAcceptance, Account::Known));
        let after = gateway.guest(gateway.ana).await;
        let expected = Guest {
            mail: Some(mail("ana.new@fabrikam.example")),
            binding: Binding::PendingAcceptance,
            sessions_valid_from: gateway.now(),
            ..before.guest.clone()
        };
        assert_eq!((&after.guest, &after.apps), (&expected, &before.apps));
        let mut unit = unit(&gateway).await;
        assert_eq!(unit.groups_of(gateway.ana, 10).await.unwrap(), [group]);
        assert_eq!(unit.guest_details(gateway.ana).await.unwrap().state_changed_at, Some(gateway.now()));
        assert!(unit.read_invitation(&ticket_of(&old_link.link.unwrap())).await.unwrap().is_some());
        drop(unit);
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
        // The same person, whose partner states the address of before.
        let page = gateway.sign_in(&mut gateway.client(), &Person::ana()).await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "not_invited").await;
        // Somebody else with the new address takes the account over.
        let heir = crate::support::journey::with_mail(Person::ben(), Some("ana.new@fabrikam.example"));
        agreed(&gateway, &heir).await;
        assert!(matches!(gateway.guest(gateway.ana).await.guest.binding, Binding::Accepted { .. }));
        let told = gateway.told_of(gateway.ana).await;
        assert!(told.contains(&("redemption_reset".to_owned(), "operator:olga".to_owned())), "{told:?}");
    }

    async fn f43_a_reset_ends_the_links_of_before(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let first = gateway.invited("zoe@adatum.example").await;
        let again = reset(&gateway.services, &operator(), &anew(first.guest.id), &NewAddress::Same).await.unwrap();
        let mut unit = unit(&gateway).await;
        assert_eq!(unit.read_invitation(&ticket_of(&first.link.unwrap())).await, Ok(None));
        let (invitation, guest) = unit.read_invitation(&ticket_of(&again.link.unwrap())).await.unwrap().unwrap();
        assert_eq!((invitation.address, guest.id), (mail("zoe@adatum.example"), first.guest.id));
    }

    async fn f43_the_new_address_is_set_first(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let guest = gateway.invited("zoe@adatum.example").await.guest.id;
        let helpdesk = person(gateway.ana, UserType::Member, &[Role::HelpdeskAdministrator]);
        let new = mail("zoe@woodgrove.example");
        for to in [NewAddress::Set(new.clone()), NewAddress::SetNow(new.clone())] {
            let refused = reset(&gateway.services, &helpdesk, &anew(guest), &to).await.unwrap_err();
            assert_eq!(refused.code(), "ADDRESS_NOT_SET");
        }
        let mut writing = unit(&gateway).await;
        let details = GuestDetails { other_mails: vec![new.clone()], ..GuestDetails::NONE };
        writing.write_guest_details(guest, &details).await.unwrap();
        writing.commit().await.unwrap();
        reset(&gateway.services, &helpdesk, &anew(guest), &NewAddress::Set(new.clone())).await.unwrap();
        assert_eq!(gateway.guest(guest).await.guest.mail, Some(new));
        assert_eq!(unit(&gateway).await.guest_details(guest).await.unwrap().other_mails, []);
        // The address of another account, and one of our own.
        for (address, code) in [("ana@fabrikam.example", "ADDRESS_CONFLICT"), ("zoe@contoso.example", "OWN_DOMAIN")] {
            let to = NewAddress::SetNow(mail(address));
            let refused = reset(&gateway.services, &operator(), &anew(guest), &to).await.unwrap_err();
            assert_eq!(refused.code(), code);
        }
        assert_eq!(gateway.guest(guest).await.guest.mail, Some(mail("zoe@woodgrove.example")));
    }

    async fn f44_the_helpdesk_resets_and_a_guest_inviter_does_not(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let guest = gateway.invited("zoe@adatum.example").await.guest.id;
        let resets = async |caller: Caller| {
            let outcome = reset(&gateway.services, &caller, &anew(guest), &NewAddress::Same).await;
            outcome.map_or_else(|error| error.code(), |_| "")
        };
        for role in [Role::HelpdeskAdministrator, Role::UserAdministrator, Role::GlobalAdministrator] {
            assert_eq!(resets(person(gateway.ana, UserType::Member, &[role])).await, "");
        }
        assert_eq!(resets(app_only(gateway.payroll, &[Permission::UserInviteAll])).await, "");
        for role in [Role::GuestInviter, Role::ReportsReader] {
            assert_eq!(resets(person(gateway.ana, UserType::Member, &[role])).await, "RESET_FORBIDDEN");
        }
        assert_eq!(resets(person(gateway.ana, UserType::Member, &[])).await, "RESET_FORBIDDEN");
        assert_eq!(resets(app_only(gateway.payroll, &[Permission::UserReadAll])).await, "RESET_FORBIDDEN");
    }

    async fn f44_who_holds_roles_is_handed_over_by_who_may_grant_them_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let zoe = gateway.invited("zoe@adatum.example").await.guest.id;
        let mut granting = unit(&gateway).await;
        granting.grant_role(zoe, Role::ReportsReader, gateway.now()).await.unwrap();
        granting.commit().await.unwrap();
        let app = app_only(gateway.payroll, &[Permission::UserInviteAll, Permission::UserReadWriteAll]);
        let administrator = person(gateway.ana, UserType::Member, &[Role::UserAdministrator]);
        for caller in [&app, &administrator] {
            let refused = reset(&gateway.services, caller, &anew(zoe), &NewAddress::Same).await.unwrap_err();
            assert_eq!(refused.code(), "RESET_FORBIDDEN");
            let refused = entente::flows::guest_lives::delete(&gateway.services, caller, zoe).await.unwrap_err();
            assert_eq!(refused.code(), "RESET_FORBIDDEN");
            // Another link leads to the address alone.
            let link = gateway.invited_by(caller, &wish(&gateway, "zoe@adatum.example")).await.unwrap().link.unwrap();
            let (invitation, _) = unit(&gateway).await.read_invitation(&ticket_of(&link)).await.unwrap().unwrap();
            assert_eq!(invitation.account_match, AccountMatch::SameAddress);
        }
        let global = person(gateway.ana, UserType::Member, &[Role::GlobalAdministrator]);
        reset(&gateway.services, &global, &anew(zoe), &NewAddress::Same).await.unwrap();
    }

    async fn f28_an_internal_account_is_redeemed_from_elsewhere_and_stays_the_same(backend: Backend) {
        let gateway = Gateway::start_with(backend, |partner| partner.kind = PartnerKind::Home).await;
        let group = gateway.add_group("project", &[gateway.ana], &[]).await;
        let (_, tokens) = gateway.ana_signed_in().await;
        let asked = Wish { account: Some(gateway.ana), ..wish(&gateway, "ana@adatum.example") };
        // Its address is set first.
        assert_eq!(gateway.not_invited(&operator(), &asked).await, "ADDRESS_NOT_SET");
        set_mail(&gateway, gateway.ana, "ana@adatum.example").await;
        let inviter = person(gateway.ana, UserType::Member, &[Role::GuestInviter]);
        assert_eq!(gateway.not_invited(&inviter, &asked).await, "NOT_ALLOWED");
        let before = gateway.guest(gateway.ana).await;
        assert_eq!(before.guest.user_type, UserType::Member);
        let invited = gateway.invited_by(&operator(), &asked).await.unwrap();
        let after = gateway.guest(gateway.ana).await;
        let expected =
            Guest {
                binding: Binding::PendingAcceptance,
                mail_standing: MailStanding::Known,
                sessions_valid_from: gateway.now(),
                ..before.guest
            };
        assert_eq!((&after.guest, &after.apps), (&expected, &before.apps));
        let mut reading = unit(&gateway).await;
        assert_eq!(reading.groups_of(gateway.ana, 10).await.unwrap(), [group]);
        let (invitation, _) = reading.read_invitation(&ticket_of(&invited.link.unwrap())).await.unwrap().unwrap();
        assert_eq!(invitation.account_match, AccountMatch::SameDomain);
        assert!(invitation.takes(Some(&mail("other@adatum.example"))));
        assert!(!invitation.takes(Some(&mail("ana@fabrikam.example"))) && !invitation.takes(None));
        drop(reading);
        assert_invalid_token(&gateway.userinfo(&tokens.access).await);
        let told = gateway.told_of(gateway.ana).await;
        assert_eq!(told[0], ("internal_invited".to_owned(), "operator:olga".to_owned()));
        // One way: at home nobody signs in to it any more.
        let page = gateway.sign_in(&mut gateway.client(), &Person::ana()).await;
        assert_refused(&gateway, &page, "IDP_USER_UNKNOWN", "not_invited").await;
        // Asked for once more it is invited as any other.
        let again = gateway.invited_by(&operator(), &asked).await.unwrap();
        assert_eq!((again.account, again.guest.id), (Account::Known, gateway.ana));
    }

    async fn f28_an_internal_account_is_not_reset(backend: Backend) {
        let gateway = Gateway::start_with(backend, |partner| partner.kind = PartnerKind::Home).await;
        gateway.ana_signed_in().await;
        let same = NewAddress::Same;
        let refused = reset(&gateway.services, &operator(), &anew_to(&gateway, gateway.ana), &same).await.unwrap_err();
        assert_eq!(refused.code(), "INTERNAL_ACCOUNT");
    }

    async fn f07_who_was_invited_as_a_member_is_one_after_signing_in(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let asked = Wish {
            user_type: UserType::Member,
            apps: vec![gateway.payroll],
            ..wish(&gateway, "ben@fabrikam.example")
        };
        let ben = gateway.invited_by(&operator(), &asked).await.unwrap().guest.id;
        let mut giving = unit(&gateway).await;
        giving.give_app(ben, gateway.payroll).await.unwrap();
        giving.commit().await.unwrap();
        agreed(&gateway, &Person::ben()).await;
        let guest = gateway.guest(ben).await.guest;
        assert_eq!(guest.user_type, UserType::Member);
        assert!(matches!(guest.binding, Binding::Accepted { .. }));
    }

    async fn the_audit_of_a_reset_names_nobody(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let guest = gateway.invited("zoe@adatum.example").await.guest.id;
        reset(&gateway.services, &operator(), &anew(guest), &NewAddress::Same).await.unwrap();
        let query = AuditQuery { guest: Some(guest), limit: 10, ..AuditQuery::default() };
        let entries = gateway.services.store.audit(&query).await.unwrap();
        assert_eq!(entries.len(), 2);
        assert!(!format!("{entries:?}").contains("adatum"), "{entries:?}");
    }
}
