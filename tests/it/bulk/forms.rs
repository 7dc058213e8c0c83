//! The forms of files, from their text to the invitations that come of them.

use entente::domain::invitations::{Invitation, MailedAccount};
use entente::flows::bulk::take;

use super::scene::{go_on, hand_in, is_finished, operator, reported};
use crate::support::gateway::Gateway;
use crate::support::stores::on_both_stores;

/// The one invitation of an address, once a file has been done.
async fn invited_by(gateway: &Gateway, file: &str, address: &str) -> Invitation {
    let job = hand_in(gateway, file).await;
    assert_eq!(go_on(gateway, &job).await.counts.invited, 1, "{:?}", reported(gateway, &job).await);
    let mut unit = gateway.services.store.unit_of_work().await.unwrap();
    let guest = unit.guest_by_mail_key(address).await.unwrap().unwrap().value.guest.id;
    let mut found = unit.invitations_of(guest).await.unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn file(rows: usize) -> String {
    let rows: String = (0..rows).map(|at| format!("guest{at}@adatum.example,Guest\n")).collect();
    format!("Email,DisplayName\n{rows}")
}

on_both_stores! {
    async fn f09_each_column_of_2016_is_in_the_invitation(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let group = gateway.add_group("auditors", &[], &[]).await;
        let text = "Email,DisplayName,InvitationText,InviteRedirectUrl,InvitedToApplications,InvitedToGroups,CcEmailAddress,Language\n\
                    zoe@adatum.example,Zoe,\"Hello, Zoe\",https://wiki.example/a,payroll,auditors,bo@adatum.example,fr\n";
        let found = invited_by(&gateway, text, "zoe@adatum.example").await;
        assert_eq!((found.apps, found.groups), (vec![gateway.payroll], vec![group]));
        assert_eq!(found.redirect_url.as_str(), "https://wiki.example/a");
        assert_eq!(found.language.unwrap().as_str(), "fr");
        assert_eq!(found.cc.unwrap().as_str(), "bo@adatum.example");
        assert_eq!((found.address.as_str(), found.message.unwrap().as_str()), ("zoe@adatum.example", "Hello, Zoe"));
        assert_eq!(gateway.guest(found.guest).await.guest.display_name.as_deref(), Some("Zoe"));
        // Two columns are enough.
        let found = invited_by(&gateway, "Email,DisplayName\nyan@adatum.example,Yan\n", "yan@adatum.example").await;
        assert_eq!((found.apps, found.groups, found.cc), (vec![], vec![], None));
        assert_eq!((found.message, found.language), (None, None));
        assert_eq!(gateway.guest(found.guest).await.guest.display_name.as_deref(), Some("Yan"));
    }

    async fn f10_labels_of_2015_are_in_the_invitation(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let group = gateway.add_group("auditors", &[], &[]).await;
        let text = "Email,DisplayName,InviteAppID,InviteReplyURL,InviteAppResources,InviteGroupResources,InviteContactUsUrl,Language\n\
                    zoe@adatum.example,Zoe,1,https://wiki.example/b,payroll,auditors,https://help.example/,fr\n";
        let found = invited_by(&gateway, text, "zoe@adatum.example").await;
        assert_eq!((found.apps, found.groups), (vec![gateway.payroll], vec![group]));
        assert_eq!(found.redirect_url.as_str(), "https://wiki.example/b");
    }

    async fn f12_two_thousand_rows_are_taken_and_one_more_refuses_the_file(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let judged = take::judge(&gateway.services, &operator(), file(2_000).as_bytes()).await.unwrap();
        assert_eq!(judged.good(), 2_000);
        let job = hand_in(&gateway, &file(2_000)).await;
        let done = go_on(&gateway, &job).await;
        assert_eq!((done.counts.invited, done.counts.skipped + done.counts.failed, is_finished(&done)), (2_000, 0, true));
        let refused = take::take(&gateway.services, &operator(), "f.csv", file(2_001).as_bytes()).await.unwrap_err();
        assert_eq!(refused.code(), "CSV_TOO_MANY_ROWS");
    }

    async fn f13_a_link_of_which_somebody_gets_a_copy_makes_no_account_by_a_code(backend: Backend) {
        let gateway = Gateway::start(backend).await;
        let rows = |language: &str, cc: &str| {
            format!("Email,DisplayName,Language,CcEmailAddress\nzoe@adatum.example,Zoe,{language},{cc}\n")
        };
        let job = hand_in(&gateway, &rows("tlh", "")).await;
        go_on(&gateway, &job).await;
        assert_eq!(reported(&gateway, &job).await[0][2], "CSV_ROW_LANGUAGE");
        let found = invited_by(&gateway, &rows("de", "bo@adatum.example"), "zoe@adatum.example").await;
        assert_eq!(found.mailed_account, MailedAccount::Refused);
        let text = "Email,DisplayName\nyan@adatum.example,Yan\n";
        assert_eq!(invited_by(&gateway, text, "yan@adatum.example").await.mailed_account, MailedAccount::Allowed);
    }
}
