//! Invitations, and the settings that govern them.

use entente::domain::collaboration::{
    Allowed, Collaboration, DomainList, DomainRule, FallbackProvider, GuestUserRole, InvitesFrom, PrimaryProvider,
};
use entente::domain::guests::Guest;
use entente::domain::invitations::language::LanguageTag;
use entente::domain::invitations::message::CustomMessage;
use entente::domain::invitations::{AccountMatch, Invitation, InvitationId, Inviter, MailedAccount};
use entente::domain::mail::MailAddress;
use entente::domain::partners::{Partner, PartnerKind};
use entente::domain::store::UnitOfWork;
use entente::domain::store::objects::Provenance;
use entente::domain::store::sign_ins::Once;
use entente::domain::web_address::WebAddress;

use super::databases::Fresh;
use super::samples::*;
use super::single_use::{assert_one_first, race};

fn invitation_id(number: u32) -> InvitationId {
    InvitationId::from_uuid(uuid::Uuid::from_u128(0x1999_0000 + u128::from(number)))
}

/// One to guest 1 that says everything; the numbers differ in their variants.
fn invitation(number: u32) -> Invitation {
    let inviters = [Inviter::Operator("olga".to_owned()), Inviter::App(app_id(1)), Inviter::Guest(guest_id(9))];
    let matches = [AccountMatch::Any, AccountMatch::SameDomain, AccountMatch::SameAddress];
    let place = usize::try_from(number % 3).unwrap();
    Invitation {
        id: invitation_id(number),
        guest: guest_id(1),
        address: MailAddress::parse("Guest1@a1.example").unwrap(),
        redirect_url: WebAddress::parse("https://app.example/start?x=1").unwrap(),
        inviter: inviters[place].clone(),
        language: Some(LanguageTag::parse("pt-BR").unwrap()),
        message: CustomMessage::parse("Come\nin").unwrap(),
        cc: Some(MailAddress::parse("otto@contoso.example").unwrap()),
        account_match: matches[place],
        mailed_account: if number == 1 { MailedAccount::Refused } else { MailedAccount::Allowed },
        apps: vec![app_id(1)],
        groups: vec![group_id(1), group_id(2)],
        created_at: NOW,
        expires_at: Some(after(60)),
        redeemed_at: None,
    }
}

fn bare(number: u32) -> Invitation {
    Invitation {
        language: None,
        message: None,
        cc: None,
        apps: Vec::new(),
        groups: Vec::new(),
        expires_at: None,
        ..invitation(number)
    }
}

pub async fn every_invitation_reads_back_as_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    let all = [invitation(1), invitation(2), invitation(3), bare(4)];
    for (place, invitation) in (0_u32..).zip(&all) {
        unit.insert_invitation(invitation, &handle("ticket", place)).await.unwrap();
    }
    for (place, invitation) in (0_u32..).zip(&all) {
        let read = unit.read_invitation(&handle("ticket", place)).await.unwrap();
        assert_eq!(read, Some((invitation.clone(), guest(1))));
    }
    assert_eq!(unit.read_invitation(&handle("ticket", 9)).await, Ok(None));
    let newest_first: Vec<_> = all.iter().rev().cloned().collect();
    assert_eq!(unit.invitations_of(guest_id(1)).await, Ok(newest_first));
    assert_eq!(unit.invitations_of(guest_id(2)).await, Ok(vec![]));
    let again = unit.insert_invitation(&bare(5), &handle("ticket", 1)).await;
    assert_eq!(again, Err(taken("invitations_ticket_key")));
    assert_eq!(unit.delete_invitations_of(guest_id(1)).await, Ok(4));
    assert_eq!(unit.read_invitation(&handle("ticket", 1)).await, Ok(None));
}

pub async fn an_invitation_is_redeemed_by_one_of_several(fresh: Fresh) {
    let store = fresh.node("first").await.store;
    furnish(&*store).await;
    let mut first = unit(&*store).await;
    first.insert_invitation(&bare(1), &handle("ticket", 1)).await.unwrap();
    first.commit().await.unwrap();
    let act = |mut unit: Box<dyn UnitOfWork>| async move {
        let (invitation, _) = unit.read_invitation(&handle("ticket", 1)).await?.unwrap();
        let once = unit.mark_redeemed(invitation.id, after(7)).await?;
        unit.commit().await.map(|()| once)
    };
    assert_one_first(&race(&fresh, act).await);
    let (read, _) = unit(&*store).await.read_invitation(&handle("ticket", 1)).await.unwrap().unwrap();
    assert_eq!(read.redeemed_at, Some(after(7)));
    assert_eq!(unit(&*store).await.mark_redeemed(invitation_id(9), after(8)).await, Ok(Once::Again));
}

pub async fn f50_invited_accounts_without_an_address_are_found(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    unit.insert_guest(&Guest { mail: None, ..invited(2) }, Provenance::Invited).await.unwrap();
    let address = MailAddress::parse("guest1@A1.example").unwrap();
    for (number, guest) in [(1, guest_id(1)), (2, guest_id(2)), (3, guest_id(2))] {
        let to = Invitation { guest, ..bare(number) };
        unit.insert_invitation(&to, &handle("ticket", number)).await.unwrap();
    }
    assert_eq!(unit.invited_without_mail(&address).await, Ok(vec![guest_id(2)]));
    unit.soft_delete_guest(guest_id(2), "operator:olga", after(1)).await.unwrap();
    assert_eq!(unit.invited_without_mail(&address).await, Ok(vec![]));
}

pub async fn what_is_given_is_given_once_and_only_where_it_is_there(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    unit.insert_guest(&invited(2), Provenance::Invited).await.unwrap();
    unit.upsert_group(&group(5, &[], &[]), Provenance::Applied).await.unwrap();
    assert!(unit.has_app(app_id(1)).await.unwrap() && !unit.has_app(app_id(9)).await.unwrap());
    assert!(unit.has_group(group_id(5)).await.unwrap() && !unit.has_group(group_id(9)).await.unwrap());
    for _ in 0..2 {
        unit.give_app(guest_id(2), app_id(1)).await.unwrap();
        unit.give_app(guest_id(2), app_id(9)).await.unwrap();
        unit.give_group(guest_id(2), group_id(5)).await.unwrap();
        unit.give_group(guest_id(2), group_id(9)).await.unwrap();
    }
    assert_eq!(unit.guest(guest_id(2)).await.unwrap().unwrap().value.apps, [app_id(1)]);
    assert_eq!(unit.groups_of(guest_id(2), 10).await, Ok(vec![group_id(5)]));
}

pub async fn the_settings_read_back_as_written(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    let mut unit = unit(&*store).await;
    let kept = unit.collaboration().await.unwrap();
    assert_eq!((kept.value, kept.provenance), (Collaboration::standard(), Provenance::BuiltIn));
    let list = || DomainList::new([domain("b.example"), domain("a.example")]).unwrap();
    for (_, allow_invites_from) in InvitesFrom::WORDS {
        for (_, guest_user_role) in GuestUserRole::WORDS {
            for domains in [DomainRule::Any, DomainRule::Allowed(list()), DomainRule::Blocked(list())] {
                let settings = Collaboration {
                    allow_invites_from,
                    domains,
                    consumer_domains: Allowed::No,
                    guest_user_role,
                    invitation_link_ttl_days: 90,
                    email_one_time_passcode: Allowed::No,
                    identity_provider_order: vec![
                        PrimaryProvider::SocialIdentityProviders,
                        PrimaryProvider::Organization,
                    ],
                    fallback: FallbackProvider::EmailOneTimePasscode,
                    privacy_url: Some(WebAddress::parse("https://contoso.example/privacy").unwrap()),
                    privacy_contact: Some("Otto, privacy@contoso.example".to_owned()),
                    guests_may_leave: Allowed::No,
                };
                unit.write_collaboration(&settings, Provenance::Applied).await.unwrap();
                let kept = unit.collaboration().await.unwrap();
                assert_eq!((kept.value, kept.provenance), (settings, Provenance::Applied));
            }
        }
    }
    let none = Collaboration { identity_provider_order: Vec::new(), ..Collaboration::standard() };
    unit.write_collaboration(&none, Provenance::BuiltIn).await.unwrap();
    assert_eq!(unit.collaboration().await.unwrap().value, none);
}

pub async fn the_home_organisation_is_found(fresh: Fresh) {
    let store = fresh.node("one").await.store;
    furnish(&*store).await;
    let mut unit = unit(&*store).await;
    assert_eq!(unit.home_partner().await, Ok(None));
    let home = Partner { kind: PartnerKind::Home, ..partner(2) };
    unit.insert_partner(&home, Provenance::Applied).await.unwrap();
    assert_eq!(unit.home_partner().await, Ok(Some(partner_id(2))));
}
