//! Who may invite whom, and whose link leads how far.

use entente::domain::collaboration::InvitesFrom;
use entente::domain::guests::UserType;
use entente::domain::invitations::AccountMatch;
use entente::domain::permissions::Permission;
use entente::domain::roles::Role;

use super::scene::{app_only, operator, person, ticket_of, wish};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

on_both_stores! {
    async fn f19_f20_a_change_of_the_setting_acts_at_once(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let inviter = person(gateway.ana, UserType::Guest, &[Role::GuestInviter]);
        let guest = person(gateway.ana, UserType::Guest, &[]);
        let app = app_only(gateway.payroll, &[Permission::UserInviteAll]);
        gateway.invited_by(&guest, &wish(&gateway, "a@adatum.example")).await.unwrap();
        gateway.invited_by(&app, &wish(&gateway, "b@adatum.example")).await.unwrap();
        gateway.set(|settings| settings.allow_invites_from = InvitesFrom::AdminsAndGuestInviters).await;
        let asked = wish(&gateway, "c@adatum.example");
        assert_eq!(gateway.not_invited(&guest, &asked).await, "INVITE_DISABLED");
        assert_eq!(gateway.not_invited(&app, &asked).await, "INVITE_DISABLED");
        gateway.invited_by(&inviter, &asked).await.unwrap();
        gateway.set(|settings| settings.allow_invites_from = InvitesFrom::Nobody).await;
        for caller in [inviter, app, operator(), person(gateway.ana, UserType::Member, &[Role::GlobalAdministrator])] {
            assert_eq!(gateway.not_invited(&caller, &wish(&gateway, "d@adatum.example")).await, "INVITE_DISABLED");
        }
    }

    async fn f20_the_role_invites_where_only_administrators_may_and_an_app_alone_does_not(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.set(|settings| settings.allow_invites_from = InvitesFrom::AdminsAndGuestInviters).await;
        let asked = |number: u8| wish(&gateway, &format!("zoe{number}@adatum.example"));
        for (number, role) in [(1, Role::GuestInviter), (2, Role::UserAdministrator), (3, Role::GlobalAdministrator)] {
            gateway.invited_by(&person(gateway.ana, UserType::Guest, &[role]), &asked(number)).await.unwrap();
        }
        let helpdesk = person(gateway.ana, UserType::Member, &[Role::HelpdeskAdministrator]);
        let app = app_only(gateway.payroll, &[Permission::UserInviteAll]);
        for caller in [helpdesk, app] {
            assert_eq!(gateway.not_invited(&caller, &asked(4)).await, "INVITE_DISABLED");
        }
    }

    async fn f07_members_are_invited_by_administrators_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let mut asked = wish(&gateway, "zoe@adatum.example");
        asked.user_type = UserType::Member;
        for roles in [&[][..], &[Role::GuestInviter][..], &[Role::HelpdeskAdministrator][..]] {
            let caller = person(gateway.ana, UserType::Member, roles);
            assert_eq!(gateway.not_invited(&caller, &asked).await, "NOT_ALLOWED");
        }
        let app = app_only(gateway.payroll, &[Permission::UserInviteAll]);
        assert_eq!(gateway.not_invited(&app, &asked).await, "NOT_ALLOWED");
        let administrator = person(gateway.ana, UserType::Guest, &[Role::UserAdministrator]);
        let invited = gateway.invited_by(&administrator, &asked).await.unwrap();
        assert_eq!(invited.guest.user_type, UserType::Member);
    }

    async fn a_link_that_proves_nothing_of_the_address_leads_to_the_address_alone(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let ben = gateway.invite("ben@fabrikam.example", None, &[]).await;
        let guest = person(gateway.ana, UserType::Guest, &[]);
        let first = person(gateway.ana, UserType::Guest, &[Role::GuestInviter]);
        let other = person(ben, UserType::Guest, &[Role::GuestInviter]);
        let helpdesk = person(ben, UserType::Guest, &[Role::UserAdministrator]);
        let match_of = async |caller, address: &str| {
            let link = gateway.invited_by(caller, &wish(&gateway, address)).await.unwrap().link.unwrap();
            let mut unit = gateway.services.store.unit_of_work().await.unwrap();
            unit.read_invitation(&ticket_of(&link)).await.unwrap().unwrap().0.account_match
        };
        // Whoever may invite by nothing but the setting has a link in hand, and no mailbox.
        assert_eq!(match_of(&guest, "a@adatum.example").await, AccountMatch::SameAddress);
        assert_eq!(match_of(&first, "b@adatum.example").await, AccountMatch::Any);
        assert_eq!(match_of(&first, "b@adatum.example").await, AccountMatch::Any);
        // What was given to an account meanwhile is no other inviter's to hand out.
        assert_eq!(match_of(&other, "b@adatum.example").await, AccountMatch::SameAddress);
        assert_eq!(match_of(&helpdesk, "b@adatum.example").await, AccountMatch::Any);
        // Nobody has invited this account: an object file made it.
        gateway.invite("c@adatum.example", None, &[]).await;
        assert_eq!(match_of(&first, "c@adatum.example").await, AccountMatch::SameAddress);
    }
}
