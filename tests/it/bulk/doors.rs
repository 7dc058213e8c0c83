//! Who may hand in a file, and what a file meets at the door.

use entente::domain::apps::grant_types::{GrantType, GrantTypes};
use entente::domain::bulk::job::Counts;
use entente::domain::collaboration::InvitesFrom;
use entente::domain::guests::UserType;
use entente::domain::permissions::{Caller, Permission, Permissions};
use entente::domain::roles::{Role, Roles};
use entente::flows::bulk::{BulkError, find, list, report::report, run, take};

use super::scene::{MIXED, hand_in, now, operator, reported};
use crate::support::gateway::{Gateway, oidc};
use crate::support::stores::on_both_stores;

const ONE: &str = "Email,DisplayName\nzoe@adatum.example,Zoe\n";

fn payroll(gateway: &Gateway, permissions: &[Permission]) -> Caller {
    Caller::App { app: gateway.payroll, permissions: Permissions::of(permissions), from: None }
}

fn ana(gateway: &Gateway, roles: &[Role], through: Option<&[Permission]>) -> Caller {
    Caller::Person {
        guest: gateway.ana,
        user_type: UserType::Guest,
        roles: Roles::of(roles),
        through: through.map(|let_do| (gateway.payroll, Permissions::of(let_do))),
        from: None,
    }
}

async fn code_of(gateway: &Gateway, caller: &Caller, text: &str) -> &'static str {
    match take::take(&gateway.services, caller, "f.csv", text.as_bytes()).await {
        Ok(_) => "",
        Err(error) => error.code(),
    }
}

on_both_stores! {
    async fn a_file_is_judged_row_by_row_before_anything_is_done(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.set(|settings| settings.allow_invites_from = InvitesFrom::Everyone).await;
        let before = gateway.guest_count().await;
        let judged = take::judge(&gateway.services, &operator(), MIXED.as_bytes()).await.unwrap();
        let codes: Vec<&str> = judged.faults.iter().flatten().map(take::Fault::code).collect();
        assert_eq!((codes, judged.good()), (vec!["ALREADY_INVITED", "CSV_ROW_EMAIL", "GROUP_UNKNOWN"], 3));
        assert_eq!(gateway.guest_count().await, before);
        assert!(list(&gateway.services, &operator(), None, 10).await.unwrap().is_empty(), "judging takes nothing");
    }

    async fn a_file_that_is_no_table_of_guests_is_refused_whole(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        for (text, code) in [
            ("", "CSV_EMPTY"),
            ("Mail,Name\nzoe@adatum.example,Zoe\n", "CSV_HEADER"),
            ("Email,DisplayName\nzoe@adatum.example,\"Zoe\n", "CSV_QUOTING"),
            ("PK\u{3}\u{4}", "CSV_ENCODING"),
            (ONE, ""),
        ] {
            assert_eq!(code_of(&gateway, &operator(), text).await, code, "{text:?}");
        }
    }

    async fn who_may_not_invite_hands_in_no_file(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        gateway.set(|settings| settings.allow_invites_from = InvitesFrom::AdminsAndGuestInviters).await;
        assert_eq!(code_of(&gateway, &ana(&gateway, &[], None), "").await, "INVITE_DISABLED", "before it is read");
        assert_eq!(code_of(&gateway, &ana(&gateway, &[Role::GuestInviter], None), ONE).await, "");
        gateway.set(|settings| settings.allow_invites_from = InvitesFrom::Nobody).await;
        assert_eq!(code_of(&gateway, &operator(), ONE).await, "INVITE_DISABLED");
        gateway.set(|settings| settings.allow_invites_from = InvitesFrom::Everyone).await;
        assert_eq!(code_of(&gateway, &payroll(&gateway, &[Permission::UserReadAll]), ONE).await, "INVITE_DISABLED");
        assert_eq!(code_of(&gateway, &payroll(&gateway, &[Permission::UserInviteAll]), ONE).await, "");
        // What a person lets an app do ends with the app's token, and a job would outlive it.
        let through = ana(&gateway, &[Role::UserAdministrator], Some(&[Permission::UserInviteAll]));
        assert_eq!(code_of(&gateway, &through, ONE).await, "NOT_ALLOWED");
    }

    async fn who_may_invite_no_more_invites_nobody_from_then_on(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let caller = payroll(&gateway, &[Permission::UserInviteAll]);
        let text = "Email,DisplayName\nzoe@adatum.example,Zoe\nyan@adatum.example,Yan\n";
        let invite_all = Permissions::of(&[Permission::UserInviteAll]);
        let acts_for_itself = |app: &mut entente::domain::apps::App| {
            oidc(app).tokens.permissions = invite_all;
            oidc(app).grants = GrantTypes::STANDARD.with(GrantType::ClientCredentials);
        };
        gateway.alter_app(&gateway.services, gateway.payroll, acts_for_itself).await;
        let first = take::take(&gateway.services, &caller, "f.csv", text.as_bytes()).await.unwrap();
        run::run(&gateway.services, &first, &|| false, &mut |_| {}).await.unwrap();
        gateway.alter_app(&gateway.services, gateway.payroll, |app| oidc(app).tokens.permissions = Permissions::NONE).await;
        let second = take::take(&gateway.services, &caller, "f.csv", b"Email,DisplayName\nxia@adatum.example,Xia\n");
        let second = second.await.unwrap();
        run::run(&gateway.services, &second, &|| false, &mut |_| {}).await.unwrap();
        assert_eq!(now(&gateway, &first).await.counts, Counts { invited: 2, ..Counts::default() });
        assert_eq!(now(&gateway, &second).await.counts, Counts { failed: 1, ..Counts::default() });
        let report = report(&gateway.services, &operator(), second.id).await.unwrap();
        assert!(report.contains("INVITE_DISABLED"), "{report}");
    }

    async fn a_job_and_its_links_are_shown_to_whoever_asked_and_to_administrators(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let job = hand_in(&gateway, ONE).await;
        let inviter = ana(&gateway, &[Role::GuestInviter], None);
        let own = take::take(&gateway.services, &inviter, "f.csv", ONE.as_bytes()).await.unwrap();
        let services = &gateway.services;
        assert!(matches!(find(services, &inviter, job.id).await, Err(BulkError::Unknown { .. })));
        assert!(matches!(report(services, &inviter, job.id).await, Err(BulkError::Unknown { .. })));
        let ids = |jobs: Vec<entente::domain::bulk::job::BulkJob>| jobs.iter().map(|job| job.id).collect::<Vec<_>>();
        assert_eq!(ids(list(services, &inviter, None, 10).await.unwrap()), [own.id]);
        let administrator = ana(&gateway, &[Role::UserAdministrator], None);
        assert!(report(services, &administrator, job.id).await.is_ok());
        let mut both = ids(list(services, &operator(), None, 10).await.unwrap());
        both.sort_unstable();
        let mut expected = vec![job.id, own.id];
        expected.sort_unstable();
        assert_eq!(both, expected);
    }

    async fn the_account_of_who_is_here_already_is_named_to_who_may_read_accounts(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let services = &gateway.services;
        let text = "Email,DisplayName\nana@fabrikam.example,Ana\n";
        let inviter = ana(&gateway, &[], None);
        for (caller, is_named) in [(&inviter, false), (&operator(), true)] {
            let job = take::take(services, caller, "f.csv", text.as_bytes()).await.unwrap();
            run::run(services, &job, &|| false, &mut |_| {}).await.unwrap();
            let rows = reported(&gateway, &job).await;
            let named = if is_named { gateway.ana.to_string() } else { String::new() };
            assert_eq!((rows[0][2].as_str(), rows[0][4].as_str()), ("ALREADY_INVITED", named.as_str()));
        }
    }
}
